"""Routes of routing: the rules, and whose turn it was how often."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.edge import Cursor, Limit, Sent, beyond, changes_in
from offhook.leads.routing import service
from offhook.leads.routing.model import Member, Purpose, RoutingRule

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


class NewOrder(Sent):
    """All rules of one purpose in the order in which they are to be tried."""

    purpose: Purpose = Field(examples=["rep"])
    rule_ids: Annotated[list[UUID], Field(max_length=service.MOST_RULES, description="Every one of them, once")]


class RulesOut(BaseModel):
    """Rules in the order in which they are tried."""

    items: list[RuleOut]


class MemberOut(BaseModel):
    """Somebody who is given leads or hand-offs, and how much they have in work."""

    user_id: UUID
    name: str
    team_id: UUID | None
    weight: int = Field(description="Share in the weighted round robin; 0 gets none")
    capacity: int | None = Field(description="Most open leads (AE: undecided hand-offs); null: no limit")
    load: int = Field(description="Open leads (AE: undecided hand-offs) now")
    is_away: bool
    refusal: str | None = Field(description="Why they are given nothing now; null: they are")

    @classmethod
    def of(cls, member: Member, refusal: str | None) -> "MemberOut":
        """The answer's shape."""
        plain = {name: getattr(member, name) for name in cls.model_fields if name != "refusal"}
        return cls(**plain, refusal=refusal)


class MembersOut(BaseModel):
    """Who is given leads or hand-offs, by name."""

    items: list[MemberOut]


@router.get("/routing-members", response_model=MembersOut)
def list_members(
    purpose: Annotated[Purpose, Query(description="`rep`: who is given leads; `ae`: hand-offs")] = Purpose.REP,
    call: Call = CALL,
) -> Response:
    """Tell who is given leads or hand-offs now, how much each has in work, and who is away or at capacity."""
    return call.read(
        lambda tx: MembersOut(items=[MemberOut.of(*one) for one in service.members_with_refusals(tx, purpose)])
    )


@router.post("/routing-rules/order", response_model=RulesOut)
def order_rules(body: NewOrder, call: Call = CALL) -> Response:
    """Put the rules of one purpose in another order; refused when rules were added or removed meanwhile."""
    return call.once(
        lambda tx: RulesOut(
            items=[RuleOut.of(rule) for rule in service.order_rules(tx, body.purpose, body.rule_ids)]
        )
    )


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
