"""The order of the queue: total, explained, and as the field wants it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.compliance.facts import NO_NUMBER
from offhook.compliance.model import Called, CallingSettings, Known, Question
from offhook.compliance.policy import judge
from offhook.compliance.rulebook import rulebook
from offhook.leads.queue.model import Candidate, Ranked
from offhook.leads.queue.ranking import Moment, is_due, rank, score_now
from offhook.leads.queue.window import CallWindow, window_of, zone_time

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MOMENT = Moment(NOW, timedelta(days=14))
ZONES = (
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Nowhere/Land",
)


def a_candidate(number: int = 1, **fields: object) -> Candidate:
    plain: dict[str, object] = {
        "stage": "mql",
        "verdict": "open",
        "fit": 20.0,
        "engagement": 20.0,
        "scored_at": NOW,
        "mql_at": NOW - timedelta(days=3),
        "attempts": 0,
        "last_attempt_at": None,
        "next_touch_at": None,
        "next_touch_because": None,
        "due_at": None,
        "time_zone": "Europe/London",
    }
    return Candidate(lead_id=UUID(int=number), person_id=UUID(int=number), **(plain | fields))


def ranked(
    *candidates: Candidate, now: datetime = NOW, do_not_call: frozenset[UUID] = frozenset()
) -> list[Ranked]:
    windows = {one.person_id: a_window(one, now, do_not_call) for one in candidates}
    return rank(candidates, replace(MOMENT, now=now), windows)


def a_window(one: Candidate, now: datetime, do_not_call: frozenset[UUID]) -> CallWindow:
    """As the policy says it of somebody of whom the zone alone is known."""
    zone = zone_time(one.time_zone, now)
    known = Known(
        home="US",
        home_zone=str(zone.local.tzinfo),
        settings=CallingSettings(),
        destination=NO_NUMBER,
        person=Called(does_not_call=one.person_id in do_not_call),
    )
    return window_of(zone, judge(Question(""), known, rulebook(), now))


def order(*candidates: Candidate, **how: object) -> list[int]:
    return [one.candidate.lead_id.int for one in ranked(*candidates, **how)]


moments = st.integers(-20_000, 20_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
candidates = st.builds(
    a_candidate,
    st.integers(1, 1_000_000),
    fit=st.floats(-20, 120),
    engagement=st.floats(0, 100),
    scored_at=moments,
    mql_at=st.none() | moments,
    attempts=st.integers(0, 20),
    next_touch_at=st.none() | moments,
    next_touch_because=st.sampled_from(["call_back", "follow_up", "returned", "snoozed"]),
    due_at=st.none() | moments,
    verdict=st.sampled_from(["in", "open", "out"]),
    time_zone=st.sampled_from(ZONES),
)
some = st.lists(candidates, max_size=12, unique_by=lambda one: one.lead_id)


@given(some, st.randoms())
def test_the_order_does_not_depend_on_how_the_leads_were_found(leads, chance):
    shuffled = leads[:]
    chance.shuffle(shuffled)
    assert ranked(*shuffled) == ranked(*leads)


@given(some)
def test_every_due_lead_stands_once_with_points_that_its_reasons_sum_up_to(leads):
    found = ranked(*leads)
    assert sorted(one.candidate.lead_id for one in found) == sorted(
        one.lead_id for one in leads if is_due(one, NOW)
    )
    for one in found:
        assert one.points == pytest.approx(sum(reason.points for reason in one.reasons))
        assert all(reason.text for reason in one.reasons)


@given(some)
def test_who_may_be_called_comes_before_who_may_not(leads):
    calls = [one.may_call for one in ranked(*leads)]
    assert calls == sorted(calls, reverse=True)


@given(some)
def test_the_head_does_not_change_when_any_other_lead_goes(leads):
    found = ranked(*leads)
    if len(found) > 1:
        without = [one for one in leads if one.lead_id != found[-1].candidate.lead_id]
        assert ranked(*without) == found[:-1]


@given(candidates, st.integers(0, 10_000))
def test_a_score_only_falls_with_time_and_stays_in_its_bounds(lead, minutes):
    later = replace(MOMENT, now=NOW + timedelta(minutes=minutes))
    assert 0 <= score_now(lead, later) <= score_now(lead, MOMENT) <= 100


def test_urgent_things_come_in_the_order_of_the_field():
    returned = a_candidate(1, next_touch_at=NOW, next_touch_because="returned")
    qualified = a_candidate(2, verdict="in")
    call_back = a_candidate(3, next_touch_at=NOW - timedelta(minutes=2), next_touch_because="call_back")
    promised = a_candidate(4, due_at=NOW + timedelta(minutes=5))
    broken = a_candidate(5, due_at=NOW - timedelta(days=9))
    fresh = a_candidate(6, mql_at=NOW - timedelta(minutes=5))
    plain = a_candidate(7)
    out = a_candidate(8, verdict="out")
    assert order(out, plain, fresh, broken, promised, call_back, qualified, returned) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_better_score_comes_first_unless_it_is_stale():
    good, stale = (
        a_candidate(1, engagement=60.0),
        a_candidate(2, engagement=70.0, scored_at=NOW - timedelta(days=30)),
    )
    assert order(stale, good) == [1, 2]


def test_what_is_put_off_is_not_offered_before_its_time():
    later = a_candidate(1, next_touch_at=NOW + timedelta(minutes=1), next_touch_because="snoozed")
    assert order(later, a_candidate(2)) == [2]
    assert set(order(later, a_candidate(2), now=NOW + timedelta(minutes=1))) == {1, 2}


def test_outside_the_calling_window_says_until_when():
    asleep = a_candidate(1, time_zone="America/Los_Angeles", verdict="in")
    found = ranked(asleep, a_candidate(2))
    assert [one.candidate.lead_id.int for one in found] == [2, 1]
    assert not found[1].may_call
    assert found[1].window_changes_at == NOW + timedelta(hours=1)
    assert "calls from Mon 08:00" in found[1].reasons[0].text


def test_who_opens_first_comes_first_among_the_closed():
    tokyo = a_candidate(1, time_zone="Asia/Tokyo", verdict="in")
    angeles = a_candidate(2, time_zone="America/Los_Angeles")
    assert order(tokyo, angeles) == [2, 1]


def test_who_does_not_want_calls_is_not_offered_for_calling():
    found = ranked(a_candidate(1, verdict="in"), a_candidate(2), do_not_call=frozenset({UUID(int=1)}))
    assert [one.candidate.lead_id.int for one in found] == [2, 1]
    assert found[1].reasons[0].kind == "do_not_call"


@pytest.mark.parametrize(
    ("clock", "is_open"), [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False)]
)
def test_the_window_is_eight_to_nine_in_the_persons_zone(clock, is_open):
    now = datetime.fromisoformat(f"2026-07-15T{clock}-04:00").astimezone(UTC)
    assert zone_time("America/New_York", now).is_open is is_open


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)), st.sampled_from(ZONES))  # noqa: DTZ001
def test_the_window_changes_exactly_when_it_says(now, name):
    zone = zone_time(name, now)
    assert now < zone.changes_at <= now + timedelta(hours=24)
    assert zone_time(name, zone.changes_at).is_open is not zone.is_open
    assert zone_time(name, zone.changes_at - timedelta(microseconds=1)).is_open is zone.is_open
