"""What the media engine should be doing for a call, as a pure function of the call.

The exchange compares it with what it last asked for and asks for the difference, so that a decision never says how
to get from one state to the next, and a lost step is made up for by the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from offhook.voice.calls.model import Call, LegState, Part, Place, Recording, Sound, Status


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where legs are, who is not heard, what is played, whose speech is kept."""

    places: Mapping[str, Place]
    muted: frozenset[str]
    sounds: Mapping[Place, Sound]
    recorded: frozenset[str]


NOTHING = Wanted({}, frozenset(), {}, frozenset())


def wanted(call: Call) -> Wanted:
    """What should be so now; nothing of a call that is over."""
    if call.is_over:
        return NOTHING
    up = {leg.id: leg for leg in call.running() if leg.state is LegState.UP}
    return Wanted(
        {leg.id: leg.place for leg in up.values()},
        frozenset(leg.id for leg in up.values() if leg.is_muted),
        dict(call.playing),
        _recorded(call),
    )


def _recorded(call: Call) -> frozenset[str]:
    """Who talks with the person; nobody while the person waits, as what is said then is not theirs to hear."""
    person = call.person
    if call.recording is not Recording.ON or person is None or person.place is Place.HOLD:
        return frozenset()
    if call.status is Status.MESSAGE:
        return frozenset({person.id})
    return frozenset(leg.id for leg in call.running() if leg.state is LegState.UP)


def is_outside(call: Call, leg_id: str) -> bool:
    """Whether a leg's speech belongs to the outside channel of a recording."""
    return call.legs[leg_id].part is Part.PERSON
