"""What the players share while history is played: the floor, who is really who, what is still to come back."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.simulator.play.found import Floor
from offhook.simulator.world import Prospect

INDIFFERENT = 0.1
"""The interest of whoever nobody knows: nonsense, and people who were never made up."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of the day that is played at once; the clock stands at its end."""

    starts_at: datetime
    ends_at: datetime

    def moments(self, rng: Random, how_many: int) -> list[datetime]:
        """So many moments within it, in order."""
        length = (self.ends_at - self.starts_at).total_seconds()
        return [
            self.starts_at + timedelta(seconds=s) for s in sorted(rng.uniform(60, length) for _ in range(how_many))
        ]


@dataclass(slots=True)
class Scene:
    """The floor, chance, the real people behind the product's persons, named lists by team, and coming replies."""

    floor: Floor
    rng: Random
    prospects: dict[UUID, Prospect] = field(default_factory=dict[UUID, Prospect])
    lists: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    replies: dict[UUID, list[tuple[datetime, UUID]]] = field(
        default_factory=dict[UUID, list[tuple[datetime, UUID]]]
    )

    def interest(self, person_id: UUID) -> float:
        """How much the person really wants to buy."""
        who = self.prospects.get(person_id)
        return who.interest if who else INDIFFERENT

    def expect_reply(self, rep_id: UUID, at: datetime, lead_id: UUID) -> None:
        """Somebody will write back to the rep."""
        heappush(self.replies.setdefault(rep_id, []), (at, lead_id))

    def replies_until(self, rep_id: UUID, at: datetime) -> list[tuple[datetime, UUID]]:
        """What has come back to the rep by then."""
        waiting = self.replies.get(rep_id, [])
        found: list[tuple[datetime, UUID]] = []
        while waiting and waiting[0][0] <= at:
            found.append(heappop(waiting))
        return found


@contextmanager
def unless_refused(tx: Transaction, refused: list[Conflict]) -> Generator[None]:
    """Do a use case that the present state may refuse; what a refused one wrote or noted is undone.

    The refusal is added to `refused`: two players may want the same hour of the same calendar.
    """
    noted = len(tx.events)
    try:
        with tx.connection.transaction():
            yield
    except Conflict as conflict:
        del tx.events[noted:]
        refused.append(conflict)
