"""Calls from the browser to the network and back, through every engine, heard at both ends."""

import time
from collections.abc import Callable
from datetime import time as time_of_day
from typing import Any
from uuid import UUID

import pytest

from offhook import compliance
from offhook.compliance import CallingSettings
from offhook.kernel.database import SYSTEM
from offhook.leads import Lead, Stage, answer_all, load_lead
from offhook.voice.signalling import Referred
from voice.exchange.conftest import Floor
from voice.exchange.handset import Handset
from voice.exchange.in_memory import hear
from voice.exchange.world import OUR_NUMBER, World, a_lead

pytestmark = pytest.mark.slow

PERSON, VOICEMAIL, BUSY, NOT_IN_SERVICE, ANNOUNCEMENT = (
    f"+121255501{ending}" for ending in "01 07 25 26 29".split()
)
QUALIFIED = {"budget": "planned", "authority": "decides", "need": "urgent", "timeline": "within_3_months"}

Phones = Callable[[str], Handset]


def place(phone: Handset, lead_id: UUID, **more: object) -> dict[str, Any]:
    """Call a lead."""
    answer = phone.client.post("/api/v1/calls", json={"lead_id": str(lead_id), **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def lead_of(world: World, lead_id: UUID) -> Lead:
    """The lead as it is."""
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        return load_lead(tx, lead_id)


def talking(phone: Handset, world: World, number: str = PERSON) -> dict[str, Any]:
    """Call somebody new who answers."""
    place(phone, a_lead(world, number))
    return phone.wait_for("talking", 30)


def kept(phone: Handset) -> dict[str, Any]:
    """The phone's last call as it is on record."""
    call = phone.call or {}
    return phone.client.get(f"/api/v1/calls/{call['id']}").json()


def on_record(phone: Handset, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The same, once the record says so."""
    phone.wait(lambda: holds(kept(phone)), "the record")
    return kept(phone)


def test_a_person_is_called_heard_and_logged(handset: Phones, world: World) -> None:
    phone = handset("rep")
    lead_id = a_lead(world, PERSON)
    placed = place(phone, lead_id)
    assert phone.wait_for("talking", 30)["id"] == placed["id"]
    phone.wait(lambda: phone.loudness() > 200, "the person's voice")
    phone.client.post(f"/api/v1/calls/{placed['id']}/notes", json={"notes": "Wants a demo"}).raise_for_status()
    phone.do("hang-up")
    phone.wait_for("ended")
    on_record(phone, lambda row: row["ended_at"])
    waiting = phone.client.get("/api/v1/calls/unlogged").json()["items"]
    assert [one["id"] for one in waiting] == [placed["id"]]
    entry = phone.client.post(f"/api/v1/calls/{placed['id']}/log", json={"disposition": "conversation"}).json()
    assert (entry["body"], entry["disposition"], entry["kind"]) == ("Wants a demo", "conversation", "call")
    again = phone.client.post(f"/api/v1/calls/{placed['id']}/log", json={"disposition": "call_back"}).json()
    assert again["corrects"] == entry["id"]
    assert lead_of(world, lead_id).attempts == 1


@pytest.mark.parametrize(
    ("number", "code", "suggested"), [(BUSY, 486, "busy"), (NOT_IN_SERVICE, 404, "out_of_service")]
)
def test_a_refused_call_says_why_and_suggests_its_disposition(
    handset: Phones, world: World, number: str, code: int, suggested: str
) -> None:
    phone = handset("rep")
    place(phone, a_lead(world, number))
    ended = phone.wait_for("ended")
    assert (ended["cause"], ended["code"]) == ("refused", code)
    assert on_record(phone, lambda row: row["ended_at"])["parts"][0]["suggested"] == suggested


def test_what_the_network_says_before_an_answer_is_heard(handset: Phones, world: World) -> None:
    phone = handset("rep")
    place(phone, a_lead(world, ANNOUNCEMENT))
    phone.wait(lambda: (phone.call or {}).get("has_early_media"), "early media")
    phone.wait(lambda: phone.loudness() > 200, "the announcement")
    assert phone.call is not None
    assert phone.call["answered_at"] is None


def test_giving_up_before_an_answer_is_a_cancelled_call(handset: Phones, world: World) -> None:
    phone = handset("rep")
    place(phone, a_lead(world, "+12125550117"))
    phone.wait_for("ringing")
    phone.do("hang-up")
    assert phone.wait_for("ended")["cause"] == "cancelled"
    assert on_record(phone, lambda row: row["ended_at"])["parts"][0]["suggested"] == "no_answer"


def test_a_machine_is_told_from_a_human_and_gets_the_message_while_the_rep_is_free(
    handset: Phones, world: World
) -> None:
    phone = handset("rep")
    talking(phone, world, VOICEMAIL)
    phone.wait(lambda: (phone.call or {}).get("heard") == "machine", "the machine")
    phone.do("leave-message")
    phone.wait(lambda: (phone.call or {})["status"] == "message", "the message")
    assert not any(leg["part"] == "owner" for leg in (phone.call or {})["legs"])
    assert phone.wait_for("ended", 30)["message_left"]
    assert on_record(phone, lambda row: row["ended_at"])["parts"][0]["suggested"] == "left_voicemail"


def test_the_message_is_left_by_itself_after_the_beep_for_who_wants_so(handset: Phones, world: World) -> None:
    phone = handset("rep")
    place(phone, a_lead(world, VOICEMAIL), drops_message=True)
    phone.wait(lambda: (phone.call or {}).get("status") == "message", "the beep", 40)
    assert phone.wait_for("ended", 40)["message_left"]


def test_hold_plays_music_to_the_person_and_silence_to_the_rep(handset: Phones, world: World) -> None:
    phone = handset("rep")
    talking(phone, world)
    phone.wait(lambda: phone.loudness() > 200, "the person")
    assert phone.do("hold")["is_held"]
    phone.wait(lambda: phone.loudness() < 20, "silence")
    assert not phone.do("resume")["is_held"]
    phone.wait(lambda: phone.loudness() > 200, "the person again")


def test_a_lead_is_handed_off_live(handset: Phones, world: World) -> None:
    phone, ae = handset("rep"), handset("ae")
    lead_id = a_lead(world, PERSON)
    place(phone, lead_id)
    phone.wait_for("talking", 30)
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        answer_all(tx, lead_id, QUALIFIED)
    phone.do("bring", purpose="hand_off", user_ids=[str(world.users["ae"].id)])
    ae.wait(lambda: "take" in (ae.call or {}).get("may", []), "the ring")
    assert (ae.call or {})["lead_id"] == str(lead_id)
    ae.do("take")
    phone.wait(lambda: (phone.call or {})["is_held"], "the person to wait")
    phone.say(1_000)
    ae.wait(lambda: ae.hears(1_000) > 1_000, "the rep's whisper")
    phone.say(0)
    phone.do("resume")
    ae.wait(lambda: ae.loudness() > 200, "the person, to the AE")
    phone.do("leave")
    ae.wait(lambda: (ae.call or {})["owner_id"] == str(world.users["ae"].id), "the AE's call")
    ae.wait(lambda: lead_of(world, lead_id).stage is Stage.SAL, "the hand-off")
    assert lead_of(world, lead_id).ae_id == world.users["ae"].id
    ae.do("hang-up")
    ae.wait_for("ended")
    parts = on_record(ae, lambda row: row["ended_at"] and len(row["parts"]) == 2)["parts"]
    assert {part["user_id"] for part in parts} == {str(world.users[who].id) for who in ("rep", "ae")}


def test_a_lead_that_is_not_qualified_is_not_handed_off_live(handset: Phones, world: World) -> None:
    phone = handset("rep")
    talking(phone, world)
    refused = phone.client.post(
        f"/api/v1/calls/{(phone.call or {})['id']}/bring",
        json={"purpose": "hand_off", "user_ids": [str(world.users["ae"].id)]},
    )
    assert refused.status_code == 409, refused.text


def test_keys_are_pressed_towards_the_person(handset: Phones, world: World) -> None:
    phone = handset("rep")
    talking(phone, world)
    assert phone.do("press", digits="12#")["status"] == "talking"
    wrong = phone.client.post(f"/api/v1/calls/{(phone.call or {})['id']}/press", json={"digits": "call me"})
    assert wrong.status_code == 409


def test_somebody_calls_the_reps_number_and_is_answered(handset: Phones, world: World, floor: Floor) -> None:
    lead_id = a_lead(world, "+13035550104")
    phone = handset("rep")
    ringing = floor.carrier.ring(OUR_NUMBER, "+13035550104", to=sip_address(floor))
    phone.wait(lambda: "take" in (phone.call or {}).get("may", []), "the ring")
    assert (phone.call or {})["lead_id"] == str(lead_id)
    phone.do("take")
    phone.wait_for("talking")
    phone.wait(lambda: phone.loudness() > 200, "the caller")
    phone.do("hang-up")
    phone.wait_for("ended")
    assert ringing.wait(10).answered


def test_a_caller_whom_nobody_answers_leaves_a_message_that_is_kept(
    world: World, floor: Floor, client: Any
) -> None:
    a_lead(world, "+13035550105")
    program = client("rep")
    floor.carrier.ring(OUR_NUMBER, "+13035550105", to=sip_address(floor))
    until = time.monotonic() + 40
    while not (found := program.get("/api/v1/calls", params={"are_messages": True}).json()["items"]):
        assert time.monotonic() < until, "no message came"
        time.sleep(0.2)
    assert found[0]["is_message"]
    assert found[0]["owner_id"] == str(world.users["rep"].id)


def sip_address(floor: Floor) -> tuple[str, int]:
    """Where the carrier reaches us."""
    return "127.0.0.1", floor.settings.sip_port


def test_a_reloaded_window_rejoins_the_running_call(handset: Phones, world: World) -> None:
    phone = handset("rep")
    running = talking(phone, world)
    phone.close()
    phone.told.clear()
    phone.open()
    phone.wait(lambda: phone.call and phone.call["id"] == running["id"], "the call")
    phone.wait(lambda: phone.loudness() > 200, "the person again")
    assert (phone.call or {})["status"] == "talking"


def test_who_is_on_the_do_not_call_list_is_not_called(handset: Phones, world: World) -> None:
    phone = handset("rep")
    number = "+12125550103"
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        compliance.add_number(tx, number, reason="asked us not to")
    refused = phone.client.post("/api/v1/calls", json={"lead_id": str(a_lead(world, number))})
    assert refused.status_code == 403, refused.text
    told = refused.json()
    assert told["type"].endswith("call-refused-do-not-call")
    checked = phone.client.get("/api/v1/compliance/check", params={"number": number}).json()
    assert [one["source"] for one in told["verdict"]["refusals"]], "with the source of each reason"
    assert told["verdict"]["refusals"] == checked["refusals"]
    assert told["verdict"]["until"] is None
    assert phone.call is None


def test_who_may_be_called_later_is_told_until_when_in_the_refusal_itself(handset: Phones, world: World) -> None:
    phone = handset("rep")
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        limits = CallingSettings(attempts_per_day=50, attempts_per_week=50, opens=time_of_day(17), version=1)
        compliance.set_settings(tx, limits)
    lead_id = a_lead(world, PERSON)
    refused = phone.client.post("/api/v1/calls", json={"lead_id": str(lead_id)})
    assert refused.status_code == 409, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    verdict = refused.json()["verdict"]
    assert verdict["until"] is not None
    assert [one["code"] for one in verdict["refusals"]] == ["hours"]


def test_a_transfer_that_the_far_end_asks_for_is_on_record_and_the_call_goes_on(
    handset: Phones, world: World, floor: Floor
) -> None:
    phone = handset("rep")
    running = talking(phone, world)
    person = next(leg["id"] for leg in running["legs"] if leg["part"] == "person")
    hear(floor.telephone.exchange(), person, Referred(person, "sip:+8835100099@premium.example"))

    def told() -> list[dict[str, Any]]:
        kind = {"kind": "call.transfer_declined", "subject": f"call:{running['id']}"}
        return phone.client.get("/api/v1/events", params=kind).json()["items"]

    phone.wait(told, "the record")
    assert told()[0]["data"]["target"] == "sip:+8835100099@premium.example"
    assert told()[0]["data"]["part"] == "person"
    assert phone.do("mute", is_muted=False)["status"] == "talking"
