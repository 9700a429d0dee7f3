"""Commands of cadences: `offhook cadences …`."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, cast
from uuid import UUID

import typer
from pydantic import ValidationError

from offhook.cadences import numbers, runs, service, steering
from offhook.cadences.edge import PlanIn
from offhook.cadences.enrolments import COLUMNS as ENROLMENT_FIELDS
from offhook.cadences.happenings import EnrolmentWish
from offhook.cadences.model import Cadence, Plan
from offhook.cadences.numbers import EnrolmentState, state_of
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound
from offhook.leads.finding import LeadOption, PersonOption, lead_meant
from offhook.mail.templates import TemplateKind, templates_page

app = typer.Typer(help="Cadences: plans of timed touches, and who is in them.", no_args_is_help=True)

COLUMNS = ("name", "edition", "steps", "enrolled", "active", "attention", "replied", "met", "id")
ROWS = ("name", "company", "state", "step", "due_at", "because", "problem", "id")
MOST_LISTED = 1_000

CadenceArgument = Annotated[str, typer.Argument(metavar="CADENCE", help="Its name, or its id.")]
EnrolmentArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The enrolment's id.")]
FileOption = Annotated[
    Path,
    typer.Option("--file", exists=True, dir_okay=False, help="The plan, as JSON or TOML (docs/cadences.md)."),
]


@app.command("list")
def list_cadences(
    archived: Annotated[bool, typer.Option("--archived", help="Those out of use instead.")] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List cadences with their numbers."""
    with command.transaction(as_email) as tx:
        found = service.cadences_page(tx, is_archived=archived, limit=MOST_LISTED)
        counted = numbers.numbers_of(tx, [one.id for one in found])
    rows = [
        {
            **{name: getattr(one, name) for name in ("id", "name", "edition")},
            **{name: getattr(counted[one.id], name) for name in numbers.Numbers.__slots__},
            "steps": len(one.draft.steps),
        }
        for one in found
    ]
    command.show(rows, as_json=as_json, columns=COLUMNS, title="Cadences")


@app.command("show")
def show_cadence(cadence: CadenceArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show a cadence and its draft."""
    with command.transaction(as_email) as tx:
        found = _meant(tx, cadence)
    command.show(_as_told(found), as_json=as_json)


@app.command("add")
def add_cadence(
    name: Annotated[str, typer.Argument(metavar="NAME", help="How it is called.")],
    file: FileOption,
    description: Annotated[str, typer.Option("--description", help="What it is for.")] = "",
    runs_beside: Annotated[
        bool, typer.Option("--beside", help="Persons may be in it while they are in another.")
    ] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Begin a cadence by a plan in a file; publish it before anybody is enrolled."""
    with command.transaction(as_email) as tx:
        plan = _plan_in(tx, file)
        new = service.add_cadence(tx, name=name, description=description, draft=plan, runs_beside=runs_beside)
    command.show(_as_told(new), as_json=as_json)


@app.command("change")
def change_cadence(
    cadence: CadenceArgument, file: FileOption, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Replace a cadence's draft by the plan in a file; who is enrolled goes on as they began."""
    with command.transaction(as_email) as tx:
        found = _meant(tx, cadence)
        changed = service.change_cadence(tx, found.id, found.version, {"draft": _plan_in(tx, file)})
    command.show(_as_told(changed), as_json=as_json)


@app.command("publish")
def publish(cadence: CadenceArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Publish the draft: it holds for whoever is enrolled from now on, and never changes."""
    with command.transaction(as_email) as tx:
        found = _meant(tx, cadence)
        published = service.publish(tx, found.id, found.version)
    command.show(_as_told(published), as_json=as_json)


@app.command("archive")
def archive(cadence: CadenceArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Take a cadence out of use: nobody is enrolled any more, who is in it goes on."""
    with command.transaction(as_email) as tx:
        found = _meant(tx, cadence)
        archived = service.change_cadence(tx, found.id, found.version, {"is_archived": True})
    command.show(_as_told(archived), as_json=as_json)


@app.command("timeline")
def timeline(
    cadence: CadenceArgument,
    lead: LeadOption = None,
    person: PersonOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show when a lead would be touched by the draft if it were enrolled now."""
    with command.transaction(as_email) as tx:
        found = _meant(tx, cadence)
        zone, seen = service.timeline(tx, found.draft, lead_meant(tx, lead, person))
    rows = [{"step": one.number, "kind": one.step.kind.value, "at": one.at, "time_zone": zone} for one in seen]
    command.show(rows, as_json=as_json, title="Timeline")


@app.command("enrol")
def enrol(
    cadence: CadenceArgument,
    leads: Annotated[list[UUID] | None, typer.Option("--lead", help="A lead's id; may be given again.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--leads-from", exists=True, dir_okay=False, help="A file with a lead's id on each line."),
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Enrol leads, and tell whom not and why. More than a few go on in the background."""
    named = [*(leads or []), *(_ids_in(file) if file else [])]
    with command.transaction(as_email) as tx:
        run = steering.enrol_many(tx, _meant(tx, cadence).id, named)
        refused = runs.refusals(tx, run.id, None, MOST_LISTED)
    if as_json:
        told = {name: getattr(run, name) for name in run.__slots__}
        command.show({**told, "refusals": refused}, as_json=True)
        return
    command.show(run, as_json=False, columns=("status", "total", "enrolled", "refused", "id"))
    if refused:
        command.show(list(refused), as_json=False, columns=("name", "told", "lead_id"), title="Not enrolled")


@app.command("run")
def show_run(
    run: Annotated[UUID, typer.Argument(metavar="ID", help="The run's id.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show how far the enrolling of many is."""
    with command.transaction(as_email) as tx:
        found = steering.run_by_id(tx, run)
    command.show(found, as_json=as_json)


@app.command("enrolments")
def list_enrolments(
    cadence: CadenceArgument,
    state: Annotated[EnrolmentState | None, typer.Option("--state", help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List who is or was in a cadence, the newest first."""
    with command.transaction(as_email) as tx:
        found = numbers.rows(tx, _meant(tx, cadence).id, state, None, limit)
    rows: list[dict[str, object]] = [
        {
            **{name: getattr(row.enrolment, name) for name in ENROLMENT_FIELDS},
            "name": row.name,
            "company": row.company,
            "state": state_of(row.enrolment),
        }
        for row in found
    ]
    command.show(rows, as_json=as_json, columns=ROWS, title="Enrolments")


def _steering(wish: EnrolmentWish, told: str) -> Callable[..., None]:
    """A command that asks for one thing."""

    def ask(enrolment: EnrolmentArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
        with command.transaction(as_email) as tx:
            now = steering.wish(tx, enrolment, wish)
        command.show(now, as_json=as_json, columns=("phase", "step", "due_at", "is_paused", "because", "id"))

    ask.__doc__ = told
    return ask


for _wish, _told in {
    EnrolmentWish.PAUSE: "Let nothing come due of an enrolment.",
    EnrolmentWish.RESUME: "Go on after a pause.",
    EnrolmentWish.SKIP: "Leave the present step out.",
    EnrolmentWish.FINISH: "Take a lead out of its cadence.",
    EnrolmentWish.TRY_AGAIN: "Try a step again once what kept it is put right.",
}.items():
    app.command(_wish.value.replace("_", "-"))(_steering(_wish, _told))


def _meant(tx: Transaction, named: str) -> Cadence:
    try:
        return service.cadence(tx, UUID(named))
    except ValueError:
        return service.cadence_by_name(tx, named)


def _as_told(one: Cadence) -> dict[str, object]:
    plain: dict[str, object] = {name: getattr(one, name) for name in one.__slots__ if name != "draft"}
    return plain | {"draft": PlanIn.of(one.draft).model_dump(mode="json")}


def _ids_in(file: Path) -> list[UUID]:
    found: list[UUID] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split(), 1):
        try:
            found.append(UUID(line))
        except ValueError:
            raise Invalid(f"Line {number} of {file.name} is no lead's id: '{line[:40]}'.") from None
    return found


def _plan_in(tx: Transaction, file: Path) -> Plan:
    """The plan in a file; a step may name its template by name (`template`). Raises `Invalid` with every fault."""
    text = file.read_text(encoding="utf-8")
    try:
        told = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise Invalid(f"{file.name} cannot be read: {error}.") from None
    try:
        return PlanIn.model_validate(_with_templates(tx, told)).plan()
    except ValidationError as error:
        faults = [FieldError(".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors()]
        raise Invalid(f"{file.name} is no plan of a cadence.", fields=faults) from None


def _with_templates(tx: Transaction, told: object) -> object:
    """The plan as told, names of templates replaced by their ids."""
    steps = cast("dict[str, object]", told).get("steps") if isinstance(told, dict) else None
    if not isinstance(steps, list):
        return cast("object", told)
    by_name: dict[str, UUID] = {}
    for step in cast("list[object]", steps):
        if isinstance(step, dict) and "template" in step:
            named = str(cast("dict[str, object]", step).pop("template"))
            by_name = by_name or _templates(tx)
            if named.casefold() not in by_name:
                raise NotFound(f"There is no template '{named}'. `offhook mail templates list` shows all.")
            step["template_id"] = by_name[named.casefold()]
    return cast("object", told)


def _templates(tx: Transaction) -> dict[str, UUID]:
    found = templates_page(tx, kind=TemplateKind.EMAIL, limit=MOST_LISTED)
    return {one.name.casefold(): one.id for one in found}
