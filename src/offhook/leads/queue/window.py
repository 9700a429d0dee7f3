"""When a person may be called, and when best: pure, by the wall clock of the person's own time zone.

The calling window is 08:00 to 21:00 local time of the called person (TCPA: 47 CFR 64.1200(c)(1)). The best hours
are those of the Lead Response Management Study (J. Oldroyd, MIT, with InsideSales.com, 2007): 16 to 18 o'clock
made contact most often, 8 to 9 next, the time around lunch least; Wednesday and Thursday were the best days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(21)

BEST_HOURS: Mapping[int, float] = {8: 15, 9: 10, 10: 10, 11: 8, 14: 5, 15: 10, 16: 20, 17: 20, 18: 5}
"""Points of a local hour; hours not named have none."""

BEST_DAYS: Mapping[int, float] = {2: 4, 3: 4}
"""Points of a local weekday (Monday is 0)."""


@dataclass(frozen=True, slots=True)
class ZoneTime:
    """How it stands in one time zone: the local time there, whether calls are allowed, from or until when (UTC).

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
    clock = local.time()
    is_open = OPENS <= clock < CLOSES
    day = local.date() + timedelta(days=1) if clock >= CLOSES else local.date()
    changes = datetime.combine(day, CLOSES if is_open else OPENS, local.tzinfo)
    merit = BEST_HOURS.get(local.hour, 0.0) + BEST_DAYS.get(local.weekday(), 0.0) if is_open else 0.0
    return ZoneTime(name, local, is_open, changes.astimezone(UTC), merit, f"{local:%a %H:%M}")


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC for one nobody knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
