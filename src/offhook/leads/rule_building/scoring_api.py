"""The route for who changes the scoring model: what the change would do to recent leads."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.http import CALL, Call
from offhook.leads.rule_building import rescoring
from offhook.leads.rule_building.rescoring import Rescored, Rescoring, rescore
from offhook.leads.scoring.api import NewModel
from offhook.leads.scoring.model import ScoringModel

router = APIRouter(tags=["scoring"])

UNSAVED = 0


class Retrial(NewModel):
    """A scoring model to try."""

    leads: Annotated[
        int, Field(ge=1, le=rescoring.MOST_RESCORED, description="Against so many of the newest leads")
    ] = rescoring.MOST_RESCORED


class RescoredOut(BaseModel):
    """A lead that becomes an MQL by one of the models only."""

    lead_id: UUID
    person_name: str | None
    account_name: str | None
    campaign: str | None
    before: float = Field(description="Its highest score by the model in force")
    after: float = Field(description="Its highest score by the model that is tried")

    @classmethod
    def of(cls, one: Rescored) -> "RescoredOut":
        """The answer's shape."""
        lead = one.lead
        return cls(
            lead_id=lead.lead_id,
            person_name=lead.person_name,
            account_name=lead.account_name,
            campaign=lead.campaign,
            before=one.before,
            after=one.after,
        )


class BandOut(BaseModel):
    """How many leads score so much."""

    start: int = Field(description=f"From this score on, {rescoring.BAND} points wide; 100 counts to the last")
    before: int
    after: int


class RescoringOut(BaseModel):
    """What the model that is tried would make of recent leads, by their scores alone."""

    tried: int = Field(description="How many leads there were to try; outbound ones have no score to compare")
    mqls_before: int = Field(description="How many of them reach the threshold by the model in force")
    mqls_after: int = Field(description="How many reach it by the model that is tried")
    gained: int = Field(description="Reach it by the model that is tried only")
    lost: int = Field(description="Reach it by the model in force only")
    gained_examples: list[RescoredOut] = Field(description=f"The newest of these, at most {rescoring.EXAMPLES}")
    lost_examples: list[RescoredOut] = Field(description=f"The newest of these, at most {rescoring.EXAMPLES}")
    bands: list[BandOut]

    @classmethod
    def of(cls, found: Rescoring) -> "RescoringOut":
        """The answer's shape."""
        return cls(
            tried=found.tried,
            mqls_before=found.mqls_before,
            mqls_after=found.mqls_after,
            gained=len(found.gained),
            lost=len(found.lost),
            gained_examples=[RescoredOut.of(one) for one in found.gained[: rescoring.EXAMPLES]],
            lost_examples=[RescoredOut.of(one) for one in found.lost[: rescoring.EXAMPLES]],
            bands=[BandOut.model_validate(band, from_attributes=True) for band in found.bands],
        )


@router.post("/scoring-model/preview", response_model=RescoringOut)
def preview_model(body: Retrial, call: Call = CALL) -> Response:
    """Score recent leads anew by the model in force and by the one sent, and compare. Nothing is written."""
    model = ScoringModel(UNSAVED, body.mql_threshold, body.half_life_days, tuple(body.understood()))
    return call.once(lambda tx: RescoringOut.of(rescore(tx, model, body.leads)))
