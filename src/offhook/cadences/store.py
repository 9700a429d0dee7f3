"""The SQL of cadences, their editions and the campaigns that feed them (0024_cadences.sql)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from offhook.cadences.model import Cadence, Edition
from offhook.cadences.plans import plan_as_json, plan_from_json
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError

_SELECT = (
    "SELECT c.id, c.name, c.description, c.draft, c.edition, c.runs_beside, c.is_archived, c.created_at,"
    " c.changed_at, c.version, (SELECT array_agg(f.campaign_id ORDER BY f.campaign_id)"
    " FROM cadence_campaign f WHERE f.cadence_id = c.id) AS campaign_ids FROM cadence c "
)


def _cadence(draft: object, campaign_ids: list[UUID] | None, **columns: object) -> Cadence:
    return Cadence(
        draft=plan_from_json(draft),
        campaign_ids=tuple(campaign_ids or ()),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def by_id(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Cadence | None:
    """One cadence; `lock` keeps others from changing it until the transaction ends."""
    if lock:
        tx.execute("SELECT 1 FROM cadence WHERE id = %(id)s FOR NO KEY UPDATE", id=identifier)
    return tx.first(_cadence, _SELECT + "WHERE c.id = %(id)s", id=identifier)


def by_ids(tx: Transaction, identifiers: Iterable[UUID]) -> dict[UUID, Cadence]:
    """Cadences by id; unknown ids are left out."""
    return {one.id: one for one in tx.rows(_cadence, _SELECT + "WHERE c.id = ANY(%(ids)s)", ids=[*identifiers])}


def page(tx: Transaction, *, is_archived: bool, after: tuple[str, UUID] | None, limit: int) -> list[Cadence]:
    """Cadences by name; an organisation has few enough to look at all."""
    name, identifier = after or (None, None)
    return tx.rows(
        _cadence,
        _SELECT + "WHERE c.is_archived = %(archived)s"
        " AND (%(id)s::uuid IS NULL OR (lower(c.name), c.id) > (lower(%(name)s), %(id)s))"
        " ORDER BY lower(c.name), c.id LIMIT %(limit)s",
        archived=is_archived,
        name=name,
        id=identifier,
        limit=limit,
    )


def by_name(tx: Transaction, name: str) -> Cadence | None:
    """The cadence of a name that is not archived, without regard to case. Index: cadence_name."""
    return tx.first(
        _cadence, _SELECT + "WHERE lower(c.name) = lower(%(name)s) AND NOT c.is_archived", name=name.strip()
    )


def insert(tx: Transaction, new: Cadence) -> None:
    """Add a cadence. Raises `Conflict` when its name is taken."""
    try:
        tx.execute(
            "INSERT INTO cadence (id, name, description, draft, runs_beside, created_at, changed_at)"
            " VALUES (%(id)s, %(name)s, %(description)s, %(draft)s::jsonb, %(beside)s, %(now)s, %(now)s)",
            **_columns(new),
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _taken(new) from error


def update(tx: Transaction, changed: Cadence) -> bool:
    """Save a cadence if it still has its version; False when not. Raises `Conflict` like `insert`."""
    try:
        return bool(
            tx.execute(
                "UPDATE cadence SET name = %(name)s, description = %(description)s, draft = %(draft)s::jsonb,"
                " runs_beside = %(beside)s, is_archived = %(archived)s, edition = %(edition)s,"
                " changed_at = %(now)s, version = version + 1 WHERE id = %(id)s AND version = %(version)s",
                **_columns(changed),
                archived=changed.is_archived,
                edition=changed.edition,
                version=changed.version,
                now=tx.now,
            )
        )
    except UniqueViolation as error:
        raise _taken(changed) from error


def _columns(one: Cadence) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "draft": plan_as_json(one.draft),
        "beside": one.runs_beside,
    }


def _taken(one: Cadence) -> Conflict:
    return Conflict(
        f"There is a cadence named '{one.name}' already.",
        code="name-taken",
        fields=[FieldError("name", "is taken", one.name)],
    )


def set_campaigns(tx: Transaction, cadence_id: UUID, campaign_ids: Sequence[UUID]) -> UUID | None:
    """Let these campaigns, and no others, feed a cadence; returns one that feeds another cadence, if there is."""
    tx.execute(
        "DELETE FROM cadence_campaign WHERE cadence_id = %(cadence)s AND campaign_id <> ALL(%(ids)s)",
        cadence=cadence_id,
        ids=list(campaign_ids),
    )
    tx.execute(
        "INSERT INTO cadence_campaign (campaign_id, cadence_id) SELECT id, %(cadence)s"
        " FROM unnest(%(ids)s::uuid[]) AS asked (id) ON CONFLICT DO NOTHING",
        cadence=cadence_id,
        ids=list(campaign_ids),
    )
    return tx.scalar(
        UUID,
        "SELECT campaign_id FROM cadence_campaign WHERE campaign_id = ANY(%(ids)s)"
        " AND cadence_id <> %(cadence)s LIMIT 1",
        cadence=cadence_id,
        ids=list(campaign_ids),
    )


def fed_by(tx: Transaction, campaign_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Into which cadence, by campaign. Index: the primary key."""
    found = tx.rows(
        _fed,
        "SELECT campaign_id, cadence_id FROM cadence_campaign WHERE campaign_id = ANY(%(ids)s)",
        ids=[*campaign_ids],
    )
    return dict(found)


def _fed(campaign_id: UUID, cadence_id: UUID) -> tuple[UUID, UUID]:
    return campaign_id, cadence_id


def insert_edition(tx: Transaction, new: Edition) -> None:
    """Publish an edition."""
    tx.execute(
        "INSERT INTO cadence_edition (cadence_id, number, plan, published_at, published_by)"
        " VALUES (%(cadence)s, %(number)s, %(plan)s::jsonb, %(at)s, %(by)s)",
        cadence=new.cadence_id,
        number=new.number,
        plan=plan_as_json(new.plan),
        at=new.published_at,
        by=new.published_by,
    )


_EDITION = "SELECT cadence_id, number, plan, published_at, published_by FROM cadence_edition "


def _edition(cadence_id: UUID, number: int, plan: object, published_at: datetime, published_by: UUID) -> Edition:
    return Edition(cadence_id, number, plan_from_json(plan), published_at, published_by)


def edition(tx: Transaction, cadence_id: UUID, number: int) -> Edition | None:
    """One edition. Index: the primary key."""
    return tx.first(
        _edition, _EDITION + "WHERE cadence_id = %(id)s AND number = %(number)s", id=cadence_id, number=number
    )


def editions(tx: Transaction, wanted: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], Edition]:
    """Editions by cadence and number. Index: the primary key."""
    pairs = list(set(wanted))
    found = tx.rows(
        _edition,
        _EDITION + "WHERE (cadence_id, number) IN (SELECT * FROM unnest(%(ids)s::uuid[], %(numbers)s::int[]))",
        ids=[cadence_id for cadence_id, _ in pairs],
        numbers=[number for _, number in pairs],
    )
    return {(one.cadence_id, one.number): one for one in found}


def editions_of(tx: Transaction, cadence_id: UUID) -> list[Edition]:
    """All editions of a cadence, the latest first."""
    return tx.rows(_edition, _EDITION + "WHERE cadence_id = %(id)s ORDER BY number DESC", id=cadence_id)
