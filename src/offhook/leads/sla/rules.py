"""When a promise warns, is broken, and moves on: pure.

running → (warn_at) warned → (due_at) breached → (reassign_at) reassigned; met ends it at any time. A sweep that
comes late (the server was off) takes all the steps that are due, one after the other, so that none is skipped.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from offhook.identity import BusinessHours, add_business_minutes
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.sla.model import Promise, SlaPolicy, Timer, TimerState

NOBODYS = UUID(int=0)

DEFAULTS: tuple[SlaPolicy, ...] = (
    SlaPolicy(NOBODYS, "First attempt within an hour", Promise.FIRST_ATTEMPT, 60, 45, 240, None, version=0),
    SlaPolicy(
        NOBODYS, "Decision within a working day", Promise.HAND_OFF_DECISION, 480, 360, None, None, version=0
    ),
)
"""What holds for a promise of which the organisation has no policy of its own. Version 0: not stored."""

RUNNING_STATES = frozenset({TimerState.RUNNING, TimerState.WARNED, TimerState.BREACHED})


def policy_for(policies: Iterable[SlaPolicy], promise: Promise, team_id: UUID | None) -> SlaPolicy | None:
    """The policy that holds: the team's own, else the general one, else the default; None where switched off."""
    own = [policy for policy in policies if policy.promise is promise]
    for wanted in (team_id, None) if team_id else (None,):
        found = next((policy for policy in own if policy.team_id == wanted), None)
        if found is not None:
            return found if found.is_active else None
    return next(policy for policy in DEFAULTS if policy.promise is promise)


@lru_cache(maxsize=4096)
def _limits(
    hours: BusinessHours, policy: SlaPolicy, start: datetime
) -> tuple[datetime, datetime, datetime | None]:
    reassign = policy.reassign_minutes
    return (
        add_business_minutes(hours, start, policy.warn_minutes),
        add_business_minutes(hours, start, policy.minutes),
        None if reassign is None else add_business_minutes(hours, start, reassign),
    )


def timer_of(
    policy: SlaPolicy, hours: BusinessHours, lead_id: UUID, start: datetime, hand_off_id: UUID | None = None
) -> Timer:
    """A timer that starts now, with its limits in working time."""
    warn_at, due_at, reassign_at = _limits(hours, policy, start)
    return Timer(
        lead_id,
        policy.promise,
        start,
        policy.id,
        hand_off_id,
        warn_at,
        due_at,
        reassign_at,
        TimerState.RUNNING,
        warn_at,
    )


def step(timer: Timer, now: datetime) -> Timer | None:
    """The timer after the next step that is due; None when none is."""
    if timer.check_at is None or timer.check_at > now:
        return None
    if timer.state is TimerState.RUNNING:
        return replace(timer, state=TimerState.WARNED, check_at=timer.due_at)
    if timer.state is TimerState.WARNED:
        return replace(timer, state=TimerState.BREACHED, check_at=timer.reassign_at)
    return replace(timer, state=TimerState.REASSIGNED, check_at=None, ended_at=now)


def kept(timer: Timer, at: datetime) -> Timer:
    """The timer once what was promised is done: met in time, or broken for good."""
    state = TimerState.MET if at <= timer.due_at else TimerState.BREACHED
    return replace(timer, state=state, check_at=None, ended_at=at)


def check(policy: SlaPolicy) -> None:
    """Raise `Invalid` for limits that cannot be meant."""
    if not policy.name.strip() or len(policy.name) > 200:
        raise _invalid("name", "must have 1 to 200 characters", policy.name[:50])
    if not 0 < policy.minutes <= 100_000:
        raise _invalid("minutes", "must be 1 to 100,000 business minutes", policy.minutes)
    if not 0 < policy.warn_minutes < policy.minutes:
        raise _invalid("warn_minutes", "must lie between 0 and the limit", policy.warn_minutes)
    if policy.reassign_minutes is None:
        return
    if policy.promise is Promise.HAND_OFF_DECISION:
        raise _invalid(
            "reassign_minutes", "is for first attempts only: the AE was chosen", policy.reassign_minutes
        )
    if not policy.minutes <= policy.reassign_minutes <= 100_000:
        raise _invalid("reassign_minutes", "must not lie before the limit", policy.reassign_minutes)


def _invalid(field: str, reason: str, value: object) -> Invalid:
    return Invalid(f"The SLA policy's {field} {reason}.", fields=[FieldError(field, reason, str(value))])
