"""Listens who answers a call that we placed, a human or a machine, and when a machine's beep comes; no more."""

import asyncio
import logging

from offhook.activities import Direction
from offhook.kernel.errors import OffhookError
from offhook.voice.calls import inputs as i
from offhook.voice.calls.model import Heard, Place, Status
from offhook.voice.exchange.live import Live
from offhook.voice.media.amd import Answerer, BeepDetector, Detector
from offhook.voice.media.engine import Group, MediaEngine

log = logging.getLogger("offhook.voice")

LONGEST_SECONDS = 40.0
"""By then every greeting is over."""

_HEARD = {Answerer.HUMAN: Heard.HUMAN, Answerer.MACHINE: Heard.MACHINE}


async def listen(media: MediaEngine, live: Live) -> None:
    """Tell the call who answered, and of a beep while nobody human was heard."""
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await _listen(media, live)
    except TimeoutError:
        return
    except OffhookError as error:
        log.info("Who answered call %s is not known: %s", live.id, error)


async def _listen(media: MediaEngine, live: Live) -> None:
    tap = await media.tap(live.rooms[Place.TALK], Group.OUTSIDE)
    detector, beeps = Detector(), BeepDetector()
    heard: Heard | None = None
    try:
        async for frame in tap.frames():
            if live.call.status is not Status.TALKING:
                return
            verdict = detector.hear(frame) if heard is None else None
            if verdict is not None and verdict.answerer in _HEARD:
                heard = _HEARD[verdict.answerer]
                live.inbox.put_nowait((i.Listened(heard), None))
            if heard is Heard.HUMAN:
                return
            if beeps.hear(frame) is not None:
                live.inbox.put_nowait((i.Beeped(), None))
                return
    finally:
        await tap.close()


def is_worth_listening(live: Live) -> bool:
    """Whether who answers is not known anyway: we called, and nobody but the person is at the other end."""
    return live.call.direction is Direction.OUTBOUND and not live.call.is_internal and live.call.heard is None
