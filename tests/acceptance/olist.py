"""Olist's funnel as the files tell it, read without any part of the product: what the product is held to."""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

HOME = ZoneInfo("America/Sao_Paulo")


@dataclass(frozen=True)
class Mql:
    """A row of marketing_qualified_leads.csv; `on` is midnight of its day in Brazil."""

    id: str
    on: datetime
    landing_page: str
    origin: str

    @property
    def month(self) -> str:
        """The cohort: 2018-03."""
        return f"{self.on.astimezone(HOME):%Y-%m}"


@dataclass(frozen=True)
class Deal:
    """A row of closed_deals.csv: who qualified the MQL, who closed it, when, and what the SDR had found out."""

    mql: Mql
    sdr: str
    closer: str
    won_at: datetime
    segment: str
    lead_type: str


@dataclass(frozen=True)
class Olist:
    """Both files."""

    mqls: dict[str, Mql]
    deals: list[Deal]

    def cohorts(self) -> dict[str, tuple[int, int]]:
        """By month of the MQL: MQLs, and those of them that were won in the end."""
        all_of = Counter(one.month for one in self.mqls.values())
        won = Counter(one.mql.month for one in self.deals)
        return {month: (count, won[month]) for month, count in all_of.items()}


def read_olist(folder: Path) -> Olist:
    """Read both files; days are written DD-MM-YYYY, moments in ISO 8601 without a zone."""
    with (folder / "marketing_qualified_leads.csv").open(encoding="utf-8") as file:
        mqls = {
            row["mql_id"]: Mql(
                row["mql_id"],
                datetime.strptime(row["first_contact_date"], "%d-%m-%Y").replace(tzinfo=HOME).astimezone(UTC),
                row["landing_page_id"],
                row["origin"],
            )
            for row in csv.DictReader(file)
        }
    with (folder / "closed_deals.csv").open(encoding="utf-8") as file:
        deals = [
            Deal(
                mqls[row["mql_id"]],
                row["sdr_id"],
                row["sr_id"],
                datetime.fromisoformat(row["won_date"]).replace(tzinfo=HOME).astimezone(UTC),
                row["business_segment"],
                row["lead_type"],
            )
            for row in csv.DictReader(file)
        ]
    return Olist(mqls, sorted(deals, key=lambda deal: deal.won_at))
