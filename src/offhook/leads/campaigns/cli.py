"""Commands of campaigns: `offhook campaigns …`."""

from datetime import date
from typing import Annotated

import typer

from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound
from offhook.leads.campaigns import service
from offhook.leads.campaigns.model import Campaign, CampaignKind

app = typer.Typer(help="Campaigns: what people respond to.", no_args_is_help=True)

COLUMNS = ("name", "kind", "responses", "leads", "mqls", "sals", "sqls")
MOST_LISTED = 1_000

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name.")]
KindOption = Annotated[CampaignKind | None, typer.Option("--kind", help="By what it reaches people.")]
RegionOption = Annotated[
    str | None, typer.Option("--region", help="Country whose national phone numbers responders write.")
]
MqlOption = Annotated[
    bool | None, typer.Option("--mql/--no-mql", help="Marketing has qualified every responder; no threshold.")
]
StartsOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day.")]
EndsOption = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day.")]


def _row(tx: Transaction, campaign: Campaign) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(campaign, name) for name in campaign.__slots__}
    figures = service.campaign_figures(tx, campaign.id)
    return row | {name: getattr(figures, name) for name in ("responses", "leads", "mqls", "sals", "sqls")}


@app.command("list")
def list_campaigns(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the campaigns, with how far their responders came."""
    with command.transaction(as_email) as tx:
        found = [_row(tx, campaign) for campaign in service.campaigns_page(tx, None, MOST_LISTED)]
    command.show(found, as_json=as_json, columns=COLUMNS, title="Campaigns")


@app.command("show")
def show_campaign(name: NameArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one campaign."""
    with command.transaction(as_email) as tx:
        command.show(_row(tx, named(tx, name)), as_json=as_json)


@app.command("add")
def add_campaign(
    name: NameArgument,
    kind: KindOption = None,
    region: RegionOption = None,
    mql: MqlOption = None,
    starts_on: StartsOption = None,
    ends_on: EndsOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a campaign."""
    told = _told(kind, region, mql, starts_on, ends_on)
    with command.transaction(as_email) as tx:
        command.show(service.add_campaign(tx, name, **told), as_json=as_json)


@app.command("change")
def change_campaign(
    name: NameArgument,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    kind: KindOption = None,
    region: RegionOption = None,
    mql: MqlOption = None,
    starts_on: StartsOption = None,
    ends_on: EndsOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change what is told of a campaign."""
    changes: dict[str, object] = {**_told(kind, region, mql, starts_on, ends_on)}
    if new_name is not None:
        changes["name"] = new_name
    with command.transaction(as_email) as tx:
        present = named(tx, name)
        command.show(service.change_campaign(tx, present.id, present.version, changes), as_json=as_json)


def named(tx: Transaction, name: str) -> Campaign:
    """The campaign of this name. Raises `NotFound`."""
    found = service.campaign_by_name(tx, name)
    if found is None:
        raise NotFound(f"There is no campaign '{name}'. `offhook campaigns list` shows all.")
    return found


def _told(
    kind: CampaignKind | None, region: str | None, mql: bool | None, starts_on: str | None, ends_on: str | None
) -> service.CampaignTold:
    told = service.CampaignTold()
    if kind is not None:
        told["kind"] = kind
    if region is not None:
        told["default_region"] = region
    if mql is not None:
        told["responders_are_mql"] = mql
    if starts_on is not None:
        told["starts_on"] = _day("from", starts_on)
    if ends_on is not None:
        told["ends_on"] = _day("to", ends_on)
    return told


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        reason = "must be a date such as 2026-03-02"
        raise Invalid(
            f"--{option} {reason}; '{text}' is not.", fields=[FieldError(option, reason, text)]
        ) from error
