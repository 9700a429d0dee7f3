"""What follows from a command or signal: facts that `machine.apply` works in and the exchange carries out."""

from dataclasses import dataclass
from datetime import datetime

from offhook.voice.calls.model import Bringing, Candidate, Cause, Heard, Leg, Place, Recording, Sound, Timer

# Events: what is so, and what the exchange does about it.


@dataclass(frozen=True, slots=True)
class LegAdded:
    """There is a new leg; DIALING phones are dialled, RINGING devices rung, an UP device is put in its place."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class LegRang:
    """It rings."""

    leg: str


@dataclass(frozen=True, slots=True)
class LegTaken:
    """It is up: `is_ours` if by us (a caller answered, a device joined), else by the other side."""

    leg: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class LegMoved:
    """It is in another place."""

    leg: str
    place: Place


@dataclass(frozen=True, slots=True)
class LegMuted:
    """Nobody hears it, or again."""

    leg: str
    is_muted: bool


@dataclass(frozen=True, slots=True)
class LegAway:
    """A device lost its link, or is back."""

    leg: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class LegEnded:
    """It is over: `is_ours` if we end it, and so have to say so to the other side."""

    leg: str
    cause: Cause
    is_ours: bool
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Rang:
    """The call is ringing."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The person and somebody of ours can talk, for the first time."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A leg's user owns the call now."""

    leg: str


@dataclass(frozen=True, slots=True)
class Brought:
    """Colleagues are being brought in (None: no more), these after those that are rung now."""

    purpose: Bringing | None
    to_ring: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class ColleagueJoined:
    """A colleague talks with the person, for the first time."""

    leg: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """Keys were pressed towards the person."""

    leg: str
    digits: str


@dataclass(frozen=True, slots=True)
class SoundStarted:
    """Something is played in a place; music and ringback over and over."""

    place: Place
    sound: Sound


@dataclass(frozen=True, slots=True)
class SoundStopped:
    """It is not any more (or came to its end)."""

    place: Place


@dataclass(frozen=True, slots=True)
class RecordingChanged:
    """What is said is kept, or not."""

    to: Recording


@dataclass(frozen=True, slots=True)
class AnswererHeard:
    """Who answered."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class MessageBegun:
    """A machine talks from here on."""


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """Our message is at the person's voicemail, whole."""


@dataclass(frozen=True, slots=True)
class TransferDeclined:
    """A phone asked us to call `target` in its place, and was told no: for the record."""

    leg: str
    target: str


@dataclass(frozen=True, slots=True)
class TimerSet:
    """Tell `TimeOver` then."""

    timer: Timer
    at: datetime


@dataclass(frozen=True, slots=True)
class TimerCleared:
    """Not any more."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class CallEnded:
    """All is over."""

    cause: Cause
    code: int | None = None


Event = (
    LegAdded
    | LegRang
    | LegTaken
    | LegMoved
    | LegMuted
    | LegAway
    | LegEnded
    | Rang
    | Connected
    | Owned
    | Brought
    | ColleagueJoined
    | Pressed
    | SoundStarted
    | SoundStopped
    | RecordingChanged
    | AnswererHeard
    | MessageBegun
    | MessageLeft
    | TransferDeclined
    | TimerSet
    | TimerCleared
    | CallEnded
)
