"""What came in and what became of it, in plain immutable data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.plain import plain
from offhook.people import Understood


class Outcome(StrEnum):
    """What became of a row: a new person, one that was known, or nothing."""

    IMPORTED = "imported"
    MERGED = "merged"
    REJECTED = "rejected"


@plain
class Row:
    """One row as received: its number as a person counts it in the file, and its cells by heading, unchanged.

    `fault`: why it cannot be read as a whole. `verbatim`: what was received, as JSON, where that is not the cells.
    """

    number: int
    cells: Mapping[str, str]
    fault: str | None = None
    verbatim: str | None = None


@plain
class RowError:
    """One wrong value: where, what, why. `column` is the heading as received; empty: the row as a whole."""

    row: int
    column: str
    value: str
    reason: str


@plain
class Told:
    """What a row says about the response itself; `owner_column` is the heading under which it names the rep."""

    responded_at: datetime | None = None
    source: str | None = None
    content: str | None = None
    is_mql: bool | None = None
    mql_at: datetime | None = None
    owner: str | None = None
    owner_column: str = "owner"


@plain
class ReadRow:
    """A row understood: the person and the response it tells of, what was wrong, and itself verbatim as JSON.

    `person` is None where nothing can be known of anybody: the row is rejected.
    """

    number: int
    received: str
    person: Understood | None
    told: Told
    errors: Sequence[RowError]


class RunStatus(StrEnum):
    """How it stands with the import of a file."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be read.

    `region`: whose national phone numbers; `area_code` completes local ones. `sheet`: of a workbook; None: the
    first. `day_first`: how dates are written; None: as the file tells.
    """

    mapping: Mapping[str, str] = field(default_factory=dict[str, str])
    region: str | None = None
    sheet: str | None = None
    day_first: bool | None = None
    area_code: str | None = None


class Phase(StrEnum):
    """What a run is at, for whoever waits for it."""

    WAITING = "waiting"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ImportRun:
    """The import of one file into one campaign. `rows_done`: the last row handled, where a resumed run goes on.

    `rows_with_errors`: None for a run that began before they were counted.
    """

    id: UUID
    campaign_id: UUID
    file_name: str
    file_path: str
    file_sha256: bytes
    mapping: Mapping[str, str]
    options: Mapping[str, object]
    status: RunStatus
    rows_total: int | None
    rows_done: int
    imported: int
    merged: int
    rejected: int
    error: str | None
    started_at: datetime
    ended_at: datetime | None
    actor: str
    rows_with_errors: int | None = 0

    @property
    def rows(self) -> int:
        """Rows handled so far."""
        return self.imported + self.merged + self.rejected

    @property
    def position(self) -> int:
        """The number in the file of the last row handled, as a person counts."""
        return self.rows_done

    @property
    def phase(self) -> Phase:
        """What it is at."""
        if self.status is RunStatus.RUNNING:
            return Phase.IMPORTING if self.rows_done else Phase.WAITING
        return Phase(self.status.value)

    @property
    def share(self) -> float | None:
        """How much of the file is in, 0 to 1; None where nobody knows how long it is.

        The number of rows is a guess by lines, so less than 1 until the run is done.
        """
        if self.status is RunStatus.DONE:
            return 1.0
        if not self.rows_total:
            return None
        return min(self.rows / self.rows_total, 0.99)


@dataclass(frozen=True, slots=True)
class Record:
    """One received row on record: verbatim, and what became of it."""

    source_id: UUID
    row_number: int
    received: str
    outcome: Outcome
    person_id: UUID | None
    errors: Sequence[Mapping[str, str]]
    received_at: datetime
