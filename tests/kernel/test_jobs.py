"""Jobs: one process at a time, each organisation by itself, until told to stop."""

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic, sleep
from uuid import UUID

import pytest

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.jobs import Job, JobRunner, only_one, run_job


def test_a_job_is_run_by_one_at_a_time(database: Database, organisation: UUID) -> None:
    inside, leave = threading.Event(), threading.Event()

    def work(_database: Database, _organisation: UUID) -> None:
        inside.set()
        leave.wait(10)

    job = Job("slow", timedelta(seconds=1), work)
    first = threading.Thread(target=run_job, args=(database, job, organisation))
    first.start()
    assert inside.wait(10)
    assert not run_job(database, job, organisation)
    leave.set()
    first.join()
    assert run_job(database, job, organisation)


def test_what_a_job_raises_lets_its_lock_go(database: Database, organisation: UUID) -> None:
    def fail(_database: Database, _organisation: UUID) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_job(database, Job("failing", timedelta(seconds=1), fail), organisation)
    with only_one(database, f"job:failing:{organisation}") as is_ours:
        assert is_ours


def test_as_many_jobs_at_once_as_there_are_connections_still_get_one_each(
    database: Database, organisation: UUID
) -> None:
    few = 2
    done: list[str] = []
    together = threading.Barrier(few)
    with Database(database.url, pool_size=few) as narrow:
        narrow.pool.timeout = 10

        def work(one: Database, each: UUID) -> None:
            together.wait(10)
            with one.transaction(each, SYSTEM):
                done.append(threading.current_thread().name)

        jobs = [Job(f"at once {number}", timedelta(hours=1), work) for number in range(few)]
        threads = [threading.Thread(target=run_job, args=(narrow, job, organisation)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(done) == few


def test_a_job_that_fails_in_one_organisation_runs_in_the_others(
    database: Database, organisation: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[UUID] = []
    everywhere = database.organisations()

    def work(_database: Database, each: UUID) -> None:
        ran.append(each)
        if each == everywhere[0]:
            raise ValueError("this one is broken")

    run_until(JobRunner(database, [Job("half", timedelta(hours=1), work)]), lambda: len(ran) == len(everywhere))
    assert ran == everywhere
    assert "this one is broken" in caplog.text


def test_a_runner_runs_each_job_as_often_as_it_asks(database: Database, organisation: UUID) -> None:
    often: list[UUID] = []
    rarely: list[UUID] = []
    jobs = [
        Job("often", timedelta(milliseconds=100), lambda _, each: often.append(each)),
        Job("rarely", timedelta(hours=1), lambda _, each: rarely.append(each)),
    ]
    run_until(JobRunner(database, jobs), lambda: often.count(organisation) >= 3)
    assert rarely.count(organisation) == 1


def test_a_stop_waits_for_what_is_being_done_but_not_for_ever(database: Database, organisation: UUID) -> None:
    begun, leave = threading.Event(), threading.Event()

    def work(_database: Database, _organisation: UUID) -> None:
        begun.set()
        leave.wait(20)

    runner = JobRunner(database, [Job("endless", timedelta(hours=1), work)])
    runner.start()
    assert begun.wait(10)
    since = monotonic()
    runner.stop(timedelta(seconds=0.3))
    assert 0.3 <= monotonic() - since < 5
    leave.set()
    runner.stop()


def run_until(runner: JobRunner, is_enough: Callable[[], bool]) -> None:
    """Let a runner run until it has done enough."""
    runner.start()
    until = monotonic() + 20
    try:
        while not is_enough():
            assert monotonic() < until
            sleep(0.02)
    finally:
        runner.stop()
