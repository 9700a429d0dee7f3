"""Commands of promises: `offhook sla …`."""

from typing import Annotated

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Invalid, NotFound
from offhook.leads.sla import service
from offhook.leads.sla.model import Promise, SlaPolicy
from offhook.leads.sla.sweep import sweep

app = typer.Typer(help="Promises on time (SLA): policies, and moving what is due.", no_args_is_help=True)

COLUMNS = ("name", "team", "minutes", "warn_minutes", "reassign_minutes", "is_active")

PolicyArgument = Annotated[str, typer.Argument(metavar="NAME", help="The policy's name, or its id.")]
MinutesOption = Annotated[
    int, typer.Option("--minutes", min=1, help="Business minutes until the promise is broken.")
]
WarnOption = Annotated[int, typer.Option("--warn", min=1, help="Business minutes until the warning.")]
ReassignOption = Annotated[
    int | None, typer.Option("--reassign", min=1, help="Business minutes until it goes to another rep.")
]


@app.command("list")
def list_policies(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the policies, with the defaults that hold where there is none of your own."""
    with command.transaction(as_email) as tx:
        names = {team.id: team.name for team in identity.teams(tx)}
        rows = [
            {name: getattr(one, name) for name in one.__slots__}
            | {"team": names.get(one.team_id, "") if one.team_id else "all"}
            for one in service.sla_policies(tx)
        ]
    command.show(rows, as_json=as_json, columns=COLUMNS, title="Promises")


@app.command("due")
def list_due(
    only_broken: Annotated[bool, typer.Option("--broken", help="Only those that are broken.")] = False,
    team: Annotated[str | None, typer.Option("--team", help="Only this team's.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List promises about to break and broken ones that are still not kept: whom to look after."""
    with command.transaction(as_email) as tx:
        team_id = identity.team_by_name(tx, team).id if team else None
        found = service.pressing_promises(tx, only_broken=only_broken, team_id=team_id, limit=limit)
        names = {user.id: user.name for user in identity.users(tx)}
    if as_json:
        command.show(found, as_json=True)
        return
    rows: list[dict[str, object]] = [
        {
            "person": one.person_name or "",
            "promise": one.promise.replace("_", " "),
            "state": one.state,
            "due_at": one.due_at,
            "whose": names.get(one.promised_by) if one.promised_by else "nobody's yet",
        }
        for one in found
    ]
    command.show(rows, title="Promises to look after")


@app.command("add")
def add_policy(
    promise: Annotated[Promise, typer.Argument(help="What is promised.")],
    minutes: MinutesOption,
    warn: WarnOption,
    reassign: ReassignOption = None,
    name: Annotated[str | None, typer.Option("--name", help="A name; made from the promise if not given.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Only for this team.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a policy, for promises from now on."""
    with command.transaction(as_email) as tx:
        added = service.add_sla_policy(
            tx,
            name=name or f"{promise.value.replace('_', ' ').capitalize()} within {minutes} business minutes",
            promise=promise,
            minutes=minutes,
            warn_minutes=warn,
            reassign_minutes=reassign,
            team_id=identity.team_by_name(tx, team).id if team else None,
        )
    command.show(added, as_json=as_json)


@app.command("change")
def change_policy(
    policy: PolicyArgument,
    minutes: Annotated[
        int | None, typer.Option("--minutes", min=1, help="A new limit, in business minutes.")
    ] = None,
    warn: Annotated[int | None, typer.Option("--warn", min=1, help="A new time of warning.")] = None,
    reassign: Annotated[int | None, typer.Option("--reassign", min=1, help="A new time of re-assignment.")] = None,
    never_reassign: Annotated[bool, typer.Option("--never-reassign", help="It stays with its rep.")] = False,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Off: nothing is promised.")] = None,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change a policy of your own, for promises from now on."""
    told = {
        "name": new_name,
        "minutes": minutes,
        "warn_minutes": warn,
        "reassign_minutes": reassign,
        "is_active": on,
    }
    changes: dict[str, object] = {name: value for name, value in told.items() if value is not None}
    if never_reassign and reassign is not None:
        raise Invalid("Give --reassign or --never-reassign, not both.")
    if never_reassign:
        changes["reassign_minutes"] = None
    with command.transaction(as_email) as tx:
        present = named(tx, policy)
        changed = service.change_sla_policy(tx, present.id, present.version, changes)
    command.show(changed, as_json=as_json)


@app.command("remove")
def remove_policy(policy: PolicyArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Remove a policy of your own: the one for all teams holds instead, or the default."""
    with command.transaction(as_email) as tx:
        present = named(tx, policy)
        removed = service.remove_sla_policy(tx, present.id, present.version)
    command.show(removed, as_json=as_json, title="Removed")


def named(tx: Transaction, name_or_id: str) -> SlaPolicy:
    """The organisation's own policy of this name or id. Raises `NotFound`; `Conflict` for a default or several."""
    every = service.sla_policies(tx)
    found = [one for one in every if one.version and name_or_id in {one.name, str(one.id)}]
    if not found and any(one.name == name_or_id for one in every):
        raise Conflict(
            f"'{name_or_id}' is none of your own but what holds by default: `offhook sla add` replaces it."
        )
    if not found:
        raise NotFound(f"There is no policy '{name_or_id}'. `offhook sla list` shows all.")
    if len(found) > 1:
        ids = ", ".join(str(one.id) for one in found)
        raise Conflict(f"Several policies bear the name '{name_or_id}'. Say which by its id: {ids}.")
    return found[0]


@app.command("sweep")
def sweep_now(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Take the steps that are due now; a running server does so every minute by itself."""
    moved = 0
    while True:
        with command.transaction(as_email) as tx:
            tx.require("leads:assign")
            step = sweep(tx)
        moved += step
        if not step:
            break
    command.show({"leads": moved}, as_json=as_json)
