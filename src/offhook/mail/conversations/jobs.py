"""Work on conversations that nobody asks for: snoozes end, and mails of ours are put where they belong."""

from uuid import UUID

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.delivery import Consumer
from offhook.mail.conversations.service import MOST_AT_ONCE, follow_mails, wake

FOLLOWED = ("mail.queued", "mail.withdrawn", "mail.failed")


def wake_due(database: Database, organisation_id: UUID) -> None:
    """Wake all conversations of an organisation whose snooze is over."""
    woken = MOST_AT_ONCE
    while woken == MOST_AT_ONCE:
        with database.transaction(organisation_id, SYSTEM) as tx:
            woken = wake(tx)


CONSUMERS = (Consumer("mail.conversations", FOLLOWED, follow_mails),)
