"""When a lead should be touched next, pure: by how the last touch ended and how many there were.

The plan after touches that reached nobody is ours, made after the Lead Response Management Study (2007: most reps
give up after one or two calls, six reach over 90 % of those who can be reached): a second try the same day, then
wider and wider, never outside of the person's calling window or on their weekend. A time that the person named
is kept to the minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from offhook.activities import Activity, Direction, Disposition, Kind, is_touch
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.queue.model import TouchBecause
from offhook.leads.queue.window import zone_time

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SATURDAY = 5

SPACING = (2 * HOUR, 1 * DAY, 2 * DAY, 3 * DAY, 5 * DAY)
"""How long to wait after the first, second, … touch that reached nobody; afterwards `LATER`."""
LATER = 7 * DAY

AFTER_CONTACT = DAY
"""How long to wait after the person was reached."""

WAITS: Mapping[Disposition, timedelta] = {
    Disposition.CONVERSATION: DAY,
    Disposition.CONNECTED: DAY,
    Disposition.REFERRED: DAY,
    Disposition.LANGUAGE_BARRIER: DAY,
    Disposition.DO_NOT_CALL: DAY,
    Disposition.HELD: DAY,
    Disposition.CALL_BACK: DAY,
    Disposition.MEETING_BOOKED: HOUR / 4,
    Disposition.BUSY: HOUR / 2,
    Disposition.WRONG_NUMBER: HOUR,
    Disposition.OUT_OF_SERVICE: HOUR,
    Disposition.BOUNCED: HOUR,
    Disposition.NO_SHOW: HOUR,
    Disposition.CANCELLED: HOUR,
    Disposition.SENT: 2 * DAY,
    Disposition.HUNG_UP: 5 * DAY,
    Disposition.NOT_INTERESTED: 5 * DAY,
    Disposition.UNSUBSCRIBED: 5 * DAY,
    Disposition.REPLIED: timedelta(),
}
"""How long to wait after a touch that ended so, whatever the number; all others wait by `SPACING`."""

FARTHEST_CALL_BACK = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NextTouch:
    """When, and why then."""

    at: datetime
    because: TouchBecause


def next_touch(entry: Activity, attempts: int, time_zone: str, call_back_at: datetime | None) -> NextTouch | None:
    """When to touch next after `entry`, the `attempts`-th touch; None: as planned before.

    `time_zone` is the person's; `call_back_at` what they asked for.
    """
    if call_back_at is not None:
        return NextTouch(call_back_at, TouchBecause.CALL_BACK)
    if entry.kind is Kind.NOTE or entry.disposition is Disposition.AUTO_REPLIED:
        return None
    if entry.kind is Kind.EMAIL and entry.direction is Direction.INBOUND:
        return NextTouch(entry.at, TouchBecause.REPLIED)
    because = TouchBecause.CALL_BACK if entry.disposition is Disposition.CALL_BACK else TouchBecause.FOLLOW_UP
    if entry.direction is Direction.INBOUND and not entry.is_conversation:
        return NextTouch(entry.at, because)
    return NextTouch(suitable(entry.at + _wait(entry, attempts), time_zone), because)


def _wait(entry: Activity, attempts: int) -> timedelta:
    if entry.disposition is not None and entry.disposition in WAITS:
        return WAITS[entry.disposition]
    if entry.is_conversation or not is_touch(entry.kind, entry.direction):
        return DAY
    return SPACING[attempts - 1] if 0 < attempts <= len(SPACING) else LATER


def suitable(moment: datetime, time_zone: str) -> datetime:
    """The moment itself, or the next within the person's calling window and not on a weekend there."""
    there = zone_time(time_zone, moment)
    if there.local.weekday() >= SATURDAY:
        days = timedelta(days=7 - there.local.weekday())
        return suitable((there.local + days).astimezone(moment.tzinfo), time_zone)
    if there.is_open:
        return moment
    opening = zone_time(time_zone, there.changes_at)
    return there.changes_at if opening.local.weekday() < SATURDAY else suitable(there.changes_at, time_zone)


def check_call_back(call_back_at: datetime | None, done_at: datetime) -> None:
    """Raise `Invalid` for a call back without zone, before the touch itself, or farther than a year away."""
    if call_back_at is None:
        return
    reason = None
    if call_back_at.tzinfo is None:
        reason = "needs a time zone, such as 2026-03-02T14:30:00+01:00"
    elif call_back_at <= done_at:
        reason = "must be after the activity itself"
    elif call_back_at > done_at + FARTHEST_CALL_BACK:
        reason = "lies more than a year ahead"
    if reason:
        raise Invalid(
            f"The time to call back {reason}.",
            fields=[FieldError("call_back_at", reason, call_back_at.isoformat())],
        )
