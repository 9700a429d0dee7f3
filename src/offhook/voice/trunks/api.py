"""Routes of trunks. A password comes in and never goes out: answers say only whether there is one.

Whether a trunk answers is known to the running process alone: `app.state.trunk_health`, a function from a trunk's
id to its `Health`, which is `unknown_health` until who speaks SIP puts its own there.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.hosts import LONGEST_HOST
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.kernel.sealing import Seal
from offhook.voice.trunks import service
from offhook.voice.trunks.edge import Cursor, Limit, Sent, id_in, may_be_left_out
from offhook.voice.trunks.model import UNKNOWN, Health, HealthState, Rate, Transport, Trunk
from offhook.voice.trunks.rules import (
    DEAREST,
    HIGHEST_PRIORITY,
    LONGEST_CREDENTIAL,
    LONGEST_NAME,
    LONGEST_PREFIX,
    MOST_RATES,
    MOST_SOURCES,
)

router = APIRouter(prefix="/trunks", tags=["telephony"])

HealthLookUp = Callable[[UUID], Health]

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, examples=["Main carrier"])]
Host = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_HOST,
        description="Where requests are sent first: host name or IP address",
        examples=["sip.carrier.example"],
    ),
]
Port = Annotated[int, Field(ge=1, le=65_535, examples=[5060])]
Domain = Annotated[
    Annotated[str, Field(max_length=LONGEST_HOST)] | None,
    Field(description="What requests call the carrier; null: the host", examples=["carrier.example"]),
]
Username = Annotated[Annotated[str, Field(max_length=LONGEST_CREDENTIAL)] | None, Field(examples=["acme"])]
Password = Annotated[
    Annotated[str, Field(max_length=LONGEST_CREDENTIAL, json_schema_extra={"format": "password"})] | None,
    Field(description="Sealed as it comes in and never told; null for none", examples=["secret-of-the-line"]),
]
Region = Annotated[
    str,
    Field(min_length=2, max_length=2, description="ISO 3166-1: how it writes national numbers", examples=["US"]),
]
Registers = Annotated[bool, Field(description="Whether we register with it (it has no fixed address for us)")]
Asserts = Annotated[bool, Field(description="Whether we send P-Asserted-Identity (RFC 3325)")]
Sources = Annotated[
    list[Annotated[str, Field(max_length=64)]],
    Field(
        max_length=MOST_SOURCES,
        description="IP addresses and networks its calls come from, besides the host if that is an address",
        examples=[["203.0.113.0/28"]],
    ),
]
IsActive = Annotated[bool, Field(description="false: no call leaves or arrives by it")]


class NewRate(Sent):
    """What calls to a prefix cost by a trunk."""

    prefix: str = Field(
        max_length=LONGEST_PREFIX + 1,
        description="First digits of the international number, without +; empty for every number",
        examples=["4930"],
    )
    cost_per_minute: Decimal = Field(
        ge=0, le=DEAREST, description="In one unit for all trunks: costs are only compared", examples=["0.012"]
    )
    priority: int = Field(
        default=1, ge=1, le=HIGHEST_PRIORITY, description="Of equal costs the lower is tried first"
    )

    def understood(self) -> Rate:
        """As the core has it."""
        return Rate(self.prefix, self.cost_per_minute, self.priority)


class RateOut(BaseModel):
    """What calls to a prefix cost by a trunk."""

    prefix: str
    cost_per_minute: str = Field(description="A decimal number")
    priority: int

    @classmethod
    def of(cls, rate: Rate) -> "RateOut":
        """The answer's shape."""
        return cls(prefix=rate.prefix, cost_per_minute=f"{rate.cost_per_minute:f}", priority=rate.priority)


Rates = Annotated[
    list[NewRate],
    Field(max_length=MOST_RATES, description="What it takes for which prefixes; none: every number, cost unknown"),
]


class HealthOut(BaseModel):
    """Whether a trunk answers, as the running server knows it."""

    state: HealthState
    reason: str = Field(description="Why it is down; empty otherwise")
    since: datetime | None

    @classmethod
    def of(cls, health: Health) -> "HealthOut":
        """The answer's shape."""
        return cls.model_validate(health, from_attributes=True)


class TrunkOut(BaseModel):
    """A line to a carrier."""

    id: UUID
    name: str
    host: str
    port: int
    transport: Transport
    domain: str | None
    username: str | None
    has_password: bool
    registers: bool
    asserts_identity: bool
    region: str
    sends_from: list[str]
    rates: list[RateOut]
    is_active: bool
    created_at: datetime
    health: HealthOut
    version: int

    @classmethod
    def of(cls, trunk: Trunk, health: Health) -> "TrunkOut":
        """The answer's shape."""
        plain: dict[str, object] = {name: getattr(trunk, name) for name in trunk.__slots__}
        plain["rates"] = [RateOut.of(one) for one in trunk.rates]
        plain["sends_from"] = [*trunk.sends_from]
        return cls.model_validate(plain | {"health": HealthOut.of(health)})


class NewTrunk(Sent):
    """A trunk to add."""

    name: Name
    host: Host
    port: Port = service.SIP_PORT
    transport: Transport = Transport.UDP
    domain: Domain = None
    username: Username = None
    password: Password = None
    registers: Registers = False
    asserts_identity: Asserts = False
    region: Region | None = Field(default=None, description="Null: the organisation's")
    sends_from: Sources = Field(default=[])
    rates: Rates = Field(default=[])
    is_active: IsActive = True


class TrunkChange(Sent):
    """What is to change; what is left out stays, the password too."""

    name: Name = may_be_left_out("")  # pyright: ignore[reportAssignmentType] # pydantic's field
    host: Host = may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    port: Port = may_be_left_out(service.SIP_PORT)  # pyright: ignore[reportAssignmentType] # likewise
    transport: Transport = may_be_left_out(Transport.UDP)  # pyright: ignore[reportAssignmentType] # likewise
    domain: Domain = may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise
    username: Username = may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise
    password: Password = may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise
    registers: Registers = may_be_left_out(False)  # pyright: ignore[reportAssignmentType] # likewise
    asserts_identity: Asserts = may_be_left_out(False)  # pyright: ignore[reportAssignmentType] # likewise
    region: Region = may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    sends_from: Sources = may_be_left_out([])  # pyright: ignore[reportAssignmentType] # likewise
    rates: Rates = may_be_left_out([])  # pyright: ignore[reportAssignmentType] # likewise
    is_active: IsActive = may_be_left_out(True)  # pyright: ignore[reportAssignmentType] # likewise


def unknown_health(trunk_id: UUID) -> Health:
    """What is known of every trunk while nobody speaks SIP in this process."""
    return UNKNOWN


def _health(call: Call) -> HealthLookUp:
    found: HealthLookUp = call.request.app.state.trunk_health
    return found


def _seal(call: Call) -> Seal:
    return service.seal_of(call.request.app.state.settings)


def _as_core(told: dict[str, object], body: NewTrunk | TrunkChange) -> dict[str, object]:
    """Lists as the core has them."""
    if "sends_from" in told:
        told["sends_from"] = tuple(body.sends_from)
    if "rates" in told:
        told["rates"] = tuple(one.understood() for one in body.rates)
    return told


@router.get("", response_model=Page[TrunkOut])
def list_trunks(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the lines to carriers and whether they answer, in the order in which they were added."""
    health = _health(call)

    def work(tx: Transaction) -> Page[TrunkOut]:
        rows = service.trunks_page(tx, id_in(cursor), limit + 1)
        return page_of([TrunkOut.of(row, health(row.id)) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("", status_code=201, response_model=TrunkOut)
def add_trunk(body: NewTrunk, call: Call = CALL) -> Response:
    """Add a line to a carrier."""
    seal, health, told = _seal(call), _health(call), _as_core(dict(body), body)

    def work(tx: Transaction) -> TrunkOut:
        added = service.add_trunk(tx, seal, **told)  # pyright: ignore[reportArgumentType] # fields by name
        return TrunkOut.of(added, health(added.id))

    return call.once(work, status=201)


@router.get("/{trunk_id}", response_model=TrunkOut)
def show_trunk(trunk_id: UUID, call: Call = CALL) -> Response:
    """Show one trunk and whether it answers."""
    health = _health(call)
    return call.read(lambda tx: TrunkOut.of(service.trunk(tx, trunk_id), health(trunk_id)))


@router.patch("/{trunk_id}", response_model=TrunkOut)
def change_trunk(trunk_id: UUID, body: TrunkChange, call: Call = CALL) -> Response:
    """Change a trunk; `is_active: false` lets no call leave or arrive by it."""
    seal, health, changes = _seal(call), _health(call), _as_core(body.changes(), body)

    def work(tx: Transaction, version: int) -> TrunkOut:
        return TrunkOut.of(service.change_trunk(tx, seal, trunk_id, version, changes), health(trunk_id))

    return call.edit(work)


@router.delete("/{trunk_id}", response_model=TrunkOut)
def remove_trunk(trunk_id: UUID, call: Call = CALL) -> Response:
    """Remove a trunk that no number needs; answers the trunk as it was."""
    health = _health(call)
    return call.edit(
        lambda tx, version: TrunkOut.of(service.remove_trunk(tx, trunk_id, version), health(trunk_id))
    )
