"""The table of leads as a file: every lead that a filter means, with words a reader knows instead of ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.export import Table, shown_time, shown_word
from offhook.leads.campaigns import store as campaigns
from offhook.leads.model import OPEN_STAGES, Stage
from offhook.leads.table.model import Filter, Row, Sort
from offhook.leads.table.ordering import FUNNEL
from offhook.leads.table.service import table_rows

HEADINGS: Sequence[str] = (
    "Person",
    "Title",
    "E-mail",
    "Phone",
    "Do not call",
    "Do not e-mail",
    "Country",
    "Time zone",
    "Account",
    "Campaign",
    "Stage",
    "Score",
    "Fit",
    "Engagement",
    "Rep",
    "Team",
    "Attempts",
    "Opened",
    "Became MQL",
    "Last attempt",
    "Next touch",
    "Next touch because",
    "Due",
    "Verdict",
    "Became SAL",
    "Became SQL",
    "Closed",
    "Closed because",
    "Lead id",
)


@dataclass
class Names:
    """Names by id; those of campaigns are read when they are first asked for."""

    tx: Transaction
    users: dict[UUID, str]
    teams: dict[UUID, str]
    campaigns: dict[UUID, str] = field(default_factory=dict[UUID, str])

    @classmethod
    def of(cls, tx: Transaction) -> "Names":
        """Who and which teams are here."""
        return cls(tx, {u.id: u.name for u in identity.users(tx)}, {t.id: t.name for t in identity.teams(tx)})

    def read_campaigns(self, wanted: set[UUID]) -> None:
        """Read the names of these campaigns unless they are known."""
        if unknown := wanted - self.campaigns.keys():
            self.campaigns |= {one.id: one.name for one in campaigns.by_ids(self.tx, list(unknown))}


def table_as_file(tx: Transaction, wanted: Filter, sort: Sort) -> Table:
    """All leads that a filter means, in order. Times are on the organisation's clocks, as the headings say."""
    tx.require("leads:read")
    zone = identity.organisation(tx).time_zone
    headings = [f"{one} ({zone})" if one in _TIMES else one for one in HEADINGS]
    return Table(_name(wanted, tx), headings, _rows(tx, wanted, sort, ZoneInfo(zone)))


_TIMES = frozenset("Opened, Became MQL, Last attempt, Next touch, Due, Became SAL, Became SQL, Closed".split(", "))


def _name(wanted: Filter, tx: Transaction) -> str:
    """Such as `leads-open-2026-03-02`."""
    if wanted.stages == OPEN_STAGES:
        told = "open"
    elif wanted.stages == frozenset(Stage):
        told = "all"
    else:
        told = "-".join(stage.value for stage in FUNNEL if stage in wanted.stages)
    return f"leads-{told}-{tx.now:%Y-%m-%d}"


def _rows(tx: Transaction, wanted: Filter, sort: Sort, zone: ZoneInfo) -> Iterator[Sequence[object]]:
    names = Names.of(tx)
    for block in table_rows(tx, wanted, sort):
        names.read_campaigns({row.campaign_id for row in block if row.campaign_id})
        yield from (_cells(row, names, zone) for row in block)


def _cells(row: Row, names: Names, zone: ZoneInfo) -> Sequence[object]:
    person = row.person
    return (
        person.full_name,
        person.title,
        person.email,
        person.phone,
        person.do_not_call,
        person.do_not_email,
        person.country,
        person.time_zone,
        row.account.name if row.account else None,
        names.campaigns.get(row.campaign_id) if row.campaign_id else None,
        shown_word(row.stage),
        round(row.score, 1),
        round(row.fit, 1),
        round(row.engagement, 1),
        names.users.get(row.owner_id) if row.owner_id else None,
        names.teams.get(row.team_id) if row.team_id else None,
        row.attempts,
        shown_time(row.opened_at, zone),
        shown_time(row.mql_at, zone),
        shown_time(row.last_attempt_at, zone),
        shown_time(row.next_touch_at, zone),
        shown_word(row.next_touch_because),
        shown_time(row.due_at, zone),
        shown_word(row.verdict),
        shown_time(row.sal_at, zone),
        shown_time(row.sql_at, zone),
        shown_time(row.closed_at, zone),
        row.close_reason,
        str(row.id),
    )
