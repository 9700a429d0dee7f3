"""Commands of leads themselves: `offhook leads …`."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Annotated
from uuid import UUID

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.leads import store
from offhook.leads.campaigns.cli import named
from offhook.leads.finding import LeadOption, PersonOption, Which, lead_meant, person_meant
from offhook.leads.model import Lead, Stage
from offhook.leads.responses.service import open_outbound_lead, responses_of_lead
from offhook.leads.routing import service as routing
from offhook.leads.routing.model import Assignment
from offhook.leads.sla.service import timers
from offhook.people import facts_of, persons_by_id

app = typer.Typer(help="Leads: find them, look at them, open, assign and take them.", no_args_is_help=True)

COLUMNS = ("person", "company", "stage", "owner", "score", "id")

SHOWN = (
    "person",
    "company",
    "stage",
    "verdict",
    "owner",
    "score",
    "attempts",
    "opened_at",
    "mql_at",
    "first_attempt_at",
    "last_attempt_at",
    "conversed_at",
    "sal_at",
    "sql_at",
    "closed_at",
    "close_reason",
    "recycle_until",
    "next_touch_at",
    "next_touch_because",
    "due_at",
    "time_zone",
    "id",
)
"""What a person wants to see of a lead; --json gives everything."""

RepOption = Annotated[str | None, typer.Option("--rep", metavar="EMAIL", help="The rep's address.")]
TeamOption = Annotated[str | None, typer.Option("--team", help="The team's name.")]


def _rows(tx: Transaction, leads: list[Lead]) -> list[dict[str, object]]:
    """Leads with the names that a reader knows."""
    names = {user.id: user.name for user in identity.users(tx)}
    persons = persons_by_id(tx, [lead.person_id for lead in leads])
    rows: list[dict[str, object]] = []
    for lead in leads:
        row: dict[str, object] = {field.name: getattr(lead, field.name) for field in fields(lead)}
        person = persons.get(lead.person_id)
        row["person"] = (person.full_name or next(iter(person.emails + person.external_ids), "")) if person else ""
        row["company"] = person.company_name if person else None
        row["owner"] = names.get(lead.owner_id) if lead.owner_id else None
        row["score"] = round(lead.score)
        rows.append(row)
    return rows


@app.command("list")
def list_leads(
    stage: Annotated[Stage | None, typer.Option("--stage", help="Only in this stage.")] = None,
    rep: RepOption = None,
    campaign: Annotated[str | None, typer.Option("--campaign", help="Only responders to this campaign.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List leads in the order in which they were added."""
    with command.transaction(as_email) as tx:
        tx.require("leads:read")
        found = store.leads_page(
            tx,
            stage=stage,
            owner_id=identity.user_by_email(tx, rep).id if rep else None,
            campaign_id=named(tx, campaign).id if campaign else None,
            limit=limit,
        )
        rows = _rows(tx, found)
    command.show(rows, as_json=as_json, columns=COLUMNS, title="Leads")


@app.command("show")
def show_lead(
    lead: LeadOption = None, person: PersonOption = None, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Show a lead: where it stands, its score and why, its responses, promises, and why its rep has it."""
    with command.transaction(as_email) as tx:
        tx.require("leads:read")
        found = store.load_lead(tx, lead_meant(tx, lead, person, which=Which.LAST))
        row = _rows(tx, [found])[0]
        assignments = routing.assignments(tx, found.id)
        told: dict[str, object] = {
            "lead": row,
            "facts": facts_of(tx, [found.person_id]).get(found.person_id),
            "responses": responses_of_lead(tx, found.id),
            "assignments": assignments,
            "promises": timers(tx, found.id),
        }
        names = {user.id: user.name for user in identity.users(tx)}
    if as_json:
        command.show(told, as_json=True)
        return
    known = [name for name in SHOWN if row[name] not in {None, ""}]
    command.show(row, columns=known, title="Lead")
    command.show(found.score_reasons, columns=("points", "name", "kind"), title="Score")
    command.show(told["responses"], columns=("responded_at", "source", "content"), title="Responses")
    command.show(_whys(assignments, names), title="Why this rep")
    command.show(told["promises"], columns=("promise", "state", "due_at", "ended_at"), title="Promises")


@app.command("open")
def open_lead(
    person: Annotated[str, typer.Option("--person", metavar="EMAIL", help="An address of the person.")],
    rep: RepOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Open an outbound lead on a person who did not respond."""
    with command.transaction(as_email) as tx:
        rep_id = identity.user_by_email(tx, rep).id if rep else None
        made = open_outbound_lead(tx, person_meant(tx, person), rep_id)
        row = _rows(tx, [made])[0]
    command.show(row, as_json=as_json, columns=COLUMNS)


@app.command("assign")
def assign(
    lead: LeadOption = None,
    person: PersonOption = None,
    rep: RepOption = None,
    team: TeamOption = None,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Assign a lead to a rep, to a team's pool, or, with neither, to whom routing chooses."""
    with command.transaction(as_email) as tx:
        moved = routing.assign(
            tx,
            lead_meant(tx, lead, person),
            user_id=identity.user_by_email(tx, rep).id if rep else None,
            team_id=identity.team_by_name(tx, team).id if team else None,
            note=note,
        )
        row = _rows(tx, [moved])[0]
    command.show(row, as_json=as_json, columns=COLUMNS)


@app.command("take")
def take(
    rep: Annotated[str, typer.Option("--rep", metavar="EMAIL", help="Who takes it.")],
    lead: LeadOption = None,
    person: PersonOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Take a lead that nobody has yet, from a pool or as an inquiry."""
    with command.transaction(as_email) as tx:
        taken = routing.take(tx, lead_meant(tx, lead, person), identity.user_by_email(tx, rep).id)
        row = _rows(tx, [taken])[0]
    command.show(row, as_json=as_json, columns=COLUMNS)


@app.command("why")
def why(
    lead: LeadOption = None, person: PersonOption = None, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Tell who had a lead and why ("why me?"), the last first."""
    with command.transaction(as_email) as tx:
        found = routing.assignments(tx, lead_meant(tx, lead, person, which=Which.LAST))
        names = {user.id: user.name for user in identity.users(tx)}
    command.show(found if as_json else _whys(found, names), as_json=as_json, title="Why this rep")


def _whys(assignments: Sequence[Assignment], names: Mapping[UUID, str]) -> list[dict[str, object]]:
    """Assignments as people read them."""
    return [
        {"at": one.at, "to": names.get(one.user_id) if one.user_id else None, "why": _why(one)}
        for one in assignments
    ]


def _why(one: Assignment) -> str:
    """The explanation in a line, with the note of who assigned it and those who were passed over."""
    told = [str(one.explanation.get("text", ""))]
    if note := one.explanation.get("note"):
        told.append(f"Note: {note}")
    passed_over = one.explanation.get("passed_over")
    if isinstance(passed_over, list) and passed_over:
        told.append(f"Passed over: {', '.join(map(str, passed_over))}.")
    return " ".join(told)
