"""A fault of ours in one call: that call ends in order and says so, and no other call suffers."""

import logging

import pytest

from offhook.kernel.errors import OffhookError
from offhook.voice.calls import events as e
from offhook.voice.calls import inputs as i
from offhook.voice.calls.model import Cause
from offhook.voice.exchange.hearing import hear_media, hear_signalling
from offhook.voice.exchange.live import Live
from offhook.voice.exchange.telling import CallNow
from offhook.voice.media.engine import DigitPressed, MediaEvent, PartyLost
from offhook.voice.signalling import Answered, SignallingEvent
from voice.exchange.in_memory import RITA, THEIRS, Desk, a_desk, hear, until


def person(live: Live) -> str:
    """The person's leg."""
    return f"{live.id}-person"


def stumbling(desk: Desk, leg: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The media engine's client breaks, in a way nobody thought of, at this leg's answer."""
    before = desk.media.answered

    async def answered(party: str, sdp: str) -> None:
        if party == leg:
            raise ZeroDivisionError("a slip of ours")
        await before(party, sdp)

    monkeypatch.setattr(desk.media, "answered", answered)


def test_a_slip_while_an_engines_word_is_understood_ends_that_call_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with a_desk() as desk:
        desk.connect(RITA)
        broken, other = desk.dial(), desk.dial()
        stumbling(desk, person(broken), monkeypatch)
        with caplog.at_level(logging.ERROR, "offhook.voice"):
            hear(desk.exchange, person(broken), Answered(person(broken), "v=0\r\n"))
            hear(desk.exchange, person(other), Answered(person(other), "v=0\r\n"))
            until(lambda: other.call.answered_at, "the other call's answer")
            until(lambda: broken.call.is_over, "the end of the broken call")
            until(lambda: not broken.rooms, "its rooms to be given back")
        assert broken.call.cause is Cause.FAULT
        assert person(broken) in desk.signalling.ended, "the other side is told"
        assert person(broken) in desk.media.released
        assert len(desk.media.rooms) == 1, "the other call's room alone"
        kept = next(saving for saving in desk.saved if saving.live is broken and saving.call.is_over)
        assert any(isinstance(event, e.CallEnded) and event.cause is Cause.FAULT for event in kept.events)
        shown = [one["call"] for one in desk.told(RITA, "call")]
        assert any(isinstance(one, CallNow) and (one.id, one.cause) == (broken.id, "fault") for one in shown)
        assert not other.call.is_over
        assert str(broken.id) in caplog.text
        assert "a slip of ours" in caplog.text, "the log tells where"


def test_who_asked_for_what_stumbled_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def decide(*_: object) -> None:
        raise ZeroDivisionError("a slip of ours")

    with a_desk() as desk:
        live = desk.dial()
        monkeypatch.setitem(_deciders(), i.Hold, decide)
        with pytest.raises(OffhookError, match="fault"):
            desk.exchange.submit(live.id, i.Hold())
        until(lambda: live.call.is_over, "the end")
        assert live.call.cause is Cause.FAULT


def _deciders() -> dict[type, object]:
    from offhook.voice.calls import deciding

    return deciding.DECIDERS  # type: ignore[return-value]


def test_a_call_ends_even_if_it_cannot_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def show(_: Live) -> None:
        raise ZeroDivisionError("a slip of ours")

    with a_desk() as desk:
        live = desk.dial()
        monkeypatch.setattr(desk.exchange, "show", show)
        hear(desk.exchange, person(live), Answered(person(live), "v=0\r\n"))
        until(lambda: live.call.is_over, "the end")
        until(lambda: not live.rooms, "its rooms to be given back")
        assert any(saving.call.is_over for saving in desk.saved), "it is on record"
        assert person(live) in desk.signalling.ended


def test_one_word_that_stumbles_leaves_the_ears_open(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    async def media_events():  # type: ignore[no-untyped-def]
        for event in (DigitPressed("nobody", "1", 100), PartyLost("leg", "gone")):
            yield event

    async def signalling_events():  # type: ignore[no-untyped-def]
        for leg in ("first", "second"):
            yield Answered(leg, None)

    def stumble(*_: object) -> None:
        raise ZeroDivisionError("a slip of ours")

    def hear_leg(leg: str, _: SignallingEvent | MediaEvent) -> None:
        told.append(leg)
        if leg == "first":
            raise ZeroDivisionError("a slip of ours")

    with a_desk() as desk:
        monkeypatch.setattr(desk.media, "events", media_events)
        monkeypatch.setattr(desk.signalling, "events", signalling_events)
        monkeypatch.setattr(desk.exchange, "hear", hear_leg)
        monkeypatch.setattr(desk.exchange, "digit", stumble)

        async def arrive(_: object) -> None:
            return None

        desk.exchange.ask(hear_media(desk.exchange))
        desk.exchange.ask(hear_signalling(desk.exchange, arrive, lambda _: None))
        assert told == ["leg", "first", "second"]


def test_the_number_called_is_the_permits() -> None:
    with a_desk() as desk:
        live = desk.dial()
        assert desk.signalling.invited == [person(live)]
        assert live.call.person is not None
        assert live.call.person.number == THEIRS
