"""Colleagues call each other by extension: browser to browser, past every carrier, on record, not in the log."""

from collections.abc import Callable

import pytest

from offhook.kernel.database import SYSTEM
from offhook.voice.trunks.owning import add_extension
from voice.exchange.conftest import Floor
from voice.exchange.handset import Handset
from voice.exchange.test_calls import on_record
from voice.exchange.world import World

pytestmark = pytest.mark.slow

Phones = Callable[[str], Handset]
EXTENSION = "204"


@pytest.fixture
def extension(world: World) -> str:
    """Amy's."""
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        add_extension(tx, number=EXTENSION, user_id=world.users["ae"].id)
        add_extension(tx, number="205", user_id=world.users["rep"].id)
    return EXTENSION


def test_colleagues_talk_and_either_hangs_up(handset: Phones, world: World, floor: Floor, extension: str) -> None:
    rita, amy = handset("rep"), handset("ae")
    placed = rita.client.post("/api/v1/calls", json={"number": extension})
    assert placed.status_code == 201, placed.text
    assert placed.json()["is_internal"]
    amy.wait(lambda: "take" in (amy.call or {}).get("may", []), "the ring")
    assert (amy.call or {})["person_name"] == "Rita Rep"
    assert rita.wait_for("ringing")["person_name"] == "Amy Exec"
    amy.do("take")
    told = rita.wait_for("talking")
    assert told["is_internal"]
    assert {"press", "record", "leave-message"}.isdisjoint(told["may"])
    rita.say(700)
    amy.say(440)
    amy.wait(lambda: amy.hears(700) > 300, "Rita's voice")
    rita.wait(lambda: rita.hears(440) > 300, "Amy's voice")
    assert rita.do("hold")["is_held"]
    rita.do("resume")
    amy.do("hang-up")
    assert rita.wait_for("ended")["cause"] == "ended"
    row = on_record(rita, lambda row: row["ended_at"])
    assert (row["number"], row["own_number"], row["is_internal"]) == (extension, None, True)
    assert {part["user_id"] for part in row["parts"]} == {str(world.users[who].id) for who in ("rep", "ae")}
    assert all(part["talked_at"] for part in row["parts"])
    assert rita.client.get("/api/v1/calls/unlogged").json()["items"] == [], "there is nobody to log it with"
    named = rita.client.post(f"/api/v1/calls/{row['id']}/caller", json={"person_id": row["id"]})
    assert (named.status_code, named.json()["type"]) == (409, "urn:offhook:problem:internal-call")
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        assert tx.scalars(int, "SELECT count(*) FROM contact_verdict") == [0], "nobody outside was called"
    assert floor.telephone.exchange().is_free(world.users["ae"].id)


def test_a_colleague_who_declines_or_is_not_there_is_told_so(
    handset: Phones, world: World, extension: str
) -> None:
    rita = handset("rep")
    away = rita.client.post("/api/v1/calls", json={"number": extension})
    assert (away.status_code, away.json()["type"]) == (409, "urn:offhook:problem:colleague-not-free")
    own = rita.client.post("/api/v1/calls", json={"number": "205"})
    assert (own.status_code, own.json()["type"]) == (409, "urn:offhook:problem:own-extension")
    amy = handset("ae")
    rita.client.post("/api/v1/calls", json={"number": extension}).raise_for_status()
    amy.wait(lambda: "decline" in (amy.call or {}).get("may", []), "the ring")
    amy.do("decline")
    assert rita.wait_for("ended")["cause"] == "refused"


def test_a_colleague_whose_window_closes_while_talking_is_waited_for(
    handset: Phones, world: World, extension: str
) -> None:
    rita, amy = handset("rep"), handset("ae")
    rita.client.post("/api/v1/calls", json={"number": extension}).raise_for_status()
    amy.wait(lambda: "take" in (amy.call or {}).get("may", []), "the ring")
    amy.do("take")
    amy.close()
    rita.wait(lambda: any(leg["is_away"] for leg in (rita.call or {})["legs"]), "word of it")
    amy.told.clear()
    amy.open()
    amy.say(440)
    rita.wait(lambda: rita.hears(440) > 300, "Amy's voice again")
    rita.do("hang-up")
    amy.wait_for("ended")
