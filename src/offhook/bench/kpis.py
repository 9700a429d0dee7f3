"""KPIs and goals: the time of a question must not grow with the record behind the counts.

Two installations stand side by side, one with the counts of ten thousand activities, one with those of ten
million, of the same reps and campaigns over the same three years. They are asked in turns, so that whatever else
the machine does meets both. Each activity is generated and counted, in SQL, as the roll-up counts it; it is not
stored, as no question about KPIs reads the record. The product itself makes the sums over spans of the counts.
"""

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg

from offhook.bench.model import Figure, at_most
from offhook.bench.scratch import Scratch, scratch_installation
from offhook.goals import BUCKETS, Counter, Period, daily, kpi_rows, progress, set_goal, sum_anew
from offhook.identity import Role, add_team, add_user
from offhook.kernel.database import SYSTEM, Transaction
from offhook.kernel.ids import new_id

REPS, CAMPAIGNS, DAYS = 50, 20, 1_095
FEW, MANY = 10_000, 10_000_000
ASKED = 200

FILL = """
SET work_mem = '512MB';
CREATE TEMP TABLE activity_made ON COMMIT DROP AS
SELECT current_date - (at %% %(days)s)::int AS day, (%(reps)s::uuid[])[1 + who %% %(rep_count)s] AS rep,
       (%(campaigns)s::uuid[])[1 + (who * 4 + at %% %(days)s / 90 + whence) %% %(campaign_count)s] AS campaign,
       kind, ends, waited
FROM (SELECT hashint8extended(n, 1) & 1073741823 AS at, hashint8extended(n, 2) & 1073741823 AS who,
             hashint8extended(n, 3) & 3 AS whence, hashint8extended(n, 4) & 15 AS kind,
             hashint8extended(n, 5) & 31 AS ends,
             CASE WHEN n %% 10 = 0 THEN hashint8extended(n, 6) & 63 END AS waited
      FROM generate_series(1, %(activities)s::bigint) n) AS drawn;
INSERT INTO kpi_count (organisation_id, counter, day, team_id, user_id, campaign_id, bucket, count)
SELECT %(organisation)s, counter, day, %(team)s, rep, campaign, 0, count
FROM (SELECT day, rep, campaign, count(*) AS touches, count(*) FILTER (WHERE kind < 10) AS dials,
             count(*) FILTER (WHERE kind < 10 AND ends < 8) AS connects,
             count(*) FILTER (WHERE kind < 10 AND ends < 4) AS conversations,
             sum(ends * 9) FILTER (WHERE kind < 10 AND ends < 8) AS talk_seconds,
             count(*) FILTER (WHERE kind >= 10) AS emails_sent,
             count(*) FILTER (WHERE kind >= 10 AND ends < 2) AS emails_replied, count(waited) AS mqls,
             count(*) FILTER (WHERE waited < 8) AS sals, count(*) FILTER (WHERE waited < 4) AS sqls
      FROM activity_made GROUP BY day, rep, campaign) AS cell,
     LATERAL (VALUES ('touches', touches), ('dials', dials), ('connects', connects), ('mqls', mqls),
              ('sals', sals), ('conversations', conversations), ('talk_seconds', talk_seconds),
              ('emails_sent', emails_sent),
              ('emails_replied', emails_replied), ('hand_offs', sals), ('sqls', sqls), ('cohort_sals', sals))
              AS told (counter, count)
WHERE count > 0;
INSERT INTO kpi_count (organisation_id, counter, day, team_id, user_id, campaign_id, bucket, count)
SELECT %(organisation)s, counter, day, %(team)s, rep, campaign, bucket, count(*)
FROM activity_made, LATERAL (VALUES ('minutes_to_attempt', (%(buckets)s::int[])[1 + 2 * waited]),
                             ('business_minutes_to_attempt', (%(buckets)s::int[])[1 + waited]),
                             ('attempts_to_contact', CASE WHEN waited < 20 THEN 1 + waited %% 7 END))
                             AS told (counter, bucket)
WHERE bucket IS NOT NULL GROUP BY counter, day, rep, campaign, bucket;
"""


@dataclass(frozen=True, slots=True)
class _Staff:
    team_id: UUID
    reps: list[UUID]


def figures() -> Iterable[Figure]:
    """p99 of the questions over ten million activities over that over ten thousand."""
    with ExitStack() as stack:
        few, many = (stack.enter_context(scratch_installation()) for _ in range(2))
        for scratch, activities in ((few, FEW), (many, MANY)):
            _fill(scratch, _staff(scratch), activities)
        gc.collect()
        gc.freeze()
        found = {name: _p99s((few, many), ask) for name, ask in QUESTIONS.items()}
    for name, (over_few, over_many) in found.items():
        told = (
            f"p99 of {ASKED}: {over_few * 1e3:.1f} ms over {FEW:,} activities, {over_many * 1e3:.1f} over {MANY:,}"
        )
        told += f"; {REPS} reps on 4 of {CAMPAIGNS} campaigns a day for {DAYS:,} days"
        yield at_most(f"{name}: p99 over {MANY:,} activities / over {FEW:,}", over_many / over_few, "x", 2, told)


def _staff(scratch: Scratch) -> _Staff:
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        team = add_team(tx, name="Bench")
        reps = [
            add_user(tx, email=f"rep{n}@bench.example", name=f"Rep {n}", role=Role.REP, team_id=team.id).id
            for n in range(REPS)
        ]
        for rep in reps[:10]:
            set_goal(tx, counter=Counter.SALS, period=Period.MONTH, target=40, user_id=rep)
            set_goal(tx, counter=Counter.DIALS, period=Period.WEEK, target=250, user_id=rep)
    return _Staff(team.id, reps)


def _fill(scratch: Scratch, staff: _Staff, activities: int) -> None:
    with psycopg.connect(scratch.database.url) as connection:
        parameters = {
            "organisation": scratch.organisation_id,
            "team": staff.team_id,
            "reps": staff.reps,
            "rep_count": REPS,
            "campaigns": [new_id() for _ in range(CAMPAIGNS)],
            "campaign_count": CAMPAIGNS,
            "days": DAYS,
            "buckets": list(BUCKETS),
            "activities": activities,
        }
        psycopg.ClientCursor(connection).execute(FILL, parameters)
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        sum_anew(tx)
    with psycopg.connect(scratch.database.url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) kpi_count")
        connection.execute("VACUUM (ANALYZE) kpi_span")


def _kpis(days: int, by: str) -> Callable[[Transaction], object]:
    def ask(tx: Transaction) -> object:
        today = tx.now.date()
        return kpi_rows(tx, today - timedelta(days=days - 1), today, by=by)

    return ask


def _calls_by_day(tx: Transaction) -> object:
    today = tx.now.date()
    return daily(tx, Counter.DIALS, today - timedelta(days=89), today)


QUESTIONS: dict[str, Callable[[Transaction], object]] = {
    "KPIs of a month by rep": _kpis(30, "user"),
    "KPIs of a month by campaign": _kpis(30, "campaign"),
    "KPIs of a month": _kpis(30, "none"),
    "KPIs of a year by rep": _kpis(365, "user"),
    "KPIs of a year by team": _kpis(365, "team"),
    "KPIs of a year by campaign": _kpis(365, "campaign"),
    "dials of 90 days, day by day": _calls_by_day,
    "goals and their pace": progress,
}


def _p99s(installations: Sequence[Scratch], ask: Callable[[Transaction], object]) -> tuple[float, ...]:
    """p99 of each, asked in turns; the first fifth warms caches and plans."""
    seconds: list[list[float]] = [[] for _ in installations]
    for _ in range(ASKED + ASKED // 5):
        for scratch, times in zip(installations, seconds, strict=True):
            begun = time.perf_counter()
            with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
                ask(tx)
            times.append(time.perf_counter() - begun)
    return tuple(sorted(times[ASKED // 5 :])[int(ASKED * 0.99) - 1] for times in seconds)
