"""Keys that the other side presses, however they come: shown in the call, and minded by the voicemail."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from offhook.voice.calls.model import Place, Sound, Status
from offhook.voice.signalling import Answered, KeyPressed
from voice.exchange.conftest import Floor
from voice.exchange.in_memory import RITA, a_desk, until
from voice.exchange.test_calls import sip_address
from voice.exchange.world import OUR_NUMBER, World


def test_a_key_told_by_signalling_is_shown_to_whoever_talks() -> None:
    with a_desk() as desk:
        desk.connect(RITA)
        live = desk.dial()
        person = f"{live.id}-person"
        desk.listen_to(Answered(person, None), KeyPressed(person, "5", 160), KeyPressed("nobody", "6", 160))
        until(lambda: live.call.status is Status.TALKING, "the answer")
        assert [one["digit"] for one in desk.told(RITA, "digit")] == ["5"]


def test_a_caller_skips_the_greeting_by_a_key_told_by_signalling() -> None:
    with a_desk() as desk:
        live = desk.arrive()
        until(lambda: live.call.playing.get(Place.TALK) is Sound.GREETING, "the greeting")
        desk.listen_to(KeyPressed(f"{live.id}-person", "*", 160))
        until(lambda: live.call.playing.get(Place.TALK) is Sound.BEEP, "the tone")


@pytest.mark.slow
def test_a_message_is_left_between_two_keys_and_kept(
    world: World, floor: Floor, client: Callable[[str], TestClient]
) -> None:
    rep, exchange = client("rep"), floor.telephone.exchange()
    floor.carrier.ring(OUR_NUMBER, "+13035550106", to=sip_address(floor))

    def running() -> list[Any]:
        return [live for live in exchange.running() if live.organisation_id == world.organisation_id]

    until(lambda: running() and running()[0].call.status is Status.MESSAGE, "the greeting", 20)
    (live,) = running()
    person = live.call.person.id
    exchange._loop.call_soon_threadsafe(exchange.digit, person, "*")
    until(lambda: live.call.recording == "on", "the recording, long before the greeting's end", 4)
    exchange._loop.call_soon_threadsafe(exchange.digit, person, "#")
    until(lambda: live.call.is_over, "the end")
    until(lambda: rep.get("/api/v1/calls", params={"are_messages": True}).json()["items"], "the message")
    (kept,) = rep.get("/api/v1/calls", params={"are_messages": True}).json()["items"]
    assert (kept["cause"], kept["is_message"]) == ("ended", True)
