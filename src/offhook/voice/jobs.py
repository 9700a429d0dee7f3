"""Work of this slice that nobody asks for."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.jobs import Job
from offhook.voice.calls.service import log_as_suggested


def _log_what_waits(database: Database, organisation_id: UUID) -> None:
    """Calls whose users said no word in time are logged as suggested, so that nothing done goes unrecorded."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        log_as_suggested(tx)


JOBS: Sequence[Job] = (Job("voice.log", timedelta(seconds=30), _log_what_waits),)
