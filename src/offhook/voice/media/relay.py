"""A phone leg's way through rtpengine: negotiated, held, moved, asked about, keys pressed.

Every leg is one rtpengine call. Its offering side is always the carrier and its answering side the room, whoever
called whom, so that whatever the carrier says later is again an offer within the same call:

- The room's port at Janus is fixed when it joins, so the relay keeps its own ports, too, whatever the carrier does
  ("port latching"). For an outbound call the carrier is at first a placeholder without an address.
- Janus speaks only when it has heard something, as do some carriers: the relay says a short silence to Janus.
- Sound is taken only from where the carrier's came first ("strict source"): others' late packets, and strangers,
  are not heard.
- The relay notes directions but does not enforce them: towards a carrier that holds us, media is blocked.
- Sound goes through its codecs only where the carrier's differ from ours, and from the first key that we press.
"""

import io
import wave
from collections.abc import Awaitable, Callable, Mapping

from offhook.voice.media.bencode import Decoded, Value
from offhook.voice.media.descriptions import (
    Audio,
    Direction,
    answer_to,
    audio_of,
    audio_only,
    our_offer,
    placeholder,
    room_side,
)
from offhook.voice.media.engine import SAMPLE_RATE, BadOffer
from offhook.voice.media.parties import PhoneLeg
from offhook.voice.media.rtpengine import Answer, Refused, RtpengineClient, text

CARRIER, ROOM = "carrier", "room"
"""The tags of a call's two sides."""
KEY_MS, PAUSE_MS = 160, 100
"""How long a key is pressed, and left before the next."""

JoinRoom = Callable[[int], Awaitable[int]]
"""Seats the leg in its room given the relay's port; Janus' port."""


SILENCE_SAMPLES = 2 * SAMPLE_RATE // 50
"""Two packets of 20 ms: Janus waits for four before it begins, so sound comes sooner by them. What came of them
after that would stand before the carrier's own in its queue, and delay that for as long as the call lasts."""


def _silence() -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(bytes(2 * SILENCE_SAMPLES))
    return written.getvalue()


_SILENCE = _silence()


class Relay:
    """What is asked of one running rtpengine for phone legs."""

    def __init__(self, client: RtpengineClient) -> None:
        """Over an open client."""
        self.client = client

    async def prepare(self, leg: PhoneLeg, join: JoinRoom) -> str:
        """Make the leg before the carrier has said anything; the SDP to offer it."""
        leg.version += 1
        ours = await self._negotiate(leg, placeholder(), join)
        audio = audio_of(ours)
        leg.ours = our_offer(audio.address, audio.port, leg.session, leg.version)
        return leg.ours

    async def hear(self, leg: PhoneLeg, theirs: str, join: JoinRoom | None = None) -> str:
        """Take the carrier's SDP in, offer or answer; the SDP to answer with, if it was an offer.

        Raises `BadOffer`.
        """
        if theirs == leg.theirs:
            return leg.ours
        audio = audio_of(theirs)
        leg.version += 1
        answer = await self._negotiate(leg, audio_only(theirs), join)
        is_first = leg.theirs is None
        leg.theirs, leg.audio, leg.ours = theirs, audio, answer_to(theirs, answer)
        await self._hold(leg, audio)
        if is_first:
            await self.client.ask("play media", {**_call(leg), "from-tag": ROOM, "blob": _SILENCE})
        return leg.ours

    async def _negotiate(self, leg: PhoneLeg, theirs: str, join: JoinRoom | None) -> str:
        audio = audio_of(theirs)
        wanted = ["PCMU", *(["telephone-event"] if audio.has_digits else [])]
        flags = ["port latching", "strict source", *(["inject DTMF"] if leg.transcodes else [])]
        common: dict[str, Value] = {
            **_call(leg),
            "ICE": "remove",
            "generate RTCP": "on",
            "replace": ["origin", "session-connection"],
            "flags": flags,
        }
        offer: dict[str, Value] = {
            **common,
            "sdp": theirs,
            "direction": ["carrier", "engine"],
            "transport-protocol": "RTP/AVP",
            "codec": {"mask": ["all"], "transcode": wanted},
            "ptime": 20,
        }
        try:
            offered = text(await self.client.ask("offer", offer), "sdp")
            if join is not None:
                leg.room_port = await join(audio_of(offered).port)
            room = _room(leg, audio.direction.mirrored, has_digits=audio.has_digits)
            return text(await self.client.ask("answer", {**common, "to-tag": ROOM, "sdp": room}), "sdp")
        except Refused as refused:
            raise BadOffer(f"The SDP cannot be used: {refused}.") from refused

    async def _hold(self, leg: PhoneLeg, audio: Audio) -> None:
        command = "unblock media" if audio.wants_sound else "block media"
        await self.client.ask(command, {**_call(leg), "from-tag": ROOM})

    async def transcode(self, leg: PhoneLeg) -> None:
        """Lead all sound through the relay's codecs from now on."""
        if leg.transcodes or leg.theirs is None:
            return
        leg.transcodes = True
        await self._negotiate(leg, audio_only(leg.theirs), None)

    async def press(self, leg: PhoneLeg, key: str) -> None:
        """Press one key towards the carrier; keys queue up."""
        values = {**_call(leg), "from-tag": ROOM, "code": key, "duration": KEY_MS, "pause": PAUSE_MS}
        await self.client.ask("play DTMF", values)

    async def query(self, leg: PhoneLeg) -> Answer | None:
        """What the relay knows of the leg; None: it does not know it any more."""
        try:
            return await self.client.ask("query", _call(leg))
        except Refused:
            return None

    async def end(self, leg: PhoneLeg) -> None:
        """Forget the leg; one that is gone is no error."""
        try:
            await self.client.ask("delete", {**_call(leg), "delete-delay": 0})
        except Refused:
            return


def _call(leg: PhoneLeg) -> dict[str, Value]:
    return {"call-id": leg.call, "from-tag": CARRIER}


def _room(leg: PhoneLeg, direction: Direction, *, has_digits: bool) -> str:
    return room_side(leg.room_port, leg.session, leg.version, direction, has_digits=has_digits)


def side(answer: Answer, tag: str) -> Mapping[str, Decoded]:
    """The statistics of one side's RTP stream in a `query`; empty when there is none."""
    match answer.get("tags"):
        case dict(tags):
            match tags.get(tag):
                case {"medias": [{"streams": [dict(stream), *_]}, *_]}:
                    return stream
                case _:
                    return {}
        case _:
            return {}
