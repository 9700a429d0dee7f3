"""The SQL of promises: policies and timers (sla_policy, sla_timer in 0006_leads.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from offhook.kernel.copying import time_text
from offhook.kernel.database import Transaction
from offhook.leads.sla.model import Promise, SlaPolicy, Timer, TimerState

_POLICY = (
    "SELECT id, name, promise, minutes, warn_minutes, reassign_minutes, team_id, is_active, version"
    " FROM sla_policy "
)
_TIMER = (
    "SELECT lead_id, promise, started_at, policy_id, hand_off_id, warn_at, due_at, reassign_at, state, check_at,"
    " ended_at FROM sla_timer "
)
_TIMER_COLUMNS = tuple(field.name for field in fields(Timer))


def _policy(promise: str, **columns: object) -> SlaPolicy:
    return SlaPolicy(promise=Promise(promise), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def _timer(promise: str, state: str, **columns: object) -> Timer:
    return Timer(promise=Promise(promise), state=TimerState(state), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def policies(tx: Transaction) -> list[SlaPolicy]:
    """All policies of the organisation's own."""
    return tx.rows(_policy, _POLICY + "ORDER BY promise, team_id NULLS LAST, id")


def lock_policies(tx: Transaction) -> None:
    """Let no other transaction add or remove policies until this one ends."""
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('sla:' || %(id)s, 0))", id=str(tx.organisation_id))


def delete_policy(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a policy if it still has this version; False when not. Timers that it started keep their limits."""
    return bool(
        tx.execute(
            "DELETE FROM sla_policy WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
        )
    )


def insert_policy(tx: Transaction, new: SlaPolicy) -> None:
    """Add a policy."""
    tx.execute(
        "INSERT INTO sla_policy (id, name, promise, minutes, warn_minutes, reassign_minutes, team_id, is_active)"
        " VALUES (%(id)s, %(name)s, %(promise)s, %(minutes)s, %(warn)s, %(reassign)s, %(team)s, %(active)s)",
        **_columns(new),
    )


def update_policy(tx: Transaction, changed: SlaPolicy) -> bool:
    """Save a policy if it still has its version; False when not."""
    return bool(
        tx.execute(
            "UPDATE sla_policy SET name = %(name)s, minutes = %(minutes)s, warn_minutes = %(warn)s,"
            " reassign_minutes = %(reassign)s, team_id = %(team)s, is_active = %(active)s, promise = %(promise)s,"
            " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
            **_columns(changed),
            version=changed.version,
        )
    )


def _columns(policy: SlaPolicy) -> dict[str, object]:
    return {
        "id": policy.id,
        "name": policy.name,
        "promise": policy.promise.value,
        "minutes": policy.minutes,
        "warn": policy.warn_minutes,
        "reassign": policy.reassign_minutes,
        "team": policy.team_id,
        "active": policy.is_active,
    }


def insert_timers(tx: Transaction, timers: Sequence[Timer]) -> None:
    """Start timers."""
    if len(timers) == 1:
        tx.execute(
            "INSERT INTO sla_timer (lead_id, promise, started_at, policy_id, hand_off_id, warn_at, due_at,"
            " reassign_at, state, check_at, ended_at) VALUES (%(lead_id)s, %(promise)s, %(started_at)s,"
            " %(policy_id)s, %(hand_off_id)s, %(warn_at)s, %(due_at)s, %(reassign_at)s, %(state)s, %(check_at)s,"
            " %(ended_at)s) ON CONFLICT DO NOTHING",
            **dict(zip(_TIMER_COLUMNS, _row(timers[0]), strict=True)),
        )
    elif timers:
        tx.copy_behind("sla_timer", _TIMER_COLUMNS, map(_row, timers))


def _row(timer: Timer) -> tuple[str | None, ...]:
    """Text throughout, which is what costs the driver least."""
    return (
        str(timer.lead_id),
        timer.promise.value,
        time_text(timer.started_at),
        str(timer.policy_id),
        str(timer.hand_off_id) if timer.hand_off_id else None,
        time_text(timer.warn_at),
        time_text(timer.due_at),
        time_text(timer.reassign_at) if timer.reassign_at else None,
        timer.state.value,
        time_text(timer.check_at) if timer.check_at else None,
        time_text(timer.ended_at) if timer.ended_at else None,
    )


def save_timer(tx: Transaction, timer: Timer) -> None:
    """Save what changes of a timer."""
    tx.execute(
        "UPDATE sla_timer SET state = %(state)s, check_at = %(check_at)s, ended_at = %(ended_at)s"
        " WHERE lead_id = %(lead)s AND promise = %(promise)s AND started_at = %(started_at)s",
        state=timer.state.value,
        check_at=timer.check_at,
        ended_at=timer.ended_at,
        lead=timer.lead_id,
        promise=timer.promise.value,
        started_at=timer.started_at,
    )


def timers_of(tx: Transaction, lead_id: UUID) -> list[Timer]:
    """All timers of a lead, the newest first. Index: the primary key."""
    return tx.rows(_timer, _TIMER + "WHERE lead_id = %(lead)s ORDER BY started_at DESC, promise", lead=lead_id)


def due_leads(tx: Transaction, now: datetime, limit: int) -> list[UUID]:
    """Leads with a timer on which something is due, the longest due first. Index: sla_timer_due.

    Nothing is locked: who works on a lead locks the lead before its timers, and so must a sweep.
    """
    return tx.scalars(
        UUID,
        "SELECT lead_id FROM sla_timer WHERE check_at <= %(now)s ORDER BY check_at LIMIT %(limit)s",
        now=now,
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class Running:
    """A promise that is not kept yet, whose it is, and about whom: `person_name`, their `title` and `company`."""

    lead_id: UUID
    hand_off_id: UUID | None
    person_id: UUID
    person_name: str | None
    title: str | None
    company: str | None
    promise: str
    state: str
    due_at: datetime
    reassign_at: datetime | None
    owner_id: UUID | None
    team_id: UUID | None
    ae_id: UUID | None

    @property
    def promised_by(self) -> UUID | None:
        """Who promised: the AE a decision, the rep a first attempt; None: nobody's yet."""
        return self.ae_id if self.promise == Promise.HAND_OFF_DECISION else self.owner_id


def running(
    tx: Transaction,
    states: Sequence[TimerState],
    *,
    team_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Running]:
    """Promises in these states that are not kept yet, the longest due first. Index: sla_timer_open."""
    due_at, lead_id = after or (None, None)
    return tx.rows(
        Running,
        "SELECT t.lead_id, t.hand_off_id, l.person_id, p.full_name AS person_name, p.title,"
        " coalesce(a.name, p.company_name) AS company, t.promise, t.state, t.due_at, t.reassign_at, l.owner_id,"
        " l.team_id, l.ae_id FROM sla_timer t JOIN lead l ON l.id = t.lead_id"
        " JOIN person p ON p.id = l.person_id LEFT JOIN account a ON a.id = l.account_id"
        " WHERE t.ended_at IS NULL AND t.state = ANY(%(states)s)"
        " AND (%(team)s::uuid IS NULL OR l.team_id = %(team)s)"
        " AND (%(due)s::timestamptz IS NULL OR (t.due_at, t.lead_id) > (%(due)s, %(lead)s::uuid))"
        " ORDER BY t.due_at, t.lead_id LIMIT %(limit)s",
        states=[state.value for state in states],
        team=team_id,
        due=due_at,
        lead=lead_id,
        limit=limit,
    )
