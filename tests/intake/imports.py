"""Importing in tests, in a line, and counting what came of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from offhook.intake import ImportOptions, Report, import_file, rehearse_file
from offhook.intake.run import Progress
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.leads import add_campaign, campaign_by_name

CAMPAIGN = "Autumn webinar"


def webinar(tx: Transaction) -> UUID:
    """The tests' campaign, added when it is first needed."""
    return (campaign_by_name(tx, CAMPAIGN) or add_campaign(tx, CAMPAIGN)).id


class Importer:
    """Imports files into one organisation; the kept copies go to `folder`."""

    def __init__(self, database: Database, organisation_id: UUID, folder: Path) -> None:
        """Nothing is imported yet."""
        self.database = database
        self.organisation_id = organisation_id
        self.folder = folder

    def __call__(
        self,
        path: Path,
        *,
        mapping: Mapping[str, str] | None = None,
        region: str | None = None,
        sheet: str | None = None,
        progress: Progress | None = None,
        campaign_of: Callable[[Transaction], UUID] = webinar,
    ) -> Report:
        """Import a file."""
        return import_file(
            self.database,
            self.organisation_id,
            SYSTEM,
            path,
            campaign_of,
            folder=self.folder,
            options=ImportOptions(mapping or {}, region, sheet),
            progress=progress,
        )

    def rehearse(self, path: Path, *, mapping: Mapping[str, str] | None = None) -> Report:
        """Say what importing a file would come to."""
        options = ImportOptions(mapping or {})
        return rehearse_file(self.database, self.organisation_id, SYSTEM, path, webinar, options=options)

    def count(self, query: LiteralString) -> int:
        """The number that a query answers."""
        with self.database.transaction(self.organisation_id, SYSTEM) as tx:
            return tx.scalar(int, query) or 0

    def counts(self) -> tuple[int, int, int, int]:
        """How many persons, responses, leads and received rows there are."""
        return (
            self.count("SELECT count(*) FROM person"),
            self.count("SELECT count(*) FROM response"),
            self.count("SELECT count(*) FROM lead"),
            self.count("SELECT count(*) FROM intake_record"),
        )
