"""Commands of the doors that people and programs come in by: `offhook forms …`, `offhook hooks …`."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.intake import doors
from offhook.intake.mapping import read_corrections
from offhook.intake.public import Form, Hook
from offhook.kernel.database import Transaction
from offhook.leads import add_campaign, campaign, campaign_by_name

forms_app = typer.Typer(help="Hosted forms: addresses, questions, consent.", no_args_is_help=True)
hooks_app = typer.Typer(help="Inbound webhooks: addresses, secrets, fields.", no_args_is_help=True)

COLUMNS = ("name", "campaign", "is_active", "id")
MOST_LISTED = 1_000

FormArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The form's id.")]
HookArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The inbound webhook's id.")]
NewNameOption = Annotated[str | None, typer.Option("--name", help="A new name.")]
CampaignOption = Annotated[str, typer.Option("--campaign", help="What they respond to; added if it is new.")]
OtherCampaignOption = Annotated[
    str | None, typer.Option("--campaign", help="What they respond to from now on; added if it is new.")
]
AskOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ask",
        metavar="FIELD=LABEL",
        help="A question; may be repeated. 'email=Work e-mail*' must be answered,"
        " 'size=Team size: 1-10|11 or more' offers choices.",
    ),
]
ConsentOption = Annotated[str | None, typer.Option("--consent", help="What they must agree to, word for word.")]
ThanksOption = Annotated[str | None, typer.Option("--thanks", help="What they read afterwards.")]
OriginOption = Annotated[
    list[str] | None, typer.Option("--origin", help="A site that may embed it; may be repeated. None named: any.")
]
OpenOption = Annotated[bool | None, typer.Option("--open/--closed", help="Whether it takes anything in.")]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="NAME=FIELD", help="What a field of the message is; may be repeated."),
]


def _campaign_id(tx: Transaction, name: str) -> UUID:
    return (campaign_by_name(tx, name) or add_campaign(tx, name)).id


def _form_row(tx: Transaction, form: Form) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(form, name) for name in form.__slots__}
    address = doors.address_of_form(command.settings().base_url, tx, form.id)
    came = campaign(tx, form.campaign_id).name
    return row | {"campaign": came, "address": address, "snippet": doors.snippet(address)}


def _hook_row(tx: Transaction, hook: Hook) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(hook, name) for name in hook.__slots__}
    address = doors.address_of_hook(command.settings().base_url, tx, hook.id)
    return row | {"campaign": campaign(tx, hook.campaign_id).name, "address": address}


TO_COPY = ("address", "snippet", "secret")


def _show(row: dict[str, object], *, as_json: bool) -> None:
    """One form or webhook; what is to be copied stands in lines of its own, which no table breaks."""
    if as_json:
        command.show(row, as_json=True)
        return
    command.show({name: value for name, value in row.items() if name not in TO_COPY})
    for name in TO_COPY:
        if row.get(name):
            typer.echo(f"{name.capitalize()}: {row[name]}")


def _show_form(tx: Transaction, form: Form, *, as_json: bool) -> None:
    asks: dict[str, object] = {} if as_json else {"fields": ", ".join(map(_question, form.fields))}
    _show(_form_row(tx, form) | asks, as_json=as_json)


def _question(field: doors.FormField) -> str:
    """A question as `--ask` takes it."""
    choices = f": {'|'.join(field.choices)}" if field.choices else ""
    return f"{field.field}={field.label}{choices}{'*' if field.is_required else ''}"


def _told(**options: object) -> dict[str, object]:
    """What was said, without what was left out."""
    return {name: value for name, value in options.items() if value is not None}


def _questions(asked: Sequence[str] | None) -> tuple[doors.FormField, ...] | None:
    return tuple(map(doors.read_question, asked)) if asked else None


@forms_app.command("list")
def list_forms(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the hosted forms."""
    with command.transaction(as_email) as tx:
        found = [_form_row(tx, form) for form in doors.forms_page(tx, None, MOST_LISTED)]
    command.show(found, as_json=as_json, columns=COLUMNS, title="Forms")


@forms_app.command("show")
def show_form(form_id: FormArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one form with the snippet that embeds it."""
    with command.transaction(as_email) as tx:
        _show_form(tx, doors.form(tx, form_id), as_json=as_json)


@forms_app.command("add")
def add_form(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What stands above it.")],
    campaign_name: CampaignOption,
    ask: AskOption = None,
    consent: ConsentOption = None,
    thanks: ThanksOption = None,
    origin: OriginOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a hosted form; without --ask it asks for name, e-mail, phone and company."""
    fields = _questions(ask) or doors.DEFAULT_FIELDS
    told = _told(consent_wording=consent, thanks=thanks, allowed_origins=origin)
    with command.transaction(as_email) as tx:
        campaign_id = _campaign_id(tx, campaign_name)
        added = doors.add_form(tx, name=name, campaign_id=campaign_id, fields=fields, **told)  # pyright: ignore[reportArgumentType] # options by name
        _show_form(tx, added, as_json=as_json)


@forms_app.command("change")
def change_form(
    form_id: FormArgument,
    name: NewNameOption = None,
    campaign_name: OtherCampaignOption = None,
    ask: AskOption = None,
    consent: ConsentOption = None,
    thanks: ThanksOption = None,
    origin: OriginOption = None,
    is_open: OpenOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change a form; what is left out stays. Wordings agreed to before stay on record."""
    told = _told(
        name=name,
        fields=_questions(ask),
        consent_wording=consent,
        thanks=thanks,
        allowed_origins=origin,
        is_active=is_open,
    )
    with command.transaction(as_email) as tx:
        if campaign_name:
            told["campaign_id"] = _campaign_id(tx, campaign_name)
        present = doors.form(tx, form_id)
        _show_form(tx, doors.change_form(tx, form_id, present.version, told), as_json=as_json)


@hooks_app.command("list")
def list_hooks(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the inbound webhooks."""
    with command.transaction(as_email) as tx:
        found = [_hook_row(tx, hook) for hook in doors.hooks_page(tx, None, MOST_LISTED)]
    command.show(found, as_json=as_json, columns=COLUMNS, title="Inbound webhooks")


@hooks_app.command("show")
def show_hook(hook_id: HookArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one inbound webhook."""
    with command.transaction(as_email) as tx:
        _show(_hook_row(tx, doors.hook(tx, hook_id)), as_json=as_json)


@hooks_app.command("add")
def add_hook(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who sends.")],
    campaign_name: CampaignOption,
    mapping: MapOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add an inbound webhook; its signing secret is told only now."""
    with command.transaction(as_email) as tx:
        added, secret = doors.add_hook(
            tx,
            command.settings().secret,
            name=name,
            campaign_id=_campaign_id(tx, campaign_name),
            mapping=read_corrections(mapping or ()),
        )
        _show(_hook_row(tx, added) | {"secret": secret}, as_json=as_json)


@hooks_app.command("change")
def change_hook(
    hook_id: HookArgument,
    name: NewNameOption = None,
    campaign_name: OtherCampaignOption = None,
    mapping: MapOption = None,
    is_open: OpenOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change an inbound webhook; what is left out stays."""
    told = _told(name=name, mapping=read_corrections(mapping) if mapping else None, is_active=is_open)
    with command.transaction(as_email) as tx:
        if campaign_name:
            told["campaign_id"] = _campaign_id(tx, campaign_name)
        present = doors.hook(tx, hook_id)
        _show(_hook_row(tx, doors.change_hook(tx, hook_id, present.version, told)), as_json=as_json)
