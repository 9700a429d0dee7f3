"""Work of this slice that nobody asks for."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.delivery import Consumer
from offhook.kernel.jobs import Job
from offhook.kernel.settings import Settings
from offhook.voice.calls.calling_back import plan_call_backs
from offhook.voice.calls.service import log_as_suggested
from offhook.voice.recordings.api import objects_of
from offhook.voice.recordings.making import Maker
from offhook.voice.recordings.pieces import folder_of


def _log_what_waits(database: Database, organisation_id: UUID) -> None:
    """Calls whose users said no word in time are logged as suggested, so that nothing done goes unrecorded."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        log_as_suggested(tx)


def jobs(settings: Settings) -> Sequence[Job]:
    """The jobs of an installation with these settings."""
    maker = Maker(folder_of(settings), objects_of(settings))
    return (
        Job("voice.log", timedelta(seconds=30), _log_what_waits),
        Job("voice.recordings", timedelta(seconds=2), maker.make_all),
    )


CONSUMERS = (Consumer("voice.call_backs", ("call.ended",), plan_call_backs),)
