"""Commands of named accounts: `offhook named …`."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid
from offhook.leads.finding import person_meant
from offhook.leads.named import service
from offhook.leads.named.model import NamedList, Reach

app = typer.Typer(help="Named accounts: target lists, coverage and penetration.", no_args_is_help=True)

ACCOUNT_COLUMNS = ("name", "domain", "people", "engaged", "last_touch_at", "open_leads", "account_id")
LEAD_COLUMNS = ("id", "person_id", "account_id", "stage", "score")
MOST_SHOWN = 10_000

ListArgument = Annotated[str, typer.Argument(metavar="LIST", help="Name of the list.")]
TeamOption = Annotated[str | None, typer.Option("--team", help="The team that is to open it.")]
RepOption = Annotated[str | None, typer.Option("--rep", metavar="EMAIL", help="The rep who is to open it.")]
DaysOption = Annotated[int, typer.Option("--days", min=1, max=3660, help="The period: so many days up to now.")]
DomainOption = Annotated[
    list[str] | None,
    typer.Option("--domain", help="A domain or web address; may be repeated.", show_default=False),
]
NameOption = Annotated[
    list[str] | None, typer.Option("--name", help="An account's name; may be repeated.", show_default=False)
]
AccountOption = Annotated[
    list[UUID] | None, typer.Option("--account", metavar="ID", help="An account's id; may be repeated.")
]


@app.command("list")
def list_lists(days: DaysOption = 30, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show the lists with their coverage and penetration."""
    with command.transaction(as_email) as tx:
        rows = [_row(tx, one, days) for one in service.named_lists(tx)]
    command.show(rows, as_json=as_json, title=f"Named accounts, last {days} days")


def _row(tx: Transaction, one: NamedList, days: int) -> dict[str, object]:
    found = service.reach(tx, tx.now - timedelta(days=days), tx.now, list_id=one.id)
    return {
        "id": one.id,
        "name": one.name,
        "team": identity.team(tx, one.team_id).name if one.team_id else None,
        "rep": identity.user(tx, one.user_id).email if one.user_id else None,
        **_figures(found),
    }


def _figures(found: Reach) -> dict[str, object]:
    return {
        "accounts": found.accounts,
        "touched": found.touched,
        "penetrated": found.penetrated,
        "coverage": None if found.coverage is None else round(found.coverage, 4),
        "penetration": None if found.penetration is None else round(found.penetration, 4),
    }


@app.command("new")
def new_list(
    name: ListArgument,
    team: TeamOption = None,
    rep: RepOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Make an empty list for a team or a rep."""
    with command.transaction(as_email) as tx:
        made = service.add_named_list(tx, name=name, **_owner(tx, team, rep))
        row = _row(tx, made, 30)
    command.show(row, as_json=as_json)


def _owner(tx: Transaction, team: str | None, rep: str | None) -> dict[str, UUID | None]:
    return {
        "team_id": identity.team_by_name(tx, team).id if team else None,
        "user_id": identity.user_by_email(tx, rep).id if rep else None,
    }


@app.command("change")
def change_list(
    name: ListArgument,
    new_name: Annotated[str | None, typer.Option("--rename", help="A new name.")] = None,
    team: TeamOption = None,
    rep: RepOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Rename a list, or give it to another team or rep."""
    with command.transaction(as_email) as tx:
        before = service.named_list_by_name(tx, name)
        changes: dict[str, object] = {key: value for key, value in _owner(tx, team, rep).items() if value}
        changes |= {"name": new_name} if new_name else {}
        row = _row(tx, service.change_named_list(tx, before.id, before.version, changes), 30)
    command.show(row, as_json=as_json)


@app.command("remove")
def remove_list(name: ListArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Remove a list; its accounts are no longer named, their leads stay."""
    with command.transaction(as_email) as tx:
        before = service.named_list_by_name(tx, name)
        removed = service.remove_named_list(tx, before.id, before.version)
    command.show(removed, as_json=as_json, columns=("id", "name"))


@app.command("add")
def add_accounts(
    name: ListArgument,
    domain: DomainOption = None,
    account_name: NameOption = None,
    account: AccountOption = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A text file with a domain on each line.", show_default=False)
    ] = None,
    move: Annotated[bool, typer.Option("--move", help="Take them off other lists.")] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Put accounts on a list: by domain, name or id."""
    domains = [*(domain or ()), *(_lines(file) if file else ())]
    with command.transaction(as_email) as tx:
        done = service.name_accounts(
            tx,
            service.named_list_by_name(tx, name).id,
            account_ids=account or (),
            domains=domains,
            names=account_name or (),
            is_moving=move,
        )
    command.show(done, as_json=as_json)


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} cannot be read: {error}.") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


@app.command("drop")
def drop_accounts(
    name: ListArgument,
    domain: DomainOption = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Take accounts off a list."""
    with command.transaction(as_email) as tx:
        one = service.named_list_by_name(tx, name)
        wanted = [*(account or ()), *_by_domain(tx, one.id, domain or ())]
        taken = service.unname_accounts(tx, one.id, wanted)
    command.show([{"account_id": one} for one in taken], as_json=as_json, title="Taken off")


def _by_domain(tx: Transaction, list_id: UUID, domains: Sequence[str]) -> list[UUID]:
    wanted = {domain.strip().lower() for domain in domains}
    shown = service.named_accounts(tx, list_id, tx.now - timedelta(days=1), tx.now, limit=MOST_SHOWN)
    return [one.account_id for one in shown if one.domain in wanted]


@app.command("accounts")
def list_accounts(
    name: ListArgument, days: DaysOption = 30, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Show the accounts of a list with what was done there."""
    with command.transaction(as_email) as tx:
        one = service.named_list_by_name(tx, name)
        since = tx.now - timedelta(days=days)
        found = service.named_accounts(tx, one.id, since, tx.now, limit=MOST_SHOWN)
    command.show(found, as_json=as_json, columns=ACCOUNT_COLUMNS, title=f"{one.name}, last {days} days")


@app.command("reach")
def show_reach(
    team: TeamOption = None,
    rep: RepOption = None,
    days: DaysOption = 30,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show coverage and penetration of a team, a rep, or all."""
    with command.transaction(as_email) as tx:
        found = service.reach(tx, tx.now - timedelta(days=days), tx.now, **_owner(tx, team, rep))
    command.show(_figures(found), as_json=as_json, title=f"Last {days} days")


@app.command("open")
def open_leads(
    name: ListArgument,
    rep: Annotated[
        str | None,
        typer.Option("--rep", metavar="EMAIL", help="Whose leads; the list's rep or yours if not given."),
    ] = None,
    account: AccountOption = None,
    person: Annotated[
        list[str] | None, typer.Option("--person", metavar="EMAIL", help="Exactly these people; may be repeated.")
    ] = None,
    per_account: Annotated[int, typer.Option("--people", min=1, max=100, help="People at each account.")] = 1,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Open outbound leads on people of the list's accounts."""
    with command.transaction(as_email) as tx:
        opened = service.open_named_leads(
            tx,
            service.named_list_by_name(tx, name).id,
            rep_id=identity.user_by_email(tx, rep).id if rep else None,
            account_ids=account,
            person_ids=[person_meant(tx, email) for email in person] if person else None,
            per_account=per_account,
        )
    command.show(opened, as_json=as_json, columns=LEAD_COLUMNS, title="Opened")
