"""Commands of the calling rules: `offhook compliance …`."""

from typing import Annotated
from uuid import UUID

import typer

from offhook.compliance import service
from offhook.compliance.mailing.cli import add_to
from offhook.compliance.model import Verdict
from offhook.compliance.rulebook import every_rule, kind_of
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption

app = typer.Typer(help="May we call, and mail? Rules, checks, what was answered.", no_args_is_help=True)
add_to(app)


@app.command("check")
def check(
    number: Annotated[str, typer.Argument(help="As one would dial it, such as +12125550123.")],
    person: Annotated[
        UUID | None, typer.Option("--person", metavar="ID", help="Who it belongs to.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Tell whether a number may be called now, with every reason against it; keeps no record."""
    with command.transaction(as_email) as tx:
        verdict = service.may_call(tx, number, person_id=person, user_id=tx.actor.id)
    if as_json:
        command.show({"is_allowed": verdict.is_allowed, **_plain(verdict)}, as_json=True)
        return
    command.show({"may_call": verdict.is_allowed, **_plain(verdict)}, columns=_SHOWN)
    if verdict.refusals:
        command.show(list(verdict.refusals), columns=("code", "why", "source", "until"), title="Why not")


_SHOWN = ("number", "may_call", "until", "recording", "announcement", "regions", "local_times")


def _plain(verdict: Verdict) -> dict[str, object]:
    return {name: getattr(verdict, name) for name in Verdict.__slots__}


@app.command("rules")
def rules(
    region: Annotated[
        str | None, typer.Option("--region", help="Only of this one, such as US-FL.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the rules that calls are held to, with source and date."""
    found = [rule for rule in every_rule() if region is None or rule.region == region.upper()]
    if as_json:
        command.show([{"kind": kind_of(rule), "rule": rule} for rule in found], as_json=True)
        return
    rows = [
        {
            "region": rule.region,
            "kind": kind_of(rule).value,
            "rule": rule.title,
            "source": rule.source,
            "since": rule.since,
            "sure": rule.confidence.value,
        }
        for rule in found
    ]
    command.show(rows, title="Calling rules")


@app.command("settings")
def settings(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show the organisation's own limits; they are changed on screen or by the API."""
    with command.transaction(as_email) as tx:
        found = service.settings(tx)
    command.show(found, as_json=as_json)


@app.command("log")
def log(
    number: Annotated[
        str | None, typer.Option("--number", help="Only of this one, E.164.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show what was answered to who wanted to call, refusals too, the newest first."""
    with command.transaction(as_email) as tx:
        page = service.verdicts(tx, number=number, cursor=None, limit=limit)
    if as_json:
        command.show(page.items, as_json=True)
        return
    rows = [
        {
            "at": one.at,
            "number": one.number,
            "allowed": one.is_allowed,
            "why": " ".join(str(refusal["why"]) for refusal in one.refusals) or one.override_reason,
        }
        for one in page.items
    ]
    command.show(rows, title="Answers")
