"""What identity looks after by itself: sessions, links and failed attempts that are long over are forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from offhook.identity.sessions.store import forget_sessions
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.jobs import Job

KEPT = timedelta(days=30)
"""After their end; the event log keeps for good that somebody signed in."""


def _forget(database: Database, organisation_id: UUID) -> None:
    with database.transaction(organisation_id, SYSTEM) as tx:
        forget_sessions(tx, tx.now - KEPT)


JOBS: Sequence[Job] = (Job("identity.sessions", timedelta(hours=6), _forget),)
