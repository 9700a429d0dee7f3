"""How made-up people behave: within what the product takes, and the interested better than the others."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from offhook.activities import Disposition, Kind, dispositions_of
from offhook.leads.qualification.documents import ready_made_by_name
from offhook.leads.qualification.rules import judge, read_answers
from offhook.simulator.play import behaviour
from offhook.simulator.play.behaviour import Reachable

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def reachable(**different: object) -> Reachable:
    """Somebody with everything, not yet tried, but for what is given."""
    told = {
        "has_phone": True,
        "may_call": True,
        "has_email": True,
        "attempts": 0,
        "has_talked": False,
        "is_expected": False,
        "time_zone": "America/New_York",
    }
    return Reachable(**{**told, **different})


@settings(max_examples=300, deadline=None)
@given(
    seed=some.integers(0, 2**32),
    has_phone=some.booleans(),
    may_call=some.booleans(),
    has_email=some.booleans(),
    attempts=some.integers(0, 20),
    interest=some.floats(0, 1),
    minutes=some.integers(0, 7 * 24 * 60),
)
def test_whatever_happens_on_a_touch_is_something_that_can_be_logged(
    seed: int, has_phone: bool, may_call: bool, has_email: bool, attempts: int, interest: float, minutes: int
) -> None:
    at = MONDAY + timedelta(minutes=minutes)
    who = reachable(has_phone=has_phone, may_call=may_call, has_email=has_email, attempts=attempts)
    done = behaviour.touch(Random(seed), who, interest, 0.1, at)
    if done is None:
        assert not (has_phone and may_call)
        assert has_phone or not has_email
        return
    assert done.disposition in dispositions_of(done.kind)
    assert (has_phone and may_call) if done.kind is Kind.CALL else has_email
    assert done.seconds is None or done.seconds > 0
    assert (done.call_back_at is not None) == (done.disposition is Disposition.CALL_BACK)
    assert done.call_back_at is None or done.call_back_at > at


def test_who_expects_a_call_is_reached_more_often_than_who_was_tried_ten_times() -> None:
    def talks(who: Reachable) -> int:
        rng = Random(5)
        done = [behaviour.touch(rng, who, 0.5, 0.0, MONDAY) for _ in range(2000)]
        return sum(one is not None and one.is_talk for one in done)

    assert talks(reachable(is_expected=True)) > 2 * talks(reachable(attempts=9)) > 0


def _as_agreed(answer: object) -> str:
    """An answer as points are agreed for it."""
    return {True: "yes", False: "no"}.get(answer, str(answer)) if isinstance(answer, bool) else str(answer)


@pytest.mark.parametrize("framework", ["BANT", "CHAMP", "MEDDICC"])
def test_answers_fit_every_ready_made_framework_and_tell_the_interested_apart(framework: str) -> None:
    agreement = ready_made_by_name(framework).agreement

    def points(interest: float) -> float:
        rng = Random(11)
        total = 0
        for _ in range(200):
            given_all = behaviour.answers(rng, agreement.questions, {}, interest, 0.3)
            assert read_answers(agreement, given_all).keys() == given_all.keys()
            total += sum(
                question.points.get(_as_agreed(given_all.get(question.key)), 0) for question in agreement.questions
            )
        return total / 200

    assert judge(agreement, ()).verdict == "open"
    assert points(0.9) > 1.3 * points(0.2) > 0


def test_what_is_known_is_not_asked_again() -> None:
    questions = ready_made_by_name("BANT").agreement.questions
    known = {question.key: "x" for question in questions}
    assert behaviour.answers(Random(1), questions, known, 0.9, 0.0) == {}


@given(some.integers(0, 2**32), some.sampled_from(["Europe/Berlin", "America/Los_Angeles", "Australia/Sydney"]))
def test_meetings_are_booked_ahead_within_the_persons_working_week(seed: int, zone: str) -> None:
    booked = behaviour.meeting_time(Random(seed), MONDAY, zone)
    local = booked.astimezone(ZoneInfo(zone))
    assert MONDAY < booked < MONDAY + timedelta(days=12)
    assert local.weekday() < 5
    assert 9 <= local.hour < 17
