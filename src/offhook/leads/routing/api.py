"""Routes of routing: the rules, and whose turn it was how often."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.edge import Cursor, Limit, Sent, beyond, changes_in
from offhook.leads.routing import service
from offhook.leads.routing.model import Purpose, RoutingRule

router = APIRouter(tags=["routing"])

Conditions = Annotated[
    dict[str, JsonValue],
    Field(
        description="In the rule language (docs/leads.md); {} always holds",
        examples=[{"field": "country", "in": ["DE", "AT", "CH"]}],
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=200, examples=["DACH"])]
Position = Annotated[
    int, Field(ge=0, le=service.LAST_POSITION, description="Rules are tried from the smallest on")
]


class NewRule(Sent):
    """A rule to add; exactly one of `user_id` and `team_id`."""

    name: Name
    conditions: Conditions
    purpose: Purpose = Field(default=Purpose.REP, description="Whom it chooses: the rep of a lead or the AE")
    position: Position = 100
    user_id: UUID | None = None
    team_id: UUID | None = Field(default=None, description="Its members take turns")
    is_active: bool = True


class RuleChange(Sent):
    """What is to change; what is left out stays."""

    name: Name | None = None
    conditions: Conditions | None = None
    position: Position | None = None
    user_id: UUID | None = None
    team_id: UUID | None = None
    is_active: bool | None = None


class RuleOut(BaseModel):
    """Leads that fulfil the conditions go to this user, or in turn to this team's members."""

    id: UUID
    name: str
    purpose: Purpose
    position: int
    conditions: dict[str, JsonValue]
    user_id: UUID | None
    team_id: UUID | None
    is_active: bool
    version: int

    @classmethod
    def of(cls, rule: RoutingRule) -> "RuleOut":
        """The answer's shape."""
        return cls.model_validate(rule, from_attributes=True)


class TurnsOut(BaseModel):
    """How many leads a member of a pool was given in turn."""

    pool: str = Field(description="`rep:*` is all reps, `rep:<team>` a team's, `ae:…` likewise")
    user_id: UUID
    assigned: int


@router.get("/routing-rules", response_model=Page[RuleOut])
def list_rules(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the routing rules in the order in which they are tried."""

    def work(tx: Transaction) -> Page[RuleOut]:
        rules = beyond(service.routing_rules(tx), cursor, _place, str, int, str)
        return page_of([RuleOut.of(rule) for rule in rules[: limit + 1]], limit, _place)

    return call.read(work)


def _place(rule: RoutingRule | RuleOut) -> list[str | int]:
    return [rule.purpose.value, rule.position, str(rule.id)]


@router.post("/routing-rules", status_code=201, response_model=RuleOut)
def add_rule(body: NewRule, call: Call = CALL) -> Response:
    """Add a routing rule."""
    return call.once(lambda tx: RuleOut.of(service.add_rule(tx, **dict(body))), status=201)


@router.get("/routing-rules/{rule_id}", response_model=RuleOut)
def show_rule(rule_id: UUID, call: Call = CALL) -> Response:
    """Show one routing rule."""
    return call.read(lambda tx: RuleOut.of(service.routing_rule(tx, rule_id)))


@router.patch("/routing-rules/{rule_id}", response_model=RuleOut)
def change_rule(rule_id: UUID, body: RuleChange, call: Call = CALL) -> Response:
    """Change a routing rule; to give it to a team instead of a user send `user_id: null` with the `team_id`."""
    changes = changes_in(body, may_be_null=("user_id", "team_id"))
    return call.edit(lambda tx, version: RuleOut.of(service.change_rule(tx, rule_id, version, changes)))


@router.delete("/routing-rules/{rule_id}", response_model=RuleOut)
def remove_rule(rule_id: UUID, call: Call = CALL) -> Response:
    """Remove a routing rule; leads that it routed stay where they are. Answers the rule as it was."""

    def work(tx: Transaction, version: int) -> RuleOut:
        tx.require("campaigns:write")
        removed = service.routing_rule(tx, rule_id)
        service.remove_rule(tx, rule_id, version)
        return RuleOut.of(removed)

    return call.edit(work)


@router.get("/routing-turns", response_model=Page[TurnsOut])
def list_turns(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """Tell how many leads each member of each pool was given in turn."""

    def work(tx: Transaction) -> Page[TurnsOut]:
        taken = [TurnsOut(pool=pool, user_id=user, assigned=n) for pool, user, n in service.turns_taken(tx)]
        found = beyond(taken, cursor, _pool, str, str)
        return page_of(found[: limit + 1], limit, _pool)

    return call.read(work)


def _pool(turns: TurnsOut) -> list[str | int]:
    return [turns.pool, str(turns.user_id)]
