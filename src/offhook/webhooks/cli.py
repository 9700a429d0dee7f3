"""Commands of webhooks. Thin: each opens a transaction, calls one use case and prints what came back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from offhook import webhooks
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.errors import Invalid
from offhook.webhooks import DeliveryState, Endpoint, Terms

app = typer.Typer(help="Who is told of which events: endpoints, deliveries, replay.", no_args_is_help=True)

COLUMNS = ("id", "url", "kinds", "is_active", "inactive_because", "description")
DELIVERY_COLUMNS = ("position", "kind", "subject", "state", "attempts", "try_at", "last_status", "last_error")
EVERY_PAGE = 10_000

IdArgument = Annotated[UUID, typer.Argument(metavar="ID", help="Its id, from `webhooks list`.")]
KindOption = Annotated[
    list[str] | None,
    typer.Option("--kind", help="Such as lead.assigned, 'lead.*' or '*'; several times for several."),
]
DescriptionOption = Annotated[str | None, typer.Option("--description", help="What it is for.")]


@app.command("list")
def list_endpoints(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List who is told of events."""
    with command.transaction(as_email) as tx:
        found = webhooks.endpoints_page(tx, None, EVERY_PAGE)
    command.show(found, as_json=as_json, columns=COLUMNS, title="Webhooks")


@app.command("add")
def add_endpoint(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where messages are sent.")],
    kinds: KindOption = None,
    description: DescriptionOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Have an address told of events, and print its signing secret, once."""
    with command.transaction(as_email) as tx:
        added, secret = webhooks.add_endpoint(
            tx, _terms(), url=url, kinds=kinds or ["*"], description=description or ""
        )
    _show_with_secret(added, secret, as_json)


@app.command("show")
def show_endpoint(endpoint: IdArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one, and how many of its deliveries wait or were given up."""
    with command.transaction(as_email) as tx:
        found, left = webhooks.endpoint(tx, endpoint), webhooks.backlog(tx, endpoint)
    command.show(_row(found) | {"waiting": left.waiting, "dead": left.dead}, as_json=as_json)


@app.command("change")
def change_endpoint(
    endpoint: IdArgument,
    url: Annotated[str | None, typer.Option("--url", help="A new address.")] = None,
    kinds: KindOption = None,
    description: DescriptionOption = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Whether it is told of events.")
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change one; what is not given stays. --inactive pauses it."""
    given = {"url": url, "kinds": kinds, "description": description, "is_active": active}
    changes = {name: value for name, value in given.items() if value is not None}
    with command.transaction(as_email) as tx:
        before = webhooks.endpoint(tx, endpoint)
        changed = webhooks.change_endpoint(tx, _terms(), endpoint, before.version, changes)
    command.show(changed, as_json=as_json, columns=COLUMNS)


@app.command("remove")
def remove_endpoint(endpoint: IdArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Tell it nothing more and forget its deliveries."""
    with command.transaction(as_email) as tx:
        before = webhooks.endpoint(tx, endpoint)
        removed = webhooks.remove_endpoint(tx, endpoint, before.version)
    command.show(removed, as_json=as_json, columns=COLUMNS)


@app.command("rotate-secret")
def rotate_secret(
    endpoint: IdArgument,
    overlap: Annotated[
        int, typer.Option("--overlap-hours", help="For how long the old one signs too; 0 when it leaked.")
    ] = 24,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Give it a new signing secret and print that, once."""
    with command.transaction(as_email) as tx:
        changed, secret = webhooks.rotate_secret(tx, _terms(), endpoint, overlap)
    _show_with_secret(changed, secret, as_json)


@app.command("test")
def request_test(endpoint: IdArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Have the server send it a test message; `webhooks deliveries` shows what came of it."""
    with command.transaction(as_email) as tx:
        told = webhooks.request_test(tx, endpoint)
    command.show(told, as_json=as_json, columns=COLUMNS)


@app.command("deliveries")
def list_deliveries(
    endpoint: IdArgument,
    state: Annotated[DeliveryState | None, typer.Option("--state", help="Only those that stand so.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=EVERY_PAGE, help="How many, the newest.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List its deliveries, the newest event first."""
    with command.transaction(as_email) as tx:
        found = webhooks.deliveries_page(tx, endpoint, state, None, limit)
    command.show(found, as_json=as_json, columns=DELIVERY_COLUMNS, title="Deliveries")


@app.command("replay")
def replay(
    endpoint: IdArgument,
    position: Annotated[
        int | None, typer.Option("--position", help="One delivery, whatever became of it.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="All it wants since then: 2026-03-02T09:00+01:00."),
    ] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Have the server send again: one delivery, all that were given up, or everything since a time."""
    if (position is not None) + (since is not None) + dead != 1:
        raise Invalid("Say what to send again: one of --position, --since or --dead.")
    with command.transaction(as_email) as tx:
        if position is not None:
            webhooks.replay_delivery(tx, endpoint, position)
            count = 1
        elif since is not None:
            count = webhooks.replay_since(tx, endpoint, _moment(since))
        else:
            count = webhooks.replay_dead(tx, endpoint)
    command.show({"replayed": count}, as_json=as_json)


def _terms() -> Terms:
    return Terms.of(command.settings())


def _show_with_secret(endpoint: Endpoint, secret: str, as_json: bool) -> None:
    if as_json:
        command.show(_row(endpoint) | {"secret": secret}, as_json=True)
        return
    command.show(endpoint, columns=COLUMNS)
    typer.echo("The signing secret, shown only now:")
    typer.echo(secret)


def _row(endpoint: Endpoint) -> dict[str, object]:
    return {name: getattr(endpoint, name) for name in endpoint.__slots__}


def _moment(text: str) -> datetime:
    """A time with its zone; without one it is the machine's."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise Invalid(f"'{text}' is no time; write it as 2026-03-02T09:00+01:00.") from error
