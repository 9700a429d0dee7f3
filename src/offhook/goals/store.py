"""The SQL of goals and counts (goal, kpi_count, kpi_span in 0008_goals.sql).

A question about KPIs reads counts, never the record; most read sums over spans of days (goals/spans.py), served by
the primary key of kpi_span. A rep's part in campaigns, or reps' in a campaign, is read day by day from kpi_count,
served by its primary key and kpi_count_of_campaign.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import LiteralString, NamedTuple
from uuid import UUID

from offhook.goals.buckets import BLOCK, BLOCKS, around_median, blocks_of_median
from offhook.goals.model import DISTRIBUTIONS, NIL, Counter, Goal, Key, Period
from offhook.goals.spans import PLAIN, SPREAD, Amounts, Of, Span, covering, place_of, sums_of_spans
from offhook.kernel.database import Transaction
from offhook.kernel.events import subject

_GOAL = "SELECT id, counter, period, target, team_id, user_id, starts_on, ends_on, version FROM goal "


def _goal(counter: str, period: str, **columns: object) -> Goal:
    return Goal(counter=Counter(counter), period=Period(period), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def add_counts(tx: Transaction, counts: Mapping[Key, int]) -> None:
    """Add to the counts and to their sums."""
    if counts:
        _add_to_days(tx, counts)
        _add_to_spans(tx, sums_of_spans(counts))


def _add_to_days(tx: Transaction, counts: Mapping[Key, int]) -> None:
    """In the order of their keys, so that two at once cannot lock each other."""
    keys = sorted(counts, key=_order)
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


def _add_to_spans(tx: Transaction, sums: Mapping[Span, Amounts]) -> None:
    spans = sorted(sums)
    tx.execute(
        "INSERT INTO kpi_span AS s (of, days, first_day, team_id, user_id, campaign_id, counts, blocks, spreads)"
        " SELECT n.of, n.days, n.first_day, n.team_id, n.user_id, n.campaign_id, n.counts::bigint[],"
        " n.blocks::int[], n.spreads::int[] FROM unnest(%(of)s::text[], %(days)s::int[], %(first_days)s::date[],"
        " %(teams)s::uuid[], %(users)s::uuid[], %(campaigns)s::uuid[], %(counts)s::text[], %(blocks)s::text[],"
        " %(spreads)s::text[])"
        " AS n (of, days, first_day, team_id, user_id, campaign_id, counts, blocks, spreads)"
        " ON CONFLICT (organisation_id, of, days, first_day, user_id, team_id, campaign_id) DO UPDATE SET"
        " counts = ARRAY(SELECT coalesce(old, 0) + coalesce(new, 0) FROM"
        "  unnest(s.counts, excluded.counts) WITH ORDINALITY AS u (old, new, place) ORDER BY place),"
        " blocks = CASE excluded.blocks WHEN '{}' THEN s.blocks ELSE"
        "  ARRAY(SELECT coalesce(old, 0) + coalesce(new, 0) FROM"
        "  unnest(s.blocks, excluded.blocks) WITH ORDINALITY AS u (old, new, place) ORDER BY place) END,"
        " spreads = CASE excluded.spreads WHEN '{}' THEN s.spreads ELSE"
        "  ARRAY(SELECT coalesce(old, 0) + coalesce(new, 0) FROM"
        "  unnest(s.spreads, excluded.spreads) WITH ORDINALITY AS u (old, new, place) ORDER BY place) END",
        of=[span.of.value for span in spans],
        days=[span.days for span in spans],
        first_days=[span.first_day for span in spans],
        teams=[span.team_id for span in spans],
        users=[span.user_id for span in spans],
        campaigns=[span.campaign_id for span in spans],
        counts=[_array(sums[span].counts) for span in spans],
        blocks=[_array(sums[span].blocks) for span in spans],
        spreads=[_array(sums[span].spreads) for span in spans],
    )


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _order(key: Key) -> tuple[object, ...]:
    return (key.counter.value, key.day, key.team_id, key.user_id, key.campaign_id, key.bucket)


def all_counts(tx: Transaction) -> dict[Key, int]:
    """Every count that is not 0."""
    found = tx.rows(
        _Row,
        "SELECT counter, day, team_id, user_id, campaign_id, bucket, count FROM kpi_count WHERE count <> 0",
    )
    return _keyed(found)


@dataclass(frozen=True, slots=True)
class _Row:
    counter: str
    day: date
    team_id: UUID
    user_id: UUID
    campaign_id: UUID
    bucket: int
    count: int


def all_spans(tx: Transaction) -> dict[Span, Amounts]:
    """All sums."""
    found = tx.rows(
        _SpanRow, "SELECT of, days, first_day, team_id, user_id, campaign_id, counts, spreads FROM kpi_span"
    )
    return {row.span(): Amounts(tuple(row.counts), tuple(row.spreads)) for row in found}


@dataclass(frozen=True, slots=True)
class _SpanRow:
    of: str
    days: int
    first_day: date
    team_id: UUID
    user_id: UUID
    campaign_id: UUID
    counts: list[int]
    spreads: list[int]

    def span(self) -> Span:
        return Span(Of(self.of), self.days, self.first_day, self.team_id, self.user_id, self.campaign_id)


def set_counts(tx: Transaction, counts: Mapping[Key, int]) -> None:
    """Make these the counts, and the sums theirs."""
    tx.execute("DELETE FROM kpi_count")
    if counts:
        _add_to_days(tx, counts)
    sum_anew(tx)


def sum_anew(tx: Transaction) -> None:
    """Make all sums over spans anew from the counts; one rep or campaign at a time, so that memory stays flat."""
    tx.execute("DELETE FROM kpi_span")
    for user_id in tx.scalars(UUID, "SELECT DISTINCT user_id FROM kpi_count ORDER BY user_id"):
        found = tx.rows(
            _Row,
            "SELECT counter, day, team_id, user_id, %(nil)s AS campaign_id, bucket, sum(count)::bigint AS count"
            " FROM kpi_count WHERE user_id = %(user)s GROUP BY 1, 2, 3, 4, 6",
            nil=NIL,
            user=user_id,
        )
        _add_to_spans(tx, sums_of_spans(_keyed(found), (Of.REP,)))
    for campaign_id in tx.scalars(UUID, "SELECT DISTINCT campaign_id FROM kpi_count ORDER BY campaign_id"):
        found = tx.rows(
            _Row,
            "SELECT counter, day, %(nil)s AS team_id, %(nil)s AS user_id, campaign_id, bucket,"
            " sum(count)::bigint AS count FROM kpi_count WHERE campaign_id = %(campaign)s GROUP BY 1, 2, 5, 6",
            nil=NIL,
            campaign=campaign_id,
        )
        _add_to_spans(tx, sums_of_spans(_keyed(found), (Of.CAMPAIGN, Of.ALL)))


def _keyed(rows: Iterable[_Row]) -> dict[Key, int]:
    return {Key(Counter(r.counter), r.day, r.team_id, r.user_id, r.campaign_id, r.bucket): r.count for r in rows}


class Sum(NamedTuple):
    """A counter's sum, or how many cases of a distribution lie in a bucket, as `cases`."""

    counter: Counter
    bucket: int
    cases: int


def sums(
    tx: Transaction,
    first_day: date,
    last_day: date,
    by: str,
    *,
    counters: Collection[Counter] = tuple(Counter),
    team_id: UUID | None = None,
    user_id: UUID | None = None,
    campaign_id: UUID | None = None,
) -> dict[UUID, list[Sum]]:
    """Sums over days, by `user`, `team`, `campaign` or `none` (all in one); those that are 0 are left out.

    What concerns reps or campaigns alone is read from their spans; one rep's part in campaigns, or a campaign's
    part that is a rep's, day by day. Of a distribution the middle is told as it is, what lies below and above
    at the least and the greatest bucket: the median and the number of cases are right.
    """
    asked = _Asked(first_day, last_day, by, team_id, user_id, campaign_id)
    return _sums_of_days(tx, asked, counters) if asked.of is None else _sums_of_spans(tx, asked, counters)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What sums are asked for; ids of None stand for all."""

    first_day: date
    last_day: date
    by: str
    team_id: UUID | None
    user_id: UUID | None
    campaign_id: UUID | None

    @property
    def of(self) -> Of | None:
        """Which spans can tell; None: none, as it concerns both reps and campaigns."""
        of_campaign = self.by == "campaign" or self.campaign_id is not None
        of_rep = self.by in {"user", "team"} or self.user_id is not None or self.team_id is not None
        if of_campaign and of_rep:
            return None
        return Of.CAMPAIGN if of_campaign else Of.REP if of_rep else Of.ALL

    @property
    def whose(self) -> LiteralString:
        """The column that the sums are grouped by."""
        return _WHOSE[self.by]

    @property
    def owners(self) -> LiteralString:
        """The conditions on ids; those that do not matter stay unsaid, so that a kept plan uses the index."""
        return (
            (" AND user_id = %(user)s" if self.user_id else "")
            + (" AND team_id = %(team)s" if self.team_id else "")
            + (" AND campaign_id = %(campaign)s" if self.campaign_id else "")
        )

    @property
    def parameters(self) -> dict[str, object]:
        """What the statements need."""
        spans = covering(self.first_day, self.last_day)
        return {
            "of": self.of and self.of.value,
            "days": [days for days, _ in spans],
            "first_days": [first for _, first in spans],
            "first": self.first_day,
            "last": self.last_day,
            "team": self.team_id,
            "user": self.user_id,
            "campaign": self.campaign_id,
        }


_WHOSE: Mapping[str, LiteralString] = {
    "user": "user_id",
    "team": "team_id",
    "campaign": "campaign_id",
    "none": "'00000000-0000-0000-0000-000000000000'::uuid",
}
_SPANS: LiteralString = (
    " FROM unnest(%(days)s::int[], %(first_days)s::date[]) AS n (days, first_day)"
    " JOIN kpi_span USING (days, first_day) WHERE of = %(of)s"
)


@cache
def _summed(array: LiteralString, places: Sequence[int], begin: LiteralString = "") -> LiteralString:
    """SQL for the sums of an array's places (from 0), as an array; `begin` is SQL of a place to count from."""
    listed = ", ".join(f"coalesce(sum({array}[{begin}{place + 1}]), 0)" for place in places)
    return f"ARRAY[{listed}]::bigint[]"  # pyright: ignore[reportReturnType] # literals and numbers


@dataclass(frozen=True, slots=True)
class _Summed:
    whose: UUID
    counts: list[int]
    blocks: list[int]


def _sums_of_spans(tx: Transaction, asked: _Asked, counters: Collection[Counter]) -> dict[UUID, list[Sum]]:
    """Plain counters, and how many of each distribution lie in each block, in one statement."""
    plain = tuple(counter for counter in PLAIN if counter in counters)
    spread = not DISTRIBUTIONS.isdisjoint(counters)
    counts = _summed("counts", tuple(map(place_of, plain)))
    blocks = _summed("blocks", tuple(range(len(SPREAD) * BLOCKS if spread else 0)))
    statement = "SELECT " + asked.whose + " AS whose, " + counts + " AS counts, " + blocks + " AS blocks"
    found = tx.rows(_Summed, statement + _SPANS + asked.owners + " GROUP BY 1", **asked.parameters)
    sums = {
        row.whose: [Sum(counter, 0, count) for counter, count in zip(plain, row.counts, strict=True) if count]
        for row in found
    }
    for whose, part in _distributions(tx, asked, found) if spread else ():
        sums[whose].extend(part)
    return {whose: part for whose, part in sums.items() if part}


@dataclass(frozen=True, slots=True)
class _Middle:
    """A distribution by block, and the blocks that its median lies in."""

    whose: UUID
    counter: Counter
    blocks: list[int]
    wanted: list[int]


def _distributions(
    tx: Transaction, asked: _Asked, found: Iterable[_Summed]
) -> Iterator[tuple[UUID, Iterable[Sum]]]:
    """The blocks of the medians bucket by bucket, the others together."""
    middles = [
        _Middle(row.whose, counter, blocks, sorted(wanted))
        for row in found
        for nth, counter in enumerate(SPREAD)
        if (wanted := blocks_of_median(blocks := row.blocks[nth * BLOCKS : (nth + 1) * BLOCKS]))
    ]
    told = iter(_buckets(tx, asked, middles) if middles else ())
    for middle in middles:
        fine = {block: next(told) for block in middle.wanted}
        yield (
            middle.whose,
            (Sum(middle.counter, bucket, count) for bucket, count in around_median(middle.blocks, fine)),
        )


def _buckets(tx: Transaction, asked: _Asked, middles: Sequence[_Middle]) -> list[list[int]]:
    """The wanted blocks bucket by bucket, in their order."""
    statement = "SELECT " + _summed("spreads", tuple(range(BLOCK)), "w.place + ") + " FROM (SELECT " + asked.whose
    return tx.scalars(
        list,
        statement + " AS whose, spreads" + _SPANS + asked.owners + ") AS s JOIN"
        " unnest(%(whose)s::uuid[], %(places)s::int[]) WITH ORDINALITY AS w (whose, place, nth) USING (whose)"
        " GROUP BY w.nth, w.place ORDER BY w.nth",
        whose=[middle.whose for middle in middles for _ in middle.wanted],
        places=[place_of(middle.counter) + block * BLOCK for middle in middles for block in middle.wanted],
        **asked.parameters,
    )


@dataclass(frozen=True, slots=True)
class _SumOfDays:
    whose: UUID
    counter: str
    bucket: int
    count: int


def _sums_of_days(tx: Transaction, asked: _Asked, counters: Collection[Counter]) -> dict[UUID, list[Sum]]:
    found = tx.rows(
        _SumOfDays,
        "SELECT counter, " + asked.whose + " AS whose, bucket, sum(count)::bigint AS count FROM kpi_count"
        " WHERE counter = ANY(%(counters)s) AND day >= %(first)s AND day <= %(last)s"
        + asked.owners
        + " GROUP BY 1, 2, 3 HAVING sum(count) <> 0",
        counters=[counter.value for counter in counters],
        **asked.parameters,
    )
    sums: dict[UUID, list[Sum]] = defaultdict(list)
    for row in found:
        sums[row.whose].append(Sum(Counter(row.counter), row.bucket, row.count))
    return sums


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
    """A plain counter day by day, a distribution's number of cases; days without any are left out."""
    asked = _Asked(first_day, last_day, "none", team_id, user_id, campaign_id)
    if asked.of is None or counter in DISTRIBUTIONS:
        found = tx.rows(
            _Day,
            "SELECT day, sum(count)::bigint AS count FROM kpi_count WHERE counter = %(counter)s"
            " AND day >= %(first)s AND day <= %(last)s" + asked.owners + " GROUP BY day",
            counter=counter.value,
            **asked.parameters,
        )
    else:
        found = tx.rows(
            _Day,
            "SELECT first_day AS day, coalesce(sum(counts[%(place)s]), 0)::bigint AS count FROM kpi_span"
            " WHERE of = %(of)s AND days = 1 AND first_day >= %(first)s AND first_day <= %(last)s"
            + asked.owners
            + " GROUP BY first_day",
            place=place_of(counter) + 1,
            **asked.parameters,
        )
    return {row.day: row.count for row in found if row.count}


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


def replaced_by(tx: Transaction, new: Goal) -> list[Goal]:
    """The goals that `remove_from` would end or remove, as they are; held until the commit."""
    return tx.rows(
        _goal,
        _GOAL + "WHERE counter = %(counter)s AND period = %(period)s"
        " AND (starts_on >= %(starts)s OR ends_on IS NULL OR ends_on >= %(starts)s)"
        " AND team_id IS NOT DISTINCT FROM %(team)s AND user_id IS NOT DISTINCT FROM %(user)s"
        " ORDER BY starts_on, id FOR UPDATE",
        **_owner(new),
    )


def replaced_earlier(tx: Transaction, taken_back: Goal) -> list[Goal]:
    """The goals that one replaced, as they were, as `goal.set` told them. Index: event_by_subject."""
    return tx.rows(
        partial(replace, taken_back),
        "SELECT r.* FROM event CROSS JOIN LATERAL jsonb_to_recordset(coalesce(data -> 'replaced', '[]'))"
        "  AS r (id uuid, target int, starts_on date, ends_on date, version int)"
        " WHERE subject = %(subject)s AND kind = 'goal.set'",
        subject=subject("goal", taken_back.id),
    )


def remove_goal(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a goal; False when it has not this version any more."""
    removed = tx.execute(
        "DELETE FROM goal WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
    )
    return bool(removed)


def put_back(tx: Transaction, former: Goal) -> bool:
    """Let a goal that was ended or removed be as it was; False when it was changed since."""
    put = tx.execute(
        "INSERT INTO goal (id, counter, period, target, team_id, user_id, starts_on, ends_on, version)"
        " VALUES (%(id)s, %(counter)s, %(period)s, %(target)s, %(team)s, %(user)s, %(starts)s, %(ends)s,"
        "  %(version)s + 2)"
        " ON CONFLICT (organisation_id, id) DO UPDATE SET ends_on = excluded.ends_on, version = excluded.version"
        " WHERE goal.version = %(version)s + 1",
        id=former.id,
        target=former.target,
        ends=former.ends_on,
        version=former.version,
        **_owner(former),
    )
    return bool(put)


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
