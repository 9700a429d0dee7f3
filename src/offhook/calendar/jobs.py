"""Work of this slice that nobody asks for: calendars are read and written, mails about meetings handed over."""

from collections.abc import Sequence
from datetime import timedelta

from offhook.calendar.meetings import following, replies
from offhook.calendar.meetings.mailing import Sending, mail_due
from offhook.calendar.meetings.writing import write_due
from offhook.calendar.sources.opening import Terms
from offhook.calendar.sources.signing_in import LAPSING, follow_grants
from offhook.calendar.syncing import read_due
from offhook.kernel.delivery import Consumer
from offhook.kernel.jobs import Job
from offhook.kernel.settings import Settings

CONSUMERS = (
    Consumer("calendar.hand_offs", following.FOLLOWED, following.follow_hand_offs),
    Consumer("calendar.replies", replies.FOLLOWED, replies.take_replies),
    Consumer("calendar.grants", LAPSING, follow_grants),
)


def jobs(settings: Settings) -> Sequence[Job]:
    """The jobs of an installation with these settings."""
    terms, sending = Terms.of(settings), Sending.of(settings)
    return (
        Job("calendar.read", timedelta(seconds=15), lambda database, one: read_due(database, terms, one)),
        Job("calendar.write", timedelta(seconds=3), lambda database, one: write_due(database, terms, one)),
        Job("calendar.mail", timedelta(seconds=2), lambda database, one: mail_due(database, sending, one)),
    )
