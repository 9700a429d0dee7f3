"""What the exchange asks of a media engine: rooms, legs in rooms, browsers, files played, digits, recording, taps.

A room mixes whoever is in it. A *phone leg* is one RTP stream to a carrier, described by SDP; a *device* is one
browser, connected by WebRTC for as long as its user works ("nailed up") and resting in a room of its own when it
is in no call. Both are *parties*: they join and move between rooms by id. Ids are ours, opaque to the engine.

The engine tells what happens by itself through `events`. It keeps no state that calls depend on after a restart:
`EngineLost` says that every room and leg is gone, `EngineBack` that new ones can be made.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from offhook.kernel.errors import Invalid, Unavailable

SAMPLE_RATE = 8_000
"""Hertz of every room: G.711 in a room of another rate is distorted by the mixer (measured)."""

Frame = npt.NDArray[np.int16]
"""20 ms of sound: 160 samples at `SAMPLE_RATE`, signed 16 bit."""


class MediaUnavailable(Unavailable):
    """The media engine is not installed, not running, or does not answer (503)."""

    code = "media-unavailable"


class BadOffer(Invalid):
    """SDP without audio that can be understood, or without a codec that both sides have (answer with 488)."""

    code = "bad-offer"


class Group(StrEnum):
    """Whose sound it is, so that taps and forwards can keep speakers apart."""

    OUTSIDE = "outside"
    """Persons on the phone."""
    INSIDE = "inside"
    """Reps, AEs and supervisors."""
    SYSTEM = "system"
    """Announcements, music, messages."""


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """A party pressed a key (RFC 4733): one of 0-9, *, #, A-D; `milliseconds` long."""

    party: str
    digit: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class PartyLost:
    """A leg's or device's media is gone for good (peer connection closed, no packets): `reason` in words."""

    party: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeviceConnected:
    """The browser's media flows."""

    party: str


@dataclass(frozen=True, slots=True)
class PlayEnded:
    """A file came to its end (not told when stopped)."""

    playing: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An ICE candidate of the engine for a device (trickle); None: that was all."""

    party: str
    candidate: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class EngineLost:
    """The engine's processes went away: all rooms, legs and devices are gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class EngineBack:
    """The engine can be used (again)."""


MediaEvent = DigitPressed | PartyLost | DeviceConnected | PlayEnded | Candidate | EngineLost | EngineBack


@dataclass(frozen=True, slots=True)
class Statistics:
    """How well one phone leg fares since it began, as the relay counted (packets as seen from here).

    `loss` is the share 0..1 of packets from the carrier that did not arrive, judged by how many should have come.
    `jitter` and `round_trip` in milliseconds are the carrier's last report (RTCP; None: none yet). `received` and
    `sent` are packets from and to the carrier: one that stays while the other grows is one-way media.
    """

    received: int
    sent: int
    loss: float
    jitter: float | None
    round_trip: float | None


class Tap(Protocol):
    """Listens to one group of a room."""

    def frames(self) -> AsyncIterator[Frame]:
        """The sound as it comes, 20 ms each; ends when closed."""
        ...

    async def close(self) -> None:
        """Listen no more. May be called twice."""
        ...


class MediaEngine(Protocol):
    """The interface. Every method raises `MediaUnavailable` when the engine is gone or does not answer in time."""

    def events(self) -> AsyncIterator[MediaEvent]:
        """What happens by itself, in order; for one reader."""
        ...

    def check_legs(self) -> None:
        """Whether phone legs can be made now; from any thread."""
        ...

    async def open_room(self) -> str:
        """A room of its own, empty; its id. Rooms come from a pool."""
        ...

    async def close_room(self, room: str) -> None:
        """Give a room back; whoever is in it is removed (devices go to rest)."""
        ...

    async def offer(self, party: str, room: str, group: Group) -> str:
        """Make a phone leg in a room, for an outbound call; the SDP to send in the INVITE."""
        ...

    async def answered(self, party: str, sdp: str) -> None:
        """The carrier's SDP, of a 18x (early media) or 2xx; may be called again when it changes.

        Raises `BadOffer` if it holds no audio that can be understood.
        """
        ...

    async def accept(self, party: str, offer: str | None, room: str, group: Group) -> str:
        """Make a phone leg for an inbound call that offered `offer`; the SDP to answer with.

        Without an offer (late offer) the SDP is our offer, and `answered` is called with what comes in the ACK.
        Raises `BadOffer` when no codec is common.
        """
        ...

    async def reoffered(self, party: str, offer: str | None) -> str:
        """The other side offers anew (re-INVITE, UPDATE); the SDP to answer with. Direction is honoured.

        Without an offer (late offer) the SDP is our offer, and `answered` is called with what comes in the ACK.
        Raises `BadOffer`: then all stays as it was.
        """
        ...

    async def move(self, party: str, room: str) -> None:
        """Take a leg or device to another room."""
        ...

    async def mute(self, party: str, *, is_muted: bool) -> None:
        """Let nobody hear a party, or again. It goes on hearing."""
        ...

    async def release(self, party: str) -> None:
        """End a leg or device. Ending one that is gone is no error."""
        ...

    async def connect_device(self, party: str, offer: str) -> str:
        """A browser's SDP offer (WebRTC); our answer. The device rests until moved. Offered again: reconnects."""
        ...

    async def add_candidate(self, party: str, candidate: Mapping[str, object] | None) -> None:
        """An ICE candidate of the browser (trickle); None: that was all."""
        ...

    async def rest(self, party: str) -> None:
        """Take a device out of its room, to rest where nobody hears it."""
        ...

    async def play(self, room: str, file: Path, *, is_looped: bool = False) -> str:
        """Play a sound file (WAV or Ogg Opus) to all in a room; the id of the playing."""
        ...

    async def stop(self, room: str, playing: str) -> None:
        """Stop a file. Stopping one that has ended is no error."""
        ...

    async def send_digits(self, party: str, digits: str) -> None:
        """Press keys towards the carrier (RFC 4733): 0-9, *, #, A-D."""
        ...

    async def tap(self, room: str, group: Group) -> Tap:
        """Listen to one group of a room."""
        ...

    async def record(self, party: str, stem: Path) -> None:
        """Write what a party says to a file beginning with `stem`, crash-safe, in the engine's own form.

        `recording.py` makes one sound file of such pieces.
        """
        ...

    async def stop_recording(self, party: str) -> None:
        """End the piece."""
        ...

    async def statistics(self, party: str) -> Statistics | None:
        """How a phone leg fares; None: nothing known yet."""
        ...
