"""Routes of campaigns."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.export import FILE_ANSWER, FileFormat
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.campaigns import service
from offhook.leads.campaigns.model import Campaign, CampaignKind
from offhook.leads.edge import Cursor, Limit, Sent, changes_in, id_in, moment_and_id_in
from offhook.leads.responses.export import responses_as_file
from offhook.leads.responses.model import Response as CampaignResponse
from offhook.leads.responses.service import responses_page

router = APIRouter(tags=["campaigns"])

Name = Annotated[str, Field(min_length=1, max_length=service.LONGEST_NAME, examples=["Spring webinar 2026"])]
Region = Annotated[
    str | None,
    Field(max_length=2, description="Country (ISO 3166-1) whose national phone numbers responders write"),
]
Attributes = Annotated[dict[str, str], Field(description="Whatever else there is to say")]


class NewCampaign(Sent):
    """A campaign to add."""

    name: Name
    kind: CampaignKind = Field(default=CampaignKind.OTHER, description="By what it reaches people; scoring asks")
    starts_on: date | None = None
    ends_on: date | None = None
    default_region: Region = None
    responders_are_mql: bool = Field(
        default=False, description="Marketing has qualified them: every responder is an MQL, whatever the score"
    )
    attributes: Attributes = Field(default_factory=dict[str, str])


class CampaignChange(Sent):
    """What is to change; what is left out stays."""

    name: Name | None = None
    kind: CampaignKind | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    default_region: Region = None
    responders_are_mql: bool | None = None
    attributes: Attributes | None = None


class CampaignOut(BaseModel):
    """A campaign."""

    id: UUID
    name: str
    kind: CampaignKind
    starts_on: date | None
    ends_on: date | None
    default_region: str | None
    responders_are_mql: bool
    attributes: dict[str, str]
    created_at: datetime
    version: int

    @classmethod
    def of(cls, campaign: Campaign) -> "CampaignOut":
        """The answer's shape."""
        return cls.model_validate(campaign, from_attributes=True)


class CampaignFiguresOut(BaseModel):
    """How a campaign did."""

    campaign_id: UUID
    responses: int
    leads: int = Field(description="Leads that its responses opened")
    mqls: int
    sals: int
    sqls: int


class ResponseOut(BaseModel):
    """One person's response to one campaign."""

    id: UUID
    campaign_id: UUID
    person_id: UUID
    lead_id: UUID = Field(description="The lead that it opened or fed")
    responded_at: datetime
    source: str | None
    content: str | None
    attributes: dict[str, str]
    recorded_at: datetime

    @classmethod
    def of(cls, response: CampaignResponse) -> "ResponseOut":
        """The answer's shape."""
        return cls.model_validate(response, from_attributes=True)


@router.get("/campaigns", response_model=Page[CampaignOut])
def list_campaigns(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the campaigns in the order in which they were added."""

    def work(tx: Transaction) -> Page[CampaignOut]:
        rows = service.campaigns_page(tx, id_in(cursor), limit + 1)
        return page_of([CampaignOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("/campaigns", status_code=201, response_model=CampaignOut)
def add_campaign(body: NewCampaign, call: Call = CALL) -> Response:
    """Add a campaign."""
    return call.once(lambda tx: CampaignOut.of(service.add_campaign(tx, **dict(body))), status=201)


@router.get("/campaigns/{campaign_id}", response_model=CampaignOut)
def show_campaign(campaign_id: UUID, call: Call = CALL) -> Response:
    """Show one campaign."""

    def work(tx: Transaction) -> CampaignOut:
        tx.require("campaigns:read")
        return CampaignOut.of(service.campaign(tx, campaign_id))

    return call.read(work)


@router.patch("/campaigns/{campaign_id}", response_model=CampaignOut)
def change_campaign(campaign_id: UUID, body: CampaignChange, call: Call = CALL) -> Response:
    """Change a campaign."""
    changes = changes_in(body, may_be_null=("starts_on", "ends_on", "default_region"))
    return call.edit(
        lambda tx, version: CampaignOut.of(service.change_campaign(tx, campaign_id, version, changes))
    )


@router.get("/campaigns/{campaign_id}/figures", response_model=CampaignFiguresOut)
def show_figures(campaign_id: UUID, call: Call = CALL) -> Response:
    """Count a campaign's responses, and how many of the leads they opened came how far."""
    return call.read(
        lambda tx: CampaignFiguresOut.model_validate(
            service.campaign_figures(tx, campaign_id), from_attributes=True
        )
    )


@router.get("/campaigns/{campaign_id}/responses", response_model=Page[ResponseOut])
def list_responses(
    campaign_id: UUID, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL
) -> Response:
    """List the responses to a campaign, the newest first."""

    def work(tx: Transaction) -> Page[ResponseOut]:
        rows = responses_page(tx, campaign_id, moment_and_id_in(cursor), limit + 1)
        service.campaign(tx, campaign_id)
        return page_of(
            [ResponseOut.of(row) for row in rows], limit, lambda row: [row.responded_at.isoformat(), str(row.id)]
        )

    return call.read(work)


@router.get("/campaigns/{campaign_id}/responses/export", responses=FILE_ANSWER, response_class=FileAnswer)
def export_responses(
    campaign_id: UUID,
    file_format: Annotated[FileFormat, Query(alias="format", description="What kind of file")] = FileFormat.CSV,
    call: Call = CALL,
) -> Response:
    """Write the responses to a campaign into a file, the newest first, with what became of each lead."""
    return call.download(file_format, lambda tx: responses_as_file(tx, campaign_id))
