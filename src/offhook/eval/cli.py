"""`offhook eval identity` judges identity resolution on one labelled file, `offhook eval` on all known sets.

`offhook eval amd` judges answering-machine detection on generated calls, `offhook eval bounces` how reports of
mail that came back are understood.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from offhook.eval.identity import Judged, Labelled, judged, labelled
from offhook.eval.sets import SETS
from offhook.identity import command
from offhook.identity.command import JsonOption
from offhook.kernel.errors import Invalid
from offhook.people.model import RecordKind

app = typer.Typer(
    help="Quality: identity resolution on labelled files, answering-machine detection on generated calls.",
    invoke_without_command=True,
)

TITLE = "Identity resolution, pairwise"
COLUMNS = ("by", "precision", "recall", "f1", "seconds")
DATA_VARIABLE = "OFFHOOK_TEST_DATA"


class Library(StrEnum):
    """Known libraries to hold ours against."""

    SPLINK = "splink"
    RECORDLINKAGE = "recordlinkage"


BesideOption = Annotated[
    list[Library] | None,
    typer.Option("--beside", help="Judge this library on the same records too; may be repeated."),
]


@app.callback()
def evaluate(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--folder", envvar=DATA_VARIABLE, help="Folder of the labelled sets.")
    ] = None,
    beside: BesideOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge all labelled sets that are in the folder, beside splink unless told otherwise."""
    if context.invoked_subcommand is not None:
        return
    if folder is None or not folder.is_dir():
        raise Invalid(f"Say where the labelled sets lie: --folder DIR, or {DATA_VARIABLE} (now: {folder}).")
    rows: list[dict[str, object]] = []
    for one in SETS:
        if all(path.exists() for path in one.paths(folder)):
            data = labelled(one.paths(folder), one.truth, one.kind, one.fields, one.region)
            found = _judgements(data, one.kind, beside or [Library.SPLINK])
            rows.extend({"set": one.name, **_row(judgement)} for judgement in found)
    if not rows:
        raise Invalid(f"{folder} holds none of the sets {', '.join(one.name for one in SETS)}.")
    command.show(rows, as_json=as_json, columns=("set", *COLUMNS), title=TITLE)


@app.command()
def identity(
    kind: Annotated[RecordKind, typer.Option("--kind", help="What the records are about.")],
    data: Annotated[list[Path], typer.Option("--data", help="CSV or XLSX; repeated files are read as one.")],
    truth: Annotated[str, typer.Option("--truth", help="Column of true identities; used only to judge.")],
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", help="'column=field' for a column its name does not tell; 'column=ignore'."),
    ] = None,
    region: Annotated[str, typer.Option("--region", help="Country of national phone numbers and regions.")] = "US",
    area_code: Annotated[
        str | None, typer.Option("--area-code", help="For phone numbers written without one.")
    ] = None,
    beside: BesideOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pairwise precision, recall and F1 on a labelled file."""
    records = labelled(data, truth, kind, _mapping(maps or []), region.upper(), area_code)
    ours, *others = _judgements(records, kind, beside or [])
    if not as_json:
        command.show([_row(one) for one in (ours, *others)], columns=COLUMNS, title=TITLE)
        return
    answer: dict[str, object] = {
        **_row(ours),
        "records": len(records.records),
        "columns": dict(records.fields),
    }
    if others:
        answer["beside"] = [_row(other) for other in others]
    command.show(answer, as_json=True)


@app.command()
def amd(
    count: Annotated[int, typer.Option("--calls", min=20, help="How many calls are generated.")] = 400,
    as_json: JsonOption = False,
) -> None:
    """How well answering machines are told from humans, and how soon, on generated calls."""
    from offhook.eval.amd import rows

    columns = ("name", "value", "unit", "goal", "holds", "detail")
    command.show(rows(count), as_json=as_json, columns=columns, title="Answering machine detection")


@app.command()
def bounces(
    folder: Annotated[
        Path | None, typer.Option("--folder", envvar=DATA_VARIABLE, help="Folder that holds `mail-bounces`.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """How well real reports that a mail did not arrive are understood."""
    from offhook.eval.bounces import rows

    if folder is None:
        raise Invalid(f"Say where the labelled sets lie: --folder DIR, or {DATA_VARIABLE}.")
    columns = ("name", "value", "unit", "goal", "holds", "detail")
    command.show(list(rows(folder / "mail-bounces")), as_json=as_json, columns=columns, title="Bounces")


def _mapping(maps: Sequence[str]) -> Mapping[str, str]:
    mapping: dict[str, str] = {}
    for text in maps:
        column, is_pair, field = text.rpartition("=")
        if not is_pair:
            raise typer.BadParameter(f"{text!r} is not column=field", param_hint="--map")
        mapping[column.strip()] = field.strip()
    return mapping


def _judgements(data: Labelled, kind: RecordKind, beside: Sequence[Library]) -> list[Judged]:
    found = [judged(data, kind)]
    if Library.SPLINK in beside:
        from offhook.eval.beside_splink import judged_by_splink

        found.append(judged_by_splink(data, kind))
    if Library.RECORDLINKAGE in beside:
        from offhook.eval.beside_recordlinkage import judged_by_recordlinkage

        found.append(judged_by_recordlinkage(data, kind))
    return found


def _row(one: Judged) -> dict[str, object]:
    quality = one.quality
    return {
        "by": one.name,
        "precision": round(quality.precision, 4),
        "recall": round(quality.recall, 4),
        "f1": round(quality.f1, 4),
        "found_pairs": quality.found_pairs,
        "true_pairs": quality.true_pairs,
        "seconds": round(one.seconds, 1),
        "setting": one.setting,
    }
