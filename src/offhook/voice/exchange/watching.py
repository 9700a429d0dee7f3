"""Looks every so often how the lines of running calls fare, and shows it: loss, jitter, MOS, one side unheard."""

import asyncio
import logging

from offhook.kernel.errors import OffhookError
from offhook.voice.calls.model import LegKind, LegState
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.live import Live, Quality
from offhook.voice.media.engine import Statistics
from offhook.voice.media.quality import Flow, flow, of_leg

log = logging.getLogger("offhook.voice")

EVERY_SECONDS = 3.0


async def watch_quality(exchange: Exchange) -> None:
    """For as long as the exchange runs."""
    earlier: dict[str, Statistics] = {}
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        running = exchange.running()
        for live in running:
            try:
                await _look(exchange, live, earlier)
            except OffhookError as error:
                log.info("How call %s fares is not known: %s", live.id, error)
            except Exception:
                log.exception("How call %s fares could not be looked at.", live.id)
        legs = {live.call.person.id for live in running if live.call.person}
        earlier = {leg: seen for leg, seen in earlier.items() if leg in legs}


async def _look(exchange: Exchange, live: Live, earlier: dict[str, Statistics]) -> None:
    person = live.call.person
    if person is None or person.kind is not LegKind.PHONE or person.state is not LegState.UP:
        return
    seen = await exchange.media.statistics(person.id)
    if seen is None:
        return
    before = earlier.get(person.id)
    earlier[person.id] = seen
    quality = Quality(
        loss=seen.loss,
        jitter=seen.jitter,
        mos=round(of_leg(seen).mos, 2),
        is_one_way=before is not None and flow(before, seen) in (Flow.DEAF, Flow.MUTE),
    )
    if quality != live.quality:
        live.quality = quality
        exchange.show(live)
