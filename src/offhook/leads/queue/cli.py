"""Commands of the work queue: `offhook queue …`."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.finding import LeadOption, PersonOption, lead_meant
from offhook.leads.moments import moment_in
from offhook.leads.queue import service
from offhook.leads.queue.model import QueueItem

app = typer.Typer(help="The work queue: what to do next, and why.", no_args_is_help=True)

COLUMNS = ("place", "name", "company", "why", "call", "local_time", "reach")

RepOption = Annotated[
    str | None,
    typer.Option(
        "--rep", metavar="EMAIL", help="Whose queue; the one you act as if not given.", show_default=False
    ),
]
MinutesOption = Annotated[
    int | None, typer.Option("--minutes", min=1, max=480, help="How long to hold it (15).", show_default=False)
]


def _rep(tx: Transaction, email: str | None) -> UUID:
    if email is not None:
        return identity.user_by_email(tx, email).id
    if tx.actor.id is None:
        raise Invalid("Say whose queue: --rep EMAIL.", fields=[FieldError("rep", "is missing")])
    return tx.actor.id


@app.command("next")
def next_lead(
    rep: RepOption = None, minutes: MinutesOption = None, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Claim the next best lead and show whom to touch and why; null in JSON when nothing is due."""
    with command.transaction(as_email) as tx:
        item = service.claim_next(tx, _rep(tx, rep), minutes=minutes)
    _show(item, as_json=as_json)


@app.command("list")
def list_queue(
    rep: RepOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=service.MOST, help="How many at most.")] = 20,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show the head of a queue, best first; claims nothing."""
    with command.transaction(as_email) as tx:
        items = service.queue_of(tx, _rep(tx, rep), limit)
    _show_all(items, "Queue", as_json=as_json)


@app.command("claims")
def list_claims(rep: RepOption = None, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show what a rep holds now."""
    with command.transaction(as_email) as tx:
        items = service.claims(tx, _rep(tx, rep))
    _show_all(items, "Claims", as_json=as_json)


@app.command("claim")
def claim(
    lead: LeadOption = None,
    person: PersonOption = None,
    rep: RepOption = None,
    minutes: MinutesOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Claim this very lead, due or not."""
    with command.transaction(as_email) as tx:
        item = service.claim(tx, _rep(tx, rep), lead_meant(tx, lead, person), minutes=minutes)
    _show(item, as_json=as_json)


@app.command("give-back")
def give_back(
    lead: LeadOption = None,
    person: PersonOption = None,
    rep: RepOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Give a claimed lead back, or all that the rep holds when none is named."""
    with command.transaction(as_email) as tx:
        meant = lead_meant(tx, lead, person) if lead or person else None
        ended = service.give_back(tx, _rep(tx, rep), meant)
    command.show([{"lead_id": one} for one in ended], as_json=as_json, title="Given back")


@app.command("snooze")
def snooze(
    until: Annotated[str, typer.Argument(help="Such as +2h, +3d, 14:30 or '2026-03-02 14:30'.")],
    lead: LeadOption = None,
    person: PersonOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Do not offer a lead before then."""
    with command.transaction(as_email) as tx:
        moment = moment_in(tx, until, "until") or tx.now
        snoozed = service.snooze(tx, lead_meant(tx, lead, person), moment)
    command.show(snoozed, as_json=as_json, columns=("id", "stage", "next_touch_at", "next_touch_because"))


def _show_all(items: Sequence[QueueItem], title: str, *, as_json: bool) -> None:
    if as_json:
        command.show(list(items), as_json=True)
        return
    rows = [{"place": place, **_row(item)} for place, item in enumerate(items, 1)]
    command.show(rows, columns=COLUMNS, title=title)


def _row(item: QueueItem) -> dict[str, object]:
    return {
        "name": item.contact.name,
        "company": item.contact.company,
        "stage": item.lead.stage,
        "why": item.reasons[0].text if item.reasons else "",
        "call": "yes" if item.may_call else "not now",
        "local_time": item.local_time,
        "points": item.points,
        "reach": item.contact.emails[0] if item.contact.emails else f"--lead {item.lead.id}",
        "lead_id": item.lead.id,
    }


def _show(item: QueueItem | None, *, as_json: bool) -> None:
    if as_json:
        command.show(item, as_json=True)
        return
    if item is None:
        typer.echo("Nothing is due. `offhook leads list` shows what there is.")
        return
    contact = item.contact
    command.show(
        {
            "person": contact.name,
            "title": contact.title,
            "company": contact.company,
            "phones": contact.phones,
            "emails": contact.emails,
            "local_time": f"{item.local_time} ({item.lead.time_zone})",
            "may_call": item.may_call,
            "stage": item.lead.stage,
            "attempts": item.lead.attempts,
            "verdict": item.lead.verdict,
            "yours_until": item.claimed_until,
            "lead_id": item.lead.id,
        }
    )
    command.show(list(item.reasons), columns=("points", "text"), title="Why now")
