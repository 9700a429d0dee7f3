"""Use case: import a file of responders into a campaign; resumable, repeatable, with a report on every row.

The file is copied to the data folder and a run is noted before the first row. Each batch of rows is one
transaction that also moves the run's position, so whenever the process dies the run stands exactly behind the
rows that are in: importing the same file again goes on there. A file that was imported to its end may be imported
again: its rows meet the persons and responses that are there, and change nothing.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from uuid import UUID

import psycopg

from offhook import identity
from offhook.intake import store
from offhook.intake.ahead import Batch, Batches, Source, read_ahead
from offhook.intake.mapping import (
    ATTRIBUTE,
    REPORT_HEADINGS,
    Proposal,
    Why,
    amend_why,
    check_identifies,
    guess_why,
)
from offhook.intake.model import ImportOptions, ImportRun, Outcome, ReadRow, RowError, RunStatus
from offhook.intake.reading import Table, count_lines, opened_table
from offhook.intake.receive import Taken, take_in
from offhook.intake.understanding import Manner, manner_of
from offhook.kernel.batches import batch_after_batch, end_batch
from offhook.kernel.database import Actor, Database, Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound, OffhookError
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.kernel.jobs import only_one
from offhook.leads import campaign
from offhook.people import Rejected, read_country

MOST_ERRORS_TOLD = 10_000
DRY_BATCHES = 20
"""So many batches are tried, and undone, in one transaction."""

CampaignOf = Callable[[Transaction], UUID]
"""Finds or makes the campaign, in the transaction that needs it."""

Progress = Callable[[int, int | None], None]
"""Told after each batch: rows handled, and how many there are, where that is known."""


@dataclass(slots=True)
class Report:
    """What an import came to. `errors_left_out`: beyond the first `MOST_ERRORS_TOLD`."""

    run_id: UUID | None = None
    rows: int = 0
    imported: int = 0
    merged: int = 0
    rejected: int = 0
    errors: list[RowError] = field(default_factory=list[RowError])
    errors_left_out: int = 0
    notes: list[str] = field(default_factory=list[str])
    mapping: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, taken: Sequence[Taken]) -> None:
        """Count a batch."""
        self.rows += len(taken)
        for one in taken:
            self.imported += one.outcome is Outcome.IMPORTED
            self.merged += one.outcome is Outcome.MERGED
            self.rejected += one.outcome is Outcome.REJECTED
            self.add_errors(one.errors)

    def add_errors(self, errors: Sequence[RowError]) -> None:
        """Tell these too, up to `MOST_ERRORS_TOLD`."""
        room = MOST_ERRORS_TOLD - len(self.errors)
        self.errors += errors[:room]
        self.errors_left_out += max(0, len(errors) - room)


def manner_for(tx: Transaction, table: Table, campaign_id: UUID, options: ImportOptions) -> Manner:
    """How the rows of a table are to be understood, its columns above all.

    What `options` say of columns is remembered. Raises `Invalid` where no column says who somebody is, or an
    option makes no sense.
    """
    tx.require("intake:write")
    mapping = {heading: proposal.field for heading, proposal in columns_of(tx, table, options).items()}
    check_identifies(mapping)
    if options.mapping:
        store.remember_mapping(tx, {name: mapping[name] for name in mapping if name not in REPORT_HEADINGS})
    return manner_with(tx, table, campaign_id, mapping, options)


def columns_of(tx: Transaction, table: Table, options: ImportOptions) -> dict[str, Proposal]:
    """What each column of a table is taken for, and why.

    What somebody said of such columns before counts more than a guess, also when they come back with the report of
    their errors, and what `options` say most. Raises `Invalid`.
    """
    own = [heading for heading in table.headings if heading not in REPORT_HEADINGS]
    remembered = store.remembered_mapping(tx, own)
    guessed = guess_why(table.headings, table.sample)
    if remembered is not None:
        guessed |= {heading: Proposal(remembered.get(heading, ATTRIBUTE), Why.REMEMBERED) for heading in own}
    return amend_why(guessed, options.mapping)


def manner_with(
    tx: Transaction, table: Table, campaign_id: UUID | None, mapping: Mapping[str, str], options: ImportOptions
) -> Manner:
    """How the rows are to be understood with this mapping. Raises `NotFound` for the campaign."""
    here = identity.organisation(tx)
    theirs = campaign(tx, campaign_id).default_region if campaign_id else None
    return manner_of(mapping, options.region or theirs or here.region, here.time_zone, table.sample, options)


def checked(options: ImportOptions) -> ImportOptions:
    """The options with the region as its code. Raises `Invalid`."""
    if options.area_code and not options.area_code.isdecimal():
        raise Invalid("An area code is digits only.", fields=[FieldError("area_code", "is no area code")])
    if options.region is None:
        return options
    region = read_country(options.region)
    if isinstance(region, Rejected):
        raise Invalid(
            f"The region '{options.region}' is {region.reason}.", fields=[FieldError("region", region.reason)]
        )
    return replace(options, region=region)


def import_file(
    database: Database,
    organisation_id: UUID,
    actor: Actor,
    path: Path,
    campaign_of: CampaignOf,
    *,
    folder: Path,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> Report:
    """Import a file, or go on with its import where that broke off. `folder`: where files are kept.

    `campaign_of` finds or makes the campaign; a file that cannot be read leaves none behind. Raises `Invalid` for
    such a file, `Conflict` when it is being imported elsewhere right now.
    """
    with ExitStack() as until_done:
        with database.transaction(organisation_id, actor) as tx:
            run, notes = start_run(tx, path, campaign_of(tx), options or ImportOptions(), folder)
            # Before anybody else can see the run: a server that looks for runs to go on with would take it.
            until_done.enter_context(_ours_alone(database, run))
            run = _as_it_stands(tx, run)
        report = _carry_on(database, organisation_id, actor, run, folder, progress)
    return replace(report, notes=[*notes, *report.notes])


def start_run(
    tx: Transaction,
    path: Path,
    campaign_id: UUID,
    options: ImportOptions,
    folder: Path,
    *,
    name: str | None = None,
) -> tuple[ImportRun, list[str]]:
    """Keep the file and note its run; the one that broke off, if there is one. Returns it and what to tell.

    `name`: what the file is called, if not as it lies there.
    """
    name = name or path.name
    options = checked(options)
    with opened_table(path, options.sheet, name=name) as table:
        manner = manner_for(tx, table, campaign_id, options)
        total = count_rows(table)
    digest = _digest(path)
    how = _stored(options)
    before = store.runs_of_file(tx, campaign_id, digest)
    notes = _told_before(before)
    if before and before[0].status is not RunStatus.DONE:
        if before[0].mapping == manner.mapping and before[0].options == how:
            store.go_on(tx, before[0].id)
            _keep(path, folder / before[0].file_path)
            return replace(before[0], status=RunStatus.RUNNING, error=None, ended_at=None), notes
        store.end_run(tx, before[0].id, RunStatus.CANCELLED)
        notes = [
            "An earlier import of this file broke off and read it otherwise: it begins anew, nothing is doubled."
        ]
    identifier = new_id()
    kept = folder / f"{identifier}{path.suffix.lower()[:10]}"
    _keep(path, kept)
    run = ImportRun(
        id=identifier,
        campaign_id=campaign_id,
        file_name=name,
        file_path=kept.name,
        file_sha256=digest,
        mapping=manner.mapping,
        options=how,
        status=RunStatus.RUNNING,
        rows_total=total,
        rows_done=0,
        imported=0,
        merged=0,
        rejected=0,
        error=None,
        started_at=tx.now,
        ended_at=None,
        actor=str(tx.actor),
    )
    store.insert_run(tx, run)
    return run, notes


def _keep(path: Path, kept: Path) -> None:
    """Copy the file where it is kept, unless it is there: for nobody else to read, and on the disk at once."""
    if kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    being_written = kept.with_name(f"{kept.name}.new")
    with path.open("rb") as source, being_written.open("wb") as copy:
        being_written.chmod(0o600)
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    being_written.replace(kept)
    folder = os.open(kept.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _stored(options: ImportOptions) -> dict[str, object]:
    return {name: getattr(options, name) for name in ("region", "sheet", "day_first", "area_code")}


def _told_before(before: Sequence[ImportRun]) -> list[str]:
    if not before:
        return []
    if before[0].status is RunStatus.DONE:
        return [f"This file was imported on {before[0].started_at:%Y-%m-%d} already: nothing is doubled."]
    return [f"Going on with the import that broke off after row {before[0].rows_done}."]


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def count_rows(table: Table) -> int:
    """About how many rows there are: lines that do not stand above the first row."""
    with table.path.open("rb") as file:
        lines = count_lines(iter(lambda: file.read(1 << 20), b""))
    return max(lines - table.first_row, len(table.sample))


def carry_on(
    database: Database,
    organisation_id: UUID,
    actor: Actor,
    run: ImportRun,
    *,
    folder: Path,
    progress: Progress | None = None,
) -> Report:
    """Take in the rows of a run from where it stands to the end of the file.

    A file that breaks off, or anything else that is wrong, leaves the run failed with the reason; what was taken
    in stays. Raises that error again, and `Conflict` when another process is at it or the run has ended.
    """
    with _ours_alone(database, run):
        with database.transaction(organisation_id, actor) as tx:
            run = _as_it_stands(tx, run)
        return _carry_on(database, organisation_id, actor, run, folder, progress)


@contextmanager
def _ours_alone(database: Database, run: ImportRun) -> Generator[None]:
    """Nobody else imports this run's rows meanwhile. Raises `Conflict` when somebody does already."""
    with only_one(database, f"import:{run.id}") as is_ours:
        if not is_ours:
            raise Conflict(f"Another process is importing {run.file_name} right now.", code="import-runs")
        yield


def _as_it_stands(tx: Transaction, seen: ImportRun) -> ImportRun:
    """The run as it is now that it is ours; another process may have moved it since it was seen."""
    present = store.run(tx, seen.id)
    if present is None or present.status is not RunStatus.RUNNING:
        ended = present.status if present else "gone"
        raise Conflict(f"The import of {seen.file_name} is {ended} already.", code="import-runs")
    return present


def _carry_on(
    database: Database,
    organisation_id: UUID,
    actor: Actor,
    run: ImportRun,
    folder: Path,
    progress: Progress | None,
) -> Report:
    report = Report(run.id, run.rows, run.imported, run.merged, run.rejected)
    if run.rows:
        with database.transaction(organisation_id, actor) as tx:
            report.add_errors(store.errors_of(tx, run.id, MOST_ERRORS_TOLD))
            report.errors_left_out = store.count_errors(tx, run.id) - len(report.errors)
    with (
        _ended_when_broken(database, organisation_id, actor, run),
        _batches(database, organisation_id, actor, run, folder, report) as batches,
        batch_after_batch(),
    ):
        for batch in batches:
            run = _take_batch(database, organisation_id, actor, run, batch, batches.read_on, report)
            end_batch()
            if progress:
                progress(report.rows, run.rows_total)
    with database.transaction(organisation_id, actor) as tx:
        if store.end_run(tx, run.id, RunStatus.DONE):
            tx.append(Event("import.finished", subject("import", run.id), _counts(run)))
    return report


@contextmanager
def _ended_when_broken(database: Database, organisation_id: UUID, actor: Actor, run: ImportRun) -> Generator[None]:
    """Note on the run what broke it. Where the database is away it stays as it is: it goes on by itself later."""

    def end(status: RunStatus, reason: str | None) -> None:
        with database.transaction(organisation_id, actor) as tx:
            store.end_run(tx, run.id, status, reason)

    try:
        yield
    except (Conflict, psycopg.OperationalError):
        raise
    except KeyboardInterrupt:
        end(RunStatus.CANCELLED, None)
        raise
    except OffhookError as error:
        end(RunStatus.FAILED, error.message)
        raise
    except Exception as error:
        end(RunStatus.FAILED, f"Something unexpected went wrong ({type(error).__name__}: {error}).")
        raise


@contextmanager
def _batches(
    database: Database, organisation_id: UUID, actor: Actor, run: ImportRun, folder: Path, report: Report
) -> Generator[Batches]:
    path = folder / run.file_path
    if not path.exists():
        raise NotFound(f"The kept copy of {run.file_name} is gone ({path.name}). Import the file anew.")
    options = ImportOptions(run.mapping, **run.options)  # pyright: ignore[reportArgumentType] # as start_run wrote them
    with opened_table(path, options.sheet, name=run.file_name) as table:
        with database.transaction(organisation_id, actor) as tx:
            source = Source(
                table, manner_with(tx, table, run.campaign_id, run.mapping, options), run.rows_done, tx.now
            )
        report.notes += table.notes
        report.mapping = {name: run.mapping[name] for name in table.headings if name in run.mapping}
        with read_ahead(source) as rows:
            yield Batches(rows)


def _take_batch(
    database: Database,
    organisation_id: UUID,
    actor: Actor,
    run: ImportRun,
    batch: Batch,
    read_on: Callable[[], None],
    report: Report,
) -> ImportRun:
    counted = replace(report, rows=0, imported=0, merged=0, rejected=0, errors=[], errors_left_out=0)
    with database.transaction(organisation_id, actor) as tx:
        taken = take_in(tx, run.id, run.campaign_id, batch.rows, batch.prepared)
        read_on()
        counted.add(taken)
        step = store.Step(
            batch.rows[-1].number,
            counted.imported,
            counted.merged,
            counted.rejected,
            sum(bool(one.errors) for one in taken),
        )
        if not store.move_run(tx, run, step):
            raise Conflict(f"The import of {run.file_name} was stopped, or another process is at it.")
    report.add(taken)
    return replace(
        run,
        rows_done=step.reached,
        imported=run.imported + step.imported,
        merged=run.merged + step.merged,
        rejected=run.rejected + step.rejected,
        rows_with_errors=None if run.rows_with_errors is None else run.rows_with_errors + step.with_errors,
    )


def _counts(run: ImportRun) -> dict[str, str | int | None]:
    return {
        "campaign_id": str(run.campaign_id),
        "rows": run.rows,
        "imported": run.imported,
        "merged": run.merged,
        "rejected": run.rejected,
    }


def rehearse_file(
    database: Database,
    organisation_id: UUID,
    actor: Actor,
    path: Path,
    campaign_of: CampaignOf,
    *,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> Report:
    """Say what importing a file would come to; nothing is written. `campaign_of` finds or makes the campaign.

    It is done and undone, so the report is what the import will say. In files of more than `DRY_BATCHES` batches a
    person met again after so many rows counts as new once more.
    """
    options = checked(options or ImportOptions())
    report = Report()
    with opened_table(path, options.sheet) as table:
        with database.transaction(organisation_id, actor) as tx:
            source = Source(table, manner_for(tx, table, campaign_of(tx), options), 0, tx.now)
            tx.undo()
        report.notes += table.notes
        report.mapping = dict(source.manner.mapping)
        total = count_rows(table)
        with read_ahead(source) as batches:
            is_over = False
            while not is_over:
                with database.transaction(organisation_id, actor) as tx:
                    is_over = _rehearse(tx, campaign_of(tx), islice(batches, DRY_BATCHES), report)
                    tx.undo()
                if progress:
                    progress(report.rows, total)
    return report


def _rehearse(tx: Transaction, campaign_id: UUID, batches: Iterable[list[ReadRow]], report: Report) -> bool:
    """Take some batches in; whether there were fewer than asked for."""
    taken = 0
    for batch in batches:
        report.add(take_in(tx, campaign_id, campaign_id, batch))
        taken += 1
    return taken < DRY_BATCHES
