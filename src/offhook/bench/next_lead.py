"""Next best lead: the time to find it must not grow with the number of open leads."""

import time
from collections.abc import Iterable
from uuid import UUID

import psycopg

from offhook.bench.model import Figure, at_most
from offhook.bench.scratch import Scratch, scratch_installation
from offhook.identity import Role, add_team, add_user
from offhook.kernel.database import SYSTEM
from offhook.leads import queue_of

FEW, MANY = 10_000, 1_000_000
REPS = 50
ASKED = 400

FILL = """
INSERT INTO person (organisation_id, id, full_name, time_zone, created_at, updated_at)
SELECT %(organisation)s, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Person ' || n,
       (ARRAY['America/New_York','America/Chicago','America/Denver','America/Los_Angeles','Europe/London',
              'Europe/Madrid'])[1 + n %% 6], now(), now()
FROM generate_series(%(first)s::bigint, %(last)s) n;
INSERT INTO lead (organisation_id, id, person_id, stage, owner_id, team_id, score, fit, engagement, scored_at,
                  opened_at, mql_at, assigned_at, attempts, last_attempt_at, next_touch_at, due_at, time_zone,
                  created_at)
SELECT %(organisation)s, ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       CASE WHEN n %% 3 = 0 THEN 'working' ELSE 'mql' END,
       (%(reps)s::uuid[])[1 + n %% %(rep_count)s], %(team)s,
       (n * 7919) %% 100, 50, (n * 7919) %% 50, now() - (n %% 90) * interval '1 day',
       now() - (n %% 90) * interval '1 day', now() - (n %% 90) * interval '1 day',
       now() - (n %% 90) * interval '1 day', CASE WHEN n %% 3 = 0 THEN 2 ELSE 0 END,
       CASE WHEN n %% 3 = 0 THEN now() - (n %% 40) * interval '3 hours' END,
       CASE WHEN n %% 11 = 0 THEN now() + (n %% 200 - 100) * interval '1 hour' END,
       CASE WHEN n %% 7 = 0 THEN now() + (n %% 300 - 150) * interval '1 minute' END,
       (ARRAY['America/New_York','America/Chicago','America/Denver','America/Los_Angeles','Europe/London',
              'Europe/Madrid'])[1 + n %% 6], now()
FROM generate_series(%(first)s::bigint, %(last)s) n;
"""


def figures() -> Iterable[Figure]:
    """p99 of the queue's head at a million open leads over that at ten thousand."""
    with scratch_installation() as scratch:
        team, reps = staff(scratch)
        fill_leads(scratch, team, reps, 1, FEW)
        few = _p99(scratch, reps)
        fill_leads(scratch, team, reps, FEW + 1, MANY)
        many = _p99(scratch, reps)
    yield at_most(
        "next best lead: p99 at 1,000,000 open leads / at 10,000",
        many / few,
        "x",
        2,
        f"p99 of {ASKED} questions by {REPS} reps: {few * 1e3:.1f} ms at {FEW:,}, {many * 1e3:.1f} ms at {MANY:,}",
    )


def staff(scratch: Scratch) -> tuple[UUID, list[UUID]]:
    """A team and its reps."""
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        team = add_team(tx, name="Bench")
        reps = [
            add_user(tx, email=f"rep{n}@bench.example", name=f"Rep {n}", role=Role.REP, team_id=team.id).id
            for n in range(REPS)
        ]
    return team.id, reps


def fill_leads(scratch: Scratch, team: UUID, reps: list[UUID], first: int, last: int) -> None:
    """Put open leads in, numbered from `first` to `last`, past the product: a million through the front door is
    another bench's matter.
    """
    with psycopg.connect(scratch.database.url) as connection:
        parameters = {
            "organisation": scratch.organisation_id,
            "team": team,
            "reps": reps,
            "rep_count": len(reps),
            "first": first,
            "last": last,
        }
        cursor = psycopg.ClientCursor(connection)
        cursor.execute(FILL, parameters)
    with psycopg.connect(scratch.database.url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) lead")
        connection.execute("VACUUM (ANALYZE) person")


def _p99(scratch: Scratch, reps: list[UUID]) -> float:
    seconds: list[float] = []
    for asked in range(ASKED + REPS):
        begun = time.perf_counter()
        with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
            queue_of(tx, reps[asked % REPS], 1)
        seconds.append(time.perf_counter() - begun)
    warm = sorted(seconds[REPS:])
    return warm[int(len(warm) * 0.99)]
