"""The world of these tests: endpoints on a simulated network with its own clock, and peers played by hand."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from offhook.compliance import Permit, RecordingConsent
from offhook.voice.signalling import Hop, Incoming, SignallingEvent
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.agent import Settings
from offhook.voice.sip.endpoint import Endpoint
from offhook.voice.sip.message import Message, Request, Response, parse, serialise
from offhook.voice.sip.outbound import Placing
from offhook.voice.sip.transactions import Send
from offhook.voice.sip.trunks import Trunk

US, THEM = "192.0.2.1", "192.0.2.2"
FROM_THEM = Address("udp", THEM, 5060)
ACCOUNT = {"username": "ada", "password": "secret"}
TORTURE = Path(__file__).parent / "torture"


def an_sdp(host: str = US, port: int = 4000, version: int = 1, extra: str = "") -> str:
    """A plain offer or answer."""
    return (
        f"v=0\r\no=- 7 {version} IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 0 101\r\n{extra}"
    )


def a_hop(**changes: object) -> Hop:
    """The other side as our trunk."""
    return Hop(**({"trunk": "carrier", "host": THEM, "port": 5060} | changes))  # type: ignore[arg-type]


def an_endpoint(
    host: str = US, peer: str = THEM, *, seed: int = 1, settings: dict[str, object] | None = None, **trunk: object
) -> Endpoint:
    """An endpoint with one trunk that is not watched."""
    hop = trunk.pop("hop", None) or a_hop(host=peer)
    options: dict[str, object] = {"ping_every": 0, **trunk}
    return Endpoint(
        Settings(host, 5060, **(settings or {})),  # type: ignore[arg-type]
        [Trunk(hop, **options)],  # type: ignore[arg-type]
        random.Random(seed),
        0.0,
    )


def a_placing(leg: str = "leg", **changes: object) -> Placing:
    """A call to +15550100 by the carrier."""
    values: dict[str, object] = {
        "leg": leg,
        "number": "+15550100",
        "hop": a_hop(),
        "caller": "+15550199",
        "caller_name": "Ada",
        "sdp": an_sdp(),
    }
    return Placing(**(values | changes))  # type: ignore[arg-type]


def a_permit(number: str, *, now: datetime | None = None) -> Permit:
    """Leave to call, for a minute."""
    given = now or datetime.now(UTC)
    return Permit(UUID(int=1), number, given, given + timedelta(minutes=1), RecordingConsent.ONE_PARTY)


@dataclass
class Peer:
    """The other side of one endpoint, played by hand: what it sends is said, what it gets is kept, parsed."""

    endpoint: Endpoint
    source: Address = FROM_THEM
    now: float = 0.0
    got: list[Message] = field(default_factory=list)
    sent: list[Send] = field(default_factory=list)

    def take(self) -> list[Message]:
        """What the endpoint sent since last asked."""
        sends = self.endpoint.take_sends()
        self.sent.extend(sends)
        messages = [parse(send.data) for send in sends]
        self.got.extend(messages)
        return messages

    def the(self, what: str | int) -> Message:
        """The one message of that method or code among those just sent, however often repeated."""
        found = [m for m in self.take() if what in (getattr(m, "method", None), getattr(m, "code", None))]
        assert found, f"expected {what}, got {[m.start for m in self.got]}"
        assert all(message == found[0] for message in found), f"expected one {what}, got several"
        return found[0]

    def request(self, what: str) -> Request:
        """The one request of that method."""
        found = self.the(what)
        assert isinstance(found, Request)
        return found

    def response(self, what: int) -> Response:
        """The one answer of that code."""
        found = self.the(what)
        assert isinstance(found, Response)
        return found

    def send(self, message: Message | bytes | str, source: Address | None = None) -> None:
        """Let the endpoint receive this."""
        data = message.encode() if isinstance(message, str) else message
        raw = data if isinstance(data, bytes) else serialise(data)
        self.endpoint.receive(raw, source or self.source, self.now)

    def wait(self, seconds: float) -> None:
        """Let time go by, with all that becomes due in it."""
        end = self.now + seconds
        while (at := self.endpoint.next_wake) is not None and at <= end:
            self.now = max(self.now, at)
            self.endpoint.wake(self.now)
        self.now = end

    def events(self) -> list[SignallingEvent]:
        """What was told since last asked."""
        return self.endpoint.take_events()

    def answer(
        self, request: Request, code: int, reason: str = "", *, tag: str = "", sdp: str = "", **headers: str
    ) -> None:
        """Answer a request of the endpoint; header names with `_` for `-`."""
        to = request.headers["to"][0]
        if tag and ";tag=" not in to:
            to = f"{to};tag={tag}"
        found = {key: list(request.headers[key]) for key in ("via", "from", "call-id", "cseq")}
        found["to"] = [to]
        if tag:
            found["contact"] = [f"<sip:them@{THEM}:5060>"]
        if sdp:
            found["content-type"] = ["application/sdp"]
        found.update({name.replace("_", "-"): [value] for name, value in headers.items()})
        self.send(Response(code=code, reason=reason or "Reason", headers=found, body=sdp.encode()))


_numbers = count(1)


def a_request(method: str = "INVITE", *, sdp: str = "", uri: str = "", **headers: str | None) -> Request:
    """A request of the other side, outside of any call unless the headers say otherwise."""
    n = next(_numbers)
    found: dict[str, list[str]] = {
        "via": [f"SIP/2.0/UDP {THEM}:5060;branch=z9hG4bKpeer{n}"],
        "max-forwards": ["70"],
        "from": ['"Bob" <sip:+15550123@them.example>;tag=their'],
        "to": [f"<sip:+15550199@{US}>"],
        "call-id": [f"call-{n}"],
        "cseq": [f"1 {method}"],
        "contact": [f"<sip:bob@{THEM}:5060>"],
    }
    if sdp:
        found["content-type"] = ["application/sdp"]
    for name, value in headers.items():
        key = name.replace("_", "-")
        if value is None:
            found.pop(key, None)
        else:
            found[key] = [value]
    return Request(method=method, uri=uri or f"sip:+15550199@{US}", headers=found, body=sdp.encode())


def within(invite: Request, answer: Response, method: str, cseq: int, *, sdp: str = "", **headers: str) -> Request:
    """A request of the other side within the call that it began by `invite` and we answered."""
    return a_request(
        method,
        sdp=sdp,
        call_id=invite.call_id,
        **{"from": invite.headers["from"][0], "to": answer.headers["to"][0]},
        cseq=f"{cseq} {method}",
        **headers,
    )


def a_call_up(endpoint: Endpoint | None = None, **answer: str) -> tuple[Peer, Request]:
    """Our call `leg`, answered by the other side with tag `them`; the INVITE that began it."""
    peer = Peer(endpoint or an_endpoint())
    peer.endpoint.place(a_placing(), peer.now)
    invite = peer.request("INVITE")
    peer.answer(invite, 200, "OK", tag="them", sdp=an_sdp(THEM), **answer)
    peer.request("ACK")
    peer.events()
    return peer, invite


def from_them(invite: Request, method: str, cseq: int, *, sdp: str = "", **headers: str) -> Request:
    """A request of the other side within our call `leg` (see `a_call_up`)."""
    return a_request(
        method,
        sdp=sdp,
        call_id=invite.call_id,
        **{"from": f"{invite.headers['to'][0]};tag=them", "to": invite.headers["from"][0]},
        cseq=f"{cseq} {method}",
        **headers,
    )


def a_call_in(
    endpoint: Endpoint | None = None, *, sdp: str | None = None, **headers: str
) -> tuple[Peer, Request, str]:
    """A call of the other side that rings us: the peer, its INVITE, our leg's id."""
    peer = Peer(endpoint or an_endpoint())
    invite = a_request(sdp=an_sdp(THEM) if sdp is None else sdp, **headers)
    peer.send(invite)
    peer.take()
    leg = next(event.leg for event in peer.events() if isinstance(event, Incoming))
    return peer, invite, leg


Fate = Callable[[random.Random], list[float]]
"""Of one packet: the delays of its copies; none: it is lost."""


def perfect(_: random.Random) -> list[float]:
    """Every packet arrives once, after 20 ms."""
    return [0.02]


def hostile(chance: random.Random) -> list[float]:
    """A fifth is lost, a tenth comes twice, and delays of up to 300 ms reorder."""
    if chance.random() < 0.2:
        return []
    copies = 2 if chance.random() < 0.1 else 1
    return [chance.uniform(0.005, 0.3) for _ in range(copies)]


class Network:
    """Endpoints by host, packets on their way, and the time: it jumps to whatever comes next."""

    def __init__(self, endpoints: dict[str, Endpoint], fate: Fate = perfect, seed: int = 0) -> None:
        self.endpoints = endpoints
        self.fate = fate
        self.chance = random.Random(seed)
        self.now = 0.0
        self.told: dict[str, list[SignallingEvent]] = {host: [] for host in endpoints}
        self.damage: Callable[[bytes], bytes] = lambda data: data
        self.react: Callable[[str, SignallingEvent], None] = lambda host, event: None
        self._air: list[tuple[float, int, str, bytes, Address]] = []
        self._numbers = count()

    def pump(self) -> None:
        """Put what is to be sent in the air; hand out what is told."""
        for host, endpoint in self.endpoints.items():
            for event in endpoint.take_events():
                self.told[host].append(event)
                self.react(host, event)
            for send in endpoint.take_sends():
                for delay in self.fate(self.chance):
                    source = Address(send.to.transport, host, 5060)
                    data = self.damage(send.data)
                    packet = (self.now + delay, next(self._numbers), send.to.host, data, source)
                    heapq.heappush(self._air, packet)

    def run(self, seconds: float) -> None:
        """Let time go by."""
        end = self.now + seconds
        self.pump()
        while True:
            wakes = [at for e in self.endpoints.values() if (at := e.next_wake) is not None]
            at = min([self._air[0][0]] if self._air else [], default=None)
            times = [*wakes, *([] if at is None else [at])]
            if not times or min(times) > end:
                break
            self.now = max(self.now, min(times))
            while self._air and self._air[0][0] <= self.now:
                _, _, host, data, source = heapq.heappop(self._air)
                if host in self.endpoints:
                    self.endpoints[host].receive(data, source, self.now)
            for endpoint in self.endpoints.values():
                endpoint.wake(self.now)
            self.pump()
        self.now = end
