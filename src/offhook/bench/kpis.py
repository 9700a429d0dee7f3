"""KPIs and goals: the time of a question must not grow with the record behind the counts.

The counts are put in as ten thousand and ten million activities would have made them: the product reads counts,
never the record, so the record itself need not be there.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg

from offhook.bench.model import Figure, at_most
from offhook.bench.scratch import Scratch, scratch_installation
from offhook.goals import Counter, Period, kpi_rows, progress, set_goal
from offhook.identity import Role, add_team, add_user
from offhook.kernel.database import SYSTEM, Transaction

REPS = 50
CAMPAIGNS_A_DAY = 5
FEW, MANY = 10_000, 10_000_000
DAYS_FEW, DAYS_MANY = 30, 1_095
ASKED = 200

FILL = """
INSERT INTO kpi_count (organisation_id, counter, day, team_id, user_id, campaign_id, bucket, count)
SELECT %(organisation)s, counter, current_date - day, %(team)s, rep,
       ('00000000-0000-7000-c000-' || lpad(to_hex((day * 7 + nth * 3 + campaign) %% 20), 12, '0'))::uuid,
       CASE counter WHEN 'minutes_to_attempt' THEN (day * nth) %% 240 ELSE 0 END, %(each)s
FROM generate_series(%(first)s::int, %(last)s::int) day, unnest(%(reps)s::uuid[]) WITH ORDINALITY AS r (rep, nth),
     generate_series(1, %(campaigns)s::int) campaign,
     unnest(ARRAY['touches', 'dials', 'connects', 'conversations', 'emails_sent', 'mqls', 'sals', 'cohort_sals',
                  'sqls', 'minutes_to_attempt']) counter
"""


@dataclass(frozen=True, slots=True)
class _Staff:
    team_id: UUID
    reps: list[UUID]


def figures() -> Iterable[Figure]:
    """p99 of the questions over ten million activities over that over ten thousand."""
    with scratch_installation() as scratch:
        staff = _staff(scratch)
        _fill(scratch, staff, 0, DAYS_FEW, FEW)
        few = {name: _p99(scratch, ask) for name, ask in QUESTIONS.items()}
        _fill(scratch, staff, DAYS_FEW + 1, DAYS_MANY, MANY)
        many = {name: _p99(scratch, ask) for name, ask in QUESTIONS.items()}
    for name in QUESTIONS:
        less, more = few[name] * 1e3, many[name] * 1e3
        told = f"p99 of {ASKED}: {less:.1f} ms over {FEW:,} activities, {more:.1f} ms over {MANY:,}"
        yield at_most(f"{name}: p99 over {MANY:,} activities / over {FEW:,}", many[name] / few[name], "x", 2, told)


def _staff(scratch: Scratch) -> _Staff:
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        team = add_team(tx, name="Bench")
        reps = [
            add_user(tx, email=f"rep{n}@bench.example", name=f"Rep {n}", role=Role.REP, team_id=team.id).id
            for n in range(REPS)
        ]
        for rep in reps[:10]:
            set_goal(tx, counter=Counter.SALS, period=Period.MONTH, target=40, user_id=rep)
    return _Staff(team.id, reps)


def _fill(scratch: Scratch, staff: _Staff, first: int, last: int, activities: int) -> None:
    with psycopg.connect(scratch.database.url) as connection:
        parameters = {
            "organisation": scratch.organisation_id,
            "team": staff.team_id,
            "reps": staff.reps,
            "campaigns": CAMPAIGNS_A_DAY,
            "first": first,
            "last": last,
            "each": max(1, activities // (REPS * CAMPAIGNS_A_DAY * (last - first + 1))),
        }
        psycopg.ClientCursor(connection).execute(FILL, parameters)
    with psycopg.connect(scratch.database.url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) kpi_count")


def _month_by(by: str) -> Callable[[Transaction], object]:
    def ask(tx: Transaction) -> object:
        today = tx.now.date()
        return kpi_rows(tx, today - timedelta(days=29), today, by=by)

    return ask


QUESTIONS: dict[str, Callable[[Transaction], object]] = {
    "KPIs of a month by rep": _month_by("user"),
    "KPIs of a month by campaign": _month_by("campaign"),
    "goals": progress,
}


def _p99(scratch: Scratch, ask: Callable[[Transaction], object]) -> float:
    seconds: list[float] = []
    for _ in range(ASKED + 20):
        begun = time.perf_counter()
        with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
            ask(tx)
        seconds.append(time.perf_counter() - begun)
    warm = sorted(seconds[20:])
    return warm[int(len(warm) * 0.99)]
