"""A response as it comes in and what became of it, in plain immutable data."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from uuid import UUID

from offhook.kernel.plain import plain
from offhook.leads.model import Stage
from offhook.people import PersonFacts


@plain
class NewResponse:
    """A person's response to a campaign, after identity resolution.

    `owner_id`: marketing gives the lead to this rep; None: routing decides. `is_mql`: marketing has judged; None:
    the campaign's word or the score decides. `mql_at`: when it became an MQL, for what is told afterwards; None:
    now.
    """

    campaign_id: UUID
    person_id: UUID
    account_id: UUID | None
    facts: PersonFacts
    responded_at: datetime
    source: str | None = None
    content: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    owner_id: UUID | None = None
    is_mql: bool | None = None
    mql_at: datetime | None = None


@plain
class Received:
    """What became of a response. Not new: the person had responded to this campaign before; nothing changed."""

    response_id: UUID
    lead_id: UUID
    is_new_response: bool
    is_new_lead: bool
    stage: Stage
    rep_id: UUID | None


@plain
class Response:
    """A response on record."""

    id: UUID
    campaign_id: UUID
    person_id: UUID
    lead_id: UUID
    responded_at: datetime
    source: str | None
    content: str | None
    attributes: Mapping[str, str]
    recorded_at: datetime
