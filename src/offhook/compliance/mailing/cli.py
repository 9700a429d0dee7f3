"""Commands of the suppression list: `offhook suppressions …`."""

from typing import Annotated

import typer

from offhook.compliance.mailing import service
from offhook.compliance.mailing.model import SuppressedBecause
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption

app = typer.Typer(help="Addresses that must not be mailed: add, remove, list.", no_args_is_help=True)

COLUMNS = ("address", "because", "reason", "added_at", "added_by")

AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help="The e-mail address.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept for ever.")]


@app.command("add")
def add(
    address: AddressArgument,
    reason: ReasonOption,
    because: Annotated[
        SuppressedBecause, typer.Option("--because", help="What happened.")
    ] = SuppressedBecause.BY_HAND,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Let an address be mailed no more."""
    with command.transaction(as_email) as tx:
        added = service.suppress(tx, address, reason, because)
    command.show(added, as_json=as_json)


@app.command("remove")
def remove(
    address: AddressArgument, reason: ReasonOption, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Take an address off the list."""
    with command.transaction(as_email) as tx:
        there = service.suppression(tx, address)
        removed = service.unsuppress(tx, address, there.version, reason)
    command.show(removed, as_json=as_json, title="Removed")


@app.command("list")
def list_addresses(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show the list, the newest first."""
    with command.transaction(as_email) as tx:
        found = service.suppressed_page(tx, cursor=None, limit=limit).items
    command.show(found, as_json=as_json, columns=COLUMNS, title="Suppressed addresses")
