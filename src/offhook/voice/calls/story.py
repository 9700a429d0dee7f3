"""A decision as it is being made: each fact is worked into the call before the next is decided. Pure.

Also what several deciders say alike: ending a leg, putting the person on hold, ending all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from offhook.compliance import RecordingConsent
from offhook.kernel.errors import Conflict
from offhook.voice.calls import events as e
from offhook.voice.calls.applying import apply
from offhook.voice.calls.model import (
    Call,
    Candidate,
    Cause,
    Leg,
    LegKind,
    LegState,
    Part,
    Place,
    Recording,
    Sound,
    Status,
    Timer,
)


@dataclass
class Story:
    """The call as it is by now, and what was told so far."""

    call: Call
    now: datetime
    events: list[e.Event] = field(default_factory=list[e.Event])

    def tell(self, *events: e.Event) -> None:
        """State facts."""
        for event in events:
            self.call = apply(self.call, event, self.now)
            self.events.append(event)

    def wait(self, timer: Timer) -> None:
        """Wait for this as long as the call's terms say."""
        seconds: float = getattr(self.call.terms.limits, timer.value)
        self.tell(e.TimerSet(timer, self.now + timedelta(seconds=seconds)))

    def wait_no_more(self, *timers: Timer) -> None:
        """Stop waiting, if it was waited for."""
        for timer in timers:
            if timer in self.call.timers:
                self.tell(e.TimerCleared(timer))

    def silence(self, *places: Place) -> None:
        """Stop what is played there."""
        for place in places:
            if place in self.call.playing:
                self.tell(e.SoundStopped(place))

    def end_legs(self, legs: Iterable[Leg], cause: Cause) -> None:
        """End legs ourselves."""
        for leg in legs:
            self.tell(e.LegEnded(leg.id, cause, is_ours=True))


def require_talking(story: Story) -> Leg:
    """The person, who is being talked to. Raises `Conflict`."""
    person = story.call.person
    if story.call.status is not Status.TALKING or person is None or person.state is not LegState.UP:
        raise Conflict(
            "The call is over." if story.call.is_over else "Nobody has answered yet.", code="call-not-connected"
        )
    return person


def end(story: Story, cause: Cause, code: int | None = None) -> None:
    """All is over."""
    if story.call.is_over:
        return
    story.end_legs(story.call.running(), cause)
    story.tell(e.CallEnded(cause, code))


def connect(story: Story) -> None:
    """The person and somebody of ours can talk, for the first time; recording begins as the terms say."""
    story.tell(e.Connected())
    story.wait(Timer.LONGEST)
    if story.call.terms.records:
        begin_recording(story)


def begin_recording(story: Story) -> None:
    """Record, after the announcement that the policy asks for; not at all if it forbids it."""
    consent = story.call.terms.consent
    if consent is RecordingConsent.ANNOUNCE:
        story.tell(e.SoundStarted(Place.TALK, Sound.CONSENT))
    elif consent is RecordingConsent.ONE_PARTY:
        story.tell(e.RecordingChanged(Recording.ON))


def hold(story: Story, sound: Sound = Sound.HOLD_MUSIC) -> None:
    """The person waits."""
    person = story.call.person
    if person and person.state is LegState.UP and person.place is Place.TALK:
        story.silence(Place.TALK)
        story.tell(e.LegMoved(person.id, Place.HOLD), e.SoundStarted(Place.HOLD, sound))


def come_together(story: Story) -> None:
    """All who are up talk together."""
    person = story.call.person
    if person and person.place is Place.HOLD:
        story.silence(Place.HOLD)
        story.tell(e.LegMoved(person.id, Place.TALK))
    for leg in story.call.colleagues():
        if leg.state is LegState.UP and leg.joined_at is None:
            story.tell(e.ColleagueJoined(leg.id))


def wait_for_absent(story: Story) -> None:
    """While nobody of ours is heard, or a colleague who was called is away, it is waited, not for ever."""
    up = [leg for leg in story.call.running() if leg.state is LegState.UP]
    inside = [leg for leg in up if leg.part is not Part.PERSON]
    if all(leg.is_away for leg in inside) or any(leg.is_away for leg in up if leg.part is Part.PERSON):
        story.wait(Timer.AWAY)
    else:
        story.wait_no_more(Timer.AWAY)


def take_message(story: Story) -> None:
    """The caller, whom nobody answers, hears the greeting and may leave a message."""
    story.end_legs(story.call.colleagues(), Cause.NO_ANSWER)
    story.wait_no_more(Timer.RING, Timer.COLLEAGUE)
    person = story.call.person
    if person is None or person.is_over:
        return end(story, Cause.NO_ANSWER)
    if person.state is LegState.RINGING:
        story.tell(e.LegTaken(person.id, is_ours=True))
    if person.place is Place.HOLD:
        story.silence(Place.HOLD)
        story.tell(e.LegMoved(person.id, Place.TALK))
    story.tell(e.Brought(None), e.MessageBegun(), e.SoundStarted(Place.TALK, Sound.GREETING))
    story.wait(Timer.MESSAGE)
    return None


def ring(story: Story, candidates: Iterable[Candidate]) -> None:
    """Ring users, dial numbers."""
    for one in candidates:
        is_device = one.number is None
        kind = LegKind.DEVICE if is_device else LegKind.PHONE
        state = LegState.RINGING if is_device else LegState.DIALING
        story.tell(e.LegAdded(Leg(one.leg, kind, Part.COLLEAGUE, state, Place.TALK, one.user_id, one.number)))
