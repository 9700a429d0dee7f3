"""Delivery killed at each moment of its work: every event has its effect once, in order."""

import subprocess
from collections import defaultdict
from random import Random
from time import sleep
from uuid import UUID, uuid4

import pytest

from conftest import Begin
from faults.echo import BATCH, MOMENTS
from faults.running import PYTHON, Installation, bare_environment
from offhook import goals
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.events import Event
from offhook.kernel.installation import open_installation
from offhook.kernel.settings import Settings

EVENTS, SUBJECTS = 6 * BATCH, 3


def echoing(database: Database, organisation: UUID, moment: str) -> subprocess.Popen[str]:
    """The process of `faults/echo.py`."""
    words = [*PYTHON, "from faults.echo import main; main()", moment, database.url, str(organisation)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=bare_environment())


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_delivery_killed_at_any_moment_has_its_effects_once(
    database: Database, organisation: UUID, begin: Begin, moment: str
) -> None:
    with begin() as tx:
        tx.append(*(Event("thing.done", f"thing:{n % SUBJECTS}", {"n": n}) for n in range(EVENTS)))
    with echoing(database, organisation, moment) as doomed:
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == "now\n"
        with begin() as tx:
            echoed = tx.scalar(int, "SELECT count(*) FROM event WHERE kind = 'thing.echoed'")
        doomed.kill()
    assert echoed == (3 if moment == "after the commit" else 2) * BATCH
    with echoing(database, organisation, "never") as heir:
        assert heir.wait(60) == 0
    by_subject: dict[str, list[int]] = defaultdict(list)
    with begin() as tx:
        for about, n in tx.rows(
            lambda subject, n: (subject, n),
            "SELECT subject, (data ->> 'n')::int AS n FROM event WHERE kind = 'thing.echoed' ORDER BY position",
        ):
            by_subject[about].append(n)
    assert by_subject == {f"thing:{n}": [*range(n, EVENTS, SUBJECTS)] for n in range(SUBJECTS)}


@pytest.mark.slow
def test_workers_killed_while_they_catch_up_count_everything_once(installation: Installation) -> None:
    """The product's own consumers, at a backlog, in two processes that are killed at random."""
    installation.found()
    dice, backlog = Random(3), 9_000
    with open_installation(Settings(data=installation.data, database_url=None)) as database:
        (organisation,) = database.organisations()
        for _ in range(backlog // 1_000):
            with database.transaction(organisation, SYSTEM) as tx:
                tx.append(*(a_dial() for _ in range(1_000)))
        positions = [0]
        while positions[-1] < backlog:
            workers = [installation.start("worker") for _ in range(2)]
            while delivered(database, organisation) == positions[-1]:
                sleep(0.01)
            sleep(dice.random() * 0.05)
            for worker in workers:
                worker.kill()
            positions.append(delivered(database, organisation))
        assert len(positions) > 3, "they were killed before they were done"
        with database.transaction(organisation, SYSTEM) as tx:
            assert goals.recount(tx) == []


def a_dial() -> Event:
    """A logged call."""
    return Event(
        "activity.logged",
        f"person:{uuid4()}",
        {
            "activity_id": str(uuid4()),
            "kind": "call",
            "direction": "outbound",
            "disposition": "no_answer",
            "is_connect": False,
            "is_conversation": False,
            "seconds": 0,
            "user_id": None,
            "team_id": None,
            "person_id": str(uuid4()),
            "account_id": None,
            "lead_id": None,
            "campaign_id": None,
            "corrects": None,
        },
    )


def delivered(database: Database, organisation: UUID) -> int:
    """How many events of the backlog the goals have counted."""
    with database.transaction(organisation, SYSTEM) as tx:
        return (
            tx.scalar(
                int,
                "SELECT count(*)::int FROM event WHERE kind = 'activity.logged' AND position <="
                " (SELECT position FROM event_cursor WHERE consumer = 'goals.counts')",
            )
            or 0
        )
