"""Where the time comes from.

Pure cores take the time as an argument; services read it from their transaction,
which asks the clock once. Tests and the simulator put a clock of their own there.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment as an aware datetime in UTC."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands still until it is moved: for tests, replay and simulation."""

    at: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def now(self) -> datetime:
        """The moment it was last set to."""
        return self.at

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new moment."""
        self.at += by
        return self.at
