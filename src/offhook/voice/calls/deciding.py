"""What follows from each command and signal: one short decider for each, and the table of them. Pure."""

from collections.abc import Callable, Mapping

from offhook.activities import Direction
from offhook.compliance import RecordingConsent
from offhook.kernel.errors import Conflict
from offhook.voice.calls import events as e
from offhook.voice.calls import inputs as i
from offhook.voice.calls.bringing import bring, brought_one, drop, leave, try_next
from offhook.voice.calls.model import (
    LOOPED,
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
from offhook.voice.calls.story import (
    Story,
    begin_recording,
    come_together,
    connect,
    end,
    hold,
    require_talking,
    ring,
    take_message,
    wait_for_absent,
)

DIGITS = frozenset("0123456789*#ABCD")
SKIP, DONE = "*", "#"
"""Keys of a caller who leaves a message."""
LONGEST_TARGET = 200
"""Characters that are kept of an address that others tell."""


def dial(story: Story, told: i.Dial) -> None:
    """Both legs are there at once, so that the owner hears what the network says (early media)."""
    owner = Leg(told.owner_leg, LegKind.DEVICE, Part.OWNER, LegState.UP, Place.TALK, user_id=story.call.owner_id)
    person = Leg(told.person_leg, LegKind.PHONE, Part.PERSON, LegState.DIALING, Place.TALK, number=told.number)
    story.tell(e.LegAdded(owner), e.LegAdded(person))
    story.wait(Timer.NO_ANSWER)


def dial_colleague(story: Story, told: i.DialColleague) -> None:
    """Their device rings as for a call from outside."""
    called = told.colleague
    owner = Leg(told.owner_leg, LegKind.DEVICE, Part.OWNER, LegState.UP, Place.TALK, user_id=story.call.owner_id)
    person = Leg(called.leg, LegKind.DEVICE, Part.PERSON, LegState.RINGING, Place.TALK, user_id=called.user_id)
    story.tell(e.LegAdded(owner), e.LegAdded(person), e.Rang())
    story.wait(Timer.NO_ANSWER)


def arrive(story: Story, told: i.Arrive) -> None:
    """Users are rung; without any the caller may leave a message."""
    person = Leg(told.person_leg, LegKind.PHONE, Part.PERSON, LegState.RINGING, Place.TALK, number=told.number)
    story.tell(e.LegAdded(person), e.Rang())
    if not told.users:
        return take_message(story)
    ring(story, told.users)
    story.wait(Timer.RING)
    return None


def take(story: Story, told: i.Take) -> None:
    """Who takes an inbound call owns it; who takes one they are brought into is a colleague."""
    leg = _ringing_device(story, told.leg)
    person = story.call.person
    story.tell(e.LegTaken(leg.id, is_ours=True))
    if leg.part is Part.PERSON:
        story.wait_no_more(Timer.NO_ANSWER)
        return connect(story)
    if person is None or person.state is not LegState.RINGING:
        return brought_one(story, leg.id)
    others = [one for one in story.call.colleagues() if one.id != leg.id]
    story.end_legs(others, Cause.CANCELLED)
    story.wait_no_more(Timer.RING)
    story.tell(e.Owned(leg.id), e.LegTaken(person.id, is_ours=True))
    connect(story)
    return None


def decline(story: Story, told: i.Decline) -> None:
    """The next is rung, or the caller may leave a message; a colleague who was called ends the call."""
    leg = _ringing_device(story, told.leg)
    if leg.part is Part.PERSON:
        return end(story, Cause.REFUSED)
    story.tell(e.LegEnded(leg.id, Cause.REFUSED, is_ours=True))
    return _after_none(story)


def _ringing_device(story: Story, leg_id: str) -> Leg:
    leg = story.call.legs.get(leg_id)
    if leg is None or leg.kind is not LegKind.DEVICE or leg.state is not LegState.RINGING:
        raise Conflict("This call does not ring any more; somebody else took it, or it ended.", code="not-ringing")
    return leg


def _after_none(story: Story) -> None:
    """Somebody who was rung does not come."""
    if any(leg.state is not LegState.UP for leg in story.call.colleagues()):
        return None
    person = story.call.person
    if person is not None and person.state is LegState.RINGING and story.call.direction is Direction.INBOUND:
        return take_message(story)
    try_next(story)
    return None


def hold_person(story: Story, _: i.Hold) -> None:
    """The person waits with music; waiting already, nothing changes."""
    require_talking(story)
    hold(story)


def resume(story: Story, _: i.Resume) -> None:
    """All talk together."""
    require_talking(story)
    come_together(story)


def hang_up(story: Story, _: i.HangUp) -> None:
    """For everybody. Hanging up what is over is no error: both sides may do so at once."""
    was_answered = story.call.answered_at is not None
    end(story, Cause.ENDED if was_answered else Cause.CANCELLED)


def mute(story: Story, told: i.Mute) -> None:
    """Nobody hears the leg, or again."""
    leg = story.call.legs.get(told.leg)
    if leg is None or leg.is_over:
        raise Conflict("Who is to be muted is not in the call any more.", code="leg-over")
    if leg.is_muted is not told.is_muted:
        story.tell(e.LegMuted(leg.id, told.is_muted))


def press(story: Story, told: i.Press) -> None:
    """Keys go to the person's phone."""
    person = require_talking(story)
    _require_phone(story)
    if not told.digits or not DIGITS.issuperset(told.digits):
        raise Conflict("Only 0 to 9, *, # and A to D can be pressed.", code="not-digits")
    story.tell(e.Pressed(person.id, told.digits))


def _require_phone(story: Story) -> None:
    if story.call.is_internal:
        raise Conflict("A colleague is no telephone: this is for calls to the network.", code="no-phone")


def record(story: Story, told: i.Record) -> None:
    """Record, pause, go on."""
    require_talking(story)
    now = story.call.recording
    if told.is_on and now is Recording.PAUSED:
        return story.tell(e.RecordingChanged(Recording.ON))
    if told.is_on and now is Recording.OFF:
        if story.call.terms.consent is RecordingConsent.FORBIDDEN:
            raise Conflict("The rules where the person is forbid recording this call.", code="recording-forbidden")
        if Sound.CONSENT not in story.call.playing.values():
            begin_recording(story)
        return None
    if not told.is_on and now is Recording.ON:
        story.tell(e.RecordingChanged(Recording.PAUSED))
    return None


def leave_message(story: Story, _: i.LeaveMessage) -> None:
    """The owner is free; the message goes on by itself."""
    require_talking(story)
    _require_phone(story)
    if story.call.direction is not Direction.OUTBOUND:
        raise Conflict("A message is left only where we called.", code="not-outbound")
    _leave_message(story)


def _leave_message(story: Story) -> None:
    story.end_legs([leg for leg in story.call.running() if leg.part is not Part.PERSON], Cause.MESSAGE_LEFT)
    story.wait_no_more(Timer.COLLEAGUE, Timer.AWAY)
    come_together(story)
    story.silence(Place.TALK)
    if story.call.recording is Recording.ON:
        story.tell(e.RecordingChanged(Recording.OFF))
    story.tell(e.Brought(None), e.MessageBegun(), e.SoundStarted(Place.TALK, Sound.MESSAGE))
    story.wait(Timer.MESSAGE)


def leg_ringing(story: Story, told: i.LegRinging) -> None:
    """A phone rings."""
    leg = story.call.legs.get(told.leg)
    if leg is None or leg.state is not LegState.DIALING:
        return
    story.tell(e.LegRang(leg.id))
    if leg.part is Part.PERSON and story.call.status is Status.DIALING:
        story.tell(e.Rang())


def leg_up(story: Story, told: i.LegUp) -> None:
    """A phone that we dialled was answered."""
    leg = story.call.legs.get(told.leg)
    if leg is None or leg.kind is not LegKind.PHONE or leg.state not in (LegState.DIALING, LegState.RINGING):
        return
    is_caller = leg.part is Part.PERSON and story.call.direction is Direction.INBOUND
    if is_caller:
        return
    story.tell(e.LegTaken(leg.id, is_ours=False))
    if leg.part is not Part.PERSON:
        brought_one(story, leg.id)
        return
    story.wait_no_more(Timer.NO_ANSWER)
    connect(story)


def leg_refused(story: Story, told: i.LegRefused) -> None:
    """A phone that we dialled was not answered."""
    _gone(story, told.leg, Cause.REFUSED, told.code)


def leg_gone(story: Story, told: i.LegGone) -> None:
    """A phone is gone; a caller who goes before an answer gave up."""
    leg = story.call.legs.get(told.leg)
    gave_up = leg is not None and leg.part is Part.PERSON and leg.state is LegState.RINGING
    _gone(story, told.leg, Cause.CANCELLED if gave_up else told.cause, told.code)


def _gone(story: Story, leg_id: str, cause: Cause, code: int | None) -> None:
    leg = story.call.legs.get(leg_id)
    if leg is None or leg.is_over:
        return None
    was_up = leg.state is LegState.UP
    story.tell(e.LegEnded(leg_id, cause, is_ours=False, code=code))
    if leg.part is not Part.COLLEAGUE:
        return end(story, cause, code)
    if was_up:
        return _after_colleague(story)
    _after_none(story)
    return None


def _after_colleague(story: Story) -> None:
    """A colleague who was in the call is gone: whoever is left talks."""
    if any(leg.state is LegState.UP for leg in story.call.colleagues()):
        return
    story.tell(e.Brought(None))
    come_together(story)


def transfer_declined(story: Story, told: i.TransferDeclined) -> None:
    """Nothing changes; whoever looks for fraud finds it."""
    leg = story.call.legs.get(told.leg)
    if leg is not None and not leg.is_over:
        story.tell(e.TransferDeclined(leg.id, told.target[:LONGEST_TARGET]))


def link_changed(story: Story, told: i.LinkChanged) -> None:
    """A device without a link is waited for; one that rang is not."""
    leg = story.call.legs.get(told.leg)
    if leg is None or leg.kind is not LegKind.DEVICE or leg.is_over or leg.is_away is told.is_away:
        return None
    story.tell(e.LegAway(leg.id, told.is_away))
    if leg.state is LegState.RINGING and leg.part is Part.PERSON:
        return end(story, Cause.LINK_LOST)
    if leg.state is LegState.RINGING:
        story.tell(e.LegEnded(leg.id, Cause.LINK_LOST, is_ours=True))
        return _after_none(story)
    wait_for_absent(story)
    return None


def listened(story: Story, told: i.Listened) -> None:
    """Who answered; told once, while it matters."""
    if story.call.status is Status.TALKING and story.call.heard is None:
        story.tell(e.AnswererHeard(told.heard))


def beeped(story: Story, _: i.Beeped) -> None:
    """The person's voicemail is ready: our message is left by itself if the owner wants so."""
    is_machine = story.call.status is Status.TALKING and story.call.direction is Direction.OUTBOUND
    if (
        is_machine
        and not story.call.is_internal
        and story.call.terms.drops_message
        and story.call.bringing is None
    ):
        _leave_message(story)


def key_heard(story: Story, told: i.KeyHeard) -> None:
    """What voicemails everywhere do: a caller skips our greeting by *, and ends their message by #."""
    person = story.call.person
    is_theirs = story.call.status is Status.MESSAGE and story.call.direction is Direction.INBOUND
    if person is None or told.leg != person.id or not is_theirs:
        return
    if told.key == SKIP and story.call.playing.get(Place.TALK) is Sound.GREETING:
        _after_greeting(story)
    elif told.key == DONE and story.call.recording is Recording.ON:
        end(story, Cause.ENDED)


def _after_greeting(story: Story) -> None:
    story.silence(Place.TALK)
    story.tell(e.SoundStarted(Place.TALK, Sound.BEEP))
    story.wait(Timer.MESSAGE)


def sound_ended(story: Story, told: i.SoundEnded) -> None:
    """After the announcement we record, after greeting and tone the caller speaks, after our message all ends."""
    sound = story.call.playing.get(told.place)
    if sound in LOOPED:
        return
    story.silence(told.place)
    if sound is Sound.CONSENT and story.call.status is Status.TALKING:
        story.tell(e.RecordingChanged(Recording.ON))
    elif sound is Sound.GREETING:
        _after_greeting(story)
    elif sound is Sound.BEEP:
        story.tell(e.RecordingChanged(Recording.ON))
        story.wait(Timer.MESSAGE)
    elif sound is Sound.MESSAGE:
        story.tell(e.MessageLeft())
        end(story, Cause.MESSAGE_LEFT)


def time_over(story: Story, told: i.TimeOver) -> None:
    """What was waited for did not come."""
    if told.timer not in story.call.timers:
        return
    story.wait_no_more(told.timer)
    match told.timer:
        case Timer.NO_ANSWER:
            end(story, Cause.NO_ANSWER)
        case Timer.RING:
            take_message(story)
        case Timer.COLLEAGUE:
            waiting = [leg for leg in story.call.colleagues() if leg.state is not LegState.UP]
            story.end_legs(waiting, Cause.NO_ANSWER)
            try_next(story)
        case Timer.AWAY:
            end(story, Cause.LINK_LOST)
        case Timer.MESSAGE:
            end(story, Cause.ENDED)
        case Timer.LONGEST:
            end(story, Cause.TOO_LONG)


def engine_gone(story: Story, _: i.EngineGone) -> None:
    """Every room is gone."""
    end(story, Cause.ENGINE_LOST)


def faulted(story: Story, _: i.Faulted) -> None:
    """A call of which we do not know what it is any more ends, rather than staying silent."""
    end(story, Cause.FAULT)


DECIDERS: Mapping[type, Callable[..., None]] = {
    i.Dial: dial,
    i.DialColleague: dial_colleague,
    i.Arrive: arrive,
    i.Take: take,
    i.Decline: decline,
    i.Hold: hold_person,
    i.Resume: resume,
    i.Bring: bring,
    i.Drop: drop,
    i.Leave: leave,
    i.HangUp: hang_up,
    i.Mute: mute,
    i.Press: press,
    i.Record: record,
    i.LeaveMessage: leave_message,
    i.LegRinging: leg_ringing,
    i.LegUp: leg_up,
    i.LegRefused: leg_refused,
    i.LegGone: leg_gone,
    i.TransferDeclined: transfer_declined,
    i.LinkChanged: link_changed,
    i.Listened: listened,
    i.Beeped: beeped,
    i.KeyHeard: key_heard,
    i.SoundEnded: sound_ended,
    i.TimeOver: time_over,
    i.EngineGone: engine_gone,
    i.Faulted: faulted,
}
"""The table: what each input leads to."""
