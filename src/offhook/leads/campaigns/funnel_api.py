"""Routes of what became of those who responded to campaigns. Goes before the routes of single campaigns."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.campaigns.funnel import MOST_CAMPAIGNS, Funnels, campaign_funnels, campaign_leads
from offhook.leads.campaigns.model import Campaign, CampaignKind, CampaignLead, Funnel
from offhook.leads.edge import Cursor, Limit, moment_and_id_in
from offhook.leads.model import Stage
from offhook.leads.routing.model import Because

router = APIRouter(tags=["campaigns"])


class FunnelOut(BaseModel):
    """What became of those who responded in the period. Rates are for whoever shows them: divide the counts."""

    responses: int
    persons: int = Field(description="Different persons among those who responded")
    leads: int = Field(description="Leads that these responses opened; all that follows is about them")
    mql: int = Field(description="Became MQL, ever")
    sal: int = Field(description="Became SAL, ever")
    sql: int = Field(description="Became SQL, ever")
    recycled: int = Field(description="Are recycled now")
    disqualified: int = Field(description="Are disqualified now")
    open: int = Field(description="Are open now")
    without_rep: int = Field(description="Are open and nobody's")
    attempted: int = Field(description="MQLs with a first attempt after that: what the median is of")
    median_minutes: float | None = Field(
        description="Median speed to lead, in minutes of wall time; null: of none"
    )
    last_response_at: datetime | None

    @classmethod
    def of(cls, funnel: Funnel) -> "FunnelOut":
        """The answer's shape."""
        return cls.model_validate(funnel, from_attributes=True)


class CampaignNamed(BaseModel):
    """Which campaign."""

    id: UUID
    name: str
    kind: CampaignKind


class CampaignFunnelOut(FunnelOut):
    """One campaign's funnel."""

    campaign: CampaignNamed

    @classmethod
    def about(cls, campaign: Campaign, funnel: Funnel) -> "CampaignFunnelOut":
        """The answer's shape."""
        named = CampaignNamed.model_validate(campaign, from_attributes=True)
        return cls(campaign=named, **FunnelOut.of(funnel).model_dump())


class FunnelsOut(BaseModel):
    """The funnels of all campaigns, or of the one asked for."""

    items: list[CampaignFunnelOut] = Field(
        description=f"Last responded to first; of more than {MOST_CAMPAIGNS:,} campaigns the newest"
    )
    total: FunnelOut = Field(description="Of all campaigns together: a person who responded to two counts once")
    time_zone: str = Field(description="Of the days `from` and `to`: the organisation's")

    @classmethod
    def of(cls, found: Funnels) -> "FunnelsOut":
        """The answer's shape."""
        return cls(
            items=[CampaignFunnelOut.about(campaign, funnel) for campaign, funnel in found.by_campaign],
            total=FunnelOut.of(found.total),
            time_zone=found.time_zone,
        )


class CampaignLeadOut(BaseModel):
    """Somebody who responded to the campaign, and what became of the lead that this opened or fed."""

    response_id: UUID
    responded_at: datetime
    source: str | None
    content: str | None
    person_id: UUID
    person_name: str | None
    title: str | None
    account_id: UUID | None
    account_name: str | None = Field(description="As received where there is no account")
    lead_id: UUID
    is_opened_by_it: bool = Field(description="false: another campaign opened the lead, this one fed it")
    stage: Stage
    score: float
    owner_id: UUID | None
    owner_name: str | None = Field(description="The rep; null: nobody's yet")
    team_id: UUID | None
    team_name: str | None
    because: Because | None = Field(description="What decided who has it; null: it was never given to anybody")
    because_text: str | None = Field(description="That in a sentence")
    ae_id: UUID | None
    ae_name: str | None
    attempts: int
    last_activity_at: datetime | None
    mql_at: datetime | None
    sal_at: datetime | None
    sql_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    recycle_until: date | None

    @classmethod
    def of(cls, row: CampaignLead) -> "CampaignLeadOut":
        """The answer's shape."""
        return cls.model_validate(row, from_attributes=True)


@router.get("/campaigns/funnel", response_model=FunnelsOut)
def show_funnels(
    first_day: Annotated[
        date | None, Query(alias="from", description="Responses from this day on; from the first if left out")
    ] = None,
    last_day: Annotated[
        date | None, Query(alias="to", description="Responses to this day, itself included")
    ] = None,
    campaign_id: Annotated[UUID | None, Query(description="Only this campaign's")] = None,
    call: Call = CALL,
) -> Response:
    """Tell how far those came who responded in a period (their cohort), by campaign and in all."""
    return call.read(
        lambda tx: FunnelsOut.of(
            campaign_funnels(tx, first_day=first_day, last_day=last_day, campaign_id=campaign_id)
        )
    )


@router.get("/campaigns/{campaign_id}/leads", response_model=Page[CampaignLeadOut])
def list_campaign_leads(
    campaign_id: UUID,
    stage: Annotated[list[Stage] | None, Query(description="Only in these stages")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """Tell what became of everybody who responded to a campaign, the newest first."""

    def work(tx: Transaction) -> Page[CampaignLeadOut]:
        rows = campaign_leads(tx, campaign_id, stages=stage, before=moment_and_id_in(cursor), limit=limit + 1)
        found = [CampaignLeadOut.of(row) for row in rows]
        return page_of(found, limit, lambda row: [row.responded_at.isoformat(), str(row.response_id)])

    return call.read(work)
