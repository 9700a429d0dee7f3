"""The SQL of the record. Rows are only ever added.

Tables: activity (partitioned by month of `at`), activity_key (0005_activities.sql). An entry that was corrected
is known by the key `corrects:<its id>`, which also keeps it from being corrected twice.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.activities.model import Activity, Direction, Disposition, Kind, Tally
from offhook.kernel.database import Transaction

COLUMNS = (
    "id",
    "at",
    "recorded_at",
    "kind",
    "direction",
    "person_id",
    "account_id",
    "lead_id",
    "user_id",
    "team_id",
    "disposition",
    "is_connect",
    "is_conversation",
    "seconds",
    "subject",
    "body",
    "corrects",
    "external_key",
    "data",
)

FEW = 20
"""Up to here rows go in one INSERT each; above, COPY is faster."""


def _activity(kind: str, direction: str, disposition: str | None, **columns: object) -> Activity:
    return Activity(
        kind=Kind(kind),
        direction=Direction(direction),
        disposition=Disposition(disposition) if disposition else None,
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def insert(tx: Transaction, entries: Sequence[Activity]) -> None:
    """Add entries whose months exist."""
    if len(entries) > FEW:
        tx.copy("activity", COLUMNS, map(_values, entries))
        return
    for entry in entries:
        tx.execute(
            "INSERT INTO activity (id, at, recorded_at, kind, direction, person_id, account_id, lead_id, user_id,"
            " team_id, disposition, is_connect, is_conversation, seconds, subject, body, corrects, external_key,"
            " data) VALUES (%(id)s, %(at)s, %(recorded_at)s, %(kind)s, %(direction)s, %(person_id)s,"
            " %(account_id)s, %(lead_id)s, %(user_id)s, %(team_id)s, %(disposition)s, %(is_connect)s,"
            " %(is_conversation)s, %(seconds)s, %(subject)s, %(body)s, %(corrects)s, %(external_key)s, %(data)s)",
            **dict(zip(COLUMNS, _values(entry), strict=True)),
        )


def see_new_months(tx: Transaction) -> None:
    """Let this transaction see months that were added beside it since it first touched the table.

    PostgreSQL takes note of them when it parses a statement on the table, yet not when it runs a prepared one
    while the transaction holds the table's lock already: the insert would find no partition.
    """
    tx.connection.execute("SELECT FROM activity WHERE false", prepare=False)


def _values(entry: Activity) -> tuple[object, ...]:
    return (
        entry.id,
        entry.at,
        entry.recorded_at,
        entry.kind.value,
        entry.direction.value,
        entry.person_id,
        entry.account_id,
        entry.lead_id,
        entry.user_id,
        entry.team_id,
        entry.disposition.value if entry.disposition else None,
        entry.is_connect,
        entry.is_conversation,
        entry.seconds,
        entry.subject,
        entry.body,
        entry.corrects,
        entry.external_key,
        Jsonb(dict(entry.data)),
    )


def reserve_keys(tx: Transaction, keys: Sequence[str], ids: Sequence[UUID]) -> set[str]:
    """Take these keys for these entries and return those that were free.

    Waits for a transaction that is taking one of them; ordered, so that two batches cannot lock each other.
    """
    return set(
        tx.scalars(
            str,
            "INSERT INTO activity_key (external_key, activity_id)"
            " SELECT k.external_key, k.id FROM unnest(%(keys)s::text[], %(ids)s::uuid[]) AS k (external_key, id)"
            " ORDER BY k.external_key ON CONFLICT DO NOTHING RETURNING external_key",
            keys=list(keys),
            ids=list(ids),
        )
    )


def by_ids(tx: Transaction, ids: Sequence[UUID]) -> list[Activity]:
    """Entries by id; one look-up in each month's primary key."""
    return tx.rows(
        _activity,
        "SELECT id, at, recorded_at, kind, direction, person_id, account_id, lead_id, user_id, team_id,"
        " disposition, is_connect, is_conversation, seconds, subject, body, corrects, external_key, data"
        " FROM activity WHERE id = ANY(%(ids)s)",
        ids=list(ids),
    )


def by_keys(tx: Transaction, keys: Sequence[str]) -> dict[str, Activity]:
    """Entries by the engines' keys."""
    ids = tx.scalars(
        UUID, "SELECT activity_id FROM activity_key WHERE external_key = ANY(%(keys)s)", keys=list(keys)
    )
    return {entry.external_key: entry for entry in by_ids(tx, ids) if entry.external_key}


def page(
    tx: Transaction,
    *,
    person_ids: Sequence[UUID] | None,
    lead_id: UUID | None,
    user_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
    with_corrected: bool,
) -> list[Activity]:
    """The newest entries of persons, of a lead or of a user, the newest first.

    Served by activity_of_person, activity_of_lead, activity_of_user: each month's index is read backwards and
    the reading stops at the limit.
    """
    before_at, before_id = before or (None, None)
    return tx.rows(
        _activity,
        "SELECT id, at, recorded_at, kind, direction, person_id, account_id, lead_id, user_id, team_id,"
        " disposition, is_connect, is_conversation, seconds, subject, body, corrects, external_key, data"
        " FROM activity a"
        " WHERE (%(persons)s::uuid[] IS NULL OR person_id = ANY(%(persons)s))"
        " AND (%(lead)s::uuid IS NULL OR lead_id = %(lead)s)"
        " AND (%(user)s::uuid IS NULL OR user_id = %(user)s)"
        " AND (%(at)s::timestamptz IS NULL OR (at, id) < (%(at)s, %(id)s))"
        " AND (%(corrected)s OR NOT EXISTS ("
        "   SELECT FROM activity_key k WHERE k.external_key = 'corrects:' || a.id::text))"
        " ORDER BY at DESC, id DESC LIMIT %(limit)s",
        persons=list(person_ids) if person_ids is not None else None,
        lead=lead_id,
        user=user_id,
        at=before_at,
        id=before_id,
        corrected=with_corrected,
        limit=limit,
    )


def correction_of(tx: Transaction, identifier: UUID) -> UUID | None:
    """The entry that replaced this one, if one did."""
    return tx.scalar(
        UUID, "SELECT activity_id FROM activity_key WHERE external_key = %(key)s", key=f"corrects:{identifier}"
    )


def corrected_among(tx: Transaction, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these entries were replaced by a later one."""
    keys = [f"corrects:{identifier}" for identifier in ids]
    found = tx.scalars(str, "SELECT external_key FROM activity_key WHERE external_key = ANY(%(keys)s)", keys=keys)
    return {UUID(key.removeprefix("corrects:")) for key in found}


def tally_of_lead(tx: Transaction, lead_id: UUID) -> Tally:
    """Touches and first conversation of a lead, corrections applied; served by activity_of_lead."""
    found = tx.first(
        Tally,
        "WITH entry AS ("
        "  SELECT at, is_conversation, direction = 'outbound' AND kind <> 'note' AS is_touch FROM activity a"
        "  WHERE lead_id = %(lead)s AND NOT EXISTS ("
        "    SELECT FROM activity_key k WHERE k.external_key = 'corrects:' || a.id::text)),"
        " first_talk AS (SELECT min(at) AS at FROM entry WHERE is_conversation)"
        " SELECT count(*) FILTER (WHERE is_touch) AS attempts,"
        "  min(entry.at) FILTER (WHERE is_touch) AS first_attempt_at,"
        "  max(entry.at) FILTER (WHERE is_touch) AS last_attempt_at,"
        "  max(first_talk.at) AS conversed_at,"
        "  CASE WHEN max(first_talk.at) IS NOT NULL"
        "   THEN count(*) FILTER (WHERE is_touch AND entry.at <= first_talk.at) END AS attempts_to_contact"
        " FROM first_talk LEFT JOIN entry ON true",
        lead=lead_id,
    )
    return found or Tally(0, None, None, None, None)
