"""Routes of webhooks: endpoints, their secrets, the delivery log, tests and replays.

Request and answer models live here only. An endpoint carries a `version`, which is its ETag; the signing secret is
told when it is made and never again.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of, read_cursor
from offhook.kernel.settings import Settings
from offhook.webhooks import service
from offhook.webhooks.model import Delivery, DeliveryState, Endpoint
from offhook.webhooks.rules import LONGEST_URL, MOST_KINDS
from offhook.webhooks.terms import Terms

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]
Position = Annotated[int, Path(ge=0, lt=2**63, description="The event's place in the log")]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_URL,
        description="Where messages are sent: an https address on the public internet",
        examples=["https://receiver.example/offhook"],
    ),
]
Kinds = Annotated[
    list[Annotated[str, Field(max_length=101)]],
    Field(
        min_length=1,
        max_length=MOST_KINDS,
        description="Kinds of events, such as `lead.assigned`; `lead.*` is all about leads, `*` is all there are",
        examples=[["lead.*", "meeting.held"]],
    ),
]
Description = Annotated[str, Field(max_length=service.LONGEST_DESCRIPTION, description="What it is for")]


def _without_default(schema: dict[str, JsonValue]) -> None:
    schema.pop("default", None)


def _may_be_left_out(default: object) -> object:
    """A field of a change: what is left out stays as it is, so its default is never used, nor told."""
    return Field(default=default, json_schema_extra=_without_default)


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


class EndpointOut(BaseModel):
    """Somebody who is told of events."""

    id: UUID
    url: str
    description: str
    kinds: list[str] = Field(description="Kinds of events; `lead.*` is all about leads, `*` is all there are")
    is_active: bool = Field(description="An inactive endpoint is told nothing")
    inactive_because: str | None = Field(description="Why the sender deactivated it: it answered 410 Gone")
    previous_secret_until: datetime | None = Field(description="Till when the secret before signs too")
    created_at: datetime
    version: int

    @classmethod
    def of(cls, endpoint: Endpoint) -> "EndpointOut":
        """The answer's shape."""
        plain = {name: getattr(endpoint, name) for name in endpoint.__slots__}
        return cls.model_validate(plain | {"kinds": list(endpoint.kinds)})


class EndpointWithBacklog(EndpointOut):
    """Somebody who is told of events, and how that is going."""

    waiting: int = Field(description="Deliveries that are to be sent, for the first time or again")
    dead: int = Field(description="Deliveries that were given up; replay them once the receiver is well")


class EndpointWithSecret(EndpointOut):
    """An endpoint with its fresh signing secret."""

    secret: str | None = Field(
        description="`whsec_…`, shown this once; null when the request is repeated by Idempotency-Key"
    )


class NewEndpoint(Sent):
    """An endpoint to add."""

    url: Url
    kinds: Kinds
    description: Description = ""


class EndpointChange(Sent):
    """What is to change; what is left out stays."""

    url: Url = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # pydantic's field
    kinds: Kinds = _may_be_left_out([])  # pyright: ignore[reportAssignmentType] # likewise
    description: Description = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    is_active: bool = _may_be_left_out(True)  # pyright: ignore[reportAssignmentType] # likewise


class Rotation(Sent):
    """How the secret is changed."""

    overlap_hours: int = Field(
        default=24,
        ge=0,
        le=service.LONGEST_OVERLAP_HOURS,
        description="For how long the old secret signs too; 0 when it leaked",
    )


class DeliveryOut(BaseModel):
    """One event on its way to one endpoint."""

    position: int = Field(description="The event's place in the log; names the delivery within the endpoint")
    event_id: UUID = Field(description="The event, and the message's `webhook-id`")
    kind: str
    subject: str = Field(description="What the event is about; order is kept per subject")
    state: DeliveryState
    attempts: int = Field(description="Attempts begun since it was last put in line")
    try_at: datetime = Field(description="While it waits: the next attempt is not before this")
    last_status: int | None = Field(description="HTTP status of the last answer; null when there was none")
    last_error: str | None = Field(description="Why the last attempt failed")
    last_attempt_at: datetime | None
    ended_at: datetime | None = Field(description="When it was delivered or given up")

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        """The answer's shape."""
        return cls.model_validate(delivery, from_attributes=True)


class Replay(Sent):
    """What is to be sent again."""

    since: AwareDatetime | None = Field(
        default=None,
        description="Everything it wants that was recorded since then; left out: what was given up",
        examples=["2026-03-02T09:00:00Z"],
    )


class Replayed(BaseModel):
    """How much is sent again."""

    replayed: int


def _terms(call: Call) -> Terms:
    settings: Settings = call.request.app.state.settings
    return Terms.of(settings)


@router.get("", response_model=Page[EndpointOut])
def list_endpoints(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List who is told of events, in the order in which they were added."""

    def work(tx: Transaction) -> Page[EndpointOut]:
        rows = service.endpoints_page(tx, _id_in(cursor), limit + 1)
        return page_of([EndpointOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("", status_code=201, response_model=EndpointWithSecret)
def add_endpoint(body: NewEndpoint, call: Call = CALL) -> Response:
    """Have an address told of events from now on. Its signing secret is in this answer and nowhere else."""
    terms = _terms(call)

    def work(tx: Transaction) -> EndpointWithSecret:
        added, secret = service.add_endpoint(
            tx, terms, url=body.url, kinds=body.kinds, description=body.description
        )
        return EndpointWithSecret(**EndpointOut.of(added).model_dump(), secret=secret)

    return call.once(work, status=201, told_once=["secret"])


@router.get("/{endpoint_id}", response_model=EndpointWithBacklog)
def show_endpoint(endpoint_id: UUID, call: Call = CALL) -> Response:
    """Show one endpoint, and how many of its deliveries wait or were given up."""

    def work(tx: Transaction) -> EndpointWithBacklog:
        found = EndpointOut.of(service.endpoint(tx, endpoint_id))
        left = service.backlog(tx, endpoint_id)
        return EndpointWithBacklog(**found.model_dump(), waiting=left.waiting, dead=left.dead)

    return call.read(work)


@router.patch("/{endpoint_id}", response_model=EndpointOut)
def change_endpoint(endpoint_id: UUID, body: EndpointChange, call: Call = CALL) -> Response:
    """Change an endpoint; `is_active: false` pauses it.

    Made active again, it is sent what waited, but not what happened meanwhile: replay that.
    """
    terms, changes = _terms(call), body.model_dump(exclude_unset=True)
    return call.edit(
        lambda tx, version: EndpointOut.of(service.change_endpoint(tx, terms, endpoint_id, version, changes))
    )


@router.delete("/{endpoint_id}", response_model=EndpointOut)
def remove_endpoint(endpoint_id: UUID, call: Call = CALL) -> Response:
    """Tell it nothing more and forget its deliveries; answers what was removed."""
    return call.edit(lambda tx, version: EndpointOut.of(service.remove_endpoint(tx, endpoint_id, version)))


@router.post("/{endpoint_id}/rotate-secret", response_model=EndpointWithSecret)
def rotate_secret(endpoint_id: UUID, body: Rotation, call: Call = CALL) -> Response:
    """Give it a new signing secret, told only in this answer; the old one signs too for a while."""
    terms = _terms(call)

    def work(tx: Transaction) -> EndpointWithSecret:
        changed, secret = service.rotate_secret(tx, terms, endpoint_id, body.overlap_hours)
        return EndpointWithSecret(**EndpointOut.of(changed).model_dump(), secret=secret)

    return call.once(work, told_once=["secret"])


@router.post("/{endpoint_id}/test", status_code=202, response_model=EndpointOut)
def request_test(endpoint_id: UUID, call: Call = CALL) -> Response:
    """Send it a `webhook.tested` message, whatever kinds it wants; its deliveries show what came of that."""
    return call.once(lambda tx: EndpointOut.of(service.request_test(tx, endpoint_id)), status=202)


@router.get("/{endpoint_id}/deliveries", response_model=Page[DeliveryOut])
def list_deliveries(
    endpoint_id: UUID,
    state: Annotated[DeliveryState | None, Query(description="Only those that stand so")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List an endpoint's deliveries, the newest event first.

    Those that ended are kept for 30 days when delivered, for 90 when given up.
    """

    def work(tx: Transaction) -> Page[DeliveryOut]:
        rows = service.deliveries_page(tx, endpoint_id, state, _position_in(cursor), limit + 1)
        return page_of([DeliveryOut.of(row) for row in rows], limit, lambda row: [row.position])

    return call.read(work)


@router.post("/{endpoint_id}/deliveries/{position}/replay", status_code=202, response_model=DeliveryOut)
def replay_delivery(endpoint_id: UUID, position: Position, call: Call = CALL) -> Response:
    """Send one delivery again, now, whatever became of it."""
    return call.once(lambda tx: DeliveryOut.of(service.replay_delivery(tx, endpoint_id, position)), status=202)


@router.post("/{endpoint_id}/replay", status_code=202, response_model=Replayed)
def replay(endpoint_id: UUID, body: Replay, call: Call = CALL) -> Response:
    """Send many again: what was given up, or everything it wants since a time, sent before or not."""

    def work(tx: Transaction) -> Replayed:
        if body.since is None:
            return Replayed(replayed=service.replay_dead(tx, endpoint_id))
        return Replayed(replayed=service.replay_since(tx, endpoint_id, body.since))

    return call.once(work, status=202)


def _id_in(cursor: str | None) -> UUID | None:
    key = read_cursor(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(str(key[0]))
    except ValueError as error:
        raise _no_cursor(cursor) from error


def _position_in(cursor: str | None) -> int | None:
    key = read_cursor(cursor, 1)
    if key is None:
        return None
    if not isinstance(key[0], int) or not 0 <= key[0] < 2**63:
        raise _no_cursor(cursor)
    return key[0]


def _no_cursor(cursor: str | None) -> Invalid:
    return Invalid(
        "The cursor is not one of this list. Leave it out to begin at the first page.",
        fields=[FieldError("cursor", "not a cursor of this list", cursor)],
    )
