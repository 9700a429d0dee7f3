"""A campaign's responses as a file: who responded, with what, and what became of the lead."""

from collections.abc import Iterator, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.export import Table, shown_details, shown_time, shown_word
from offhook.leads.campaigns.service import campaign
from offhook.leads.responses import store

BLOCK = 2_000
"""Responses that are held at a time."""


def responses_as_file(tx: Transaction, campaign_id: UUID) -> Table:
    """All responses to a campaign, the newest first. Raises `NotFound`."""
    tx.require("campaigns:read")
    tx.require("leads:read")
    zone = identity.organisation(tx).time_zone
    name = campaign(tx, campaign_id).name
    headings = (
        f"Responded ({zone})",
        "Person",
        "Title",
        "E-mail",
        "Phone",
        "Account",
        "Country",
        "Source",
        "Content",
        "Other details",
        "Lead opened by it",
        "Stage of the lead",
        "Score",
        "Rep",
        "Team",
        f"Became MQL ({zone})",
        f"Became SAL ({zone})",
        f"Became SQL ({zone})",
        "Closed because",
        "Lead id",
    )
    return Table(f"responses-{name}-{tx.now:%Y-%m-%d}", headings, _rows(tx, campaign_id, ZoneInfo(zone)))


def _rows(tx: Transaction, campaign_id: UUID, zone: ZoneInfo) -> Iterator[Sequence[object]]:
    users = {user.id: user.name for user in identity.users(tx)}
    teams = {team.id: team.name for team in identity.teams(tx)}
    for block in store.with_leads(tx, campaign_id, BLOCK):
        for row in block:
            yield (
                shown_time(row.responded_at, zone),
                row.full_name,
                row.title,
                row.email,
                row.phone,
                row.account_name,
                row.country,
                row.source,
                row.content,
                shown_details(row.attributes),
                row.is_opened_by_it,
                shown_word(row.stage),
                round(row.score, 1),
                users.get(row.owner_id) if row.owner_id else None,
                teams.get(row.team_id) if row.team_id else None,
                shown_time(row.mql_at, zone),
                shown_time(row.sal_at, zone),
                shown_time(row.sql_at, zone),
                row.close_reason,
                str(row.lead_id),
            )
