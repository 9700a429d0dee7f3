"""May we call? One pure function over the rules: `judge(question, known, rules, now)`.

Each check is a function that returns the refusals it finds; all are asked, so that whoever is refused learns every
reason and not only the first. A check knows no other. What an override lifts is marked by the check itself
(`yields`): the hours and the caps, which are there for the person who now asks to be called; never a do-not-call
list, a destination, a consent or a limit against fraud.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from offhook.compliance.hours import OwnHours, first_open, standing
from offhook.compliance.model import (
    CallingSettings,
    CallPurpose,
    HoursRule,
    Known,
    NumberKind,
    Question,
    RecordingConsent,
    RecordingPolicy,
    RecordingRule,
    Refusal,
    Rule,
    Rulebook,
    Verdict,
    Who,
)
from offhook.compliance.rulebook import in_force

R = TypeVar("R", bound=Rule)

DAY, WEEK, MINUTE = timedelta(days=1), timedelta(days=7), timedelta(minutes=1)

OURS = "Your organisation's calling rules"
ANNOUNCEMENT = "This call is recorded. If you do not want that, say so now."
STRICTNESS = (RecordingConsent.ONE_PARTY, RecordingConsent.ANNOUNCE, RecordingConsent.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class _Case:
    """What a check gets: the question with everything worked out once."""

    question: Question
    known: Known
    rules: Rulebook
    now: datetime
    regions: tuple[str, ...]
    zones: tuple[str, ...]
    hours: tuple[HoursRule, ...]

    @property
    def is_sale(self) -> bool:
        """Whether the call is held to hours, caps and consent."""
        return self.question.purpose is CallPurpose.SALES


def judge(question: Question, known: Known, rules: Rulebook, now: datetime) -> Verdict:
    """Whether this call may be placed at `now`, with every reason against it, and what recording it takes."""
    regions, zones = regions_of(known), zones_of(known)
    hours = hours_for(known, regions, rules, now)
    case = _Case(question, known, rules, now, regions, zones, hours)
    found = [refusal for check in _CHECKS for refusal in check(case)]
    lifts = question.override is not None
    refusals = tuple(one for one in found if not (lifts and one.yields))
    recording, recording_rule = _recording(case)
    return Verdict(
        number=known.destination.number,
        refusals=refusals,
        lifted=tuple(one for one in found if lifts and one.yields),
        until=_until(case, refusals),
        recording=recording,
        recording_rule=recording_rule,
        announcement=_announcement(known.settings, recording),
        regions=regions,
        zones=zones,
        local_times={zone: f"{now.astimezone(ZoneInfo(zone)):%a %H:%M}" for zone in zones},
    )


def regions_of(known: Known) -> tuple[str, ...]:
    """The regions whose rules hold together: of the number, and of the person where their record tells one."""
    found: list[str] = []
    country, state = known.destination.country, known.destination.state
    if country:
        found += [country, *([f"{country}-{state}"] if state else [])]
    person = known.person
    if person and person.country:
        found += [person.country, *([f"{person.country}-{person.region}"] if person.region else [])]
    return tuple(dict.fromkeys(found))


def zones_of(known: Known) -> tuple[str, ...]:
    """The zones the person may be in: their own if known, else all of the number, else the organisation's."""
    if known.person and known.person.time_zone:
        return (known.person.time_zone,)
    return known.destination.zones or (known.home_zone,)


def hours_for(known: Known, regions: tuple[str, ...], rules: Rulebook, now: datetime) -> tuple[HoursRule, ...]:
    """The rules of hours that hold for whom we know; those for everywhere where no other protects them."""
    held = tuple(rule for rule in in_force(rules.hours, regions, now.date()) if protects(rule, known))
    return held or in_force(rules.hours, (), now.date())


def protects(rule: Rule, known: Known) -> bool:
    """Whether a rule of hours or caps holds for whoever is called."""
    if rule.who is Who.ALL or known.settings.businesses_as_consumers:
        return True
    return not (known.person and known.person.is_business)


def _emergency(case: _Case) -> Iterable[Refusal]:
    destination = case.known.destination
    if destination.kind is NumberKind.EMERGENCY and not case.known.settings.emergency_calls:
        why = (
            f"{destination.number} is an emergency number. Offhook does not know where you are: call it from a"
            " mobile or desk phone."
        )
        yield Refusal("emergency", why, OURS)


_KINDS = {
    NumberKind.PREMIUM: "a premium-rate number, which charges whoever calls it",
    NumberKind.SHARED_COST: "a shared-cost number, which charges whoever calls it",
    NumberKind.SATELLITE: "a satellite or international network number, which is expensive to call",
    NumberKind.SHORT: "a short code, which is no number of a person",
    NumberKind.UNKNOWN: "not a phone number that is in use anywhere",
}


def _kind(case: _Case) -> Iterable[Refusal]:
    destination = case.known.destination
    if destination.kind in _KINDS:
        yield Refusal("number-kind", f"{destination.number} is {_KINDS[destination.kind]}.", "ITU-T E.164")


def _country(case: _Case) -> Iterable[Refusal]:
    country, known = case.known.destination.country, case.known
    if country is None or country == known.home or country in known.settings.countries:
        return
    why = f"Calls to {country} are not allowed here. An admin can allow the country in Settings, Calling rules."
    yield Refusal("country", why, OURS)


def _listed(case: _Case) -> Iterable[Refusal]:
    for one in case.known.listed:
        since = f" since {one.since:%Y-%m-%d}" if one.since else ""
        told = f"{case.known.destination.number} is on the do-not-call list “{one.list_name}”{since}"
        yield Refusal("do-not-call", f"{told}: {one.because}." if one.because else f"{told}.", one.list_name)


def _wish(case: _Case) -> Iterable[Refusal]:
    if case.known.person and case.known.person.does_not_call:
        yield Refusal(
            "do-not-call", "The person does not want to be called: write instead.", "The person's own wish"
        )


def _consent(case: _Case) -> Iterable[Refusal]:
    person, known = case.known.person, case.known
    if not case.is_sale or (person and person.has_consented):
        return
    is_business = person.is_business if person else known.settings.unknown_are_businesses
    for rule in _of_regions(case.rules.consent, case):
        if rule.who is Who.ALL or not is_business:
            why = f"Nobody on record here has agreed to be called, as {rule.region} asks ({rule.source})."
            yield _by(rule, "consent", why, None)


def _hours(case: _Case) -> Iterable[Refusal]:
    """The hours as a whole; the rules that are closed are named, all of them if none is by itself."""
    if not case.is_sale or case.known.destination.kind in {NumberKind.EMERGENCY, NumberKind.UNKNOWN}:
        return
    own = OwnHours.of(case.known.settings)
    now = standing(case.zones, case.hours, own, case.now)
    if now.is_open:
        return
    closed = [rule for rule in case.hours if not standing(case.zones, [rule], own, case.now).is_open]
    for rule in closed or case.hours:
        yield _by(rule, "hours", f"{_clocks(case)}: {rule.title}.", now.changes_at, yields=True)


def _clocks(case: _Case) -> str:
    clocks = dict.fromkeys(f"{case.now.astimezone(ZoneInfo(zone)):%a %H:%M}" for zone in case.zones)
    told = " and ".join(sorted(clocks, key=list(clocks).index)[:2])
    return f"It is {told} where they are" if len(clocks) <= MOST_CLOCKS else f"It is {told} or another time there"


MOST_CLOCKS = 2


def _caps(case: _Case) -> Iterable[Refusal]:
    if not case.is_sale:
        return
    settings = case.known.settings
    for rule in _of_regions(case.rules.caps, case):
        until = frees_at(case.known.attempts, rule.calls, rule.within, case.now)
        if until and protects(rule, case.known):
            yield _by(rule, "attempts", f"Called {rule.calls} times: {rule.title}.", until, yields=True)
    for most, within, span in (
        (settings.attempts_per_day, DAY, "24 hours"),
        (settings.attempts_per_week, WEEK, "7 days"),
    ):
        if until := frees_at(case.known.attempts, most, within, case.now):
            why = f"Called {most} times within {span}, as often as your organisation allows."
            yield Refusal("attempts", why, OURS, until=until, yields=True)


def _limits(case: _Case) -> Iterable[Refusal]:
    """Against toll fraud: what no person dials is stopped, however it came about."""
    settings, known = case.known.settings, case.known
    if until := frees_at(known.by_user, settings.calls_per_minute_of_user, MINUTE, case.now):
        why = f"You placed {settings.calls_per_minute_of_user} calls within a minute, the most that is allowed."
        yield Refusal("rate", why, OURS, until=until)
    if until := frees_at(known.by_all, settings.calls_per_minute, MINUTE, case.now):
        why = f"Your organisation placed {settings.calls_per_minute} calls within a minute, the most it allows."
        yield Refusal("rate", why, OURS, until=until)
    if not is_abroad(known):
        return
    if until := frees_at(known.abroad, settings.abroad_calls_per_day, DAY, case.now):
        why = f"{settings.abroad_calls_per_day} calls abroad within 24 hours, the most your organisation allows."
        yield Refusal("abroad", why, OURS, until=until)
    if known.abroad_seconds >= settings.abroad_minutes_per_day * 60:
        why = (
            f"{settings.abroad_minutes_per_day} minutes abroad within 24 hours, the most your organisation allows."
        )
        until = min(known.abroad, default=case.now) + DAY
        yield Refusal("abroad", why, OURS, until=max(until, case.now + MINUTE))


_CHECKS: tuple[Callable[[_Case], Iterable[Refusal]], ...] = (
    _emergency,
    _kind,
    _country,
    _wish,
    _listed,
    _consent,
    _hours,
    _caps,
    _limits,
)


def is_abroad(known: Known) -> bool:
    """Whether the number lies outside the home country."""
    return known.destination.country != known.home


def _of_regions(rules: tuple[R, ...], case: _Case) -> tuple[R, ...]:
    return in_force(rules, case.regions, case.now.date())


def _by(rule: Rule, code: str, why: str, until: datetime | None, *, yields: bool = False) -> Refusal:
    return Refusal(code, why, rule.source, rule.url, until, yields, rule.id)


def frees_at(moments: Sequence[datetime], most: int, within: timedelta, now: datetime) -> datetime | None:
    """When one more fits under a cap again; None: it fits now. `moments` newest first."""
    recent = [moment for moment in moments if moment > now - within]
    return recent[most - 1] + within if len(recent) >= most else None


def _until(case: _Case, refusals: Sequence[Refusal]) -> datetime | None:
    """The first moment at which no refusal is left: what frees itself first, then the hours that follow.

    Allowed: when the hours end.
    """
    own, is_held = OwnHours.of(case.known.settings), case.is_sale and case.question.override is None
    if not refusals:
        return standing(case.zones, case.hours, own, case.now).changes_at if is_held else None
    moments = [one.until for one in refusals]
    if None in moments:
        return None
    freed = [one.until for one in refusals if one.until and one.code != "hours"]
    latest = max([case.now, *freed])
    return first_open(case.zones, case.hours, own, latest) if is_held else latest


def _recording(case: _Case) -> tuple[RecordingConsent, RecordingRule]:
    """The strictest word of their places and ours; what the organisation wants counts where it is stricter."""
    known = case.known
    theirs = in_force(case.rules.recording, case.regions, case.now.date())
    own_regions = tuple(sorted(known.settings.own_regions)) or (known.home,)
    ours = in_force(case.rules.recording, own_regions, case.now.date())
    strictest = max((*theirs, *ours), key=lambda rule: STRICTNESS.index(rule.needs))
    wanted = {
        RecordingPolicy.BY_LAW: RecordingConsent.ONE_PARTY,
        RecordingPolicy.ANNOUNCE: RecordingConsent.ANNOUNCE,
        RecordingPolicy.NEVER: RecordingConsent.FORBIDDEN,
    }[known.settings.recording]
    return max(strictest.needs, wanted, key=STRICTNESS.index), strictest


def _announcement(settings: CallingSettings, recording: RecordingConsent) -> str:
    return (settings.announcement or ANNOUNCEMENT) if recording is RecordingConsent.ANNOUNCE else ""
