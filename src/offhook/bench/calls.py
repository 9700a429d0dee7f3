"""The whole telephone: from the request to the INVITE, from the answer to sound, and a hundred calls at once.

A server of its own (`bench.exchange`) with real Janus, rtpengine and PostgreSQL makes the calls. This process is
all that lies outside of it: the workbenches of a hundred reps (HTTP and the phone's WebSocket), their headsets,
and a carrier whose people answer at once. What is measured of the server is the processor time of its own process.
"""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from websockets.asyncio.client import ClientConnection, connect

from offhook import compliance
from offhook.bench.exchange import START_SECONDS, Served, served
from offhook.bench.headsets import INSIDE, OUTSIDE, Headset, Switchboard
from offhook.bench.model import Figure, at_most
from offhook.bench.scratch import Scratch, free_port, scratch_installation, wait_until_up
from offhook.identity import Role, add_user, issue_token
from offhook.kernel.database import SYSTEM
from offhook.voice import trunks
from offhook.voice.signalling import Ended, Hop, Incoming
from offhook.voice.sip import Settings, SipSignalling, Trunk
from offhook.voice.sip.limiter import Rate
from offhook.voice.trunks import Ring, RingKind

LOCAL = "127.0.0.1"
MANY, FEW = 100, 10
ONE_BY_ONE = 120
"""Calls that are placed one after another."""
WARM = 10
HELD_SECONDS = 20.0
A_SECOND = 10
"""Calls that are placed a second, on the way to many."""
SETTLE_SECONDS = 5.0
"""After the last answer: answering machines are listened for in the first seconds of a call."""
KEPT_ENDS = 20
"""Of so many calls both ends are heard, when many are on."""

MOST_TO_INVITE_MS = 30
MOST_TO_SOUND_MS = 150
MOST_GAP_MS = 60
MOST_SHARE = 0.15
MOST_GROWTH = 1.5


@dataclass(eq=False)
class Rep:
    """A rep at work: their token, their headset, the link of their phone."""

    token: str
    headset: Headset
    link: ClientConnection | None = None
    listening: "asyncio.Task[None] | None" = None


@dataclass(eq=False)
class Person:
    """Somebody called: when the INVITE came, when they answered, what they hear and say."""

    leg: str
    invited_at: float
    headset: Headset
    answered_at: float = 0.0


@dataclass(eq=False)
class Carrier:
    """The other end of the trunk; everybody answers at once."""

    signalling: SipSignalling
    board: Switchboard
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    """By the number called."""
    legs: dict[str, str] = field(default_factory=dict[str, str])

    async def serve(self) -> None:
        """Answer whoever is called; forget whoever hung up."""
        async for event in self.signalling.events():
            if isinstance(event, Incoming):
                person = Person(event.leg, time.perf_counter(), self.board.add(Headset(OUTSIDE)))
                self.people[event.called] = person
                self.legs[event.leg] = event.called
                person.headset.connect(event.sdp or "")
                person.answered_at = time.perf_counter()
                await self.signalling.answer(event.leg, person.headset.sdp)
            elif isinstance(event, Ended):
                self.board.remove(self.people.pop(self.legs.pop(event.leg)).headset)


@dataclass(frozen=True, slots=True)
class Timed:
    """One call's milliseconds: from the request to its INVITE, from the answer until both hear."""

    to_invite: float
    to_sound: float


@dataclass(frozen=True, slots=True)
class Load:
    """So many calls held at once: the share of a core of the server's process, its seconds for a call's beginning
    and end, and the longest gap heard at any end, in milliseconds."""

    share: float
    seconds_a_call: float
    gap: float


def figures() -> Iterable[Figure]:
    """What the exchange promises about time. Raises `Unavailable` without Janus or rtpengine."""
    with scratch_installation() as scratch:
        sip_port, carrier_port = free_port(), free_port()
        tokens = _prepare(scratch, carrier_port)
        with served(scratch, http_port=free_port(), sip_port=sip_port) as server:
            wait_until_up(f"http://{server.address}/healthz")
            timed, idle, few, many = asyncio.run(_measured(server, tokens, carrier_port))
    invites = [one.to_invite for one in timed]
    sounds = [one.to_sound for one in timed]
    yield at_most(
        "calls: request to INVITE on the wire, p99",
        _percentile(invites, 99),
        "ms",
        MOST_TO_INVITE_MS,
        f"{len(timed)} calls one by one: median {statistics.median(invites):.1f} ms, most {max(invites):.1f} ms",
    )
    yield at_most(
        "calls: answer to sound both ways, p95",
        _percentile(sounds, 95),
        "ms",
        MOST_TO_SOUND_MS,
        f"the same calls: median {statistics.median(sounds):.0f} ms, most {max(sounds):.0f} ms",
    )
    yield at_most(
        f"calls: own process with {MANY} calls on, share of a core",
        many.share,
        "cores",
        MOST_SHARE,
        f"{HELD_SECONDS:.0f} s held; idle {idle:.3f}, with {FEW} calls {few.share:.3f}",
    )
    yield at_most(
        f"calls: longest gap heard with {MANY} calls on",
        many.gap,
        "ms",
        MOST_GAP_MS,
        f"both ends of {KEPT_ENDS} of them for {HELD_SECONDS:.0f} s; with {FEW} calls {few.gap:.0f} ms",
    )
    yield at_most(
        f"calls: processor time to begin and end one, of {MANY} / of {FEW}",
        many.seconds_a_call / few.seconds_a_call,
        "x",
        MOST_GROWTH,
        f"{many.seconds_a_call * 1e3:.0f} ms against {few.seconds_a_call * 1e3:.0f} ms, with all that is written",
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _prepare(scratch: Scratch, carrier_port: int) -> list[str]:
    """Reps, a trunk to our carrier and a number of ours; the reps' tokens."""
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        reps: list[UUID] = [
            add_user(tx, email=f"rep{n}@bench.example", name=f"Rep {n}", role=Role.REP).id for n in range(MANY)
        ]
        trunk = trunks.add_trunk(
            tx, trunks.seal_of(scratch.settings), name="Carrier", host=LOCAL, port=carrier_port, region="US"
        )
        rings = Ring(RingKind.USER, reps[0])
        number = trunks.add_number(tx, number="+12125550142", trunk_id=trunk.id, rings=rings)
        trunks.change_organisation_calling(tx, 0, {"default_number_id": number.id})
        wide = compliance.CallingSettings(calls_per_minute=10_000, calls_per_minute_of_user=120)
        compliance.set_settings(tx, wide)
        return [issue_token(tx, rep, name="bench", scopes=["*"])[1] for rep in reps]


async def _measured(
    server: Served, tokens: Sequence[str], carrier_port: int
) -> tuple[list[Timed], float, Load, Load]:
    with Switchboard() as board:
        peer = Trunk(Hop("offhook", LOCAL, server.sip_port), ping_every=0)
        wide = Settings(trunk_rate=Rate(1e6, 1e6))
        async with SipSignalling([peer], bind=(LOCAL, carrier_port), settings=wide) as signalling:
            carrier = Carrier(signalling, board)
            serving = asyncio.create_task(carrier.serve())
            async with _workbenches(server, tokens, board) as (client, reps):
                floor = _Floor(client, reps, carrier)
                timed = [await floor.one(n) for n in range(WARM + ONE_BY_ONE)][WARM:]
                idle = await _share(server)
                few = await floor.held(FEW, server)
                many = await floor.held(MANY, server)
            serving.cancel()
    return timed, idle, few, many


@asynccontextmanager
async def _workbenches(
    server: Served, tokens: Sequence[str], board: Switchboard
) -> AsyncGenerator[tuple[httpx.AsyncClient, list[Rep]]]:
    """The reps, with their phones connected."""
    limits = httpx.Limits(max_connections=MANY, max_keepalive_connections=MANY)
    async with httpx.AsyncClient(base_url=f"http://{server.address}", timeout=30, limits=limits) as client:
        reps = [Rep(token, board.add(Headset(INSIDE))) for token in tokens]
        for rep in reps:
            await _connect(rep, server)
        yield client, reps
        for rep in reps:
            if rep.listening and rep.link:
                rep.listening.cancel()
                await rep.link.close()


async def _connect(rep: Rep, server: Served) -> None:
    """Open the phone's link and connect the headset."""
    headers = {"authorization": f"Bearer {rep.token}"}
    rep.link = link = await connect(f"ws://{server.address}/api/v1/phone", additional_headers=headers)
    async with asyncio.timeout(START_SECONDS):
        while json.loads(await link.recv()).get("state") != "ready":
            pass
        await link.send(json.dumps({"type": "connect", "sdp": rep.headset.sdp}))
        told: dict[str, dict[str, str]] = {}
        while not {"answer", "media"} <= told.keys():
            message = json.loads(await link.recv())
            told[message["type"]] = message
    rep.headset.connect(told["answer"]["sdp"])
    rep.listening = asyncio.create_task(_listen(rep.link))


async def _listen(link: ClientConnection) -> None:
    """Be a window that is open."""
    async for message in link:
        if json.loads(message)["type"] == "ping":
            await link.send(json.dumps({"type": "pong"}))


async def _share(server: Served) -> float:
    """The share of a core that the server's own process takes while it is left alone."""
    before, began = server.seconds(), time.perf_counter()
    await asyncio.sleep(HELD_SECONDS)
    return (server.seconds() - before) / (time.perf_counter() - began)


@dataclass(eq=False)
class _Floor:
    """The reps and whom they call; every call goes to a number that was not called before."""

    client: httpx.AsyncClient
    reps: Sequence[Rep]
    carrier: Carrier
    _called: int = 0

    async def one(self, number: int) -> Timed:
        """One call from the request until both hear, and its end."""
        rep = self.reps[number % len(self.reps)]
        rep.headset.heard.clear()
        call = await self._place(rep)
        await self._until(lambda: call.both_hear() is not None, "sound both ways")
        heard = call.both_hear() or 0.0
        await self._hang_up(call)
        await self._until(lambda: not self.carrier.people, "the end of the call")
        return Timed((call.person.invited_at - call.asked_at) * 1e3, (heard - call.person.answered_at) * 1e3)

    async def held(self, number: int, server: Served) -> Load:
        """So many calls at once."""
        before = server.seconds()
        calls = [await self._paced(rep) for rep in self.reps[:number]]
        begun = server.seconds() - before
        await asyncio.sleep(SETTLE_SECONDS)
        some = calls[:: max(1, number // KEPT_ENDS)]
        for call in calls:
            call.keep(is_kept=call in some)
        since = time.perf_counter()
        share = await _share(server)
        gap = max(call.longest_gap(since, time.perf_counter()) for call in some)
        before = server.seconds()
        for call in calls:
            await self._hang_up(call)
            call.keep(is_kept=True)
        await self._until(lambda: not self.carrier.people, "the end of all calls")
        await asyncio.sleep(1)
        return Load(share, (begun + server.seconds() - before) / number, gap * 1e3)

    async def _paced(self, rep: Rep) -> "_Placed":
        due = time.perf_counter() + 1 / A_SECOND
        placed = await self._place(rep)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return placed

    async def _place(self, rep: Rep) -> "_Placed":
        self._called += 1
        number = f"+1212556{self._called:04}"
        headers = {"authorization": f"Bearer {rep.token}"}
        asked = time.perf_counter()
        answer = await self.client.post("/api/v1/calls", json={"number": number}, headers=headers)
        answer.raise_for_status()
        await self._until(lambda: number in self.carrier.people, f"the INVITE to {number}")
        return _Placed(rep, asked, answer.json()["id"], self.carrier.people[number])

    async def _hang_up(self, call: "_Placed") -> None:
        headers = {"authorization": f"Bearer {call.rep.token}"}
        answer = await self.client.post(f"/api/v1/calls/{call.id}/hang-up", headers=headers)
        answer.raise_for_status()

    @staticmethod
    async def _until(holds: Callable[[], bool], what: str) -> None:
        until = time.perf_counter() + 20
        while not holds():
            if time.perf_counter() > until:
                raise TimeoutError(f"Waited in vain for {what}.")
            await asyncio.sleep(0.005)


@dataclass(frozen=True, eq=False)
class _Placed:
    """A call that was asked for, with both its ends."""

    rep: Rep
    asked_at: float
    id: str
    person: Person

    def both_hear(self) -> float | None:
        """When the later of the two heard the other."""
        inside = self.rep.headset.first_heard(OUTSIDE, self.person.answered_at)
        outside = self.person.headset.first_heard(INSIDE, self.person.answered_at)
        return None if inside is None or outside is None else max(inside, outside)

    def keep(self, *, is_kept: bool) -> None:
        """Keep what both hear from now on, or not."""
        for headset in (self.rep.headset, self.person.headset):
            headset.heard.clear()
            headset.is_kept = is_kept

    def longest_gap(self, since: float, until: float) -> float:
        """The longest that one of the two did not hear the other within that time, in seconds."""
        inside = self.rep.headset.longest_gap(OUTSIDE, since, until)
        return max(inside, self.person.headset.longest_gap(INSIDE, since, until))
