"""The SQL of campaigns (table campaign, 0006_leads.sql)."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError
from offhook.leads.campaigns.model import Campaign, CampaignFigures, CampaignKind

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
