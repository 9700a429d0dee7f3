"""`offhook carrier`: a trunk of this machine's own, with people behind it."""

import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from offhook.kernel.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path

    from offhook.carrier import Carrier

app = typer.Typer(no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
HostOption = Annotated[str, typer.Option("--host", help="Address of this machine to call from and listen on.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Another seed is another day: others answer.")]
TransportOption = Annotated[str, typer.Option("--transport", help="udp or tcp.")]


@app.callback()
def carrier() -> None:
    """A virtual carrier: numbers that answer, are busy or ring out, without any account."""


@app.command()
def up(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="For UDP and TCP; 0 takes a free one.")
    ] = 5080,
    host: HostOption = "127.0.0.1",
    seed: SeedOption = 7,
    pace: Annotated[float, typer.Option("--pace", min=0.1, max=100, help="Ring this many times as quick.")] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Answer calls until stopped; prints the address and which numbers behave how."""
    from offhook.carrier import Carrier

    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    with Carrier(_folder(), host=host, port=port, seed=seed, pace=pace) as running:
        typer.echo(_as_json(running) if as_json else _told(running))
        stopped.wait()


@app.command()
def ring(
    called: Annotated[str, typer.Argument(help="The number that is rung: one of ours.")],
    caller: Annotated[
        str, typer.Option("--from", help="The number that calls; its persona speaks.")
    ] = "+13125550100",
    to: Annotated[
        str, typer.Option("--to", metavar="HOST:PORT", help="Where our SIP listens.")
    ] = "127.0.0.1:5060",
    transport: TransportOption = "udp",
    patience: Annotated[
        float, typer.Option("--patience", min=1, max=300, help="Seconds until they give up.")
    ] = 30.0,
    host: HostOption = "127.0.0.1",
    seed: SeedOption = 7,
    as_json: JsonOption = False,
) -> None:
    """Call one of our numbers as somebody outside, speak, and print what became of it."""
    from offhook.carrier import Carrier

    if transport not in {"udp", "tcp"}:
        raise Invalid(f"--transport is udp or tcp, not {transport!r}.")
    made = Carrier(_folder(), host=host, seed=seed)
    call = made.ring(called, caller, to=_address(to), transport=transport, patience_seconds=patience)
    try:
        outcome = call.wait()
    finally:
        call.stop()
    if as_json:
        import json

        typer.echo(json.dumps({"rang": outcome.rang, "code": outcome.code, "ended_by": outcome.ended_by}))
    else:
        typer.echo(f"{caller} called {called}: {outcome.summary}.")


def _folder() -> "Path":
    """Where spoken files are kept: the data folder's own corner."""
    from offhook.kernel.settings import Settings

    return Settings().data / "carrier"


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise Invalid(f"--to is HOST:PORT, not {text!r}.")
    return host, int(port)


def _endings(endings: range) -> str:
    first, last = endings[0], endings[-1]
    return f"{first:02}" if first == last else f"{first:02}-{last:02}"


def _as_json(running: "Carrier") -> str:
    import json

    from offhook.carrier import BEHAVIOUR, MAGIC, SHARES

    endings = [
        {"first": f"{endings[0]:02}", "last": f"{endings[-1]:02}", "kind": kind, "does": BEHAVIOUR[kind]}
        for endings, kind in MAGIC.items()
    ]
    told = {"host": running.host, "port": running.port, "transports": ["udp", "tcp"], "seed": running.seed}
    return json.dumps({**told, "endings": endings, "other_endings_percent": dict(SHARES)})


def _told(running: "Carrier") -> str:
    from offhook.carrier import BEHAVIOUR, MAGIC, SHARES

    shares = ", ".join(f"{share} % {kind.replace('_', ' ')}" for kind, share in SHARES.items())
    return "\n".join(
        (
            f"The virtual carrier answers on {running.address} (UDP and TCP), seed {running.seed}.",
            "",
            "Numbers that end in",
            *(f"  {_endings(endings):5}  {BEHAVIOUR[kind]}" for endings, kind in MAGIC.items()),
            f"  other  by the seed: {shares}",
            "",
            "It answers until you stop it (Ctrl-C).",
        )
    )
