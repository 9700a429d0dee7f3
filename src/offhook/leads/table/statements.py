"""Filters and sorts of the table of leads as SQL: text alone, composed of fixed parts; `store.py` runs it.

A source is read as `l`: the table lead, the leads of persons and accounts so called, or leads listed by their ids.
What lies in other tables is either joined, so that the planner may turn the join about, or probed lead by lead
(`OFFSET 0` keeps it from being joined), which is right where the page is full after a few.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import LiteralString

from offhook.leads.model import OPEN_STAGES, Stage
from offhook.leads.table.model import Filter, Sort, SortKey
from offhook.leads.table.ordering import FUNNEL, Segment
from offhook.people import account_range, person_ranges

FEW_LETTERS = 2
"""Names that are looked for by so few letters may be those of a large part of all."""

_SOURCE_COLUMNS: LiteralString = (
    "id, person_id, account_id, stage, is_open, owner_id, team_id, score, opened_at, due_at, next_touch_at,"
    " last_attempt_at"
)


@dataclass(frozen=True, slots=True)
class Key:
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


def _time(column: LiteralString) -> Key:
    return Key(column, "timestamptz", present=f" AND {column} IS NOT NULL", absent=f" AND {column} IS NULL")


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
KEYS: Mapping[SortKey, Key] = {
    SortKey.SCORE: Key("l.score", "real", walks=True),
    SortKey.OPENED_AT: Key("l.opened_at", "timestamptz", walks=True),
    SortKey.DUE_AT: _time("l.due_at"),
    SortKey.NEXT_TOUCH_AT: _time("l.next_touch_at"),
    SortKey.LAST_ATTEMPT_AT: _time("l.last_attempt_at"),
    SortKey.NAME: Key(
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
    SortKey.ACCOUNT: Key(
        "a.sort_name",
        "text",
        along=_BY_ACCOUNT,
        probe=" LEFT JOIN LATERAL (SELECT sort_name, merged_into FROM account"
        "  WHERE id = l.account_id OFFSET 0) AS a ON true",
        present=" AND a.merged_into IS NULL AND a.sort_name >= ''",
        absent=" AND l.account_id IS NULL",
        walks=True,
    ),
    SortKey.STAGE: Key(_RANK, "int"),
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


_ANSWERED: LiteralString = (
    "(SELECT l.* FROM (SELECT DISTINCT lead_id FROM response WHERE campaign_id = %(campaign)s OFFSET 0) AS r"
    "  CROSS JOIN LATERAL (SELECT " + _SOURCE_COLUMNS + " FROM lead WHERE lead.id = r.lead_id OFFSET 0) AS l) AS l"
)
"""The leads that responses to a campaign opened or fed."""

LISTED: LiteralString = (
    "(SELECT l.* FROM unnest(%(listed)s::uuid[]) AS listed (id) CROSS JOIN LATERAL (SELECT "
    + _SOURCE_COLUMNS
    + " FROM lead WHERE lead.id = listed.id OFFSET 0) AS l) AS l"
)
_SO_CALLED: LiteralString = (
    " AND (EXISTS (SELECT FROM (SELECT sort_name, first_name, merged_into FROM person"
    "    WHERE id = l.person_id OFFSET 0) AS n,"
    "   unnest(%(name_first)s::text[], %(name_last)s::text[], %(name_given)s::text[]) AS r (first, last, given)"
    "   WHERE n.merged_into IS NULL AND n.sort_name >= r.first AND n.sort_name < r.last"
    "   AND (r.given = '' OR starts_with(lower(coalesce(n.first_name, '')), r.given)) OFFSET 0)"
    "  OR EXISTS (SELECT FROM (SELECT sort_name, merged_into FROM account WHERE id = l.account_id OFFSET 0) AS n"
    "   WHERE n.merged_into IS NULL"
    "   AND n.sort_name >= %(account_first)s AND n.sort_name < %(account_last)s OFFSET 0))"
)
_OF_COUNTRY: LiteralString = (
    " AND EXISTS (SELECT FROM person c WHERE c.id = l.person_id AND c.country = %(country)s"
)
_OF_CAMPAIGN: LiteralString = (
    " AND EXISTS (SELECT FROM (SELECT campaign_id FROM response WHERE lead_id = l.id OFFSET 0) AS r"
    "  WHERE r.campaign_id = %(campaign)s OFFSET 0)"
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
    same, asked lead by lead. `is_open`: open leads alone are meant, along which more indexes run. `spread` is the
    same for a name or campaign that a large part of all leads may be of: along the leads instead.
    """

    source: LiteralString
    where: LiteralString
    elsewhere: LiteralString
    probed: LiteralString
    values: Mapping[str, object]
    is_open: bool = True
    spread: "Asked | None" = None

    @property
    def all_of_it(self) -> LiteralString:
        """From the source to the last condition."""
        return self.source + self.where + self.elsewhere

    @property
    def is_whole(self) -> bool:
        """Whether the source is read whole, whatever the order."""
        return self.source in (_NAMED, _ANSWERED, LISTED)


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
    open_alone = wanted.stages <= OPEN_STAGES
    joined: LiteralString = _OF_COUNTRY + ")" if wanted.country else ""
    probed: LiteralString = _OF_COUNTRY + " OFFSET 0)" if wanted.country else ""
    written = Asked("lead l", where + _of_owners(wanted), joined, probed, values, open_alone)
    if wanted.campaign_id:
        written = _of_campaign(written, is_named=bool(name))
    return _named(written, name) if name else written


def _of_campaign(written: Asked, *, is_named: bool) -> Asked:
    """Of a campaign: by its responses, or, where those are very many, along the leads."""
    asked_of_each = replace(
        written, elsewhere=written.elsewhere + _OF_CAMPAIGN, probed=written.probed + _OF_CAMPAIGN
    )
    return asked_of_each if is_named else replace(written, source=_ANSWERED, spread=asked_of_each)


def _named(written: Asked, name: str) -> Asked:
    """So called: by the persons and accounts, or, where few letters may mean very many, along the leads."""
    spread = replace(written, elsewhere=written.elsewhere + _SO_CALLED, probed=written.probed + _SO_CALLED)
    return replace(written, source=_NAMED, spread=spread if len(name) <= FEW_LETTERS else None)


def listed(ids: str) -> Asked:
    """These leads, by their ids as the text of an array."""
    return Asked(LISTED, " WHERE true", "", "", {"listed": ids})


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


def walks(what: Asked, sort: Sort, part: Segment) -> bool:
    """Whether a segment is read along an index in its order until the page is full."""
    key = KEYS[sort.key]
    if what.is_whole:
        return False
    if part.has_value and part.stage is None:
        return key.walks and (what.is_open or key.along != "lead l")
    return bool(what.probed)


def places(what: Asked, sort: Sort, part: Segment) -> LiteralString:
    """The places of a segment in order, without a limit."""
    key = KEYS[sort.key]
    value, behind, order = _behind(key, sort, part)
    start: LiteralString = f"SELECT {value} AS value, l.id FROM "
    if what.is_whole:
        return f"{start}{what.source}{key.probe}{what.where}{what.probed}{behind}{order}"
    if not part.has_value:
        return f"{start}{key.beside}{what.where}{what.probed}{behind}{order}"
    if walks(what, sort, part):
        return f"{start}{key.along}{what.where}{what.probed}{behind}{order}"
    if not key.absent:
        return f"{start}{key.along}{what.where}{what.elsewhere}{behind}{order}"
    # All leads are read for their order anyway: what lies elsewhere is asked for one by one until the page is
    # full. Left to itself the planner would read all persons to know which leads to sort.
    columns: LiteralString = f"{value} AS value, l.id, l.person_id, l.account_id"
    ordered: LiteralString = f"SELECT {columns} FROM {key.along}{what.where}{behind}{order} OFFSET 0"
    way = _way(sort)
    return f"SELECT l.value, l.id FROM ({ordered}) AS l WHERE true{what.probed} ORDER BY l.value{way}, l.id{way}"


def _behind(key: Key, sort: Sort, part: Segment) -> tuple[LiteralString, LiteralString, LiteralString]:
    """The value of a segment's rows, its condition behind a place, and its order."""
    way, beyond = _way(sort), "<" if sort.descends else ">"
    if part.stage is not None or not part.has_value:
        value: LiteralString = "NULL::int" if part.stage is None else "%(rank)s::int"
        condition: LiteralString = key.absent if part.stage is None else " AND l.stage = %(stage)s"
        if part.after:
            condition += f" AND l.id {beyond} %(id)s::uuid"
        return value, condition, " ORDER BY l.id" + way
    condition = key.present
    if part.after:
        # The value alone too: that is what a scan of another table, joined to leads, can begin at.
        at: LiteralString = f"%(value)s::{key.type}"
        condition += f" AND {key.value} {beyond}= {at} AND ({key.value}, l.id) {beyond} ({at}, %(id)s::uuid)"
    return key.value, condition, f" ORDER BY {key.value}{way}, l.id{way}"


def _way(sort: Sort) -> LiteralString:
    return " DESC" if sort.descends else ""


def values_of(part: Segment) -> dict[str, object]:
    """What `places` refers to, besides the values of the filter."""
    after = part.after
    return {
        "value": after.value if after else None,
        "id": after.id if after else None,
        "stage": part.stage.value if part.stage else None,
        "rank": FUNNEL.index(part.stage) + 1 if part.stage else None,
    }


def everything(what: Asked, sort: Sort) -> LiteralString:
    """The ids of all that a filter means, in order."""
    value = f"nullif({KEYS[sort.key].value}, '')" if sort.key is SortKey.NAME else KEYS[sort.key].value
    last = " NULLS LAST" if sort.descends else ""
    source = what.source + _OUTER.get(sort.key, "") + what.where + what.elsewhere
    return f"SELECT l.id FROM {source} ORDER BY {value}{_way(sort)}{last}, l.id{_way(sort)}"


_OUTER: Mapping[SortKey, LiteralString] = {
    SortKey.NAME: " LEFT JOIN person p ON p.id = l.person_id",
    SortKey.ACCOUNT: " LEFT JOIN account a ON a.id = l.account_id",
}
"""What a sort needs of other tables, joined to all leads."""
