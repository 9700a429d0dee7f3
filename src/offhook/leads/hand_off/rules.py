"""What makes a hand-off possible and how it may go on, pure.

Offered → accepted | rejected | withdrawn; accepted → confirmed | rejected. Times told afterwards must follow one
another: nothing is decided before it was offered, nothing confirmed before it was accepted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from offhook.kernel.errors import Conflict, FieldError, Invalid
from offhook.leads.hand_off.model import HandOff, HandOffStatus, MeetingOutcome, Mode

SHORTEST_MEETING = timedelta(minutes=5)
LONGEST_MEETING = timedelta(hours=8)
FARTHEST_MEETING = timedelta(days=366)

FOLLOWS: dict[HandOffStatus, frozenset[HandOffStatus]] = {
    HandOffStatus.OFFERED: frozenset({HandOffStatus.ACCEPTED, HandOffStatus.REJECTED, HandOffStatus.WITHDRAWN}),
    HandOffStatus.ACCEPTED: frozenset({HandOffStatus.CONFIRMED, HandOffStatus.REJECTED}),
    HandOffStatus.REJECTED: frozenset(),
    HandOffStatus.CONFIRMED: frozenset(),
    HandOffStatus.WITHDRAWN: frozenset(),
}
"""Which status may follow which."""


def check_follows(hand_off: HandOff, status: HandOffStatus) -> None:
    """Raise `Conflict` unless the hand-off may become that."""
    if status not in FOLLOWS[hand_off.status]:
        allowed = ", ".join(sorted(FOLLOWS[hand_off.status])) or "nothing more"
        raise Conflict(f"This hand-off is {hand_off.status}; it can become {allowed}, not {status}.")


def moment(at: datetime | None, now: datetime, not_before: datetime | None, what: str) -> datetime:
    """When something was done: as told, or now. Raises `Invalid` for the future and for before `not_before`."""
    told = at or now
    if told.tzinfo is None:
        raise _invalid("at", "needs a time zone, such as 2026-03-02T14:30:00+01:00", told)
    if told > now:
        raise _invalid("at", "lies in the future", told)
    if not_before is not None and told < not_before:
        raise _invalid("at", f"lies before {what} ({not_before.isoformat()})", told)
    return told


def check_meeting(mode: Mode, meeting_at: datetime | None, at: datetime, minutes: int = 30) -> None:
    """Raise `Invalid` unless a scheduled hand-off has a meeting to come, and a live one has none."""
    if not SHORTEST_MEETING <= timedelta(minutes=minutes) <= LONGEST_MEETING:
        shortest, longest = (int(limit / timedelta(minutes=1)) for limit in (SHORTEST_MEETING, LONGEST_MEETING))
        reason = f"must be {shortest} to {longest}"
        raise Invalid(
            f"The minutes of a meeting {reason}.",
            fields=[FieldError("meeting_minutes", reason, str(minutes))],
        )
    if mode is Mode.LIVE:
        if meeting_at is not None:
            raise _invalid("meeting_at", "belongs to scheduled hand-offs; a live one happens now", meeting_at)
        return
    if meeting_at is None:
        raise Invalid(
            "A scheduled hand-off needs the time of its meeting.",
            fields=[FieldError("meeting_at", "is missing")],
        )
    if meeting_at.tzinfo is None:
        raise _invalid("meeting_at", "needs a time zone, such as 2026-03-02T14:30:00+01:00", meeting_at)
    if meeting_at <= at:
        raise _invalid("meeting_at", "must lie in the future", meeting_at)
    if meeting_at > at + FARTHEST_MEETING:
        raise _invalid("meeting_at", "lies more than a year ahead", meeting_at)


def check_free(meeting_at: datetime, others: Sequence[datetime], ae_name: str) -> None:
    """Raise `Conflict` when the AE has other meetings, that begin at `others`, at the same time."""
    if others:
        raise Conflict(
            f"{ae_name} has another meeting at {others[0].isoformat()}. Choose another time or another AE, or"
            " allow the overlap.",
            code="meeting-overlaps",
            fields=[FieldError("meeting_at", "overlaps another meeting", meeting_at.isoformat())],
        )


def check_outcome(hand_off: HandOff, outcome: MeetingOutcome, at: datetime) -> None:
    """Raise `Conflict` or `Invalid` unless this can have become of the booked meeting by `at`."""
    if hand_off.meeting_at is None:
        raise Conflict("This hand-off was live: it has no meeting.")
    if hand_off.meeting_outcome is not None:
        raise Conflict(f"The meeting is noted as {hand_off.meeting_outcome} already.")
    if hand_off.status in {HandOffStatus.REJECTED, HandOffStatus.WITHDRAWN}:
        raise Conflict(f"This hand-off is {hand_off.status}: its meeting is off.")
    if outcome is not MeetingOutcome.CANCELLED and at < hand_off.meeting_at:
        raise Invalid(
            f"The meeting is on {hand_off.meeting_at.isoformat()}: what became of it is known only then.",
            fields=[FieldError("at", "lies before the meeting", at.isoformat())],
        )


def _invalid(field: str, reason: str, value: datetime) -> Invalid:
    return Invalid(f"The hand-off's {field} {reason}.", fields=[FieldError(field, reason, value.isoformat())])
