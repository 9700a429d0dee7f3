"""A call and its legs: plain immutable data.

A *leg* is one party's way into the call: a phone (SIP) or a user's device (browser). Where it is, is its *place*:
all who talk are together, whoever is held is apart and hears music. The *person* is who the call is about (in a
call between colleagues whoever was called), the
*owner* the user whose call it is, *colleagues* are whoever the owner brings in (an AE, another number).

Commands are what users ask, signals what engines tell (`inputs.py`); both are given to `machine.decide`, which
answers by events (`events.py`): facts that `machine.apply` works into the call and that the exchange carries out.
Times are aware, UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.activities import Direction
from offhook.compliance import RecordingConsent


class Status(StrEnum):
    """How far a call has come."""

    DIALING = "dialing"
    """Outbound: sent, nothing heard yet."""
    RINGING = "ringing"
    """Outbound: the person's phone rings. Inbound: users are rung."""
    TALKING = "talking"
    """The person was answered, or answered."""
    MESSAGE = "message"
    """A machine talks: a caller leaves us a message, or our recorded one is left at theirs."""
    ENDED = "ended"


class LegKind(StrEnum):
    """How a party takes part."""

    PHONE = "phone"
    DEVICE = "device"


class Part(StrEnum):
    """Who a party is in this call."""

    PERSON = "person"
    OWNER = "owner"
    COLLEAGUE = "colleague"


class LegState(StrEnum):
    """How far a leg has come."""

    DIALING = "dialing"
    RINGING = "ringing"
    UP = "up"
    ENDED = "ended"


class Place(StrEnum):
    """Where a leg is: a room of the call."""

    TALK = "talk"
    HOLD = "hold"


class Sound(StrEnum):
    """What we play into a place."""

    HOLD_MUSIC = "hold_music"
    RINGBACK = "ringback"
    CONSENT = "consent"
    """That the call is recorded."""
    GREETING = "greeting"
    """The owner's voicemail greeting."""
    BEEP = "beep"
    """After the greeting: speak now."""
    MESSAGE = "message"
    """The owner's recorded message, left at the person's voicemail."""


LOOPED = frozenset({Sound.HOLD_MUSIC, Sound.RINGBACK})
"""Played over and over, until stopped."""


class Recording(StrEnum):
    """Whether what is said is kept."""

    OFF = "off"
    ON = "on"
    PAUSED = "paused"


class Heard(StrEnum):
    """Who answered, by the sound of it."""

    HUMAN = "human"
    MACHINE = "machine"


class Timer(StrEnum):
    """What a call waits for."""

    NO_ANSWER = "no_answer"
    RING = "ring"
    """Users who are rung, of an inbound call."""
    COLLEAGUE = "colleague"
    AWAY = "away"
    """A device that lost its link, in the call's only conversation."""
    MESSAGE = "message"
    LONGEST = "longest"


class Cause(StrEnum):
    """Why a leg or a call ended, in our words; a refused leg has the SIP code as well."""

    HUNG_UP = "hung_up"
    """By the other side."""
    ENDED = "ended"
    """By us."""
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"
    """By us, before an answer; or by a caller who gave up."""
    TRANSFERRED = "transferred"
    MESSAGE_LEFT = "message_left"
    LINK_LOST = "link_lost"
    TOO_LONG = "too_long"
    ENGINE_LOST = "engine_lost"
    FAULT = "fault"
    """By a fault of ours; the log tells which."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One party. `user_id` for users' devices, `number` (E.164) for phones; `code` is the SIP code it ended by."""

    id: str
    kind: LegKind
    part: Part
    state: LegState
    place: Place
    user_id: UUID | None = None
    number: str | None = None
    is_muted: bool = False
    is_away: bool = False
    cause: Cause | None = None
    code: int | None = None
    up_at: datetime | None = None
    joined_at: datetime | None = None
    """Of a colleague: since when they talk with the person."""
    over_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state is LegState.ENDED


@dataclass(frozen=True, slots=True)
class Candidate:
    """A user or number to be brought in: the leg that it will be."""

    leg: str
    user_id: UUID | None = None
    number: str | None = None


class Bringing(StrEnum):
    """What bringing a colleague in is for."""

    CONSULT = "consult"
    """The owner talks to them first, and joins all or leaves."""
    TRANSFER = "transfer"
    """The owner leaves at once; the person is theirs when they answer (blind)."""
    HAND_OFF = "hand_off"
    """An AE of the pool takes the lead live: the person stays with the owner while AEs are rung."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things are waited for, in seconds."""

    no_answer: float = 60
    ring: float = 25.0
    colleague: float = 25
    away: float = 30
    message: float = 120
    longest: float = 4 * 3600


@dataclass(frozen=True, slots=True)
class Terms:
    """What was settled before the call began.

    `consent` is what the policy asks before recording, `records` whether the organisation wants it recorded;
    `drops_message`: the owner's message is left by itself when a machine answers.
    """

    consent: RecordingConsent = RecordingConsent.FORBIDDEN
    records: bool = False
    drops_message: bool = False
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it stands. `owner_id` None: nobody has taken it yet. `to_ring` are candidates for later."""

    id: UUID
    direction: Direction
    terms: Terms
    opened_at: datetime
    owner_id: UUID | None
    status: Status = Status.DIALING
    legs: Mapping[str, Leg] = field(default_factory=dict[str, Leg])
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: Cause | None = None
    code: int | None = None
    recording: Recording = Recording.OFF
    heard: Heard | None = None
    playing: Mapping[Place, Sound] = field(default_factory=dict[Place, Sound])
    timers: Mapping[Timer, datetime] = field(default_factory=dict[Timer, datetime])
    bringing: Bringing | None = None
    to_ring: tuple[Candidate, ...] = ()
    message_left: bool = False

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.status is Status.ENDED

    @property
    def person(self) -> Leg | None:
        """The person's leg, ended or not."""
        return next((leg for leg in self.legs.values() if leg.part is Part.PERSON), None)

    @property
    def is_internal(self) -> bool:
        """Whether a colleague was called by their extension: the person's leg is a device then."""
        person = self.person
        return person is not None and person.kind is LegKind.DEVICE

    @property
    def owner(self) -> Leg | None:
        """The owner's running leg."""
        return next((leg for leg in self.running() if leg.part is Part.OWNER), None)

    def running(self) -> tuple[Leg, ...]:
        """The legs that have not ended."""
        return tuple(leg for leg in self.legs.values() if not leg.is_over)

    def colleagues(self) -> tuple[Leg, ...]:
        """Running legs of whoever was brought in, or is being rung to take an inbound call."""
        return tuple(leg for leg in self.running() if leg.part is Part.COLLEAGUE)
