"""The order of the queue, pure and explained: what a rep should do next, and why that.

A lead's points are the sum of its reasons, each a row of the table `_TERMS`. Who wrote and waits for an
answer comes first, as a mail may be answered at any hour; then who may be called now, then who may not, whatever
the points; equal ones are ordered by id, so that the order never depends on chance.

Scale: the score of a lead is 0 to 100. A hand-off sent back, a promise about to break and a call back that is
due outweigh any score; freshness outweighs most scores for half an hour, since the chance to qualify a lead
falls about 21-fold from five to thirty minutes (Lead Response Management Study, 2007).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from offhook.leads.queue.model import Candidate, Ranked, Reason, TouchBecause
from offhook.leads.queue.window import CallWindow, ZoneTime

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

RETURNED_POINTS = 1_000.0
REPLIED_POINTS = 700.0
QUALIFIED_POINTS = 400.0
PROMISE_POINTS = 300.0
PROMISE_BROKEN_POINTS = 150.0
CALL_BACK_POINTS = 350.0
CALL_BACK_LATE_POINTS = 150.0
FOLLOW_UP_POINTS = 60.0
FRESH_POINTS = 100.0
ATTEMPT_POINTS = -6.0
MOST_ATTEMPTS = 8
"""Attempts beyond this weigh no more."""
CLOSING_POINTS = 12.0
LARGEST_SCORE = 100.0


@dataclass(frozen=True, slots=True)
class Moment:
    """When the queue is asked, and how fast engagement decays."""

    now: datetime
    half_life: timedelta

    def halved(self, age: timedelta, half_life: timedelta) -> float:
        """What remains of 1 after `age`."""
        return 0.5 ** (max(age, timedelta()) / half_life)


def rank(candidates: Iterable[Candidate], moment: Moment, windows: Mapping[UUID, CallWindow]) -> list[Ranked]:
    """The leads whose touch is due, best first. `windows` knows every candidate's person."""
    due = (one for one in candidates if is_due(one, moment.now))
    return sorted((_ranked(one, moment, windows[one.person_id]) for one in due), key=place_of)


def promising(candidates: Iterable[Candidate], moment: Moment, zones: Mapping[str, ZoneTime]) -> list[Candidate]:
    """The leads whose touch is due, in the order they would have if everybody might be called now.

    What a person's own window adds when it is about to end is not known here (`CLOSING_POINTS`).
    """
    due = [one for one in candidates if is_due(one, moment.now)]
    open_to = {name: CallWindow(zone, may_call=True, changes_at=zone.changes_at) for name, zone in zones.items()}
    hope = {one.lead_id: -_points(one, moment, open_to[one.time_zone]) for one in due}
    return sorted(due, key=lambda one: (hope[one.lead_id], one.lead_id))


def is_due(candidate: Candidate, now: datetime) -> bool:
    """Whether nothing asks to leave it alone until later."""
    return candidate.next_touch_at is None or candidate.next_touch_at <= now


def score_now(candidate: Candidate, moment: Moment) -> float:
    """Fit and what is left of engagement, 0 to 100."""
    left = candidate.engagement * moment.halved(moment.now - candidate.scored_at, moment.half_life)
    return min(max(candidate.fit + left, 0.0), LARGEST_SCORE)


def place_of(ranked: Ranked) -> tuple[object, ...]:
    """What leads are sorted by, best first."""
    waits = ranked.candidate.next_touch_because == TouchBecause.REPLIED
    may_touch = waits or ranked.may_call
    opening = ranked.window_changes_at.timestamp() if not may_touch else 0.0
    return (
        not may_touch,
        not waits,
        -ranked.points if may_touch else opening,
        -ranked.points,
        ranked.candidate.lead_id,
    )


def _points(one: Candidate, moment: Moment, window: CallWindow) -> float:
    return sum(reason.points for term in _TERMS if (reason := term(one, moment, window)))


def _ranked(one: Candidate, moment: Moment, window: CallWindow) -> Ranked:
    reasons = [reason for term in _TERMS if (reason := term(one, moment, window))]
    reasons.sort(key=lambda reason: (reason.kind != _PLANNED, -abs(reason.points)))
    first = 1 if one.next_touch_because == TouchBecause.REPLIED and reasons else 0
    reasons = [*reasons[:first], *_against(window), *reasons[first:]]
    points = sum(reason.points for reason in reasons)
    return Ranked(one, points, window.may_call, window.changes_at, window.zone.told, tuple(reasons))


_PLANNED = "cadence"
"""The reason that says what is to be done: told first, whatever its points."""

_CLOSED = "hours"
"""The policy's code for the calling window, which the queue tells on the person's clock."""


def _against(window: CallWindow) -> list[Reason]:
    """What the policy has against a call, the firmest first."""
    firm = [Reason(one.code.replace("-", "_"), 0.0, one.why) for one in window.refusals if one.code != _CLOSED]
    return firm or ([_closed(window)] if window.refusals else [])


def _closed(window: CallWindow) -> Reason:
    zone = window.zone
    opens = f"{window.changes_at.astimezone(zone.local.tzinfo):%a %H:%M} there ({window.changes_at:%H:%M} UTC)"
    return Reason("calling_window", 0.0, f"It is {zone.local:%H:%M} in {zone.name}: calls from {opens}.")


def _returned(one: Candidate, moment: Moment, _: CallWindow) -> Reason | None:
    if one.next_touch_because != TouchBecause.RETURNED:
        return None
    return Reason("returned", RETURNED_POINTS, "The AE gave it back: see why, and put it right.")


def _qualified(one: Candidate, moment: Moment, _: CallWindow) -> Reason | None:
    if one.verdict == "in":
        return Reason("qualified", QUALIFIED_POINTS, "Qualified: hand it off.")
    if one.verdict == "out":
        return Reason("qualified_out", -LARGEST_SCORE, "Qualified out: close it with a reason.")
    return None


def _promise(one: Candidate, moment: Moment, _: CallWindow) -> Reason | None:
    if one.due_at is None:
        return None
    left = one.due_at - moment.now
    if left > timedelta():
        points = PROMISE_POINTS * moment.halved(left, HOUR)
        return Reason("promise", points, f"Promised within {_length(left)}.")
    points = PROMISE_BROKEN_POINTS * (1 + moment.halved(-left, 4 * HOUR))
    return Reason("promise", points, f"Promised {_length(-left)} ago.")


def _touch(one: Candidate, moment: Moment, _: CallWindow) -> Reason | None:
    if one.next_touch_at is None or one.next_touch_because == TouchBecause.RETURNED:
        return None
    late = moment.now - one.next_touch_at
    if one.next_touch_because == TouchBecause.CALL_BACK:
        points = CALL_BACK_LATE_POINTS + (CALL_BACK_POINTS - CALL_BACK_LATE_POINTS) * moment.halved(late, 4 * HOUR)
        return Reason("call_back", points, f"Call back due {_ago(late)}.")
    if one.next_touch_because == TouchBecause.REPLIED:
        return Reason("replied", REPLIED_POINTS, f"Wrote {_ago(late)}, waits for an answer.")
    if one.next_touch_because == TouchBecause.SNOOZED:
        return Reason("snoozed", FOLLOW_UP_POINTS, f"Put off until {_ago(late)}.{_noted(one)}")
    points = FOLLOW_UP_POINTS * (2 - moment.halved(late, DAY))
    if one.next_touch_because == TouchBecause.CADENCE:
        return Reason("cadence", points, f"{one.next_touch_note} Due {_ago(late)}.")
    return Reason("follow_up", points, f"Next touch due {_ago(late)}.")


def _noted(one: Candidate) -> str:
    return f" {one.next_touch_note}" if one.next_touch_note else ""


def _score(one: Candidate, moment: Moment, _: CallWindow) -> Reason | None:
    score = score_now(one, moment)
    return Reason("score", score, f"Score {score:.0f} (fit {one.fit:.0f}).")


def _fresh(one: Candidate, moment: Moment, _: CallWindow) -> Reason | None:
    if one.mql_at is None or one.attempts:
        return None
    age = moment.now - one.mql_at
    points = FRESH_POINTS * moment.halved(age, 30 * MINUTE)
    return Reason("fresh", points, f"Fresh: assigned {_ago(age)}.") if points >= 1 else None


def _attempts(one: Candidate, moment: Moment, _: CallWindow) -> Reason | None:
    if not one.attempts:
        return None
    last = f", the last {_ago(moment.now - one.last_attempt_at)}" if one.last_attempt_at else ""
    tries = "1 attempt" if one.attempts == 1 else f"{one.attempts} attempts"
    return Reason("attempts", ATTEMPT_POINTS * min(one.attempts, MOST_ATTEMPTS), f"{tries}{last}.")


def _hour(one: Candidate, moment: Moment, window: CallWindow) -> Reason | None:
    zone = window.zone
    if not zone.merit or any(one.code == _CLOSED for one in window.refusals):
        return None
    return Reason("best_time", zone.merit, f"A good time: {zone.told} in {zone.name}.")


def _closing(one: Candidate, moment: Moment, window: CallWindow) -> Reason | None:
    left = window.changes_at - moment.now
    if not window.may_call or left > HOUR:
        return None
    return Reason("closing", CLOSING_POINTS, f"Calls to {window.zone.name} end in {_length(left)}.")


_TERMS: tuple[Callable[[Candidate, Moment, CallWindow], Reason | None], ...] = (
    _returned,
    _qualified,
    _promise,
    _touch,
    _score,
    _fresh,
    _attempts,
    _hour,
    _closing,
)


def _ago(age: timedelta) -> str:
    return "now" if age < MINUTE else f"{_length(age)} ago"


def _length(length: timedelta) -> str:
    minutes = max(round(length / MINUTE), 1)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
