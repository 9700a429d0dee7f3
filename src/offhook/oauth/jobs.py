"""Work of this slice that nobody asks for: tokens are renewed before they end."""

from collections.abc import Sequence
from datetime import timedelta

from offhook.kernel.jobs import Job
from offhook.kernel.settings import Settings
from offhook.oauth.renewing import renew_due


def jobs(settings: Settings) -> Sequence[Job]:
    """The jobs of an installation with these settings."""
    return (Job("oauth.renew", timedelta(seconds=20), lambda database, one: renew_due(database, settings, one)),)
