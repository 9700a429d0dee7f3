"""The SQL of responses (table response, 0006_leads.sql)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic_core import to_json

from offhook.kernel.copying import time_text
from offhook.kernel.database import Transaction
from offhook.leads.model import Lead, Stage
from offhook.leads.responses.model import Response

_SELECT = (
    "SELECT id, campaign_id, person_id, lead_id, responded_at, source, content, attributes, recorded_at"
    " FROM response "
)


def lock_opening(tx: Transaction) -> None:
    """Let no other transaction open leads until this one ends: a person has at most one open lead."""
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('leads:' || %(id)s, 0))", id=str(tx.organisation_id))


@dataclass(frozen=True, slots=True)
class Known:
    """A response that was received before, and its lead as it is now."""

    person_id: UUID
    campaign_id: UUID
    response_id: UUID
    lead_id: UUID
    stage: str
    rep_id: UUID | None


def known(tx: Transaction, pairs: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Known]:
    """The responses there are already, by person and campaign. Index: the primary key.

    OFFSET 0 keeps the planner from looking through whole campaigns instead.
    """
    found = tx.rows(
        Known,
        "SELECT r.person_id, r.campaign_id, r.id AS response_id, r.lead_id, l.stage, l.owner_id AS rep_id"
        " FROM unnest(%(persons)s::uuid[], %(campaigns)s::uuid[]) AS asked (person_id, campaign_id)"
        " CROSS JOIN LATERAL (SELECT * FROM response WHERE person_id = asked.person_id OFFSET 0) AS r"
        " JOIN lead l ON l.id = r.lead_id WHERE r.campaign_id = asked.campaign_id",
        persons=[person for person, _ in pairs],
        campaigns=[campaign for _, campaign in pairs],
    )
    return {(row.person_id, row.campaign_id): row for row in found}


def insert(tx: Transaction, responses: Iterable[Response]) -> None:
    """Add responses."""
    tx.copy_behind(
        "response",
        (
            "id",
            "campaign_id",
            "person_id",
            "lead_id",
            "responded_at",
            "source",
            "content",
            "attributes",
        ),
        map(_response, responses),
        recorded_at=tx.now,
    )


def _response(new: Response) -> tuple[object, ...]:
    """A row for COPY, text throughout: to let the driver find out what each value is costs several times more."""
    return (
        str(new.id),
        str(new.campaign_id),
        str(new.person_id),
        str(new.lead_id),
        time_text(new.responded_at),
        new.source,
        new.content,
        to_json(new.attributes).decode() if new.attributes else "{}",
    )


_OPENED = (
    "id",
    "person_id",
    "account_id",
    "campaign_id",
    "stage",
    "time_zone",
    "opened_at",
    "scored_at",
    "owner_id",
    "team_id",
    "score",
    "fit",
    "engagement",
    "score_reasons",
    "mql_at",
    "assigned_at",
    "due_at",
)


def insert_opened(tx: Transaction, leads: Iterable[Lead]) -> None:
    """Add leads that have just been opened.

    The columns that say what happened later are left at their defaults.
    """
    tx.copy_behind("lead", _OPENED, map(_opened, leads), created_at=tx.now)


def _opened(lead: Lead) -> tuple[object, ...]:
    """Likewise text throughout."""
    return (
        str(lead.id),
        str(lead.person_id),
        str(lead.account_id) if lead.account_id else None,
        str(lead.campaign_id) if lead.campaign_id else None,
        lead.stage.value,
        lead.time_zone,
        time_text(lead.opened_at),
        time_text(lead.scored_at),
        str(lead.owner_id) if lead.owner_id else None,
        str(lead.team_id) if lead.team_id else None,
        str(lead.score),
        str(lead.fit),
        str(lead.engagement),
        to_json(lead.score_reasons).decode(),
        time_text(lead.mql_at) if lead.mql_at else None,
        time_text(lead.assigned_at) if lead.assigned_at else None,
        time_text(lead.due_at) if lead.due_at else None,
    )


def of_lead(tx: Transaction, lead_id: UUID) -> list[Response]:
    """The responses that opened and fed a lead, the newest first. Index: response_of_lead."""
    return tx.rows(Response, _SELECT + "WHERE lead_id = %(id)s ORDER BY responded_at DESC, id DESC", id=lead_id)


def of_campaign(
    tx: Transaction, campaign_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[Response]:
    """A campaign's responses, the newest first. Index: response_of_campaign."""
    at, identifier = before or (None, None)
    return tx.rows(
        Response,
        _SELECT + "WHERE campaign_id = %(campaign)s"
        " AND (%(at)s::timestamptz IS NULL OR (responded_at, id) < (%(at)s, %(id)s::uuid))"
        " ORDER BY responded_at DESC, id DESC LIMIT %(limit)s",
        campaign=campaign_id,
        at=at,
        id=identifier,
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class WithLead:
    """A response with who gave it and what became of the lead, for a file."""

    responded_at: datetime
    source: str | None
    content: str | None
    attributes: Mapping[str, str]
    full_name: str | None
    title: str | None
    country: str | None
    email: str | None
    phone: str | None
    account_name: str | None
    lead_id: UUID
    is_opened_by_it: bool
    stage: str
    score: float
    owner_id: UUID | None
    team_id: UUID | None
    mql_at: datetime | None
    sal_at: datetime | None
    sql_at: datetime | None
    close_reason: str | None


def with_leads(tx: Transaction, campaign_id: UUID, size: int) -> Iterator[list[WithLead]]:
    """A campaign's responses in blocks, the newest first. Indexes: response_of_campaign, primary keys."""
    return tx.blocks(
        WithLead,
        size,
        "SELECT r.responded_at, r.source, r.content, r.attributes, p.full_name, p.title, p.country,"
        " e.value AS email, t.value AS phone, a.name AS account_name, l.id AS lead_id,"
        " l.campaign_id IS NOT DISTINCT FROM r.campaign_id AS is_opened_by_it, l.stage, l.score, l.owner_id,"
        " l.team_id, l.mql_at, l.sal_at, l.sql_at, l.close_reason"
        " FROM (SELECT * FROM response WHERE campaign_id = %(campaign)s"
        "  ORDER BY responded_at DESC, id DESC OFFSET 0) AS r"
        " CROSS JOIN LATERAL (SELECT * FROM lead WHERE id = r.lead_id OFFSET 0) AS l"
        " CROSS JOIN LATERAL (SELECT * FROM person WHERE id = r.person_id OFFSET 0) AS p"
        " LEFT JOIN LATERAL (SELECT name FROM account"
        "  WHERE id = coalesce(l.account_id, p.account_id) OFFSET 0) AS a ON true"
        " LEFT JOIN LATERAL (SELECT value FROM contact_point WHERE person_id = p.id AND kind = 'email'"
        "  ORDER BY is_primary DESC, created_at, value LIMIT 1) AS e ON true"
        " LEFT JOIN LATERAL (SELECT value FROM contact_point WHERE person_id = p.id AND kind = 'phone'"
        "  ORDER BY is_primary DESC, created_at, value LIMIT 1) AS t ON true"
        " ORDER BY r.responded_at DESC, r.id DESC",
        campaign=campaign_id,
    )


def stage_of(found: Known) -> Stage:
    """The stage of the lead of a known response."""
    return Stage(found.stage)
