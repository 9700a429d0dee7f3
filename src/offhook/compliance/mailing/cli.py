"""Commands of mailing: the suppression list, `offhook suppressions …`, and `offhook compliance mail-…`."""

from pathlib import Path
from typing import Annotated

import typer

from offhook.compliance.mailing import service
from offhook.compliance.mailing.model import SuppressedBecause
from offhook.compliance.mailing.rulebook import every_mail_rule
from offhook.compliance.mailing.settings import mailing_settings
from offhook.compliance.mailing.verdicts import mail_verdicts
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.errors import Invalid

app = typer.Typer(help="Addresses that must not be mailed: add, remove, import, list.", no_args_is_help=True)

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
    search: Annotated[
        str | None, typer.Option("--search", help="Addresses that begin so.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show the list, the newest first."""
    with command.transaction(as_email) as tx:
        found = (
            service.find_suppressed(tx, search, limit)
            if search
            else service.suppressed_page(tx, cursor=None, limit=limit).items
        )
    command.show(found, as_json=as_json, columns=COLUMNS, title="Suppressed addresses")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Text or CSV: an address a line.")],
    reason: ReasonOption,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Put all addresses of a file on the list."""
    try:
        lines = file.open(encoding="utf-8-sig", errors="replace", newline="")
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
    with lines, command.transaction(as_email) as tx:
        done = service.import_suppressed(tx, lines, reason)
    command.show(done, as_json=as_json, columns=("read", "added", "wrong_lines"))
    if done.wrong and not as_json:
        command.show(list(done.wrong), title="Lines without an address")


def mail_rules(as_json: JsonOption = False) -> None:
    """Show how a new mailbox grows and where mails may be tracked, with source and date."""
    found = every_mail_rule()
    if as_json:
        command.show(found, as_json=True)
        return
    columns = ("region", "title", "source", "since", "confidence")
    command.show(found, columns=columns, title="Rules of mail")


def mail_settings(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show the organisation's own limits for mail; they are changed on screen or by the API."""
    with command.transaction(as_email) as tx:
        found = mailing_settings(tx)
    command.show(found, as_json=as_json)


def mail_log(
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show what was answered to mails about to be sent, the newest first."""
    with command.transaction(as_email) as tx:
        items = mail_verdicts(tx, cursor=None, limit=limit).items
    if as_json:
        command.show(items, as_json=True)
        return
    rows = [
        {
            "at": one.at,
            "address": one.address,
            "allowed": one.is_allowed,
            "not before": one.until,
            "why": " ".join(str(refusal["why"]) for refusal in one.refusals),
        }
        for one in items
    ]
    command.show(rows, title="Answers to mails")


def add_to(policy: typer.Typer) -> None:
    """Put the commands of the rules of mail beside those of calls."""
    policy.command("mail-rules")(mail_rules)
    policy.command("mail-settings")(mail_settings)
    policy.command("mail-log")(mail_log)
