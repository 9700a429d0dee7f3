"""Listens to both engines while the exchange runs, and passes on what they tell to the call it is about."""

import logging
from collections.abc import Awaitable, Callable

from offhook.voice.calls import inputs as i
from offhook.voice.exchange.devices import Device
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.media.engine import (
    Candidate,
    DeviceConnected,
    DigitPressed,
    EngineBack,
    EngineLost,
    MediaEvent,
    PartyLost,
    PlayEnded,
)
from offhook.voice.signalling import Incoming, KeyPressed, SignallingEvent, TrunkChanged

log = logging.getLogger("offhook.voice")

Arrivals = Callable[[Incoming], Awaitable[None]]
"""Takes in a call that comes from outside."""


async def hear_signalling(exchange: Exchange, arrive: Arrivals, health: Callable[[TrunkChanged], None]) -> None:
    """Pass on what signalling tells; a word at which we stumble keeps nobody from hearing the next."""
    async for event in exchange.signalling.events():
        try:
            _signalled(exchange, event, arrive, health)
        except Exception:
            log.exception("What signalling told led to a fault of ours: %s.", type(event).__name__)


def _signalled(
    exchange: Exchange, event: SignallingEvent, arrive: Arrivals, health: Callable[[TrunkChanged], None]
) -> None:
    match event:
        case Incoming():
            exchange.beside(_arrived(exchange, event, arrive))
        case TrunkChanged():
            health(event)
        case KeyPressed(leg, digit):
            exchange.digit(leg, digit)
        case _:
            exchange.hear(event.leg, event)


async def _arrived(exchange: Exchange, event: Incoming, arrive: Arrivals) -> None:
    """A call that cannot be taken in is refused, so that the caller does not wait for nothing."""
    try:
        await arrive(event)
    except Exception:
        log.exception("A call from outside could not be taken in.")
        await exchange.signalling.refuse(event.leg, 500)


async def hear_media(exchange: Exchange) -> None:
    """Pass on what the media engine tells; likewise."""
    async for event in exchange.media.events():
        try:
            _told(exchange, event)
        except Exception:
            log.exception("What the media engine told led to a fault of ours: %s.", type(event).__name__)


def _told(exchange: Exchange, event: MediaEvent) -> None:
    match event:
        case EngineLost(reason):
            _lost(exchange, reason)
        case EngineBack():
            for device in exchange.devices.all():
                device.tell({"type": "engine", "state": "ready"})
        case PlayEnded(playing):
            exchange.sound_ended(playing)
        case DigitPressed(party, digit):
            exchange.digit(party, digit)
        case DeviceConnected(party) | PartyLost(party) | Candidate(party) if device := _device(exchange, party):
            _of_device(exchange, device, event)
        case PartyLost(party):
            exchange.hear(party, event)
        case _:
            return


def _of_device(exchange: Exchange, device: Device, event: MediaEvent) -> None:
    if isinstance(event, Candidate):
        device.tell({"type": "candidate", "candidate": event.candidate})
    else:
        link_changed(exchange, device, is_away=isinstance(event, PartyLost))


def _device(exchange: Exchange, party: str) -> Device | None:
    return next((device for device in exchange.devices.all() if device.party == party), None)


def link_changed(exchange: Exchange, device: Device, *, is_away: bool) -> None:
    """A user's browser lost its link, or is back; the call that they are in waits for it a while."""
    device.has_media = not is_away
    device.tell({"type": "media", "is_connected": not is_away})
    live = exchange.call_of(device.user_id)
    if live is None:
        return
    for leg in live.call.running():
        if leg.user_id == device.user_id:
            live.inbox.put_nowait((i.LinkChanged(leg.id, is_away), None))


def _lost(exchange: Exchange, reason: str) -> None:
    log.warning("The media engine is lost: %s", reason)
    for live in exchange.running():
        live.inbox.put_nowait((i.EngineGone(), None))
    for device in exchange.devices.all():
        device.has_media = False
        device.tell({"type": "engine", "state": "lost", "reason": reason})
