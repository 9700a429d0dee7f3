"""Routes of the table of leads: pages, counts, export, bulk assignment.

What filters is one model (`LeadFilter`): query parameters here, the `filter` of a bulk assignment there.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, read_cursor, write_cursor
from offhook.leads.model import OPEN_STAGES, Stage, Verdict
from offhook.leads.routing.many import assign_many as assign
from offhook.leads.table import service
from offhook.leads.table.model import Filter, NextTouch, Row, Sort, SortKey
from offhook.leads.table.ordering import Place, cursor_of, place_in

router = APIRouter(tags=["leads"])

NOBODY = "none"
MOST_OWNERS = 200
MOST_NAMED = 1_000
"""Leads that a request may name one by one."""

SortBy = Literal[
    "score",
    "-score",
    "opened_at",
    "-opened_at",
    "due_at",
    "-due_at",
    "next_touch_at",
    "-next_touch_at",
    "last_attempt_at",
    "-last_attempt_at",
    "name",
    "-name",
    "account",
    "-account",
    "stage",
    "-stage",
]
"""Every key of the table, both ways."""


class LeadFilter(BaseModel):
    """Which leads are meant; what is left out does not narrow."""

    model_config = ConfigDict(extra="forbid")

    stage: Annotated[list[Stage], Field(max_length=len(Stage))] = Field(
        default_factory=list[Stage], description="Only in these stages; without any, open leads (or see `closed`)"
    )
    closed: bool = Field(default=False, description="Where no `stage` is named: closed leads too")
    owner_id: Annotated[list[UUID | Literal["none"]], Field(max_length=MOST_OWNERS)] = Field(
        default_factory=list[UUID | Literal["none"]],
        description="Only those of these reps; `none`: those without a rep",
    )
    team_id: UUID | None = Field(default=None, description="Only this team's")
    campaign_id: UUID | None = Field(default=None, description="Only those that a response to it opened or fed")
    account_id: UUID | None = Field(default=None, description="Only of this account")
    score_from: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None, description="At least this score"
    )
    score_to: Annotated[float, Field(ge=0, le=100)] | None = Field(default=None, description="At most this score")
    opened_from: date | None = Field(default=None, description="Opened on this day of the organisation or later")
    opened_to: date | None = Field(default=None, description="Opened on this day of the organisation or earlier")
    untouched: bool | None = Field(default=None, description="True: never attempted; false: attempted")
    overdue: bool | None = Field(default=None, description="True: `due_at` has passed; false: it has not")
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = Field(
        default=None, description="Of the person (ISO 3166-1 alpha-2)"
    )
    q: Annotated[str, Field(max_length=200)] | None = Field(
        default=None,
        description="How the person's name begins (`byron`, `byron ada`, `ada by`), or the account's",
    )

    def meant(self) -> Filter:
        """The filter as the table takes it. Raises `Invalid` for a name that none can be."""
        if self.q and "\x00" in self.q:
            raise Invalid("No name holds null characters.", fields=[FieldError("q", "null character")])
        return Filter(
            stages=frozenset(self.stage) or (frozenset(Stage) if self.closed else OPEN_STAGES),
            owner_ids=tuple(one for one in self.owner_id if isinstance(one, UUID)),
            without_owner=NOBODY in self.owner_id,
            team_id=self.team_id,
            campaign_id=self.campaign_id,
            account_id=self.account_id,
            score_from=self.score_from,
            score_to=self.score_to,
            opened_from=self.opened_from,
            opened_to=self.opened_to,
            is_untouched=self.untouched,
            is_overdue=self.overdue,
            country=self.country,
            name=self.q,
        )


class SortedQuery(LeadFilter):
    """Which leads, in which order."""

    sort: SortBy = Field(
        default="-score",
        description="By what; `-`: from the largest, latest or last on. What has no value comes last either way",
    )

    def order(self) -> Sort:
        """The sort as the table takes it."""
        return Sort(SortKey(self.sort.removeprefix("-")), self.sort.startswith("-"))


class PageQuery(SortedQuery):
    """Which page of which leads."""

    cursor: str | None = Field(
        default=None,
        description="`next_cursor` of the page before, filters and sort being the same; none for the first page",
    )
    limit: Annotated[int, Field(ge=1, le=LARGEST_LIMIT)] = Field(
        default=DEFAULT_LIMIT, description="How many at most"
    )


class RowPersonOut(BaseModel):
    """Whom the lead is about."""

    id: UUID
    full_name: str | None = Field(description="Null for somebody known only by an address, a number or an id")
    title: str | None
    email: str | None = Field(description="The main one")
    phone: str | None = Field(description="The main one: E.164; `;ext=` and what to dial then")
    do_not_call: bool
    do_not_email: bool
    time_zone: str | None = Field(description="IANA name")
    country: str | None = Field(description="ISO 3166-1 alpha-2")


class RowAccountOut(BaseModel):
    """The company of the lead."""

    id: UUID
    name: str


class RowOut(BaseModel):
    """A lead with what a table shows of it."""

    id: UUID
    person: RowPersonOut
    account: RowAccountOut | None
    campaign_id: UUID | None = Field(description="Of the response that opened it; null: outbound")
    stage: Stage
    score: float = Field(description="Fit and engagement together, 0 to 100")
    fit: float
    engagement: float
    owner_id: UUID | None = Field(description="The rep who works it")
    team_id: UUID | None = Field(description="The rep's team; without a rep, whose pool it waits in")
    attempts: int
    opened_at: datetime
    mql_at: datetime | None
    last_attempt_at: datetime | None
    next_touch_at: datetime | None = Field(description="Not offered before")
    next_touch_because: NextTouch | None
    due_at: datetime | None = Field(description="Earliest limit of a running promise")
    verdict: Verdict
    sal_at: datetime | None
    sql_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    version: int

    @classmethod
    def of(cls, row: Row) -> "RowOut":
        """The answer's shape."""
        return cls.model_validate(row, from_attributes=True)


class CountOut(BaseModel):
    """How many leads a filter means."""

    count: int = Field(description=f"Counted up to {service.MOST_COUNTED:,}")
    is_exact: bool = Field(description="False: there are more")


class ManyToAssign(BaseModel):
    """Which leads, and to whom; with neither rep nor team, routing chooses for each."""

    model_config = ConfigDict(extra="forbid")

    lead_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_NAMED)] | None = Field(
        default=None, description="These leads; or else `filter`"
    )
    filter: LeadFilter | None = Field(
        default=None, description=f"All that the filter means, up to {service.MOST_AT_ONCE:,}; or else `lead_ids`"
    )
    user_id: UUID | None = Field(default=None, description="A rep")
    team_id: UUID | None = Field(default=None, description="Into this team's pool")
    note: Annotated[str, Field(max_length=500, description="Kept with each assignment")] = ""


class RefusedOut(BaseModel):
    """A lead that stays as it was."""

    lead_id: UUID
    code: str = Field(description="`not-found`, `stage-does-not-allow`")
    reason: str = Field(description="A sentence for whoever asked")


class ManyOut(BaseModel):
    """What became of many leads."""

    assigned: int = Field(description="So many are now where they were to be")
    refused: list[RefusedOut]


@router.get("/leads/table", response_model=Page[RowOut])
def show_table(wanted: Annotated[PageQuery, Query()], call: Call = CALL) -> Response:
    """Show a page of the table of leads, filtered and sorted, with whom each is about.

    Open leads unless told otherwise. A page costs the same however deep it lies.
    """

    def work(tx: Transaction) -> Page[RowOut]:
        sort = wanted.order()
        found = service.table_page(tx, wanted.meant(), sort, _place_in(sort, wanted.cursor), wanted.limit + 1)
        last = found[wanted.limit - 1][0] if len(found) > wanted.limit else None
        cursor = write_cursor(cursor_of(sort, last)) if last else None
        return Page(items=[RowOut.of(row) for _, row in found[: wanted.limit]], next_cursor=cursor)

    return call.read(work)


def _place_in(sort: Sort, cursor: str | None) -> Place | None:
    key = read_cursor(cursor, 3)
    try:
        return place_in(sort, key) if key else None
    except ValueError as error:
        wrong = FieldError("cursor", "not a cursor of this list in this order", cursor)
        raise Invalid(
            "The cursor is not one of this list in this order. Leave it out to begin at the first page.",
            fields=[wrong],
        ) from error


@router.get("/leads/table/count", response_model=CountOut)
def count_table(wanted: Annotated[LeadFilter, Query()], call: Call = CALL) -> Response:
    """Count the leads that a filter means, up to 100,000."""
    return call.read(
        lambda tx: CountOut.model_validate(service.table_count(tx, wanted.meant()), from_attributes=True)
    )


@router.post("/leads/assign-many", response_model=ManyOut)
def assign_many(body: ManyToAssign, call: Call = CALL) -> Response:
    """Assign many leads at once, named one by one or by a filter of the table; inquiries become MQLs by it.

    Leads that cannot be assigned are told and stay as they are; all others go through together.
    """

    def work(tx: Transaction) -> ManyOut:
        tx.require("leads:assign")
        if (body.lead_ids is None) == (body.filter is None):
            raise Invalid(
                "Say which leads: by their ids or by a filter, not by both.",
                fields=[FieldError("lead_ids", "give this or `filter`")],
            )
        wanted = body.lead_ids or (service.meant_at_once(tx, body.filter.meant()) if body.filter else [])
        done = assign(tx, wanted, user_id=body.user_id, team_id=body.team_id, note=body.note)
        return ManyOut.model_validate(done, from_attributes=True)

    return call.once(work)
