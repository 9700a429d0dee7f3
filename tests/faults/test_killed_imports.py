"""`offhook import` killed at random moments and run again, until it is done: as if it had never been killed."""

import json
from collections import Counter
from pathlib import Path
from random import Random
from time import monotonic, sleep
from uuid import UUID

import psutil
import pytest

from faults.running import Installation, Process
from offhook.bench.rows import write_rows
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.installation import open_installation
from offhook.kernel.settings import Settings

pytestmark = pytest.mark.slow

ROWS = 20_000
KILLS = 6


def test_an_import_killed_again_and_again_comes_out_as_one_that_never_was(
    installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "responders.csv"
    write_rows(path, ROWS)
    for name in ("Calm", "Killed"):
        installation.run("init", "--name", name, "--admin", f"ada@{name.lower()}.example")
    began = monotonic()
    calm = ended(importing(installation, path, "calm"))
    whole = monotonic() - began

    dice, seen, status = Random(11), [0], "running"
    while status == "running" and len(seen) <= KILLS:
        process = importing(installation, path, "killed")
        sleep(dice.uniform(0.3, 0.7) * whole)
        family = psutil.Process(process.popen.pid).children(recursive=True) if process.popen.poll() is None else []
        process.kill()
        assert psutil.wait_procs([one for one in family if one.name().startswith("python")], timeout=10)[1] == []
        status, rows = standing(installation)
        seen.append(rows)
    assert seen == sorted(seen)
    assert any(0 < rows <= ROWS for rows in seen), f"no kill met it in the middle: {seen}"
    if status == "running":
        last = ended(importing(installation, path, "killed"))
        assert {name: last[name] for name in TOLD} == {name: calm[name] for name in TOLD}

    with open_installation(Settings(data=installation.data, database_url=None)) as database:
        told = {slug: came_of_it(database, slug) for slug in ("calm", "killed")}
    assert told["calm"]["intake_record"] == ROWS
    assert told["calm"]["response.received"] == told["calm"]["response"] == told["calm"]["person"] > ROWS * 0.99
    assert told["killed"] == told["calm"]


TOLD = ("rows", "imported", "merged", "rejected", "errors")


def standing(installation: Installation) -> tuple[str, int]:
    """How the import stands, and the last row that is in; the headings are row 1."""
    runs = installation.told("--organisation", "killed", "imports", "list")
    assert len(runs) <= 1, "one file, one run"
    return (runs[0]["status"], runs[0]["rows_done"]) if runs else ("running", 0)


def importing(installation: Installation, path: Path, slug: str) -> Process:
    """The command, begun."""
    return installation.start("--organisation", slug, "import", str(path), "--campaign", "Webinar", "--json")


def ended(process: Process) -> dict[str, object]:
    """What the command told at its end."""
    printed, _ = process.popen.communicate(timeout=240)
    assert process.popen.returncode == 0, printed
    return json.loads(printed[printed.index("{") :])


TABLES = (
    "person",
    "account",
    "contact_point",
    "response",
    "lead",
    "intake_record",
    "assignment",
    "event",
    "merge",
)


def came_of_it(database: Database, slug: str) -> Counter[str]:
    """How many rows each table holds, and how many events there are of each kind."""
    counted: Counter[str] = Counter()
    for organisation_id in database.organisations():
        with database.transaction(organisation_id, SYSTEM) as tx:
            if tx.scalar(str, "SELECT slug FROM organisation") != slug:
                continue
            for table in TABLES:
                row = tx.connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # pyright: ignore # our own names
                assert row
                counted[table] = int(str(row[0]))
            kinds = tx.connection.execute("SELECT kind, count(*) FROM event GROUP BY kind").fetchall()
            counted |= Counter({str(kind): int(str(count)) for kind, count in kinds})
            counted["runs"] = tx.scalar(int, "SELECT count(*)::int FROM import_run") or 0
            doubled = tx.scalars(
                UUID, "SELECT person_id FROM response GROUP BY person_id, campaign_id HAVING count(*) > 1"
            )
            assert doubled == []
    return counted
