"""A campaign, in plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


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
