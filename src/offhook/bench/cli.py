"""`offhook bench [NAME …]`: runs the benches and prints their figures as a table or as JSON."""

import dataclasses
import json
from collections.abc import Callable, Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from offhook.bench.model import Figure

Bench = Callable[[], Iterable[Figure]]


def _import_rate() -> Iterable[Figure]:
    from offhook.bench import import_rate

    return import_rate.figures()


def _next_lead() -> Iterable[Figure]:
    from offhook.bench import next_lead

    return next_lead.figures()


def _kpis() -> Iterable[Figure]:
    from offhook.bench import kpis

    return kpis.figures()


def _log_activity() -> Iterable[Figure]:
    from offhook.bench import log_activity

    return log_activity.figures()


def _do_not_call() -> Iterable[Figure]:
    from offhook.bench import do_not_call

    return do_not_call.figures()


def _workbench() -> Iterable[Figure]:
    from offhook.bench import workbench

    return workbench.figures()


def _media() -> Iterable[Figure]:
    from offhook.bench import media

    return media.figures()


def _sip() -> Iterable[Figure]:
    from offhook.bench import sip

    return sip.figures()


def _calls() -> Iterable[Figure]:
    from offhook.bench import calls

    return calls.figures()


def _mail_rendering() -> Iterable[Figure]:
    from offhook.bench import mail_rendering

    return mail_rendering.figures()


def _cadences() -> Iterable[Figure]:
    from offhook.bench import cadences

    return cadences.figures()


def _mail_reply() -> Iterable[Figure]:
    from offhook.bench import mail_reply

    return mail_reply.figures()


BENCHES: dict[str, Bench] = {
    "import": _import_rate,
    "next-lead": _next_lead,
    "kpis": _kpis,
    "log-activity": _log_activity,
    "do-not-call": _do_not_call,
    "workbench": _workbench,
    "media": _media,
    "sip": _sip,
    "calls": _calls,
    "mail-rendering": _mail_rendering,
    "cadences": _cadences,
    "mail-reply": _mail_reply,
}


def bench(
    names: Annotated[list[str] | None, typer.Argument(help=f"Which: {', '.join(BENCHES)}. Default: all")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")] = False,
) -> None:
    """Measure speed and size: ratios within one run, each beside the goal it is held against."""
    chosen = names or list(BENCHES)
    unknown = sorted(set(chosen) - set(BENCHES))
    if unknown:
        raise typer.BadParameter(f"no bench named {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    progress = Console(stderr=True)
    found: list[Figure] = []
    for name in chosen:
        progress.print(f"[dim]bench {name} …[/dim]")
        found.extend(BENCHES[name]())
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(figure) for figure in found], indent=2))
        return
    _print_table(found)


def _print_table(found: list[Figure]) -> None:
    table = Table("bench", "value", "goal", "holds", "how it came about", show_lines=True)
    verdicts = {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}
    for figure in found:
        table.add_row(
            figure.name, f"{figure.value:,g} {figure.unit}", figure.goal, verdicts[figure.holds], figure.detail
        )
    Console().print(table)
