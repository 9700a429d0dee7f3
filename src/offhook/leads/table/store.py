"""The SQL of the table of leads: whose turn it is on a page, how many there are, and what a row shows.

A page is two steps: the ids that belong on it, and what those rows show (by primary keys). At 100,000 leads of one
organisation a page takes up to some 20 ms wherever it lies; how the first step is done is said here, not left to
the planner, which takes an organisation for as large as the average one:

* **Few leads are meant** (`FEW`): their ids are found, by lead_table alone or by the index of a narrow filter
  (lead_of_account, response_of_campaign), then those leads are read and sorted.
* **A name is looked for**: the persons and accounts so called are read along person_name and account_name, their
  leads by lead_of_person and lead_of_account. That costs as much as there are of them.
* **Otherwise** one goes along an index in the order wanted, tries the filter on each lead, and stops when the page
  is full:

| sort | along |
|---|---|
| `opened_at` | lead_table |
| `score` | lead_table_score |
| `name` | person_name, each person's lead by lead_open_of_person or lead_of_person |
| `account` | account_name, each account's leads by lead_of_account |
| `due_at`, `next_touch_at`, `last_attempt_at`, `stage` | none: lead_table alone is read, all of it |

With closed leads `score` and `opened_at` have no index either and lead_table is read.

For the moments until the leads of a merged person or account follow it (leads/merges), they are not seen in a
table sorted by that name.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.model import OPEN_STAGES, Stage, Verdict
from offhook.leads.table.model import Count, Filter, NextTouch, Row, RowAccount, RowPerson, Sort, SortKey
from offhook.leads.table.ordering import Place, Segment, Value
from offhook.people import account_range, person_ranges

_SOURCE_COLUMNS: LiteralString = (
    "id, person_id, account_id, stage, is_open, owner_id, team_id, score, opened_at, due_at, next_touch_at,"
    " last_attempt_at"
)


@dataclass(frozen=True, slots=True)
class _Key:
    """How a sort is written: the value and its type; which rows have one and which have none.

    `along`: what is read, in the order of an index (`walks`) where one runs along it; for those without a value
    `beside`. `probe` looks up what the value needs for each lead of a source that is read whole.
    """

    value: LiteralString
    type: LiteralString
    along: LiteralString = "lead l"
    beside: LiteralString = "lead l"
    probe: LiteralString = ""
    present: LiteralString = ""
    absent: LiteralString = ""
    walks: bool = False


def _time(column: LiteralString) -> _Key:
    return _Key(column, "timestamptz", present=f" AND {column} IS NOT NULL", absent=f" AND {column} IS NULL")


_RANK: LiteralString = (
    "CASE l.stage WHEN 'inquiry' THEN 1 WHEN 'mql' THEN 2 WHEN 'working' THEN 3 WHEN 'sal' THEN 4"
    " WHEN 'sql' THEN 5 WHEN 'recycled' THEN 6 ELSE 7 END"
)
_BY_PERSON: LiteralString = (
    "person p CROSS JOIN LATERAL (SELECT " + _SOURCE_COLUMNS + " FROM lead WHERE person_id = p.id OFFSET 0) AS l"
)
_BY_ACCOUNT: LiteralString = (
    "account a CROSS JOIN LATERAL (SELECT " + _SOURCE_COLUMNS + " FROM lead WHERE account_id = a.id OFFSET 0) AS l"
)
_KEYS: Mapping[SortKey, _Key] = {
    SortKey.SCORE: _Key("l.score", "real", walks=True),
    SortKey.OPENED_AT: _Key("l.opened_at", "timestamptz", walks=True),
    SortKey.DUE_AT: _time("l.due_at"),
    SortKey.NEXT_TOUCH_AT: _time("l.next_touch_at"),
    SortKey.LAST_ATTEMPT_AT: _time("l.last_attempt_at"),
    SortKey.NAME: _Key(
        "p.sort_name",
        "text",
        along=_BY_PERSON,
        beside=_BY_PERSON,
        probe=" CROSS JOIN LATERAL (SELECT sort_name, merged_into FROM person"
        "  WHERE id = l.person_id OFFSET 0) AS p",
        present=" AND p.merged_into IS NULL AND p.sort_name > ''",
        absent=" AND p.merged_into IS NULL AND p.sort_name = ''",
        walks=True,
    ),
    SortKey.ACCOUNT: _Key(
        "a.sort_name",
        "text",
        along=_BY_ACCOUNT,
        probe=" LEFT JOIN LATERAL (SELECT sort_name, merged_into FROM account"
        "  WHERE id = l.account_id OFFSET 0) AS a ON true",
        present=" AND a.merged_into IS NULL AND a.sort_name >= ''",
        absent=" AND l.account_id IS NULL",
        walks=True,
    ),
    SortKey.STAGE: _Key(_RANK, "int"),
}

_NAMED: LiteralString = (
    "(SELECT l.* FROM unnest(%(name_first)s::text[], %(name_last)s::text[], %(name_given)s::text[])"
    "   AS r (first, last, given)"
    "  CROSS JOIN LATERAL (SELECT id FROM person WHERE merged_into IS NULL"
    "   AND sort_name >= r.first AND sort_name < r.last"
    "   AND (r.given = '' OR starts_with(lower(coalesce(first_name, '')), r.given)) OFFSET 0) AS p"
    "  CROSS JOIN LATERAL (SELECT " + _SOURCE_COLUMNS + "  FROM lead WHERE person_id = p.id OFFSET 0) AS l"
    " UNION SELECT l.* FROM (SELECT id FROM account WHERE merged_into IS NULL"
    "   AND sort_name >= %(account_first)s AND sort_name < %(account_last)s OFFSET 0) AS a"
    "  CROSS JOIN LATERAL (SELECT " + _SOURCE_COLUMNS + "  FROM lead WHERE account_id = a.id OFFSET 0) AS l) AS l"
)
"""The leads of whoever is so called: person by person, account by account, so that no statistics can mislead."""


_LISTED: LiteralString = (
    "(SELECT l.* FROM unnest(%(listed)s::uuid[]) AS listed (id) CROSS JOIN LATERAL (SELECT "
    + _SOURCE_COLUMNS
    + " FROM lead WHERE lead.id = listed.id OFFSET 0) AS l) AS l"
)
_WHOLE = (_NAMED, _LISTED)
"""What is read whole, whatever the order."""

_OF_COUNTRY: LiteralString = (
    " AND EXISTS (SELECT FROM person c WHERE c.id = l.person_id AND c.country = %(country)s"
)
_OF_CAMPAIGN: LiteralString = (
    " AND EXISTS (SELECT FROM response r WHERE r.lead_id = l.id AND r.campaign_id = %(campaign)s"
)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a filter as times: from midnight on, before midnight."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as SQL: what is read as `l`, the conditions on it, and all values.

    `elsewhere` are the conditions on other tables, as a join that the planner may turn about; `probed` are the
    same, asked lead by lead. `is_open`: open leads alone are meant, along which more indexes run.
    """

    source: LiteralString
    where: LiteralString
    elsewhere: LiteralString
    probed: LiteralString
    values: Mapping[str, object]
    is_open: bool = True

    @property
    def all_of_it(self) -> LiteralString:
        """From the source to the last condition."""
        return self.source + self.where + self.elsewhere


def asked(wanted: Filter, days: Days, now: datetime) -> Asked:
    """Write a filter as SQL."""
    where: LiteralString = " WHERE true"
    conditions: Sequence[tuple[object, LiteralString]] = (
        (wanted.stages <= OPEN_STAGES, " AND l.is_open"),
        (wanted.stages not in (OPEN_STAGES, frozenset(Stage)), " AND l.stage = ANY(%(stages)s)"),
        (wanted.team_id, " AND l.team_id = %(team)s"),
        (wanted.account_id, " AND l.account_id = %(account)s"),
        (wanted.score_from is not None, " AND l.score >= %(score_from)s::real"),
        (wanted.score_to is not None, " AND l.score <= %(score_to)s::real"),
        (days.start, " AND l.opened_at >= %(opened_from)s"),
        (days.end, " AND l.opened_at < %(opened_before)s"),
        (wanted.is_untouched is True, " AND l.last_attempt_at IS NULL"),
        (wanted.is_untouched is False, " AND l.last_attempt_at IS NOT NULL"),
        (wanted.is_overdue is True, " AND l.due_at < %(now)s"),
        (wanted.is_overdue is False, " AND (l.due_at IS NULL OR l.due_at >= %(now)s)"),
    )
    for is_asked, condition in conditions:
        if is_asked:
            where += condition
    name = (wanted.name or "").strip()
    persons, account = person_ranges(name), account_range(name)
    values: dict[str, object] = {
        "stages": [stage.value for stage in wanted.stages],
        "owners": list(wanted.owner_ids),
        "team": wanted.team_id,
        "campaign": wanted.campaign_id,
        "account": wanted.account_id,
        "score_from": wanted.score_from,
        "score_to": wanted.score_to,
        "opened_from": days.start,
        "opened_before": days.end,
        "now": now,
        "country": wanted.country,
        "name_first": [one.first for one in persons],
        "name_last": [one.last for one in persons],
        "name_given": [one.given for one in persons],
        "account_first": account.first,
        "account_last": account.last,
    }
    elsewhere: LiteralString = ""
    probed: LiteralString = ""
    lookups: Sequence[tuple[object, LiteralString]] = (
        (wanted.country, _OF_COUNTRY),
        (wanted.campaign_id, _OF_CAMPAIGN),
    )
    for is_asked, condition in lookups:
        if is_asked:
            elsewhere += condition + ")"
            probed += condition + " OFFSET 0)"
    return Asked(
        _NAMED if name else "lead l",
        where + _of_owners(wanted),
        elsewhere,
        probed,
        values,
        wanted.stages <= OPEN_STAGES,
    )


def _of_owners(wanted: Filter) -> LiteralString:
    match bool(wanted.owner_ids), wanted.without_owner:
        case True, True:
            return " AND (l.owner_id = ANY(%(owners)s) OR l.owner_id IS NULL)"
        case True, False:
            return " AND l.owner_id = ANY(%(owners)s)"
        case False, True:
            return " AND l.owner_id IS NULL"
        case _:
            return ""


def plan_each_time(tx: Transaction) -> None:
    """From here on plan each statement for its own values, and read alone.

    A plan for any value would read the wrong index for most; workers take longer to start than a page to read.
    """
    tx.execute(
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
        " set_config('max_parallel_workers_per_gather', '0', true)"
    )


def few(tx: Transaction, what: Asked, most: int) -> Asked | None:
    """The same leads by their ids where there are at most `most`; None where there are more.

    None too where a name is looked for, which reads them whole anyway. The ids stay text: to read them and write
    them again would take longer than to find them.
    """
    if what.source in _WHOLE or _are_many(tx, what):
        return None
    found = tx.first(
        _Few,
        "SELECT count(*) AS count, array_agg(id)::text AS ids FROM (SELECT l.id FROM "
        + what.all_of_it
        + " LIMIT %(most)s) AS l",
        **what.values,
        most=most + 1,
    )
    if found is None or found.count > most:
        return None
    return Asked(_LISTED, " WHERE true", "", "", {"listed": found.ids or "{}"})


def _are_many(tx: Transaction, what: Asked) -> bool:
    """Whether enough of the first leads fulfil what is asked of other tables, to find them along any index.

    To count them by reading those tables would take longer than the page.
    """
    if not what.probed:
        return False
    found = tx.scalar(
        int,
        f"SELECT count(*) FROM (SELECT l.id, l.person_id FROM {what.source}{what.where} LIMIT %(sample)s) AS l"
        f" WHERE true{what.probed}",
        **what.values,
        sample=SAMPLE,
    )
    return (found or 0) >= ENOUGH


SAMPLE, ENOUGH = 3_000, 150
"""Of so many leads looked at, so many are enough."""


@dataclass(frozen=True, slots=True)
class _Few:
    count: int
    ids: str | None


def segment(tx: Transaction, what: Asked, sort: Sort, part: Segment, limit: int) -> list[Place]:
    """Up to `limit` places of a segment, in order."""
    key = _KEYS[sort.key]
    walks = what.source not in _WHOLE and (
        key.walks and (what.is_open or key.along != "lead l") if part.has_value else bool(what.probed)
    )
    with _along_an_index(tx) if walks else nullcontext():
        return tx.rows(
            _place,
            _written(what, key, sort, part, walks=walks) + " LIMIT %(limit)s",
            **what.values,
            value=part.after.value if part.after else None,
            id=part.after.id if part.after else None,
            limit=limit,
        )


@contextmanager
def _along_an_index(tx: Transaction) -> Generator[None]:
    """Inside, rows are read by the index that has them in order."""
    tx.execute(_SWITCH, to="off")
    yield
    tx.execute(_SWITCH, to="on")


_SWITCH: LiteralString = (
    "SELECT set_config(name, %(to)s, true) FROM"
    " unnest(ARRAY['enable_sort', 'enable_bitmapscan', 'enable_seqscan']) AS setting (name)"
)


def _written(what: Asked, key: _Key, sort: Sort, part: Segment, *, walks: bool) -> LiteralString:
    """A segment as SQL, without its limit."""
    value = key.value if part.has_value else "NULL::int"
    behind, order = _behind(key, sort, part)
    if what.source in _WHOLE:
        return (
            f"SELECT {value} AS value, l.id FROM {what.source}{key.probe}{what.where}{what.probed}{behind}{order}"
        )
    if not part.has_value:
        return f"SELECT {value} AS value, l.id FROM {key.beside}{what.where}{what.probed}{behind}{order}"
    if walks or not key.absent:
        conditions = what.where + (what.probed if walks else what.elsewhere) + behind
        return f"SELECT {value} AS value, l.id FROM {key.along}{conditions}{order}"
    # All leads are read for their order anyway: what lies elsewhere is asked for one by one until the page is
    # full. Left to itself the planner would read all persons to know which leads to sort.
    ordered = f"SELECT {value} AS value, l.id, l.person_id FROM {key.along}{what.where}{behind}{order} OFFSET 0"
    way = " DESC" if sort.descends else ""
    return f"SELECT l.value, l.id FROM ({ordered}) AS l WHERE true{what.probed} ORDER BY l.value{way}, l.id{way}"


def _behind(key: _Key, sort: Sort, part: Segment) -> tuple[LiteralString, LiteralString]:
    """The condition of a segment behind a place, and its order."""
    way, beyond = (" DESC", "<") if sort.descends else ("", ">")
    if not part.has_value:
        condition = key.absent + (f" AND l.id {beyond} %(id)s::uuid" if part.after else "")
        return condition, " ORDER BY l.id" + way
    condition = key.present
    if part.after:
        # The value alone too: that is what a scan of another table, joined to leads, can begin at.
        at = f"%(value)s::{key.type}"
        condition += f" AND {key.value} {beyond}= {at} AND ({key.value}, l.id) {beyond} ({at}, %(id)s::uuid)"
    return condition, " ORDER BY " + key.value + way + ", l.id" + way


def _place(value: Value | None, id: UUID) -> Place:  # noqa: A002 # the column's name
    return Place(value, id)


def every(tx: Transaction, what: Asked, sort: Sort, size: int) -> Iterator[list[UUID]]:
    """The ids of all that a filter means, in order, in blocks; all as of now, however long reading them takes."""
    key = _KEYS[sort.key]
    value = f"nullif({key.value}, '')" if sort.key is SortKey.NAME else key.value
    way, last = (" DESC", " NULLS LAST") if sort.descends else ("", "")
    return tx.blocks(
        UUID,
        size,
        f"SELECT l.id FROM {what.source}{_OUTER.get(sort.key, '')}{what.where}{what.elsewhere}"
        f" ORDER BY {value}{way}{last}, l.id{way}",
        **what.values,
    )


_OUTER: Mapping[SortKey, LiteralString] = {
    SortKey.NAME: " LEFT JOIN person p ON p.id = l.person_id",
    SortKey.ACCOUNT: " LEFT JOIN account a ON a.id = l.account_id",
}
"""What a sort needs of other tables, joined to all leads."""


def some(tx: Transaction, what: Asked, limit: int) -> list[UUID]:
    """The ids of up to `limit` leads that a filter means, in no order."""
    return tx.scalars(UUID, "SELECT l.id FROM " + what.all_of_it + " LIMIT %(limit)s", **what.values, limit=limit)


def count(tx: Transaction, what: Asked, most: int) -> Count:
    """How many leads a filter means, counted up to `most`."""
    found = tx.scalar(
        int,
        "SELECT count(*) FROM (SELECT FROM " + what.all_of_it + " LIMIT %(most)s) AS counted",
        **what.values,
        most=most + 1,
    )
    return Count(min(found or 0, most), (found or 0) <= most)


def rows(tx: Transaction, ids: Sequence[UUID]) -> list[Row]:
    """What the table shows of these leads, in their order. Indexes: primary keys."""
    return tx.rows(
        _row,
        "SELECT l.id, l.campaign_id, l.stage, l.score, l.fit, l.engagement, l.owner_id, l.team_id, l.attempts,"
        " l.opened_at, l.mql_at, l.last_attempt_at, l.next_touch_at, l.next_touch_because, l.due_at, l.verdict,"
        " l.sal_at, l.sql_at, l.closed_at, l.close_reason, l.version, l.person_id, p.full_name, p.title,"
        " p.do_not_call, p.do_not_email, p.time_zone, p.country, e.value AS email,"
        " t.value || CASE WHEN t.extension <> '' THEN ';ext=' || t.extension ELSE '' END AS phone,"
        " a.id AS account_id, a.name AS account_name"
        " FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS asked (id, nth)"
        " CROSS JOIN LATERAL (SELECT * FROM lead WHERE id = asked.id OFFSET 0) AS l"
        " CROSS JOIN LATERAL (SELECT * FROM person WHERE id = l.person_id OFFSET 0) AS p"
        " LEFT JOIN LATERAL (SELECT id, name FROM account WHERE id = l.account_id OFFSET 0) AS a ON true"
        " LEFT JOIN LATERAL (SELECT value FROM contact_point WHERE person_id = l.person_id AND kind = 'email'"
        "  ORDER BY is_primary DESC, created_at, value LIMIT 1) AS e ON true"
        " LEFT JOIN LATERAL (SELECT value, extension FROM contact_point WHERE person_id = l.person_id"
        "  AND kind = 'phone' ORDER BY is_primary DESC, created_at, value LIMIT 1) AS t ON true"
        " ORDER BY asked.nth",
        ids=list(ids),
    )


def _row(
    person_id: UUID,
    full_name: str | None,
    title: str | None,
    email: str | None,
    phone: str | None,
    do_not_call: bool,
    do_not_email: bool,
    time_zone: str | None,
    country: str | None,
    account_id: UUID | None,
    account_name: str | None,
    stage: str,
    verdict: str,
    next_touch_because: str | None,
    **columns: object,
) -> Row:
    person = RowPerson(person_id, full_name, title, email, phone, do_not_call, do_not_email, time_zone, country)
    return Row(
        person=person,
        account=RowAccount(account_id, account_name or "") if account_id else None,
        stage=Stage(stage),
        verdict=Verdict(verdict),
        next_touch_because=NextTouch(next_touch_because) if next_touch_because else None,
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )
