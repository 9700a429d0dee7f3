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

    `transport` is "udp" or "tcp"; `identity` is the P-Asserted-Identity (RFC 3325) to send, if any.
    """

    trunk: str
    host: str
    port: int
    transport: str = "udp"
    domain: str | None = None
    username: str | None = None
    password: str | None = None
    asserts_identity: bool = False


@dataclass(frozen=True, slots=True)
class Trying:
    """1xx of an outbound leg: `code` 100 to 199; `sdp` is early media."""

    leg: str
    code: int
    reason: str
    sdp: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """2xx of an outbound leg, or the ACK's SDP of an inbound one that we answered with an offer."""

    leg: str
    sdp: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """An outbound leg came to nothing: the final answer, or 408 when none came, or 487 after a cancel.

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
    """Somebody calls: numbers as told (user parts), the name shown, the trunk it came by, the offer if any."""

    leg: str
    trunk: str
    called: str
    caller: str
    caller_name: str
    sdp: str | None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Reoffered:
    """The other side of a running leg offers anew; `answer_reoffer` or `refuse_reoffer` it."""

    leg: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Referred:
    """The other side asks us to call somebody else in its place (REFER, RFC 3515)."""

    leg: str
    target: str


@dataclass(frozen=True, slots=True)
class ReferProgress:
    """How a transfer that we asked for goes: the final code of the NOTIFY's sipfrag."""

    leg: str
    code: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A leg that was up, or rang us, is over: by the other side's BYE or CANCEL, or lost (session timer, timeout).

    `reason` is the Reason header's text (RFC 3326) or ours; never told after our own `hang_up`.
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
    Trying | Answered | Refused | Incoming | Reoffered | Referred | ReferProgress | Ended | TrunkChanged
)


class SignallingPort(Protocol):
    """The interface."""

    def events(self) -> AsyncIterator[SignallingEvent]:
        """What happens, in order; for one reader."""
        ...

    async def invite(self, leg: str, permit: Permit, hop: Hop, *, caller: str, caller_name: str, sdp: str) -> None:
        """Place an outbound leg to the permit's number. Returns when the INVITE is on the wire."""
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
        """Offer anew ourselves (re-INVITE); `Answered` tells the answer."""
        ...

    async def refer(self, leg: str, target: str) -> None:
        """Ask the other side to call somebody else in our place; `ReferProgress` tells how it goes."""
        ...

    async def hang_up(self, leg: str) -> None:
        """End a leg in whatever state: CANCEL, BYE or 603. Ending one that is over is no error."""
        ...

    def snapshot(self, leg: str) -> Mapping[str, object] | None:
        """What is needed to end this leg from another process later (JSON); None: no dialog yet."""
        ...

    async def end_orphan(self, snapshot: Mapping[str, object]) -> None:
        """End a leg that another process left behind (BYE within its dialog)."""
        ...
