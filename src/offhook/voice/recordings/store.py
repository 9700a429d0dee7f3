"""The SQL of recordings and of the pieces that they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class Piece:
    """Speech of one party from `began_at` on, in the engine's file that begins with `stem`."""

    call_id: UUID
    stem: str
    is_outside: bool
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    """A call's recording: left the person, right ours. `object` None: nothing could be made, `failure` says why.

    `wave` is the peaks 0..100 of both channels, `silences` the spans in seconds in which nobody speaks.
    """

    call_id: UUID
    object: str | None
    failure: str | None
    seconds: float
    bytes: int
    began_at: datetime
    made_at: datetime
    wave: Sequence[Sequence[int]]
    silences: Sequence[Sequence[float]]


def note_piece(tx: Transaction, piece: Piece) -> None:
    """A piece begins."""
    tx.execute(
        "INSERT INTO recording_piece (call_id, stem, is_outside, began_at)"
        " VALUES (%(call)s, %(stem)s, %(outside)s, %(at)s)",
        call=piece.call_id,
        stem=piece.stem,
        outside=piece.is_outside,
        at=piece.began_at,
    )


def unmade(tx: Transaction, limit: int) -> list[UUID]:
    """Calls that are over, have pieces and no recording."""
    return tx.scalars(
        UUID,
        "SELECT DISTINCT p.call_id FROM recording_piece p JOIN call c ON c.id = p.call_id"
        " WHERE c.ended_at IS NOT NULL AND NOT EXISTS (SELECT FROM recording r WHERE r.call_id = p.call_id)"
        " LIMIT %(limit)s",
        limit=limit,
    )


def pieces_of(tx: Transaction, call_id: UUID) -> list[Piece]:
    """A call's pieces, as they began."""
    return tx.rows(
        Piece,
        "SELECT call_id, stem, is_outside, began_at FROM recording_piece WHERE call_id = %(call)s"
        " ORDER BY began_at, stem",
        call=call_id,
    )


def insert(tx: Transaction, made: Recording) -> None:
    """A recording, in the place of its pieces."""
    tx.execute(
        "INSERT INTO recording (call_id, object, failure, seconds, bytes, began_at, made_at, wave, silences)"
        " VALUES (%(call)s, %(object)s, %(failure)s, %(seconds)s, %(bytes)s, %(began_at)s, %(made_at)s, %(wave)s,"
        " %(silences)s)",
        call=made.call_id,
        object=made.object,
        failure=made.failure,
        seconds=made.seconds,
        bytes=made.bytes,
        began_at=made.began_at,
        made_at=made.made_at,
        wave=Jsonb(made.wave),
        silences=Jsonb(made.silences),
    )
    tx.execute("DELETE FROM recording_piece WHERE call_id = %(call)s", call=made.call_id)


def recording_of(tx: Transaction, call_id: UUID) -> Recording | None:
    """A call's recording."""
    return tx.first(
        Recording,
        "SELECT call_id, object, failure, seconds, bytes, began_at, made_at, wave, silences FROM recording"
        " WHERE call_id = %(call)s",
        call=call_id,
    )


def recorded_among(tx: Transaction, call_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these calls have a recording that can be played."""
    return set(
        tx.scalars(
            UUID,
            "SELECT call_id FROM recording WHERE call_id = ANY(%(calls)s) AND object IS NOT NULL",
            calls=list(call_ids),
        )
    )
