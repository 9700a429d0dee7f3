"""The media engine of Offhook: Janus' AudioBridge rooms, with rtpengine before every phone leg.

`JanusEngine` implements `MediaEngine`. It is made from `MediaSettings`, started, used from the event loop that
started it, and shut down; it runs its own Janus and rtpengine.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path

from offhook.kernel.errors import Conflict, Invalid
from offhook.voice.media import watch
from offhook.voice.media.audiobridge import Seat
from offhook.voice.media.configuration import MediaSettings
from offhook.voice.media.descriptions import audio_of, our_offer
from offhook.voice.media.digits import KEYS, Pressed
from offhook.voice.media.engine import (
    Candidate,
    DeviceConnected,
    DigitPressed,
    EngineBack,
    EngineLost,
    Group,
    MediaEngine,
    MediaEvent,
    MediaUnavailable,
    PartyLost,
    PlayEnded,
    Statistics,
)
from offhook.voice.media.janus import HandleEvent
from offhook.voice.media.parties import Device, Parties, Party, PhoneLeg
from offhook.voice.media.playing import Playings
from offhook.voice.media.relay import CARRIER
from offhook.voice.media.sounds import prepared
from offhook.voice.media.supervisor import Callbacks, Supervisor
from offhook.voice.media.taps import RoomTap
from offhook.voice.media.watching import watch_over

log = logging.getLogger(__name__)

_LONGEST_STEM = 220
"""Characters of a recording's path that Janus keeps."""


class JanusEngine(MediaEngine):
    """The engine. All methods of `MediaEngine`, and `start` and `shut_down`."""

    def __init__(self, settings: MediaSettings) -> None:
        """Nothing runs yet."""
        self._settings = settings
        self._events: asyncio.Queue[MediaEvent] = asyncio.Queue()
        self._parties = Parties()
        self._playings = Playings(lambda playing: self._events.put_nowait(PlayEnded(playing)))
        self._taps: set[RoomTap] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._engine = Supervisor(
            settings, Callbacks(self._on_event, self._on_key, self._on_lost, self._on_legs_lost, self._on_back)
        )

    async def start(self) -> None:
        """Start Janus and rtpengine. Raises `MediaUnavailable`, naming what is missing."""
        await self._engine.start()
        self._soon(watch_over(self._engine, self._parties, self._settings, self._lose))

    async def shut_down(self) -> None:
        """End both, and with them every call's media."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for tap in self._taps:
            tap.cut()
        self._playings.clear()
        await self._engine.stop()

    @property
    def supervisor(self) -> Supervisor:
        """Its processes and the connections to them, for those who measure or watch over the machine."""
        return self._engine

    async def events(self) -> AsyncIterator[MediaEvent]:
        """What happens by itself, in order; for one reader."""
        while True:
            yield await self._events.get()

    def check_legs(self) -> None:
        """Raises `MediaUnavailable` while Janus or the relay is being started again."""
        _ = self._engine.bridge, self._engine.relay

    async def open_room(self) -> str:
        """A room of its own, empty; its id."""
        if self._engine.memory > self._settings.rss_hard:
            raise MediaUnavailable(
                "The media engine holds too much memory; it starts afresh when calls have ended"
            )
        return await self._engine.rooms.take()

    async def close_room(self, room: str) -> None:
        """Give a room back; legs in it are released, devices go to rest, files stop."""
        rooms = self._engine.rooms
        for party in self._parties.within(room):
            await (self.rest if isinstance(party, Device) else self.release)(party.seat.party)
        for playing in self._playings.within(room):
            await self.stop(room, playing)
        rooms.give_back(room)

    async def offer(self, party: str, room: str, group: Group) -> str:
        """Make a phone leg in a room, for an outbound call; the SDP to send in the INVITE."""
        return await self._new_leg(party, room, group, None)

    async def accept(self, party: str, offer: str | None, room: str, group: Group) -> str:
        """Make a phone leg for an inbound call; the SDP to answer with, or ours where there was no offer."""
        return await self._new_leg(party, room, group, offer)

    async def _new_leg(self, party: str, room: str, group: Group, theirs: str | None) -> str:
        if self._parties.find(party) is not None:
            raise Conflict(f"There is a leg or device {party} in the media engine already.")
        bridge, relay = self._engine.bridge, self._engine.relay
        if theirs is not None:
            audio_of(theirs)
        leg = PhoneLeg(Seat(party, room, group, is_muted=False), await bridge.attach())
        self._parties.add(leg)

        async def join(port: int) -> int:
            return await bridge.join_by_rtp(leg.handle or 0, leg.seat, port)

        try:
            async with leg.turn:
                return await (relay.prepare(leg, join) if theirs is None else relay.hear(leg, theirs, join))
        except BaseException:
            await self.release(party)
            raise

    async def answered(self, party: str, sdp: str) -> None:
        """The carrier's SDP, of a 18x (early media) or 2xx; may be called again. Raises `BadOffer`."""
        leg = self._parties.leg(party)
        async with leg.turn:
            await self._engine.relay.hear(leg, sdp)

    async def reoffered(self, party: str, offer: str | None) -> str:
        """The other side offers anew: the SDP to answer with; without an offer, ours anew. Raises `BadOffer`."""
        leg = self._parties.leg(party)
        async with leg.turn:
            if offer is not None:
                return await self._engine.relay.hear(leg, offer)
            leg.version += 1
            here = audio_of(leg.ours)
            return our_offer(here.address, here.port, leg.session, leg.version)

    async def move(self, party: str, room: str) -> None:
        """Take a leg or device to another room; a recording goes on in a new piece."""
        found = self._parties.get(party)
        async with found.turn:
            seat = found.reseat(room=room)
            if found.handle is not None:
                await self._engine.bridge.change_room(found.handle, seat)
            found.seat = seat
            await self._record_on(found)

    async def mute(self, party: str, *, is_muted: bool) -> None:
        """Let nobody hear a party, or again. It goes on hearing."""
        found = self._parties.get(party)
        async with found.turn:
            seat = found.reseat(is_muted=is_muted)
            if found.handle is not None:
                await self._engine.bridge.mute(seat)
            found.seat = seat

    async def release(self, party: str) -> None:
        """End a leg or device. Ending one that is gone is no error."""
        found = self._parties.remove(party)
        if found is None:
            return
        async with found.turn:
            await self._leave(found)

    async def _leave(self, party: Party) -> None:
        """Take away what a party holds; what is gone with its process is gone."""
        if isinstance(party, PhoneLeg):
            with suppress(MediaUnavailable):
                await self._engine.relay.end(party)
        handle, party.handle = party.handle, None
        with suppress(MediaUnavailable):
            if handle is not None:
                await self._engine.bridge.client.detach(handle)
            if isinstance(party, Device):
                self._engine.rooms.give_back(party.parking)

    async def connect_device(self, party: str, offer: str) -> str:
        """A browser's SDP offer; our answer. New ones rest until moved; known ones stay where they are."""
        bridge = self._engine.bridge
        device = await self._device(party)
        async with device.turn:
            old, device.handle = device.handle, None
            if old is not None:
                await bridge.leave(old)
                await bridge.client.detach(old)
            device.handle = await bridge.attach()
            try:
                answer = await bridge.join_by_browser(device.handle, device.seat, offer)
            except BaseException:
                await bridge.client.detach(device.handle)
                device.handle = None
                raise
            await self._record_on(device)
            return answer

    async def _device(self, party: str) -> Device:
        known = self._parties.find(party)
        if isinstance(known, Device):
            return known
        if known is not None:
            raise Conflict(f"{party} is a phone leg, not a device.")
        parking = await self._engine.rooms.take()
        device = Device(Seat(party, parking, Group.INSIDE, is_muted=False), None, parking=parking)
        self._parties.add(device)
        return device

    async def add_candidate(self, party: str, candidate: Mapping[str, object] | None) -> None:
        """An ICE candidate of the browser (trickle); None: that was all. Late ones are of no account."""
        found = self._parties.get(party)
        if found.handle is not None:
            await self._engine.bridge.trickle(found.handle, candidate)

    async def rest(self, party: str) -> None:
        """Take a device out of its room, to rest where nobody hears it."""
        found = self._parties.get(party)
        if not isinstance(found, Device):
            raise Conflict(f"{party} is a phone leg: only devices rest.")
        await self.move(party, found.parking)

    async def play(self, room: str, file: Path, *, is_looped: bool = False) -> str:
        """Play a sound file to all in a room; the id of the playing. Raises `Invalid` for what is no sound."""
        ready, seconds = await asyncio.to_thread(prepared, file, self._settings.folder / "sounds")
        playing = secrets.token_hex(8)
        self._playings.add(playing, room, None if is_looped else seconds)
        try:
            await self._engine.bridge.play(room, playing, ready, is_looped=is_looped)
        except BaseException:
            self._playings.remove(playing)
            raise
        return playing

    async def stop(self, room: str, playing: str) -> None:
        """Stop a file. Stopping one that has ended is no error."""
        if self._playings.remove(playing):
            await self._engine.bridge.stop(room, playing)

    async def send_digits(self, party: str, digits: str) -> None:
        """Press keys towards the carrier; returns when they are queued. Raises `Invalid` for other characters."""
        wrong = sorted(set(digits.upper()) - set(KEYS))
        if wrong:
            raise Invalid(f"Keys are 0-9, *, # and A-D, not {' '.join(wrong)}.")
        leg = self._parties.leg(party)
        async with leg.turn:
            if leg.theirs is None:
                raise Conflict(f"{party} has not answered yet: nobody would hear the keys.")
            await self._engine.relay.transcode(leg)
            for key in digits.upper():
                await self._engine.relay.press(leg, key)

    async def tap(self, room: str, group: Group) -> RoomTap:
        """Listen to one group of a room."""
        bridge, tap = self._engine.bridge, RoomTap()

        async def begin(port: int) -> int:
            return await bridge.forward(room, group, port)

        async def end(stream: int) -> None:
            self._taps.discard(tap)
            with suppress(MediaUnavailable):
                await bridge.stop_forward(room, stream)

        await tap.open(begin, end)
        self._taps.add(tap)
        return tap

    async def record(self, party: str, stem: Path) -> None:
        """Write what a party says to files beginning with `stem`, one for each stay in a room. Crash-safe."""
        if len(str(stem.absolute())) > _LONGEST_STEM:
            raise Invalid(f"A recording's path may have {_LONGEST_STEM} characters: {stem}.")
        found = self._parties.get(party)
        stem.parent.mkdir(parents=True, exist_ok=True)
        async with found.turn:
            found.recording = stem.absolute()
            await self._record_on(found)

    async def stop_recording(self, party: str) -> None:
        """End the piece. Where none runs it is no error."""
        found = self._parties.find(party)
        if found is None or found.recording is None:
            return
        async with found.turn:
            found.recording = None
            if found.handle is not None:
                await self._engine.bridge.stop_recording(found.handle)

    async def _record_on(self, party: Party) -> None:
        if party.recording is not None and party.handle is not None:
            piece = party.recording.with_name(f"{party.recording.name}.{time.time_ns()}")
            await self._engine.bridge.stop_recording(party.handle)
            await self._engine.bridge.record(party.handle, piece)

    async def statistics(self, party: str) -> Statistics | None:
        """How a phone leg fares; None: nothing known yet."""
        leg = self._parties.leg(party)
        answer = await self._engine.relay.query(leg)
        return watch.statistics(answer, leg.seen) if answer is not None else None

    def _on_event(self, event: HandleEvent) -> None:
        party = self._parties.by_handle(event.handle)
        if party is None:
            return
        name = party.seat.party
        match event.kind:
            case "webrtcup":
                self._events.put_nowait(DeviceConnected(name))
            case "hangup":
                self._hung_up(party, str(event.message.get("reason", "")))
            case "trickle":
                self._events.put_nowait(Candidate(name, _candidate(event.message.get("candidate"))))
            case "event":
                self._told(event.data)
            case _:
                pass

    def _told(self, data: Mapping[str, object]) -> None:
        if data.get("audiobridge") == "announcement-stopped":
            self._playings.ended(str(data.get("file_id")))
        left = self._parties.find(str(data.get("leaving")))
        is_ours = left is None or left.turn.locked() or left.seat.room != data.get("room")
        if isinstance(left, PhoneLeg) and not is_ours:
            self._lose(left, "the leg's media ended")

    def _hung_up(self, party: Party, reason: str) -> None:
        """A browser went: its device keeps its place, for when it comes back."""
        handle, party.handle = party.handle, None
        if handle is not None:
            self._soon(self._detach(handle))
        self._events.put_nowait(PartyLost(party.seat.party, reason or "the connection closed"))

    async def _detach(self, handle: int) -> None:
        with suppress(MediaUnavailable):
            await self._engine.bridge.client.detach(handle)

    def _lose(self, leg: PhoneLeg, reason: str) -> None:
        if self._parties.remove(leg.seat.party) is not None:
            self._soon(self._leave(leg))
            self._events.put_nowait(PartyLost(leg.seat.party, reason))

    def _on_key(self, pressed: Pressed) -> None:
        leg = self._parties.by_call(pressed.call)
        if leg is not None and pressed.tag == CARRIER:
            self._events.put_nowait(DigitPressed(leg.seat.party, pressed.key, pressed.milliseconds))

    async def _on_lost(self, reason: str) -> None:
        gone = self._parties.clear()
        self._playings.clear()
        for tap in self._taps:
            tap.cut()
        self._taps.clear()
        self._events.put_nowait(EngineLost(reason))
        for party in gone:
            party.handle = None
            await self._leave(party)

    async def _on_legs_lost(self, reason: str) -> None:
        for leg in self._parties.legs():
            self._lose(leg, reason)

    async def _on_back(self) -> None:
        self._events.put_nowait(EngineBack())

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("media engine: work in the background failed", exc_info=error)


def _candidate(told: object) -> Mapping[str, object] | None:
    """Janus' candidate; its "completed" is our None."""
    match told:
        case {"completed": True}:
            return None
        case {"candidate": str(candidate), "sdpMid": str(stream), "sdpMLineIndex": int(line)}:
            return {"candidate": candidate, "sdpMid": stream, "sdpMLineIndex": line}
        case _:
            return None
