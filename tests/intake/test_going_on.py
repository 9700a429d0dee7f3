"""Imports that broke off: by a lost database, a lost copy, another process; and what their report then tells."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from conftest import Begin
from intake.files import HEADINGS, a_file, people
from intake.imports import Importer, webinar
from offhook.intake import ImportOptions, ahead, run, service, store
from offhook.intake.jobs import jobs
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Transaction
from offhook.kernel.errors import Conflict, NotFound
from offhook.kernel.ids import new_id
from offhook.kernel.jobs import run_job
from offhook.kernel.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "examples" / "responders.csv"


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of 25 rows in batches of ten; the phone number of row 5 cannot be one."""
    monkeypatch.setattr(ahead, "BATCH_ROWS", 10)
    rows = people(25)
    rows[3][3] = "12"
    return a_file(tmp_path, [HEADINGS, *rows])


def lose_the_database(_: int, __: int | None) -> None:
    """What happens to whoever is connected when the server goes down."""
    raise psycopg.OperationalError("server closed the connection unexpectedly")


def counts(tx: Transaction) -> dict[str, int]:
    """How many rows each guarded table holds of this organisation."""
    tables = tx.scalars(
        str,
        "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace ORDER BY 1",
    )

    def count(table: str) -> int:
        row = tx.connection.execute(
            sql.SQL("SELECT count(*)::int FROM {}").format(sql.Identifier(table))
        ).fetchone()
        assert row
        return int(str(row[0]))

    return {table: count(table) for table in tables}


def test_where_the_database_was_lost_the_run_stays_open_and_goes_on(
    importer: Importer, many: Path, begin: Begin
) -> None:
    with pytest.raises(psycopg.OperationalError):
        importer(many, progress=lose_the_database)
    with begin() as tx:
        (left,) = store.runs(tx, None, 9)
        assert (left.status.value, left.rows_done, left.error) == ("running", 11, None)
    report = importer(many)
    assert (report.rows, report.imported, report.merged) == (25, 25, 0)
    assert list(report.mapping) == list(HEADINGS)
    assert importer.counts() == (25, 25, 25, 25)


def test_the_report_of_a_resumed_import_tells_all_its_errors(importer: Importer, many: Path, begin: Begin) -> None:
    with pytest.raises(psycopg.OperationalError):
        importer(many, progress=lose_the_database)
    report = importer(many)
    assert [(error.row, error.column, error.value) for error in report.errors] == [(5, "Phone", "12")]
    assert report.errors_left_out == 0
    assert report.run_id
    with begin() as tx:
        assert service.errors_of(tx, report.run_id) == report.errors


def test_the_server_goes_on_with_what_a_process_left(
    importer: Importer, many: Path, begin: Begin, settings: Settings
) -> None:
    importer.folder = service.files_folder(settings)
    with pytest.raises(psycopg.OperationalError):
        importer(many, progress=lose_the_database)
    job = next(job for job in jobs(settings) if job.name == "intake.imports")
    assert run_job(importer.database, job, importer.organisation_id)
    with begin() as tx:
        (done,) = store.runs(tx, None, 9)
    assert (done.status.value, done.imported) == ("done", 25)


def test_a_run_that_another_process_has_moved_goes_on_from_there(
    importer: Importer, many: Path, begin: Begin
) -> None:
    with pytest.raises(psycopg.OperationalError):
        importer(many, progress=lose_the_database)
    with begin() as tx:
        (seen,) = store.runs(tx, None, 9)
    with pytest.raises(psycopg.OperationalError):
        importer(many, progress=lose_the_database)
    where = (importer.database, importer.organisation_id, SYSTEM, seen)
    report = run.carry_on(*where, folder=importer.folder)
    assert (report.rows, report.imported) == (25, 25)
    with pytest.raises(Conflict, match="done already"):
        run.carry_on(*where, folder=importer.folder)


def test_a_lost_copy_is_kept_anew_when_the_file_is_sent_again(
    importer: Importer, many: Path, begin: Begin
) -> None:
    with begin() as tx:
        begun, _ = run.start_run(tx, many, webinar(tx), ImportOptions(), importer.folder)
    kept = importer.folder / begun.file_path
    kept.unlink()
    with pytest.raises(NotFound, match="Import the file anew"):
        run.carry_on(importer.database, importer.organisation_id, SYSTEM, begun, folder=importer.folder)
    report = importer(many)
    assert (report.run_id, report.imported) == (begun.id, 25)
    assert kept.read_bytes() == many.read_bytes()


def test_copies_of_files_can_be_read_by_nobody_else(importer: Importer, many: Path) -> None:
    importer(many)
    (kept,) = importer.folder.iterdir()
    assert (importer.folder.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_dry_run_leaves_every_table_as_it_was(importer: Importer, many: Path, begin: Begin) -> None:
    importer(many)
    with begin() as tx:
        before = counts(tx)
    importer.rehearse(many, mapping={"Company": "attribute"})
    with begin() as tx:
        assert counts(tx) == before


def test_the_same_file_again_leaves_all_but_the_record_of_it(importer: Importer, many: Path, begin: Begin) -> None:
    importer(many)
    with begin() as tx:
        before = counts(tx)
    importer(many)
    with begin() as tx:
        grown = {name: n - before[name] for name, n in counts(tx).items() if n != before[name]}
    assert grown == {"event": 1, "import_run": 1, "intake_record": 25}


def test_what_was_received_about_a_person_is_found_with_them(
    importer: Importer, tmp_path: Path, begin: Begin, clock: SetClock
) -> None:
    row = people(1)[0]
    importer(a_file(tmp_path, [HEADINGS, row]))
    clock.advance(timedelta(days=1))
    importer(a_file(tmp_path, [HEADINGS, [*row[:4], "Other Works"]]))
    with begin() as tx:
        (person,) = tx.scalars(UUID, "SELECT id FROM person")
        received = service.records_of_person(tx, person)
    assert [json.loads(record.received)["Company"] for record in received] == ["Other Works", row[4]]
    assert [record.outcome.value for record in received] == ["merged", "imported"]


def test_other_organisations_see_nothing_of_an_import(importer: Importer, many: Path) -> None:
    report = importer(many)
    assert report.run_id
    with importer.database.transaction(new_id(), SYSTEM) as tx:
        assert service.records_page(tx, report.run_id, limit=10) == []
        with pytest.raises(NotFound):
            service.run(tx, report.run_id)


def test_the_example_file_is_reported_as_the_start_page_shows(importer: Importer, clock: SetClock) -> None:
    clock.at = datetime(2026, 11, 23, tzinfo=UTC)
    report = importer(EXAMPLE)
    assert (report.rows, report.imported, report.merged, report.rejected) == (36, 33, 2, 1)
    assert [(error.row, error.column, error.value) for error in report.errors] == [
        (24, "Work Email", "peter.novak@"),
        (25, "Phone", "12"),
        (26, "", ""),
        (27, "Registered", "2026-02-30 09:00"),
    ]
