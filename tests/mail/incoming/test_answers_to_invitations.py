"""Invitations that go out by a real server, and their answers that come back through one."""

from datetime import timedelta
from email.message import EmailMessage

import icalendar
import pytest

from leads.work_factories import as_user
from mail.incoming.conftest import Desk, an_acceptance
from offhook.calendar.jobs import CONSUMERS
from offhook.calendar.meetings import store
from offhook.calendar.meetings.booking import book
from offhook.calendar.meetings.mailing import Sending, mail_due
from offhook.calendar.meetings.model import Answer, Meeting
from offhook.kernel.delivery import deliver
from offhook.kernel.settings import Settings
from offhook.mail.messages.model import Mail
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.store import by_message_ids


@pytest.fixture
def invited(desk: Desk, settings: Settings) -> tuple[Meeting, Mail, str]:
    """A meeting that the person was invited to: it, the mail, and the UID that it came with."""
    writer = desk.writer
    with writer.begin(as_user(writer.desk.reps[0])) as tx:
        meeting = book(tx, lead_id=writer.lead.lead_id, starts_at=tx.now + timedelta(days=2))
    mail_due(writer.database, Sending.of(settings), writer.organisation)
    send_due(writer.database, desk.seal, desk.links, writer.organisation)
    (arrived,) = desk.office.await_mails(writer.to, 1)
    with writer.begin() as tx:
        (mail,) = by_message_ids(tx, [str(arrived["Message-ID"])])
    return meeting, mail, uid_in(arrived)


def uid_in(mail: EmailMessage) -> str:
    """As the receiver's calendar program finds it."""
    part = next(one for one in mail.walk() if one.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    calendar = icalendar.Calendar.from_ical(part.get_content())
    return str(calendar.walk("VEVENT")[0]["UID"])


def answer_to(desk: Desk, meeting: Meeting) -> Answer:
    """What the person has answered, once all that was read is told."""
    desk.read()
    deliver(desk.writer.database, CONSUMERS, desk.writer.organisation)
    with desk.writer.begin() as tx:
        found = store.by_id(tx, meeting.id)
    assert found is not None
    return found.answer


def test_the_answer_to_an_invitation_stands_at_the_meeting(desk: Desk, invited: tuple[Meeting, Mail, str]) -> None:
    meeting, mail, uid = invited
    assert meeting.answer is Answer.NONE
    desk.come(an_acceptance(mail, uid).as_bytes())
    assert answer_to(desk, meeting) is Answer.ACCEPTED
    (told,) = desk.events("meeting.answered")
    assert told.data["answer"] == "accepted"


def test_nobody_answers_an_invitation_for_another(desk: Desk, invited: tuple[Meeting, Mail, str]) -> None:
    meeting, mail, uid = invited
    forged = an_acceptance(mail, uid)
    forged.replace_header("From", "Mallory <mallory@elsewhere.example>")
    desk.come(forged.as_bytes())
    assert answer_to(desk, meeting) is Answer.NONE
    assert len(desk.kept()) == 1, "it was read, and kept with the thread"
