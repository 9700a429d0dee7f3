"""Commands of do-not-call lists: `offhook dnc …`."""

from pathlib import Path
from typing import Annotated

import typer

from offhook.compliance.do_not_call import service
from offhook.compliance.do_not_call.model import Imported, ImportMode
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.errors import Invalid

app = typer.Typer(help="Do-not-call lists: add, remove, import, list.", no_args_is_help=True)

NumberArgument = Annotated[str, typer.Argument(help="E.164, such as +12125550123, or national.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept for ever.")]


@app.command("add")
def add(
    number: NumberArgument, reason: ReasonOption, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Put a number on the own list."""
    with command.transaction(as_email) as tx:
        added = service.add_number(tx, number, reason)
    command.show(added, as_json=as_json)


@app.command("remove")
def remove(
    number: NumberArgument, reason: ReasonOption, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Take a number off the own list."""
    with command.transaction(as_email) as tx:
        there = service.own_number(tx, number)
        removed = service.remove_number(tx, number, there.version, reason)
    command.show(removed, as_json=as_json, title="Removed")


@app.command("list")
def list_numbers(
    search: Annotated[
        str | None, typer.Option("--search", help="Numbers that begin so.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show the own list, the newest first."""
    with command.transaction(as_email) as tx:
        found = service.search(tx, search, limit) if search else service.own_page(tx, None, limit)
    command.show(found, as_json=as_json, columns=("number", "reason", "source", "added_at", "added_by"))


@app.command("lists")
def lists(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show the imported lists, with how many numbers and until when they hold."""
    with command.transaction(as_email) as tx:
        found = service.lists(tx)
    command.show(found, as_json=as_json, columns=("name", "numbers", "imported_at", "expires_at", "id"))


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Text or CSV: a number a line, or area code and number.")],
    name: Annotated[
        str | None,
        typer.Option("--list", help="Whose list; the own list if not given.", show_default=False),
    ] = None,
    mode: Annotated[
        ImportMode, typer.Option("--mode", help="What the file is to that list.")
    ] = ImportMode.REPLACE,
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, help="How long it holds; for ever if not given.", show_default=False),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, for the own list.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Take in a file of numbers: a registry's list, or more for the own one."""
    try:
        lines = file.open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
    with lines, command.transaction(as_email) as tx:
        if name is None:
            done = service.import_own(tx, lines, reason or "")
        else:
            done = service.import_list(tx, lines, name=name, mode=mode, days=days)
    _show(done, as_json=as_json)


def _show(done: Imported, *, as_json: bool) -> None:
    if as_json:
        command.show(done, as_json=True)
        return
    counts = {"read": done.read, "added": done.added, "removed": done.removed, "wrong_lines": done.wrong_lines}
    command.show({"list": done.to_list.name if done.to_list else "own", **counts})
    if done.wrong:
        command.show(list(done.wrong), title="Lines without a number")
