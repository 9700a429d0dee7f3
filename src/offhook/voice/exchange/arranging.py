"""Has the media engine do what a call wants: the difference to what it was last asked for.

Music stops before somebody comes back, and starts after they are gone; speech is kept from when somebody is there.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from offhook.voice.calls.model import LOOPED, Call, LegKind, Part, Place, Sound
from offhook.voice.calls.wanted import Wanted, wanted
from offhook.voice.exchange.devices import party_of
from offhook.voice.exchange.live import Live
from offhook.voice.media.engine import Group, MediaEngine

log = logging.getLogger("offhook.voice")

Pieces = Callable[[Live, str], Path]
"""Where the engine writes the next piece of a leg's speech; the piece is noted in the record."""

Sounds = Callable[[Live, Sound], Path]


def party(call: Call, leg_id: str) -> str:
    """How the engine knows a leg: phones by their own ids, devices by their users."""
    leg = call.legs[leg_id]
    return party_of(leg.user_id) if leg.kind is LegKind.DEVICE and leg.user_id else leg_id


def group_of(call: Call, leg_id: str) -> Group:
    """Whose speech it is."""
    return Group.OUTSIDE if call.legs[leg_id].part is Part.PERSON else Group.INSIDE


async def room_of(media: MediaEngine, live: Live, place: Place) -> str:
    """The room of a place, opened when first needed."""
    if place not in live.rooms:
        live.rooms[place] = await media.open_room()
    return live.rooms[place]


async def arrange(media: MediaEngine, live: Live, sounds: Sounds, pieces: Pieces) -> None:
    """Ask for the difference. Raises `MediaUnavailable`; what was done by then is remembered."""
    want = wanted(live.call)
    await _stop_recording(media, live, want)
    await _stop_sounds(media, live, want)
    await _move(media, live, want)
    await _start_sounds(media, live, want, sounds)
    await _mute(media, live, want)
    for leg in sorted(want.recorded - live.recorded):
        live.recorded.add(leg)
        await media.record(party(live.call, leg), pieces(live, leg))


async def give_back(media: MediaEngine, live: Live) -> None:
    """The rooms of a call that is over."""
    for room in live.rooms.values():
        await media.close_room(room)
    live.rooms.clear()


async def _stop_recording(media: MediaEngine, live: Live, want: Wanted) -> None:
    for leg in sorted(live.recorded - want.recorded):
        live.recorded.discard(leg)
        await media.stop_recording(party(live.call, leg))


async def _stop_sounds(media: MediaEngine, live: Live, want: Wanted) -> None:
    for place, (sound, playing) in list(live.playing.items()):
        if want.sounds.get(place) is not sound:
            del live.playing[place]
            await media.stop(live.rooms[place], playing)


async def _move(media: MediaEngine, live: Live, want: Wanted) -> None:
    for leg in [leg for leg in live.placed if live.call.legs[leg].is_over]:
        del live.placed[leg]
        if live.call.legs[leg].kind is LegKind.DEVICE:
            await media.rest(party(live.call, leg))
    for leg, place in want.places.items():
        if live.placed.get(leg) is not place:
            live.placed[leg] = place
            await media.move(party(live.call, leg), await room_of(media, live, place))


async def _start_sounds(media: MediaEngine, live: Live, want: Wanted, sounds: Sounds) -> None:
    for place, sound in want.sounds.items():
        if place not in live.playing:
            room = await room_of(media, live, place)
            playing = await media.play(room, sounds(live, sound), is_looped=sound in LOOPED)
            live.playing[place] = (sound, playing)


async def _mute(media: MediaEngine, live: Live, want: Wanted) -> None:
    for leg in sorted(want.muted ^ live.muted):
        live.muted ^= {leg}
        if not live.call.legs[leg].is_over:
            await media.mute(party(live.call, leg), is_muted=leg in want.muted)
