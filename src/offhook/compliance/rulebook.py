"""The rules as data: read once from `rules/*.toml`, checked as they are read.

A rule whose `since` lies ahead is known and not in force yet; which ones hold is asked with the day.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar, cast

from pydantic import TypeAdapter

from offhook.compliance.model import (
    CapRule,
    ConsentRule,
    HoursRule,
    RecordingRule,
    Rule,
    Rulebook,
    Who,
)

FOLDER = Path(__file__).parent / "rules"
EVERYWHERE = "*"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

R = TypeVar("R", bound=Rule)


@cache
def rulebook() -> Rulebook:
    """All rules that come with Offhook. Raises `ValidationError`, naming the field, for a rule that is none."""
    return Rulebook(
        hours=read_rules("hours", HoursRule),
        caps=read_rules("caps", CapRule),
        consent=read_rules("consent", ConsentRule),
        recording=read_rules("recording", RecordingRule),
    )


def read_rules(name: str, shape: type[R]) -> tuple[R, ...]:
    """The rules of a file, once for each region that they name, for everywhere where they name none."""
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    rows = cast("list[dict[str, object]]", tomllib.loads(text)["rule"])
    adapter = TypeAdapter(shape)
    return tuple(adapter.validate_python(one) for row in rows for one in _plain(row))


def _plain(row: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """A row as the fields of its rule."""
    told = {"who": Who.ALL, "holidays": False, **row}
    if isinstance(hours := row.get("hours"), dict):
        told["week"] = read_week(cast("Mapping[str, str]", hours))
    elif isinstance(hours, int):
        told["within"] = timedelta(hours=hours)
    for region in cast("list[str]", row.get("regions", [row.get("region", EVERYWHERE)])):
        yield told | {"region": region}


def in_force(rules: tuple[R, ...], regions: tuple[str, ...], day: date) -> tuple[R, ...]:
    """The rules of these regions that hold on a day; those for everywhere only where no other does."""
    return cast("tuple[R, ...]", _in_force(rules, regions, day))


@lru_cache(maxsize=4096)
def _in_force(rules: tuple[Rule, ...], regions: tuple[str, ...], day: date) -> tuple[Rule, ...]:
    """The same for any kind; kept, as a queue asks it for the same few regions again and again."""
    held = [rule for rule in rules if rule.since <= day]
    found = tuple(rule for rule in held if rule.region in regions)
    return found or tuple(rule for rule in held if rule.region == EVERYWHERE)


def read_week(hours: Mapping[str, str]) -> tuple[tuple[tuple[time, time], ...], ...]:
    """Spans per weekday, Monday first, of `{"mon-fri": "10:00-13:00 14:00-20:00"}`. Raises `ValueError`."""
    week: list[tuple[tuple[time, time], ...]] = [()] * 7
    for days, spans in hours.items():
        first, _, last = days.partition("-")
        for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
            week[day] = tuple(_span(span) for span in spans.split())
    return tuple(week)


_SPAN = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


def _span(text: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(text)
    opens, closes = (time.fromisoformat(part) for part in found.groups()) if found else (time(), time())
    if opens >= closes:
        raise ValueError(f"{text!r} is no span of hours such as 08:00-21:00")
    return opens, closes


class CallRuleKind(StrEnum):
    """What a rule is about."""

    HOURS = "hours"
    CAP = "cap"
    CONSENT = "consent"
    RECORDING = "recording"


def kind_of(rule: Rule) -> CallRuleKind:
    """What a rule is about."""
    if isinstance(rule, HoursRule):
        return CallRuleKind.HOURS
    if isinstance(rule, CapRule):
        return CallRuleKind.CAP
    return CallRuleKind.RECORDING if isinstance(rule, RecordingRule) else CallRuleKind.CONSENT


def every_rule() -> list[Rule]:
    """All rules, by region, countries before their states; those for everywhere last."""
    book = rulebook()
    rules: list[Rule] = [*book.hours, *book.caps, *book.consent, *book.recording]
    return sorted(
        rules,
        key=lambda rule: (
            rule.region == EVERYWHERE,
            rule.region,
            list(CallRuleKind).index(kind_of(rule)),
            rule.id,
        ),
    )
