"""Clients that log activities whatever happens to the server: each repeats what was not acknowledged."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import sleep
from uuid import uuid4

import httpx

from faults.running import Installation, client, pages, until

CALLERS = 4


@dataclass
class Callers:
    """Several clients at once on one address. `acknowledged` maps what they logged to the id that was answered."""

    address: str
    token: str
    person_id: str
    acknowledged: dict[str, str] = field(default_factory=dict[str, str])
    refused: list[str] = field(default_factory=list[str])
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def start(self) -> None:
        """Begin to call."""
        self.threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish what it is at."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def make_progress(self, calls: int) -> None:
        """Wait until so many more were acknowledged."""
        target = len(self.acknowledged) + calls
        until(lambda: len(self.acknowledged) >= target or bool(self.refused))

    def _call(self) -> None:
        with client(self.address, self.token) as api:
            while not self.stopping.is_set():
                self._log_once(api, str(uuid4()))

    def _log_once(self, api: httpx.Client, subject: str) -> None:
        body = {"kind": "call", "disposition": "no_answer", "person_id": self.person_id, "subject": subject}
        while True:
            try:
                answer = api.post("/activities", json=body, headers={"idempotency-key": subject})
            except httpx.TransportError:
                sleep(0.05)
                continue
            if answer.status_code == 201:
                self.acknowledged[subject] = answer.json()["id"]
                return
            if answer.status_code != 503:
                self.refused.append(f"{answer.status_code} {answer.text}")
                return
            sleep(0.05)


def prepared(address: str, token: str) -> Callers:
    """Callers of a fresh person."""
    with client(address, token) as api:
        person = api.post(
            "/persons", json={"first_name": "Ada", "last_name": "Byron", "email": "ada@engines.example"}
        )
        assert person.status_code == 201, person.text
    return Callers(address, token, person.json()["id"])


def dials(api: httpx.Client) -> int:
    """How many dials are counted."""
    today = datetime.now(UTC).date()
    days = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}
    told = api.get("/kpis/daily", params={"counter": "dials", **days})
    assert told.status_code == 200, told.text
    return sum(one["count"] for one in told.json()["items"])


def assert_nothing_is_lost_or_doubled(installation: Installation, callers: Callers) -> None:
    """What was acknowledged is there once; what is there was told once; what was told is counted once."""
    assert not callers.refused
    with client(callers.address, callers.token) as api:
        logged = list(pages(api, "/activities", person_id=callers.person_id))
        told = list(pages(api, "/events", kind="activity.logged"))
        until(lambda: dials(api) >= len(callers.acknowledged))
        assert dials(api) == len(callers.acknowledged)
    assert {one["subject"]: one["id"] for one in logged} == callers.acknowledged
    assert len(logged) == len(callers.acknowledged)
    assert Counter(one["data"]["activity_id"] for one in told) == Counter(callers.acknowledged.values())
    assert installation.told("goals", "recount") == []
    wrong = [one for one in installation.told("doctor") if one["health"] != "ok"]
    assert not wrong
