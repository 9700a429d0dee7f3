"""Users' phones in their browsers: who can be reached, and what they are told.

One device a user: the window opened last has it, an older one is told so. Messages go from the exchange's thread
to the loop of the WebSocket. A device whose WebSocket closed is *away*; its calls wait for it a while.
"""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

Message = Mapping[str, object]

MOST_WAITING = 1_000


@dataclass(eq=False)
class Device:
    """A browser's phone. `party` names it to the media engine; `has_media` once its sound flows."""

    organisation_id: UUID
    user_id: UUID
    loop: asyncio.AbstractEventLoop
    waiting: "asyncio.Queue[Message | None]" = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    has_media: bool = False

    @property
    def party(self) -> str:
        """Its name to the engine."""
        return party_of(self.user_id)

    def tell(self, message: Message | None) -> None:
        """Have a message sent; None ends the link. From any thread."""
        self.loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: Message | None) -> None:
        if self.waiting.full():
            self.waiting.get_nowait()
        self.waiting.put_nowait(message)


def party_of(user_id: UUID) -> str:
    """How the media engine knows a user's device."""
    return f"device-{user_id}"


class Devices:
    """All that are connected; safe from any thread."""

    def __init__(self) -> None:
        """None yet."""
        self._by_user: dict[UUID, Device] = {}
        self._left: dict[UUID, float] = {}
        self._lock = threading.Lock()

    def add(self, device: Device) -> Device | None:
        """Connect one; the device that its user had before, if any."""
        with self._lock:
            earlier = self._by_user.get(device.user_id)
            self._left.pop(device.user_id, None)
            self._by_user[device.user_id] = device
            return earlier

    def remove(self, device: Device, at: float) -> bool:
        """Disconnect one, `at` by the monotonic clock; False when a newer one has taken its place."""
        with self._lock:
            if self._by_user.get(device.user_id) is not device:
                return False
            del self._by_user[device.user_id]
            self._left[device.user_id] = at
            return True

    def left(self) -> dict[UUID, float]:
        """Whose device is disconnected and may come back, and since when."""
        with self._lock:
            return dict(self._left)

    def forget(self, user_id: UUID) -> bool:
        """Wait no more for a user's device; False when it is back."""
        with self._lock:
            return self._left.pop(user_id, None) is not None

    def of(self, user_id: UUID) -> Device | None:
        """A user's device."""
        with self._lock:
            return self._by_user.get(user_id)

    def ready(self, user_id: UUID) -> bool:
        """Whether a user's device is connected and its sound flows."""
        device = self.of(user_id)
        return device is not None and device.has_media

    def tell(self, user_id: UUID, message: Message) -> None:
        """Tell a user's device, if there is one."""
        device = self.of(user_id)
        if device is not None:
            device.tell(message)

    def all(self) -> list[Device]:
        """All of them."""
        with self._lock:
            return list(self._by_user.values())
