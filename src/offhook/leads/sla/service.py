"""Starting and keeping promises, and their policies. What time does to them is in `sweep.py`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from offhook import identity
from offhook.identity import BusinessHours
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.leads.model import Lead
from offhook.leads.sla import store
from offhook.leads.sla.model import Promise, SlaPolicy, Timer, TimerState
from offhook.leads.sla.rules import DEFAULTS, RUNNING_STATES, check, kept, policy_for, timer_of


class Promises:
    """Makes the timers of one promise for many leads, reading policies and business hours once."""

    def __init__(self, tx: Transaction, promise: Promise) -> None:
        """Read what holds now."""
        self.promise = promise
        self._policies = store.policies(tx)
        self._hours = identity.business_hours(tx)
        self._of_team: dict[UUID | None, tuple[SlaPolicy | None, BusinessHours]] = {}

    def timer(
        self, lead_id: UUID, team_id: UUID | None, start: datetime, hand_off_id: UUID | None = None
    ) -> Timer | None:
        """The timer of a lead of that team; None where nothing is promised."""
        known = self._of_team.get(team_id)
        if known is None:
            policy = policy_for(self._policies, self.promise, team_id)
            known = self._of_team[team_id] = (policy, self._hours.get(team_id) or self._hours[None])
        policy, hours = known
        return timer_of(policy, hours, lead_id, start, hand_off_id) if policy else None


def start_promise(
    tx: Transaction,
    lead: Lead,
    promise: Promise,
    at: datetime,
    *,
    team_id: UUID | None = None,
    hand_off_id: UUID | None = None,
) -> Lead:
    """Start a promise's timer in the working time of `team_id` (None: the lead's team).

    Returns the lead with its `due_at`, not yet saved: give it to `advance`.
    """
    timer = Promises(tx, promise).timer(lead.id, team_id or lead.team_id, at, hand_off_id)
    if timer is None:
        return lead
    store.insert_timers(tx, [timer])
    return replace(lead, due_at=min(filter(None, (lead.due_at, timer.due_at))))


def keep_promise(tx: Transaction, lead: Lead, promise: Promise, at: datetime) -> Lead:
    """What was promised was done at `at`: ends the running timers and appends `sla.met` for those met in time.

    Returns the lead with its `due_at` as it now is, not yet saved: give it to `advance`.
    """
    return _end(tx, lead, promise, lambda timer: kept(timer, at))


def stop_promises(tx: Transaction, lead: Lead, promise: Promise | None, at: datetime) -> Lead:
    """What was promised is not to be done any more (closed, withdrawn): ends the running timers.

    None stands for all promises. One that was broken before stays broken. Otherwise like `keep_promise`.
    """
    return _end(tx, lead, promise, lambda timer: _stopped(timer, at))


def _stopped(timer: Timer, at: datetime) -> Timer:
    state = TimerState.BREACHED if timer.state is TimerState.BREACHED else TimerState.CANCELLED
    return replace(timer, state=state, check_at=None, ended_at=at)


def restart_promises(
    tx: Transaction, leads: Sequence[tuple[Lead, UUID | None]], promise: Promise, at: datetime
) -> list[Lead]:
    """Stop a promise on many leads, and start it anew in the working time of the team beside each.

    Returns the leads with their `due_at`, in their order, not yet saved.
    """
    if not leads:
        return []
    promises = Promises(tx, promise)
    timers = store.timers_of_many(tx, [lead.id for lead, _ in leads])
    restarted: list[Lead] = []
    stopped: list[Timer] = []
    started: list[Timer] = []
    for lead, team_id in leads:
        running = [timer for timer in timers.get(lead.id, ()) if _is_running(timer)]
        stopped += [_stopped(timer, at) for timer in running if timer.promise is promise]
        new = promises.timer(lead.id, team_id, at)
        started += [new] if new else []
        left = [timer.due_at for timer in running if timer.promise is not promise]
        restarted.append(replace(lead, due_at=min([*left, new.due_at] if new else left, default=None)))
    store.save_timers(tx, stopped)
    store.insert_timers_unless_there(tx, started)
    return restarted


def _end(tx: Transaction, lead: Lead, promise: Promise | None, end: Callable[[Timer], Timer]) -> Lead:
    running = [timer for timer in store.timers_of(tx, lead.id) if _is_running(timer)]
    ending = [timer for timer in running if promise is None or timer.promise is promise]
    for timer in ending:
        ended = end(timer)
        store.save_timer(tx, ended)
        if ended.state is TimerState.MET:
            tx.append(Event("sla.met", subject("lead", lead.id), told(lead, timer, None), at=ended.ended_at))
    left = [timer.due_at for timer in running if timer not in ending]
    return replace(lead, due_at=min(left, default=None))


def _is_running(timer: Timer) -> bool:
    return timer.state in RUNNING_STATES and timer.ended_at is None


def told(lead: Lead, timer: Timer, escalated_to: UUID | None) -> dict[str, Json]:
    """What events of promises tell."""
    return {
        "promise": timer.promise.value,
        "due_at": timer.due_at.isoformat(),
        "rep_id": str(lead.owner_id) if lead.owner_id else None,
        "team_id": str(lead.team_id) if lead.team_id else None,
        "escalated_to": str(escalated_to) if escalated_to else None,
    }


def timers(tx: Transaction, lead_id: UUID) -> list[Timer]:
    """All promises on a lead, the newest first."""
    tx.require("leads:read")
    return store.timers_of(tx, lead_id)


PRESSING = (TimerState.WARNED, TimerState.BREACHED)
"""The states in which somebody has to act."""


def pressing_promises(
    tx: Transaction,
    *,
    only_broken: bool = False,
    team_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[store.Running]:
    """Promises about to break, and broken ones that are still not kept, the longest due first."""
    tx.require("leads:read")
    states = (TimerState.BREACHED,) if only_broken else PRESSING
    return store.running(tx, states, team_id=team_id, after=after, limit=limit)


# Policies


def sla_policies(tx: Transaction) -> list[SlaPolicy]:
    """The organisation's policies; for a promise without any general one, the default (version 0)."""
    tx.require("leads:read")
    own = store.policies(tx)
    general = {policy.promise for policy in own if policy.team_id is None}
    return [*own, *(policy for policy in DEFAULTS if policy.promise not in general)]


def sla_policy(tx: Transaction, identifier: UUID) -> SlaPolicy:
    """One policy of the organisation's own. Raises `NotFound`."""
    return _one(store.policies(tx), identifier)


def _one(policies: Iterable[SlaPolicy], identifier: UUID) -> SlaPolicy:
    found = next((policy for policy in policies if policy.id == identifier), None)
    if found is None:
        raise NotFound(f"There is no SLA policy {identifier} here.")
    return found


def add_sla_policy(
    tx: Transaction,
    *,
    name: str,
    promise: Promise,
    minutes: int,
    warn_minutes: int,
    reassign_minutes: int | None = None,
    team_id: UUID | None = None,
    is_active: bool = True,
) -> SlaPolicy:
    """Add a policy for promises from now on.

    Raises `Invalid` for limits that cannot be meant, `Conflict` where one holds for this promise and team already:
    of two, one would never hold.
    """
    tx.require("campaigns:write")
    new = SlaPolicy(new_id(), name, promise, minutes, warn_minutes, reassign_minutes, team_id, is_active)
    _check(tx, new)
    store.lock_policies(tx)
    own = (one for one in store.policies(tx) if (one.promise, one.team_id) == (promise, team_id))
    if (present := next(own, None)) is not None:
        raise Conflict(
            f"There is the policy '{present.name}' for this already. Change that one.",
            code="policy-exists",
            fields=[FieldError("promise", "has a policy for this team already", promise.value)],
        )
    store.insert_policy(tx, new)
    tx.append(Event("sla_policy.added", subject("sla_policy", new.id), {"name": name, "promise": promise.value}))
    return new


def change_sla_policy(tx: Transaction, identifier: UUID, version: int, changes: Mapping[str, object]) -> SlaPolicy:
    """Change a policy for promises from now on; running timers keep their limits. Raises `StaleVersion`."""
    tx.require("campaigns:write")
    present = sla_policy(tx, identifier)
    changed: SlaPolicy = replace(present, **changes, version=version)  # pyright: ignore[reportArgumentType] # fields by name
    _check(tx, changed)
    if not store.update_policy(tx, changed):
        raise StaleVersion("The SLA policy was changed since you read it. Read it again.")
    tx.append(Event("sla_policy.changed", subject("sla_policy", identifier), {"fields": [*sorted(changes)]}))
    return replace(changed, version=version + 1)


def remove_sla_policy(tx: Transaction, identifier: UUID, version: int) -> SlaPolicy:
    """Remove a policy: from now on the general one holds, or the default. Running timers keep their limits.

    Returns the policy as it was. Raises `StaleVersion`, `NotFound`.
    """
    tx.require("campaigns:write")
    removed = sla_policy(tx, identifier)
    if not store.delete_policy(tx, identifier, version):
        raise StaleVersion("The SLA policy was changed since you read it. Read it again.")
    tx.append(Event("sla_policy.removed", subject("sla_policy", identifier), {"name": removed.name}))
    return removed


def _check(tx: Transaction, policy: SlaPolicy) -> None:
    check(policy)
    if policy.team_id is not None:
        identity.team(tx, policy.team_id)
