"""Commands of the calendar: `offhook calendar …`. Each opens a transaction, calls one use case, prints it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from offhook import identity, leads
from offhook.calendar.meetings import booking, changing, listing, replies
from offhook.calendar.meetings.model import MeetingState
from offhook.calendar.pages import service as pages
from offhook.calendar.pages.model import Host
from offhook.calendar.sources import checking, service
from offhook.calendar.sources.model import SourceKind
from offhook.calendar.sources.opening import Terms
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import SYSTEM, Transaction
from offhook.kernel.errors import Invalid, NotFound
from offhook.leads.finding import LeadOption, PersonOption, lead_meant

app = typer.Typer(help="The calendar: connected calendars, booking pages, meetings.", no_args_is_help=True)

CONNECTION = ("name", "kind", "address", "takes_meetings", "problem", "synced_at", "id")
MEETING = ("title", "starts_at", "ends_at", "state", "answer", "address", "id")
PAGE = ("slug", "title", "minutes", "is_active", "id")
EVERY_PAGE = 10_000

UserOption = Annotated[str | None, typer.Option("--user", metavar="EMAIL", help="Whose; who acts, if not given.")]
CalendarArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The connected calendar's id.")]
MeetingArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The meeting's id.")]
WhenOption = Annotated[
    str, typer.Option("--at", metavar="TIME", help="With its zone, such as 2026-03-02T14:30:00+01:00.")
]


@app.command("list")
def list_calendars(user: UserOption = None, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the connected calendars and how they stand."""
    with command.transaction(as_email) as tx:
        found = service.connections_page(tx, _user(tx, user), None, EVERY_PAGE)
    command.show(found, as_json=as_json, columns=CONNECTION, title="Connected calendars")


@app.command("connect")
def connect(
    address: Annotated[str, typer.Argument(help="Of a CalDAV server or calendar, or of a feed.")],
    kind: Annotated[SourceKind, typer.Option("--kind", help="caldav: read and written; ics: a feed.")],
    user: UserOption = None,
    username: Annotated[str, typer.Option("--username", help="Of CalDAV.")] = "",
    name: Annotated[str | None, typer.Option("--name", help="What it is called; the host if not given.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Connect a calendar; CalDAV's password is asked for, or read from a pipe, and kept sealed."""
    password = command.secret("the calendar") if kind is SourceKind.CALDAV else ""
    with command.transaction(as_email) as tx:
        added = service.add_connection(
            tx,
            _terms().seal,
            kind=kind,
            address=address,
            username=username,
            password=password,
            name=name,
            user_id=_user(tx, user),
        )
    command.show(added, as_json=as_json, columns=CONNECTION)


@app.command("check")
def check(calendar: CalendarArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Connect to a calendar's server and read it; exit code 1 when something is wrong. Nothing is written."""
    terms = _terms()
    with command.installation() as (database, organisation_id):
        with database.transaction(organisation_id, SYSTEM) as tx:
            command.act_as(tx, as_email)
            access, now = service.access_to_check(tx, terms.seal, calendar), tx.now
        found = checking.check(access, terms, now)
        with database.transaction(organisation_id, SYSTEM) as tx:
            checking.note(tx, access.connection, found)
    command.show(found, as_json=as_json)
    if found.problem:
        raise typer.Exit(1)


@app.command("disconnect")
def disconnect(calendar: CalendarArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Disconnect a calendar; it keeps its user busy no more."""
    with command.transaction(as_email) as tx:
        before = service.connection(tx, calendar)
        removed = service.remove_connection(tx, before.id, before.version)
    command.show(removed, as_json=as_json, columns=CONNECTION)


@app.command("pages")
def list_pages(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the booking pages."""
    with command.transaction(as_email) as tx:
        found = pages.pages_page(tx, None, EVERY_PAGE)
    command.show(found, as_json=as_json, columns=PAGE, title="Booking pages")


@app.command("add-page")
def add_page(
    slug: Annotated[str, typer.Argument(help="The last part of its address.")],
    title: Annotated[str, typer.Option("--title", help="What visitors read.")],
    campaign: Annotated[str, typer.Option("--campaign", help="What bookings are responses to.")],
    hosts: Annotated[
        list[str], typer.Option("--host", metavar="EMAIL", help="Who can be booked; several take turns.")
    ],
    minutes: Annotated[int, typer.Option("--minutes", help="How long.")] = 30,
    location: Annotated[str, typer.Option("--location", help="Where to meet.")] = "",
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a booking page: of one host, or of a pool that takes turns; tells its address."""
    with command.transaction(as_email) as tx:
        added = pages.add_page(
            tx,
            slug=slug,
            title=title,
            campaign_id=_campaign(tx, campaign),
            hosts=[Host(identity.user_by_email(tx, one).id) for one in hosts],
            is_pool=len(hosts) > 1,
            minutes=minutes,
            location=location,
        )
        address = pages.address_of(command.settings().base_url, tx, added)
    command.show({"id": str(added.id), "address": address}, as_json=as_json)


@app.command("meetings")
def list_meetings(user: UserOption = None, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the meetings that are to come, the soonest first."""
    with command.transaction(as_email) as tx:
        found = listing.meetings_page(
            tx, host_id=_user(tx, user), states=[MeetingState.BOOKED], since=tx.now, limit=EVERY_PAGE
        )
    command.show(found, as_json=as_json, columns=MEETING, title="Meetings")


@app.command("book")
def book(
    at: WhenOption,
    person: PersonOption = None,
    lead: LeadOption = None,
    user: UserOption = None,
    minutes: Annotated[int, typer.Option("--minutes", help="How long.")] = 30,
    invite: Annotated[bool, typer.Option("--invite/--no-invite", help="Mail the person an invitation.")] = True,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Book a time of a user with a lead's person."""
    with command.transaction(as_email) as tx:
        booked = booking.book(
            tx,
            lead_id=lead_meant(tx, lead, person),
            starts_at=_moment(at),
            minutes=minutes,
            host_id=_user(tx, user),
            invite=invite,
        )
    command.show(booked, as_json=as_json, columns=MEETING)


@app.command("move")
def move(meeting: MeetingArgument, at: WhenOption, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Move a meeting; who is invited is told."""
    with command.transaction(as_email) as tx:
        moved = changing.move(tx, meeting, _moment(at))
    command.show(moved, as_json=as_json, columns=MEETING)


@app.command("call-off")
def call_off(
    meeting: MeetingArgument,
    because: Annotated[str, typer.Option("--because", help="Why; the person reads it.")] = "",
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Call a meeting off; who is invited is told."""
    with command.transaction(as_email) as tx:
        off = changing.call_off(tx, meeting, because)
    command.show(off, as_json=as_json, columns=MEETING)


@app.command("outcome")
def outcome(
    meeting: MeetingArgument,
    became: Annotated[str, typer.Argument(help="held, no_show or cancelled.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Tell what became of a meeting."""
    with command.transaction(as_email) as tx:
        told = changing.tell_outcome(tx, meeting, _outcome(became))
    command.show(told, as_json=as_json, columns=MEETING)


@app.command("reply")
def reply(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The iCalendar text of an answer.")],
    from_address: Annotated[str, typer.Option("--from", metavar="ADDRESS", help="Who sent it.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Take an answer to an invitation in that came another way than by mail (iTIP REPLY)."""
    with command.transaction(as_email) as tx:
        tx.require("leads:work")
        taken = replies.take_reply(tx, file.read_bytes(), from_address)
        if taken is None:
            raise NotFound("This is no answer that counts: to a meeting as it stands, by who was invited.")
    command.show(taken, as_json=as_json, columns=MEETING)


def _terms() -> Terms:
    return Terms.of(command.settings())


def _user(tx: Transaction, email: str | None) -> UUID | None:
    return identity.user_by_email(tx, email).id if email else None


def _campaign(tx: Transaction, name: str) -> UUID:
    found = leads.campaign_by_name(tx, name)
    if found is None:
        raise NotFound(f"There is no campaign '{name}'. `offhook campaigns list` shows which there are.")
    return found.id


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"'{text}' is no time such as 2026-03-02T14:30:00+01:00.") from None


def _outcome(word: str) -> MeetingState:
    try:
        return MeetingState(word)
    except ValueError:
        raise Invalid(f"'{word}' is none of held, no_show, cancelled.") from None
