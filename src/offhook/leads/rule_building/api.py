"""Routes for who builds rules: what conditions may ask, and for which recent leads they would hold."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.http import CALL, Call
from offhook.leads.edge import Sent
from offhook.leads.model import Stage
from offhook.leads.routing.api import Conditions
from offhook.leads.rule_building import service
from offhook.leads.rule_building.fields import OPERATORS, FieldType, Operator, Takes
from offhook.leads.rule_building.service import FieldOffer, Trial, condition_fields, try_conditions
from offhook.leads.rule_building.store import RecentLead

router = APIRouter(tags=["routing"])


class TrialIn(Sent):
    """Conditions to try."""

    conditions: Conditions
    leads: Annotated[
        int, Field(ge=1, le=service.MOST_TRIED, description="Against so many of the newest leads")
    ] = service.MOST_TRIED


class RecentLeadOut(BaseModel):
    """A lead for which the conditions hold."""

    lead_id: UUID
    person_id: UUID
    person_name: str | None
    account_name: str | None
    stage: Stage
    score: float
    opened_at: datetime
    campaign: str | None
    source: str | None

    @classmethod
    def of(cls, lead: RecentLead) -> "RecentLeadOut":
        """The answer's shape."""
        return cls.model_validate(lead, from_attributes=True)


class TrialOut(BaseModel):
    """What the conditions came to."""

    text: str = Field(description="The conditions in words")
    tried: int = Field(description="How many leads there were to try")
    matched: int = Field(description="For how many of them the conditions hold")
    examples: list[RecentLeadOut] = Field(description=f"The newest of these, at most {service.EXAMPLES}")

    @classmethod
    def of(cls, trial: Trial) -> "TrialOut":
        """The answer's shape."""
        return cls(
            text=trial.text,
            tried=trial.tried,
            matched=trial.matched,
            examples=[RecentLeadOut.of(lead) for lead in trial.examples],
        )


class OperatorOut(BaseModel):
    """An operator of the rule language."""

    name: Operator
    label: str
    takes: Takes = Field(
        description="What stands beside it: one `value` of the field's type, a list of `values`, one of `words` or"
        " a list of them, a `text`, a `number`, or `boolean`"
    )
    description: str


class ConditionFieldOut(BaseModel):
    """A field that conditions may ask."""

    name: str = Field(description="As conditions name it; custom attributes begin with `attributes.`")
    label: str
    type: FieldType
    description: str
    operators: list[Operator] = Field(description="Those that make sense for it, the most usual first")
    values: list[str] = Field(
        description="To choose from: values that are about, the most frequent first, or usual limits of a number"
    )
    is_complete: bool = Field(description="Whether no other values can be meant")

    @classmethod
    def of(cls, offer: FieldOffer) -> "ConditionFieldOut":
        """The answer's shape."""
        return cls(
            name=offer.told.name,
            label=offer.told.label,
            type=offer.told.type,
            description=offer.told.description,
            operators=list(offer.operators),
            values=list(offer.values),
            is_complete=offer.is_complete,
        )


class ConditionLanguageOut(BaseModel):
    """What conditions of scoring, routing and filters are made of."""

    fields: list[ConditionFieldOut]
    operators: list[OperatorOut]


@router.get("/condition-fields", response_model=ConditionLanguageOut)
def show_condition_language(call: Call = CALL) -> Response:
    """Tell what conditions may ask here: fields, operators, values that are about (docs/leads.md)."""
    return call.read(
        lambda tx: ConditionLanguageOut(
            fields=[ConditionFieldOut.of(offer) for offer in condition_fields(tx)],
            operators=[OperatorOut.model_validate(one, from_attributes=True) for one in OPERATORS],
        )
    )


@router.post("/routing-rules/preview", response_model=TrialOut)
def preview_rule(body: TrialIn, call: Call = CALL) -> Response:
    """Try the conditions of a rule, saved or not, against the newest leads. Nothing is written."""
    return call.once(lambda tx: TrialOut.of(try_conditions(tx, body.conditions, body.leads)))
