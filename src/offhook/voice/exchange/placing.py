"""Places, answers and ends the phone legs of a call: signalling and media for one leg, step by step."""

import logging
from dataclasses import replace

from offhook.kernel.errors import OffhookError
from offhook.voice.calls.model import Leg, LegKind, LegState, Part, Place
from offhook.voice.exchange.arranging import group_of, party, room_of
from offhook.voice.exchange.live import Live
from offhook.voice.media.engine import MediaEngine
from offhook.voice.signalling import SignallingPort

log = logging.getLogger("offhook.voice")

NOBODY_THERE, NOT_UNDERSTOOD = 480, 488
"""SIP codes of our refusals: temporarily unavailable, not acceptable here (RFC 3261, section 21.4)."""


class NoWay(OffhookError):
    """There is no trunk (left) by which a number can be reached."""

    status = 503
    code = "no-trunk"


async def dial(media: MediaEngine, signalling: SignallingPort, live: Live, leg: Leg) -> None:
    """Place a leg by the first of its ways that is left. Raises `NoWay` and what the engines raise."""
    outward = live.outward[leg.id]
    if not outward.hops:
        raise NoWay("No trunk leads to this number now. Ask an admin to look at Settings, Telephony.")
    hop, *others = outward.hops
    live.outward[leg.id] = replace(outward, hops=tuple(others))
    live.placed[leg.id] = leg.place
    sdp = await media.offer(leg.id, await room_of(media, live, leg.place), group_of(live.call, leg.id))
    await signalling.invite(
        leg.id, outward.permit, hop, caller=outward.caller, caller_name=outward.caller_name, sdp=sdp
    )


async def dial_again(media: MediaEngine, signalling: SignallingPort, live: Live, leg: Leg) -> None:
    """Place a leg that was refused by its next way."""
    await media.release(leg.id)
    await dial(media, signalling, live, leg)


async def answer(media: MediaEngine, signalling: SignallingPort, live: Live, leg: Leg) -> None:
    """Take a caller's leg."""
    offer = live.offers.pop(leg.id, None)
    live.placed[leg.id] = Place.TALK
    room = await room_of(media, live, Place.TALK)
    sdp = await media.accept(leg.id, offer, room, group_of(live.call, leg.id))
    await signalling.answer(leg.id, sdp)


async def end(
    media: MediaEngine, signalling: SignallingPort, live: Live, leg: Leg, *, is_ours: bool, was: LegState
) -> None:
    """End a leg: tell the other side if it was us, let the engine forget it. A device is put to rest elsewhere."""
    if leg.id in live.recorded:
        live.recorded.discard(leg.id)
        await media.stop_recording(party(live.call, leg.id))
    if leg.kind is LegKind.DEVICE:
        return
    if is_ours and leg.part is Part.PERSON and was is LegState.RINGING and leg.id in live.offers:
        await signalling.refuse(leg.id, NOBODY_THERE)
    elif is_ours:
        await signalling.hang_up(leg.id)
    live.placed.pop(leg.id, None)
    await media.release(leg.id)
