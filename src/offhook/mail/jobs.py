"""Work of this slice that nobody asks for: mails that are due are sent, sent ones are filed."""

from collections.abc import Sequence
from datetime import timedelta

from offhook.kernel.jobs import Job
from offhook.kernel.settings import Settings
from offhook.mail.links import links_of
from offhook.mail.mailboxes.service import seal_of
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.sending import send_due


def jobs(settings: Settings) -> Sequence[Job]:
    """The jobs of an installation with these settings."""
    seal, links = seal_of(settings), links_of(settings)
    return (
        Job("mail.send", timedelta(seconds=1), lambda database, one: send_due(database, seal, links, one)),
        Job("mail.file", timedelta(seconds=5), lambda database, one: file_due(database, seal, links, one)),
    )
