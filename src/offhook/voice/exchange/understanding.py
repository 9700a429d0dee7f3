"""What engines tell, put into the words of the call: early media joined, the next trunk tried, offers answered.

Runs in the call's own task, so that what is told of a call is worked in the order in which it was told.
"""

from offhook.kernel.errors import OffhookError
from offhook.voice.calls import inputs as i
from offhook.voice.calls.model import Cause, LegState
from offhook.voice.exchange import placing
from offhook.voice.exchange.live import Live
from offhook.voice.media.engine import MediaEngine, MediaEvent, PartyLost, PlayEnded
from offhook.voice.signalling import (
    Answered,
    Ended,
    Referred,
    Refused,
    Reoffered,
    SignallingEvent,
    SignallingPort,
    Trying,
)
from offhook.voice.sip.causes import cause_of

RINGING = 180
"""From here on a provisional answer says that somebody is being reached (RFC 3261, section 21.1)."""

Input = i.Command | i.Signal


async def understood(
    media: MediaEngine, signalling: SignallingPort, live: Live, told: Input | SignallingEvent | MediaEvent
) -> Input | None:
    """The command or signal that is meant; None when nothing follows for the call itself."""
    match told:
        case Trying():
            return await _trying(media, live, told)
        case Answered():
            return await _answered(media, signalling, told)
        case Refused():
            return await _refused(media, signalling, live, told)
        case Reoffered():
            return await _reoffered(media, signalling, told)
        case Referred(leg, target):
            return i.TransferDeclined(leg, target)
        case Ended(leg, code):
            live.offers.pop(leg, None)
            return i.LegGone(leg, Cause.HUNG_UP, code or None)
        case PartyLost(party):
            await signalling.hang_up(party)
            return i.LegGone(party, Cause.LINK_LOST)
        case PlayEnded(playing):
            places = [place for place, (_, one) in live.playing.items() if one == playing]
            return i.SoundEnded(places[0]) if places else None
        case _:
            return told if isinstance(told, Input) else None


async def _trying(media: MediaEngine, live: Live, told: Trying) -> Input | None:
    if told.sdp is not None:
        await media.answered(told.leg, told.sdp)
        live.has_early_media = True
    return i.LegRinging(told.leg) if told.code >= RINGING else None


async def _answered(media: MediaEngine, signalling: SignallingPort, told: Answered) -> Input:
    """An answer whose sound cannot be understood is no answer: it is hung up, and said so."""
    try:
        if told.sdp is not None:
            await media.answered(told.leg, told.sdp)
    except OffhookError:
        await signalling.hang_up(told.leg)
        return i.LegGone(told.leg, Cause.REFUSED, placing.NOT_UNDERSTOOD)
    return i.LegUp(told.leg)


async def _refused(media: MediaEngine, signalling: SignallingPort, live: Live, told: Refused) -> Input | None:
    """By this trunk; the next one may get through, as long as nobody was reached."""
    leg = live.call.legs.get(told.leg)
    outward = live.outward.get(told.leg)
    is_first_answer = leg is not None and leg.state is LegState.DIALING
    if leg is not None and outward and outward.hops and is_first_answer and cause_of(told.code).tries_next:
        try:
            await placing.dial_again(media, signalling, live, leg)
        except OffhookError:
            return i.LegRefused(told.leg, told.code)
        return None
    return i.LegRefused(told.leg, told.code)


async def _reoffered(media: MediaEngine, signalling: SignallingPort, told: Reoffered) -> None:
    try:
        await signalling.answer_reoffer(told.leg, await media.reoffered(told.leg, told.sdp))
    except OffhookError:
        await signalling.refuse_reoffer(told.leg)
