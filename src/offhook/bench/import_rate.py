"""The full import path: rows a second, against bare COPY of the same rows, with many people there already.

Normalise, match, score, route, promise, event: everything that `offhook import` does, through its own function.
OFFHOOK_BENCH_ROWS and OFFHOOK_BENCH_PEOPLE change the sizes.
"""

import os
import resource
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
from psycopg import sql

from offhook.bench import bare_copy
from offhook.bench.model import Figure, at_least, fact
from offhook.bench.rows import write_rows
from offhook.bench.scratch import Scratch, scratch_installation
from offhook.identity import Role, add_team, add_user
from offhook.intake import ImportOptions, import_file
from offhook.kernel.database import SYSTEM
from offhook.leads import CampaignKind, add_campaign

ROWS = int(os.environ.get("OFFHOOK_BENCH_ROWS", "100000"))
PEOPLE = int(os.environ.get("OFFHOOK_BENCH_PEOPLE", "1000000"))
REPS = 10

FILL = """
CREATE TEMP TABLE there ON COMMIT DROP AS
SELECT n, ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid AS id
FROM generate_series(1, %(people)s::bigint) n;
INSERT INTO person (organisation_id, id, full_name, created_at, updated_at)
SELECT %(organisation)s, id, 'Person ' || n, now(), now() FROM there;
INSERT INTO contact_point (organisation_id, person_id, kind, value, created_at)
SELECT %(organisation)s, id, 'email', 'there.' || n || '@company' || n / 8 || '.example', now() FROM there
UNION ALL SELECT %(organisation)s, id, 'phone', '+1999' || lpad(n::text, 8, '0'), now() FROM there;
INSERT INTO match_key (organisation_id, kind, key, record_id)
SELECT %(organisation)s, 'person', hashint8extended(n, m), id FROM there, generate_series(1, 3) m;
"""
"""People put in past the product, so that the indexes have their size; their keys are nobody's."""


def figures() -> Iterable[Figure]:
    """Rate into an empty base, over bare COPY, and into one with many people."""
    with scratch_installation() as scratch, TemporaryDirectory() as name:
        folder = Path(name)
        campaign_id = _staff(scratch)
        warm, first, second = (folder / f"{part}.csv" for part in ("warm", "first", "second"))
        write_rows(warm, 5_000, first=10 * ROWS)
        write_rows(first, ROWS)
        write_rows(second, ROWS, first=ROWS)
        copied = bare_copy.rows_per_second(scratch.database.url, first)
        _import(scratch, warm, campaign_id, folder)
        before = _peak()
        empty = _import(scratch, first, campaign_id, folder)
        grown = _peak() - before
        _fill(scratch)
        full = _import(scratch, second, campaign_id, folder)
    detail = f"{ROWS:,} rows: {empty:,.0f} rows/s; bare COPY {copied:,.0f} rows/s"
    yield at_least("import: rows a second, all steps", empty, "rows/s", 10_000, detail)
    yield at_least("import: rate / bare COPY of the same rows", empty / copied, "", 1 / 20, detail)
    told = f"{full:,.0f} rows/s with {PEOPLE:,} people there, {empty:,.0f} into an empty base"
    yield at_least(f"import: rate with {PEOPLE:,} people there / empty", full / empty, "", 0.8, told)
    yield fact(
        "import: growth of peak memory", grown / 2**10, "MiB", f"of the importing process over {ROWS:,} rows"
    )


def _staff(scratch: Scratch) -> UUID:
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        team = add_team(tx, name="Bench")
        for n in range(REPS):
            add_user(tx, email=f"rep{n}@bench.example", name=f"Rep {n}", role=Role.REP, team_id=team.id)
        return add_campaign(tx, "Bench", kind=CampaignKind.WEBINAR, responders_are_mql=True).id


def _import(scratch: Scratch, path: Path, campaign_id: UUID, folder: Path) -> float:
    begun = time.perf_counter()
    report = import_file(
        scratch.database,
        scratch.organisation_id,
        SYSTEM,
        path,
        lambda _: campaign_id,
        folder=folder / "kept",
        options=ImportOptions(),
    )
    return report.rows / (time.perf_counter() - begun)


def _fill(scratch: Scratch) -> None:
    with psycopg.connect(scratch.database.url) as connection:
        parameters = {"organisation": scratch.organisation_id, "people": PEOPLE}
        psycopg.ClientCursor(connection).execute(FILL, parameters)
    with psycopg.connect(scratch.database.url, autocommit=True) as connection:
        for table in ("person", "contact_point", "match_key"):
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
        connection.execute("CHECKPOINT")  # so that what follows does not pay for writing these out


def _peak() -> int:
    """Peak memory of this process so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
