"""Work that is done without anybody asking: every so often, for every organisation.

What is to be done is always state in a table (a timer that is due, an import that is not at its end), and a job
looks for it; so nothing has to be queued, nothing is lost when a process dies, and what piled up while no server
ran is done when one does. An advisory lock lets one server at a time do one job of one organisation.
"""

import logging
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from uuid import UUID

import psycopg

from offhook.kernel.database import Database

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """Something to look after. `run` does all that is due in an organisation, in transactions of its own."""

    name: str
    every: timedelta
    run: Callable[[Database, UUID], None]


def run_job(database: Database, job: Job, organisation_id: UUID) -> bool:
    """Run one job of one organisation now; False when another process is at it. Raises what the job raises."""
    with only_one(database, f"job:{job.name}:{organisation_id}") as is_ours:
        if is_ours:
            job.run(database, organisation_id)
        return is_ours


@contextmanager
def only_one(database: Database, name: str) -> Generator[bool]:
    """Yield whether nobody else is within the same name; holds it until the `with` ends or the process dies."""
    with database.locks.connection() as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()
        connection.commit()
        is_ours = bool(row and row[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))


class JobRunner:
    """Runs jobs for ever: each in a thread of its own, so that a long one (an import) holds up no other."""

    def __init__(self, database: Database, jobs: Sequence[Job]) -> None:
        """Prepare; `start` begins."""
        self._database = database
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._look_after, args=(job,), name=f"job {job.name}", daemon=True)
            for job in jobs
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience: timedelta = timedelta(seconds=10)) -> None:
        """Begin nothing more; wait for what is being done, up to `patience`.

        The rest is done at the next start.
        """
        self._stopping.set()
        until = monotonic() + patience.total_seconds()
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))

    def _look_after(self, job: Job) -> None:
        next_at = monotonic()
        while not self._stopping.wait(TICK_SECONDS):
            if monotonic() < next_at:
                continue
            self._run_everywhere(job)
            next_at = monotonic() + job.every.total_seconds()

    def _run_everywhere(self, job: Job) -> None:
        try:
            organisations = self._database.organisations()
        except psycopg.OperationalError as error:
            logger.warning("job %s has no database (%s); trying again in %s", job.name, error, job.every)
            return
        for organisation_id in organisations:
            if self._stopping.is_set():
                return
            try:
                run_job(self._database, job, organisation_id)
            except Exception:
                # Whatever goes wrong in one organisation keeps no other waiting, and the next round tries again.
                logger.exception("job %s failed in organisation %s", job.name, organisation_id)
