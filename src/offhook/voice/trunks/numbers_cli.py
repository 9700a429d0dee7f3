"""Commands of owned numbers, extensions and how people call: `offhook numbers …`."""

from typing import Annotated
from uuid import UUID

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid, NotFound
from offhook.people import Rejected, read_phone
from offhook.voice.trunks import calling, owning
from offhook.voice.trunks.cli import trunk_id_named
from offhook.voice.trunks.dialing import Emergency, Internal, Outside, Refused
from offhook.voice.trunks.model import CallerPreference, Extension, OwnedNumber, Ring, RingKind

app = typer.Typer(
    help="Our phone numbers and extensions: whom they ring, who shows them.",
    no_args_is_help=True,
)

COLUMNS = ("number", "label", "rings", "trunk_id", "id")
EXTENSION_COLUMNS = ("number", "user", "id")
EVERY_PAGE = 100_000

NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="The number, or its id.")]
ExtensionArgument = Annotated[str, typer.Argument(metavar="EXTENSION", help="The internal number.")]
LabelOption = Annotated[str | None, typer.Option("--label", help="What it is for.")]
TrunkOption = Annotated[str | None, typer.Option("--trunk", help="The trunk by which its calls arrive.")]
RingsOption = Annotated[
    str | None,
    typer.Option("--rings", metavar="WHOM", help="An e-mail address, an extension, a team's name, or 'nobody'."),
]
UserArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="Whose it is.")]


@app.command("list")
def list_numbers(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the numbers that we own and whom they ring."""
    with command.transaction(as_email) as tx:
        rows = [_row(tx, one) for one in owning.numbers_page(tx, None, EVERY_PAGE)]
    command.show(rows, as_json=as_json, columns=COLUMNS, title="Phone numbers")


@app.command("add")
def add_number(
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="With +, or as the organisation's country does.")
    ],
    label: LabelOption = None,
    trunk: TrunkOption = None,
    rings: RingsOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a number that we own."""
    with command.transaction(as_email) as tx:
        target = _ring(tx, rings) if rings else Ring()
        added = owning.add_number(
            tx, number=number, label=label or "", trunk_id=trunk_id_named(tx, trunk), rings=target
        )
        row = _row(tx, added)
    command.show(row, as_json=as_json, columns=COLUMNS)


@app.command("change")
def change_number(
    number: NumberArgument,
    label: LabelOption = None,
    trunk: TrunkOption = None,
    rings: RingsOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change what a number is for, its trunk, or whom it rings; what is not given stays."""
    with command.transaction(as_email) as tx:
        before = _numbered(tx, number)
        changes: dict[str, object] = {} if label is None else {"label": label}
        changes |= {"trunk_id": trunk_id_named(tx, trunk)} if trunk else {}
        changes |= {"rings": _ring(tx, rings)} if rings else {}
        row = _row(tx, owning.change_number(tx, before.id, before.version, changes))
    command.show(row, as_json=as_json, columns=COLUMNS)


@app.command("remove")
def remove_number(number: NumberArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Own a number no more: it is neither shown nor rings."""
    with command.transaction(as_email) as tx:
        before = _numbered(tx, number)
        row = _row(tx, owning.remove_number(tx, before.id, before.version))
    command.show(row, as_json=as_json, columns=COLUMNS)


@app.command("extensions")
def list_extensions(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the internal numbers."""
    with command.transaction(as_email) as tx:
        rows = [_extension_row(tx, one) for one in owning.extensions_page(tx, None, EVERY_PAGE)]
    command.show(rows, as_json=as_json, columns=EXTENSION_COLUMNS, title="Extensions")


@app.command("add-extension")
def add_extension(
    extension: ExtensionArgument, user: UserArgument, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Give somebody a short internal number."""
    with command.transaction(as_email) as tx:
        somebody = identity.user_by_email(tx, user)
        row = _extension_row(tx, owning.add_extension(tx, number=extension, user_id=somebody.id))
    command.show(row, as_json=as_json, columns=EXTENSION_COLUMNS)


@app.command("remove-extension")
def remove_extension(extension: ExtensionArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Remove an internal number that no phone number rings."""
    with command.transaction(as_email) as tx:
        before = _extension(tx, extension)
        row = _extension_row(tx, owning.remove_extension(tx, before.id, before.version))
    command.show(row, as_json=as_json, columns=EXTENSION_COLUMNS)


@app.command("defaults")
def defaults(
    caller: Annotated[
        str | None, typer.Option("--caller", help="The number shown by default; '' for none.")
    ] = None,
    emergency_trunk: Annotated[
        str | None,
        typer.Option("--emergency-trunk", help="The trunk of emergency calls; '' to refuse them."),
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show or change what holds for all who call."""
    with command.transaction(as_email) as tx:
        tx.require("users:read")
        present = calling.organisation_calling(tx)
        changes: dict[str, object] = {}
        if caller is not None:
            changes["default_number_id"] = _numbered(tx, caller).id if caller else None
        if emergency_trunk is not None:
            changes["emergency_trunk_id"] = trunk_id_named(tx, emergency_trunk)
        if changes:
            present = calling.change_organisation_calling(tx, present.version, changes)
    command.show(present, as_json=as_json)


@app.command("settings")
def settings(
    user: UserArgument,
    show: Annotated[
        CallerPreference | None, typer.Option("--show", help="Which number they show to whom they call.")
    ] = None,
    number: Annotated[str | None, typer.Option("--number", help="Their own number; '' for none.")] = None,
    ring_seconds: Annotated[
        int | None, typer.Option("--ring-seconds", help="How long their phone rings before voicemail.")
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show or change how somebody calls; what is not given stays."""
    with command.transaction(as_email) as tx:
        user_id = identity.user_by_email(tx, user).id
        present = calling.settings_for(tx, user_id)
        changes: dict[str, object] = {}
        if show is not None:
            changes["caller_preference"] = show
        if number is not None:
            changes["number_id"] = _numbered(tx, number).id if number else None
        if ring_seconds is not None:
            changes["ring_seconds"] = ring_seconds
        if changes:
            present = calling.change_settings_for(tx, user_id, present.version, changes)
    command.show(present, as_json=as_json)


@app.command("read")
def read(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What was typed or clicked.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Say what would be dialled for a text, and which of our numbers would be shown; --as somebody for theirs."""
    with command.transaction(as_email) as tx:
        tx.require("users:read")
        found = calling.outgoing(tx, text, tx.actor.id)
    row: dict[str, object] = {"dials": None, "then": None, "shows": found.caller.number if found.caller else None}
    match found.dialled:
        case Refused() as refused:
            raise Invalid(f"'{text}' {refused.reason}.")
        case Outside(number, post_dial):
            row |= {"dials": number, "then": post_dial or None}
        case Internal(extension, _):
            row |= {"dials": f"extension {extension}"}
        case Emergency(number):
            row |= {"dials": f"emergency {number}"}
    command.show(row, as_json=as_json)


def _numbered(tx: Transaction, text: str) -> OwnedNumber:
    phone = read_phone(text, identity.organisation(tx).region)
    wanted = text if isinstance(phone, Rejected) else phone.number
    every = owning.numbers_page(tx, None, EVERY_PAGE)
    found = next((one for one in every if wanted in {one.number, str(one.id)}), None)
    if found is None:
        raise NotFound(f"{text} is no number of ours. `offhook numbers list` shows which there are.")
    return found


def _extension(tx: Transaction, text: str) -> Extension:
    found = next((one for one in owning.extensions_page(tx, None, EVERY_PAGE) if one.number == text.strip()), None)
    if found is None:
        raise NotFound(f"There is no extension {text}. `offhook numbers extensions` shows which there are.")
    return found


def _ring(tx: Transaction, whom: str) -> Ring:
    clean = whom.strip()
    if clean.lower() == "nobody":
        return Ring()
    if "@" in clean:
        return Ring(RingKind.USER, identity.user_by_email(tx, clean).id)
    if clean.isdecimal():
        return Ring(RingKind.EXTENSION, _extension(tx, clean).id)
    return Ring(RingKind.TEAM, identity.team_by_name(tx, clean).id)


def _row(tx: Transaction, one: OwnedNumber) -> dict[str, object]:
    plain: dict[str, object] = {name: getattr(one, name) for name in one.__slots__}
    return plain | {"rings": _whom(tx, one.rings), "rings_kind": one.rings.kind, "rings_id": one.rings.id}


def _whom(tx: Transaction, rings: Ring) -> str:
    if rings.id is None:
        return "nobody"
    if rings.kind is RingKind.USER:
        return identity.user(tx, rings.id).email
    if rings.kind is RingKind.TEAM:
        return identity.team(tx, rings.id).name
    return _extension_number(tx, rings.id)


def _extension_number(tx: Transaction, identifier: UUID) -> str:
    return owning.extension(tx, identifier).number


def _extension_row(tx: Transaction, one: Extension) -> dict[str, object]:
    plain: dict[str, object] = {name: getattr(one, name) for name in one.__slots__}
    return plain | {"user": identity.user(tx, one.user_id).email}
