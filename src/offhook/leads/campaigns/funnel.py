"""Use cases: how far those came who responded to campaigns, and what became of each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.campaigns import store
from offhook.leads.campaigns.model import Campaign, CampaignLead, Funnel
from offhook.leads.campaigns.service import campaign
from offhook.leads.model import Stage

MOST_CAMPAIGNS = 1_000


@dataclass(frozen=True, slots=True)
class Funnels:
    """The funnel of each campaign, last responded to first, and of all together; days are of `time_zone`."""

    by_campaign: Sequence[tuple[Campaign, Funnel]]
    total: Funnel
    time_zone: str


def campaign_funnels(
    tx: Transaction,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    campaign_id: UUID | None = None,
) -> Funnels:
    """What became of those who responded on these days of the organisation's calendar, by campaign.

    A campaign that nobody responded to is among them, up to the newest `MOST_CAMPAIGNS`. Needs `campaigns:read`.
    Raises `NotFound`, `Invalid` for days the wrong way round.
    """
    tx.require("campaigns:read")
    if first_day and last_day and last_day < first_day:
        raise Invalid(
            "The last day lies before the first.", fields=[FieldError("to", "lies before from", str(last_day))]
        )
    zone = identity.organisation(tx).time_zone
    counted = dict(
        store.funnels(
            tx, _midnight(first_day, zone), _midnight(_next(last_day), zone) if last_day else None, campaign_id
        )
    )
    campaigns = [campaign(tx, campaign_id)] if campaign_id else store.newest(tx, MOST_CAMPAIGNS)
    found = [(one, counted.get(one.id, Funnel())) for one in campaigns]
    found.sort(
        key=lambda pair: (pair[1].last_response_at or _LONG_AGO, pair[0].created_at, pair[0].id), reverse=True
    )
    return Funnels(found, counted.get(None, Funnel()), zone)


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _next(day: date) -> date | None:
    """The day after; None for the last of the calendar, after which nothing can be."""
    return None if day == date.max else day + timedelta(days=1)


def _midnight(day: date | None, zone: str) -> datetime | None:
    """When a day begins in a zone; None for days at the edges of the calendar, beyond which nothing lies."""
    if day is None or day == date.min:
        return None
    return datetime.combine(day, time(), ZoneInfo(zone))


def campaign_leads(
    tx: Transaction,
    campaign_id: UUID,
    *,
    stages: Sequence[Stage] | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[CampaignLead]:
    """Who responded to a campaign, the newest first, and what became of the lead that each opened or fed.

    `before` is time and id of the last response of the page before. Needs `campaigns:read` and `leads:read`.
    Raises `NotFound`.
    """
    tx.require("campaigns:read")
    tx.require("leads:read")
    wanted = [stage.value for stage in stages] if stages else None
    return store.leads_of(tx, campaign(tx, campaign_id).id, stages=wanted, before=before, limit=limit)
