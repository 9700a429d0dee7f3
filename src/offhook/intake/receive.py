"""Use case: take understood rows in: resolve whom they are about, receive their responses, keep them verbatim."""

from collections.abc import Mapping, Sequence
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
from offhook.leads import NewResponse, Received, receive_responses
from offhook.people import Resolution, resolve


@plain
class Taken:
    """What became of one row; `errors` are also those that did not keep it out."""

    number: int
    outcome: Outcome
    errors: Sequence[RowError]
    person_id: UUID | None = None
    received: Received | None = None


@uncollected()
def take_in(tx: Transaction, source_id: UUID, campaign_id: UUID, rows: Sequence[ReadRow]) -> list[Taken]:
    """Take rows in, in order, as responses to the campaign; all in this transaction.

    Whoever calls has checked what its actor may do. A row that names a rep whom nobody knows goes in without.
    """
    owners = _owners(tx, rows)
    good = [row for row in rows if row.person is not None]
    found = resolve(tx, [row.person for row in good if row.person is not None])
    received = receive_responses(
        tx,
        [_response(tx, campaign_id, row, whom, owners) for row, whom in zip(good, found, strict=True)],
    )
    became = {row.number: (whom, got) for row, whom, got in zip(good, found, received, strict=True)}
    taken = [_taken(row, became.get(row.number), owners) for row in rows]
    store.insert_records(
        tx,
        source_id,
        (
            NewRecord(one.number, row.received, one.outcome, one.person_id, _errors(one.errors))
            for one, row in zip(taken, rows, strict=True)
        ),
    )
    return taken


def _owners(tx: Transaction, rows: Sequence[ReadRow]) -> Mapping[str, UUID]:
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
        is_new_person=whom.is_new_person,
    )


def _taken(row: ReadRow, became: tuple[Resolution, Received] | None, owners: Mapping[str, UUID]) -> Taken:
    if became is None:
        return Taken(row.number, Outcome.REJECTED, row.errors)
    whom, received = became
    outcome = Outcome.IMPORTED if whom.is_new_person else Outcome.MERGED
    errors = row.errors
    if row.told.owner and row.told.owner.lower() not in owners:
        errors = [
            *errors,
            RowError(row.number, row.told.owner_column, row.told.owner, "is no active rep here; routing decided"),
        ]
    return Taken(row.number, outcome, errors, whom.person_id, received)


def _errors(errors: Sequence[RowError]) -> Jsonb | None:
    if not errors:
        return None
    return Jsonb([{"column": one.column, "value": one.value, "reason": one.reason} for one in errors])
