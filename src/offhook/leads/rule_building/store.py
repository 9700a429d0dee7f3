"""The SQL of rule building: recent leads with what conditions ask, and which values are about.

Looks at the newest rows only (ids grow with time), so that it costs the same however many there are.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.model import Stage


@dataclass(frozen=True, slots=True)
class RecentLead:
    """A lead with who it is about, as a list shows it, and what only its response tells."""

    lead_id: UUID
    person_id: UUID
    person_name: str | None
    account_name: str | None
    stage: Stage
    score: float
    opened_at: datetime
    campaign: str | None
    campaign_kind: str | None
    source: str | None
    content: str | None


def recent_leads(tx: Transaction, limit: int) -> list[RecentLead]:
    """The newest leads, the newest first. Indexes: primary keys, response_of_lead."""
    return tx.rows(
        _recent,
        "SELECT l.id AS lead_id, l.person_id, p.full_name AS person_name,"
        " coalesce(a.name, p.company_name) AS account_name, l.stage, l.score, l.opened_at,"
        " c.name AS campaign, c.kind AS campaign_kind, r.source, r.content"
        " FROM (SELECT * FROM lead ORDER BY id DESC LIMIT %(limit)s) l JOIN person p ON p.id = l.person_id"
        " LEFT JOIN account a ON a.id = l.account_id LEFT JOIN campaign c ON c.id = l.campaign_id"
        " LEFT JOIN LATERAL (SELECT source, content FROM response WHERE lead_id = l.id"
        "  AND campaign_id = l.campaign_id ORDER BY responded_at, id LIMIT 1) r ON true ORDER BY l.id DESC",
        limit=limit,
    )


def _recent(stage: str, **columns: object) -> RecentLead:
    return RecentLead(stage=Stage(stage), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


@dataclass(frozen=True, slots=True)
class Seen:
    """A value of a field and how often it is about."""

    field: str
    value: str
    count: int


def values_of_persons(tx: Transaction, newest: int, most: int) -> list[Seen]:
    """What the newest persons say of themselves, per field the most frequent; fields of the company as well."""
    return tx.rows(
        Seen,
        "WITH newest AS MATERIALIZED (SELECT p.country, p.region, p.time_zone, p.industry, a.industry AS theirs"
        "  FROM (SELECT * FROM person WHERE merged_into IS NULL ORDER BY id DESC LIMIT %(newest)s) p"
        "  LEFT JOIN account a ON a.id = p.account_id),"
        " told AS (SELECT v.field, v.value, count(*)::int AS count FROM newest CROSS JOIN LATERAL (VALUES"
        "  ('country', country), ('region', region), ('time_zone', time_zone),"
        "  ('industry', coalesce(theirs, industry))) AS v (field, value)"
        "  WHERE v.value <> '' GROUP BY 1, 2)"
        " SELECT field, value, count FROM (SELECT *, row_number() OVER (PARTITION BY field"
        "  ORDER BY count DESC, value) AS nth FROM told) t WHERE nth <= %(most)s ORDER BY field, nth",
        newest=newest,
        most=most,
    )


def attributes_of_persons(tx: Transaction, newest: int, most: int) -> list[Seen]:
    """The custom attributes of the newest persons, the most frequent first; `value` is the name."""
    return tx.rows(
        Seen,
        "SELECT 'attributes' AS field, k.name AS value, count(*)::int AS count"
        " FROM (SELECT attributes FROM person WHERE merged_into IS NULL ORDER BY id DESC LIMIT %(newest)s) p"
        " CROSS JOIN LATERAL jsonb_object_keys(p.attributes) AS k (name)"
        " GROUP BY k.name ORDER BY count DESC, k.name LIMIT %(most)s",
        newest=newest,
        most=most,
    )


def values_of_responses(tx: Transaction, campaigns: int, newest: int, most: int) -> list[Seen]:
    """The newest campaigns by name, and what their newest responses say. Index: response_of_campaign."""
    return tx.rows(
        Seen,
        "WITH came AS MATERIALIZED (SELECT id, name FROM campaign ORDER BY id DESC LIMIT %(campaigns)s),"
        " newest AS MATERIALIZED (SELECT r.source, r.content FROM came CROSS JOIN LATERAL ("
        "  SELECT source, content FROM response WHERE campaign_id = came.id"
        "  ORDER BY responded_at DESC LIMIT %(newest)s) r),"
        " told AS (SELECT v.field, v.value, count(*)::int AS count FROM newest CROSS JOIN LATERAL (VALUES"
        "  ('source', source), ('content', content)) AS v (field, value) WHERE v.value <> '' GROUP BY 1, 2"
        "  UNION ALL SELECT 'campaign', name, 1 FROM came)"
        " SELECT field, value, count FROM (SELECT *, row_number() OVER (PARTITION BY field"
        "  ORDER BY count DESC, value) AS nth FROM told) t WHERE nth <= %(most)s ORDER BY field, nth",
        campaigns=campaigns,
        newest=newest,
        most=most,
    )
