"""The normalised records as plain columns, so that other libraries judge the same values as we do."""

from collections.abc import Sequence

from offhook.people import Understood
from offhook.people.matching import account_record, person_record
from offhook.people.model import RecordKind

Row = dict[str, str | int | None]


def rows_of(records: Sequence[Understood], kind: RecordKind) -> list[Row]:
    """A row for each record, numbered from 0 in `unique_id`; None where a value is missing."""
    return [_row(number, record, kind) for number, record in enumerate(records)]


def _row(number: int, understood: Understood, kind: RecordKind) -> Row:
    record = person_record(understood) if kind is RecordKind.PERSON else account_record(understood)
    row: Row = {
        "unique_id": number,
        "email": next(iter(understood.emails), None),
        "phone": next(iter(understood.phones), None),
        "street": record.street or None,
        "city": record.city or None,
        "postal_code": record.postal_code or None,
        "company": record.company or None,
        "domain": record.domain or None,
    }
    if kind is RecordKind.ACCOUNT:
        return row | {"first_word": record.company.split(" ")[0] or None}
    return row | {
        "first_name": record.first or None,
        "last_name": record.last or None,
        "born_on": understood.born_on.isoformat() if understood.born_on else None,
        "external_id": next(iter(understood.external_ids), None),
        "region": record.region or None,
        "title": record.title or None,
    }
