"""Commands of templates: `offhook mail templates …`."""

from typing import Annotated
from uuid import UUID

import typer

from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound
from offhook.leads.finding import LeadOption, PersonOption, lead_meant
from offhook.mail.templates import service
from offhook.mail.templates.model import Template, TemplateKind

app = typer.Typer(help="Templates and snippets of mails.", no_args_is_help=True)

COLUMNS = ("name", "kind", "folder", "is_shared", "variants", "changed_at", "id")
MOST_LISTED = 1_000

TemplateArgument = Annotated[str, typer.Argument(metavar="NAME", help="The template's name, or its id.")]


@app.command("list")
def list_templates(
    words: Annotated[str | None, typer.Option("--find", help="Only with these words in name or subject.")] = None,
    kind: Annotated[TemplateKind | None, typer.Option("--kind", help="Only mails, or only snippets.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Those out of use instead.")] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List the shared templates; with --as also those of that user."""
    with command.transaction(as_email) as tx:
        found = service.templates_page(tx, kind=kind, is_archived=archived, words=words, limit=MOST_LISTED)
    rows = [{**_row(one), "variants": len(one.variants)} for one in found]
    command.show(rows, as_json=as_json, columns=COLUMNS, title="Templates")


@app.command("show")
def show_template(name: TemplateArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show a template as it is written."""
    with command.transaction(as_email) as tx:
        command.show(_meant(tx, name), as_json=as_json)


@app.command("preview")
def preview_template(
    name: TemplateArgument,
    lead: LeadOption = None,
    person: PersonOption = None,
    variant: Annotated[str | None, typer.Option("--variant", help="Its name; the first unless given.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show what a template says to a lead, by that user's hand; to an example if no lead is named."""
    with command.transaction(as_email) as tx:
        found = _meant(tx, name)
        lead_id = lead_meant(tx, lead, person) if lead or person else None
        made = service.preview(tx, found.id, lead_id=lead_id, variant_id=_variant_meant(found, variant))
    command.show(made, as_json=as_json)


def _row(one: Template) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}


def _meant(tx: Transaction, name: str) -> Template:
    try:
        return service.template(tx, UUID(name))
    except ValueError:
        pass  # a name then
    found = [
        one
        for one in service.templates_page(tx, words=name, limit=MOST_LISTED)
        if one.name.casefold() == name.strip().casefold()
    ]
    if not found:
        raise NotFound(f"There is no template '{name}'. `offhook mail templates list` shows all.")
    if len(found) > 1:
        raise Conflict(
            f"Several are named '{name}'. Say which by its id: {', '.join(str(one.id) for one in found)}."
        )
    return found[0]


def _variant_meant(found: Template, name: str | None) -> UUID | None:
    if name is None:
        return None
    for one in found.variants:
        if one.name.casefold() == name.casefold():
            return one.id
    there = ", ".join(one.name for one in found.variants)
    raise NotFound(f"The template '{found.name}' has no variant '{name}'; there are {there}.")
