"""Routes of connected calendars. A password, and the address of a feed, come in and never go out."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook import oauth
from offhook.calendar.sources import checking, service, signing_in
from offhook.calendar.sources.model import Connection, ConnectionState, SourceKind
from offhook.calendar.sources.opening import Terms
from offhook.calendar.sources.rules import LONGEST_ADDRESS, LONGEST_CREDENTIAL, LONGEST_NAME
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.edge import Cursor, Limit, Sent, changes_in, id_in
from offhook.oauth import SignInPurpose
from offhook.oauth.api import SignedIn, SignInOut, once_signed_in

router = APIRouter(prefix="/calendar/connections", tags=["calendar"])

Address = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_ADDRESS,
        description="Of the CalDAV server or calendar, or of the feed",
        examples=["https://calendar.acme.example/"],
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, examples=["Work"])]
Username = Annotated[str, Field(max_length=LONGEST_CREDENTIAL, examples=["ada"])]
Password = Annotated[
    str,
    Field(
        max_length=LONGEST_CREDENTIAL,
        description="Of CalDAV; sealed as it comes in and never told",
        examples=["secret-of-the-calendar"],
        json_schema_extra={"format": "password"},
    ),
]
Collection = Annotated[
    str,
    Field(
        max_length=LONGEST_ADDRESS,
        description="Which of a server's calendars, as a check tells them; empty: the first",
        examples=["https://calendar.acme.example/ada/work/"],
    ),
]
TakesMeetings = Annotated[bool, Field(description="Meetings booked with the user are written to it")]


class ConnectionOut(BaseModel):
    """A user's connected calendar, and how it stands."""

    id: UUID
    user_id: UUID
    kind: SourceKind
    name: str
    address: str = Field(description="Of a feed the host alone: its address is a secret")
    username: str
    collection: str = Field(description="The calendar itself, once it is found")
    takes_meetings: bool
    state: ConnectionState
    problem: str = Field(description="Why it refuses; empty otherwise")
    refusing_since: datetime | None
    synced_at: datetime | None = Field(description="When it was read last")
    sync_at: datetime = Field(description="When it is read next")
    created_at: datetime
    version: int
    sign_in: SignInOut | None = Field(description="Null: it is reached by a password, or the address of a feed")

    @classmethod
    def of(cls, one: Connection, grants: Mapping[UUID, oauth.Grant]) -> "ConnectionOut":
        """The answer's shape, with what its sign-in is among these."""
        grant = grants.get(one.grant_id) if one.grant_id else None
        told = asdict(one) | {"state": one.state, "sign_in": SignInOut.of(grant) if grant else None}
        return cls.model_validate(told)

    @classmethod
    def read(cls, tx: Transaction, one: Connection) -> "ConnectionOut":
        """The answer's shape, its sign-in read."""
        return cls.of(one, oauth.grants(tx, [one.grant_id] if one.grant_id else []))


class CalendarFound(BaseModel):
    """A calendar on a CalDAV server."""

    collection: str = Field(description="Send it as `collection` to use this one")
    name: str


class ConnectionChecked(BaseModel):
    """What trying a calendar found."""

    connection: ConnectionOut
    problem: str | None = Field(description="What is wrong; null: all is well")
    calendars: list[CalendarFound] = Field(description="What there is to choose from; a feed is one itself")
    busy_times: int | None = Field(description="How many busy times it holds from now on; null: it was not read")

    @classmethod
    def read(cls, tx: Transaction, one: Connection, checked: checking.Checked) -> "ConnectionChecked":
        """The answer's shape."""
        return cls(
            connection=ConnectionOut.read(tx, one),
            problem=checked.problem,
            calendars=[CalendarFound.model_validate(each, from_attributes=True) for each in checked.calendars],
            busy_times=checked.busy_times,
        )


class NewConnection(Sent):
    """A calendar to connect."""

    kind: SourceKind
    address: Address
    name: Name | None = Field(default=None, description="What it is called; the host if left out")
    username: Username = ""
    password: Password = ""
    collection: Collection = ""
    takes_meetings: TakesMeetings | None = Field(
        default=None, description="Left out: the first CalDAV calendar of a user does"
    )
    user_id: UUID | None = Field(default=None, description="Whose; your own if left out")


class ConnectionChange(Sent):
    """What is to change; what is left out or null stays, the password too."""

    address: Address | None = None
    name: Name | None = None
    username: Username | None = None
    password: Password | None = None
    collection: Collection | None = None
    takes_meetings: TakesMeetings | None = None


def _terms(call: Call) -> Terms:
    return Terms.of(call.request.app.state.settings)


@router.get("", response_model=Page[ConnectionOut])
def list_connections(
    user_id: Annotated[UUID | None, Query(description="Only this user's")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List connected calendars and how they stand, in the order in which they were added."""

    def work(tx: Transaction) -> Page[ConnectionOut]:
        rows = service.connections_page(tx, user_id, id_in(cursor), limit + 1)
        grants = oauth.grants(tx, [row.grant_id for row in rows if row.grant_id])
        return page_of([ConnectionOut.of(row, grants) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("", status_code=201, response_model=ConnectionOut)
def add_connection(body: NewConnection, call: Call = CALL) -> Response:
    """Connect your calendar; check it afterwards. It is read within a minute, then every five."""
    seal = _terms(call).seal
    return call.once(lambda tx: ConnectionOut.read(tx, service.add_connection(tx, seal, **dict(body))), status=201)


@router.post("/signed-in", response_model=ConnectionOut)
def sign_in_calendar(body: SignedIn, call: Call = CALL) -> Response:
    """Connect your calendar, or reconnect it, by what its provider's page sent you back with."""
    settings = call.request.app.state.settings

    def work(tx: Transaction, given: oauth.Given) -> ConnectionOut:
        return ConnectionOut.read(tx, signing_in.connect(tx, settings, given))

    return once_signed_in(call, body, SignInPurpose.CALENDAR, work)


@router.get("/{connection_id}", response_model=ConnectionOut)
def show_connection(connection_id: UUID, call: Call = CALL) -> Response:
    """Show one connected calendar and how it stands."""
    return call.read(lambda tx: ConnectionOut.read(tx, service.connection(tx, connection_id)))


@router.patch("/{connection_id}", response_model=ConnectionOut)
def change_connection(connection_id: UUID, body: ConnectionChange, call: Call = CALL) -> Response:
    """Change a connected calendar; it is read again within a minute."""
    seal, changes = _terms(call).seal, changes_in(body)

    def work(tx: Transaction, version: int) -> ConnectionOut:
        return ConnectionOut.read(tx, service.change_connection(tx, seal, connection_id, version, changes))

    return call.edit(work)


@router.delete("/{connection_id}", response_model=ConnectionOut)
def remove_connection(connection_id: UUID, call: Call = CALL) -> Response:
    """Disconnect a calendar; answers it as it was. It keeps its user busy no more."""
    return call.edit(
        lambda tx, version: ConnectionOut.read(tx, service.remove_connection(tx, connection_id, version))
    )


@router.post("/{connection_id}/check", response_model=ConnectionChecked)
def check_connection(connection_id: UUID, call: Call = CALL) -> Response:
    """Connect to its server, find its calendars and read one; tells what is wrong. Nothing is written."""
    terms = _terms(call)

    def work(tx: Transaction) -> ConnectionChecked:
        """Holds a connection to the database, and no lock, for as long as the server takes (within limits)."""
        access = service.access_to_check(tx, terms.seal, connection_id)
        checked = checking.check(access, terms, tx.now)
        return ConnectionChecked.read(tx, checking.note(tx, access.connection, checked), checked)

    return call.once(work)
