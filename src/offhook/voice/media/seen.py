"""What has been seen of a phone leg so far."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counted:
    """What the relay counted of a leg: packets and bytes from the carrier, packets from the room."""

    received: int
    octets: int
    sent: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A leg's history, as far as it matters: the last counting, when it was and when packets last came.

    `expected` and `missing` are packets since the leg began. Times are seconds of any steady clock.
    """

    counted: Counted
    at: float
    came_at: float
    expected: float = 0.0
    missing: float = 0.0

    @property
    def loss(self) -> float:
        """Share of packets that did not arrive, 0..1."""
        return self.missing / self.expected if self.expected else 0.0
