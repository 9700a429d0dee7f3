"""Use case: look at a file before it is imported: its columns, its first rows as understood, what is wrong.

Nothing is written. What a file would come to in full, merges and all, says `run.rehearse_file`; this reads the
first `ROWS_READ` rows only, so that it answers at once however long the file is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from uuid import UUID

from offhook.intake.fields import FIELDS, Target
from offhook.intake.mapping import Proposal, check_identifies
from offhook.intake.model import ImportOptions, ReadRow, RowError
from offhook.intake.reading import Table, opened_table
from offhook.intake.receive import errors_with_owner, reps_named
from offhook.intake.run import checked, columns_of, count_rows, manner_with
from offhook.intake.understanding import read_row, short
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid
from offhook.people import ContactKind, Understood, contacts_on_record

ROWS_READ = 2_000
ROWS_SHOWN = 20
SAMPLES = 5
EXAMPLES = 3
MOST_KINDS_OF_ERROR = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what it is taken for and why, and some of its values."""

    name: str
    proposal: Proposal
    samples: Sequence[str]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as understood: values by what they are, attributes by their headings, and what could not be used."""

    number: int
    is_rejected: bool
    values: Mapping[Target, str]
    attributes: Mapping[str, str]
    errors: Sequence[RowError]


@dataclass(slots=True)
class ErrorCount:
    """How often one thing is wrong with one column; `examples` are the first few."""

    column: str
    reason: str
    count: int = 0
    examples: list[RowError] = field(default_factory=list[RowError])


@dataclass(frozen=True, slots=True)
class Known:
    """How many of the rows read are, by e-mail address or id, about somebody on record, or in an earlier row."""

    on_record: int
    repeated: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as it would be read. `cannot_start`: why an import with this mapping would be refused."""

    table: Table
    columns: Sequence[Column]
    cannot_start: str | None
    rows: Sequence[PreviewRow]
    errors: Sequence[ErrorCount]
    rows_read: int
    rejected: int
    rows_total: int
    is_total_exact: bool
    known: Known


def preview_file(
    tx: Transaction, path: Path, campaign_id: UUID | None, options: ImportOptions, *, name: str
) -> Preview:
    """Look at a file. `name`: what to call it in messages.

    A mapping by which nobody can be known is no error here: `cannot_start` tells. Needs `intake:write`. Raises
    `Invalid` for a file that cannot be read, or a mapping or option that makes no sense.
    """
    tx.require("intake:write")
    options = checked(options)
    with opened_table(path, options.sheet, name=name) as table:
        proposals = columns_of(tx, table, options)
        mapping = {heading: proposal.field for heading, proposal in proposals.items()}
        manner = manner_with(tx, table, campaign_id, mapping, options)
        received = table.rows()
        rows = [read_row(row, manner, tx.now) for row in islice(received, ROWS_READ)]
        is_whole = next(received, None) is None
        total = len(rows) if is_whole else max(count_rows(table), len(rows) + 1)
    owners = reps_named(tx, rows)
    told = [errors_with_owner(row, owners) for row in rows]
    return Preview(
        table=table,
        columns=[Column(one, proposals[one], _samples(table, one)) for one in table.headings],
        cannot_start=_why_not(mapping),
        rows=[_shown(row, errors) for row, errors in zip(rows[:ROWS_SHOWN], told, strict=False)],
        errors=counted(told),
        rows_read=len(rows),
        rejected=sum(row.person is None for row in rows),
        rows_total=total,
        is_total_exact=is_whole,
        known=_known(tx, rows),
    )


def _why_not(mapping: Mapping[str, str]) -> str | None:
    try:
        check_identifies(mapping)
    except Invalid:
        return (
            "No column says who somebody is: map one to e-mail address, phone number or id, or two to name and"
            " company."
        )
    return None


def _samples(table: Table, heading: str) -> list[str]:
    values = (row.cells.get(heading, "").strip() for row in table.sample)
    return list(islice(dict.fromkeys(short(value) for value in values if value), SAMPLES))


def counted(errors_of_rows: Sequence[Sequence[RowError]]) -> list[ErrorCount]:
    """What is wrong with which column, the most frequent first."""
    found: dict[tuple[str, str], ErrorCount] = {}
    for errors in errors_of_rows:
        for error in errors:
            kind = found.setdefault((error.column, error.reason), ErrorCount(error.column, error.reason))
            kind.count += 1
            if len(kind.examples) < EXAMPLES:
                kind.examples.append(error)
    return sorted(found.values(), key=lambda kind: -kind.count)[:MOST_KINDS_OF_ERROR]


def _shown(row: ReadRow, errors: Sequence[RowError]) -> PreviewRow:
    person = row.person
    if person is None:
        return PreviewRow(row.number, True, {}, {}, errors)
    values = dict(_values(row, person))
    in_order = {one.name: short(values[one.name]) for one in FIELDS if values.get(one.name)}
    attributes = {name: short(value) for name, value in person.attributes.items()}
    return PreviewRow(row.number, False, in_order, attributes, errors)


_SAME_NAMES = (
    "first_name last_name full_name title street city postal_code region country born_on time_zone industry"
    " employees language"
).split()


def _values(row: ReadRow, person: Understood) -> Iterator[tuple[Target, str]]:
    """What the row says as it was understood, as text; several addresses of one kind in one."""
    numbers: defaultdict[Target, list[str]] = defaultdict(list)
    for number in person.phones:
        extension = person.extensions.get(number)
        kind = Target.MOBILE if person.labels.get(number) == "mobile" else Target.PHONE
        numbers[kind].append(f"{number} ext. {extension}" if extension else number)
    yield Target.EMAIL, ", ".join(person.emails)
    yield from ((kind, ", ".join(found)) for kind, found in numbers.items())
    yield Target.EXTERNAL_ID, ", ".join(person.external_ids)
    yield Target.COMPANY, person.company_name or ""
    yield Target.WEBSITE, person.domain or ""
    for name in _SAME_NAMES:
        yield Target(name), _text(getattr(person, name))
    for target in (Target.DO_NOT_CALL, Target.DO_NOT_EMAIL):
        yield target, "yes" if getattr(person, target.value) else ""
    told = row.told
    yield Target.RESPONDED_AT, told.responded_at.isoformat() if told.responded_at else ""
    yield Target.MQL_AT, told.mql_at.isoformat() if told.mql_at else ""
    yield Target.SOURCE, told.source or ""
    yield Target.CONTENT, told.content or ""
    yield Target.IS_MQL, "" if told.is_mql is None else ("yes" if told.is_mql else "no")
    yield Target.OWNER, told.owner or ""


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _known(tx: Transaction, rows: Sequence[ReadRow]) -> Known:
    """By what is somebody's alone; the import compares names, numbers and companies as well."""
    contacts = [_own_contacts(row.person) for row in rows if row.person]
    on_record = contacts_on_record(tx, sorted({contact for own in contacts for contact in own}))
    met: set[tuple[str, str]] = set()
    repeated = 0
    for own in contacts:
        repeated += not met.isdisjoint(own)
        met.update(own)
    return Known(sum(not on_record.isdisjoint(own) for own in contacts), repeated)


def _own_contacts(person: Understood) -> list[tuple[str, str]]:
    emails = [(ContactKind.EMAIL.value, address) for address in person.emails]
    return [*emails, *((ContactKind.EXTERNAL_ID.value, identifier) for identifier in person.external_ids)]
