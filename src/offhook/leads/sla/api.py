"""Routes of promises (SLA): the policies."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.edge import Cursor, Limit, Sent, beyond, changes_in, moment_and_id_in
from offhook.leads.sla import service
from offhook.leads.sla.model import Promise, SlaPolicy, TimerState
from offhook.leads.sla.store import Running

router = APIRouter(tags=["sla"])

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["First attempt within an hour"])]
Limits = Annotated[
    int, Field(ge=1, le=100_000, description="Business minutes until the promise is broken", examples=[60])
]
Warn = Annotated[int, Field(ge=1, le=100_000, description="Business minutes until the warning", examples=[45])]
Reassign = Annotated[
    int | None,
    Field(ge=1, le=100_000, description="Business minutes until it goes to another rep; null: never"),
]


class NewPolicy(Sent):
    """A policy to add."""

    name: Name
    promise: Promise
    minutes: Limits
    warn_minutes: Warn
    reassign_minutes: Reassign = None
    team_id: UUID | None = Field(default=None, description="Only for this team; null: for all without their own")
    is_active: bool = Field(default=True, description="false: nothing is promised")


class PolicyChange(Sent):
    """What is to change; what is left out stays."""

    name: Name | None = None
    minutes: Limits | None = None
    warn_minutes: Warn | None = None
    reassign_minutes: Reassign = None
    is_active: bool | None = None


class PolicyOut(BaseModel):
    """The limits of a promise in business minutes."""

    id: UUID
    name: str
    promise: Promise
    minutes: int
    warn_minutes: int
    reassign_minutes: int | None
    team_id: UUID | None
    is_active: bool
    version: int = Field(description="0: the default that holds until a policy of your own replaces it")

    @classmethod
    def of(cls, policy: SlaPolicy) -> "PolicyOut":
        """The answer's shape."""
        return cls.model_validate(policy, from_attributes=True)


class PressingOut(BaseModel):
    """A promise about to break, or broken and still not kept."""

    lead_id: UUID
    hand_off_id: UUID | None = Field(description="Which hand-off is to be decided")
    person_id: UUID
    person_name: str | None = Field(description="Null for somebody known only by an address, a number or an id")
    title: str | None
    company: str | None
    promise: Promise
    state: TimerState = Field(description="`warned`: about to break; `breached`: broken, escalated to the manager")
    due_at: datetime
    reassign_at: datetime | None = Field(description="When the lead goes to another rep")
    owner_id: UUID | None
    team_id: UUID | None
    ae_id: UUID | None
    promised_by: UUID | None = Field(description="The rep, or for a hand-off the AE; null: nobody's yet")

    @classmethod
    def of(cls, running: Running) -> "PressingOut":
        """The answer's shape."""
        return cls.model_validate(running, from_attributes=True)


@router.get("/promises", response_model=Page[PressingOut])
def list_pressing(
    only_broken: Annotated[bool, Query(description="Only those that are broken")] = False,
    team_id: Annotated[UUID | None, Query(description="Only this team's")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List promises about to break and broken ones that are still not kept, the longest due first."""

    def work(tx: Transaction) -> Page[PressingOut]:
        after = moment_and_id_in(cursor)
        found = service.pressing_promises(
            tx, only_broken=only_broken, team_id=team_id, after=after, limit=limit + 1
        )
        return page_of(
            [PressingOut.of(one) for one in found], limit, lambda row: [row.due_at.isoformat(), str(row.lead_id)]
        )

    return call.read(work)


@router.get("/sla-policies", response_model=Page[PolicyOut])
def list_policies(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the policies, with the defaults that hold where there is none of your own."""

    def work(tx: Transaction) -> Page[PolicyOut]:
        found = beyond(sorted(service.sla_policies(tx), key=_place), cursor, _place, str, str)
        return page_of([PolicyOut.of(policy) for policy in found[: limit + 1]], limit, _place)

    return call.read(work)


def _place(policy: SlaPolicy | PolicyOut) -> list[str | int]:
    return [policy.promise.value, str(policy.id)]


@router.post("/sla-policies", status_code=201, response_model=PolicyOut)
def add_policy(body: NewPolicy, call: Call = CALL) -> Response:
    """Add a policy, for promises from now on."""
    return call.once(lambda tx: PolicyOut.of(service.add_sla_policy(tx, **dict(body))), status=201)


@router.patch("/sla-policies/{policy_id}", response_model=PolicyOut)
def change_policy(policy_id: UUID, body: PolicyChange, call: Call = CALL) -> Response:
    """Change a policy, for promises from now on; running timers keep their limits."""
    changes = changes_in(body, may_be_null=("reassign_minutes",))
    return call.edit(lambda tx, version: PolicyOut.of(service.change_sla_policy(tx, policy_id, version, changes)))


@router.delete("/sla-policies/{policy_id}", response_model=PolicyOut)
def remove_policy(policy_id: UUID, call: Call = CALL) -> Response:
    """Remove a policy: the one for all teams holds instead, or the default. Answers the policy as it was."""
    return call.edit(lambda tx, version: PolicyOut.of(service.remove_sla_policy(tx, policy_id, version)))
