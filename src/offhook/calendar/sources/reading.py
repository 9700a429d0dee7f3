"""What iCalendar text (RFC 5545) says of somebody's time. Pure; what is broken in one entry hides no other.

Recurrences are unrolled, with their exceptions. An entry keeps its owner busy unless it is cancelled, transparent,
marked as free, or declined by them; a day without times is that whole day by the owner's own clock, and so are
times without a zone. Entries that repeat by the minute or second are nobody's calendar and are left out.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from offhook.calendar.ical import (
    Part,
    Unreadable,
    instant,
    parameter,
    parsed,
    span_of,
    text_of,
    unrolled,
    values_of,
    worth,
)
from offhook.calendar.sources.source import Entry, Trouble
from offhook.identity import Span, merged

MOST_OCCURRENCES = 20_000
_TOO_OFTEN = ("FREQ=SECONDLY", "FREQ=MINUTELY")
_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is: the zone of times without one, and their address, as attendee."""

    zone: ZoneInfo
    address: str


@dataclass(frozen=True, slots=True)
class Own:
    """An entry of ours as it stands in a calendar."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool
    etag: str


def busy_spans(
    entries: Iterable[Entry], start: datetime, end: datetime, owner: Owner, ours: Collection[str] = ()
) -> list[Span]:
    """When these entries keep their owner busy between two instants, without those of the UIDs that are ours.

    Raises `Trouble` for what is no iCalendar, or unrolls without end.
    """
    found: list[Span] = []
    for entry in entries:
        for calendar in _calendars(entry):
            found += _free_busy(calendar, owner.zone)
            found += _spans(calendar, start, end, owner, ours)
            if len(found) > MOST_OCCURRENCES:
                raise Trouble(f"The calendar has more than {MOST_OCCURRENCES:,} entries in this time.")
    within = ((max(begins, start), min(ends, end)) for begins, ends in found)
    return merged(within)


def own_entries(entries: Iterable[Entry], ours: Collection[str]) -> Iterator[Own]:
    """The entries that are ours, as somebody may have moved them."""
    for entry in entries:
        for event in (event for calendar in _calendars(entry) for event in calendar.walk("VEVENT")):
            uid, span = text_of(event, "UID"), span_of(event, _UTC)
            if uid in ours and span is not None:
                yield Own(uid, *span, _is_cancelled(event), entry.etag)


def _calendars(entry: Entry) -> list[Part]:
    try:
        return parsed(entry.data)
    except Unreadable as error:
        raise Trouble(f"The calendar cannot be understood: {error}.") from error


def _spans(calendar: Part, start: datetime, end: datetime, owner: Owner, ours: Collection[str]) -> Iterator[Span]:
    calendar.subcomponents = [one for one in calendar.subcomponents if not _repeats_too_often(one)]
    for event in unrolled(calendar, start - timedelta(days=1), end):
        if text_of(event, "UID") in ours or _is_free(event, owner.address):
            continue
        span = span_of(event, owner.zone)
        if span is not None:
            yield span


def _repeats_too_often(part: Part) -> bool:
    rules = [_rule(one) for one in values_of(part, "RRULE")]
    return any(often in rule for often in _TOO_OFTEN for rule in rules)


def _rule(value: object) -> str:
    to_ical = getattr(value, "to_ical", None)
    return cast("bytes", to_ical()).decode().upper() if to_ical else ""


def _is_free(event: Part, address: str) -> bool:
    if _is_cancelled(event) or text_of(event, "TRANSP").upper() == "TRANSPARENT":
        return True
    if text_of(event, "X-MICROSOFT-CDO-BUSYSTATUS").upper() in _FREE:
        return True
    return any(
        str(one).lower() == f"mailto:{address.lower()}" and parameter(one, "PARTSTAT") == "DECLINED"
        for one in values_of(event, "ATTENDEE")
    )


def _is_cancelled(event: Part) -> bool:
    return text_of(event, "STATUS").upper() == "CANCELLED"


def _free_busy(calendar: Part, zone: ZoneInfo) -> Iterator[Span]:
    """What a published VFREEBUSY says (RFC 5545, section 3.6.4)."""
    for component in calendar.walk("VFREEBUSY"):
        for one in values_of(component, "FREEBUSY"):
            period = worth(one)
            if parameter(one, "FBTYPE") == "FREE" or not isinstance(period, tuple):
                continue
            begins, ends = cast("tuple[date, date | timedelta]", period)
            opens = instant(begins, zone)
            yield opens, opens + ends if isinstance(ends, timedelta) else instant(ends, zone)
