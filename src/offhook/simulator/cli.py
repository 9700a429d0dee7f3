"""`offhook demo`: a generated organisation with months of history, its address, its sign-ins, and what to try."""

import socket
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from offhook.identity import command
from offhook.identity.command import JsonOption

if TYPE_CHECKING:
    from offhook.kernel.settings import Settings
    from offhook.simulator.demo import Made

app = typer.Typer()

FreshOption = Annotated[bool, typer.Option("--fresh", help="Remove the demo that is there and make it anew.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Another seed makes another world.")]
RespondersOption = Annotated[int, typer.Option("--responders", min=1, max=50_000, help="How many people respond.")]
DaysOption = Annotated[int, typer.Option("--days", min=7, max=730, help="Days of history, up to now.")]
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on; else OFFHOOK_HOST.")]
PortOption = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Port to listen on; else OFFHOOK_PORT.")
]
NoServeOption = Annotated[bool, typer.Option("--no-serve", help="Stop when it is made; `offhook up` serves it.")]


@app.command()
def demo(
    is_fresh: FreshOption = False,
    seed: SeedOption = 7,
    responders: RespondersOption = 1_000,
    days: DaysOption = 84,
    is_not_served: NoServeOption = False,
    host: HostOption = None,
    port: PortOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a demo organisation once, print how to use it, and serve it.

    --seed, --responders and --days count when it is made: the first time, and with --fresh.
    """
    from offhook.simulator.demo import Size, prepare
    from offhook.simulator.telephony import calling
    from offhook.simulator.writing import writing
    from offhook.web.server import check_address, serve

    told = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = command.settings().model_copy(update=told)
    if not is_not_served:
        check_address(settings.host, settings.port)
    with command.database() as database, _progress(is_shown=not as_json) as tell:
        made = prepare(database, Size(seed, responders, days), settings.data, is_fresh=is_fresh, tell=tell)

    def show(calls: str | None = None, mail: str | None = None) -> None:
        if as_json:
            engines = {"calls": calls, "mail": mail}
            command.show({"address": settings.base_url, **engines, **made.plain()}, as_json=True)
        else:
            typer.echo(_told(settings, made, calls, mail))

    if is_not_served:
        show()
        return
    settings = settings.model_copy(update={"sip_host": "127.0.0.1", "sip_port": _free(settings.sip_port)})
    with (
        command.database() as database,
        calling(database, made.organisation_id, settings) as calls,
        writing(database, made.organisation_id, settings) as mail,
    ):
        serve(settings, when_ready=lambda: show(calls, mail))


def _free(port: int) -> int:
    """The port, or another one where it is taken."""
    for wanted in (port, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return port


@contextmanager
def _progress(*, is_shown: bool) -> "Generator[Callable[[float], None]]":
    """A bar that is not there before there is something to wait for."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("Playing months of history"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not is_shown,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=1.0, visible=False)
        yield lambda share: bar.update(task, completed=share, visible=True)


def _told(settings: "Settings", made: "Made", calls: str | None, mail: str | None) -> str:
    header = ("role", "e-mail", "password", "API token")
    lines = [
        f"{made.name}: {'made now' if made.is_new else 'already there (--fresh makes it anew)'}.",
        "",
        f"  start page  {settings.base_url}",
        f"  API         {settings.base_url}/api/v1/docs",
        *((f"  calls       {calls}",) if calls else ()),
        *((f"  mail        {mail}",) if mail else ()),
        "",
        *_columns([header, *((one.role, one.email, one.password, one.token) for one in made.sign_ins)]),
        "",
        "Try, in another shell:" if calls else "Try, once `offhook up` serves it (the last needs that):",
        *(f"  {one}" for one in _to_try(settings, made)),
        *(("", "It is served until you stop it (Ctrl-C).") if calls else ()),
    ]
    return "\n".join(lines)


def _columns(rows: "Sequence[tuple[str, ...]]") -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _to_try(settings: "Settings", made: "Made") -> list[str]:
    """Five commands that show the main job; the organisation is named where there are several."""
    by_role = {one.role: one for one in made.sign_ins}
    rep = by_role["rep"].email
    offhook = ".venv/bin/offhook" if made.is_alone else f".venv/bin/offhook --organisation {made.slug}"
    return [
        f"{offhook} queue list --rep {rep}",
        f"{offhook} queue next --rep {rep}",
        f"{offhook} campaigns list",
        f"{offhook} goals",
        f'curl -H "Authorization: Bearer {by_role["manager"].token}" {settings.base_url}/api/v1/me',
    ]
