"""From a received row to the person and the response it tells of: pure, so that another process can do it.

Errors name the column as received. A value that cannot be used is left out and reported, the rest of its row goes
in; a row from which nobody can be known is rejected as a whole. `received` keeps the row verbatim, as JSON.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from offhook.intake.mapping import ATTRIBUTE, IGNORE, RESPONSE_FIELDS, plain
from offhook.intake.model import ImportOptions, ReadRow, Row, RowError, Told
from offhook.people import Rejected, Understood, day_comes_first, read_boolean, read_moment, understand

LONGEST_TOLD_VALUE = 200
"""Characters of a wrong value that a report repeats; the whole is in the record."""

LONGEST_TEXT = 2_000
DATE_FIELDS = ("responded_at", "mql_at", "born_on")
_NOBODY = "tells of nobody: it needs an e-mail address, a phone number, an id, or a name with a company"


@dataclass(frozen=True, slots=True)
class Manner:
    """How rows are to be understood: what each column is, whose national numbers, in which zone times are.

    `day_first`: how columns of dates are written; None where nothing tells. `area_code` completes local numbers.
    """

    mapping: Mapping[str, str]
    region: str
    time_zone: str
    day_first: bool | None = None
    area_code: str | None = None


def manner_of(
    mapping: Mapping[str, str], region: str, time_zone: str, sample: Sequence[Row], options: ImportOptions
) -> Manner:
    """The manner for a file; how it writes dates is told by its sample unless it is given."""
    day_first = options.day_first
    if day_first is None:
        dated = [heading for heading, field in mapping.items() if field in DATE_FIELDS]
        day_first = day_comes_first(row.cells.get(heading, "").strip() for row in sample for heading in dated)
    return Manner(mapping, region, time_zone, day_first, options.area_code)


UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
"""What PostgreSQL or UTF-8 cannot hold: null characters, and halves of characters (JSON can name them)."""


def verbatim(received: Mapping[str, object]) -> str:
    """What was received as JSON, in which everything can be kept."""
    text = json.dumps(received, ensure_ascii=False)
    return text if text.isascii() or not UNKEEPABLE.search(text) else json.dumps(received)


def read_row(row: Row, manner: Manner, now: datetime) -> ReadRow:
    """Understand one row. Times after `now` are refused: nobody has responded in the future."""
    received = row.verbatim or verbatim(row.cells)
    if row.fault:
        return ReadRow(row.number, received, None, Told(), (RowError(row.number, "", "", row.fault),))
    fields, told, attributes, columns = _sorted(row, manner.mapping)
    person, wrong = understand(
        fields, attributes, manner.region, area_code=manner.area_code, day_first=manner.day_first
    )
    errors = [
        RowError(row.number, columns.get(error.field, error.field), short(error.value or ""), error.reason)
        for error in wrong
    ]
    response = _told(row.number, told, columns, manner, now, errors) if told else Told()
    if not _is_somebody(person):
        errors.append(RowError(row.number, "", "", _NOBODY))
        return ReadRow(row.number, received, None, response, errors)
    return ReadRow(row.number, received, person, response, errors)


def _is_somebody(person: Understood) -> bool:
    if person.emails or person.phones or person.external_ids:
        return True
    return bool(person.company_name and (person.full_name or person.last_name))


def _sorted(
    row: Row, mapping: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str]]:
    """The cells by what they are: of the person, of the response, attributes; and the column of each field."""
    fields: dict[str, str] = {}
    told: dict[str, str] = {}
    attributes: dict[str, str] = {}
    columns: dict[str, str] = {}
    for heading, received in row.cells.items():
        value = received.strip()
        field = mapping.get(heading, ATTRIBUTE)
        if not value or field == IGNORE:
            continue
        columns[field] = heading
        if field == ATTRIBUTE:
            attributes[heading] = value
        elif field in RESPONSE_FIELDS:
            told[field] = value
        else:
            fields[field] = _identified(heading, value) if field == "external_id" else value
    return fields, told, attributes, columns


def _identified(heading: str, value: str) -> str:
    """An id says whose it is, so that ids of different systems never meet: "prospect_id:42"."""
    return value if re.match(r"[a-z_]+:", value) else f"{plain(heading).replace(' ', '_')}:{value}"


def _told(
    number: int,
    told: Mapping[str, str],
    columns: Mapping[str, str],
    manner: Manner,
    now: datetime,
    errors: list[RowError],
) -> Told:
    def reject(field: str, reason: str) -> None:
        errors.append(RowError(number, columns[field], short(told[field]), reason))

    def moment(field: str) -> datetime | None:
        text = told.get(field)
        if not text:
            return None
        read = read_moment(text, _zone(manner.time_zone), manner.day_first)
        if isinstance(read, Rejected):
            reject(field, read.reason)
            return None
        if read > now:
            reject(field, "lies in the future")
            return None
        return read

    def text(field: str) -> str | None:
        value = told.get(field)
        if value and (len(value) > LONGEST_TEXT or UNKEEPABLE.search(value)):
            reject(field, f"is longer than {LONGEST_TEXT:,} characters or holds null characters")
            return None
        return value

    is_mql = read_boolean(told["is_mql"]) if "is_mql" in told else None
    if isinstance(is_mql, Rejected):
        reject("is_mql", is_mql.reason)
        is_mql = None
    return Told(
        moment("responded_at"),
        text("source"),
        text("content"),
        is_mql,
        moment("mql_at"),
        text("owner"),
        columns.get("owner", "owner"),
    )


def short(value: str) -> str:
    """A value as reports repeat it: not endless, and without what no answer can hold."""
    plain_value = UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", value.replace("\0", "\\0"))
    return plain_value if len(plain_value) <= LONGEST_TOLD_VALUE else plain_value[:LONGEST_TOLD_VALUE] + "…"


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
