"""The SQL of campaigns (table campaign, 0006_leads.sql)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError
from offhook.leads.campaigns.model import Campaign, CampaignFigures, CampaignKind, CampaignLead, Funnel
from offhook.leads.model import Stage
from offhook.leads.routing.model import Because

_SELECT = (
    "SELECT id, name, kind, starts_on, ends_on, default_region, responders_are_mql, created_at, attributes,"
    " version FROM campaign "
)


def _campaign(kind: str, **columns: object) -> Campaign:
    return Campaign(kind=CampaignKind(kind), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def by_ids(tx: Transaction, identifiers: Sequence[UUID]) -> list[Campaign]:
    """Campaigns by id; unknown ids are left out."""
    return tx.rows(_campaign, _SELECT + "WHERE id = ANY(%(ids)s)", ids=list(identifiers))


def by_name(tx: Transaction, name: str) -> Campaign | None:
    """The campaign of a name, without regard to case. Index: campaign_name."""
    return tx.first(_campaign, _SELECT + "WHERE lower(name) = lower(%(name)s)", name=name)


def page(tx: Transaction, after: UUID | None, limit: int) -> list[Campaign]:
    """Campaigns in the order in which they were added."""
    return tx.rows(
        _campaign,
        _SELECT + "WHERE %(after)s::uuid IS NULL OR id > %(after)s ORDER BY id LIMIT %(limit)s",
        after=after,
        limit=limit,
    )


def insert(tx: Transaction, new: Campaign) -> None:
    """Add a campaign. Raises `Conflict` when the name is taken."""
    try:
        tx.execute(
            "INSERT INTO campaign (id, name, kind, starts_on, ends_on, default_region, responders_are_mql,"
            " attributes, created_at) VALUES (%(id)s, %(name)s, %(kind)s, %(starts)s, %(ends)s, %(region)s,"
            " %(mql)s, %(attributes)s, %(now)s)",
            **_columns(new),
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _taken(new.name) from error


def update(tx: Transaction, changed: Campaign) -> bool:
    """Save a campaign if it still has its version; False when not. Raises `Conflict` when the name is taken."""
    try:
        return bool(
            tx.execute(
                "UPDATE campaign SET name = %(name)s, kind = %(kind)s, starts_on = %(starts)s, ends_on = %(ends)s,"
                " default_region = %(region)s, responders_are_mql = %(mql)s, attributes = %(attributes)s,"
                " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
                **_columns(changed),
                version=changed.version,
            )
        )
    except UniqueViolation as error:
        raise _taken(changed.name) from error


def _columns(campaign: Campaign) -> dict[str, object]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "kind": campaign.kind.value,
        "starts": campaign.starts_on,
        "ends": campaign.ends_on,
        "region": campaign.default_region,
        "mql": campaign.responders_are_mql,
        "attributes": Jsonb(dict(campaign.attributes)),
    }


def _taken(name: str) -> Conflict:
    return Conflict(
        f"There is a campaign '{name}' already. Choose another name.",
        code="name-taken",
        fields=[FieldError("name", "taken", name)],
    )


def figures(tx: Transaction, campaign_id: UUID) -> CampaignFigures:
    """How a campaign did. Index: response_of_campaign."""
    found = tx.first(
        CampaignFigures,
        "SELECT %(id)s::uuid AS campaign_id,"
        " count(*) AS responses, count(lead.id) AS leads, count(mql_at) AS mqls, count(sal_at) AS sals,"
        " count(sql_at) AS sqls FROM response LEFT JOIN lead"
        " ON lead.id = response.lead_id AND lead.campaign_id = response.campaign_id"
        " WHERE response.campaign_id = %(id)s",
        id=campaign_id,
    )
    return found or CampaignFigures(campaign_id, 0, 0, 0, 0, 0)


def funnels(
    tx: Transaction, since: datetime | None, until: datetime | None, campaign_id: UUID | None
) -> list[tuple[UUID | None, Funnel]]:
    """What became of those who responded in [since, until), by campaign; under None what of all of them together.

    A lead belongs to the campaign whose response opened it. Index for one campaign: response_of_campaign.
    """
    return tx.rows(
        _funnel,
        "SELECT r.campaign_id, count(*) AS responses, count(DISTINCT r.person_id) AS persons,"
        " count(l.id) AS leads, count(l.mql_at) AS mql, count(l.sal_at) AS sal, count(l.sql_at) AS sql,"
        " count(*) FILTER (WHERE l.stage = 'recycled') AS recycled,"
        " count(*) FILTER (WHERE l.stage = 'disqualified') AS disqualified,"
        " count(*) FILTER (WHERE l.is_open) AS open,"
        " count(*) FILTER (WHERE l.is_open AND l.owner_id IS NULL) AS without_rep,"
        " count(*) FILTER (WHERE l.first_attempt_at >= l.mql_at) AS attempted,"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM l.first_attempt_at - l.mql_at) / 60)"
        "  FILTER (WHERE l.first_attempt_at >= l.mql_at) AS median_minutes,"
        " max(r.responded_at) AS last_response_at"
        " FROM response r LEFT JOIN lead l ON l.id = r.lead_id AND l.campaign_id = r.campaign_id"
        " WHERE (%(since)s::timestamptz IS NULL OR r.responded_at >= %(since)s)"
        " AND (%(until)s::timestamptz IS NULL OR r.responded_at < %(until)s)"
        " AND (%(campaign)s::uuid IS NULL OR r.campaign_id = %(campaign)s)"
        " GROUP BY GROUPING SETS ((r.campaign_id), ())",
        since=since,
        until=until,
        campaign=campaign_id,
    )


def _funnel(campaign_id: UUID | None, **counted: object) -> tuple[UUID | None, Funnel]:
    return campaign_id, Funnel(**counted)  # pyright: ignore[reportArgumentType] # typed by the column


def newest(tx: Transaction, limit: int) -> list[Campaign]:
    """The newest campaigns."""
    return tx.rows(_campaign, _SELECT + "ORDER BY id DESC LIMIT %(limit)s", limit=limit)


def leads_of(
    tx: Transaction,
    campaign_id: UUID,
    *,
    stages: Sequence[str] | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[CampaignLead]:
    """Who responded to a campaign, the newest first, and what became of their leads. Index: response_of_campaign.

    The last activity and the last assignment are looked up for this page alone (activity_of_lead, primary key).
    """
    before_at, before_id = before or (None, None)
    return tx.rows(
        _campaign_lead,
        "WITH page AS MATERIALIZED ("
        "  SELECT r.id AS response_id, r.responded_at, r.source, r.content, r.person_id, l.id AS lead_id,"
        "   l.campaign_id = r.campaign_id AS is_opened_by_it, l.account_id, l.stage, l.score, l.owner_id,"
        "   l.team_id, l.ae_id, l.attempts, l.mql_at, l.sal_at, l.sql_at, l.closed_at, l.close_reason,"
        "   l.recycle_until"
        "  FROM response r JOIN lead l ON l.id = r.lead_id"
        "  WHERE r.campaign_id = %(campaign)s AND (%(stages)s::text[] IS NULL OR l.stage = ANY(%(stages)s))"
        "  AND (%(at)s::timestamptz IS NULL OR (r.responded_at, r.id) < (%(at)s, %(id)s))"
        "  ORDER BY r.responded_at DESC, r.id DESC LIMIT %(limit)s)"
        " SELECT page.*, p.full_name AS person_name, p.title, coalesce(a.name, p.company_name) AS account_name,"
        "  o.name AS owner_name, t.name AS team_name, e.name AS ae_name,"
        "  (SELECT max(v.at) FROM activity v WHERE v.lead_id = page.lead_id) AS last_activity_at,"
        "  g.because, g.explanation->>'text' AS because_text"
        " FROM page JOIN person p ON p.id = page.person_id"
        " LEFT JOIN account a ON a.id = page.account_id LEFT JOIN app_user o ON o.id = page.owner_id"
        " LEFT JOIN team t ON t.id = page.team_id LEFT JOIN app_user e ON e.id = page.ae_id"
        " LEFT JOIN LATERAL (SELECT because, explanation FROM assignment WHERE lead_id = page.lead_id"
        "  ORDER BY at DESC, id DESC LIMIT 1) g ON true"
        " ORDER BY page.responded_at DESC, page.response_id DESC",
        campaign=campaign_id,
        stages=list(stages) if stages is not None else None,
        at=before_at,
        id=before_id,
        limit=limit,
    )


def _campaign_lead(
    stage: str, is_opened_by_it: bool | None, because: str | None, **columns: object
) -> CampaignLead:
    return CampaignLead(
        stage=Stage(stage),
        because=Because(because) if because else None,
        is_opened_by_it=bool(is_opened_by_it),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )
