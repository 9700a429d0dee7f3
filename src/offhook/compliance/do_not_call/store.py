"""The SQL of do-not-call lists (0013_compliance.sql). Numbers are integers here: half the room, one comparison."""

from collections.abc import Generator, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from offhook.compliance.do_not_call.model import DncSource, NumberList, OwnNumber
from offhook.kernel.database import Transaction

BLOCK = 10_000


def _own(number: int, source: str, **columns: object) -> OwnNumber:
    return OwnNumber(number=f"+{number}", source=DncSource(source), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def own(tx: Transaction, number: int) -> OwnNumber | None:
    """One number of the own list. Index: the primary key."""
    return tx.first(
        _own,
        "SELECT number, reason, source, added_at, added_by, person_id, version FROM dnc_number"
        " WHERE number = %(number)s",
        number=number,
    )


def own_page(tx: Transaction, before: tuple[datetime, int] | None, limit: int) -> list[OwnNumber]:
    """The own list, the newest first. Index: dnc_number_newest, backwards."""
    at, number = before or (None, None)
    return tx.rows(
        _own,
        "SELECT number, reason, source, added_at, added_by, person_id, version FROM dnc_number"
        " WHERE %(at)s::timestamptz IS NULL OR (added_at, number) < (%(at)s, %(number)s)"
        " ORDER BY added_at DESC, number DESC LIMIT %(limit)s",
        at=at,
        number=number,
        limit=limit,
    )


def own_beginning(tx: Transaction, ranges: Sequence[tuple[int, int]], limit: int) -> list[OwnNumber]:
    """Numbers of the own list within any of these ranges. Index: the primary key, once a range."""
    return tx.rows(
        _own,
        "SELECT n.number, n.reason, n.source, n.added_at, n.added_by, n.person_id, n.version"
        " FROM unnest(%(lows)s::bigint[], %(highs)s::bigint[]) AS r (low, high)"
        " JOIN dnc_number n ON n.number >= r.low AND n.number <= r.high ORDER BY n.number LIMIT %(limit)s",
        lows=[low for low, _ in ranges],
        highs=[high for _, high in ranges],
        limit=limit,
    )


def own_all(tx: Transaction) -> Generator[list[OwnNumber]]:
    """The whole own list in blocks, by number."""
    return tx.blocks(
        _own,
        BLOCK,
        "SELECT number, reason, source, added_at, added_by, person_id, version FROM dnc_number ORDER BY number",
    )


def add_own(tx: Transaction, number: int, reason: str, source: DncSource, person_id: UUID | None) -> bool:
    """Put a number on the own list; False when it is there."""
    return bool(
        tx.execute(
            "INSERT INTO dnc_number (number, reason, source, added_at, added_by, person_id)"
            " VALUES (%(number)s, %(reason)s, %(source)s, %(now)s, %(by)s, %(person)s) ON CONFLICT DO NOTHING",
            number=number,
            reason=reason,
            source=source.value,
            now=tx.now,
            by=str(tx.actor),
            person=person_id,
        )
    )


def add_numbers_of(
    tx: Transaction, person_ids: Sequence[UUID], reason: str, by: str, activity_id: UUID
) -> list[int]:
    """Put the numbers that are these persons' alone on the own list; a switchboard's belongs to others as well.

    Indexes: primary key and contact_point_value of contact_point.
    """
    return tx.scalars(
        int,
        "INSERT INTO dnc_number (number, reason, source, added_at, added_by, person_id, activity_id)"
        " SELECT DISTINCT ON (c.value) substr(c.value, 2)::bigint, %(reason)s, 'disposition',"
        "  %(now)s::timestamptz, %(by)s, c.person_id, %(activity)s::uuid FROM contact_point c"
        " WHERE c.person_id = ANY(%(persons)s) AND c.kind = 'phone' AND NOT EXISTS ("
        "  SELECT FROM contact_point o WHERE o.kind = 'phone' AND o.value = c.value"
        "  AND o.person_id <> ALL(%(persons)s)) ON CONFLICT DO NOTHING RETURNING number",
        persons=list(person_ids),
        reason=reason,
        now=tx.now,
        by=by,
        activity=activity_id,
    )


def remove_own(tx: Transaction, number: int, version: int) -> bool:
    """Take a number off the own list; False when it is not there in this version."""
    return bool(
        tx.execute(
            "DELETE FROM dnc_number WHERE number = %(number)s AND version = %(version)s",
            number=number,
            version=version,
        )
    )


def lists(tx: Transaction) -> list[NumberList]:
    """All imported lists, by name; an organisation has a few."""
    return tx.rows(
        NumberList,
        "SELECT id, name, numbers, imported_at, imported_by, expires_at, version FROM dnc_list"
        " ORDER BY lower(name)",
    )


def hold_list(tx: Transaction, name: str, new: UUID, expires_at: datetime | None) -> NumberList:
    """The list of that name, made if there is none, held until the transaction ends and marked as imported now."""
    found = tx.first(
        NumberList,
        "INSERT INTO dnc_list (id, name, numbers, imported_at, imported_by, expires_at)"
        " VALUES (%(id)s, %(name)s, 0, %(now)s, %(by)s, %(expires)s)"
        " ON CONFLICT (organisation_id, lower(name)) DO UPDATE SET imported_at = %(now)s, imported_by = %(by)s,"
        " expires_at = %(expires)s, version = dnc_list.version + 1"
        " RETURNING id, name, numbers, imported_at, imported_by, expires_at, version",
        id=new,
        name=name,
        now=tx.now,
        by=str(tx.actor),
        expires=expires_at,
    )
    if found is None:
        raise RuntimeError("an upsert that returns no row")
    return found


def stage_numbers(tx: Transaction, numbers: Iterable[int]) -> None:
    """Copy numbers to where the statements below read them from."""
    tx.stage("dnc_list_number", ["number"], ((str(number),) for number in numbers))
    tx.execute("ANALYZE staged_dnc_list_number")


def add_staged(tx: Transaction, list_id: UUID) -> int:
    """Put the staged numbers on a list; how many are new. In the index's order, which writes each page once."""
    return tx.execute(
        "INSERT INTO dnc_list_number (organisation_id, number, list_id)"
        " SELECT DISTINCT (SELECT current_organisation()), number, %(list)s::uuid FROM staged_dnc_list_number"
        " ORDER BY number ON CONFLICT DO NOTHING",
        list=list_id,
    )


def remove_staged(tx: Transaction, list_id: UUID) -> int:
    """Take the staged numbers off a list; how many were on it."""
    return tx.execute(
        "DELETE FROM dnc_list_number n USING (SELECT DISTINCT number FROM staged_dnc_list_number) s"
        " WHERE n.list_id = %(list)s AND n.number = s.number",
        list=list_id,
    )


def remove_unstaged(tx: Transaction, list_id: UUID) -> int:
    """Take what is not staged off a list; how many that were. Index: dnc_list_number_list."""
    return tx.execute(
        "DELETE FROM dnc_list_number n WHERE n.list_id = %(list)s"
        " AND NOT EXISTS (SELECT FROM staged_dnc_list_number s WHERE s.number = n.number)",
        list=list_id,
    )


def add_staged_to_own(tx: Transaction, reason: str) -> int:
    """Put the staged numbers on the own list; how many are new."""
    return tx.execute(
        "INSERT INTO dnc_number (organisation_id, number, reason, source, added_at, added_by)"
        " SELECT DISTINCT (SELECT current_organisation()), number, %(reason)s, 'import',"
        " %(now)s::timestamptz, %(by)s FROM staged_dnc_list_number ON CONFLICT DO NOTHING",
        reason=reason,
        now=tx.now,
        by=str(tx.actor),
    )


def count_list(tx: Transaction, list_id: UUID, change: int) -> None:
    """Move a list's count."""
    tx.execute("UPDATE dnc_list SET numbers = numbers + %(change)s WHERE id = %(id)s", id=list_id, change=change)


def remove_list(tx: Transaction, list_id: UUID, version: int) -> bool:
    """Remove a list with its numbers; False when it is not there in this version."""
    removed = tx.execute(
        "DELETE FROM dnc_list WHERE id = %(id)s AND version = %(version)s", id=list_id, version=version
    )
    if removed:
        tx.execute("DELETE FROM dnc_list_number WHERE list_id = %(id)s", id=list_id)
    return bool(removed)


def expired(tx: Transaction) -> list[NumberList]:
    """The lists whose time is over, held until the transaction ends."""
    return tx.rows(
        NumberList,
        "SELECT id, name, numbers, imported_at, imported_by, expires_at, version FROM dnc_list"
        " WHERE expires_at <= %(now)s FOR UPDATE SKIP LOCKED",
        now=tx.now,
    )
