"""A campaign, in plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from offhook.leads.model import Stage
from offhook.leads.routing.model import Because


class CampaignKind(StrEnum):
    """By what a campaign reached people; scoring rules may ask for it."""

    CONTACT_REQUEST = "contact_request"
    DEMO_REQUEST = "demo_request"
    WEBINAR = "webinar"
    TRADE_SHOW = "trade_show"
    CONTENT = "content"
    SEARCH = "search"
    SOCIAL = "social"
    EMAIL = "email"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign. `default_region`: the country whose national numbers its responders write; None: the
    organisation's. `responders_are_mql`: marketing has qualified them, no threshold is asked.
    """

    id: UUID
    name: str
    kind: CampaignKind
    starts_on: date | None
    ends_on: date | None
    default_region: str | None
    responders_are_mql: bool
    created_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    version: int = 1


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """How a campaign did: responses, and how many of the leads it opened reached which stage."""

    campaign_id: UUID
    responses: int
    leads: int
    mqls: int
    sals: int
    sqls: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of those who responded in a period.

    `leads` were opened by these responses; of them so many became `mql`, `sal` and `sql` ever, and so many are now
    `recycled`, `disqualified` or `open`, of these some `without_rep`. `median_minutes` is the median speed to lead
    in wall time over the `attempted` ones; None where none was.
    """

    responses: int = 0
    persons: int = 0
    leads: int = 0
    mql: int = 0
    sal: int = 0
    sql: int = 0
    recycled: int = 0
    disqualified: int = 0
    open: int = 0
    without_rep: int = 0
    attempted: int = 0
    median_minutes: float | None = None
    last_response_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CampaignLead:
    """Somebody who responded to a campaign, and what became of the lead that it opened or fed.

    `because` and `because_text`: what decided who has it now, and that in a sentence; None: nobody ever had it.
    """

    response_id: UUID
    responded_at: datetime
    source: str | None
    content: str | None
    person_id: UUID
    person_name: str | None
    title: str | None
    account_id: UUID | None
    account_name: str | None
    lead_id: UUID
    is_opened_by_it: bool
    stage: Stage
    score: float
    owner_id: UUID | None
    owner_name: str | None
    team_id: UUID | None
    team_name: str | None
    because: Because | None
    because_text: str | None
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
