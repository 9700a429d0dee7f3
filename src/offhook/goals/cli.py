"""Commands of goals and KPIs: `offhook goals …`, `offhook kpis …`."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from offhook import identity
from offhook.goals import service
from offhook.goals.jobs import CONSUMERS
from offhook.goals.model import AIMS, Counter, KpiRow, Period, Progress
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import SYSTEM, Transaction
from offhook.kernel.delivery import deliver
from offhook.kernel.errors import FieldError, Invalid

app = typer.Typer(help="Goals and KPIs.", no_args_is_help=True)
goals_app = typer.Typer(help="Goals: how they stand, setting them.")
app.add_typer(goals_app, name="goals")

MOST_LISTED = 1_000

RepOption = Annotated[str | None, typer.Option("--rep", metavar="EMAIL", help="Only this rep's.")]
TeamOption = Annotated[str | None, typer.Option("--team", help="Only this team's.")]
OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day meant; today if not given.")]


def day_of(option: str, text: str | None) -> date | None:
    """A day given on the command line. Raises `Invalid` naming the option."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        wrong = FieldError(option, "must be a date such as 2026-03-02", text)
        raise Invalid(f"--{option} must be a date such as 2026-03-02; '{text}' is not.", fields=[wrong]) from error


@contextmanager
def _counted(as_email: str | None) -> Generator[Transaction]:
    """A transaction in which all that has happened is counted, whether or not a server runs that does so."""
    with command.installation() as (database, organisation_id):
        deliver(database, CONSUMERS, organisation_id)
        with database.transaction(organisation_id, SYSTEM) as tx:
            command.act_as(tx, as_email)
            yield tx


@goals_app.callback(invoke_without_command=True)
def show_goals(
    ctx: typer.Context,
    rep: RepOption = None,
    team: TeamOption = None,
    period: Annotated[Period | None, typer.Option("--period", help="Only goals of this period.")] = None,
    on: OnOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show how the goals in force stand: attainment, pace, forecast."""
    if ctx.invoked_subcommand:
        return
    day = day_of("on", on)
    with _counted(as_email) as tx:
        found = service.progress(
            tx,
            on=day,
            user_id=identity.user_by_email(tx, rep).id if rep else None,
            team_id=identity.team_by_name(tx, team).id if team else None,
            period=period,
        )
    if as_json:
        command.show(found, as_json=True)
        return
    command.show([_row(one) for one in found], title="Goals")


def _row(one: Progress) -> dict[str, object]:
    return {
        "whose": one.whose,
        "goal": f"{one.goal.counter.value.replace('_', ' ')} a {one.goal.period.value}",
        "actual": one.actual,
        "target": one.goal.target,
        "attained": f"{one.attainment:.0%}",
        "pace": f"{one.pace:.0%}" if one.pace is not None else "",
        "forecast": f"{one.forecast[0]}-{one.forecast[1]}" if one.forecast else "",
        "reached in": _duration(one.reached_in_minutes[1]) if one.reached_in_minutes else "",
    }


def _duration(minutes: float) -> str:
    """Working time as people say it; a working day has eight hours here."""
    if minutes < 60:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h" if minutes < 8 * 60 else f"{minutes / 480:.1f} days"


@goals_app.command("set")
def set_goal(
    counter: Annotated[Counter, typer.Argument(help=f"One of {', '.join(AIMS)}.")],
    target: Annotated[int, typer.Argument(min=1, help="So many in each period.")],
    period: Annotated[Period, typer.Option("--period", help="How long a period is.")] = Period.WEEK,
    rep: RepOption = None,
    team: TeamOption = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day; the present period's if not given.")
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Set a goal for a rep or a team; an earlier one like it ends the day before."""
    starts_on = day_of("from", since)
    with command.transaction(as_email) as tx:
        made = service.set_goal(
            tx,
            counter=counter,
            period=period,
            target=target,
            user_id=identity.user_by_email(tx, rep).id if rep else None,
            team_id=identity.team_by_name(tx, team).id if team else None,
            starts_on=starts_on,
        )
    command.show(made, as_json=as_json)


@goals_app.command("list")
def list_goals(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List all goals, also those of the past, with their ids."""
    with command.transaction(as_email) as tx:
        found = service.goals_page(tx, None, MOST_LISTED)
        whose = service.names_of_owners(tx, found)
    rows = [
        {
            "whose": name,
            "counter": goal.counter.value,
            "period": goal.period.value,
            "target": goal.target,
            "from": goal.starts_on,
            "to": goal.ends_on,
            "id": goal.id,
        }
        for goal, name in zip(found, whose, strict=True)
    ]
    command.show(found if as_json else rows, as_json=as_json, title="Goals")


@goals_app.command("end")
def end_goal(
    goal_id: Annotated[UUID, typer.Argument(metavar="GOAL", help="Its id, as `offhook goals list` tells it.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Its last day.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Let a goal end with a day; what it was worth until then stays."""
    last_day = day_of("on", on)
    if last_day is None:
        raise typer.BadParameter("is empty", param_hint="--on")
    with command.transaction(as_email) as tx:
        ended = service.end_goal(tx, goal_id, service.goal(tx, goal_id).version, last_day)
    command.show(ended, as_json=as_json)


@goals_app.command("recount")
def recount(
    mend: Annotated[bool, typer.Option("--mend", help="Put the counts right.")] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Count all events anew and tell where the counts are wrong. They never should be."""
    with command.transaction(as_email) as tx:
        found = service.recount(tx, mend=mend)
    if as_json or found:
        command.show(found, as_json=as_json, title="Differences")
    else:
        typer.echo("Every count is as the record says.")


@app.command("kpis")
def show_kpis(
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day; 30 days ago if not given.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Last day; today if not given.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="user, team, campaign or none.")] = "user",
    rep: RepOption = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show KPIs by rep, team or campaign."""
    with _counted(as_email) as tx:
        last = day_of("to", until) or _today(tx)
        rows = service.kpi_rows(
            tx,
            day_of("from", since) or last - timedelta(days=29),
            last,
            by=by,
            user_id=identity.user_by_email(tx, rep).id if rep else None,
            team_id=identity.team_by_name(tx, team).id if team else None,
        )
    if as_json:
        command.show(rows, as_json=True)
        return
    command.show([_kpi_row(row) for row in rows if any(row.counts[name] for name in _SHOWN)], title="KPIs")


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(ZoneInfo(identity.organisation(tx).time_zone)).date()


_SHOWN = {"mqls": "MQL", "dials": "dials", "conversations": "convs.", "sals": "SAL", "sqls": "SQL"}
_RATES = {
    "mql_to_sal_rate": "MQL→SAL",
    "sal_to_sql_rate": "SAL→SQL",
    "acceptance_rate": "accept",
    "show_rate": "show",
}


def _kpi_row(row: KpiRow) -> dict[str, object]:
    values = {kpi.name: kpi.value for kpi in row.kpis}
    speed = values["speed_to_lead_business_minutes"]
    shown: dict[str, object] = {"name": row.name}
    shown.update({label: row.counts[name] for name, label in _SHOWN.items()})
    for name, label in _RATES.items():
        value = values[name]
        shown[label] = f"{value:.0%}" if value is not None else ""
    shown["speed"] = _duration(speed) if speed is not None else ""
    return shown
