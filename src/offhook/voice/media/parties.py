"""Who is in the engine now: phone legs and devices, by their ids."""

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

from offhook.kernel.errors import NotFound
from offhook.voice.media.audiobridge import Seat
from offhook.voice.media.descriptions import Audio
from offhook.voice.media.seen import Seen


@dataclass(slots=True)
class Party:
    """What legs and devices have in common. `handle` is None while a device is disconnected."""

    seat: Seat
    handle: int | None
    recording: Path | None = None
    """Stem of the recording that runs, if one does."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while something is done with the party: one thing at a time."""

    def reseat(self, *, room: str | None = None, is_muted: bool | None = None) -> Seat:
        """The seat it shall have."""
        return replace(
            self.seat,
            room=self.seat.room if room is None else room,
            is_muted=self.seat.is_muted if is_muted is None else is_muted,
        )


@dataclass(slots=True)
class PhoneLeg(Party):
    """One stream to and from a carrier, through the relay."""

    call: str = field(default_factory=lambda: secrets.token_hex(8))
    """The relay's name for it."""
    session: int = field(default_factory=lambda: secrets.randbelow(2**31))
    version: int = 0
    """SDP origin: session id, and how often we described ourselves."""
    room_port: int = 0
    """Janus' port."""
    theirs: str | None = None
    """The carrier's SDP as last told."""
    audio: Audio | None = None
    ours: str = ""
    """Our SDP as last told."""
    transcodes: bool = False
    """Whether all sound goes through the relay's codecs: costs more, needed to press keys."""
    seen: Seen | None = None
    """What the watch over it has seen."""


@dataclass(slots=True)
class Device(Party):
    """One browser; `parking` is the room where it rests."""

    parking: str = ""


class Parties:
    """The register."""

    def __init__(self) -> None:
        """Empty."""
        self._all: dict[str, Party] = {}

    def add(self, party: Party) -> None:
        """Enter one."""
        self._all[party.seat.party] = party

    def remove(self, identifier: str) -> Party | None:
        """Strike one out; None if it was not there."""
        return self._all.pop(identifier, None)

    def clear(self) -> list[Party]:
        """Strike out all; who they were."""
        gone = list(self._all.values())
        self._all.clear()
        return gone

    def find(self, identifier: str) -> Party | None:
        """One, or None."""
        return self._all.get(identifier)

    def get(self, identifier: str) -> Party:
        """One. Raises `NotFound`."""
        found = self._all.get(identifier)
        if found is None:
            raise NotFound(f"There is no leg or device {identifier} in the media engine.")
        return found

    def leg(self, identifier: str) -> PhoneLeg:
        """A phone leg. Raises `NotFound`, also for a device."""
        found = self._all.get(identifier)
        if not isinstance(found, PhoneLeg):
            raise NotFound(f"There is no phone leg {identifier} in the media engine.")
        return found

    def legs(self) -> list[PhoneLeg]:
        """All phone legs."""
        return [one for one in self._all.values() if isinstance(one, PhoneLeg)]

    def devices(self) -> list[Device]:
        """All devices."""
        return [one for one in self._all.values() if isinstance(one, Device)]

    def by_handle(self, handle: int) -> Party | None:
        """Whose handle it is; None: nobody's any more."""
        return next((one for one in self._all.values() if one.handle == handle), None)

    def by_call(self, call: str) -> PhoneLeg | None:
        """Whose call of the relay it is."""
        return next((one for one in self.legs() if one.call == call), None)

    def within(self, room: str) -> list[Party]:
        """Who sits in a room."""
        return [one for one in self._all.values() if one.seat.room == room]
