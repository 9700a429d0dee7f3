"""Meetings as iCalendar, read again by a library that is not ours alone: RFC 5545, 5546, 6047."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import vobject
from hypothesis import given
from hypothesis import strategies as st

from offhook.calendar.meetings.itip import Method, Party, Reply, entry, message, read_reply
from offhook.calendar.meetings.links import link_to, read_link
from offhook.calendar.meetings.model import Answer, MailKind, Meeting, MeetingState, RemoteState, id_of
from offhook.calendar.meetings.rules import counts
from offhook.calendar.meetings.wording import letter
from offhook.kernel.ids import new_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KNOWN = frozenset(
    "UID SEQUENCE DTSTAMP DTSTART DTEND SUMMARY LOCATION DESCRIPTION STATUS ORGANIZER ATTENDEE".split()
)
HOST, PERSON = Party("Grace Hopper", "grace@offhook.example"), Party("Ada Byron", "ada@prospects.example")


def a_meeting(**told: object) -> Meeting:
    """A meeting on a Tuesday afternoon."""
    plain = Meeting(
        id=new_id(),
        host_id=new_id(),
        page_id=None,
        person_id=new_id(),
        lead_id=None,
        hand_off_id=None,
        title="Engines",
        location="https://meet.example/x",
        note="",
        starts_at=datetime(2026, 3, 3, 14, tzinfo=UTC),
        ends_at=datetime(2026, 3, 3, 14, 30, tzinfo=UTC),
        state=MeetingState.BOOKED,
        because="",
        sequence=0,
        address="ada@prospects.example",
        answer=Answer.NONE,
        answered_at=None,
        language="en",
        time_zone="Europe/Madrid",
        reminder_minutes=(),
        connection_id=None,
        remote_state=RemoteState.NONE,
        remote_etag="",
        remote_at=None,
        remote_failures=0,
        remote_problem="",
        booked_by="system",
        created_at=NOW,
        version=1,
    )
    return replace(plain, **told)  # pyright: ignore[reportArgumentType] # by name


def invited(meeting: Meeting, method: Method = Method.REQUEST) -> str:
    return message(meeting, method, HOST, PERSON, details="Hello", link="https://x.example/m/1", now=NOW)


def test_an_invitation_asks_one_attendee_and_says_who_organises() -> None:
    meeting = a_meeting(sequence=2)
    read = vobject.readOne(invited(meeting))
    assert read.method.value == "REQUEST"
    event = read.vevent
    assert (event.uid.value, event.sequence.value) == (meeting.uid, "2")
    assert (event.dtstart.value, event.dtend.value) == (meeting.starts_at, meeting.ends_at)
    assert event.organizer.value == "mailto:grace@offhook.example"
    assert event.attendee.value == "mailto:ada@prospects.example"
    assert event.attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert event.attendee.params["RSVP"] == ["TRUE"]
    assert event.status.value == "CONFIRMED"


def test_a_cancellation_names_the_same_entry() -> None:
    meeting = a_meeting(sequence=3)
    read = vobject.readOne(invited(meeting, Method.CANCEL))
    assert (read.method.value, read.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert (read.vevent.uid.value, read.vevent.sequence.value) == (meeting.uid, "3")


def test_an_entry_for_the_hosts_calendar_makes_no_server_invite_anybody() -> None:
    read = vobject.readOne(entry(a_meeting(), details="Ada", link="", now=NOW).decode())
    assert not hasattr(read, "method")
    assert not hasattr(read.vevent, "organizer")
    assert not hasattr(read.vevent, "attendee")


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=300))
def test_no_text_of_a_person_can_add_a_property_or_a_component(title: str, name: str, note: str) -> None:
    title = f"x{''.join(one for one in title if one.isprintable())}"
    text = message(
        a_meeting(title=title),
        Method.REQUEST,
        Party(name, HOST.address),
        Party(name, PERSON.address),
        details=note,
        link="",
        now=NOW,
    )
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    read = icalendar.Calendar.from_ical(text)
    assert [part.name for part in read.walk()] == ["VCALENDAR", "VEVENT"]
    event = read.walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == title
    assert str(event["ATTENDEE"]) == "mailto:ada@prospects.example"
    assert "COMMENT" not in event
    assert set(event) <= KNOWN


def a_reply(meeting: Meeting, answer: str = "ACCEPTED", *, sequence: int = 0, at: str = "20260301T130000Z") -> str:
    """The answer that a mail program sends."""
    return (
        "BEGIN:VCALENDAR\r\nPRODID:-//Another//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"ATTENDEE;PARTSTAT={answer};CN=Ada:mailto:ADA@prospects.example\r\nUID:{meeting.uid}\r\n"
        f"ORGANIZER:mailto:grace@offhook.example\r\nDTSTAMP:{at}\r\nSEQUENCE:{sequence}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_an_answer_is_understood() -> None:
    meeting = a_meeting()
    assert read_reply(a_reply(meeting, "DECLINED", sequence=1).encode()) == Reply(
        meeting.uid, 1, "ada@prospects.example", Answer.DECLINED, datetime(2026, 3, 1, 13, tzinfo=UTC)
    )
    assert id_of(meeting.uid) == meeting.id


@given(st.binary(max_size=400))
def test_whatever_is_no_answer_is_none(data: bytes) -> None:
    assert read_reply(data) is None


def test_what_is_no_answer_of_one_attendee_is_none() -> None:
    told = a_reply(a_meeting())
    assert read_reply(told.replace("METHOD:REPLY", "METHOD:REQUEST").encode()) is None
    assert read_reply(told.replace("PARTSTAT=ACCEPTED", "PARTSTAT=DELEGATED").encode()) is None
    assert (
        read_reply(told.replace("UID:", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@c.example\r\nUID:").encode()) is None
    )
    assert id_of("somebody@elsewhere.example") is None


def test_an_answer_counts_to_the_meeting_as_it_stands_and_once_newer() -> None:
    meeting = a_meeting(sequence=2, answered_at=NOW)
    assert counts(meeting, 2, Answer.ACCEPTED, NOW + timedelta(minutes=1))
    assert not counts(meeting, 1, Answer.ACCEPTED, NOW + timedelta(minutes=1))
    assert not counts(meeting, 2, Answer.ACCEPTED, NOW)
    assert not counts(
        replace(meeting, state=MeetingState.CANCELLED), 2, Answer.ACCEPTED, NOW + timedelta(minutes=1)
    )


def test_mails_are_in_the_persons_language_and_by_their_clock() -> None:
    meeting = a_meeting(language="es")
    told = letter(meeting, MailKind.REMINDER, host="Grace", person="Ada", link="https://x.example/m/1")
    assert told.subject == "Recordatorio: Engines"
    assert "martes, 3 de marzo de 2026, 15:00–15:30" in told.text
    assert "https://x.example/m/1" in told.text
    moved = letter(a_meeting(sequence=1), MailKind.REQUEST, host="Grace", person="Ada", link="")
    assert moved.subject == "Moved: Engines"


@given(st.text(max_size=80))
def test_a_link_that_we_did_not_make_leads_nowhere(word: str) -> None:
    assert read_link("secret", word) is None


def test_a_link_leads_to_its_meeting_alone() -> None:
    organisation, meeting = new_id(), new_id()
    word = link_to("https://x.example", "secret", organisation, meeting).rpartition("/")[2]
    assert read_link("secret", word) == (organisation, meeting)
    assert read_link("another", word) is None
    for place in range(0, 64, 7):
        changed = word[:place] + ("A" if word[place] != "A" else "B") + word[place + 1 :]
        assert read_link("secret", changed) is None
