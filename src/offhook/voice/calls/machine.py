"""The state machine of a call, pure: `decide(call, told, now) → events`, `apply(call, event, now) → call`.

    outbound   DIALING → RINGING → TALKING → ENDED          TALKING → MESSAGE (ours is left) → ENDED
    inbound    RINGING → TALKING → ENDED                    RINGING → MESSAGE (theirs is taken) → ENDED

Two places are enough for everything: whoever talks is in TALK, the person who waits is in HOLD with music. A
consult is the person in HOLD while a colleague is in TALK; a conference is all in TALK; a transfer is the owner
leaving. What never happens, and the tests hold it to: a person who is up while nobody of ours is in TALK and
nothing is played or waited for; anything after the end; recording that is forbidden, or before its announcement.

A decision is told as a story (`story.py`): each fact is worked in before the next is decided. One decider for each
command and signal stands in the table of `deciding.py`.
"""

from datetime import datetime

from offhook.kernel.errors import Conflict
from offhook.voice.calls.applying import apply
from offhook.voice.calls.deciding import DECIDERS
from offhook.voice.calls.events import Event
from offhook.voice.calls.inputs import Command, HangUp, Signal
from offhook.voice.calls.model import Call
from offhook.voice.calls.story import Story

__all__ = ["apply", "decide"]


def decide(call: Call, told: Command | Signal, now: datetime) -> tuple[Event, ...]:
    """What follows. Raises `Conflict`, with what to do, for a command that does not hold now.

    Signals that come too late (of a leg or call that is over) lead to nothing.
    """
    if call.is_over:
        if isinstance(told, Command) and not isinstance(told, HangUp):
            raise Conflict("The call is over.", code="call-over")
        return ()
    story = Story(call, now)
    DECIDERS[type(told)](story, told)
    return tuple(story.events)
