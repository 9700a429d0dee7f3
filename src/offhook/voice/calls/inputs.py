"""What is given to a call: commands that users ask and signals that engines tell. Plain immutable data."""

from dataclasses import dataclass

from offhook.voice.calls.model import Bringing, Candidate, Cause, Heard, Place, Timer

# Commands: what a user asks.


@dataclass(frozen=True, slots=True)
class Dial:
    """Call the person: the owner's device and the person's phone, both of them new legs."""

    owner_leg: str
    person_leg: str
    number: str


@dataclass(frozen=True, slots=True)
class DialColleague:
    """Call a colleague's device from the owner's: no telephone takes part, and no network."""

    owner_leg: str
    colleague: Candidate


@dataclass(frozen=True, slots=True)
class Arrive:
    """The person calls us and waits: ring these users. None of them can be rung: straight to voicemail."""

    person_leg: str
    number: str | None
    users: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Take:
    """A user who is rung takes the call."""

    leg: str


@dataclass(frozen=True, slots=True)
class Decline:
    """A user who is rung does not."""

    leg: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The person waits with music."""


@dataclass(frozen=True, slots=True)
class Resume:
    """The person is back, with the owner and whoever was brought in: all talk together."""


@dataclass(frozen=True, slots=True)
class Bring:
    """Bring colleagues in: all of them rung at once, or one after another; `at_last` when none of them came."""

    purpose: Bringing
    candidates: tuple[Candidate, ...]
    in_order: bool = False
    at_last: Candidate | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """Take colleagues out again, answered or not: one, or all and whoever would be rung next."""

    leg: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """The owner leaves person and colleague to each other: the colleague owns the call now."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End it for everybody."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Let nobody hear a leg, or again."""

    leg: str
    is_muted: bool


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys towards the person's phone."""

    digits: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record from now on, pause, or go on."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """Leave the owner's recorded message at the person's voicemail; the owner is free at once."""


Command = (
    Dial
    | DialColleague
    | Arrive
    | Take
    | Decline
    | Hold
    | Resume
    | Bring
    | Drop
    | Leave
    | HangUp
    | Mute
    | Press
    | Record
    | LeaveMessage
)


# Signals: what engines tell.


@dataclass(frozen=True, slots=True)
class LegRinging:
    """A phone rings."""

    leg: str


@dataclass(frozen=True, slots=True)
class LegUp:
    """A phone was answered."""

    leg: str


@dataclass(frozen=True, slots=True)
class LegRefused:
    """A phone was not answered: the final SIP code."""

    leg: str
    code: int


@dataclass(frozen=True, slots=True)
class LegGone:
    """A phone hung up, or its media is lost."""

    leg: str
    cause: Cause = Cause.HUNG_UP
    code: int | None = None


@dataclass(frozen=True, slots=True)
class TransferDeclined:
    """A phone asked us to call `target` (a SIP address) in its place, and was told no."""

    leg: str
    target: str


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """A user's device lost its link, or is back."""

    leg: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class Listened:
    """Who answered, by the sound of it; told once."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class Beeped:
    """The person's voicemail is ready for a message."""


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """A phone's key was pressed at the other side."""

    leg: str
    key: str


@dataclass(frozen=True, slots=True)
class SoundEnded:
    """What was played in a place came to its end."""

    place: Place


@dataclass(frozen=True, slots=True)
class TimeOver:
    """A timer ran out."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class EngineGone:
    """The media engine is lost, and with it every room."""


@dataclass(frozen=True, slots=True)
class Faulted:
    """We stumbled over this call in a way that nobody thought of."""


Signal = (
    LegRinging
    | LegUp
    | LegRefused
    | LegGone
    | TransferDeclined
    | LinkChanged
    | Listened
    | Beeped
    | KeyHeard
    | SoundEnded
    | TimeOver
    | EngineGone
    | Faulted
)
