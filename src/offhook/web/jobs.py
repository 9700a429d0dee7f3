"""The product's jobs, in one list: what a running server looks after besides answering."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from offhook.cadences import jobs as cadences
from offhook.calendar import jobs as calendar
from offhook.compliance import jobs as compliance
from offhook.identity import jobs as identity
from offhook.intake import jobs as intake
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.http import forget_answers
from offhook.kernel.jobs import Job
from offhook.kernel.settings import Settings
from offhook.leads import jobs as leads
from offhook.mail import jobs as mail
from offhook.oauth import jobs as oauth
from offhook.voice import jobs as voice


def _forget_answers(database: Database, organisation_id: UUID) -> None:
    with database.transaction(organisation_id, SYSTEM) as tx:
        forget_answers(tx)


def jobs_of(settings: Settings) -> Sequence[Job]:
    """All jobs of an installation with these settings."""
    return (
        *identity.JOBS,
        *oauth.jobs(settings),
        *compliance.JOBS,
        *leads.JOBS,
        *intake.jobs(settings),
        *mail.jobs(settings),
        *calendar.jobs(settings),
        *voice.jobs(settings),
        *cadences.JOBS,
        Job("web.answers", timedelta(hours=1), _forget_answers),
    )
