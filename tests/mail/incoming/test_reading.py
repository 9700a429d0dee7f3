"""Mails read from a real Dovecot: what concerns us is kept once and understood, all else is only counted."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from mail.conftest import REP
from mail.incoming.conftest import Desk, an_acceptance, an_answer
from offhook import activities, compliance, leads, people
from offhook.activities import Direction, Disposition
from offhook.compliance.mailing import MailRefused
from offhook.mail import received_mail
from offhook.mail.incoming.model import MailKind
from offhook.mail.incoming.parsing import read_head


def test_a_reply_is_kept_logged_once_and_stands_at_the_top_of_the_queue(desk: Desk) -> None:
    mail = desk.sent()
    answer = an_answer(mail, text="Yes, gladly.\n\nOn Mon, 2 Mar 2026 at 09:00, Rep wrote:\n> Hello.")
    desk.come(answer.as_bytes())

    desk.read()
    desk.read()

    (kept,) = desk.kept()
    assert (kept.kind, kept.is_from_another, kept.answers_mail_id) == (MailKind.REPLY, False, mail.id)
    assert (kept.body_text, kept.quoted_text.splitlines()[-1]) == ("Yes, gladly.", "> Hello.")
    (event,) = desk.events("mail.received")
    assert event.subject == f"lead:{desk.writer.lead.lead_id}"
    assert event.data["kind"] == "reply"
    assert event.data["answers_mail_id"] == str(mail.id)
    with desk.writer.begin() as tx:
        assert kept.activity_id
        entry = activities.activity(tx, kept.activity_id)
        logged = activities.timeline(tx, lead_id=desk.writer.lead.lead_id, limit=50).items
        (first, *_) = leads.queue_of(tx, desk.writer.desk.reps[0].id)
    assert (entry.direction, entry.disposition, entry.body) == (
        Direction.INBOUND,
        Disposition.REPLIED,
        "Yes, gladly.",
    )
    assert [one.direction for one in logged] == [Direction.INBOUND, Direction.OUTBOUND]
    assert first.lead.id == desk.writer.lead.lead_id
    assert "replied" in {one.kind for one in first.reasons}


def test_what_concerns_nobody_is_counted_and_not_kept_and_nothing_in_the_mailbox_changes(desk: Desk) -> None:
    for number in range(3):
        desk.come(an_answer(sender=f"friend{number}@private.example", subject="Dinner?").as_bytes())
    inbox = desk.office.folder / "mail" / REP
    before = sorted(path.name for path in inbox.glob("*/*"))

    desk.read()

    assert desk.kept() == []
    assert (desk.reading().others, desk.reading().kept) == (3, 0)
    assert sorted(path.name for path in inbox.glob("*/*")) == before


def test_a_person_whom_we_know_may_write_first(desk: Desk) -> None:
    desk.come(an_answer(sender=desk.writer.to, subject="A question").as_bytes())
    desk.come(an_answer(sender=desk.writer.to, headers={"List-Id": "<news.example>"}).as_bytes())

    desk.read()

    (kept,) = desk.kept()
    assert (kept.kind, kept.person_id, kept.answers_mail_id) == (MailKind.OTHER, desk.person_id, None)
    assert desk.reading().others == 1


def test_a_forged_thread_is_kept_with_the_conversation_and_changes_nothing(desk: Desk) -> None:
    mail = desk.sent()
    desk.come(an_answer(mail, sender="mallory@elsewhere.example").as_bytes())

    desk.read()

    (kept,) = desk.kept()
    assert (kept.kind, kept.is_from_another, kept.activity_id) == (MailKind.OTHER, True, None)
    (event,) = desk.events("mail.received")
    assert (event.data["kind"], event.data["is_from_another"]) == ("other", True)
    with desk.writer.begin() as tx:
        lead = leads.load_lead(tx, desk.writer.lead.lead_id)
    assert lead.next_touch_because != "replied"


def test_a_colleague_at_the_persons_company_answers_for_them(desk: Desk) -> None:
    mail = desk.sent()
    desk.come(an_answer(mail, sender="assistant@mail.prospects.example").as_bytes())

    desk.read()

    (kept,) = desk.kept()
    assert (kept.kind, kept.is_from_another) == (MailKind.REPLY, False)


def test_an_absence_is_told_with_its_end_and_leaves_the_plan_as_it_is(desk: Desk) -> None:
    mail = desk.sent()
    with desk.writer.begin() as tx:
        planned = leads.load_lead(tx, desk.writer.lead.lead_id).next_touch_at
        soon = tx.now.date()
    away = an_answer(
        mail,
        subject="Automatic reply: Engines",
        text="I am out of the office. Back on 2027-01-07.",
        headers={"Auto-Submitted": "auto-replied"},
    )
    desk.come(away.as_bytes())

    desk.read()

    (kept,) = desk.kept()
    assert (kept.kind, kept.back_on) == (MailKind.OUT_OF_OFFICE, date(2027, 1, 7)) or soon > date(2027, 1, 6)
    (event,) = desk.events("mail.received")
    assert str(event.data["back_at"]).startswith("2027-01-07T00:00:00")
    with desk.writer.begin() as tx:
        assert leads.load_lead(tx, desk.writer.lead.lead_id).next_touch_at == planned


REPORT = """From: MAILER-DAEMON@mx.example
To: rep@offhook.example
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <{number}.report@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 {status} {told}

--b
Content-Type: text/rfc822-headers

Message-ID: {named}
Subject: Engines

--b--
"""


def a_report(address: str, named: str, status: str = "5.1.1", told: str = "user unknown") -> bytes:
    """A report of a mail server."""
    return REPORT.format(
        number=abs(hash((address, named, status))), address=address, status=status, told=told, named=named
    ).encode()


def test_a_hard_bounce_stops_mail_to_the_address_and_corrects_the_record(desk: Desk) -> None:
    mail = desk.sent()
    desk.come(a_report(desk.writer.to, mail.message_id))

    desk.read()

    (kept,) = desk.kept()
    assert (kept.kind, kept.answers_mail_id) == (MailKind.BOUNCE, mail.id)
    (event,) = desk.events("mail.bounced")
    assert event.subject == f"mail:{mail.id}"
    assert (event.data["is_permanent"], event.data["status"]) == (True, "5.1.1")
    assert (event.data["address"], event.data["told"]) == (desk.writer.to, "550 5.1.1 user unknown")
    with desk.writer.begin() as tx:
        verdict = compliance.may_mail(tx, desk.person_id)
        person = people.person(tx, desk.person_id)
        logged = activities.timeline(tx, lead_id=desk.writer.lead.lead_id, limit=50).items
    assert [one.code for one in verdict.refusals] == ["suppressed"]
    assert [one.disposition for one in logged] == [Disposition.BOUNCED]
    (point,) = (one for one in person.contact_points if one.value == desk.writer.to)
    assert point.bounced_at is not None
    with pytest.raises(MailRefused):
        desk.writer.write()


def test_a_full_mailbox_leaves_the_address_as_it_is(desk: Desk) -> None:
    mail = desk.sent()
    desk.come(a_report(desk.writer.to, mail.message_id, "5.2.2", "mailbox full"))

    desk.read()

    (event,) = desk.events("mail.bounced")
    assert event.data["is_permanent"] is False
    with desk.writer.begin() as tx:
        assert compliance.may_mail(tx, desk.person_id).is_allowed


def test_a_report_of_somebody_elses_mail_is_nobodys_and_one_without_an_id_suppresses_nothing(desk: Desk) -> None:
    desk.sent()
    desk.come(a_report("stranger@else.example", "<private@offhook.example>"))
    desk.come(a_report(desk.writer.to, "<lost@offhook.example>"))

    desk.read()

    (kept,) = desk.kept()
    assert kept.kind is MailKind.BOUNCE
    assert desk.reading().others == 1
    with desk.writer.begin() as tx:
        assert compliance.may_mail(tx, desk.person_id).is_allowed


def test_our_own_mails_coming_back_are_no_replies(desk: Desk) -> None:
    mail = desk.sent()
    own = an_answer(mail, sender=REP)
    copy = an_answer(sender=desk.writer.to)
    del copy["Message-ID"]
    copy["Message-ID"] = mail.message_id
    desk.come(own.as_bytes())
    desk.come(copy.as_bytes())

    desk.read()

    assert desk.kept() == []
    assert desk.reading().others == 2


def test_of_a_very_large_mail_the_text_is_read_and_the_rest_is_a_file(desk: Desk) -> None:
    mail = desk.sent()
    large = an_answer(mail, text="The drawing is attached.")
    large.add_attachment(b"x" * 50_000_000, maintype="application", subtype="octet-stream", filename="drawing.bin")
    raw = large.as_bytes()
    desk.come(raw)

    desk.read()

    (kept,) = desk.kept()
    assert kept.body_text == "The drawing is attached."
    (attached,) = kept.attachments
    assert (attached.name, attached.size) == ("drawing.bin", 50_000_000)


def test_a_click_on_accept_is_kept_for_the_calendar_and_waits_for_no_answer(desk: Desk) -> None:
    mail = desk.sent()
    with desk.writer.begin() as tx:
        before = leads.load_lead(tx, desk.writer.lead.lead_id)
    desk.come(an_acceptance(mail).as_bytes())

    desk.read()

    (event,) = desk.events("mail.received")
    assert (event.data["kind"], event.data["calendar_methods"]) == ("auto_reply", ["REPLY"])
    with desk.writer.begin() as tx:
        kept = received_mail(tx, UUID(str(event.data["mail_in_id"])))
        after = leads.load_lead(tx, desk.writer.lead.lead_id)
    assert kept is not None
    assert kept.calendars[0].text.splitlines()[0] == "BEGIN:VCALENDAR"
    assert kept.attachments == ()
    assert (after.next_touch_at, after.next_touch_because) == (before.next_touch_at, before.next_touch_because)


def test_an_acceptance_with_a_word_to_it_waits_for_an_answer_however_large_it_is(desk: Desk) -> None:
    mail = desk.sent()
    large = an_acceptance(mail, comment="May my colleague come too?")
    large.add_attachment(b"x" * 1_000_000, maintype="image", subtype="png", filename="way.png")
    desk.come(large.as_bytes())

    desk.read()

    (kept,) = desk.kept()
    assert (kept.kind, [one.method for one in kept.calendars]) == (MailKind.REPLY, ["REPLY"])
    assert "COMMENT;LANGUAGE=en:May my colleague come too?" in kept.calendars[0].text.splitlines()
    assert [one.name for one in kept.attachments] == ["way.png"]


def test_broken_mails_hold_up_no_others(desk: Desk) -> None:
    mail = desk.sent()
    thread = f"From: {desk.writer.to}\nIn-Reply-To: {mail.message_id}\n".encode()
    for number, wrong in enumerate(
        (
            b"Content-Type: multipart/mixed\nDate: =?x?q?=\n\n--\nno boundary",
            b"Content-Type: text/plain; charset=martian\nContent-Transfer-Encoding: base64\n\n!!!!",
            b"Subject: \xff\xfe\nMessage-ID: <a\nDate: nonsense\n\n\xff\xfe\x00",
            b"",
        )
    ):
        desk.come(thread + b"X-Number: %d\n" % number + wrong)
    desk.come(an_answer(mail).as_bytes())

    desk.read()

    assert [one.kind for one in desk.kept()] == [MailKind.REPLY] * 5


def test_uids_that_mean_something_new_bring_no_mail_twice_and_lose_none(desk: Desk) -> None:
    mail = desk.sent()
    old = an_answer(mail, text="First.").as_bytes()
    desk.come(old)
    desk.read()
    before = desk.reading()

    desk.office.empty(REP, uid_validity=(before.uid_validity or 0) + 1)
    desk.come(an_answer(mail, text="Second.").as_bytes())
    desk.come(old)
    desk.read()
    desk.read()

    assert desk.reading().uid_validity != before.uid_validity
    assert sorted(one.body_text for one in desk.kept()) == ["First.", "Second."]
    assert len(desk.events("mail.received")) == 2


def test_one_mail_in_two_mailboxes_is_one_mail(desk: Desk) -> None:
    mail = desk.sent()
    answer = an_answer(mail).as_bytes()
    desk.come(answer)
    desk.come(b"Received: by way of another mailbox\r\n" + answer)

    desk.read()

    assert len(desk.kept()) == 1
    assert read_head(answer).fingerprint == desk.kept()[0].fingerprint


def test_a_reply_that_is_told_late_still_waits_for_its_answer(desk: Desk) -> None:
    mail = desk.sent()
    desk.come(an_answer(mail).as_bytes())
    with desk.writer.begin(desk.writer.actor) as tx:
        leads.log_activity(
            tx, kind=activities.Kind.CALL, lead_id=desk.writer.lead.lead_id, disposition=Disposition.NO_ANSWER
        )

    desk.read()

    with desk.writer.begin() as tx:
        lead = leads.load_lead(tx, desk.writer.lead.lead_id)
        assert lead.next_touch_because == "replied"
        assert lead.next_touch_at is not None
        assert lead.next_touch_at <= tx.now + timedelta(seconds=1)
