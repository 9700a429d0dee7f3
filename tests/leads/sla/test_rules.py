"""Promises, pure: limits in working time, every step taken once, and what keeping one comes to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.identity import weekdays
from offhook.kernel.errors import Invalid
from offhook.leads.sla.model import Promise, SlaPolicy, Timer, TimerState
from offhook.leads.sla.rules import DEFAULTS, check, kept, policy_for, step, timer_of

HOURS = weekdays("UTC")
FRIDAY = datetime(2026, 3, 6, 17, tzinfo=UTC)
TEAM = UUID(int=5)
POLICY = SlaPolicy(UUID(int=1), "fast", Promise.FIRST_ATTEMPT, 60, 40, 90, None)


def a_timer(start: datetime = FRIDAY) -> Timer:
    """A timer of the policy above."""
    return timer_of(POLICY, HOURS, UUID(int=9), start)


def test_limits_run_in_working_time() -> None:
    timer = a_timer()
    monday = datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert timer.warn_at == monday + timedelta(minutes=10)
    assert timer.due_at == monday + timedelta(minutes=30)
    assert timer.reassign_at == monday + timedelta(minutes=60)


def test_every_step_is_taken_once_and_in_order() -> None:
    timer, states = a_timer(), []
    while (moved := step(timer, FRIDAY + timedelta(days=30))) is not None:
        states.append(moved.state)
        timer = moved
    assert states == [TimerState.WARNED, TimerState.BREACHED, TimerState.REASSIGNED]
    assert timer.check_at is None


@given(st.lists(st.floats(0, 200), max_size=20))
def test_a_timer_never_lags_behind_the_clock(hours: list[float]) -> None:
    timer = a_timer()
    for hour in sorted(hours):
        now = FRIDAY + timedelta(hours=hour)
        while (moved := step(timer, now)) is not None:
            timer = moved
        assert timer.check_at is None or timer.check_at > now
        assert (timer.state is TimerState.RUNNING) == (now < timer.warn_at)


def test_what_is_done_in_time_is_met_and_what_is_done_late_stays_broken() -> None:
    timer = a_timer()
    assert kept(timer, timer.due_at).state is TimerState.MET
    late = kept(timer, timer.due_at + timedelta(seconds=1))
    assert (late.state, late.check_at) == (TimerState.BREACHED, None)


def test_a_teams_own_policy_comes_before_the_general_one_and_that_before_the_default() -> None:
    own = SlaPolicy(UUID(int=2), "own", Promise.FIRST_ATTEMPT, 30, 20, None, TEAM)
    off = SlaPolicy(UUID(int=3), "off", Promise.HAND_OFF_DECISION, 30, 20, None, None, is_active=False)
    assert policy_for([POLICY, own], Promise.FIRST_ATTEMPT, TEAM) == own
    assert policy_for([POLICY, own], Promise.FIRST_ATTEMPT, None) == POLICY
    assert policy_for([], Promise.FIRST_ATTEMPT, TEAM) == DEFAULTS[0]
    assert policy_for([off], Promise.HAND_OFF_DECISION, TEAM) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0},
        {"warn_minutes": 60},
        {"reassign_minutes": 30},
        {"name": ""},
        {"promise": Promise.HAND_OFF_DECISION},
    ],
)
def test_limits_that_cannot_be_meant_are_refused(wrong: dict[str, object]) -> None:
    from dataclasses import replace

    with pytest.raises(Invalid):
        check(replace(POLICY, **wrong))  # pyright: ignore[reportArgumentType]
