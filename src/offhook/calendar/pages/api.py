"""Routes of booking pages, for those who work here; what visitors see is `public.py`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.calendar.meetings.api import Reminders
from offhook.calendar.meetings.model import REMINDERS
from offhook.calendar.meetings.rules import LONGEST_LOCATION, LONGEST_TITLE
from offhook.calendar.pages import service
from offhook.calendar.pages.model import BookingPage, Host
from offhook.calendar.pages.rules import BOUNDS, LONGEST_SLUG, LONGEST_WELCOME, LONGEST_WORDING, MOST_HOSTS
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.edge import Cursor, Limit, Sent, changes_in, id_in

router = APIRouter(prefix="/calendar/pages", tags=["calendar"])


def _minutes(name: str, told: str) -> object:
    least, most = BOUNDS[name]
    return Field(ge=least, le=most, description=told)


Slug = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_SLUG,
        pattern="^[a-z0-9]+(-[a-z0-9]+)*$",
        description="The last part of the page's address",
        examples=["ada-intro"],
    ),
]
Title = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, examples=["Half an hour with Ada"])]
Welcome = Annotated[str, Field(max_length=LONGEST_WELCOME)]
Location = Annotated[str, Field(max_length=LONGEST_LOCATION, description="Where to meet, in words or as a link")]
Minutes = Annotated[int, _minutes("minutes", "How long")]
Step = Annotated[int, _minutes("step_minutes", "On which multiples of the clock it may begin, in minutes")]
Before = Annotated[int, _minutes("before_minutes", "Minutes kept free before")]
After = Annotated[int, _minutes("after_minutes", "Minutes kept free after")]
Notice = Annotated[int, _minutes("notice_minutes", "How soon at the earliest, in minutes")]
Horizon = Annotated[int, _minutes("horizon_days", "How far ahead, in days")]
DailyLimit = Annotated[int, _minutes("daily_limit", "The most meetings of this page a host takes a day")]
Wording = Annotated[
    str, Field(max_length=LONGEST_WORDING, description="What a visitor must agree to; empty: nothing")
]


class HostIn(Sent):
    """Somebody who can be booked."""

    user_id: UUID
    weight: Annotated[int, Field(ge=1, le=100, description="Their share of the pool's meetings")] = 1

    def host(self) -> Host:
        """As the model has it."""
        return Host(self.user_id, self.weight)


class HostOut(BaseModel):
    """Somebody who can be booked."""

    user_id: UUID
    weight: int


class BookingPageOut(BaseModel):
    """A booking page."""

    id: UUID
    slug: str
    address: str = Field(description="Where visitors find it")
    title: str
    welcome: str
    location: str
    campaign_id: UUID = Field(description="What bookings are responses to")
    owner_id: UUID | None = Field(description="Whose own page; null: a pool's, whose hosts take turns")
    hosts: list[HostOut]
    minutes: int
    step_minutes: int
    before_minutes: int
    after_minutes: int
    notice_minutes: int
    horizon_days: int
    daily_limit: int | None
    reminder_minutes: list[int]
    consent_wording: str
    is_active: bool
    created_at: datetime
    version: int

    @classmethod
    def of(cls, tx: Transaction, call: Call, one: BookingPage) -> "BookingPageOut":
        """The answer's shape."""
        base_url: str = call.request.app.state.settings.base_url
        plain = {name: getattr(one, name) for name in cls.model_fields if name not in {"address", "hosts"}}
        hosts = [HostOut(user_id=each.user_id, weight=each.weight) for each in one.hosts]
        return cls(**plain, hosts=hosts, address=service.address_of(base_url, tx, one))


class NewBookingPage(Sent):
    """A booking page to add."""

    slug: Slug
    title: Title
    campaign_id: UUID
    is_pool: bool = Field(default=False, description="Several hosts in turn, rather than one's own page")
    hosts: Annotated[list[HostIn], Field(max_length=MOST_HOSTS)] = Field(
        default=[], description="Of a pool; of a page of one's own left out"
    )
    welcome: Welcome = ""
    location: Location = ""
    minutes: Minutes = 30
    step_minutes: Step = 30
    before_minutes: Before = 0
    after_minutes: After = 0
    notice_minutes: Notice = 240
    horizon_days: Horizon = 30
    daily_limit: DailyLimit | None = None
    reminder_minutes: Reminders = REMINDERS
    consent_wording: Wording = ""
    is_active: bool = True


class BookingPageChange(Sent):
    """What is to change; what is left out stays, null clears the daily limit."""

    slug: Slug | None = None
    title: Title | None = None
    campaign_id: UUID | None = None
    hosts: Annotated[list[HostIn], Field(min_length=1, max_length=MOST_HOSTS)] | None = None
    welcome: Welcome | None = None
    location: Location | None = None
    minutes: Minutes | None = None
    step_minutes: Step | None = None
    before_minutes: Before | None = None
    after_minutes: After | None = None
    notice_minutes: Notice | None = None
    horizon_days: Horizon | None = None
    daily_limit: DailyLimit | None = None
    reminder_minutes: Reminders | None = None
    consent_wording: Wording | None = None
    is_active: bool | None = None


@router.get("", response_model=Page[BookingPageOut])
def list_pages(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the booking pages, in the order in which they were added."""

    def work(tx: Transaction) -> Page[BookingPageOut]:
        rows = service.pages_page(tx, id_in(cursor), limit + 1)
        return page_of([BookingPageOut.of(tx, call, row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("", status_code=201, response_model=BookingPageOut)
def add_page(body: NewBookingPage, call: Call = CALL) -> Response:
    """Add a booking page: your own, or a pool's."""
    told = dict(body)
    told["hosts"] = [one.host() for one in body.hosts]
    return call.once(lambda tx: BookingPageOut.of(tx, call, service.add_page(tx, **told)), status=201)


@router.get("/{page_id}", response_model=BookingPageOut)
def show_page(page_id: UUID, call: Call = CALL) -> Response:
    """Show one booking page."""
    return call.read(lambda tx: BookingPageOut.of(tx, call, service.booking_page(tx, page_id)))


@router.patch("/{page_id}", response_model=BookingPageOut)
def change_page(page_id: UUID, body: BookingPageChange, call: Call = CALL) -> Response:
    """Change a booking page, or close it (`is_active`); meetings booked on it stand."""
    changes = changes_in(body, {"daily_limit"})
    if body.hosts is not None:
        changes["hosts"] = tuple(one.host() for one in body.hosts)

    def work(tx: Transaction, version: int) -> BookingPageOut:
        return BookingPageOut.of(tx, call, service.change_page(tx, page_id, version, changes))

    return call.edit(work)
