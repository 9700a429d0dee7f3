"""Meetings as iCalendar, and answers to them. Pure.

iTIP (RFC 5546): REQUEST for what is new and what is changed, with a higher SEQUENCE; CANCEL; REPLY is understood.
Times are UTC, so no zone has to be explained. An entry for the host's own calendar names no organiser and no
attendee: a server that schedules by itself (RFC 6638) would invite the person a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from offhook.calendar.ical import (
    Part,
    Unreadable,
    Writing,
    instant,
    new_calendar,
    new_event,
    parameter,
    parsed,
    party,
    text_of,
    values_of,
    worth,
)
from offhook.calendar.meetings.model import Answer, Meeting

PRODUCT = "-//Offhook//Meetings//EN"
LARGEST_REPLY = 200_000
"""Bytes of an answer that are looked at."""

_UTC = ZoneInfo("UTC")


class Method(StrEnum):
    """What an iTIP message asks (RFC 5546, section 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody at a meeting: the name shown and the address."""

    name: str
    address: str


def message(
    meeting: Meeting, method: Method, host: Party, person: Party, *, details: str, link: str, now: datetime
) -> str:
    """The iTIP message to the person: lines of at most 75 octets, ended by CR LF (RFC 5545, section 3.1)."""
    event = _event(meeting, details, link, now)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event.add("organizer", _party(host, {}))
    asks = {"ROLE": "REQ-PARTICIPANT", "CUTYPE": "INDIVIDUAL"}
    if method is Method.REQUEST:
        asks |= {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    event.add("attendee", _party(person, asks))
    return _calendar(event, method).to_ical().decode()


def entry(meeting: Meeting, *, details: str, link: str, now: datetime) -> bytes:
    """The entry in the host's calendar."""
    event = _event(meeting, details, link, now)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    return _calendar(event, None).to_ical()


def _event(meeting: Meeting, details: str, link: str, now: datetime) -> Writing:
    event = new_event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("summary", meeting.title)
    if meeting.location:
        event.add("location", meeting.location)
    event.add("description", details)
    if link:
        event.add("url", link)
    return event


def _calendar(event: Writing, method: Method | None) -> Writing:
    calendar = new_calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if method is not None:
        calendar.add("method", method.value)
    calendar.add_component(event)
    return calendar


def _party(who: Party, parameters: Mapping[str, str]) -> object:
    # A parameter's value holds no quotes and no line ends (RFC 5545, section 3.1).
    name = " ".join("".join(one for one in who.name if one.isprintable() and one != '"').split())
    return party(who.address, {"CN": name or who.address, **parameters})


@dataclass(frozen=True, slots=True)
class Reply:
    """What an attendee answered: to which entry, as of which change of it, and when (its DTSTAMP)."""

    uid: str
    sequence: int
    attendee: str
    answer: Answer
    at: datetime


_ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "DECLINED": Answer.DECLINED,
    "TENTATIVE": Answer.TENTATIVE,
}


def read_reply(data: bytes) -> Reply | None:
    """The answer in a text; None for whatever is no answer of one attendee (RFC 5546, section 3.2.3)."""
    if len(data) > LARGEST_REPLY:
        return None
    try:
        calendars = parsed(data)
    except Unreadable:
        return None
    for calendar in calendars:
        if text_of(calendar, "METHOD").upper() == "REPLY":
            found = [reply for reply in map(_reply, calendar.walk("VEVENT")) if reply is not None]
            return found[0] if found else None
    return None


def _reply(event: Part) -> Reply | None:
    told, at = values_of(event, "ATTENDEE"), worth(event.get("DTSTAMP"))
    if len(told) != 1 or not isinstance(at, date):
        return None
    attendee, answer = str(told[0]), _ANSWERS.get(parameter(told[0], "PARTSTAT"))
    if answer is None or not attendee.lower().startswith("mailto:"):
        return None
    sequence = text_of(event, "SEQUENCE")
    return Reply(
        uid=text_of(event, "UID"),
        sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 10 else 0,
        attendee=attendee[len("mailto:") :].strip().lower(),
        answer=answer,
        at=instant(at, _UTC),
    )
