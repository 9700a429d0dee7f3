"""What a call does, as its users see it; and what never happens, whatever comes in whatever order."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.activities import Direction
from offhook.compliance import RecordingConsent
from offhook.kernel.errors import Conflict
from offhook.voice.calls import events as e
from offhook.voice.calls import inputs as i
from offhook.voice.calls.machine import apply, decide
from offhook.voice.calls.model import (
    Bringing,
    Call,
    Candidate,
    Cause,
    Heard,
    LegKind,
    LegState,
    Part,
    Place,
    Recording,
    Sound,
    Status,
    Terms,
    Timer,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RITA, AMY, ART = UUID(int=1), UUID(int=2), UUID(int=3)
NUMBER = "+12125550101"
FREELY = Terms(RecordingConsent.ONE_PARTY, records=True)
TOLD = Terms(RecordingConsent.ANNOUNCE, records=True)


def after(call: Call, *told: i.Command | i.Signal, now: datetime = NOW) -> Call:
    """The call after all of these."""
    for one in told:
        for event in decide(call, one, now):
            call = apply(call, event, now)
    return call


def outbound(terms: Terms = FREELY) -> Call:
    """Rita dials."""
    call = Call(UUID(int=9), Direction.OUTBOUND, terms, NOW, owner_id=RITA)
    return after(call, i.Dial("rita", "person", NUMBER))


def talking(terms: Terms = FREELY) -> Call:
    """Rita talks with the person."""
    return after(outbound(terms), i.LegRinging("person"), i.LegUp("person"))


def inbound(*users: Candidate) -> Call:
    """The person calls Rita's number."""
    call = Call(UUID(int=9), Direction.INBOUND, FREELY, NOW, owner_id=RITA)
    return after(call, i.Arrive("person", NUMBER, users or (Candidate("rita", RITA), Candidate("art", ART))))


def between_us() -> Call:
    """Rita calls Amy's extension."""
    call = Call(UUID(int=9), Direction.OUTBOUND, Terms(), NOW, owner_id=RITA)
    return after(call, i.DialColleague("rita", Candidate("amy", AMY)))


def hand_off(*, in_order: bool = False) -> i.Bring:
    """Amy and Art are rung."""
    return i.Bring(Bringing.HAND_OFF, (Candidate("amy", AMY), Candidate("art", ART)), in_order=in_order)


def place(call: Call, leg: str) -> Place | None:
    """Where a leg is; None: gone."""
    found = call.legs[leg]
    return None if found.is_over else found.place


def joined(call: Call) -> list[str]:
    """Which colleagues have talked with the person."""
    return [leg.id for leg in call.legs.values() if leg.joined_at is not None]


def test_a_dialled_call_rings_connects_and_is_recorded() -> None:
    call = outbound()
    assert (call.status, call.legs["rita"].state) == (Status.DIALING, LegState.UP)
    call = after(call, i.LegRinging("person"))
    assert call.status is Status.RINGING
    call = after(call, i.LegUp("person"))
    assert (call.status, call.answered_at, call.recording) == (Status.TALKING, NOW, Recording.ON)
    assert Timer.NO_ANSWER not in call.timers


def test_where_all_must_be_told_recording_begins_after_the_announcement() -> None:
    call = talking(TOLD)
    assert (call.recording, call.playing) == (Recording.OFF, {Place.TALK: Sound.CONSENT})
    call = after(call, i.SoundEnded(Place.TALK))
    assert (call.recording, call.playing) == (Recording.ON, {})


def test_what_must_not_be_recorded_is_not() -> None:
    call = talking(Terms(RecordingConsent.FORBIDDEN, records=True))
    assert call.recording is Recording.OFF
    with pytest.raises(Conflict, match="forbid"):
        decide(call, i.Record(is_on=True), NOW)


def test_recording_pauses_and_goes_on() -> None:
    call = after(talking(), i.Record(is_on=False))
    assert call.recording is Recording.PAUSED
    assert after(call, i.Record(is_on=True)).recording is Recording.ON


@pytest.mark.parametrize("code", [404, 486, 503, 603])
def test_a_refused_call_ends_with_its_code(code: int) -> None:
    call = after(outbound(), i.LegRefused("person", code))
    assert (call.status, call.cause, call.code) == (Status.ENDED, Cause.REFUSED, code)
    assert call.legs["rita"].is_over


def test_nobody_answering_ends_the_call_after_a_while() -> None:
    call = after(outbound(), i.LegRinging("person"), i.TimeOver(Timer.NO_ANSWER))
    assert (call.cause, call.answered_at) == (Cause.NO_ANSWER, None)


def test_a_cancel_that_crosses_the_answer_ends_the_call_once() -> None:
    call = after(outbound(), i.HangUp())
    assert call.cause is Cause.CANCELLED
    assert decide(call, i.LegUp("person"), NOW) == ()
    assert decide(call, i.HangUp(), NOW) == ()


def test_a_person_on_hold_hears_music_and_comes_back() -> None:
    call = after(talking(), i.Hold())
    assert (place(call, "person"), call.playing) == (Place.HOLD, {Place.HOLD: Sound.HOLD_MUSIC})
    call = after(call, i.Resume())
    assert (place(call, "person"), call.playing) == (Place.TALK, {})


def test_while_aes_ring_the_person_stays_with_the_rep() -> None:
    call = after(talking(), hand_off())
    assert place(call, "person") is Place.TALK
    assert {leg.id for leg in call.colleagues()} == {"amy", "art"}


def test_the_ae_who_takes_it_whispers_with_the_rep_then_all_talk_then_the_rep_leaves() -> None:
    call = after(talking(), hand_off(), i.Take("amy"))
    assert (place(call, "person"), place(call, "amy"), place(call, "art")) == (Place.HOLD, Place.TALK, None)
    assert joined(call) == []
    call = after(call, i.Resume())
    assert (place(call, "person"), joined(call)) == (Place.TALK, ["amy"])
    call = after(call, i.Leave())
    assert (place(call, "rita"), call.owner_id, call.status) == (None, AMY, Status.TALKING)


def test_aes_in_order_are_rung_one_after_another() -> None:
    call = after(talking(), hand_off(in_order=True))
    assert {leg.id for leg in call.colleagues()} == {"amy"}
    call = after(call, i.Decline("amy"))
    assert {leg.id for leg in call.colleagues()} == {"art"}
    call = after(call, i.TimeOver(Timer.COLLEAGUE))
    assert (call.bringing, call.colleagues(), place(call, "person")) == (None, (), Place.TALK)


def test_an_ae_who_drops_out_while_whispering_brings_the_person_back() -> None:
    call = after(talking(), hand_off(), i.Take("amy"), i.Drop("amy"))
    assert (place(call, "person"), call.playing, call.bringing) == (Place.TALK, {}, None)


def test_a_blind_transfer_frees_the_rep_and_the_person_hears_ringing() -> None:
    bring = i.Bring(Bringing.TRANSFER, (Candidate("amy", AMY),), at_last=Candidate("rita2", RITA))
    call = after(talking(), bring)
    assert (place(call, "rita"), call.playing) == (None, {Place.HOLD: Sound.RINGBACK})
    taken = after(call, i.Take("amy"))
    assert (place(taken, "person"), taken.owner_id, taken.playing) == (Place.TALK, AMY, {})
    call = after(call, i.Decline("amy"))
    assert [leg.id for leg in call.colleagues()] == ["rita2"]
    back = after(call, i.Take("rita2"))
    assert (back.owner_id, place(back, "person")) == (RITA, Place.TALK)


def test_a_number_is_consulted_and_put_through() -> None:
    bring = i.Bring(Bringing.CONSULT, (Candidate("other", number="+13035550102"),))
    call = after(talking(), bring, i.LegRinging("other"), i.LegUp("other"))
    assert (place(call, "person"), place(call, "other")) == (Place.HOLD, Place.TALK)
    call = after(call, i.Leave())
    assert (call.status, place(call, "person"), call.owner and call.owner.kind) == (
        Status.TALKING,
        Place.TALK,
        LegKind.PHONE,
    )
    assert after(call, i.LegGone("other")).is_over


def test_a_colleague_is_rung_takes_it_and_either_of_them_ends_it() -> None:
    call = between_us()
    assert (call.status, call.legs["amy"].state, call.is_internal) == (Status.RINGING, LegState.RINGING, True)
    call = after(call, i.Take("amy"))
    assert (call.status, call.answered_at, call.owner_id) == (Status.TALKING, NOW, RITA)
    assert Timer.NO_ANSWER not in call.timers
    assert (place(call, "rita"), place(call, "amy")) == (Place.TALK, Place.TALK)
    assert after(call, i.HangUp()).cause is Cause.ENDED


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (i.Decline("amy"), Cause.REFUSED),
        (i.LinkChanged("amy", is_away=True), Cause.LINK_LOST),
        (i.TimeOver(Timer.NO_ANSWER), Cause.NO_ANSWER),
        (i.HangUp(), Cause.CANCELLED),
    ],
)
def test_a_colleague_who_does_not_come_ends_the_call(told: i.Command | i.Signal, cause: Cause) -> None:
    call = after(between_us(), told)
    assert (call.status, call.cause, call.answered_at) == (Status.ENDED, cause, None)


def test_a_colleague_whose_link_is_lost_is_waited_for_and_not_for_ever() -> None:
    call = after(between_us(), i.Take("amy"), i.LinkChanged("amy", is_away=True))
    assert Timer.AWAY in call.timers
    assert Timer.AWAY not in after(call, i.LinkChanged("amy", is_away=False)).timers
    assert after(call, i.TimeOver(Timer.AWAY)).cause is Cause.LINK_LOST


def test_between_colleagues_nothing_is_pressed_left_or_recorded() -> None:
    call = after(between_us(), i.Take("amy"))
    for wrong in (i.Press("1"), i.LeaveMessage(), i.Record(is_on=True)):
        with pytest.raises(Conflict):
            decide(call, wrong, NOW)
    held = after(call, i.Hold())
    assert (place(held, "amy"), held.playing) == (Place.HOLD, {Place.HOLD: Sound.HOLD_MUSIC})


def test_an_inbound_call_rings_all_and_belongs_to_whoever_takes_it() -> None:
    call = inbound()
    assert (call.status, len(call.colleagues())) == (Status.RINGING, 2)
    call = after(call, i.Take("art"))
    assert (call.owner_id, place(call, "rita"), call.status) == (ART, None, Status.TALKING)
    with pytest.raises(Conflict, match="does not ring"):
        decide(call, i.Take("rita"), NOW)


def test_a_caller_whom_nobody_answers_leaves_a_message() -> None:
    call = after(inbound(), i.Decline("rita"), i.TimeOver(Timer.RING))
    assert (call.status, call.playing) == (Status.MESSAGE, {Place.TALK: Sound.GREETING})
    call = after(call, i.SoundEnded(Place.TALK))
    assert (call.recording, call.playing) == (Recording.OFF, {Place.TALK: Sound.BEEP})
    call = after(call, i.SoundEnded(Place.TALK))
    assert (call.recording, call.playing) == (Recording.ON, {})
    assert after(call, i.LegGone("person")).cause is Cause.HUNG_UP


def leaving_a_message() -> Call:
    """The caller hears the greeting."""
    return after(inbound(), i.TimeOver(Timer.RING))


def test_a_star_skips_the_greeting_but_not_the_tone() -> None:
    call = after(leaving_a_message(), i.KeyHeard("person", "*"))
    assert call.playing == {Place.TALK: Sound.BEEP}
    assert after(call, i.KeyHeard("person", "*")) == call
    assert after(call, i.SoundEnded(Place.TALK)).recording is Recording.ON


def test_a_hash_ends_a_message_that_is_being_left() -> None:
    greeted = leaving_a_message()
    assert after(greeted, i.KeyHeard("person", "#")) == greeted, "there is no message yet"
    call = after(greeted, i.SoundEnded(Place.TALK), i.SoundEnded(Place.TALK))
    assert after(call, i.KeyHeard("person", "5")) == call
    ended = after(call, i.KeyHeard("person", "#"))
    assert (ended.status, ended.cause) == (Status.ENDED, Cause.ENDED)


def test_keys_change_nothing_while_people_talk_or_our_message_is_left() -> None:
    ours = after(talking(), i.LeaveMessage())
    for call in (talking(), inbound(), ours):
        for key in "*#1":
            assert after(call, i.KeyHeard("person", key)) == call


def test_a_caller_who_gives_up_is_a_missed_call() -> None:
    call = after(inbound(), i.LegGone("person"))
    assert (call.cause, call.answered_at) == (Cause.CANCELLED, None)


def test_our_message_is_left_while_the_rep_is_free() -> None:
    call = after(talking(), i.Listened(Heard.MACHINE), i.LeaveMessage())
    assert (place(call, "rita"), call.status, call.playing) == (None, Status.MESSAGE, {Place.TALK: Sound.MESSAGE})
    call = after(call, i.SoundEnded(Place.TALK))
    assert (call.message_left, call.cause) == (True, Cause.MESSAGE_LEFT)


def test_a_beep_drops_the_message_only_for_who_wants_so() -> None:
    assert after(talking(), i.Beeped()).status is Status.TALKING
    terms = Terms(RecordingConsent.ONE_PARTY, drops_message=True)
    assert after(talking(terms), i.Beeped()).status is Status.MESSAGE


def test_a_transfer_that_is_asked_of_us_changes_nothing_and_is_told() -> None:
    events = decide(talking(), i.TransferDeclined("person", f"sip:{'9' * 300}@x"), NOW)
    assert events == (e.TransferDeclined("person", f"sip:{'9' * 196}"),)
    assert after(talking(), i.TransferDeclined("person", "sip:1@x")) == talking()
    assert decide(talking(), i.TransferDeclined("nobody", "sip:1@x"), NOW) == ()


def test_a_lost_link_is_waited_for_and_not_for_ever() -> None:
    call = after(talking(), i.LinkChanged("rita", is_away=True))
    assert Timer.AWAY in call.timers
    assert Timer.AWAY not in after(call, i.LinkChanged("rita", is_away=False)).timers
    assert after(call, i.TimeOver(Timer.AWAY)).cause is Cause.LINK_LOST


LEGS = ("rita", "person", "amy", "amy2", "art", "art2", "other", "other2")
leg = st.sampled_from(LEGS)
candidates = st.lists(
    st.sampled_from(
        [
            *(Candidate(leg, AMY) for leg in ("amy", "amy2")),
            *(Candidate(leg, ART) for leg in ("art", "art2")),
            *(Candidate(leg, number="+13035550102") for leg in ("other", "other2")),
        ]
    ),
    max_size=3,
    unique_by=lambda one: one.leg,
).map(tuple)
told = st.one_of(
    st.builds(i.Take, leg),
    st.builds(i.Decline, leg),
    st.just(i.Hold()),
    st.just(i.Resume()),
    st.builds(i.Bring, st.sampled_from(Bringing), candidates, st.booleans()),
    st.builds(i.Drop, st.none() | leg),
    st.just(i.Leave()),
    st.builds(i.Mute, leg, st.booleans()),
    st.builds(i.Press, st.sampled_from(["1", "", "x", "*#0"])),
    st.builds(i.Record, st.booleans()),
    st.just(i.LeaveMessage()),
    st.builds(i.LegRinging, leg),
    st.builds(i.LegUp, leg),
    st.builds(i.LegRefused, leg, st.sampled_from([404, 486, 503])),
    st.builds(i.LegGone, leg),
    st.builds(i.LinkChanged, leg, st.booleans()),
    st.builds(i.Listened, st.sampled_from(Heard)),
    st.just(i.Beeped()),
    st.builds(i.KeyHeard, leg, st.sampled_from("*#1")),
    st.builds(i.SoundEnded, st.sampled_from(Place)),
    st.builds(i.TimeOver, st.sampled_from(Timer)),
    st.just(i.EngineGone()),
    st.just(i.Faulted()),
    st.builds(i.TransferDeclined, leg, st.just("sip:1@x")),
)
terms = st.builds(Terms, st.sampled_from(RecordingConsent), records=st.booleans(), drops_message=st.booleans())


@settings(max_examples=500)
@given(st.sampled_from(["in", "out", "between us"]), terms, st.lists(told, max_size=14))
def test_whatever_comes_a_call_stays_sound(kind: str, settled: Terms, story: list[i.Command]) -> None:
    direction = Direction.INBOUND if kind == "in" else Direction.OUTBOUND
    call = Call(UUID(int=9), direction, settled, NOW, owner_id=RITA)
    users = (Candidate("rita", RITA), Candidate("art", ART))
    begun: dict[str, i.Command] = {
        "in": i.Arrive("person", NUMBER, users),
        "out": i.Dial("rita", "person", NUMBER),
        "between us": i.DialColleague("rita", Candidate("person", AMY)),
    }
    call = after(call, begun[kind])
    for one in story:
        before = call
        try:
            events = decide(call, one, NOW)
        except Conflict:
            continue
        for event in events:
            assert not call.is_over, f"{event} after the end"
            check_recording(call, event)
            call = apply(call, event, NOW)
        check(before, one, call)
    ended = after(call, i.HangUp())
    assert ended.is_over
    assert not ended.running()
    assert not ended.timers


def check_recording(call: Call, event: e.Event) -> None:
    """Nothing is recorded that must not be, or not yet; a message that a caller leaves us is theirs to leave."""
    if not isinstance(event, e.RecordingChanged) or event.to is not Recording.ON or call.status is Status.MESSAGE:
        return
    assert call.terms.consent is not RecordingConsent.FORBIDDEN
    if call.terms.consent is RecordingConsent.ANNOUNCE and call.recording is Recording.OFF:
        assert Sound.CONSENT not in call.playing.values(), "recorded while the announcement is played"


def check(before: Call, one: i.Command | i.Signal, call: Call) -> None:
    """What always holds."""
    explained = f"{before}\n{one}\n{call}"
    if call.is_over:
        assert not call.running(), explained
        assert not call.timers, explained
        assert not call.playing, explained
        return
    owners = [leg for leg in call.running() if leg.part is Part.OWNER]
    assert len(owners) <= 1, explained
    person = call.person
    assert person is not None, explained
    assert not person.is_over, explained
    held = [leg for leg in call.running() if leg.place is Place.HOLD]
    assert held in ([], [person]), explained
    assert (person.place is Place.HOLD) == (Place.HOLD in call.playing), explained
    if person.state is LegState.UP and person.place is Place.TALK:
        inside = [leg for leg in call.running() if leg.part is not Part.PERSON and leg.state is LegState.UP]
        assert inside or call.playing or Timer.MESSAGE in call.timers, f"a silent dead call:\n{explained}"
    if inside_is_away(call) or (person.is_away and person.state is LegState.UP):
        assert Timer.AWAY in call.timers, explained
    if person.state is not LegState.UP:
        waited = {Timer.NO_ANSWER, Timer.RING} & call.timers.keys()
        assert waited, f"waits for ever:\n{explained}"


def inside_is_away(call: Call) -> bool:
    """Whether all of ours who are in the call have lost their link."""
    inside = [leg for leg in call.running() if leg.part is not Part.PERSON and leg.state is LegState.UP]
    return bool(inside) and all(leg.is_away for leg in inside)
