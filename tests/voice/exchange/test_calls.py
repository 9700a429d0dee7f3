"""Calls from the browser to the network and back, through every engine, heard at both ends."""

from collections.abc import Callable

import pytest

from voice.exchange.handset import Handset
from voice.exchange.world import World, a_lead

pytestmark = pytest.mark.slow

PERSON, VOICEMAIL, BUSY, NOT_IN_SERVICE = "+12125550101", "+12125550107", "+12125550125", "+12125550126"


def place(phone: Handset, world: World, number: str) -> dict[str, object]:
    """Call the lead with this number."""
    answer = phone.client.post("/api/v1/calls", json={"lead_id": str(a_lead(world, number))})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_person_is_called_heard_and_logged(handset: Callable[[str], Handset], world: World) -> None:
    phone = handset("rep")
    placed = place(phone, world, PERSON)
    talking = phone.wait_for("talking", 30)
    assert talking["id"] == placed["id"]
    phone.wait(lambda: phone.loudness() > 200, "the person's voice")
    phone.do("hang-up")
    phone.wait_for("ended")
    waiting = phone.client.get("/api/v1/calls/unlogged").json()["items"]
    assert [one["id"] for one in waiting] == [placed["id"]]
