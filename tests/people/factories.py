"""Persons and accounts for tests, made the way they come in."""

from collections.abc import Sequence

from offhook.kernel.database import Transaction
from offhook.people import Person, Resolution, Understood, person, resolve, understand

ADA = {"first_name": "Ada", "last_name": "Byron", "email": "ada@engines.example", "company": "Engines Ltd"}


def understood(fields: dict[str, str], **attributes: str) -> Understood:
    """A received record, read as in the United States; it must be right."""
    known, errors = understand(fields, attributes, "US")
    assert not errors
    return known


def received(tx: Transaction, *records: dict[str, str]) -> Sequence[Resolution]:
    """Whom received records are about, resolved in one batch."""
    return resolve(tx, [understood(record) for record in records])


def somebody(tx: Transaction, **fields: str) -> Person:
    """A person who responded."""
    return person(tx, received(tx, ADA | fields)[0].person_id)


def another(tx: Transaction, **fields: str) -> Person:
    """A second person, in nothing like the first."""
    bob = {
        "first_name": "Robert",
        "last_name": "Koch",
        "email": "koch@charite.example",
        "company": "Charité",
        "phone": "+49 30 450 50",
        "city": "Berlin",
        "country": "Germany",
        "title": "Physician",
    }
    return person(tx, received(tx, bob | fields)[0].person_id)
