"""The SQL of people. Set-based; each hot statement says which index serves it.

Look-ups of a batch are written as one index probe per value (LATERAL with LIMIT, or = ANY on a primary key), run
inside `index_probes` (kernel/batches.py), because a planner that has no statistics yet (the first import into an
empty base) would otherwise read whole tables for every batch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import LiteralString, cast
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.people.model import Account, ContactPoint, Person, Understood
from offhook.people.variants import read_variant, stored

PERSON_FIELDS = (
    "first_name last_name full_name title company_name street city postal_code region country born_on time_zone"
    " language domain industry employees do_not_call do_not_email attributes"
).split()
"""Columns of a person that are fields of `Understood` too."""

ACCOUNT_FIELDS = "domain phone street city postal_code region country industry employees attributes".split()
"""Columns of an account that `Understood` tells too; its name is `company_name` there."""


def lock(tx: Transaction) -> None:
    """Wait until nobody else resolves persons of this organisation, and keep others waiting until the commit."""
    tx.execute("SELECT pg_advisory_xact_lock(hashtext('people'), hashtext(%(id)s))", id=str(tx.organisation_id))


def sharing_contacts(
    tx: Transaction, contacts: Sequence[tuple[str, str]], most: int
) -> list[tuple[tuple[str, str], UUID]]:
    """Who has these contact points, at most `most` + 1 for each. Index: contact_point_value."""
    if not contacts:
        return []
    found = tx.connection.execute(
        "SELECT asked.nth, c.person_id"
        " FROM unnest(%(kinds)s::text[], %(values)s::text[]) WITH ORDINALITY AS asked (kind, value, nth)"
        " CROSS JOIN LATERAL (SELECT person_id FROM contact_point WHERE kind = asked.kind AND value = asked.value"
        "  LIMIT %(most)s) AS c",
        {
            "kinds": _array(kind for kind, _ in contacts),
            "values": _text_array([value for _, value in contacts]),
            "most": most + 1,
        },
    ).fetchall()
    return [(contacts[nth - 1], identifier) for nth, identifier in cast("list[tuple[int, UUID]]", found)]


def holders(tx: Transaction, kind: str, value: str) -> list[UUID]:
    """Who has a contact point now, by living persons' ids. Index: contact_point_value."""
    found = tx.scalars(
        UUID,
        "SELECT person_id FROM contact_point WHERE kind = %(of)s AND value = %(value)s ORDER BY person_id",
        of=kind,
        value=value,
    )
    return sorted(set(survivors(tx, "person", found).values()))


def holders_of_emails(tx: Transaction, addresses: Sequence[str]) -> list[tuple[str, UUID]]:
    """Who has these e-mail addresses, absorbed persons too, the oldest first. Index: contact_point_value."""
    if not addresses:
        return []
    found = tx.connection.execute(
        "SELECT value, person_id FROM contact_point WHERE kind = 'email' AND value = ANY(%(values)s)"
        " ORDER BY created_at, person_id",
        {"values": list(addresses)},
    ).fetchall()
    return cast("list[tuple[str, UUID]]", found)


def sharing_keys(tx: Transaction, kind: str, keys: Sequence[int], most: int) -> list[tuple[int, UUID]]:
    """Whose matching keys these are, at most `most` + 1 for each. Index: match_key_key."""
    if not keys:
        return []
    found = tx.connection.execute(
        "SELECT k.key, k.record_id FROM unnest(%(keys)s::bigint[]) AS asked (key)"
        " CROSS JOIN LATERAL (SELECT key, record_id FROM match_key WHERE kind = %(kind)s AND key = asked.key"
        "  LIMIT %(most)s) AS k",
        {"keys": _array(sorted(keys)), "kind": kind, "most": most + 1},
    ).fetchall()
    return cast("list[tuple[int, UUID]]", found)


def _array(values: Iterable[int | str]) -> str:
    """An array as PostgreSQL reads it, of values without marks: far cheaper to make than one value at a time."""
    return "{" + ",".join(map(str, values)) + "}"


def _text_array(values: Sequence[str]) -> str:
    """An array of any texts."""
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
        joined = '","'.join(value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return '{"' + joined + '"}'


def survivors(tx: Transaction, table: str, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """For each id the id of the row that now stands for it: itself, or whoever absorbed it in the end."""
    stands_for = {identifier: identifier for identifier in ids}
    asked = set(stands_for)
    while asked:
        merged = dict(_merged(tx, table, asked))
        if not merged:
            break
        stands_for = {identifier: merged.get(now, now) for identifier, now in stands_for.items()}
        asked = set(merged.values())
    return stands_for


@dataclass(frozen=True, slots=True)
class _Absorbed:
    id: UUID
    merged_into: UUID


def _merged(tx: Transaction, table: str, ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    rows = (
        tx.rows(
            _Absorbed,
            "SELECT id, merged_into FROM person WHERE id = ANY(%(ids)s) AND merged_into IS NOT NULL",
            ids=list(ids),
        )
        if table == "person"
        else tx.rows(
            _Absorbed,
            "SELECT id, merged_into FROM account WHERE id = ANY(%(ids)s) AND merged_into IS NOT NULL",
            ids=list(ids),
        )
    )
    return [(row.id, row.merged_into) for row in rows]


@dataclass(frozen=True, slots=True)
class _Point:
    person_id: UUID
    kind: str
    value: str
    label: str
    extension: str
    is_primary: bool
    bounced_at: datetime | None


def contact_points(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, tuple[ContactPoint, ...]]:
    """The contact points of persons, main ones first. Index: the primary key of contact_point."""
    points: dict[UUID, list[ContactPoint]] = {}
    for p in tx.rows(
        _Point,
        "SELECT person_id, kind, value, label, extension, is_primary, bounced_at FROM contact_point"
        " WHERE person_id = ANY(%(ids)s) ORDER BY person_id, kind, is_primary DESC, created_at, value",
        ids=ids,
    ):
        points.setdefault(p.person_id, []).append(
            ContactPoint(p.kind, p.value, p.label, p.extension, p.is_primary, p.bounced_at)
        )
    return {identifier: tuple(found) for identifier, found in points.items()}


Known = tuple[UUID, UUID | None, int, Understood, tuple[Understood, ...]]
"""A stored record as resolving needs it: id, account, version, what is known, variants."""

_Points = tuple[list[str], list[str], list[str], dict[str, str], dict[str, str]]
_NO_POINTS: _Points = ([], [], [], {}, {})
_PLACE_OF_KIND = {"email": 0, "phone": 1, "external_id": 2}


def known_persons(tx: Transaction, ids: Sequence[UUID]) -> list[Known]:
    """Persons in the order of their ids, without what resolving does not ask. Index: the primary keys.

    Read as plain tuples, since a batch may know thousands.
    """
    points = _points_of(tx, ids)
    rows = tx.connection.execute(
        "SELECT id, account_id, version, nullif(variants, '[]'), nullif(attributes, '{}'),"
        " first_name, last_name, full_name, title, company_name, street, city, postal_code, region, country,"
        " born_on, time_zone, domain, industry, employees, language, do_not_call, do_not_email"
        " FROM person WHERE id = ANY(%(ids)s) ORDER BY id",
        {"ids": list(ids)},
    ).fetchall()
    return [_known_person(row, points) for row in rows]


def _points_of(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, _Points]:
    """E-mails, phones, external ids, labels and extensions of persons; the main ones first.

    Asked person by person: to have all in order at once, PostgreSQL would rather walk along a whole index.
    """
    found = tx.connection.execute(
        "SELECT c.person_id, c.kind, c.value, c.label, c.extension FROM unnest(%(ids)s::uuid[]) AS asked (id)"
        " CROSS JOIN LATERAL (SELECT * FROM contact_point WHERE person_id = asked.id"
        "  ORDER BY kind, is_primary DESC, created_at, value) AS c",
        {"ids": list(ids)},
    ).fetchall()
    points: dict[UUID, _Points] = {}
    for person_id, kind, value, label, extension in cast("list[tuple[UUID, str, str, str, str]]", found):
        told = points.get(person_id)
        if told is None:
            told = points[person_id] = ([], [], [], {}, {})
        cast("list[str]", told[_PLACE_OF_KIND[kind]]).append(value)
        if label:
            told[3][value] = label
        if extension:
            told[4][value] = extension
    return points


def _known_person(row: Sequence[object], points: Mapping[UUID, _Points]) -> Known:
    identifier, account_id, version, variants, attributes, *fields = row
    emails, phones, external_ids, labels, extensions = points.get(cast("UUID", identifier), _NO_POINTS)
    lists = (tuple(emails), tuple(phones), tuple(external_ids))
    values = (*fields[:5], *lists, *fields[5:], attributes or {}, labels, extensions)
    known = Understood(*values)  # pyright: ignore[reportArgumentType] # in the order of its fields
    return identifier, account_id, version, known, _read_variants(variants)  # pyright: ignore[reportReturnType] # as selected


def _read_variants(variants: object) -> tuple[Understood, ...]:
    return tuple(map(read_variant, cast("list[dict[str, object]]", variants))) if variants else ()


def known_accounts(tx: Transaction, ids: Sequence[UUID]) -> list[Known]:
    """Accounts in the order of their ids, likewise. Index: the primary key."""
    rows = tx.connection.execute(
        "SELECT id, version, nullif(variants, '[]'), nullif(attributes, '{}'), name, phone, street, city,"
        " postal_code, region, country, domain, industry, employees"
        " FROM account WHERE id = ANY(%(ids)s) ORDER BY id",
        {"ids": list(ids)},
    ).fetchall()
    return [_known_account(row) for row in rows]


def _known_account(row: Sequence[object]) -> Known:
    identifier, version, variants, attributes, name, phone, *fields = row
    lists = ((), (phone,) if phone else (), ())
    values = (None, None, None, None, name, *lists, *fields[:5], None, None, *fields[5:])
    known = Understood(*values, attributes=attributes or {})  # pyright: ignore[reportArgumentType] # likewise
    return identifier, None, version, known, _read_variants(variants)  # pyright: ignore[reportReturnType] # as selected


def persons(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Persons by id, absorbed ones too, with their contact points. Index: the primary keys."""
    if not ids:
        return {}
    points = contact_points(tx, ids)

    def person(id: UUID, variants: list[dict[str, object]], **columns: object) -> Person:  # noqa: A002 # the column's name
        seen = tuple(map(read_variant, variants))
        return Person(id=id, variants=seen, contact_points=points.get(id, ()), **columns)  # pyright: ignore[reportArgumentType] # columns are the fields

    found = tx.rows(
        person,
        "SELECT id, account_id, first_name, last_name, full_name, title, company_name, street, city, postal_code,"
        " region, country, born_on, time_zone, language, domain, industry, employees, do_not_call, do_not_email,"
        " attributes, merged_into, version, created_at, updated_at, variants FROM person WHERE id = ANY(%(ids)s)",
        ids=ids,
    )
    return {p.id: p for p in found}


def accounts(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Account]:
    """Accounts by id, absorbed ones too. Index: the primary key."""
    if not ids:
        return {}

    def account(variants: list[dict[str, object]], **columns: object) -> Account:
        return Account(variants=tuple(map(read_variant, variants)), **columns)  # pyright: ignore[reportArgumentType] # columns are the fields

    found = tx.rows(
        account,
        "SELECT id, name, domain, phone, street, city, postal_code, region, country, industry, employees,"
        " attributes, merged_into, version, created_at, updated_at, variants FROM account WHERE id = ANY(%(ids)s)",
        ids=ids,
    )
    return {a.id: a for a in found}


@dataclass(frozen=True, slots=True)
class _AtDomain:
    nth: int
    id: UUID
    now: UUID


def accounts_with_domains(tx: Transaction, domains: Sequence[str]) -> list[tuple[str, UUID, UUID]]:
    """Domain, account and who stands for it now, for accounts that have these domains or had until absorbed.

    Those that stand for themselves come first, then the older. Index: account_domain.
    """
    if not domains:
        return []
    found = tx.rows(
        _AtDomain,
        "SELECT asked.nth, a.id, coalesce(a.merged_into, a.id) AS now"
        " FROM unnest(%(domains)s::text[]) WITH ORDINALITY AS asked (domain, nth)"
        " CROSS JOIN LATERAL (SELECT id, merged_into FROM account WHERE domain = asked.domain"
        "  ORDER BY merged_into IS NOT NULL, id LIMIT 5) AS a ORDER BY asked.nth, a.merged_into IS NOT NULL, a.id",
        domains=list(domains),
    )
    return [(domains[one.nth - 1], one.id, one.now) for one in found]


def insert_persons(
    tx: Transaction, rows: Sequence[tuple[str, UUID | None, Understood, Sequence[Understood]]]
) -> None:
    """Write new persons, with their variants and the words that find them; without their contact points.

    Ids are text: far cheaper to send.
    """
    used = [name for name in PERSON_FIELDS if any(map(attrgetter(name), map(_known, rows)))]
    values = _values(used)
    tx.copy_behind(
        "person",
        ("id", "account_id", *used, "variants"),
        (
            (identifier, account_id and str(account_id), *values(known), _variants(variants))
            for identifier, account_id, known, variants in rows
        ),
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.execute_behind(
        "INSERT INTO person_word (word, person_id) SELECT word, id FROM person,"
        " unnest(name_words(concat_ws(' ', first_name, last_name, full_name))) AS word"
        " WHERE id = ANY(%(ids)s::uuid[]) ORDER BY word",
        ids=_array(row[0] for row in rows),
    )


def _known(row: tuple[str, UUID | None, Understood, Sequence[Understood]]) -> Understood:
    return row[2]


def _values(names: Sequence[str]) -> Callable[[Understood], Iterable[object]]:
    """Reads these fields of a record as columns."""
    if len(names) < 2 or "attributes" in names:
        return lambda known: [_column(getattr(known, name)) for name in names]
    return attrgetter(*names)


def _variants(variants: Sequence[Understood]) -> object:
    return Jsonb(stored(variants)) if variants else "[]"


def _column(value: object) -> object:
    return Jsonb(value) if isinstance(value, dict) else value


def insert_accounts(tx: Transaction, rows: Sequence[tuple[UUID, Understood, Sequence[Understood]]]) -> None:
    """Write new accounts, with their variants and the words that find them."""
    used = [name for name in ACCOUNT_FIELDS if any(_of_account(known, name) for _, known, _ in rows)]
    tx.copy_behind(
        "account",
        ("id", "name", *used, "variants"),
        (
            (
                str(identifier),
                known.company_name,
                *[_of_account(known, name) for name in used],
                _variants(variants),
            )
            for identifier, known, variants in rows
        ),
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.execute_behind(
        "INSERT INTO account_word (word, account_id) SELECT word, id"
        " FROM account, unnest(name_words(name)) AS word WHERE id = ANY(%(ids)s::uuid[]) ORDER BY word",
        ids=_array(str(row[0]) for row in rows),
    )


def _of_account(known: Understood, column: str) -> object:
    """The value of an account's column; an account has one phone."""
    if column == "phone":
        return known.phones[0] if known.phones else None
    return _column(getattr(known, column))


_POINT_COLUMNS = ("person_id", "kind", "value", "label", "extension", "is_primary")


def insert_contact_points(tx: Transaction, persons: Iterable[tuple[str, Understood]]) -> None:
    """Write the contact points of new persons, in the order of the index that takes longest."""
    told = sorted(row for person_id, known in persons for row in _points(person_id, known))
    if not told:
        return
    kinds, values, ids, labels, extensions, main = zip(*told, strict=True)
    tx.execute_behind(
        "INSERT INTO contact_point (person_id, kind, value, label, extension, is_primary, created_at)"
        " SELECT p.*, %(now)s FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::text[],"
        "  %(labels)s::text[], %(extensions)s::text[], %(main)s::boolean[]) AS p",
        ids=_array(ids),
        kinds=_array(kinds),
        values=_text_array(values),
        labels=_text_array(labels),
        extensions=_text_array(extensions),
        main=_array(main),
        now=tx.now,
    )


def _points(person_id: str, known: Understood) -> Iterable[tuple[str, str, str, str, str, str]]:
    """Kind, value, person, label, extension and whether it is the first of its kind."""
    labels, extensions = known.labels, known.extensions
    for kind, values in (("email", known.emails), ("phone", known.phones), ("external_id", known.external_ids)):
        main = "t"
        for value in values:
            yield kind, value, person_id, labels.get(value, ""), extensions.get(value, ""), main
            main = "f"


def add_contact_points(tx: Transaction, rows: Iterable[tuple[str, ContactPoint]]) -> None:
    """Write contact points; those that a person has already only gain a label or extension they lacked."""
    tx.stage_behind(
        "contact_point",
        _POINT_COLUMNS,
        ((person_id, p.kind, p.value, p.label, p.extension, p.is_primary) for person_id, p in rows),
    )
    tx.execute_behind(
        "INSERT INTO contact_point (person_id, kind, value, label, extension, is_primary, created_at)"
        " SELECT person_id, kind, value, label, extension, is_primary, %(now)s FROM staged_contact_point"
        " ON CONFLICT (organisation_id, person_id, kind, value) DO UPDATE SET"
        " label = coalesce(nullif(contact_point.label, ''), excluded.label),"
        " extension = coalesce(nullif(contact_point.extension, ''), excluded.extension)"
        " WHERE (contact_point.label = '' AND excluded.label <> '')"
        " OR (contact_point.extension = '' AND excluded.extension <> '')",
        now=tx.now,
    )


def set_contact_points(tx: Transaction, person_id: UUID, points: Sequence[ContactPoint]) -> None:
    """Let a person have exactly these contact points; those that stay keep when they were noted."""
    params: dict[str, object] = {
        "person": person_id,
        "kinds": [p.kind for p in points],
        "values": [p.value for p in points],
    }
    tx.execute(
        "DELETE FROM contact_point WHERE person_id = %(person)s AND (kind, value) NOT IN"
        " (SELECT * FROM unnest(%(kinds)s::text[], %(values)s::text[]))",
        **params,
    )
    tx.execute(
        "INSERT INTO contact_point (person_id, kind, value, label, extension, is_primary, created_at)"
        " SELECT %(person)s, p.*, %(now)s FROM unnest(%(kinds)s::text[], %(values)s::text[], %(labels)s::text[],"
        "  %(extensions)s::text[], %(main)s::boolean[]) AS p"
        " ON CONFLICT (organisation_id, person_id, kind, value) DO UPDATE SET label = excluded.label,"
        " extension = excluded.extension, is_primary = excluded.is_primary",
        **params,
        labels=[p.label for p in points],
        extensions=[p.extension for p in points],
        main=[p.is_primary for p in points],
        now=tx.now,
    )


def note_bounced(tx: Transaction, address: str, bounced_at: datetime | None) -> int:
    """Mark an e-mail address, whoever has it, as one from which mail comes back; None: not any more.

    Index: contact_point_value.
    """
    return tx.execute(
        "UPDATE contact_point SET bounced_at = %(at)s WHERE kind = 'email' AND value = %(address)s"
        " AND (bounced_at IS NULL) <> (%(at)s::timestamptz IS NULL)",
        address=address,
        at=bounced_at,
    )


def insert_keys(tx: Transaction, kind: str, keys: Sequence[tuple[int, str]]) -> None:
    """Make new records findable by matching keys, each told once."""
    if keys:
        tx.execute_behind(
            "INSERT INTO match_key (kind, key, record_id) SELECT %(kind)s, k.key, k.record_id"
            " FROM unnest(%(keys)s::bigint[], %(ids)s::uuid[]) AS k (key, record_id)",
            **_pairs(kind, keys),
        )


def add_keys(tx: Transaction, kind: str, keys: Sequence[tuple[int, str]]) -> None:
    """Make records findable by matching keys; known ones stay."""
    if keys:
        tx.execute_behind(
            "INSERT INTO match_key (kind, key, record_id) SELECT %(kind)s, k.key, k.record_id"
            " FROM unnest(%(keys)s::bigint[], %(ids)s::uuid[]) AS k (key, record_id) WHERE NOT EXISTS"
            "  (SELECT FROM match_key AS m WHERE m.key = k.key AND m.record_id = k.record_id"
            "   AND m.kind = %(kind)s)",
            **_pairs(kind, keys),
        )


def _pairs(kind: str, keys: Sequence[tuple[int, str]]) -> dict[str, object]:
    """Keys and records in the order of the index, which takes them so with fewer pages in hand."""
    pairs = sorted(keys)
    return {
        "kind": kind,
        "keys": _array(key for key, _ in pairs),
        "ids": "{" + ",".join([identifier for _, identifier in pairs]) + "}",
    }


_RENAMED_PERSONS: LiteralString = (
    "WITH renamed AS MATERIALIZED (SELECT p.id,"
    "  name_words(concat_ws(' ', p.first_name, p.last_name, p.full_name)) AS before,"
    "  name_words(concat_ws(' ', s.first_name, s.last_name, s.full_name)) AS after"
    "  FROM staged_person AS s JOIN person AS p ON p.id = s.id"
    "  WHERE (p.first_name, p.last_name, p.full_name) IS DISTINCT FROM (s.first_name, s.last_name, s.full_name)),"
    " forgotten AS (DELETE FROM person_word AS w USING renamed AS r, unnest(r.before) AS old"
    "  WHERE w.person_id = r.id AND w.word = old AND old <> ALL (r.after))"
    " INSERT INTO person_word (word, person_id)"
    " SELECT new, id FROM renamed, unnest(after) AS new WHERE new <> ALL (before)"
)
"""Finds persons by the words of the names that are staged for them; to run before they are written."""

_RENAMED_ACCOUNTS: LiteralString = (
    "WITH renamed AS MATERIALIZED (SELECT a.id, name_words(a.name) AS before, name_words(s.name) AS after"
    "  FROM staged_account AS s JOIN account AS a ON a.id = s.id WHERE a.name <> s.name),"
    " forgotten AS (DELETE FROM account_word AS w USING renamed AS r, unnest(r.before) AS old"
    "  WHERE w.account_id = r.id AND w.word = old AND old <> ALL (r.after))"
    " INSERT INTO account_word (word, account_id)"
    " SELECT new, id FROM renamed, unnest(after) AS new WHERE new <> ALL (before)"
)
"""Likewise of accounts."""


def update_persons(
    tx: Transaction, rows: Sequence[tuple[UUID, UUID | None, Understood, Sequence[Understood]]]
) -> None:
    """Write what is now known of persons; each gets a new version. Index: the primary key."""
    if not rows:
        return
    tx.stage_behind(
        "person",
        ("id", "account_id", *PERSON_FIELDS, "variants"),
        (
            (
                identifier,
                account_id,
                *[_column(getattr(known, name)) for name in PERSON_FIELDS],
                _variants(variants),
            )
            for identifier, account_id, known, variants in rows
        ),
    )
    tx.execute_behind(_RENAMED_PERSONS)
    tx.execute_behind(
        "UPDATE person SET account_id = s.account_id, first_name = s.first_name, last_name = s.last_name,"
        " full_name = s.full_name, title = s.title, company_name = s.company_name, street = s.street,"
        " city = s.city, postal_code = s.postal_code, region = s.region, country = s.country,"
        " born_on = s.born_on, time_zone = s.time_zone, language = s.language, domain = s.domain,"
        " industry = s.industry, employees = s.employees, do_not_call = s.do_not_call,"
        " do_not_email = s.do_not_email, attributes = s.attributes, variants = s.variants,"
        " version = person.version + 1, updated_at = %(now)s FROM staged_person AS s WHERE person.id = s.id",
        now=tx.now,
    )


def update_accounts(tx: Transaction, rows: Sequence[tuple[UUID, Understood, Sequence[Understood]]]) -> None:
    """Write what is now known of accounts; each gets a new version. Index: the primary key."""
    if not rows:
        return
    tx.stage_behind(
        "account",
        ("id", "name", *ACCOUNT_FIELDS, "variants"),
        (
            (
                identifier,
                known.company_name,
                *[_of_account(known, name) for name in ACCOUNT_FIELDS],
                _variants(variants),
            )
            for identifier, known, variants in rows
        ),
    )
    tx.execute_behind(_RENAMED_ACCOUNTS)
    tx.execute_behind(
        "UPDATE account SET name = s.name, domain = s.domain, phone = s.phone, street = s.street, city = s.city,"
        " postal_code = s.postal_code, region = s.region, country = s.country, industry = s.industry,"
        " employees = s.employees, attributes = s.attributes, variants = s.variants,"
        " version = account.version + 1, updated_at = %(now)s"
        " FROM staged_account AS s WHERE account.id = s.id",
        now=tx.now,
    )


def insert_reviews(
    tx: Transaction, rows: Sequence[tuple[UUID, str, UUID, UUID, float, list[dict[str, object]]]]
) -> None:
    """Put pairs to review; one that was put before, whatever became of it, is not put again."""
    if not rows:
        return
    tx.stage_behind(
        "match_review",
        ("id", "kind", "left_id", "right_id", "score", "explanation"),
        (
            (identifier, kind, left, right, score, Jsonb(explanation))
            for identifier, kind, left, right, score, explanation in rows
        ),
    )
    tx.execute_behind(
        "INSERT INTO match_review (id, kind, left_id, right_id, score, explanation, created_at)"
        " SELECT id, kind, left_id, right_id, score, explanation, %(now)s FROM staged_match_review"
        " ON CONFLICT (organisation_id, kind, left_id, right_id) DO NOTHING",
        now=tx.now,
    )
