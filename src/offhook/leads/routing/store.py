"""The SQL of routing: rules, the rotation's memory, assignments, loads (0006_leads.sql)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic_core import to_json

from offhook.kernel.copying import time_text
from offhook.kernel.database import Transaction
from offhook.kernel.events import Json
from offhook.leads.routing.model import Assignment, Because, NamedOwner, Purpose, RoutingRule
from offhook.leads.routing.rules import Rotation, Turn


def lock(tx: Transaction) -> None:
    """Let no other transaction route until this one ends: turns are taken one after the other."""
    tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('routing:' || %(id)s, 0))", id=str(tx.organisation_id)
    )


def _rule(purpose: str, **columns: object) -> RoutingRule:
    return RoutingRule(purpose=Purpose(purpose), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def rules(tx: Transaction) -> list[RoutingRule]:
    """All rules, in the order in which they are tried."""
    return tx.rows(
        _rule,
        "SELECT id, purpose, position, name, conditions, team_id, user_id, is_active, version FROM routing_rule"
        " ORDER BY purpose, position, id",
    )


def rule(tx: Transaction, identifier: UUID) -> RoutingRule | None:
    """One rule."""
    return tx.first(
        _rule,
        "SELECT id, purpose, position, name, conditions, team_id, user_id, is_active, version FROM routing_rule"
        " WHERE id = %(id)s",
        id=identifier,
    )


def insert_rule(tx: Transaction, new: RoutingRule) -> None:
    """Add a rule."""
    tx.execute(
        "INSERT INTO routing_rule (id, purpose, position, name, conditions, team_id, user_id, is_active)"
        " VALUES (%(id)s, %(purpose)s, %(position)s, %(name)s, %(conditions)s, %(team)s, %(user)s, %(active)s)",
        **_columns(new),
    )


def update_rule(tx: Transaction, changed: RoutingRule) -> bool:
    """Save a rule if it still has its version; False when not."""
    return bool(
        tx.execute(
            "UPDATE routing_rule SET purpose = %(purpose)s, position = %(position)s, name = %(name)s,"
            " conditions = %(conditions)s, team_id = %(team)s, user_id = %(user)s, is_active = %(active)s,"
            " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
            **_columns(changed),
            version=changed.version,
        )
    )


def _columns(rule: RoutingRule) -> dict[str, object]:
    return {
        "id": rule.id,
        "purpose": rule.purpose.value,
        "position": rule.position,
        "name": rule.name,
        "conditions": Jsonb(rule.conditions),
        "team": rule.team_id,
        "user": rule.user_id,
        "active": rule.is_active,
    }


def place_rules(tx: Transaction, rules: Sequence[RoutingRule]) -> None:
    """Save the positions of these rules."""
    tx.execute(
        "UPDATE routing_rule r SET position = m.position, version = version + 1"
        " FROM unnest(%(ids)s::uuid[], %(positions)s::int[]) AS m (id, position) WHERE r.id = m.id",
        ids=[rule.id for rule in rules],
        positions=[rule.position for rule in rules],
    )


def delete_rule(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a rule if it still has this version; False when not."""
    return bool(
        tx.execute(
            "DELETE FROM routing_rule WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
        )
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    pool: str
    user_id: UUID
    credit: int
    assigned: int


def rotation(tx: Transaction) -> Rotation:
    """Whose turn it is. Call after `lock`."""
    found = tx.rows(_Turn, "SELECT pool, user_id, credit, assigned FROM rotation")
    return Rotation({(row.pool, row.user_id): Turn(row.credit, row.assigned) for row in found})


def save_rotation(tx: Transaction, rotation: Rotation) -> None:
    """Keep the turns that were taken."""
    changed = [(pool, user, rotation.turns[pool, user]) for pool, user in sorted(rotation.touched)]
    if not changed:
        return
    tx.execute_behind(
        "INSERT INTO rotation (pool, user_id, credit, assigned)"
        " SELECT * FROM unnest(%(pools)s::text[], %(users)s::uuid[], %(credits)s::bigint[],"
        " %(assigned)s::bigint[])"
        " ON CONFLICT (organisation_id, pool, user_id)"
        " DO UPDATE SET credit = excluded.credit, assigned = excluded.assigned",
        pools=[pool for pool, _, _ in changed],
        users=[user for _, user, _ in changed],
        credits=[turn.credit for _, _, turn in changed],
        assigned=[turn.assigned for _, _, turn in changed],
    )
    rotation.saved()


@dataclass(frozen=True, slots=True)
class _Load:
    user_id: UUID
    load: int


def open_leads(tx: Transaction, capacities: Mapping[UUID, int]) -> dict[UUID, int]:
    """How many leads reps have in work, counted up to their capacity.

    Indexes: lead_queue_promise or lead_queue_score, lead_queue_touch.
    """
    return _loads(
        tx.rows(
            _Load,
            "SELECT m.user_id, (SELECT count(*) FROM (SELECT FROM lead WHERE next_touch_at IS NULL"
            "  AND desk_id = m.user_id AND stage IN ('mql', 'working') LIMIT m.capacity) a)"
            " + (SELECT count(*) FROM (SELECT FROM lead WHERE next_touch_at IS NOT NULL"
            "  AND desk_id = m.user_id AND stage IN ('mql', 'working') LIMIT m.capacity) b) AS load"
            " FROM unnest(%(users)s::uuid[], %(capacities)s::int[]) AS m (user_id, capacity)",
            users=list(capacities),
            capacities=list(capacities.values()),
        )
    )


def undecided_hand_offs(tx: Transaction, ae_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many hand-offs wait for each AE's decision. Index: hand_off_of_ae."""
    return _loads(
        tx.rows(
            _Load,
            "SELECT ae_id AS user_id, count(*)::int AS load FROM hand_off WHERE ae_id = ANY(%(aes)s)"
            " AND status = 'offered' GROUP BY ae_id",
            aes=list(ae_ids),
        )
    )


def _loads(rows: Iterable[_Load]) -> dict[UUID, int]:
    return {row.user_id: row.load for row in rows}


@dataclass(frozen=True, slots=True)
class _Named:
    account_id: UUID
    name: str
    user_id: UUID | None
    team_id: UUID | None


def named_owners(tx: Transaction, account_ids: Sequence[UUID]) -> dict[UUID, NamedOwner]:
    """Whose named accounts these are, where they are anybody's. Index: the primary key of named_account."""
    found = tx.rows(
        _Named,
        "SELECT a.account_id, l.name, l.user_id, l.team_id FROM named_account a"
        " JOIN named_list l ON l.id = a.list_id WHERE a.account_id = ANY(%(ids)s)",
        ids=list(account_ids),
    )
    return {row.account_id: NamedOwner(row.name, row.user_id, row.team_id) for row in found}


def last_ae(tx: Transaction, account_id: UUID, but_lead: UUID) -> UUID | None:
    """The AE who last had another lead of this account. Index: lead_of_account."""
    return tx.scalar(
        UUID,
        "SELECT ae_id FROM lead WHERE account_id = %(account)s AND ae_id IS NOT NULL AND id <> %(lead)s"
        " ORDER BY sal_at DESC NULLS LAST LIMIT 1",
        account=account_id,
        lead=but_lead,
    )


def insert_assignments(tx: Transaction, rows: Sequence[Assignment]) -> None:
    """Add to the history of who had which lead. Entries with one explanation share its JSON."""
    written: dict[int, str] = {}

    def text(explanation: Mapping[str, Json]) -> str:
        known = written.get(id(explanation))
        if known is None:
            known = written[id(explanation)] = to_json(explanation).decode()
        return known

    tx.copy_behind(
        "assignment",
        ("id", "lead_id", "user_id", "team_id", "at", "because", "explanation"),
        (
            (
                str(row.id),
                str(row.lead_id),
                str(row.user_id) if row.user_id else None,
                str(row.team_id) if row.team_id else None,
                time_text(row.at),
                row.because.value,
                text(row.explanation),
            )
            for row in rows
        ),
    )


def insert_assignment(tx: Transaction, new: Assignment) -> None:
    """Add one entry."""
    tx.execute(
        "INSERT INTO assignment (id, lead_id, user_id, team_id, at, because, explanation)"
        " VALUES (%(id)s, %(lead)s, %(user)s, %(team)s, %(at)s, %(because)s, %(explanation)s)",
        id=new.id,
        lead=new.lead_id,
        user=new.user_id,
        team=new.team_id,
        at=new.at,
        because=new.because.value,
        explanation=Jsonb(dict(new.explanation)),
    )


def _assignment(because: str, explanation: dict[str, Json], **columns: object) -> Assignment:
    return Assignment(because=Because(because), explanation=explanation, **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def assignments(tx: Transaction, lead_id: UUID) -> list[Assignment]:
    """Who had the lead, the last first. Index: the primary key."""
    return tx.rows(
        _assignment,
        "SELECT id, lead_id, user_id, team_id, at, because, explanation FROM assignment"
        " WHERE lead_id = %(lead)s ORDER BY at DESC, id DESC",
        lead=lead_id,
    )
