"""A running call: its state, and what the engines were last asked for. Belongs to the exchange's loop alone."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from offhook.compliance import Permit
from offhook.voice.calls.inputs import Command, Signal
from offhook.voice.calls.model import Call, Place, Sound, Timer
from offhook.voice.calls.store import About
from offhook.voice.media.engine import MediaEvent
from offhook.voice.signalling import Hop, SignallingEvent


@dataclass(frozen=True, slots=True)
class Outward:
    """How a phone leg is placed: leave for its number, the ways to get there in order, who we say calls."""

    permit: Permit
    hops: tuple[Hop, ...]
    caller: str
    caller_name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Names for screens, read when the call was opened or somebody was brought in."""

    person_name: str | None
    company: str | None
    users: dict[UUID, str] = field(default_factory=dict[UUID, str])


@dataclass(frozen=True, slots=True)
class Quality:
    """How the person's leg fares: loss 0..1, jitter in ms, MOS 1..5 (ITU-T G.107); whether only one side hears."""

    loss: float
    jitter: float | None
    mos: float
    is_one_way: bool


Asked = Command | Signal | SignallingEvent | MediaEvent
"""What may come to a call."""

Told = tuple[Asked, "asyncio.Future[Call] | None"]


@dataclass(eq=False)
class Live:
    """One call that is not over, or has ended a moment ago."""

    organisation_id: UUID
    call: Call
    about: About
    shown: Shown
    inbox: "asyncio.Queue[Told]" = field(default_factory=lambda: asyncio.Queue())
    outward: dict[str, Outward] = field(default_factory=dict[str, Outward])
    offers: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """What callers offered, by leg, until they are answered."""
    rooms: dict[Place, str] = field(default_factory=dict[Place, str])
    playing: dict[Place, tuple[Sound, str]] = field(default_factory=dict[Place, tuple[Sound, str]])
    placed: dict[str, Place] = field(default_factory=dict[str, Place])
    muted: set[str] = field(default_factory=set[str])
    recorded: set[str] = field(default_factory=set[str])
    alarms: dict[Timer, asyncio.TimerHandle] = field(default_factory=dict[Timer, asyncio.TimerHandle])
    has_early_media: bool = False
    rang_at: datetime | None = None
    quality: Quality | None = None

    @property
    def id(self) -> UUID:
        """The call's."""
        return self.call.id
