"""Commands of trunks: `offhook trunks …`. Each opens a transaction, calls one use case, prints the result."""

from decimal import Decimal, InvalidOperation
from typing import Annotated
from uuid import UUID

import typer

from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid, NotFound
from offhook.kernel.sealing import Seal
from offhook.voice.trunks import calling, routing, service
from offhook.voice.trunks.dialing import Emergency, Outside, Refused
from offhook.voice.trunks.model import Rate, Transport, Trunk

app = typer.Typer(help="Lines to carriers: by which calls leave and arrive.", no_args_is_help=True)

COLUMNS = (
    "name",
    "host",
    "port",
    "transport",
    "domain",
    "username",
    "has_password",
    "registers",
    "is_active",
    "id",
)
HOP_COLUMNS = ("trunk", "host", "port", "transport", "domain")
EVERY_PAGE = 10_000

TrunkArgument = Annotated[str, typer.Argument(metavar="NAME", help="The trunk's name, or its id.")]
HostOption = Annotated[str | None, typer.Option("--host", help="Where requests are sent: host name or address.")]
PortOption = Annotated[int | None, typer.Option("--port", min=1, max=65_535, help="5060 unless given.")]
TransportOption = Annotated[Transport | None, typer.Option("--transport", help="udp unless given.")]
DomainOption = Annotated[str | None, typer.Option("--domain", help="What requests call the carrier.")]
UsernameOption = Annotated[str | None, typer.Option("--username", help="Whom the carrier knows us as.")]
PasswordOption = Annotated[
    bool, typer.Option("--password", help="Ask for its password, or read that from a pipe; it is kept sealed.")
]
RegistersOption = Annotated[
    bool | None, typer.Option("--registers/--no-registers", help="Whether we register with it.")
]
AssertsOption = Annotated[
    bool | None,
    typer.Option("--asserts-identity/--no-asserts-identity", help="Whether we send P-Asserted-Identity."),
]
RegionOption = Annotated[
    str | None, typer.Option("--region", help="The country whose national numbers it writes, such as DE.")
]
FromOption = Annotated[
    list[str] | None,
    typer.Option("--from", help="An address or network its calls come from; several times for several."),
]
RateOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rate",
        metavar="PREFIX:COST[:PRIORITY]",
        help="What it takes a minute for a prefix, 4930:0.012; ':0.02' for every number. May be repeated.",
    ),
]
ActiveOption = Annotated[
    bool | None, typer.Option("--active/--inactive", help="Whether calls leave and arrive by it.")
]


@app.command("list")
def list_trunks(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the lines to carriers. Whether they answer is known to the running server, and shown by the API."""
    with command.transaction(as_email) as tx:
        found = service.trunks_page(tx, None, EVERY_PAGE)
    command.show(found, as_json=as_json, columns=COLUMNS, title="Trunks")


@app.command("add")
def add_trunk(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    host: Annotated[str, typer.Argument(metavar="HOST", help="Where requests are sent: host name or address.")],
    port: PortOption = None,
    transport: TransportOption = None,
    domain: DomainOption = None,
    username: UsernameOption = None,
    with_password: PasswordOption = False,
    registers: RegistersOption = None,
    asserts_identity: AssertsOption = None,
    region: RegionOption = None,
    sends_from: FromOption = None,
    rates: RateOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a line to a carrier."""
    given = command.given(
        port=port,
        transport=transport,
        domain=domain,
        username=username,
        registers=registers,
        asserts_identity=asserts_identity,
        region=region,
        sends_from=tuple(sends_from) if sends_from else None,
        rates=_rates(rates),
        password=command.secret("the line") if with_password else None,
    )
    with command.transaction(as_email) as tx:
        added = service.add_trunk(tx, _seal(), name=name, host=host, **given)  # pyright: ignore[reportArgumentType] # by name
    command.show(added, as_json=as_json, columns=COLUMNS)


@app.command("show")
def show_trunk(trunk: TrunkArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one in full, with its prices."""
    with command.transaction(as_email) as tx:
        found = _named(tx, trunk)
    command.show(found, as_json=as_json)


@app.command("change")
def change_trunk(
    trunk: TrunkArgument,
    name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    host: HostOption = None,
    port: PortOption = None,
    transport: TransportOption = None,
    domain: DomainOption = None,
    username: UsernameOption = None,
    with_password: PasswordOption = False,
    registers: RegistersOption = None,
    asserts_identity: AssertsOption = None,
    region: RegionOption = None,
    sends_from: FromOption = None,
    rates: RateOption = None,
    active: ActiveOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change one; what is not given stays. Prices and addresses given replace all that were there."""
    changes = command.given(
        name=name,
        host=host,
        port=port,
        transport=transport,
        domain=domain,
        username=username,
        registers=registers,
        asserts_identity=asserts_identity,
        region=region,
        sends_from=tuple(sends_from) if sends_from else None,
        rates=_rates(rates),
        is_active=active,
        password=command.secret("the line") if with_password else None,
    )
    with command.transaction(as_email) as tx:
        before = _named(tx, trunk)
        changed = service.change_trunk(tx, _seal(), before.id, before.version, changes)
    command.show(changed, as_json=as_json, columns=COLUMNS)


@app.command("remove")
def remove_trunk(trunk: TrunkArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Remove one that no number and no emergency call needs."""
    with command.transaction(as_email) as tx:
        before = _named(tx, trunk)
        removed = service.remove_trunk(tx, before.id, before.version)
    command.show(removed, as_json=as_json, columns=COLUMNS)


@app.command("route")
def route(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As one would type it.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List the trunks that a call would be tried by, in order. Their health is not asked for."""
    with command.transaction(as_email) as tx:
        tx.require("settings:write")
        dialled = calling.dialled(tx, number)
        if isinstance(dialled, Refused):
            raise Invalid(f"'{number}' {dialled.reason}.")
        every = service.lines(tx, _seal())
        names = {str(line.trunk.id): line.trunk.name for line in every}
        hops = []
        if isinstance(dialled, Outside):
            hops = routing.hops_for(dialled.number, every, {}, tx.now)
        elif isinstance(dialled, Emergency):
            chosen = calling.organisation_calling(tx).emergency_trunk_id
            hops = routing.emergency_hops(next((one for one in every if one.trunk.id == chosen), None))
    rows = [
        {
            "trunk": names[hop.trunk],
            "host": hop.host,
            "port": hop.port,
            "transport": hop.transport,
            "domain": hop.domain,
        }
        for hop in hops
    ]
    command.show(rows, as_json=as_json, columns=HOP_COLUMNS, title=f"Trunks for {number}")


def _named(tx: Transaction, name: str) -> Trunk:
    wanted = name.strip().casefold()
    every = service.trunks_page(tx, None, EVERY_PAGE)
    found = next((one for one in every if wanted in {one.name.casefold(), str(one.id)}), None)
    if found is None:
        raise NotFound(f"There is no trunk '{name}'. `offhook trunks list` shows which there are.")
    return found


def _seal() -> Seal:
    return service.seal_of(command.settings())


def _rates(texts: list[str] | None) -> tuple[Rate, ...] | None:
    return tuple(map(_rate, texts)) if texts else None


def _rate(text: str) -> Rate:
    prefix, _, rest = text.partition(":")
    cost, _, priority = rest.partition(":")
    try:
        return Rate(prefix, Decimal(cost), int(priority or 1))
    except (InvalidOperation, ValueError) as error:
        raise Invalid(f"'{text}' is no price; write it as 4930:0.012, or 4930:0.012:2 with a priority.") from error


def trunk_id_named(tx: Transaction, name: str | None) -> UUID | None:
    """The id of a trunk by its name; None for none."""
    return _named(tx, name).id if name else None
