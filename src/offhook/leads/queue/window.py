"""When a person may be called, and when best: pure, by the wall clock of the person's own time zone.

Whether somebody may be called is the policy's to say (`compliance`): `window_of` takes its verdict. A zone alone
tells the widest hours in which anybody there may be called, by which the queue looks for leads and the next touch
is planned. The best hours are those of the Lead Response Management Study (J. Oldroyd, MIT, with InsideSales.com,
2007): 16 to 18 o'clock made contact most often, 8 to 9 next, the time around lunch least; Wednesday and Thursday
were the best days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from offhook import compliance
from offhook.compliance import Refusal, Verdict

BEST_HOURS: Mapping[int, float] = {8: 15, 9: 10, 10: 10, 11: 8, 14: 5, 15: 10, 16: 20, 17: 20, 18: 5}
"""Points of a local hour; hours not named have none."""

BEST_DAYS: Mapping[int, float] = {2: 4, 3: 4}
"""Points of a local weekday (Monday is 0)."""


@dataclass(frozen=True, slots=True)
class ZoneTime:
    """How it stands in one time zone: the local time there, whether calls may be open, from or until when (UTC).

    `merit` is the points of this hour and day, `told` the local time in words.
    """

    name: str
    local: datetime
    is_open: bool
    changes_at: datetime
    merit: float
    told: str


def zone_times(names: Iterable[str], now: datetime) -> dict[str, ZoneTime]:
    """How it stands now in these zones, by name."""
    return {name: zone_time(name, now) for name in set(names)}


def zone_time(name: str, now: datetime) -> ZoneTime:
    """How it stands now in a zone; a zone nobody knows is taken as UTC."""
    local = now.astimezone(zone_of(name))
    usual = compliance.usual_hours(str(local.tzinfo), now)
    changes_at = (usual.changes_at or now + timedelta(days=1)).astimezone(UTC)
    merit = BEST_HOURS.get(local.hour, 0.0) + BEST_DAYS.get(local.weekday(), 0.0)
    return ZoneTime(name, local, usual.is_open, changes_at, merit, f"{local:%a %H:%M}")


@dataclass(frozen=True, slots=True)
class CallWindow:
    """Whether the policy lets one person be called: where they are, until or from when, what is against it."""

    zone: ZoneTime
    may_call: bool
    changes_at: datetime
    refusals: tuple[Refusal, ...] = ()


def window_of(zone: ZoneTime, verdict: Verdict) -> CallWindow:
    """What a verdict says to the queue; where no time would help, the hours of the zone are told."""
    return CallWindow(zone, verdict.is_allowed, verdict.until or zone.changes_at, verdict.refusals)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC for one nobody knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
