"""Meetings from the booking to the outcome: once, in step with their hand-off, calendar and mails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from calendars.conftest import Connect, Office
from calendars.radicale import CalendarServer
from calendars.test_itip import a_reply
from identity.factories import a_team, a_user
from leads.work_factories import a_lead, a_person, a_qualified_lead, as_user, stored_kinds
from offhook import identity, leads
from offhook.calendar.meetings import changing, store
from offhook.calendar.meetings.booking import book
from offhook.calendar.meetings.following import FOLLOWED, follow_hand_offs
from offhook.calendar.meetings.hand_off import hand_off_with_meeting
from offhook.calendar.meetings.model import Answer, MailKind, MailStanding, Meeting, MeetingState, RemoteState
from offhook.calendar.meetings.replies import take_reply
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.delivery import Consumer, deliver
from offhook.kernel.errors import Conflict, Forbidden, Invalid
from offhook.leads import Mode

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN, ELEVEN = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)
HALF_AN_HOUR = timedelta(minutes=30)


def a_booked(office: Office, starts_at: datetime = TEN, **told: object) -> Meeting:
    """A meeting of the rep with the lead's person."""
    with office.begin(as_user(office.rep)) as tx:
        return book(tx, lead_id=office.lead.id, starts_at=starts_at, **told)  # pyright: ignore[reportArgumentType] # by name


def handed_off(office: Office, starts_at: datetime = TEN) -> Meeting:
    """The meeting of a hand-off to the AE."""
    with office.begin(as_user(office.rep)) as tx:
        made = hand_off_with_meeting(
            tx, office.lead.id, mode=Mode.SCHEDULED, meeting_at=starts_at, ae_id=office.ae.id
        )
    assert made.meeting is not None
    return made.meeting


def now_of(office: Office, meeting: Meeting) -> Meeting:
    with office.begin() as tx:
        return changing.present(store.by_id(tx, meeting.id), meeting.id)


def mails_of(office: Office, meeting: Meeting) -> list[tuple[str, int, str]]:
    with office.begin() as tx:
        return [(one.kind.value, one.sequence, one.state.value) for one in store.mails_of(tx, [meeting.id])]


def sent(office: Office) -> list[tuple[str, str | None]]:
    """The mails in the ledger: subject and the method of their iCalendar part."""
    with office.begin() as tx:
        return tx.rows(
            lambda subject, calendar_method: (subject, calendar_method),
            "SELECT subject, calendar_method FROM mail_message ORDER BY id",
        )


def deliver_events(office: Office) -> None:
    deliver(office.database, [Consumer("calendar.hand_offs", FOLLOWED, follow_hand_offs)], office.organisation)


# Booking


def test_of_twenty_who_book_one_time_at_once_one_gets_it(office: Office) -> None:
    with office.begin() as tx:
        taken = [a_lead(tx, office.rep, person_id=a_person(tx)) for _ in range(20)]

    def try_it(lead: leads.Lead) -> UUID | None:
        try:
            with office.begin(as_user(office.rep)) as tx:
                return book(tx, lead_id=lead.id, starts_at=TEN).id
        except Conflict:
            return None

    with ThreadPoolExecutor(20) as pool:
        got = [one for one in pool.map(try_it, taken) if one is not None]
    assert len(got) == 1
    with office.begin() as tx:
        assert store.ids_near(tx, office.rep.id, MONDAY, ELEVEN) == got


def test_a_hand_off_and_a_booking_of_one_time_of_an_ae_at_once_do_not_both_succeed(office: Office) -> None:
    with office.begin() as tx:
        others = [a_qualified_lead(tx, office.rep, person_id=a_person(tx)) for _ in range(10)]

    def try_it(number: int) -> bool:
        try:
            if number % 2:
                with office.begin() as tx:
                    book(tx, lead_id=others[number].id, starts_at=TEN, host_id=office.ae.id)
            else:
                with office.begin() as tx:
                    leads.hand_off(tx, others[number].id, Mode.SCHEDULED, TEN, office.ae.id)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(try_it, range(10))) == 1


def test_a_time_that_overlaps_is_refused_and_one_beside_is_not(office: Office) -> None:
    first = a_booked(office)
    with pytest.raises(Conflict, match="something else"):
        a_booked(office, TEN + timedelta(minutes=15))
    a_booked(office, first.ends_at)
    a_booked(office, TEN, allow_overlap=True)


def test_who_books_for_another_needs_leave_and_times_in_the_past_are_refused(office: Office) -> None:
    with office.begin(as_user(office.rep)) as tx, pytest.raises(Forbidden):
        book(tx, lead_id=office.lead.id, starts_at=TEN, host_id=office.ae.id)
    with pytest.raises(Invalid, match="future"):
        a_booked(office, MONDAY - HALF_AN_HOUR)


# With a hand-off


def test_a_hand_off_books_the_ae_and_invites_the_person_in_one_go(office: Office) -> None:
    office.mailbox(office.ae)
    meeting = handed_off(office)
    assert (meeting.host_id, meeting.address, meeting.state) == (office.ae.id, office.address, MeetingState.BOOKED)
    office.mail()
    office.mail()
    assert sent(office) == [(f"Invitation: Ada Byron – {office.ae.name}", "REQUEST")]
    deliver_events(office)
    assert now_of(office, meeting).sequence == 0
    with office.begin() as tx:
        kinds = stored_kinds(tx, f"lead:{office.lead.id}")
    assert kinds.count("meeting.booked") == 1
    assert "lead.handed_off" in kinds


def test_a_hand_off_of_a_taken_time_leaves_nothing_behind(office: Office) -> None:
    with office.begin() as tx:
        identity.set_busy(tx, office.ae.id, office.ae.id, [(TEN, ELEVEN)])
    with pytest.raises(Conflict):
        handed_off(office)
    with office.begin() as tx:
        assert tx.scalar(int, "SELECT count(*) FROM meeting") == 0
        assert leads.load_lead(tx, office.lead.id).stage is not leads.Stage.SAL


def test_a_hand_off_made_without_the_calendar_gets_its_meeting_but_nobody_is_invited_unasked(
    office: Office,
) -> None:
    with office.begin(as_user(office.rep)) as tx:
        made = leads.hand_off(tx, office.lead.id, Mode.SCHEDULED, TEN, office.ae.id)
    deliver_events(office)
    with office.begin() as tx:
        meeting = store.of_hand_off(tx, made.id)
    assert meeting is not None
    assert (meeting.starts_at, meeting.address) == (TEN, "")
    assert mails_of(office, meeting) == []


def test_a_meeting_follows_its_hand_off_when_that_is_moved_missed_and_withdrawn(office: Office) -> None:
    office.mailbox(office.ae)
    meeting = handed_off(office)
    assert meeting.hand_off_id is not None
    office.mail()
    with office.begin(as_user(office.ae)) as tx:
        leads.reschedule(tx, meeting.hand_off_id, ELEVEN)
    deliver_events(office)
    moved = now_of(office, meeting)
    assert (moved.starts_at, moved.sequence) == (ELEVEN, 1)
    with office.begin(as_user(office.rep)) as tx:
        leads.withdraw(tx, meeting.hand_off_id, "Not yet")
    office.mail()
    deliver_events(office)
    assert now_of(office, meeting).state is MeetingState.CANCELLED
    office.mail()
    assert [method for _, method in sent(office)] == ["REQUEST", "REQUEST", "CANCEL"]


def test_moving_the_meeting_moves_the_hand_off_once(office: Office) -> None:
    meeting = handed_off(office)
    assert meeting.hand_off_id is not None
    with office.begin(as_user(office.ae)) as tx:
        changing.move(tx, meeting.id, ELEVEN)
    deliver_events(office)
    assert now_of(office, meeting).sequence == 1
    with office.begin() as tx:
        assert leads.hand_off_by_id(tx, meeting.hand_off_id).meeting_at == ELEVEN
        assert stored_kinds(tx, f"lead:{office.lead.id}").count("meeting.rescheduled") == 1


@pytest.mark.parametrize(
    ("outcome", "kind"), [(MeetingState.HELD, "meeting.held"), (MeetingState.NO_SHOW, "meeting.missed")]
)
@pytest.mark.parametrize("is_handed_off", [True, False])
def test_what_became_of_a_meeting_is_told_logged_and_counted_once(
    office: Office, clock: SetClock, outcome: MeetingState, kind: str, is_handed_off: bool
) -> None:
    meeting = handed_off(office) if is_handed_off else a_booked(office)
    host = office.ae if is_handed_off else office.rep
    with office.begin(as_user(host)) as tx, pytest.raises((Conflict, Invalid)):
        changing.tell_outcome(tx, meeting.id, outcome)
    clock.advance(ELEVEN - MONDAY)
    with office.begin(as_user(host)) as tx:
        changing.tell_outcome(tx, meeting.id, outcome)
    deliver_events(office)
    assert now_of(office, meeting).state is outcome
    with office.begin() as tx:
        assert stored_kinds(tx, f"lead:{office.lead.id}").count(kind) == 1
        logged = tx.scalars(str, "SELECT disposition FROM activity WHERE kind = 'meeting'")
    assert logged == [outcome.value]


# Mails


def test_reminders_come_once_and_those_of_the_old_time_never(office: Office, clock: SetClock) -> None:
    office.mailbox(office.rep)
    meeting = a_booked(office, MONDAY + timedelta(days=2))
    office.mail()
    with office.begin(as_user(office.rep)) as tx:
        changing.move(tx, meeting.id, MONDAY + timedelta(days=3))
    office.mail()
    clock.advance(timedelta(days=2, minutes=1))
    office.mail()
    office.mail()
    assert [subject.partition(":")[0] for subject, _ in sent(office)] == ["Invitation", "Moved", "Reminder"]
    clock.advance(timedelta(hours=23))
    office.mail()
    assert [subject.partition(":")[0] for subject, _ in sent(office)][3:] == ["Reminder"]
    assert ("reminder", 0, "dropped") in mails_of(office, meeting)


def test_reminders_that_are_late_together_come_as_one(office: Office, clock: SetClock) -> None:
    office.mailbox(office.rep)
    a_booked(office, MONDAY + timedelta(days=2))
    office.mail()
    clock.advance(timedelta(days=1, hours=23, minutes=30))
    office.mail()
    assert [subject.partition(":")[0] for subject, _ in sent(office)] == ["Invitation", "Reminder"]


def test_doubled_senders_hand_each_mail_over_once(office: Office) -> None:
    office.mailbox(office.rep)
    for hour in range(1, 6):
        a_booked(office, MONDAY + timedelta(hours=hour))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: office.mail(), range(4)))
    assert len(sent(office)) == 5


def test_without_a_mailbox_the_invitation_waits_and_says_why(office: Office, clock: SetClock) -> None:
    meeting = a_booked(office, MONDAY + timedelta(hours=3))
    office.mail()
    with office.begin() as tx:
        waiting = next(one for one in store.mails_of(tx, [meeting.id]) if one.kind is MailKind.REQUEST)
    assert waiting.state is MailStanding.WAITING
    assert "mailbox" in waiting.problem
    office.mailbox(office.rep)
    clock.advance(timedelta(minutes=11))
    office.mail()
    assert [method for _, method in sent(office)] == ["REQUEST"]


def test_who_was_never_invited_is_not_told_that_it_is_off(office: Office) -> None:
    meeting = a_booked(office)
    with office.begin(as_user(office.rep)) as tx:
        changing.call_off(tx, meeting.id)
    office.mailbox(office.rep)
    office.mail()
    assert sent(office) == []


def test_an_answer_of_the_invited_counts_and_anybody_elses_does_not(office: Office) -> None:
    meeting = a_booked(office)
    told = a_reply(meeting, "DECLINED").replace("ADA@prospects.example", office.address)
    with office.begin() as tx:
        assert take_reply(tx, told.encode(), "mallory@elsewhere.example") is None
        forged = told.replace(office.address, "mallory@elsewhere.example").encode()
        assert take_reply(tx, forged, "mallory@elsewhere.example") is None
    with office.begin() as tx:
        taken = take_reply(tx, told.encode(), office.address.upper())
        assert taken is not None
        assert taken.answer is Answer.DECLINED
    with office.begin() as tx:
        assert take_reply(tx, told.encode(), office.address) is None  # again
        assert stored_kinds(tx, f"lead:{office.lead.id}").count("meeting.answered") == 1


# In the host's calendar


def test_a_meeting_is_written_to_the_hosts_calendar_moved_and_removed_there(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    connection, name = connect(office.rep)
    meeting = a_booked(office)
    office.write()
    office.write()
    entries = server.entries(name)
    assert len(entries) == 1
    assert "DTSTART:20260302T100000Z" in next(iter(entries.values()))
    assert "Ada Byron" in next(iter(entries.values())).replace("\r\n ", "")
    assert now_of(office, meeting).remote_state is RemoteState.WRITTEN
    with office.begin(as_user(office.rep)) as tx:
        changing.move(tx, meeting.id, ELEVEN)
    office.write()
    assert "DTSTART:20260302T110000Z" in next(iter(server.entries(name).values()))
    office.read(connection.id)
    with office.begin() as tx:
        busy = identity.busy_times(tx, [office.rep.id], MONDAY, MONDAY + timedelta(days=1))
    assert [(one.starts_at, one.source_id) for one in busy] == [(ELEVEN, meeting.id)]  # counted once
    with office.begin(as_user(office.rep)) as tx:
        changing.call_off(tx, meeting.id)
    office.write()
    assert server.entries(name) == {}


def test_what_a_crash_left_written_is_written_over_not_doubled(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    _, name = connect(office.rep)
    meeting = a_booked(office)
    office.write()
    with office.begin() as tx:  # as if the process had died before it noted the answer
        tx.execute("UPDATE meeting SET remote_state = 'to_write', remote_etag = '', remote_at = created_at")
    office.write()
    assert len(server.entries(name)) == 1
    assert now_of(office, meeting).remote_state is RemoteState.WRITTEN


@pytest.mark.parametrize("is_handed_off", [True, False])
def test_a_meeting_that_its_host_moves_in_their_calendar_moves_and_the_person_is_told(
    office: Office, connect: Connect, server: CalendarServer, is_handed_off: bool
) -> None:
    host = office.ae if is_handed_off else office.rep
    connection, name = connect(host)
    office.mailbox(host)
    meeting = handed_off(office) if is_handed_off else a_booked(office)
    office.write()
    office.mail()
    server.put(
        name,
        meeting.uid,
        "DTSTART:20260303T150000Z\nDTEND:20260303T153000Z\nSUMMARY:Moved",
        file=next(iter(server.entries(name))),
    )
    office.read(connection.id)
    moved = now_of(office, meeting)
    assert (moved.starts_at, moved.sequence) == (datetime(2026, 3, 3, 15, tzinfo=UTC), 1)
    office.mail()
    assert [method for _, method in sent(office)] == ["REQUEST", "REQUEST"]
    office.read(connection.id)
    assert now_of(office, meeting).sequence == 1


def test_a_meeting_that_its_host_removes_from_their_calendar_is_called_off(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    connection, name = connect(office.rep)
    office.mailbox(office.rep)
    meeting = a_booked(office)
    office.write()
    office.mail()
    server.remove(name, next(iter(server.entries(name))))
    office.read(connection.id)
    off = now_of(office, meeting)
    assert (off.state, off.because) == (MeetingState.CANCELLED, "Taken off the host's calendar.")
    office.mail()
    assert [method for _, method in sent(office)] == ["REQUEST", "CANCEL"]


def test_while_the_calendar_refuses_a_meeting_stands_and_is_written_later(
    office: Office, connect: Connect, server: CalendarServer, clock: SetClock
) -> None:
    connection, name = connect(office.rep)
    with office.begin() as tx:
        tx.execute("UPDATE calendar_connection SET username = 'nobody'")
    meeting = a_booked(office)
    office.write()
    waiting = now_of(office, meeting)
    assert waiting.remote_state is RemoteState.TO_WRITE
    assert "user name or password" in waiting.remote_problem
    with office.begin() as tx:
        tx.execute(
            "UPDATE calendar_connection SET username = %(name)s WHERE id = %(id)s", name=name, id=connection.id
        )
    clock.advance(timedelta(minutes=2))
    office.write()
    assert len(server.entries(name)) == 1


def test_an_ae_elsewhere_cannot_change_anothers_meeting(office: Office) -> None:
    meeting = a_booked(office)
    with office.begin() as tx:
        other = a_user(tx, Role.AE, team_id=a_team(tx).id)
    with office.begin(as_user(other)) as tx, pytest.raises(Forbidden):
        changing.call_off(tx, meeting.id)
