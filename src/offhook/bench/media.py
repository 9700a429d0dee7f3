"""From mouth to ear: how much our media engine adds to a bare Janus with a bare rtpengine, within one run.

Two pairs of phones share one room, so that one mixer at one moment serves both: one pair came through the engine,
the other by the plainest requests that make rtpengine and Janus pass sound. Both callers begin a tone with the
same tick of the clock; what is compared is when the tone arrives at the other end of each pair.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from offhook.bench.headsets import INSIDE, OUTSIDE, Headset
from offhook.bench.model import Figure, at_most, fact
from offhook.voice.media.audiobridge import Seat
from offhook.voice.media.configuration import MediaSettings
from offhook.voice.media.descriptions import Direction, audio_of, room_side
from offhook.voice.media.engine import Group
from offhook.voice.media.janus_engine import JanusEngine
from offhook.voice.media.rtpengine import text

MOST_ADDED_MS = 5
TONES = 60
_OURS, _BARE = INSIDE, OUTSIDE
"""Two tones that are told apart."""


def figures() -> Iterable[Figure]:
    """What the engine adds to the bare path. Raises `MediaUnavailable` where it is not installed."""
    ours, bare, lost = asyncio.run(_measured())
    added = statistics.median(a - b for a, b in zip(ours, bare, strict=True))
    detail = (
        f"{len(ours)} tones: median {statistics.median(ours):.1f} ms against {statistics.median(bare):.1f} ms bare"
    )
    yield at_most("media: mouth to ear, added by the engine", added, "ms", MOST_ADDED_MS, detail)
    yield fact("media: mouth to ear through the engine, p95", statistics.quantiles(ours, n=20)[-1], "ms", detail)
    yield fact("media: tones that did not arrive on either path", lost, "tones", f"of {TONES}")


async def _measured() -> tuple[list[float], list[float], int]:
    """Milliseconds for each tone on our path and on the bare one; how many tones were lost."""
    with tempfile.TemporaryDirectory() as folder:
        engine = JanusEngine(MediaSettings(folder=Path(folder)))
        await engine.start()
        try:
            room = await engine.open_room()
            phones = [Headset() for _ in range(4)]
            for phone in phones:
                asyncio.get_running_loop().add_reader(phone.line, phone.take)
            phones[0].connect(await engine.accept("our-caller", phones[0].sdp, room, Group.OUTSIDE))
            phones[1].connect(await engine.accept("our-callee", phones[1].sdp, room, Group.INSIDE))
            phones[2].connect(await _bare(engine, "bare-caller", phones[2].sdp, room))
            phones[3].connect(await _bare(engine, "bare-callee", phones[3].sdp, room))
            sending = asyncio.create_task(_send(phones))
            await asyncio.sleep(2)
            found = [await _one_tone(phones) for _ in range(TONES)]
            sending.cancel()
        finally:
            await engine.shut_down()
    complete = [pair for pair in found if pair is not None]
    return [a for a, _ in complete], [b for _, b in complete], len(found) - len(complete)


async def _bare(engine: JanusEngine, name: str, sdp: str, room: str) -> str:
    """Seat a phone by the plainest requests: one offer, one join, one answer."""
    relay, bridge = engine.supervisor.relay.client, engine.supervisor.bridge
    call = {"call-id": name, "from-tag": "a", "ICE": "remove", "replace": ["origin", "session-connection"]}
    offered = text(await relay.ask("offer", {**call, "sdp": sdp, "direction": ["carrier", "engine"]}), "sdp")
    handle = await bridge.client.attach()
    seat = Seat(name, room, Group.OUTSIDE, is_muted=False)
    own = await bridge.join_by_rtp(handle, seat, audio_of(offered).port)
    here = room_side(own, 1, 1, Direction.BOTH, has_digits=False)
    return text(await relay.ask("answer", {**call, "to-tag": "b", "sdp": here}), "sdp")


async def _send(phones: Iterable[Headset]) -> None:
    due = time.perf_counter()
    while True:
        due += 0.02
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        for phone in phones:
            phone.send()


async def _one_tone(phones: list[Headset]) -> tuple[float, float] | None:
    """Begin a tone at both callers; when each arrived, in milliseconds after."""
    for phone in phones:
        phone.heard.clear()
    began = time.perf_counter()
    phones[0].hertz, phones[2].hertz = _OURS, _BARE
    await asyncio.sleep(0.3)
    phones[0].hertz = phones[2].hertz = 0
    ours, bare = phones[1].first_heard(_OURS, began), phones[3].first_heard(_BARE, began)
    await asyncio.sleep(0.25 + random.random() / 20)
    return None if ours is None or bare is None else ((ours - began) * 1000, (bare - began) * 1000)
