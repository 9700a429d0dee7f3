"""Workers killed at each moment of a step, and two at once: every step's mail is in the ledger of mails once."""

import subprocess
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

import pytest

from cadences.conftest import Floor, step
from faults.running import PYTHON, bare_environment
from faults.stepping import AT_ONCE, MOMENTS
from offhook.cadences.enrolling import enrol
from offhook.cadences.model import EnrolmentPhase, StepKind

LEADS = 4 * AT_ONCE


@contextmanager
def stepping(floor: Floor, moment: str) -> Generator[subprocess.Popen[str]]:
    """The process of `faults/stepping.py`; killed at the end, whatever the test came to."""
    words = [
        *PYTHON,
        "from faults.stepping import main; main()",
        moment,
        floor.database.url,
        str(floor.organisation),
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=bare_environment()) as process:
        try:
            yield process
        finally:
            process.kill()


def enrolled(floor: Floor, count: int) -> set[str]:
    """So many leads in a cadence that begins with a mail; the keys of their first mails."""
    cadence = floor.cadence(floor.email(), step(StepKind.CALL, 1))
    lead_ids = [floor.lead() for _ in range(count)]
    with floor.begin(floor.actor) as tx:
        return {f"cadence:{one.id}:1" for one in enrol(tx, cadence.id, lead_ids).enrolled}


def check_each_once(floor: Floor, keys: set[str]) -> None:
    """Each mail is there once, its step is noted with it, and its enrolment waits for it to go out."""
    assert Counter(mail.key for mail in floor.mails()) == Counter(keys)
    with floor.begin() as tx:
        noted = tx.scalars(UUID, "SELECT mail_id FROM cadence_step WHERE step = 1")
        phases = tx.scalars(str, "SELECT DISTINCT phase FROM cadence_enrolment")
        queued = tx.scalar(int, "SELECT count(*) FROM event WHERE kind = 'mail.queued'")
    assert sorted(noted) == sorted(mail.id for mail in floor.mails())
    assert phases == [EnrolmentPhase.SENDING]
    assert queued == len(keys), "each mail is told once"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_at_any_moment_leaves_each_mail_to_be_written_once(floor: Floor, moment: str) -> None:
    keys = enrolled(floor, LEADS)
    with stepping(floor, moment) as doomed:
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == "now\n"
        written = len(floor.mails())
        doomed.kill()
    if moment == "before it is heard":
        assert written == LEADS
    else:
        assert written == (2 if moment == "after a commit" else 1) * AT_ONCE, "batches are whole"
    with stepping(floor, "never") as heir:
        assert heir.wait(60) == 0
    check_each_once(floor, keys)


def test_two_workers_at_once_share_the_steps_and_double_none(floor: Floor) -> None:
    keys = enrolled(floor, 2 * LEADS)
    with stepping(floor, "never") as one, stepping(floor, "never") as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
    check_each_once(floor, keys)


def test_a_worker_that_is_killed_while_another_works_beside_it_doubles_nothing(floor: Floor) -> None:
    keys = enrolled(floor, LEADS)
    with stepping(floor, "its step is noted") as doomed:
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == "now\n"
        with stepping(floor, "never") as other:
            assert other.wait(60) == 0, "it does not wait for what the first one holds"
        between = len(floor.mails())
        doomed.kill()
    assert between < LEADS, "what the first one held was left to it"
    with stepping(floor, "never") as heir:
        assert heir.wait(60) == 0
    check_each_once(floor, keys)
