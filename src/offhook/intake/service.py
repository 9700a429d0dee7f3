"""Looking at imports and what was received, stopping an import."""

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast
from uuid import UUID

from offhook import people
from offhook.intake import store
from offhook.intake.mapping import REPORT_HEADINGS
from offhook.intake.model import ImportRun, Record, RowError, RunStatus
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound
from offhook.kernel.settings import Settings

BATCH = 5_000


def files_folder(settings: Settings) -> Path:
    """Where imported files are kept."""
    return settings.data / "imports"


def runs_page(
    tx: Transaction, before: UUID | None, limit: int, campaign_id: UUID | None = None
) -> list[ImportRun]:
    """Imports, the newest first; only those into one campaign, if it is named."""
    tx.require("campaigns:read")
    return store.runs(tx, before, limit, campaign_id)


def run(tx: Transaction, identifier: UUID) -> ImportRun:
    """One import. Raises `NotFound`."""
    tx.require("campaigns:read")
    found = store.run(tx, identifier)
    if found is None:
        raise NotFound(f"There is no import {identifier} here.")
    return found


def cancel(tx: Transaction, identifier: UUID) -> ImportRun:
    """Stop an import; what is in stays in. Raises `Conflict` when it has ended."""
    tx.require("intake:write")
    present = run(tx, identifier)
    if not store.end_run(tx, identifier, RunStatus.CANCELLED):
        raise Conflict(f"This import is {present.status} already.")
    return replace(present, status=RunStatus.CANCELLED, ended_at=tx.now)


def resume(tx: Transaction, identifier: UUID) -> ImportRun:
    """Let a failed or cancelled import go on where it was. Raises `Conflict` for one that is not."""
    tx.require("intake:write")
    present = run(tx, identifier)
    if not store.go_on(tx, identifier):
        raise Conflict(f"This import is {present.status}: there is nothing to go on with.")
    return replace(present, status=RunStatus.RUNNING, error=None, ended_at=None)


def records_page(
    tx: Transaction, source_id: UUID, *, after: int = 0, only_wrong: bool = False, limit: int
) -> list[Record]:
    """Received rows of an import, form, hook or batch, verbatim, with what became of them."""
    tx.require("campaigns:read")
    return store.records(tx, source_id, after=after, only_wrong=only_wrong, limit=limit)


def newest_records_page(
    tx: Transaction, source_id: UUID, *, before: int | None = None, only_wrong: bool = False, limit: int
) -> list[Record]:
    """Likewise from the newest back: what came last by a form or a hook, which never end."""
    tx.require("campaigns:read")
    return store.newest_records(tx, source_id, before=before, only_wrong=only_wrong, limit=limit)


def records_of_person(tx: Transaction, person_id: UUID) -> list[Record]:
    """All that was received about a person, and whom they absorbed, the newest first. Raises `NotFound`."""
    return store.records_of_persons(tx, _one_person(tx, person_id))


def consents_of_person(tx: Transaction, person_id: UUID) -> list[people.Consent]:
    """What a person agreed to, the newest first; as whom they absorbed, too. Raises `NotFound`."""
    return people.consents_of(tx, _one_person(tx, person_id))


def _one_person(tx: Transaction, person_id: UUID) -> Sequence[UUID]:
    """All ids of this human being: records keep the one that they were received under."""
    return people.members(tx, people.person(tx, person_id).id)


def errors_of(tx: Transaction, source_id: UUID) -> list[RowError]:
    """What could not be used of the rows of an import."""
    tx.require("campaigns:read")
    return store.errors_of(tx, source_id)


def rows_as_received(tx: Transaction, source_id: UUID) -> tuple[list[str], Iterator[Sequence[object]]]:
    """An import's rows as a table: row number, outcome, reasons, then the columns as received.

    They are read while they are used, within the transaction, so that a million take no more memory than few.
    """
    run(tx, source_id)
    headings = list(dict.fromkeys(name for record in _all(tx, source_id) for name in _cells(record)))
    rows = (_as_row(record, headings) for record in _all(tx, source_id))
    return ["row", "outcome", "reasons", *headings], rows


def error_report(tx: Transaction, identifier: UUID) -> tuple[list[str], Iterator[Sequence[object]]]:
    """The rows of an import of which something could not be used: to mend and import again.

    Columns as received, then `REPORT_HEADINGS`. A row stands once, however much is wrong with it. Read while it is
    used, like `rows_as_received`.
    """
    columns = run(tx, identifier).mapping
    wrong = functools.partial(_all, tx, identifier, only_wrong=True)
    # Short rows lack their last cells, so what no wrong row has is added behind.
    named = dict.fromkeys([*(name for record in wrong() for name in _cells(record)), *columns])
    headings = [name for name in named if name not in REPORT_HEADINGS]
    rows = ([*_as_received(record, headings), *_told(record)] for record in wrong())
    return [*headings, *REPORT_HEADINGS], rows


def _as_received(record: Record, headings: Sequence[str]) -> list[object]:
    cells = _cells(record)
    return [cells.get(name, "") for name in headings]


def _told(record: Record) -> list[object]:
    """Under `REPORT_HEADINGS`."""
    told = ("; ".join(filter(None, (error[part] for error in record.errors))) for part in _ERROR_PARTS)
    return [record.row_number, *told]


_ERROR_PARTS = ("column", "value", "reason")


def _as_row(record: Record, headings: Sequence[str]) -> Sequence[object]:
    reasons = (f"{error['column']}: {error['reason']}".removeprefix(": ") for error in record.errors)
    return [
        record.row_number,
        record.outcome.value,
        "; ".join(reasons),
        *_as_received(record, headings),
    ]


def _cells(record: Record) -> dict[str, object]:
    return cast("dict[str, object]", json.loads(record.received))


def _all(tx: Transaction, source_id: UUID, *, only_wrong: bool = False) -> Iterator[Record]:
    after = 0
    while page := records_page(tx, source_id, after=after, only_wrong=only_wrong, limit=BATCH):
        yield from page
        after = page[-1].row_number
