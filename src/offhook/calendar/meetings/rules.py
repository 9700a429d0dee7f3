"""What a meeting may be, and what is mailed about it when. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from offhook.calendar.meetings.model import Answer, Meeting, MeetingState
from offhook.kernel.errors import Conflict, Invalid, invalid_field

LONGEST_TITLE = 200
LONGEST_LOCATION = 500
LONGEST_NOTE = 2_000
MOST_REMINDERS = 5
EARLIEST_REMINDER = 14 * 24 * 60
LANGUAGES = ("en", "es")


def checked_title(title: str) -> str:
    """A title in one line. Raises `Invalid`."""
    return _line("title", title, LONGEST_TITLE, 1)


def checked_location(location: str) -> str:
    """Where to meet, in one line; may be empty. Raises `Invalid`."""
    return _line("location", location, LONGEST_LOCATION, 0)


def checked_note(note: str) -> str:
    """What the person wrote. Raises `Invalid`."""
    clean = "".join(one for one in note if one.isprintable() or one == "\n").strip()
    if len(clean) > LONGEST_NOTE:
        raise invalid_field("note", f"has more than {LONGEST_NOTE:,} characters")
    return clean


def _line(field: str, text: str, longest: int, shortest: int) -> str:
    clean = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if not shortest <= len(clean) <= longest:
        raise invalid_field(field, f"must have {shortest} to {longest} characters", text[:40])
    return clean


def checked_reminders(minutes: Sequence[int]) -> tuple[int, ...]:
    """How long before a meeting the person is reminded, the earliest first. Raises `Invalid`."""
    told = tuple(sorted(set(minutes), reverse=True))
    if len(told) > MOST_REMINDERS or any(not 5 <= one <= EARLIEST_REMINDER for one in told):
        raise invalid_field(
            "reminder_minutes", f"must be up to {MOST_REMINDERS}, each of 5 to {EARLIEST_REMINDER} minutes"
        )
    return told


def checked_language(language: str) -> str:
    """A language that mails are written in. Raises `Invalid`."""
    if language not in LANGUAGES:
        raise invalid_field("language", f"is none of {', '.join(LANGUAGES)}", language[:20])
    return language


def reminders_due(starts_at: datetime, minutes: Sequence[int], now: datetime) -> dict[int, datetime]:
    """When each reminder is due; those whose time has passed already are none."""
    dues = {one: starts_at - timedelta(minutes=one) for one in minutes}
    return {one: due for one, due in dues.items() if due > now}


def check_open(meeting: Meeting, now: datetime) -> None:
    """Raise `Conflict` unless the meeting is booked and to come."""
    if meeting.state is not MeetingState.BOOKED:
        raise Conflict(f"This meeting is {meeting.state.value.replace('_', ' ')} already.", code="meeting-over")
    if meeting.starts_at <= now:
        raise Conflict("This meeting has begun: it cannot be moved or called off any more.", code="meeting-over")


def check_moved(meeting: Meeting, starts_at: datetime, now: datetime) -> None:
    """Raise `Invalid` unless a meeting may be moved there."""
    if starts_at.tzinfo is None:
        raise invalid_field("starts_at", "needs a time zone, such as 2026-03-02T14:30:00+01:00")
    if starts_at <= now:
        raise invalid_field("starts_at", "must lie in the future", starts_at.isoformat())
    if starts_at == meeting.starts_at:
        raise Invalid("The meeting is at that time already.")


def check_outcome(meeting: Meeting, outcome: MeetingState, now: datetime) -> None:
    """Raise `Conflict` or `Invalid` unless this can have become of the meeting by now."""
    if meeting.state is not MeetingState.BOOKED:
        raise Conflict(f"This meeting is {meeting.state.value.replace('_', ' ')} already.", code="meeting-over")
    if outcome is MeetingState.BOOKED:
        raise invalid_field("outcome", "must be held, no_show or cancelled")
    if outcome is not MeetingState.CANCELLED and now < meeting.starts_at:
        raise Conflict(f"The meeting is on {meeting.starts_at.isoformat()}: what became of it is known only then.")


def counts(meeting: Meeting, sequence: int, answer: Answer, at: datetime) -> bool:
    """Whether an answer counts: to the meeting as it stands, and newer than the one known (RFC 5546, 2.1.5)."""
    if meeting.state is not MeetingState.BOOKED or answer is Answer.NONE:
        return False
    return sequence >= meeting.sequence and (meeting.answered_at is None or at > meeting.answered_at)
