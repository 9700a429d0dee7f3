"""The SQL of intake: runs, received rows, remembered mappings (0007_intake.sql)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.intake.model import ImportRun, Outcome, Record, RowError, RunStatus
from offhook.kernel.database import Transaction
from offhook.kernel.plain import plain

_RUN = (
    "SELECT id, campaign_id, file_name, file_path, file_sha256, mapping, options, status, rows_total, rows_done,"
    " imported, merged, rejected, error, started_at, ended_at, actor, rows_with_errors FROM import_run "
)
_RECORD = "SELECT source_id, row_number, received, outcome, person_id, errors, received_at FROM intake_record "


def _run(status: str, file_sha256: bytes, **columns: object) -> ImportRun:
    return ImportRun(status=RunStatus(status), file_sha256=bytes(file_sha256), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def _record(outcome: str, errors: list[Mapping[str, str]] | None, **columns: object) -> Record:
    return Record(outcome=Outcome(outcome), errors=errors or (), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def insert_run(tx: Transaction, new: ImportRun) -> None:
    """Add a run."""
    tx.execute(
        "INSERT INTO import_run (id, campaign_id, file_name, file_path, file_sha256, mapping, options, status,"
        " rows_total, started_at, actor, rows_with_errors) VALUES (%(id)s, %(campaign)s, %(name)s, %(path)s,"
        " %(sha)s, %(mapping)s, %(options)s, %(status)s, %(total)s, %(started)s, %(actor)s, 0)",
        id=new.id,
        campaign=new.campaign_id,
        name=new.file_name,
        path=new.file_path,
        sha=new.file_sha256,
        mapping=Jsonb(dict(new.mapping)),
        options=Jsonb(dict(new.options)),
        status=new.status.value,
        total=new.rows_total,
        started=new.started_at,
        actor=new.actor,
    )


def run(tx: Transaction, identifier: UUID) -> ImportRun | None:
    """One run."""
    return tx.first(_run, _RUN + "WHERE id = %(id)s", id=identifier)


def runs_of_file(tx: Transaction, campaign_id: UUID, digest: bytes) -> list[ImportRun]:
    """The runs of a file with these contents into this campaign, the newest first. Index: import_run_of_file."""
    return tx.rows(
        _run,
        _RUN + "WHERE campaign_id = %(campaign)s AND file_sha256 = %(sha)s ORDER BY started_at DESC, id DESC",
        campaign=campaign_id,
        sha=digest,
    )


def runs(tx: Transaction, before: UUID | None, limit: int, campaign_id: UUID | None = None) -> list[ImportRun]:
    """Runs, the newest first; of one campaign, if it is named (import_run_of_file)."""
    return tx.rows(
        _run,
        _RUN + "WHERE (%(before)s::uuid IS NULL OR id < %(before)s)"
        " AND (%(campaign)s::uuid IS NULL OR campaign_id = %(campaign)s) ORDER BY id DESC LIMIT %(limit)s",
        before=before,
        campaign=campaign_id,
        limit=limit,
    )


def unfinished(tx: Transaction) -> list[ImportRun]:
    """Runs that are to go on."""
    return tx.rows(_run, _RUN + "WHERE status = 'running' ORDER BY started_at, id")


@dataclass(frozen=True, slots=True)
class Step:
    """What a batch came to; `reached` is its last row."""

    reached: int
    imported: int
    merged: int
    rejected: int
    with_errors: int


def move_run(tx: Transaction, run: ImportRun, step: Step) -> bool:
    """Note how far a run has come; False when it is not where we left it: somebody else runs it, or stopped it."""
    return bool(
        tx.execute(
            "UPDATE import_run SET rows_done = %(reached)s, imported = imported + %(imported)s,"
            " merged = merged + %(merged)s, rejected = rejected + %(rejected)s,"
            " rows_with_errors = rows_with_errors + %(with_errors)s"
            " WHERE id = %(id)s AND status = 'running' AND rows_done = %(done)s",
            id=run.id,
            done=run.rows_done,
            reached=step.reached,
            imported=step.imported,
            merged=step.merged,
            rejected=step.rejected,
            with_errors=step.with_errors,
        )
    )


def end_run(tx: Transaction, identifier: UUID, status: RunStatus, error: str | None = None) -> bool:
    """End a running run; False when it had ended already."""
    return bool(
        tx.execute(
            "UPDATE import_run SET status = %(status)s, error = %(error)s, ended_at = %(now)s"
            " WHERE id = %(id)s AND status = 'running'",
            id=identifier,
            status=status.value,
            error=error,
            now=tx.now,
        )
    )


def go_on(tx: Transaction, identifier: UUID) -> bool:
    """Let a failed or cancelled run go on."""
    return bool(
        tx.execute(
            "UPDATE import_run SET status = 'running', error = NULL, ended_at = NULL"
            " WHERE id = %(id)s AND status IN ('failed', 'cancelled')",
            id=identifier,
        )
    )


@plain
class NewRecord:
    """A received row to keep."""

    row_number: int
    received: str
    outcome: Outcome
    person_id: UUID | None
    errors: Jsonb | None


def insert_records(tx: Transaction, source_id: UUID, records: Iterable[NewRecord]) -> None:
    """Keep received rows, verbatim."""
    tx.copy_behind(
        "intake_record",
        ("row_number", "received", "outcome", "person_id", "errors"),
        (
            (
                str(one.row_number),
                one.received,
                one.outcome.value,
                str(one.person_id) if one.person_id else None,
                one.errors,
            )
            for one in records
        ),
        source_id=source_id,
        received_at=tx.now,
    )


def next_number(tx: Transaction, source_id: UUID) -> int:
    """The number of the next record of a source that is no file. Index: the primary key of intake_record."""
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('intake:' || %(id)s, 0))", id=str(source_id))
    last = tx.scalar(
        int,
        "SELECT row_number FROM intake_record WHERE source_id = %(id)s ORDER BY row_number DESC LIMIT 1",
        id=source_id,
    )
    return (last or 0) + 1


def newest_records(
    tx: Transaction, source_id: UUID, *, before: int | None = None, only_wrong: bool = False, limit: int
) -> list[Record]:
    """Received rows of a source from the newest back. Index: the primary key of intake_record."""
    return tx.rows(
        _record,
        _RECORD + "WHERE source_id = %(source)s AND (%(before)s::int IS NULL OR row_number < %(before)s)"
        " AND (NOT %(only_wrong)s OR errors IS NOT NULL) ORDER BY row_number DESC LIMIT %(limit)s",
        source=source_id,
        before=before,
        only_wrong=only_wrong,
        limit=limit,
    )


def records(
    tx: Transaction, source_id: UUID, *, after: int = 0, only_wrong: bool = False, limit: int | None
) -> list[Record]:
    """Received rows of a source in order; None: all of them. Index: the primary key of intake_record."""
    return tx.rows(
        _record,
        _RECORD + "WHERE source_id = %(source)s AND row_number > %(after)s"
        " AND (NOT %(only_wrong)s OR errors IS NOT NULL) ORDER BY row_number LIMIT %(limit)s",
        source=source_id,
        after=after,
        only_wrong=only_wrong,
        limit=limit,
    )


def errors_of(tx: Transaction, source_id: UUID, rows: int | None = None) -> list[RowError]:
    """What could not be used of a source, in order; of its first so many wrong rows, if not of all."""
    return [
        RowError(record.row_number, error["column"], error["value"], error["reason"])
        for record in records(tx, source_id, only_wrong=True, limit=rows)
        for error in record.errors
    ]


def count_errors(tx: Transaction, source_id: UUID) -> int:
    """How many values or rows of a source could not be used."""
    return (
        tx.scalar(
            int,
            "SELECT coalesce(sum(jsonb_array_length(errors)), 0)::int FROM intake_record"
            " WHERE source_id = %(source)s AND errors IS NOT NULL",
            source=source_id,
        )
        or 0
    )


def records_of_persons(tx: Transaction, person_ids: Sequence[UUID]) -> list[Record]:
    """All that was received about any of them, the newest first. Index: intake_record_of_person."""
    return tx.rows(
        _record,
        _RECORD + "WHERE person_id = ANY(%(persons)s) ORDER BY received_at DESC, row_number DESC",
        persons=list(person_ids),
    )


def _headings_hash(headings: Iterable[str]) -> bytes:
    return sha256("\0".join(sorted(headings)).encode()).digest()


def remembered_mapping(tx: Transaction, headings: Iterable[str]) -> dict[str, str] | None:
    """What these columns were last said to be, if somebody has."""
    found = tx.first(
        _Mapping, "SELECT mapping FROM column_mapping WHERE headers_hash = %(hash)s", hash=_headings_hash(headings)
    )
    return dict(found.mapping) if found else None


@dataclass(frozen=True, slots=True)
class _Mapping:
    mapping: Mapping[str, str]


def remember_mapping(tx: Transaction, mapping: Mapping[str, str]) -> None:
    """Keep what these columns are, for the next file of the kind."""
    tx.execute(
        "INSERT INTO column_mapping (headers_hash, mapping, used_at) VALUES (%(hash)s, %(mapping)s, %(now)s)"
        " ON CONFLICT (organisation_id, headers_hash) DO UPDATE SET mapping = excluded.mapping,"
        " used_at = excluded.used_at",
        hash=_headings_hash(mapping),
        mapping=Jsonb(dict(mapping)),
        now=tx.now,
    )
