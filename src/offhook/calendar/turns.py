"""Whose turn it is among the hosts of a pool who are free: fair by what each had lately, and stable. Pure.

The next meeting goes to whom it leaves with the least for their weight: the highest-averages method of D'Hondt,
which shares seats by votes. With equal weights nobody gets two more than another who was always free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A host who is free. `weight`: their share, 1 or more; `recent`: meetings got lately; `last_at`: when."""

    user_id: UUID
    weight: int = 1
    recent: int = 0
    last_at: datetime | None = None


def whose_turn(candidates: Sequence[Candidate], preferred: UUID | None = None) -> UUID | None:
    """Who gets the next meeting: whom the person knows already if they are free, else whose turn it is.

    Of those whose turn it equally is, who waited longest; then by id, so that the same question has one answer.
    None when nobody is free.
    """
    if any(one.user_id == preferred for one in candidates):
        return preferred
    return min(candidates, key=_place).user_id if candidates else None


def _place(one: Candidate) -> tuple[Fraction, datetime, UUID]:
    return Fraction(one.recent + 1, one.weight), one.last_at or _NEVER, one.user_id
