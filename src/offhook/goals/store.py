"""The SQL of goals and counts (goal, kpi_count in 0008_goals.sql).

A question about KPIs reads counts, never the record.

Index of all questions: the primary key of kpi_count, by counter and day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from offhook.goals.model import NIL, Counter, Goal, Key, Period
from offhook.kernel.database import Transaction

_GOAL = "SELECT id, counter, period, target, team_id, user_id, starts_on, ends_on, version FROM goal "


def _goal(counter: str, period: str, **columns: object) -> Goal:
    return Goal(counter=Counter(counter), period=Period(period), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def add_counts(tx: Transaction, counts: Mapping[Key, int]) -> None:
    """Add to the counts; in the order of their keys, so that two at once cannot wait for each other."""
    keys = sorted(counts, key=_order)
    if not keys:
        return
    tx.execute(
        "INSERT INTO kpi_count (counter, day, team_id, user_id, campaign_id, bucket, count)"
        " SELECT * FROM unnest(%(counters)s::text[], %(days)s::date[], %(teams)s::uuid[], %(users)s::uuid[],"
        " %(campaigns)s::uuid[], %(buckets)s::int[], %(counts)s::bigint[])"
        " ON CONFLICT (organisation_id, counter, day, team_id, user_id, campaign_id, bucket)"
        " DO UPDATE SET count = kpi_count.count + excluded.count",
        counters=[key.counter.value for key in keys],
        days=[key.day for key in keys],
        teams=[key.team_id for key in keys],
        users=[key.user_id for key in keys],
        campaigns=[key.campaign_id for key in keys],
        buckets=[key.bucket for key in keys],
        counts=[counts[key] for key in keys],
    )


def _order(key: Key) -> tuple[object, ...]:
    return (key.counter.value, key.day, key.team_id, key.user_id, key.campaign_id, key.bucket)


def all_counts(tx: Transaction) -> dict[Key, int]:
    """Every count that is not 0."""
    found = tx.rows(
        _Row,
        "SELECT counter, day, team_id, user_id, campaign_id, bucket, count FROM kpi_count WHERE count <> 0",
    )
    return {Key(Counter(r.counter), r.day, r.team_id, r.user_id, r.campaign_id, r.bucket): r.count for r in found}


@dataclass(frozen=True, slots=True)
class _Row:
    counter: str
    day: date
    team_id: UUID
    user_id: UUID
    campaign_id: UUID
    bucket: int
    count: int


def clear_counts(tx: Transaction) -> None:
    """Forget all counts, to make them anew."""
    tx.execute("DELETE FROM kpi_count")


@dataclass(frozen=True, slots=True)
class Sum:
    """A counter's sum for one rep, team or campaign (`whose`), by bucket."""

    counter: str
    whose: UUID
    bucket: int
    count: int


def sums(
    tx: Transaction,
    first_day: date,
    last_day: date,
    by: str,
    *,
    counters: Iterable[Counter] = tuple(Counter),
    team_id: UUID | None = None,
    user_id: UUID | None = None,
    campaign_id: UUID | None = None,
) -> list[Sum]:
    """Sums over days, by `user`, `team`, `campaign` or `none` (all in one)."""
    return tx.rows(
        Sum,
        "SELECT counter, CASE %(by)s WHEN 'user' THEN user_id WHEN 'team' THEN team_id"
        " WHEN 'campaign' THEN campaign_id ELSE %(nil)s END AS whose, bucket, sum(count)::bigint AS count"
        " FROM kpi_count WHERE counter = ANY(%(counters)s) AND day >= %(first)s AND day <= %(last)s"
        " AND (%(team)s::uuid IS NULL OR team_id = %(team)s) AND (%(user)s::uuid IS NULL OR user_id = %(user)s)"
        " AND (%(campaign)s::uuid IS NULL OR campaign_id = %(campaign)s)"
        " GROUP BY counter, whose, bucket ORDER BY counter, whose, bucket",
        by=by,
        nil=NIL,
        counters=[counter.value for counter in counters],
        first=first_day,
        last=last_day,
        team=team_id,
        user=user_id,
        campaign=campaign_id,
    )


def daily(
    tx: Transaction,
    counter: Counter,
    first_day: date,
    last_day: date,
    *,
    team_id: UUID | None = None,
    user_id: UUID | None = None,
    campaign_id: UUID | None = None,
) -> dict[date, int]:
    """A counter day by day; days without any are left out."""
    found = tx.rows(
        _Day,
        "SELECT day, sum(count)::bigint AS count FROM kpi_count"
        " WHERE counter = %(counter)s AND day >= %(first)s AND day <= %(last)s"
        " AND (%(team)s::uuid IS NULL OR team_id = %(team)s) AND (%(user)s::uuid IS NULL OR user_id = %(user)s)"
        " AND (%(campaign)s::uuid IS NULL OR campaign_id = %(campaign)s) GROUP BY day ORDER BY day",
        counter=counter.value,
        first=first_day,
        last=last_day,
        team=team_id,
        user=user_id,
        campaign=campaign_id,
    )
    return {row.day: row.count for row in found}


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    count: int


# Goals


def goal(tx: Transaction, identifier: UUID) -> Goal | None:
    """One goal."""
    return tx.first(_goal, _GOAL + "WHERE id = %(id)s", id=identifier)


def goals_on(
    tx: Transaction, day: date, *, team_id: UUID | None = None, user_id: UUID | None = None
) -> list[Goal]:
    """The goals in force on a day."""
    return tx.rows(
        _goal,
        _GOAL + "WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)"
        " AND (%(team)s::uuid IS NULL OR team_id = %(team)s) AND (%(user)s::uuid IS NULL OR user_id = %(user)s)"
        " ORDER BY period, counter, id",
        day=day,
        team=team_id,
        user=user_id,
    )


def goals(tx: Transaction, after: UUID | None, limit: int) -> list[Goal]:
    """All goals, also those of the past, in the order in which they were set."""
    return tx.rows(
        _goal,
        _GOAL + "WHERE %(after)s::uuid IS NULL OR id > %(after)s ORDER BY id LIMIT %(limit)s",
        after=after,
        limit=limit,
    )


def insert_goal(tx: Transaction, new: Goal) -> None:
    """Add a goal."""
    tx.execute(
        "INSERT INTO goal (id, counter, period, target, team_id, user_id, starts_on, ends_on)"
        " VALUES (%(id)s, %(counter)s, %(period)s, %(target)s, %(team)s, %(user)s, %(starts)s, %(ends)s)",
        id=new.id,
        counter=new.counter.value,
        period=new.period.value,
        target=new.target,
        team=new.team_id,
        user=new.user_id,
        starts=new.starts_on,
        ends=new.ends_on,
    )


def remove_from(tx: Transaction, new: Goal) -> None:
    """End or remove the goals of the same owner, counter and period that a new one replaces from its first day
    on.
    """
    tx.execute(
        "DELETE FROM goal WHERE counter = %(counter)s AND period = %(period)s AND starts_on >= %(starts)s"
        " AND team_id IS NOT DISTINCT FROM %(team)s AND user_id IS NOT DISTINCT FROM %(user)s",
        **_owner(new),
    )
    tx.execute(
        "UPDATE goal SET ends_on = %(starts)s::date - 1, version = version + 1"
        " WHERE counter = %(counter)s AND period = %(period)s"
        " AND (ends_on IS NULL OR ends_on >= %(starts)s)"
        " AND team_id IS NOT DISTINCT FROM %(team)s AND user_id IS NOT DISTINCT FROM %(user)s",
        **_owner(new),
    )


def _owner(goal: Goal) -> dict[str, object]:
    return {
        "counter": goal.counter.value,
        "period": goal.period.value,
        "starts": goal.starts_on,
        "team": goal.team_id,
        "user": goal.user_id,
    }


def end_goal(tx: Transaction, identifier: UUID, version: int, last_day: date) -> bool:
    """Let a goal end; False when it has not this version any more."""
    return bool(
        tx.execute(
            "UPDATE goal SET ends_on = %(last)s, version = version + 1"
            " WHERE id = %(id)s AND version = %(version)s",
            id=identifier,
            version=version,
            last=last_day,
        )
    )


def names(tx: Transaction, identifiers: Sequence[UUID]) -> dict[UUID, str]:
    """Names of campaigns."""
    found = tx.rows(_Name, "SELECT id, name FROM campaign WHERE id = ANY(%(ids)s)", ids=list(identifiers))
    return {row.id: row.name for row in found}


@dataclass(frozen=True, slots=True)
class _Name:
    id: UUID
    name: str
