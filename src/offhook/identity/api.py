"""Routes of identity: organisation, users, teams, absences, business hours, tokens, the event log.

Request and answer models live here only. Every list is paged by cursor; everything that can be edited carries a
`version`, which is its ETag.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from offhook.identity import audit, passwords, service
from offhook.identity.export import teams_as_file, tokens_as_file, users_as_file
from offhook.identity.model import Absence, Organisation, Role, SalCountsAt, Team, Token, User
from offhook.identity.rules import permissions_of
from offhook.identity.store import week_of, week_text
from offhook.identity.working_time import BusinessHours
from offhook.kernel.database import EVERYTHING, Transaction
from offhook.kernel.errors import FieldError, Invalid, StaleVersion
from offhook.kernel.export import FILE_ANSWER, FileFormat
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of, read_cursor, write_cursor

router = APIRouter()

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]
Format = Annotated[FileFormat, Query(alias="format", description="What kind of file")]
Name = Annotated[str, Field(min_length=1, max_length=service.LONGEST_NAME)]
Zone = Annotated[str, Field(max_length=64, description="IANA time zone, such as Europe/Berlin")]
Weight = Annotated[int, Field(ge=0, le=1_000_000, description="Share in the weighted round robin; 0 gets none")]
Capacity = Annotated[
    Annotated[int, Field(ge=0, le=1_000_000)] | None,
    Field(description="Most open leads (AE: undecided hand-offs) they take; null for no limit"),
]

Password = Annotated[
    str,
    Field(
        min_length=passwords.SHORTEST_PASSWORD,
        max_length=passwords.LONGEST_PASSWORD,
        description="Kept as argon2id",
        json_schema_extra={"format": "password"},
    ),
]


def _without_default(schema: dict[str, JsonValue]) -> None:
    schema.pop("default", None)


def _may_be_left_out(default: object) -> object:
    """A field of a change: what is left out stays as it is, so its default is never used, nor told."""
    return Field(default=default, json_schema_extra=_without_default)


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


class OrganisationOut(BaseModel):
    """The organisation that the token belongs to."""

    id: UUID
    name: str
    slug: str = Field(description="Short name used in commands")
    time_zone: str = Field(description="IANA time zone of everything that has none of its own")
    region: str = Field(description="ISO 3166-1 country whose national phone numbers are meant")
    version: int

    @classmethod
    def of(cls, organisation: Organisation) -> "OrganisationOut":
        """The answer's shape."""
        return cls.model_validate(organisation, from_attributes=True)


class OrganisationChange(Sent):
    """What is to change; what is left out stays."""

    name: Name = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # pydantic's field
    time_zone: Zone = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    region: Annotated[str, Field(min_length=2, max_length=2)] = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise


class UserOut(BaseModel):
    """Somebody who works here."""

    id: UUID
    email: str
    name: str
    role: Role
    team_id: UUID | None
    time_zone: str = Field(description="IANA time zone")
    routing_weight: int = Field(description="Share in the weighted round robin; 0 gets none")
    capacity: int | None = Field(description="Most open leads (AE: undecided hand-offs); null: no limit")
    is_active: bool
    version: int

    @classmethod
    def of(cls, user: User) -> "UserOut":
        """The answer's shape."""
        return cls.model_validate(user, from_attributes=True)


class Me(UserOut):
    """Whose token this is, and what it may do."""

    permissions: list[str]


class NewUser(Sent):
    """Somebody to add."""

    email: Annotated[str, Field(max_length=254, description="Their address; kept in lower case")]
    name: Name
    role: Role
    team_id: UUID | None = None
    time_zone: Zone | None = Field(default=None, description="IANA time zone; the team's, else the organisation's")
    routing_weight: Weight = 1
    capacity: Capacity = None


class UserChange(Sent):
    """What is to change; what is left out stays."""

    email: Annotated[str, Field(max_length=254)] = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # pydantic's field
    name: Name = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    role: Role = _may_be_left_out(Role.REP)  # pyright: ignore[reportAssignmentType] # likewise
    team_id: UUID | None = _may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise
    time_zone: Zone = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    routing_weight: Weight = _may_be_left_out(1)  # pyright: ignore[reportAssignmentType] # likewise
    capacity: Capacity = _may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise
    is_active: bool = _may_be_left_out(True)  # pyright: ignore[reportAssignmentType] # likewise


class NewPassword(Sent):
    """A password to set."""

    password: Password


class TeamOut(BaseModel):
    """A team of reps or AEs."""

    id: UUID
    name: str
    time_zone: str = Field(description="IANA time zone; days, weeks and months of its KPIs are cut there")
    manager_id: UUID | None = Field(description="Whom escalations go to")
    minimum_talk_seconds: int = Field(description="A connect of at least this length is a conversation")
    sal_counts_at: SalCountsAt = Field(
        description="Whether a lead counts as SAL at the hand-off or its acceptance"
    )
    engaged_people: int = Field(description="How many engaged people make a named account penetrated")
    version: int

    @classmethod
    def of(cls, team: Team) -> "TeamOut":
        """The answer's shape."""
        return cls.model_validate(team, from_attributes=True)


class NewTeam(Sent):
    """A team to add."""

    name: Name
    time_zone: Zone | None = Field(default=None, description="IANA time zone; the organisation's if not given")


class TeamChange(Sent):
    """What is to change; what is left out stays."""

    name: Name = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # pydantic's field
    time_zone: Zone = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    manager_id: UUID | None = _may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise
    minimum_talk_seconds: Annotated[int, Field(ge=0, le=86_400)] = _may_be_left_out(30)  # pyright: ignore[reportAssignmentType] # likewise
    sal_counts_at: SalCountsAt = _may_be_left_out(SalCountsAt.HAND_OFF)  # pyright: ignore[reportAssignmentType] # likewise
    engaged_people: Annotated[int, Field(ge=1, le=1_000)] = _may_be_left_out(2)  # pyright: ignore[reportAssignmentType] # likewise


class AbsenceOut(BaseModel):
    """A time in which a user is given nothing new."""

    id: UUID
    user_id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str
    version: Literal[1] = Field(default=1, description="An absence is noted or removed, never changed")

    @classmethod
    def of(cls, absence: Absence) -> "AbsenceOut":
        """The answer's shape."""
        return cls.model_validate(absence, from_attributes=True)


class NewAbsence(Sent):
    """An absence to note."""

    user_id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime = Field(description="When they are back; after `starts_at`")
    reason: Annotated[str, Field(max_length=service.LONGEST_NAME)] = ""


WallClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", examples=["09:00"])]
Opening = Annotated[list[WallClock], Field(min_length=2, max_length=2, examples=[["09:00", "17:30"]])]


class Hours(Sent):
    """Working time: Monday first, per weekday a list of opening and closing times by the wall clock."""

    time_zone: Zone
    week: Annotated[
        list[Annotated[list[Opening], Field(max_length=24)]],
        Field(
            min_length=7,
            max_length=7,
            description='Seven lists, Monday first, of pairs such as ["09:00", "17:30"]; "24:00" ends a day',
            examples=[[[["09:00", "17:30"]]] * 5 + [[], []]],
        ),
    ]
    holidays: Annotated[list[date], Field(max_length=1_000, description="Days off")] = []

    def understood(self) -> BusinessHours:
        """As the core has it. Raises `Invalid` for a week that is none."""
        if any(opens == "24:00" for day in self.week for opens, _ in day):
            raise Invalid("Nothing opens at 24:00.", fields=[FieldError("week", "opens at 24:00")])
        return BusinessHours(self.time_zone, week_of(self.week), frozenset(self.holidays))


class HoursOut(Hours):
    """The working time that holds, whosever it is."""

    team_id: UUID | None = Field(description="Whose it was asked for; null for the organisation")
    is_own: bool = Field(description="False for a team that goes by the organisation's hours")
    version: int = Field(description="0 where the hours are not one's own: send it to give them some")


class TokenOut(BaseModel):
    """An API token; its secret is shown only when it is issued."""

    id: UUID
    name: str
    user_id: UUID = Field(description="Whose permissions it carries")
    scopes: list[str] = Field(description="Permissions it is narrowed to; '*' for all of the user's")
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="Kept to the hour")

    @classmethod
    def of(cls, token: Token) -> "TokenOut":
        """The answer's shape."""
        plain = {name: getattr(token, name) for name in token.__slots__}
        return cls.model_validate(plain | {"scopes": sorted(token.scopes)})


class IssuedTokenOut(TokenOut):
    """A fresh token with its text."""

    token: str | None = Field(description="Shown this once; null when the request is repeated by Idempotency-Key")


class NewToken(Sent):
    """A token to issue."""

    name: Name
    user_id: UUID | None = Field(default=None, description="For whom; yourself if left out")
    scopes: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(min_length=1, max_length=64, description="Permissions, or '*' for all of the user's"),
    ] = [EVERYTHING]
    expires_at: AwareDatetime | None = None


class EventOut(BaseModel):
    """Something that happened."""

    position: int = Field(description="Its place in the organisation's log")
    id: UUID
    kind: str = Field(description="Such as `lead.assigned`")
    version: int = Field(description="Of the shape of `data`")
    subject: str = Field(description="What it is about: `lead:<id>`")
    data: dict[str, JsonValue]
    at: datetime
    actor: str = Field(description="Who did it: `user:<id>`, or `system`")
    cause: UUID | None


class EventPage(Page[EventOut]):
    """One page of the event log."""

    resume_cursor: str | None = Field(
        description="Pass as `cursor` later for what will have happened since; null when empty or newest first"
    )


@router.get("/me", response_model=Me, tags=["users"], summary="Who am I")
def me(call: Call = CALL) -> Response:
    """The user whose token this is, and what the token may do."""

    def work(tx: Transaction) -> Me:
        tx.require("users:read")
        somebody = service.user(tx, tx.actor.id or tx.organisation_id)
        may = sorted(name for name in permissions_of(somebody.role) if tx.actor.may(name))
        return Me(**UserOut.of(somebody).model_dump(), permissions=may)

    return call.read(work)


@router.get("/organisation", response_model=OrganisationOut, tags=["organisation"])
def show_organisation(call: Call = CALL) -> Response:
    """Show the organisation."""

    def work(tx: Transaction) -> OrganisationOut:
        tx.require("users:read")
        return OrganisationOut.of(service.organisation(tx))

    return call.read(work)


@router.patch("/organisation", response_model=OrganisationOut, tags=["organisation"])
def change_organisation(body: OrganisationChange, call: Call = CALL) -> Response:
    """Change name, time zone or region."""
    changes = body.model_dump(exclude_unset=True)
    return call.edit(lambda tx, version: OrganisationOut.of(service.change_organisation(tx, version, changes)))


@router.get("/organisation/business-hours", response_model=HoursOut, tags=["organisation"])
def show_business_hours(call: Call = CALL) -> Response:
    """Show the organisation's working time."""
    return call.read(lambda tx: _hours_out(tx, None))


@router.put("/organisation/business-hours", response_model=HoursOut, tags=["organisation"])
def set_business_hours(body: Hours, call: Call = CALL) -> Response:
    """Set the organisation's working time."""
    return call.edit(lambda tx, version: _set_hours(tx, None, body, version))


@router.get("/teams/{team_id}/business-hours", response_model=HoursOut, tags=["teams"])
def show_team_business_hours(team_id: UUID, call: Call = CALL) -> Response:
    """Show the working time that holds for a team: its own, else the organisation's."""
    return call.read(lambda tx: _hours_out(tx, team_id))


@router.put("/teams/{team_id}/business-hours", response_model=HoursOut, tags=["teams"])
def set_team_business_hours(team_id: UUID, body: Hours, call: Call = CALL) -> Response:
    """Give a team working time of its own."""
    return call.edit(lambda tx, version: _set_hours(tx, team_id, body, version))


@router.delete("/teams/{team_id}/business-hours", response_model=HoursOut, tags=["teams"])
def drop_team_business_hours(team_id: UUID, call: Call = CALL) -> Response:
    """Let a team go by the organisation's working time again; answers what holds now."""

    def work(tx: Transaction, version: int) -> HoursOut:
        service.drop_business_hours(tx, team_id, version)
        return _hours_out(tx, team_id)

    return call.edit(work)


def _set_hours(tx: Transaction, team_id: UUID | None, sent: Hours, version: int) -> HoursOut:
    tx.require("settings:write")
    service.set_business_hours(tx, team_id, sent.understood(), version)
    return _hours_out(tx, team_id)


def _hours_out(tx: Transaction, team_id: UUID | None) -> HoursOut:
    tx.require("users:read")
    hours, version = service.business_hours_of(tx, team_id)
    return HoursOut(
        time_zone=hours.time_zone,
        week=week_text(hours.week),
        holidays=sorted(hours.holidays),
        team_id=team_id,
        is_own=version > 0,
        version=version,
    )


@router.get("/users", response_model=Page[UserOut], tags=["users"])
def list_users(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List who works here and who did, in the order in which they were added."""

    def work(tx: Transaction) -> Page[UserOut]:
        rows = service.users_page(tx, _id_in(cursor), limit + 1)
        return page_of([UserOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.get("/users/export", responses=FILE_ANSWER, response_class=FileAnswer, tags=["users"])
def export_users(file_format: Format = FileFormat.CSV, call: Call = CALL) -> Response:
    """Write who works here and who did into a file, by name."""
    return call.download(file_format, users_as_file)


@router.post("/users", status_code=201, response_model=UserOut, tags=["users"])
def add_user(body: NewUser, call: Call = CALL) -> Response:
    """Add somebody who works here."""
    return call.once(lambda tx: UserOut.of(service.add_user(tx, **dict(body))), status=201)


@router.get("/users/{user_id}", response_model=UserOut, tags=["users"])
def show_user(user_id: UUID, call: Call = CALL) -> Response:
    """Show one user."""

    def work(tx: Transaction) -> UserOut:
        tx.require("users:read")
        return UserOut.of(service.user(tx, user_id))

    return call.read(work)


@router.patch("/users/{user_id}", response_model=UserOut, tags=["users"])
def change_user(user_id: UUID, body: UserChange, call: Call = CALL) -> Response:
    """Change a user; `is_active: false` lets them go, and their tokens stop working."""
    changes = body.model_dump(exclude_unset=True)
    return call.edit(lambda tx, version: UserOut.of(service.change_user(tx, user_id, version, changes)))


@router.post("/users/{user_id}/password", response_model=UserOut, tags=["users"])
def set_password(user_id: UUID, body: NewPassword, call: Call = CALL) -> Response:
    """Set a user's password."""

    def work(tx: Transaction) -> UserOut:
        passwords.set_password(tx, user_id, body.password)
        return UserOut.of(service.user(tx, user_id))

    return call.once(work)


@router.get("/teams", response_model=Page[TeamOut], tags=["teams"])
def list_teams(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the teams in the order in which they were added."""

    def work(tx: Transaction) -> Page[TeamOut]:
        rows = service.teams_page(tx, _id_in(cursor), limit + 1)
        return page_of([TeamOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.get("/teams/export", responses=FILE_ANSWER, response_class=FileAnswer, tags=["teams"])
def export_teams(file_format: Format = FileFormat.CSV, call: Call = CALL) -> Response:
    """Write the teams into a file, by name."""
    return call.download(file_format, teams_as_file)


@router.post("/teams", status_code=201, response_model=TeamOut, tags=["teams"])
def add_team(body: NewTeam, call: Call = CALL) -> Response:
    """Add a team."""
    return call.once(lambda tx: TeamOut.of(service.add_team(tx, **dict(body))), status=201)


@router.get("/teams/{team_id}", response_model=TeamOut, tags=["teams"])
def show_team(team_id: UUID, call: Call = CALL) -> Response:
    """Show one team."""

    def work(tx: Transaction) -> TeamOut:
        tx.require("users:read")
        return TeamOut.of(service.team(tx, team_id))

    return call.read(work)


@router.patch("/teams/{team_id}", response_model=TeamOut, tags=["teams"])
def change_team(team_id: UUID, body: TeamChange, call: Call = CALL) -> Response:
    """Change a team."""
    changes = body.model_dump(exclude_unset=True)
    return call.edit(lambda tx, version: TeamOut.of(service.change_team(tx, team_id, version, changes)))


@router.get("/absences", response_model=Page[AbsenceOut], tags=["users"])
def list_absences(
    ending_after: Annotated[
        AwareDatetime | None, Query(description="Only those not over by then; now if left out")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List absences that are not over."""

    def work(tx: Transaction) -> Page[AbsenceOut]:
        after = ending_after.astimezone(UTC) if ending_after else tx.now
        rows = service.absences_page(tx, after, _id_in(cursor), limit + 1)
        return page_of([AbsenceOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("/absences", status_code=201, response_model=AbsenceOut, tags=["users"])
def add_absence(body: NewAbsence, call: Call = CALL) -> Response:
    """Note that somebody is away; they are given nothing new meanwhile."""
    return call.once(lambda tx: AbsenceOut.of(service.add_absence(tx, **dict(body))), status=201)


@router.delete("/absences/{absence_id}", response_model=AbsenceOut, tags=["users"])
def remove_absence(absence_id: UUID, call: Call = CALL) -> Response:
    """Take an absence back; answers what was removed."""

    def work(tx: Transaction, version: int) -> AbsenceOut:
        removed = AbsenceOut.of(service.remove_absence(tx, absence_id))
        if version != removed.version:
            raise StaleVersion(f"An absence has only the version 1; If-Match said {version}.")
        return removed

    return call.edit(work)


@router.get("/tokens", response_model=Page[TokenOut], tags=["tokens"])
def list_tokens(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List your tokens, the newest first; with `users:write` everybody's."""

    def work(tx: Transaction) -> Page[TokenOut]:
        rows = service.tokens(tx, _id_in(cursor), limit + 1)
        return page_of([TokenOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.get("/tokens/export", responses=FILE_ANSWER, response_class=FileAnswer, tags=["tokens"])
def export_tokens(file_format: Format = FileFormat.CSV, call: Call = CALL) -> Response:
    """Write your tokens into a file, the newest first, with `users:write` everybody's; never a secret."""
    return call.download(file_format, tokens_as_file)


@router.post("/tokens", status_code=201, response_model=IssuedTokenOut, tags=["tokens"])
def issue_token(body: NewToken, call: Call = CALL) -> Response:
    """Issue a token. Its text is in this answer and nowhere else."""

    def work(tx: Transaction) -> IssuedTokenOut:
        tx.require("tokens:write")
        owner = body.user_id or tx.actor.id or tx.organisation_id
        token, text = service.issue_token(
            tx, owner, name=body.name, scopes=body.scopes, expires_at=body.expires_at
        )
        return IssuedTokenOut(**TokenOut.of(token).model_dump(), token=text)

    return call.once(work, status=201, told_once=["token"])


@router.post("/tokens/{token_id}/revoke", response_model=TokenOut, tags=["tokens"])
def revoke_token(token_id: UUID, call: Call = CALL) -> Response:
    """Make a token worthless from now on."""
    return call.once(lambda tx: TokenOut.of(service.revoke_token(tx, token_id)))


@router.get("/events", response_model=EventPage, tags=["events"])
def list_events(
    subject: Annotated[
        str | None, Query(max_length=200, description="Only about this, such as `lead:<id>`")
    ] = None,
    kind: Annotated[
        str | None, Query(max_length=100, description="Only of this kind: `lead.assigned`, or `lead.*`")
    ] = None,
    newest_first: Annotated[bool, Query(description="From the newest backward, as people read it")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """Read the event log from the first event on; poll with `resume_cursor` to follow it.

    Nothing that is committed late is missed. To be told instead of asking, set up a webhook. With `newest_first`
    the pages go back in time, and a cursor holds for that direction alone.
    """
    beyond = _position_in(cursor)

    def work(tx: Transaction) -> EventPage:
        rows = audit.events_page(
            tx, beyond=beyond, subject=subject, kind=kind, newest_first=newest_first, limit=limit + 1
        )
        found = [EventOut.model_validate(row, from_attributes=True) for row in rows]
        page = page_of(found, limit, lambda row: [row.position])
        resume = write_cursor([page.items[-1].position]) if page.items else cursor
        if newest_first:
            resume = None
        return EventPage(items=page.items, next_cursor=page.next_cursor, resume_cursor=resume)

    return call.read(work)


def _id_in(cursor: str | None) -> UUID | None:
    key = read_cursor(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(str(key[0]))
    except ValueError as error:
        raise _no_cursor(cursor) from error


def _position_in(cursor: str | None) -> int:
    key = read_cursor(cursor, 1)
    if key is None:
        return 0
    if not isinstance(key[0], int) or not 0 <= key[0] < 2**63:
        raise _no_cursor(cursor)
    return key[0]


def _no_cursor(cursor: str | None) -> Invalid:
    return Invalid(
        "The cursor is not one of this list. Leave it out to begin at the first page.",
        fields=[FieldError("cursor", "not a cursor of this list", cursor)],
    )
