"""`apply`: what a call is after an event. Pure, and total: any event fits any call."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from offhook.voice.calls import events as e
from offhook.voice.calls.model import Call, Leg, LegState, Part, Place, Recording, Sound, Status, Timer


def apply(call: Call, event: e.Event, now: datetime) -> Call:
    """The call once this is so."""
    match event:
        case e.LegAdded(leg):
            return _with(call, replace(leg, up_at=now) if leg.state is LegState.UP else leg)
        case e.LegRang() | e.LegTaken() | e.LegMoved() | e.LegMuted() | e.LegAway() | e.LegEnded():
            return _with(call, _leg_after(call.legs[event.leg], event, now))
        case e.Owned() | e.ColleagueJoined():
            return _after_change_of_hands(call, event, now)
        case e.SoundStarted() | e.SoundStopped():
            return replace(call, playing=_playing_after(call.playing, event))
        case e.TimerSet() | e.TimerCleared():
            return replace(call, timers=_timers_after(call.timers, event))
        case _:
            return _call_after(call, event, now)


def _with(call: Call, leg: Leg) -> Call:
    return replace(call, legs={**call.legs, leg.id: leg})


def _leg_after(
    leg: Leg, event: e.LegRang | e.LegTaken | e.LegMoved | e.LegMuted | e.LegAway | e.LegEnded, now: datetime
) -> Leg:
    match event:
        case e.LegRang():
            return replace(leg, state=LegState.RINGING)
        case e.LegTaken():
            return replace(leg, state=LegState.UP, up_at=now)
        case e.LegMoved(_, place):
            return replace(leg, place=place)
        case e.LegMuted(_, is_muted):
            return replace(leg, is_muted=is_muted)
        case e.LegAway(_, is_away):
            return replace(leg, is_away=is_away)
        case e.LegEnded():
            return replace(leg, state=LegState.ENDED, cause=event.cause, code=event.code, over_at=now)


def _after_change_of_hands(call: Call, event: e.Owned | e.ColleagueJoined, now: datetime) -> Call:
    leg = call.legs[event.leg]
    if isinstance(event, e.Owned):
        return replace(_with(call, replace(leg, part=Part.OWNER)), owner_id=leg.user_id or call.owner_id)
    return _with(call, replace(leg, joined_at=now))


def _playing_after(
    playing: Mapping[Place, Sound], event: e.SoundStarted | e.SoundStopped
) -> Mapping[Place, Sound]:
    rest = {place: sound for place, sound in playing.items() if place is not event.place}
    return {**rest, event.place: event.sound} if isinstance(event, e.SoundStarted) else rest


def _timers_after(
    timers: Mapping[Timer, datetime], event: e.TimerSet | e.TimerCleared
) -> Mapping[Timer, datetime]:
    rest = {timer: at for timer, at in timers.items() if timer is not event.timer}
    return {**rest, event.timer: event.at} if isinstance(event, e.TimerSet) else rest


def _call_after(call: Call, event: e.Event, now: datetime) -> Call:
    match event:
        case e.Rang():
            return replace(call, status=Status.RINGING)
        case e.Connected():
            return replace(call, status=Status.TALKING, answered_at=now)
        case e.MessageBegun():
            return replace(call, status=Status.MESSAGE, answered_at=call.answered_at or now)
        case e.MessageLeft():
            return replace(call, message_left=True)
        case e.AnswererHeard(heard):
            return replace(call, heard=heard)
        case e.RecordingChanged(to):
            return replace(call, recording=to)
        case e.Brought(purpose, to_ring):
            return replace(call, bringing=purpose, to_ring=to_ring)
        case e.CallEnded(cause, code):
            ended = replace(call, status=Status.ENDED, ended_at=now, cause=cause, code=code)
            return replace(ended, timers={}, playing={}, recording=Recording.OFF, bringing=None, to_ring=())
        case _:
            return call
