"""What the endpoint keeps of a leg: one end of one call, seen by us.

`LegState` says how far it is; `Offering` whether an offer is open in it (RFC 3264 allows one at a time). Both are
changed by the topic modules alone: `outbound`, `inbound`, `offers`, `within`, `transfers`, `endings`.

    outbound   CALLING ──2xx──> UP ──> ENDED        inbound   RINGING ──answer──> UP ──> ENDED
                  │ hang_up                                       │ refuse, CANCEL
               GIVEN_UP ──any final──> ENDED                    ENDED

A leg that is hung up while our 2xx still waits for its ACK is CLOSING: BYE may not overtake the ACK (section 15).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from offhook.voice.signalling import Hop
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.alarms import Owner
from offhook.voice.sip.dialogs import Dialog
from offhook.voice.sip.message import Request
from offhook.voice.sip.session_timers import Session
from offhook.voice.sip.transactions import Send, Transaction


class LegState(StrEnum):
    """How far a leg is."""

    CALLING = "calling"
    GIVEN_UP = "given up"
    RINGING = "ringing"
    UP = "up"
    CLOSING = "closing"
    ENDED = "ended"


class Offering(StrEnum):
    """Whose offer is open."""

    NONE = "none"
    OURS = "ours"
    THEIRS = "theirs"


class Purpose(StrEnum):
    """What a request of ours is for."""

    INVITE = "invite"
    REOFFER = "reoffer"
    REFRESH = "refresh"
    BYE = "bye"
    REFER = "refer"
    NOTIFY = "notify"
    PING = "ping"
    REGISTER = "register"


@dataclass(eq=False)
class Leg(Owner):
    """One leg.

    `server` is the INVITE or UPDATE of the other side that waits for our answer, `errand` our INVITE. `waiting`
    is an offer of ours that has to wait, `proposed` our open one, `asked` their open one.
    """

    id: str
    hop: Hop
    is_outbound: bool
    state: LegState
    dialog: Dialog | None = None
    early: Dialog | None = None
    errand: "Errand | None" = None
    server: Transaction | None = None
    unacked: "Unacked | None" = None
    local_sdp: str = ""
    remote_sdp: str | None = None
    offering: Offering = Offering.NONE
    asked: str | None = None
    waiting: str | None = None
    proposed: str = ""
    session: Session | None = None
    wants_refer: bool = False

    @property
    def is_over(self) -> bool:
        """Nothing can be done with it any more."""
        return self.state is LegState.ENDED


@dataclass(slots=True)
class Unacked:
    """A 2xx of ours that is repeated until its ACK comes (13.3.1.4). `needs_answer`: it held an offer."""

    send: Send
    sequence: int
    interval: float
    needs_answer: bool


@dataclass(eq=False)
class Errand:
    """A request of ours with all that is needed to repeat it differently: with credentials, by another transport.

    `answered` counts the challenges met, by header and realm; `acks` what acknowledges a 2xx, by the other's tag;
    `fallback` is where it goes if it cannot go by tcp, where it only went for its length (`may_change`).
    """

    purpose: Purpose
    trunk: str
    request: Request
    target: Address
    leg: Leg | None = None
    dialog: Dialog | None = None
    fallback: Address | None = None
    may_change: bool = True
    transaction: Transaction | None = None
    answered: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    acks: dict[str, Send] = field(default_factory=dict[str, Send])
    acks_repeated: int = 0
    raises: int = 0
    is_redirected: bool = False
