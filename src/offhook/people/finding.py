"""Finding persons and accounts: pages in the order of their names, narrowed by what one knows of them. SQL.

Absorbed records are never listed; what was theirs finds their survivor. Names run along an index, as do their
words, e-mail, phone and domain; a custom attribute is looked for along the names, so narrow it further where the
base is large.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.people import searching, store

_AFTER_ALL = "\U0010ffff"
"""Sorts after every character that a name can hold."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one looks for; what is None does not narrow. `domain` of a person is their account's.

    `name` is how the name begins: last name first, or as spoken ("ann le" finds Ann Lee); of accounts the name.
    `contact` is kind and value of a contact point in its stored form; `attribute` name and value.
    `search` is what one types to find somebody, instead of `name`: beginnings of words of the name, in any order,
    with or without accents; of persons also of words of their account's name, or how an e-mail address begins.
    """

    name: str | None = None
    contact: tuple[str, str] | None = None
    account_id: UUID | None = None
    domain: str | None = None
    attribute: tuple[str, str] | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the sort name and id of its last row."""

    sort_name: str
    id: UUID


def persons_wanted(tx: Transaction, wanted: Wanted, after: Place | None, limit: int) -> list[Place]:
    """Up to `limit` persons, by last and first name. Index: person_name; for a search those of `searching`."""
    narrowed, values = _narrowed(tx, wanted)
    values |= {
        "sort_name": after.sort_name if after else "",
        "id": after.id if after else UUID(int=0),
        "limit": limit,
    }
    if wanted.search is not None:
        search = searching.persons_search(tx, wanted.search)
        return tx.rows(
            Place,
            "SELECT p.sort_name, p.id FROM "
            + search.source
            + " WHERE p.merged_into IS NULL AND (p.sort_name, p.id) > (%(sort_name)s, %(id)s)"
            + search.condition
            + narrowed
            + _IN_ORDER,
            **values,
            **search.values,
        )
    readings = person_ranges(wanted.name or "")
    return tx.rows(
        Place,
        "SELECT DISTINCT p.sort_name, p.id FROM unnest(%(begin)s::text[], %(end)s::text[], %(given)s::text[])"
        "  AS r (first, last, given)"
        " CROSS JOIN LATERAL (SELECT sort_name, id FROM person AS p WHERE merged_into IS NULL"
        "  AND (sort_name, id) > (%(sort_name)s, %(id)s) AND sort_name >= r.first AND sort_name < r.last"
        "  AND starts_with(lower(coalesce(first_name, '')), r.given)"
        + narrowed
        + "  ORDER BY sort_name, id LIMIT %(limit)s) AS p"
        + _IN_ORDER,
        begin=[reading.first for reading in readings],
        end=[reading.last for reading in readings],
        given=[reading.given for reading in readings],
        **values,
    )


_IN_ORDER: LiteralString = " ORDER BY p.sort_name, p.id LIMIT %(limit)s"


def _narrowed(tx: Transaction, wanted: Wanted) -> tuple[LiteralString, dict[str, object]]:
    """What else persons have to be, as conditions with their values."""
    narrowed: LiteralString = ""
    values: dict[str, object] = {}
    if wanted.contact is not None:
        narrowed += " AND p.id = ANY(%(ids)s)"
        values["ids"] = store.holders(tx, *wanted.contact)
    accounts: Sequence[UUID] = ()
    if wanted.account_id is not None:
        accounts = [store.survivors(tx, "account", [wanted.account_id])[wanted.account_id]]
    if wanted.domain is not None:
        at_domain = _accounts_at(tx, wanted.domain)
        accounts = [one for one in at_domain if one in accounts or wanted.account_id is None]
    if wanted.account_id is not None or wanted.domain is not None:
        narrowed += " AND p.account_id = ANY(%(accounts)s)"
        values["accounts"] = list(accounts)
    if wanted.attribute is not None:
        narrowed += " AND p.attributes ->> %(attribute)s = %(value)s"
        values["attribute"], values["value"] = wanted.attribute
    return narrowed, values


def accounts_wanted(tx: Transaction, wanted: Wanted, after: Place | None, limit: int) -> list[Place]:
    """Up to `limit` accounts by name. Indexes: account_name, account_domain; for a search account_word_word."""
    narrowed: LiteralString = ""
    if wanted.domain is not None:
        narrowed += " AND a.id = ANY(%(ids)s)"
    if wanted.attribute is not None:
        narrowed += " AND a.attributes ->> %(attribute)s = %(value)s"
    search = (
        searching.accounts_search(tx, wanted.search)
        if wanted.search is not None
        else searching.Search("account AS a", "", {})
    )
    called = account_range(wanted.name or "")
    return tx.rows(
        Place,
        "SELECT a.sort_name, a.id FROM "
        + search.source
        + " WHERE a.merged_into IS NULL AND (a.sort_name, a.id) > (%(sort_name)s, %(id)s)"
        " AND a.sort_name >= %(begin)s AND a.sort_name < %(end)s"
        + search.condition
        + narrowed
        + " ORDER BY a.sort_name, a.id LIMIT %(limit)s",
        begin=called.first,
        end=called.last,
        ids=_accounts_at(tx, wanted.domain) if wanted.domain is not None else [],
        attribute=wanted.attribute[0] if wanted.attribute else None,
        value=wanted.attribute[1] if wanted.attribute else None,
        sort_name=after.sort_name if after else "",
        id=after.id if after else UUID(int=0),
        limit=limit,
        **search.values,
    )


def _accounts_at(tx: Transaction, domain: str) -> list[UUID]:
    return sorted({now for _, _, now in store.accounts_with_domains(tx, [domain])})


@dataclass(frozen=True, slots=True)
class NameRange:
    """Sort names from `first` on and before `last`; of persons, those whose first name begins `given`.

    Leakproof comparisons, so that an index serves them under row-level security.
    """

    first: str
    last: str
    given: str = ""


def person_ranges(name: str) -> list[NameRange]:
    """How sort names begin that a typed name can mean, and how the first name then does.

    Last name first, or as spoken: of "ada by" the last word is the beginning of the last name.
    """
    words = name.lower().replace(",", " ").split()
    ranges = [_beginning(" ".join(words))]
    if len(words) > 1:
        ranges.append(_beginning(words[-1], " ".join(words[:-1])))
    return ranges


def account_range(name: str) -> NameRange:
    """How the sort names of accounts begin that a typed name can mean."""
    return _beginning(name.lower())


def _beginning(text: str, given: str = "") -> NameRange:
    return NameRange(text, text + _AFTER_ALL, given)
