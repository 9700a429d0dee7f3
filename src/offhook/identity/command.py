"""What every slice's `cli.py` stands on: opening the installation as somebody, and printing what came out.

    @app.command()
    def show(lead: UUID, as_json: JsonOption = False, as_email: AsOption = None) -> None:
        with command.transaction(as_email) as tx:
            command.show(leads.load_lead(tx, lead), as_json=as_json)

Whoever can run commands on the machine owns the installation, so without `--as` a command acts as the system.
Heavy parts are imported when they are needed: the command line must answer `--help` at once.
"""

import re
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import typer

if TYPE_CHECKING:
    from offhook.kernel.database import Database, Transaction
    from offhook.kernel.settings import Settings

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
"""`as_json: JsonOption = False`: every command has it."""

AsOption = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="EMAIL", envvar="OFFHOOK_AS", help="Act as this user, with what their role may do."
    ),
]
"""`as_email: AsOption = None`: for commands that work in an organisation."""

ORGANISATION_VARIABLE = "OFFHOOK_ORGANISATION"


def settings() -> "Settings":
    """The settings of this process, from the environment. Raises `Invalid` naming the variable that is wrong."""
    from pydantic import ValidationError

    from offhook.kernel.errors import Invalid
    from offhook.kernel.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"OFFHOOK_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise Invalid(f"A setting cannot be used: {wrong}.") from error


@contextmanager
def database() -> "Generator[Database]":
    """The installation's migrated database, started if need be."""
    from offhook.kernel.installation import open_installation

    with open_installation(settings()) as opened:
        yield opened


@contextmanager
def installation() -> "Generator[tuple[Database, UUID]]":
    """The database and the id of the organisation that is meant.

    That is the one whose short name is in OFFHOOK_ORGANISATION, or the only one there is. Raises `NotFound`
    when there is none, `Invalid` when there are several and none was named.
    """
    with database() as opened:
        yield opened, _organisation_meant(opened)


@contextmanager
def transaction(as_email: str | None = None) -> "Generator[Transaction]":
    """A transaction in the organisation that is meant, as that user or, without one, as the system."""
    from offhook.kernel.database import SYSTEM

    with installation() as (opened, organisation_id), opened.transaction(organisation_id, SYSTEM) as tx:
        act_as(tx, as_email)
        yield tx


def act_as(tx: "Transaction", as_email: str | None) -> None:
    """Let the rest of a transaction be done by that user; None leaves the actor. Raises `NotFound`."""
    from offhook.identity.service import actor_of, user_by_email
    from offhook.kernel.errors import Forbidden

    if as_email is None:
        return
    somebody = user_by_email(tx, as_email)
    if not somebody.is_active:
        raise Forbidden(f"{somebody.email} is deactivated.")
    tx.actor = actor_of(somebody)


def _organisation_meant(opened: "Database") -> UUID:
    import os

    from offhook.kernel.errors import Invalid, NotFound

    with opened.across_organisations() as connection:
        found = dict(
            cast(
                "list[tuple[str, UUID]]",
                connection.execute("SELECT slug, organisation_id FROM organisation ORDER BY slug").fetchall(),
            )
        )
    if not found:
        raise NotFound(
            "There is no organisation yet. Found one: offhook init --name 'Your company' --admin you@your.example."
        )
    wanted = os.environ.get(ORGANISATION_VARIABLE)
    if wanted is None and len(found) == 1:
        return next(iter(found.values()))
    if wanted in found:
        return found[wanted]
    there = ", ".join(found)
    if wanted is None:
        raise Invalid(f"There are several organisations ({there}). Set {ORGANISATION_VARIABLE} to one of them.")
    raise NotFound(f"There is no organisation '{wanted}' ({ORGANISATION_VARIABLE}); there are: {there}.")


def given(**options: object) -> dict[str, object]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def secret(of: str) -> str:
    """A password, from the terminal unseen, or from a pipe: never from the arguments, which others see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return typer.prompt(f"Password of {of}", hide_input=True)


def show(
    found: object,
    *,
    as_json: bool = False,
    columns: Sequence[str] | None = None,
    title: str | None = None,
) -> None:
    """Print one thing or a list of things: dataclasses, pydantic models or mappings.

    As JSON in full, with ids and times (ISO 8601) as text; as a table with `columns` (field names, all by
    default), a single thing as one row per field.
    """
    plain = _plain(found)
    if as_json:
        import json

        typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
    elif isinstance(plain, list):
        _print_rows(cast("list[object]", plain), columns, title)
    else:
        _print_one(plain, columns, title)


def _plain(found: object) -> object:
    """As JSON has it: dataclasses and models as objects, ids and times as text."""
    from pydantic_core import to_jsonable_python

    return cast("object", to_jsonable_python(found))


def _print_rows(rows: list[object], columns: Sequence[str] | None, title: str | None) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not rows:
        console.print(f"{title}: none" if title else "none", style="dim")
        return
    records = [_record(row) for row in rows]
    names = list(columns) if columns else list(records[0])
    columns_of_text = [(name.replace("_", " "), [_cell(record.get(name)) for record in records]) for name in names]
    if sum(_least_width(heading, cells) + 2 for heading, cells in columns_of_text) > console.width:
        _print_blocks(records, names, title)
        return
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading, cells in columns_of_text:
        is_id = all(_ID.fullmatch(cell) for cell in cells)
        table.add_column(heading, overflow="fold", no_wrap=is_id, min_width=_least_width(heading, cells))
    for row in zip(*(cells for _, cells in columns_of_text), strict=True):
        table.add_row(*row)
    console.print(table)


LONGEST_WHOLE_WORD = 14


def _least_width(heading: str, cells: Sequence[str]) -> int:
    """So wide that words stay whole, and ids too; longer words may be broken."""
    if all(_ID.fullmatch(cell) for cell in cells):
        return len(cells[0])
    words = [word for text in (heading, *cells) for word in text.split()]
    return min(LONGEST_WHOLE_WORD, max(map(len, words), default=1))


def _print_blocks(records: Sequence[dict[str, object]], names: Sequence[str], title: str | None) -> None:
    """What is too wide for a table, record by record."""
    from rich.console import Console

    console = Console()
    if title:
        console.print(f"[italic]{title}[/italic]")
    width = max(len(name) for name in names)
    for record in records:
        console.print()
        for name in names:
            cell = _cell(record.get(name))
            if cell:
                console.print(f"[dim]{name.replace('_', ' '):>{width}}[/dim]  {cell}", highlight=False)


def _print_one(thing: object, columns: Sequence[str] | None, title: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    record = _record(thing)
    table = Table(show_header=False, title=title, title_justify="left")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")  # addresses and secrets are copied from here: never cut
    for name in columns or record:
        table.add_row(name.replace("_", " "), _cell(record.get(name)))
    Console().print(table)


def _record(row: object) -> dict[str, object]:
    return cast("dict[str, object]", row) if isinstance(row, dict) else {"value": row}


def _cell(value: object) -> str:
    """A JSON value as a person reads it in a table; markup in received text stays text."""
    from rich.markup import escape

    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in cast("list[object]", value))
    if isinstance(value, dict):
        pairs = cast("dict[str, object]", value).items()
        return "; ".join(f"{key}: {_cell(item)}" for key, item in pairs)
    text = str(value)
    moment = _MOMENT.fullmatch(text)
    return f"{moment[1]} {moment[2]}" if moment else escape(text)


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(?:Z|\+00:00)")
"""A time in UTC, of which tables show the minute."""
