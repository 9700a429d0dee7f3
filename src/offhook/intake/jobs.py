"""What intake does by itself: goes on with imports that are not at their end."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from offhook.intake import store
from offhook.intake.run import carry_on
from offhook.intake.service import files_folder
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import Conflict, OffhookError
from offhook.kernel.jobs import Job
from offhook.kernel.settings import Settings

logger = logging.getLogger(__name__)


def jobs(settings: Settings) -> Sequence[Job]:
    """The jobs of an installation with these settings."""
    folder = files_folder(settings)

    def go_on(database: Database, organisation_id: UUID) -> None:
        with database.transaction(organisation_id, SYSTEM) as tx:
            unfinished = store.unfinished(tx)
        for run in unfinished:
            try:
                carry_on(database, organisation_id, SYSTEM, run, folder=folder)
            except Conflict:
                # Somebody imports it at this moment, or has ended it.
                continue
            except OffhookError as error:
                # The run itself bears the reason; other imports go on.
                logger.warning("import %s of %s: %s", run.id, run.file_name, error.message)

    return (Job("intake.imports", timedelta(seconds=1), go_on),)
