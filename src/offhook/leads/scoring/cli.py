"""Commands of scoring: `offhook scoring …`."""

import json
from pathlib import Path
from typing import Annotated, cast

import typer
from pydantic import ValidationError

from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.conditions import parse
from offhook.leads.scoring import service
from offhook.leads.scoring.api import ModelOut, NewModel
from offhook.leads.scoring.model import Rule, ScoringModel

app = typer.Typer(help="How leads are scored, and from when on they are MQLs.", no_args_is_help=True)


@app.command("show")
def show_model(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show the scoring model in force; with --json in the shape that `set` takes."""
    with command.transaction(as_email) as tx:
        tx.require("leads:read")
        model = service.scoring_model(tx)
    _show(model, as_json=as_json)


@app.command("set")
def set_model(
    file: Annotated[
        Path,
        typer.Argument(help="JSON with mql_threshold, half_life_days and rules.", exists=True, dir_okay=False),
    ],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Put a new version in force, for responses from now on."""
    new = _read(file)
    rules = [Rule(rule.name, rule.kind, rule.points, rule.when) for rule in new.rules]
    with command.transaction(as_email) as tx:
        version = service.scoring_model(tx).version
        model = service.change_scoring_model(
            tx, version, mql_threshold=new.mql_threshold, half_life_days=new.half_life_days, rules=rules
        )
    _show(model, as_json=as_json)


def _read(file: Path) -> NewModel:
    try:
        told = cast("object", json.loads(file.read_text(encoding="utf-8")))
        if not isinstance(told, dict):
            raise Invalid(f"{file} is no JSON object.")
        whole = cast("dict[str, object]", told)
        return NewModel.model_validate({name: value for name, value in whole.items() if name != "version"})
    except ValidationError as error:
        wrong = [FieldError(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        raise Invalid(f"{file} is no scoring model.", fields=wrong) from error
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{file} is no JSON object: {error}.") from error
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error


def _show(model: ScoringModel, *, as_json: bool) -> None:
    if as_json:
        command.show(ModelOut.of(model), as_json=True)
        return
    typer.echo(
        f"Version {model.version}: MQL from {model.mql_threshold:g} points on;"
        f" engagement halves every {model.half_life_days:g} days."
    )
    rows = [
        {"kind": rule.kind, "name": rule.name, "points": rule.points, "when": parse(rule.when).text}
        for rule in model.rules
    ]
    command.show(rows, title="Rules")
