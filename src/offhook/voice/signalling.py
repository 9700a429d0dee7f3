"""What the exchange asks of signalling: place, answer, change and end legs; and what it is told of them.

Implemented by `sip/`. A leg id is ours and opaque. Everything is told in order for one leg.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from offhook.compliance import Permit


@dataclass(frozen=True, slots=True)
class Hop:
    """Where an INVITE goes first, and how we show who we are there: one trunk's address and credentials.

    `transport` is "udp" or "tcp"; `large_by_tcp`: what is too long for a datagram may go by tcp all the same.
    `asserts_identity`: we send the caller as P-Asserted-Identity and believe the one that is sent (RFC 3325).
    """

    trunk: str
    host: str
    port: int
    transport: str = "udp"
    domain: str | None = None
    username: str | None = None
    password: str | None = None
    asserts_identity: bool = False
    large_by_tcp: bool = False


@dataclass(frozen=True, slots=True)
class Trying:
    """1xx of an outbound leg: `code` 100 to 199; `sdp` is early media."""

    leg: str
    code: int
    reason: str
    sdp: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """2xx of an outbound leg; the answer to our `reoffer`; or the ACK's SDP where we had to offer.

    We have to offer when we answered an INVITE without offer, and when the other side asks for a new offer by a
    re-INVITE without one: that is answered with what we offered or answered last.
    """

    leg: str
    sdp: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """An outbound leg came to nothing: the final answer, or 408 when none came, or 487 after a cancel.

    503 when the trunk could not be reached at all. Told once for each outbound leg that was never answered.

    `retry_after` in seconds, if told; `warning` the Warning header's text; `contacts` the targets of a 3xx.
    """

    leg: str
    code: int
    reason: str
    retry_after: int | None = None
    warning: str | None = None
    contacts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """Somebody calls: numbers as told (user parts), the name shown, the trunk it came by, the offer if any.

    `rivals` are other trunks at the same address, by which it may as well have come.
    """

    leg: str
    trunk: str
    called: str
    caller: str
    caller_name: str
    sdp: str | None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    rivals: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reoffered:
    """The other side of a running leg offers anew; `answer_reoffer` or `refuse_reoffer` it within 32 seconds.

    An offer that changes nothing (a session refresh) is answered by itself and not told.
    """

    leg: str
    sdp: str


@dataclass(frozen=True, slots=True)
class ReofferRefused:
    """Our `reoffer` was refused: all stays as it was."""

    leg: str
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Referred:
    """The other side asked us to call somebody else (REFER, RFC 3515). It was declined; the call goes on."""

    leg: str
    target: str


@dataclass(frozen=True, slots=True)
class ReferProgress:
    """How a transfer that we asked for ended: the final code of the NOTIFY's sipfrag, or of REFER's refusal."""

    leg: str
    code: int


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The other side tells a key by INFO, as carriers without RFC 4733 do: one of 0-9, *, #, A-D."""

    leg: str
    digit: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A leg that was up, or rang us, is over: by the other side's BYE or CANCEL, or lost (session timer, timeout).

    `code` and `reason` are those of the Reason header (RFC 3326), else 200 for BYE, 487 for CANCEL, 408 for lost.
    Never told after our own `hang_up` or `refuse`.
    """

    leg: str
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class TrunkChanged:
    """A trunk answers its OPTIONS (or registration), or does not any more."""

    trunk: str
    is_up: bool
    reason: str


SignallingEvent = (
    Trying
    | Answered
    | Refused
    | Incoming
    | Reoffered
    | ReofferRefused
    | Referred
    | ReferProgress
    | KeyPressed
    | Ended
    | TrunkChanged
)


class SignallingPort(Protocol):
    """The interface.

    A command for a leg that is over does nothing: the event that tells it is on its way. One that a leg's state
    does not allow (to answer an outbound leg, to answer twice) raises `Conflict`.
    """

    def events(self) -> AsyncIterator[SignallingEvent]:
        """What happens, in order; for one reader."""
        ...

    async def invite(self, leg: str, permit: Permit, hop: Hop, *, caller: str, caller_name: str, sdp: str) -> None:
        """Place an outbound leg to the permit's number. Returns when the INVITE is on the wire.

        `caller` empty: anonymous (RFC 3323). Raises `Forbidden` when the permit has expired, `Conflict` when the
        leg id is in use, `Invalid` when an argument cannot stand in a SIP message.
        """
        ...

    async def ring(self, leg: str, *, sdp: str | None = None) -> None:
        """Tell an incoming leg that somebody is being rung (180, or 183 with early media)."""
        ...

    async def answer(self, leg: str, sdp: str) -> None:
        """Take an incoming leg (200)."""
        ...

    async def refuse(self, leg: str, code: int, *, reason: str | None = None) -> None:
        """Refuse an incoming leg (486, 480, 488, 603, …)."""
        ...

    async def answer_reoffer(self, leg: str, sdp: str) -> None:
        """Answer a new offer of the other side."""
        ...

    async def refuse_reoffer(self, leg: str) -> None:
        """Refuse a new offer (488): all stays as it was."""
        ...

    async def reoffer(self, leg: str, sdp: str) -> None:
        """Offer anew ourselves (re-INVITE); `Answered` tells the answer, `ReofferRefused` that there is none.

        While another offer of either side is open this one waits; a later one takes its place. If both sides offer
        at the same time (491), ours is repeated after a while.
        """
        ...

    async def refer(self, leg: str, target: str) -> None:
        """Ask the other side to call somebody else in our place; `ReferProgress` tells how it goes."""
        ...

    async def hang_up(self, leg: str) -> None:
        """End a leg in whatever state: CANCEL, BYE or 603. Ending one that is over is no error."""
        ...

    def snapshot(self, leg: str) -> Mapping[str, object] | None:
        """What is needed to end this leg from another process later (JSON); None: no dialog yet.

        It may be taken as soon as the leg rings (outbound) or is answered, and stays good for the leg's life.
        """
        ...

    async def end_orphan(self, snapshot: Mapping[str, object]) -> None:
        """End a leg that another process left behind (BYE within its dialog)."""
        ...
