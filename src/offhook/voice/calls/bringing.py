"""Bringing colleagues into a call: consult, blind transfer, live hand-off; and the owner's leaving. Pure."""

from offhook.activities import Direction
from offhook.kernel.errors import Conflict
from offhook.voice.calls import events as e
from offhook.voice.calls import inputs as i
from offhook.voice.calls.model import Bringing, Call, Candidate, Cause, LegState, Place, Sound, Timer
from offhook.voice.calls.story import (
    Story,
    come_together,
    end,
    hold,
    require_talking,
    ring,
    take_message,
    wait_for_absent,
)


def bring(story: Story, told: i.Bring) -> None:
    """Ring whoever is wanted; of a blind transfer the owner is out at once."""
    require_talking(story)
    if story.call.bringing is not None and story.call.colleagues():
        raise Conflict("Somebody is being brought in already; join or drop them first.", code="already-bringing")
    if not told.candidates:
        raise Conflict("There is nobody to bring in: none of them has a phone connected.", code="nobody-to-bring")
    if any(_is_here(story.call, one) for one in told.candidates):
        raise Conflict("Who is to be brought in is in this call already.", code="already-here")
    at_last = () if told.at_last is None else (told.at_last,)
    first, later = (told.candidates[:1], told.candidates[1:]) if told.in_order else (told.candidates, ())
    story.tell(e.Brought(told.purpose, (*later, *at_last)))
    if told.purpose is Bringing.TRANSFER:
        hold(story, Sound.RINGBACK)
        owner = story.call.owner
        story.end_legs([owner] if owner else [], Cause.TRANSFERRED)
    ring(story, first)
    story.wait(Timer.COLLEAGUE)


def _is_here(call: Call, one: Candidate) -> bool:
    users = {leg.user_id for leg in call.running() if leg.user_id is not None}
    return one.leg in call.legs or one.user_id in users


def brought_one(story: Story, leg_id: str) -> None:
    """Somebody who was rung is there: nobody else is rung any more."""
    waiting = [leg for leg in story.call.colleagues() if leg.state is not LegState.UP]
    story.end_legs(waiting, Cause.CANCELLED)
    story.wait_no_more(Timer.COLLEAGUE)
    story.tell(e.Brought(story.call.bringing))
    if story.call.owner is not None:
        return hold(story)
    come_together(story)
    story.tell(e.Owned(leg_id), e.Brought(None))
    return None


def try_next(story: Story) -> None:
    """Nobody of those who were rung came: the next is rung; without a next, all is as it was before."""
    if story.call.bringing is None or story.call.colleagues():
        return None
    story.wait_no_more(Timer.COLLEAGUE)
    if story.call.to_ring:
        following, *later = story.call.to_ring
        story.tell(e.Brought(story.call.bringing, tuple(later)))
        ring(story, [following])
        return story.wait(Timer.COLLEAGUE)
    story.tell(e.Brought(None))
    if story.call.owner is not None:
        return come_together(story)
    if story.call.direction is Direction.INBOUND:
        return take_message(story)
    return end(story, Cause.NO_ANSWER)


def drop(story: Story, told: i.Drop) -> None:
    """Colleagues are out again, or are not rung any more; the person is back with the owner."""
    require_talking(story)
    if story.call.owner is None:
        raise Conflict("Only who owns the call takes somebody out of it.", code="not-owned")
    if told.leg is not None and told.leg not in {leg.id for leg in story.call.colleagues()}:
        raise Conflict("Who is to be dropped is not in the call any more.", code="leg-over")
    if not story.call.colleagues() and story.call.bringing is None:
        return None
    for leg in story.call.colleagues():
        if told.leg in (None, leg.id):
            cause = Cause.ENDED if leg.state is LegState.UP else Cause.CANCELLED
            story.tell(e.LegEnded(leg.id, cause, is_ours=True))
    if told.leg is None:
        story.tell(e.Brought(story.call.bringing))
    if story.call.colleagues():
        return None
    if told.leg is not None and story.call.to_ring:
        return try_next(story)
    story.wait_no_more(Timer.COLLEAGUE)
    story.tell(e.Brought(None))
    come_together(story)
    return None


def leave(story: Story, _: i.Leave) -> None:
    """The owner leaves; the colleague owns the call."""
    require_talking(story)
    owner = story.call.owner
    staying = next((leg for leg in story.call.colleagues() if leg.state is LegState.UP), None)
    if owner is None or staying is None:
        raise Conflict("Nobody else of ours is in the call; bring somebody in, or hang up.", code="nobody-stays")
    come_together(story)
    story.tell(e.LegEnded(owner.id, Cause.TRANSFERRED, is_ours=True), e.Owned(staying.id), e.Brought(None))
    wait_for_absent(story)
    story.silence(Place.HOLD)
