"""Routes of scoring: the model in force, and putting a new version in force."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.leads.edge import Sent
from offhook.leads.scoring import service
from offhook.leads.scoring.model import Rule, RuleKind, ScoringModel
from offhook.leads.scoring.rules import MOST_RULES

router = APIRouter(tags=["scoring"])


class RuleBody(Sent):
    """One scoring rule."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["decides"])]
    kind: RuleKind = Field(description="`fit`: who they are; `engagement`: asked once a response, and decays")
    points: Annotated[float, Field(ge=-100, le=100)]
    when: Annotated[
        dict[str, JsonValue],
        Field(
            description="In the rule language (docs/leads.md); {} always holds",
            examples=[{"field": "title", "has_word": ["ceo", "owner"]}],
        ),
    ]


class NewModel(Sent):
    """A version of the scoring model."""

    mql_threshold: Annotated[float, Field(gt=0, le=100, description="From this score on a lead is an MQL")]
    half_life_days: Annotated[float, Field(ge=0.1, le=3650, description="After so long a response counts half")]
    rules: Annotated[list[RuleBody], Field(max_length=MOST_RULES)]

    def understood(self) -> list[Rule]:
        """The rules as the core has them."""
        return [Rule(rule.name, rule.kind, rule.points, rule.when) for rule in self.rules]


class ModelOut(BaseModel):
    """The scoring model in force."""

    version: int = Field(description="0: the one that Offhook brings along")
    mql_threshold: float
    half_life_days: float
    rules: list[RuleBody]

    @classmethod
    def of(cls, model: ScoringModel) -> "ModelOut":
        """The answer's shape."""
        return cls.model_validate(model, from_attributes=True)


@router.get("/scoring-model", response_model=ModelOut)
def show_model(call: Call = CALL) -> Response:
    """Show the scoring model in force."""

    def work(tx: Transaction) -> ModelOut:
        tx.require("leads:read")
        return ModelOut.of(service.scoring_model(tx))

    return call.read(work)


@router.put("/scoring-model", response_model=ModelOut)
def change_model(body: NewModel, call: Call = CALL) -> Response:
    """Put a new version in force, for responses from now on."""
    rules = body.understood()
    return call.edit(
        lambda tx, version: ModelOut.of(
            service.change_scoring_model(
                tx, version, mql_threshold=body.mql_threshold, half_life_days=body.half_life_days, rules=rules
            )
        )
    )
