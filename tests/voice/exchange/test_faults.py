"""Whatever dies in the middle of a call: it ends for everybody, says why, and what was said and done is kept."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from offhook.kernel.database import SYSTEM
from offhook.kernel.installation import open_installation
from offhook.kernel.settings import Settings
from offhook.voice.calls import service
from offhook.voice.media.engine import MediaUnavailable
from offhook.voice.recordings import store as recordings
from offhook.voice.recordings.api import objects_of
from offhook.voice.recordings.making import Maker
from offhook.voice.recordings.pieces import folder_of
from offhook.voice.telephone import Telephone
from voice.exchange.conftest import Floor, WorkingHours, free_port, running
from voice.exchange.handset import Handset
from voice.exchange.test_calls import PERSON, lead_of, on_record, place, talking
from voice.exchange.world import World, a_lead

pytestmark = pytest.mark.slow


def engine(name: str) -> psutil.Process:
    """Our own engine's process, a child of this one."""
    children = psutil.Process().children(recursive=True)
    return next(one for one in children if one.name().startswith(name))


def test_killed_rooms_end_the_call_say_so_and_come_back(handset: Callable[[str], Handset], world: World) -> None:
    phone = handset("rep")
    talking(phone, world)
    os.kill(engine("janus").pid, signal.SIGKILL)
    assert phone.wait_for("ended", 20)["cause"] == "engine_lost"
    phone.wait(lambda: any(one["state"] == "lost" for one in phone.of("engine")), "word of it")
    phone.wait(lambda: phone.of("engine")[-1]["state"] == "ready", "the engine to be back", 20)
    on_record(phone, lambda row: row["ended_at"])
    phone.close()
    phone.told.clear()
    phone.open()
    talking(phone, world)
    phone.wait(lambda: phone.loudness() > 200, "a person, over the new engine")


def test_a_fault_of_ours_ends_that_call_at_the_carrier_too_and_the_next_one_goes_through(
    handset: Callable[[str], Handset], world: World, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stumble(*_: object) -> None:
        raise ZeroDivisionError("a slip of ours")

    phone = handset("rep")
    exchange = floor.telephone.exchange()
    with monkeypatch.context() as patched:
        patched.setattr(exchange.media, "answered", stumble)
        place(phone, a_lead(world, PERSON))
        assert phone.wait_for("ended", 30)["cause"] == "fault"
    assert on_record(phone, lambda row: row["ended_at"])["cause"] == "fault"
    person = f"{(phone.call or {})['id']}-person"
    assert exchange.signalling.snapshot(person) is None, "nothing is left at the carrier"
    talking(phone, world)
    phone.wait(lambda: phone.loudness() > 200, "a person, in the next call")


def test_a_killed_relay_ends_the_call_and_the_next_one_goes_through(
    handset: Callable[[str], Handset], world: World
) -> None:
    phone = handset("rep")
    talking(phone, world)
    os.kill(engine("rtpengine").pid, signal.SIGKILL)
    assert phone.wait_for("ended", 20)["cause"] == "link_lost"
    on_record(phone, lambda row: row["ended_at"])
    lead_id = str(a_lead(world, PERSON))
    until = time.monotonic() + 30
    while (phone.call or {})["status"] != "talking":
        assert time.monotonic() < until, "no call is possible any more"
        if (phone.call or {})["status"] == "ended":
            phone.client.post("/api/v1/calls", json={"lead_id": lead_id})
        time.sleep(0.5)
    phone.wait(lambda: phone.loudness() > 200, "a person, over the new relay")


def test_while_the_relay_is_away_no_call_begins_and_none_is_counted(
    floor: Floor, handset: Callable[[str], Handset], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = handset("rep")
    lead_id = a_lead(world, PERSON)

    def away() -> None:
        raise MediaUnavailable("The media relay is being started again: try in a moment")

    monkeypatch.setattr(floor.telephone.exchange().media, "check_legs", away)
    answer = phone.client.post("/api/v1/calls", json={"lead_id": str(lead_id)})
    assert answer.status_code == 503
    assert "try in a moment" in answer.json()["detail"]
    assert phone.client.get("/api/v1/calls").json()["items"] == []
    assert lead_of(world, lead_id).attempts == 0


def test_our_own_death_in_a_call_leaves_nothing_open_and_loses_nothing(floor: Floor, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "offhook", database_url=None, sip_host="127.0.0.1", sip_port=free_port())
    victim = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "voice.exchange.victim",
            settings.data,
            str(settings.sip_port),
            floor.carrier.address,
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert victim.stdout is not None
    assert victim.stdout.readline().strip() == "talking"
    time.sleep(2)
    victim.kill()
    victim.wait(10)

    with open_installation(settings, clock=WorkingHours(timedelta(minutes=5))) as database:
        (organisation_id,) = database.organisations()
        telephone = Telephone(database, settings)
        with running(telephone):
            with database.transaction(organisation_id, SYSTEM) as tx:
                (kept,) = service.calls_page(tx).items
            assert (kept.row.status, kept.row.cause) == ("ended", "left_behind")
            assert kept.row.ended_at is not None
            Maker(folder_of(settings), objects_of(settings)).make_all(database, organisation_id)
            with database.transaction(organisation_id, SYSTEM) as tx:
                made = recordings.recording_of(tx, kept.row.id)
                assert service.log_as_suggested(tx, older_than=service.NOW) == 1
                assert service.log_as_suggested(tx, older_than=service.NOW) == 0, "logged once"
            assert made is not None
            assert made.seconds > 1, "what was said by then"
