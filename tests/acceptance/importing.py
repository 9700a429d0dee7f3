"""Importing a file the way `offhook import` does, in a line, and looking at what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from offhook import leads
from offhook.intake import ImportOptions, Report, import_file
from offhook.kernel.database import SYSTEM, Database, Transaction


@dataclass(frozen=True)
class Imported:
    """What an import was and what it came to."""

    organisation_id: UUID
    campaign_id: UUID
    report: Report


def import_whole(
    database: Database,
    organisation_id: UUID,
    path: Path,
    folder: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    region: str | None = None,
    are_mql: bool = False,
) -> Imported:
    """Import the file into a campaign of its name; `mapping` corrects what is guessed, `folder` keeps the copy."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        campaign = leads.add_campaign(tx, name=path.stem, responders_are_mql=are_mql)
    report = import_file(
        database,
        organisation_id,
        SYSTEM,
        path,
        lambda _: campaign.id,
        folder=folder,
        options=ImportOptions(mapping or {}, region),
    )
    return Imported(organisation_id, campaign.id, report)


def counted(tx: Transaction, query: LiteralString) -> dict[str, int]:
    """A query of words and their numbers."""
    return dict(tx.connection.execute(query).fetchall())
