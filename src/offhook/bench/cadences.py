"""Cadences: enrolling ten thousand, and what the scheduler costs when a million steps wait for later.

Leads are put in past the product, enrolments of the first figure through it: one run, as the table of leads begins
it. The million waiting steps are rows of one INSERT … SELECT, spread over the coming quarter.
"""

import time
from collections.abc import Iterable
from statistics import median
from uuid import UUID

import psycopg

from offhook.bench.model import Figure, at_most
from offhook.bench.next_lead import fill_leads, staff
from offhook.bench.scratch import Scratch, scratch_installation
from offhook.cadences import Cadence, Delay, Plan, Step, StepKind, add_cadence, enrol_many, go_on, publish, run_due
from offhook.kernel.database import SYSTEM

ENROLLED = 10_000
FEW, MANY = 10_000, 1_000_000
DUE = 500
"""Steps that come due in a round."""
ROUNDS = 9
LEADS = ENROLLED + (ROUNDS + 1) * 2 * DUE

WAITING = """
INSERT INTO cadence_enrolment
    (organisation_id, id, cadence_id, edition, lead_id, person_id, is_beside, phase, step, due_at, enrolled_at)
SELECT %(organisation)s, gen_random_uuid(), %(cadence)s, 1, gen_random_uuid(), gen_random_uuid(), false,
       'waiting', 1, now() + interval '1 day' + (n %% 7776000) * interval '1 second', now()
FROM generate_series(1, %(count)s::bigint) n
"""

COME_DUE = """
INSERT INTO cadence_enrolment
    (organisation_id, id, cadence_id, edition, lead_id, person_id, is_beside, phase, step, due_at, enrolled_at)
SELECT organisation_id, gen_random_uuid(), %(cadence)s, 1, id, person_id, false, 'waiting', 1, now(), now()
FROM lead WHERE organisation_id = %(organisation)s
  AND NOT EXISTS (SELECT FROM cadence_enrolment e WHERE e.organisation_id = lead.organisation_id
                  AND e.person_id = lead.person_id)
LIMIT %(count)s
"""


def figures() -> Iterable[Figure]:
    """Seconds to schedule ten thousand enrolments; the scheduler's round with many waiting over that with few."""
    with scratch_installation() as scratch:
        team, reps = staff(scratch)
        fill_leads(scratch, team, reps, 1, LEADS)
        cadence = _cadence(scratch)
        scheduling = _enrol(scratch, cadence)
        _clear(scratch)
        few = _round_with(scratch, cadence, FEW)
        many = _round_with(scratch, cadence, MANY - FEW)
    yield at_most(
        f"cadences: {ENROLLED:,} enrolments scheduled",
        scheduling,
        "s",
        5,
        "one run, from the request to its end: checked, scheduled, told as events, batch by batch",
    )
    yield at_most(
        f"cadences: the scheduler with {MANY:,} waiting steps / with {FEW:,}",
        many / few,
        "x",
        2,
        f"median of {ROUNDS} rounds of {DUE} due steps: {few * 1e3:.0f} ms, {many * 1e3:.0f} ms",
    )


def _cadence(scratch: Scratch) -> Cadence:
    """Two calls a day apart."""
    plan = Plan((Step(StepKind.CALL, Delay(1)), Step(StepKind.CALL, Delay(1))))
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        new = add_cadence(tx, name="Bench", draft=plan)
        return publish(tx, new.id, new.version)


def _enrol(scratch: Scratch, cadence: Cadence) -> float:
    """Enrol by a run and see it through; the seconds that took."""
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        lead_ids = tx.scalars(UUID, "SELECT id FROM lead ORDER BY id LIMIT %(count)s", count=ENROLLED)
    begun = time.perf_counter()
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        enrol_many(tx, cadence.id, lead_ids)
    go_on(scratch.database, scratch.organisation_id)
    seconds = time.perf_counter() - begun
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        enrolled = tx.scalar(int, "SELECT count(*) FROM cadence_enrolment")
    if enrolled != ENROLLED:
        raise RuntimeError(f"{enrolled} of {ENROLLED} were enrolled")
    return seconds


def _round_with(scratch: Scratch, cadence: Cadence, more: int) -> float:
    """The median of rounds in which some come due, once so many more wait for later; the first round warms up."""
    _execute(scratch, cadence, WAITING, more)
    with psycopg.connect(scratch.database.url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) cadence_enrolment")
    seconds: list[float] = []
    for _ in range(ROUNDS + 1):
        _execute(scratch, cadence, COME_DUE, DUE)
        begun = time.perf_counter()
        run_due(scratch.database, scratch.organisation_id)
        seconds.append(time.perf_counter() - begun)
    return median(seconds[1:])


def _execute(scratch: Scratch, cadence: Cadence, statement: str, count: int) -> None:
    told = {"organisation": scratch.organisation_id, "cadence": cadence.id, "count": count}
    with psycopg.connect(scratch.database.url) as connection:
        psycopg.ClientCursor(connection).execute(statement.encode(), told)


def _clear(scratch: Scratch) -> None:
    """Forget the enrolments of the first figure, so that the second counts its own alone."""
    with psycopg.connect(scratch.database.url) as connection:
        connection.execute("TRUNCATE cadence_enrolment, cadence_step")
