"""The watch over a running engine: legs that fell silent or send odd packets, processes that hang, memory."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from offhook.voice.media import watch
from offhook.voice.media.configuration import MediaSettings
from offhook.voice.media.engine import BadOffer, MediaUnavailable
from offhook.voice.media.parties import Parties, PhoneLeg
from offhook.voice.media.supervisor import Supervisor

_EVERY = 2.0
"""Seconds between rounds."""
_CHECK_EVERY = 5
"""Every so many rounds the processes are asked whether they live."""

Lose = Callable[[PhoneLeg, str], None]
"""Gives a leg up, and tells why."""


async def watch_over(engine: Supervisor, parties: Parties, settings: MediaSettings, lose: Lose) -> None:
    """Go round for ever."""
    number = 0
    while True:
        await asyncio.sleep(_EVERY)
        number += 1
        for leg in parties.legs():
            with suppress(MediaUnavailable, BadOffer):
                await _look_at(leg, engine, settings, lose)
        if number % _CHECK_EVERY == 0:
            await engine.check()
        _renew_janus(engine, parties, settings)


async def _look_at(leg: PhoneLeg, engine: Supervisor, settings: MediaSettings, lose: Lose) -> None:
    if leg.audio is None:
        return
    answer = await engine.relay.query(leg)
    if answer is None:
        lose(leg, "the relay does not know the leg any more")
        return
    found = watch.look(
        leg.seen,
        watch.counted(answer),
        asyncio.get_running_loop().time(),
        is_expected=leg.audio.sends_sound,
        silent_after=settings.silent_after,
    )
    leg.seen = found.seen
    if found.is_silent:
        lose(leg, f"nothing came from the carrier for {settings.silent_after:g} s")
    elif found.has_odd_packets and not leg.transcodes:
        async with leg.turn:
            await engine.relay.transcode(leg)


def _renew_janus(engine: Supervisor, parties: Parties, settings: MediaSettings) -> None:
    """Janus gives memory back only by ending: at a moment when no call needs it. Devices connect again."""
    if engine.memory < settings.rss_soft or parties.legs():
        return
    with suppress(MediaUnavailable):
        parked = {one.parking for one in parties.devices()}
        if not engine.rooms.in_use - parked:
            engine.restart_janus()
