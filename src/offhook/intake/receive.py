"""Use case: take understood rows in: resolve whom they are about, receive their responses, keep them verbatim."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook import identity
from offhook.identity import Role
from offhook.intake import store
from offhook.intake.model import Outcome, ReadRow, RowError
from offhook.intake.store import NewRecord
from offhook.kernel.batches import uncollected
from offhook.kernel.database import Transaction
from offhook.kernel.plain import plain
from offhook.leads import NewResponse, Received, Receiving
from offhook.people import Incoming, Resolution, Resolving, incoming_person


@plain
class Taken:
    """What became of one row; `errors` are also those that did not keep it out."""

    number: int
    outcome: Outcome
    errors: Sequence[RowError]
    person_id: UUID | None = None
    received: Received | None = None


PART_ROWS = 2_500
"""So many rows are decided while those before them are written."""


def prepare(rows: Sequence[ReadRow]) -> list[Incoming]:
    """What resolving the rows can do without a database, and so before their turn has come."""
    return [incoming_person(row.person) for row in rows if row.person is not None]


@uncollected()
def take_in(
    tx: Transaction,
    source_id: UUID,
    campaign_id: UUID,
    rows: Sequence[ReadRow],
    prepared: Sequence[Incoming] | None = None,
) -> list[Taken]:
    """Take rows in, in order, as responses to the campaign; all in this transaction.

    Whoever calls has checked what its actor may do. A row that names a rep whom nobody knows goes in without.
    `prepared`: what `prepare` made of the rows, if it was done before.
    """
    is_in_parts = len(rows) > PART_ROWS
    if is_in_parts:
        tx.behind.start()
    owners = reps_named(tx, rows)
    resolving = Resolving(tx, prepare(rows) if prepared is None else prepared)
    receiving = Receiving(
        tx, [campaign_id], resolving.known_persons, resolving.known_accounts, set(owners.values())
    )
    taken: list[Taken] = []
    for part in _parts(rows):
        good = [row for row in part if row.person is not None]
        found = resolving.take(len(good))
        received = receiving.receive(
            _response(tx, campaign_id, row, whom, owners) for row, whom in zip(good, found, strict=True)
        )
        became = {row.number: (whom, got) for row, whom, got in zip(good, found, received, strict=True)}
        new = [_taken(row, became.get(row.number), owners) for row in part]
        store.insert_records(tx, source_id, map(_record, new, part))
        if is_in_parts:
            tx.flush_events()
        taken += new
    receiving.finish()
    return taken


def _parts(rows: Sequence[ReadRow]) -> Iterator[Sequence[ReadRow]]:
    return (rows[first : first + PART_ROWS] for first in range(0, len(rows), PART_ROWS))


def _record(taken: Taken, row: ReadRow) -> NewRecord:
    return NewRecord(taken.number, row.received, taken.outcome, taken.person_id, _errors(taken.errors))


def reps_named(tx: Transaction, rows: Sequence[ReadRow]) -> Mapping[str, UUID]:
    """The reps and managers by address, if any row names one."""
    if not any(row.told.owner for row in rows):
        return {}
    working = {Role.REP, Role.MANAGER}
    return {user.email: user.id for user in identity.users(tx) if user.is_active and user.role in working}


def _response(
    tx: Transaction, campaign_id: UUID, row: ReadRow, whom: Resolution, owners: Mapping[str, UUID]
) -> NewResponse:
    told = row.told
    return NewResponse(
        campaign_id,
        whom.person_id,
        whom.account_id,
        whom.facts,
        told.responded_at or told.mql_at or tx.now,
        told.source,
        told.content,
        owner_id=owners.get(told.owner.lower()) if told.owner else None,
        is_mql=told.is_mql,
        mql_at=told.mql_at,
    )


def _taken(row: ReadRow, became: tuple[Resolution, Received] | None, owners: Mapping[str, UUID]) -> Taken:
    if became is None:
        return Taken(row.number, Outcome.REJECTED, row.errors)
    whom, received = became
    outcome = Outcome.IMPORTED if whom.is_new_person else Outcome.MERGED
    return Taken(row.number, outcome, errors_with_owner(row, owners), whom.person_id, received)


def errors_with_owner(row: ReadRow, owners: Mapping[str, UUID]) -> Sequence[RowError]:
    """The errors of a row that is taken in, with the rep it names, should nobody know them."""
    told = row.told
    if not told.owner or told.owner.lower() in owners:
        return row.errors
    unknown = RowError(row.number, told.owner_column, told.owner, "is no active rep here; routing decided")
    return [*row.errors, unknown]


def _errors(errors: Sequence[RowError]) -> Jsonb | None:
    if not errors:
        return None
    return Jsonb([{"column": one.column, "value": one.value, "reason": one.reason} for one in errors])
