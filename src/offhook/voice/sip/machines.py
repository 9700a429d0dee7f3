"""The four transaction machines as tables (RFC 3261 section 17, RFC 6026), and the timers of their states.

A transaction is a request with its answers, as one hop sees it. It hides loss and repetition: the client repeats
the request until an answer comes, the server repeats its answer when the request is repeated. INVITE differs from
all others because a human answers it, so it may wait long between two steps.

A table says, for a state and an input, the next state and what to do on the way. What is not in a table changes
nothing and does nothing: a late or repeated message. `TIMERS` says which timers run in which state. Entering a
state starts those that are not running and stops those that do not belong to it.

Where the RFC lets a state wait for ever, a timer of ours ends it (`PATIENCE`, `WITHDRAW`, `KEEP`), so that nothing
stays: no state without a way out by time alone. The tests hold the tables to that.

    INVITE client                                              INVITE server
    CALLING ──1xx──> PROCEEDING ──2xx──> ACCEPTED ──M──>       PROCEEDING ──2xx──> ACCEPTED ──L──>
       │ cancel           │ cancel                                  │ 3xx-6xx
    WITHDRAWN ─1xx─> CANCELLING ─3xx-6xx─> COMPLETED ──D──>    COMPLETED ──ACK──> CONFIRMED ──I──>

A CANCEL may only follow a provisional answer (section 9.1), so a call given up before that waits in WITHDRAWN.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Of any of the four."""

    CALLING = "calling"
    WITHDRAWN = "withdrawn"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    TERMINATED = "terminated"


class Input(StrEnum):
    """What can happen to a transaction. For clients the answers come in, for servers they go out."""

    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "3xx-6xx"
    REPEATED = "request again"
    ACK = "ack"
    CANCEL = "cancel"
    BROKEN = "transport error"
    REPEAT = "timer A, E, G"
    TIMEOUT = "timer B, F, H"
    GONE = "timer D, I, J, K, L, M"
    PATIENCE = "our timer: nobody answers"
    WITHDRAW = "our timer: a cancelled call stays unanswered"
    KEEP = "our timer: show that a call is still alive"


class Act(StrEnum):
    """What to do on the way."""

    SEND = "send the answer"
    RESEND = "send the last message again"
    TELL = "hand the message to the user"
    ACK = "acknowledge a failure"
    CANCEL = "send CANCEL"
    REFUSE = "answer 480, since the user does not"
    TELL_TIMEOUT = "tell that no answer came"
    TELL_BROKEN = "tell that the transport failed"
    TELL_PATIENCE = "tell that it takes too long"
    RESTART = "start this state's timers anew"


Table = Mapping[tuple[State, Input], tuple[State, tuple[Act, ...]]]


@dataclass(frozen=True, slots=True)
class Machine:
    """A table, where it begins, and the timers of its states: the input that each is, by its RFC letter."""

    name: str
    start: State
    table: Table
    timers: Mapping[State, Mapping[str, Input]]
    is_client: bool


_S, _I, _A = State, Input, Act

INVITE_CLIENT = Machine(
    "INVITE client",
    State.CALLING,
    {
        (_S.CALLING, _I.REPEAT): (_S.CALLING, (_A.RESEND,)),
        (_S.CALLING, _I.TIMEOUT): (_S.TERMINATED, (_A.TELL_TIMEOUT,)),
        (_S.CALLING, _I.BROKEN): (_S.TERMINATED, (_A.TELL_BROKEN,)),
        (_S.CALLING, _I.PROVISIONAL): (_S.PROCEEDING, (_A.TELL,)),
        (_S.CALLING, _I.SUCCESS): (_S.ACCEPTED, (_A.TELL,)),
        (_S.CALLING, _I.FAILURE): (_S.COMPLETED, (_A.ACK, _A.TELL)),
        (_S.CALLING, _I.CANCEL): (_S.WITHDRAWN, ()),
        (_S.WITHDRAWN, _I.REPEAT): (_S.WITHDRAWN, (_A.RESEND,)),
        (_S.WITHDRAWN, _I.TIMEOUT): (_S.TERMINATED, (_A.TELL_TIMEOUT,)),
        (_S.WITHDRAWN, _I.BROKEN): (_S.TERMINATED, (_A.TELL_BROKEN,)),
        (_S.WITHDRAWN, _I.PROVISIONAL): (_S.CANCELLING, (_A.CANCEL, _A.TELL)),
        (_S.WITHDRAWN, _I.SUCCESS): (_S.ACCEPTED, (_A.TELL,)),
        (_S.WITHDRAWN, _I.FAILURE): (_S.COMPLETED, (_A.ACK, _A.TELL)),
        (_S.PROCEEDING, _I.PROVISIONAL): (_S.PROCEEDING, (_A.TELL, _A.RESTART)),
        (_S.PROCEEDING, _I.SUCCESS): (_S.ACCEPTED, (_A.TELL,)),
        (_S.PROCEEDING, _I.FAILURE): (_S.COMPLETED, (_A.ACK, _A.TELL)),
        (_S.PROCEEDING, _I.CANCEL): (_S.CANCELLING, (_A.CANCEL,)),
        (_S.PROCEEDING, _I.PATIENCE): (_S.CANCELLING, (_A.CANCEL, _A.TELL_PATIENCE)),
        (_S.CANCELLING, _I.PROVISIONAL): (_S.CANCELLING, (_A.TELL,)),
        (_S.CANCELLING, _I.SUCCESS): (_S.ACCEPTED, (_A.TELL,)),
        (_S.CANCELLING, _I.FAILURE): (_S.COMPLETED, (_A.ACK, _A.TELL)),
        (_S.CANCELLING, _I.WITHDRAW): (_S.TERMINATED, (_A.TELL_TIMEOUT,)),
        (_S.COMPLETED, _I.FAILURE): (_S.COMPLETED, (_A.ACK,)),
        (_S.COMPLETED, _I.BROKEN): (_S.TERMINATED, ()),
        (_S.COMPLETED, _I.GONE): (_S.TERMINATED, ()),
        (_S.ACCEPTED, _I.SUCCESS): (_S.ACCEPTED, (_A.TELL,)),
        (_S.ACCEPTED, _I.GONE): (_S.TERMINATED, ()),
    },
    {
        _S.CALLING: {"A": _I.REPEAT, "B": _I.TIMEOUT},
        _S.WITHDRAWN: {"A": _I.REPEAT, "B": _I.TIMEOUT},
        _S.PROCEEDING: {"C": _I.PATIENCE},
        _S.CANCELLING: {"W": _I.WITHDRAW},
        _S.COMPLETED: {"D": _I.GONE},
        _S.ACCEPTED: {"M": _I.GONE},
    },
    is_client=True,
)
"""Figure 5 with RFC 6026's ACCEPTED and section 9.1's CANCEL."""

INVITE_SERVER = Machine(
    "INVITE server",
    State.PROCEEDING,
    {
        (_S.PROCEEDING, _I.REPEATED): (_S.PROCEEDING, (_A.RESEND,)),
        (_S.PROCEEDING, _I.KEEP): (_S.PROCEEDING, (_A.RESEND,)),
        (_S.PROCEEDING, _I.PROVISIONAL): (_S.PROCEEDING, (_A.SEND,)),
        (_S.PROCEEDING, _I.SUCCESS): (_S.ACCEPTED, (_A.SEND,)),
        (_S.PROCEEDING, _I.FAILURE): (_S.COMPLETED, (_A.SEND,)),
        (_S.PROCEEDING, _I.PATIENCE): (_S.COMPLETED, (_A.REFUSE, _A.TELL_PATIENCE)),
        (_S.PROCEEDING, _I.BROKEN): (_S.TERMINATED, (_A.TELL_BROKEN,)),
        (_S.COMPLETED, _I.REPEATED): (_S.COMPLETED, (_A.RESEND,)),
        (_S.COMPLETED, _I.REPEAT): (_S.COMPLETED, (_A.RESEND,)),
        (_S.COMPLETED, _I.TIMEOUT): (_S.TERMINATED, ()),
        (_S.COMPLETED, _I.BROKEN): (_S.TERMINATED, ()),
        (_S.COMPLETED, _I.ACK): (_S.CONFIRMED, ()),
        (_S.CONFIRMED, _I.GONE): (_S.TERMINATED, ()),
        (_S.ACCEPTED, _I.REPEATED): (_S.ACCEPTED, ()),
        (_S.ACCEPTED, _I.SUCCESS): (_S.ACCEPTED, (_A.SEND,)),
        (_S.ACCEPTED, _I.GONE): (_S.TERMINATED, ()),
    },
    {
        _S.PROCEEDING: {"P": _I.PATIENCE, "N": _I.KEEP},
        _S.COMPLETED: {"G": _I.REPEAT, "H": _I.TIMEOUT},
        _S.CONFIRMED: {"I": _I.GONE},
        _S.ACCEPTED: {"L": _I.GONE},
    },
    is_client=False,
)
"""Figure 7 with RFC 6026's ACCEPTED. That no ACK came (timer H) concerns nobody: the call had failed anyway."""

CLIENT = Machine(
    "non-INVITE client",
    State.TRYING,
    {
        (_S.TRYING, _I.REPEAT): (_S.TRYING, (_A.RESEND,)),
        (_S.TRYING, _I.TIMEOUT): (_S.TERMINATED, (_A.TELL_TIMEOUT,)),
        (_S.TRYING, _I.BROKEN): (_S.TERMINATED, (_A.TELL_BROKEN,)),
        (_S.TRYING, _I.PROVISIONAL): (_S.PROCEEDING, ()),
        (_S.TRYING, _I.SUCCESS): (_S.COMPLETED, (_A.TELL,)),
        (_S.TRYING, _I.FAILURE): (_S.COMPLETED, (_A.TELL,)),
        (_S.PROCEEDING, _I.REPEAT): (_S.PROCEEDING, (_A.RESEND,)),
        (_S.PROCEEDING, _I.TIMEOUT): (_S.TERMINATED, (_A.TELL_TIMEOUT,)),
        (_S.PROCEEDING, _I.BROKEN): (_S.TERMINATED, (_A.TELL_BROKEN,)),
        (_S.PROCEEDING, _I.SUCCESS): (_S.COMPLETED, (_A.TELL,)),
        (_S.PROCEEDING, _I.FAILURE): (_S.COMPLETED, (_A.TELL,)),
        (_S.COMPLETED, _I.GONE): (_S.TERMINATED, ()),
    },
    {
        _S.TRYING: {"E": _I.REPEAT, "F": _I.TIMEOUT},
        _S.PROCEEDING: {"E": _I.REPEAT, "F": _I.TIMEOUT},
        _S.COMPLETED: {"K": _I.GONE},
    },
    is_client=True,
)
"""Figure 6."""

SERVER = Machine(
    "non-INVITE server",
    State.TRYING,
    {
        (_S.TRYING, _I.PROVISIONAL): (_S.PROCEEDING, (_A.SEND,)),
        (_S.TRYING, _I.SUCCESS): (_S.COMPLETED, (_A.SEND,)),
        (_S.TRYING, _I.FAILURE): (_S.COMPLETED, (_A.SEND,)),
        (_S.TRYING, _I.PATIENCE): (_S.TERMINATED, (_A.TELL_PATIENCE,)),
        (_S.TRYING, _I.BROKEN): (_S.TERMINATED, (_A.TELL_BROKEN,)),
        (_S.PROCEEDING, _I.REPEATED): (_S.PROCEEDING, (_A.RESEND,)),
        (_S.PROCEEDING, _I.SUCCESS): (_S.COMPLETED, (_A.SEND,)),
        (_S.PROCEEDING, _I.FAILURE): (_S.COMPLETED, (_A.SEND,)),
        (_S.PROCEEDING, _I.PATIENCE): (_S.TERMINATED, (_A.TELL_PATIENCE,)),
        (_S.PROCEEDING, _I.BROKEN): (_S.TERMINATED, (_A.TELL_BROKEN,)),
        (_S.COMPLETED, _I.REPEATED): (_S.COMPLETED, (_A.RESEND,)),
        (_S.COMPLETED, _I.BROKEN): (_S.TERMINATED, ()),
        (_S.COMPLETED, _I.GONE): (_S.TERMINATED, ()),
    },
    {
        _S.TRYING: {"Q": _I.PATIENCE},
        _S.PROCEEDING: {"Q": _I.PATIENCE},
        _S.COMPLETED: {"J": _I.GONE},
    },
    is_client=False,
)
"""Figure 8."""

MACHINES = (INVITE_CLIENT, INVITE_SERVER, CLIENT, SERVER)

REPEATING = frozenset("AEG")
"""Timers that repeat a message, each time after twice as long; they do not run over a connection."""
ONLY_UNRELIABLE = frozenset("DIJK")
"""Timers that absorb repetitions: 0 over a connection."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The RFC's T1, T2, T4 and our own limits, in seconds.

    `ring`: an unanswered call of ours is given up after (timer C: more than three minutes). `hold`: an unanswered
    call to us is refused after. `keep`: how often an unanswered call to us is shown to be alive (13.3.1.1).
    """

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0
    ring: float = 185.0
    hold: float = 600.0
    keep: float = 60.0

    def seconds(self, timer: str, *, is_reliable: bool) -> float | None:
        """How long a timer runs at first; None: it does not run over a connection."""
        if is_reliable and timer in REPEATING:
            return None
        if is_reliable and timer in ONLY_UNRELIABLE:
            return 0.0
        own = {"C": self.ring, "P": self.hold, "N": self.keep, "I": self.t4, "K": self.t4}
        if timer in own:
            return own[timer]
        return self.t1 if timer in REPEATING else 64 * self.t1

    def next_interval(self, timer: str, interval: float, state: State) -> float:
        """How long until the repetition after this one (17.1.1.2, 17.1.2.2, 17.2.1)."""
        if timer == "N":
            return self.keep
        if timer == "A":
            return 2 * interval
        return self.t2 if state is State.PROCEEDING else min(2 * interval, self.t2)
