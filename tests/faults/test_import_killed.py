"""An import that is killed at any moment loses no row and doubles none when it goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from intake.files import HEADINGS, a_file, people
from intake.imports import Importer
from offhook.intake import service, store
from offhook.intake.ahead import BATCH_ROWS
from offhook.intake.jobs import jobs
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.jobs import run_job
from offhook.kernel.settings import Settings

ROWS = 2 * BATCH_ROWS + 321

IMPORT = """\
import sys
from pathlib import Path
from uuid import UUID
from intake.imports import Importer
from offhook.kernel.database import Database

if __name__ == "__main__":
    url, organisation, folder, path = sys.argv[1:]
    with Database(url) as database:
        said = lambda rows, total: print(rows, flush=True)
        Importer(database, UUID(organisation), Path(folder))(Path(path), progress=said)
"""


@pytest.fixture
def responders(tmp_path: Path) -> Path:
    """A file so long that another process reads it ahead."""
    return a_file(tmp_path, [HEADINGS, *people(ROWS)])


@pytest.fixture
def importer(database: Database, organisation: UUID, settings: Settings) -> Importer:
    """Keeps its files where the server's job looks for them."""
    return Importer(database, organisation, service.files_folder(settings))


def kill_after(importer: Importer, path: Path, batches: int, patience: float = 0.0) -> list[int]:
    """Import in a process of its own, killed so many seconds after so many batches; its process ids."""
    arguments = (importer.database.url, str(importer.organisation_id), str(importer.folder), str(path))
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    script = path.with_name("importing.py")
    script.write_text(IMPORT)
    with subprocess.Popen(
        [sys.executable, script, *arguments], stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        for _ in range(batches):
            assert process.stdout.readline(), "it was killed, not done"
        time.sleep(patience)
        group = [process.pid, *children_of(process.pid)]
        process.send_signal(signal.SIGKILL)
        process.wait()
    return group


def children_of(parent: int) -> list[int]:
    """The processes that a process has started."""
    told = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(one) for one in told.split()]


def is_running(process: int) -> bool:
    """Whether a process is there and no mere entry in the table."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize(("batches", "patience"), [(0, 1.0), (1, 0.0), (2, 0.0)])
def test_an_import_that_was_killed_goes_on_without_doubles(
    importer: Importer, responders: Path, batches: int, patience: float
) -> None:
    group = kill_after(importer, responders, batches, patience)
    persons, responses, leads, records = importer.counts()
    assert persons == responses == leads == records < ROWS
    assert records % BATCH_ROWS == 0, "a batch is in as a whole or not at all"
    if records:
        assert records == importer.count("SELECT rows_done - 1 FROM import_run")
    report = importer(responders)
    assert importer.counts() == (ROWS, ROWS, ROWS, ROWS)
    assert (report.rows, report.imported, report.merged, report.rejected) == (ROWS, ROWS, 0, 0)
    assert importer.count("SELECT count(*) FROM import_run") == 1
    assert importer.count("SELECT count(*) FROM event WHERE kind = 'import.finished'") == 1
    assert importer.count("SELECT count(*) FROM event WHERE kind = 'response.received'") == ROWS
    assert not [process for process in group if is_running(process)], "the reading process ended with its parent"


@pytest.mark.slow
def test_a_server_goes_on_with_an_import_that_was_killed(
    importer: Importer, responders: Path, settings: Settings
) -> None:
    kill_after(importer, responders, 1)
    (go_on,) = jobs(settings)
    assert run_job(importer.database, go_on, importer.organisation_id)
    assert importer.counts() == (ROWS, ROWS, ROWS, ROWS)
    with importer.database.transaction(importer.organisation_id, SYSTEM) as tx:
        (run,) = service.runs_page(tx, None, 10)
        assert (run.status, run.imported) == ("done", ROWS)
        assert store.unfinished(tx) == []
