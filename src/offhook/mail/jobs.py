"""Work of this slice that nobody asks for: mails are sent and filed, snoozes end, files are forgotten."""

from collections.abc import Sequence
from datetime import timedelta

from offhook.kernel.delivery import Consumer
from offhook.kernel.jobs import Job
from offhook.kernel.settings import Settings
from offhook.mail.attachments.service import forget_unused, objects_of
from offhook.mail.conversations import jobs as conversations
from offhook.mail.incoming import files as received
from offhook.mail.links import links_of
from offhook.mail.mailboxes.service import seal_of
from offhook.mail.mailboxes.signing_in import FOLLOWED, follow_grants
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.sending import send_due
from offhook.mail.results.service import KINDS, note_outcomes


def jobs(settings: Settings) -> Sequence[Job]:
    """The jobs of an installation with these settings."""
    seal, links, objects = seal_of(settings), links_of(settings), objects_of(settings)
    received_files = received.objects_of(settings)
    return (
        Job(
            "mail.send",
            timedelta(seconds=1),
            lambda database, one: send_due(database, seal, links, one, objects=objects),
        ),
        Job(
            "mail.file",
            timedelta(seconds=5),
            lambda database, one: file_due(database, seal, links, one, objects=objects),
        ),
        Job("mail.wake", timedelta(seconds=10), conversations.wake_due),
        Job("mail.attachments", timedelta(hours=6), lambda database, one: forget_unused(database, objects, one)),
        Job(
            "mail.received_files",
            timedelta(minutes=10),
            lambda database, one: received.forget_files(database, received_files, one),
        ),
    )


CONSUMERS = (
    Consumer("mail.outcomes", tuple(KINDS), note_outcomes),
    Consumer("mail.grants", FOLLOWED, follow_grants),
    *conversations.CONSUMERS,
)
