"""Commands of routing: `offhook routing …`."""

import json
from typing import Annotated, cast

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound
from offhook.kernel.events import Json
from offhook.leads.conditions import parse
from offhook.leads.routing import service
from offhook.leads.routing.model import Purpose, RoutingRule

app = typer.Typer(help="Who gets which leads: rules and turns.", no_args_is_help=True)

COLUMNS = ("purpose", "position", "name", "when", "goes_to", "is_active")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The rule's name.")]
RuleArgument = Annotated[str, typer.Argument(metavar="NAME", help="The rule's name, or its id.")]


def json_of(option: str, text: str) -> Json:
    """JSON given on the command line. Raises `Invalid` naming the option."""
    try:
        return cast("Json", json.loads(text))
    except (ValueError, RecursionError) as error:
        reason = f"is no JSON that can be read ({error})"
        raise Invalid(f"--{option} {reason}.", fields=[FieldError(option, reason, text[:100])]) from error


def _rows(tx: Transaction, rules: list[RoutingRule]) -> list[dict[str, object]]:
    users = {user.id: user.name for user in identity.users(tx)}
    teams = {team.id: f"team {team.name}" for team in identity.teams(tx)}
    rows: list[dict[str, object]] = []
    for rule in rules:
        row: dict[str, object] = {name: getattr(rule, name) for name in rule.__slots__}
        row["when"] = parse(rule.conditions).text
        row["goes_to"] = (
            users.get(rule.user_id) if rule.user_id else teams.get(rule.team_id) if rule.team_id else ""
        )
        rows.append(row)
    return rows


@app.command("list")
def list_rules(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the rules in the order in which they are tried."""
    with command.transaction(as_email) as tx:
        rows = _rows(tx, service.routing_rules(tx))
    command.show(rows, as_json=as_json, columns=COLUMNS, title="Routing rules")


@app.command("add")
def add_rule(
    name: NameArgument,
    when: Annotated[
        str, typer.Option("--when", help='Conditions as JSON, such as {"field": "country", "is": "DE"}.')
    ],
    user: Annotated[str | None, typer.Option("--to", metavar="EMAIL", help="Goes to this user.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Goes in turn to this team's members.")] = None,
    purpose: Annotated[Purpose, typer.Option("--for", help="Whom it chooses.")] = Purpose.REP,
    position: Annotated[int, typer.Option("--position", min=0, help="Tried from the smallest on.")] = 100,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a rule."""
    with command.transaction(as_email) as tx:
        added = service.add_rule(
            tx,
            name=name,
            conditions=json_of("when", when),
            purpose=purpose,
            position=position,
            user_id=identity.user_by_email(tx, user).id if user else None,
            team_id=identity.team_by_name(tx, team).id if team else None,
        )
        row = _rows(tx, [added])[0]
    command.show(row, as_json=as_json, columns=COLUMNS)


@app.command("remove")
def remove_rule(name: RuleArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Remove a rule; leads that it routed stay where they are."""
    with command.transaction(as_email) as tx:
        removed = _named(tx, name)
        service.remove_rule(tx, removed.id, removed.version)
    command.show(removed, as_json=as_json, columns=("name", "position", "purpose"), title="Removed")


def _named(tx: Transaction, name_or_id: str) -> RoutingRule:
    found = [rule for rule in service.routing_rules(tx) if name_or_id in {rule.name, str(rule.id)}]
    if not found:
        raise NotFound(f"There is no routing rule '{name_or_id}'. `offhook routing list` shows all.")
    if len(found) > 1:
        which = ", ".join(f"{rule.id} (for {rule.purpose}, position {rule.position})" for rule in found)
        raise Conflict(f"Several routing rules bear the name '{name_or_id}'. Say which by its id: {which}.")
    return found[0]


@app.command("turns")
def turns(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Tell how many leads each member of each pool was given in turn."""
    with command.transaction(as_email) as tx:
        users = {user.id: user.name for user in identity.users(tx)}
        rows = [
            {"pool": pool, "user_id": user, "name": users.get(user), "assigned": assigned}
            for pool, user, assigned in service.turns_taken(tx)
        ]
    command.show(rows, as_json=as_json, columns=("pool", "name", "assigned"), title="Turns")
