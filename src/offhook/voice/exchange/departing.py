"""Sees off users whose window closed for good: their connection at the media engine is given back.

A window that is loaded again, or whose network is gone for a moment, comes back within seconds and finds its
place; until then, and as long as a call waits for it, nothing is taken away.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from uuid import UUID

from offhook.voice.exchange.devices import party_of
from offhook.voice.exchange.exchange import Exchange

log = logging.getLogger("offhook.voice")

GRACE_SECONDS = 60.0
"""A loaded page is back in a few seconds, a laptop that changes networks in some ten; calls wait for 30."""
EVERY_SECONDS = 5.0


def departed(left: Mapping[UUID, float], in_calls: AbstractSet[UUID], now: float, grace: float) -> frozenset[UUID]:
    """Who will not come back: away for `grace` seconds and in no call. `left` says since when each is away."""
    return frozenset(user_id for user_id, at in left.items() if now - at >= grace and user_id not in in_calls)


async def see_off(exchange: Exchange, *, grace: float = GRACE_SECONDS, every: float = EVERY_SECONDS) -> None:
    """For as long as the exchange runs."""
    while True:
        await asyncio.sleep(every)
        left = exchange.devices.left()
        in_calls = {user_id for user_id in left if exchange.call_of(user_id) is not None}
        for user_id in departed(left, in_calls, time.monotonic(), grace):
            if exchange.devices.forget(user_id):
                await _release(exchange, user_id)


async def _release(exchange: Exchange, user_id: UUID) -> None:
    try:
        await exchange.media.release(party_of(user_id))
    except Exception:
        log.exception("The connection of %s's closed window could not be given back.", user_id)
