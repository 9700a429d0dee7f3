"""Routes of named accounts: lists, what is on them, their reach, opening leads from them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of, read_cursor
from offhook.leads.api import LeadOut
from offhook.leads.edge import Cursor, Limit, Sent, id_in
from offhook.leads.named import service
from offhook.leads.named.model import NamedAccount, NamedList, Reach

router = APIRouter(tags=["named accounts"])

Name = Annotated[str, Field(min_length=1, max_length=service.LONGEST_NAME)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Since = Annotated[
    AwareDatetime | None, Query(description="Begin of the period; 30 days before its end if left out")
]
Until = Annotated[AwareDatetime | None, Query(description="End of the period; now if left out")]


class NamedListOut(BaseModel):
    """A list of accounts that one team or one rep is told to open."""

    id: UUID
    name: str
    team_id: UUID | None
    user_id: UUID | None
    version: int
    created_at: datetime

    @classmethod
    def of(cls, one: NamedList) -> "NamedListOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class NewNamedList(Sent):
    """A list to make."""

    name: Name
    team_id: UUID | None = Field(default=None, description="The team that is to open it; or else `user_id`")
    user_id: UUID | None = Field(default=None, description="The rep who is to open it; or else `team_id`")


def _without_default(schema: dict[str, JsonValue]) -> None:
    schema.pop("default", None)


class NamedListChange(Sent):
    """What is to change; what is left out stays. Giving one of `team_id` and `user_id` clears the other."""

    name: Name = Field(default="", json_schema_extra=_without_default)
    team_id: UUID | None = Field(default=None, json_schema_extra=_without_default)
    user_id: UUID | None = Field(default=None, json_schema_extra=_without_default)


class AccountsNamed(Sent):
    """Accounts to put on the list; name at least one."""

    account_ids: Annotated[tuple[UUID, ...], Field(max_length=service.MOST_AT_ONCE)] = ()
    domains: Annotated[
        tuple[Text, ...], Field(max_length=service.MOST_AT_ONCE, description="Domains or web addresses")
    ] = ()
    names: Annotated[
        tuple[Text, ...], Field(max_length=service.MOST_AT_ONCE, description="Names as we have them")
    ] = ()
    move: bool = Field(default=False, description="Take them off other lists, if they are on one")


class NamedOut(BaseModel):
    """What became of it."""

    added: int = Field(description="How many are on the list now that were not")
    unknown: list[str] = Field(description="Domains and names of no account")
    ambiguous: list[str] = Field(description="Domains and names of several accounts: give the id")


class AccountsTaken(Sent):
    """Accounts to take off the list."""

    account_ids: Annotated[list[UUID], Field(max_length=service.MOST_AT_ONCE)]


class TakenOff(BaseModel):
    """Which were on it."""

    account_ids: list[UUID]


class NamedAccountOut(BaseModel):
    """An account on a list, with what was done there in the period."""

    account_id: UUID
    list_id: UUID
    name: str
    domain: str | None
    added_at: datetime
    people: int = Field(description="Persons known there")
    engaged: int = Field(description="Of these, who responded, talked with us or came to us in the period")
    last_touch_at: datetime | None = Field(description="Last touch in the period")
    is_covered: bool = Field(description="Touched in the period")
    needed: int = Field(description="So many engaged people make it penetrated, as the list's team says")
    is_penetrated: bool = Field(description="At least `needed` were engaged in the period")
    open_leads: int = Field(description="Open now")

    @classmethod
    def of(cls, one: NamedAccount) -> "NamedAccountOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class ReachedOut(BaseModel):
    """Coverage and penetration."""

    accounts: int = Field(description="Named accounts")
    touched: int
    penetrated: int = Field(description="With at least as many engaged people as the list's team says")
    coverage: float | None = Field(description="touched / accounts; null without accounts")
    penetration: float | None = Field(description="penetrated / accounts; null without accounts")

    @classmethod
    def of(cls, found: Reach) -> "ReachedOut":
        """The answer's shape."""
        return cls.model_validate(found, from_attributes=True)


class ListReachOut(ReachedOut):
    """Coverage and penetration of one list."""

    list_id: UUID


class ReachOut(ReachedOut):
    """Coverage and penetration in the period, of all lists asked for together and of each."""

    since: datetime
    until: datetime
    lists: list[ListReachOut]

    @classmethod
    def about(cls, found: Reach, lists: Mapping[UUID, Reach], since: datetime, until: datetime) -> "ReachOut":
        """The answer's shape."""
        by_list = [
            ListReachOut(list_id=key, **ReachedOut.of(one).model_dump()) for key, one in sorted(lists.items())
        ]
        return cls(since=since, until=until, lists=by_list, **ReachedOut.of(found).model_dump())


class Opening(Sent):
    """Whom to open leads with."""

    rep_id: UUID | None = Field(default=None, description="Whose leads; the list's rep or yourself if left out")
    account_ids: Annotated[list[UUID], Field(max_length=service.MOST_AT_ONCE)] | None = Field(
        default=None, description="Only at these accounts"
    )
    person_ids: Annotated[list[UUID], Field(max_length=service.MOST_OPENED)] | None = Field(
        default=None, description="Exactly these persons"
    )
    per_account: Annotated[int, Field(ge=1, le=100, description="People at each account, if none are named")] = 1


class Opened(BaseModel):
    """The leads that were opened."""

    leads: list[LeadOut]


def period(tx: Transaction, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    end = until or tx.now
    return since or end - timedelta(days=30), end


@router.get("/named-lists", response_model=Page[NamedListOut])
def list_named_lists(
    account_id: Annotated[UUID | None, Query(description="Only the one that this account is on")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List the lists, in the order in which they were made."""

    def work(tx: Transaction) -> Page[NamedListOut]:
        rows = service.named_lists(tx, id_in(cursor), limit + 1, account_id=account_id)
        return page_of([NamedListOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("/named-lists", status_code=201, response_model=NamedListOut)
def add_named_list(body: NewNamedList, call: Call = CALL) -> Response:
    """Make an empty list that a team or a rep is told to open."""
    return call.once(lambda tx: NamedListOut.of(service.add_named_list(tx, **dict(body))), status=201)


@router.get("/named-lists/reach", response_model=ReachOut)
def show_reach(
    list_id: Annotated[UUID | None, Query(description="Of this list")] = None,
    team_id: Annotated[UUID | None, Query(description="Of this team's lists and its reps'")] = None,
    user_id: Annotated[UUID | None, Query(description="Of this rep's lists")] = None,
    since: Since = None,
    until: Until = None,
    call: Call = CALL,
) -> Response:
    """Show coverage and penetration of named accounts in a period."""

    def work(tx: Transaction) -> ReachOut:
        begin, end = period(tx, since, until)
        found, lists = service.reach_by_list(tx, begin, end, list_id=list_id, team_id=team_id, user_id=user_id)
        return ReachOut.about(found, lists, begin, end)

    return call.read(work)


@router.get("/named-lists/{list_id}", response_model=NamedListOut)
def show_named_list(list_id: UUID, call: Call = CALL) -> Response:
    """Show one list."""
    return call.read(lambda tx: NamedListOut.of(service.named_list(tx, list_id)))


@router.patch("/named-lists/{list_id}", response_model=NamedListOut)
def change_named_list(list_id: UUID, body: NamedListChange, call: Call = CALL) -> Response:
    """Rename a list, or give it to another team or rep."""
    changes = body.model_dump(exclude_unset=True)
    return call.edit(lambda tx, version: NamedListOut.of(service.change_named_list(tx, list_id, version, changes)))


@router.delete("/named-lists/{list_id}", response_model=NamedListOut)
def remove_named_list(list_id: UUID, call: Call = CALL) -> Response:
    """Remove a list; its accounts are no longer named, their leads stay. Answers what it was."""
    return call.edit(lambda tx, version: NamedListOut.of(service.remove_named_list(tx, list_id, version)))


@router.get("/named-lists/{list_id}/accounts", response_model=Page[NamedAccountOut])
def list_named_accounts(
    list_id: UUID,
    since: Since = None,
    until: Until = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List the accounts of a list by name, each with what was done there in a period."""

    def work(tx: Transaction) -> Page[NamedAccountOut]:
        begin, end = period(tx, since, until)
        rows = service.named_accounts(tx, list_id, begin, end, after=_after(cursor), limit=limit + 1)
        found = [NamedAccountOut.of(row) for row in rows]
        return page_of(found, limit, lambda row: [row.name, str(row.account_id)])

    return call.read(work)


def _after(cursor: str | None) -> tuple[str, UUID] | None:
    key = read_cursor(cursor, 2)
    if key is None:
        return None
    try:
        return str(key[0]), UUID(str(key[1]))
    except ValueError as error:
        raise Invalid(
            "The cursor is not one of this list. Leave it out to begin at the first page.",
            fields=[FieldError("cursor", "not a cursor of this list", cursor)],
        ) from error


@router.post("/named-lists/{list_id}/accounts", response_model=NamedOut)
def name_accounts(list_id: UUID, body: AccountsNamed, call: Call = CALL) -> Response:
    """Put accounts on a list, by id, domain or name."""

    def work(tx: Transaction) -> NamedOut:
        done = service.name_accounts(
            tx,
            list_id,
            account_ids=body.account_ids,
            domains=body.domains,
            names=body.names,
            is_moving=body.move,
        )
        return NamedOut.model_validate(done, from_attributes=True)

    return call.once(work)


@router.post("/named-lists/{list_id}/accounts/remove", response_model=TakenOff)
def unname_accounts(list_id: UUID, body: AccountsTaken, call: Call = CALL) -> Response:
    """Take accounts off a list."""
    return call.once(lambda tx: TakenOff(account_ids=service.unname_accounts(tx, list_id, body.account_ids)))


@router.post("/named-lists/{list_id}/leads", status_code=201, response_model=Opened)
def open_named_leads(list_id: UUID, body: Opening, call: Call = CALL) -> Response:
    """Open outbound leads on people of the list's accounts."""

    def work(tx: Transaction) -> Opened:
        opened = service.open_named_leads(tx, list_id, **dict(body))
        return Opened(leads=[LeadOut.of(lead) for lead in opened])

    return call.once(work, status=201)
