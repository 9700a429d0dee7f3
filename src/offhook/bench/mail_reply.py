"""How soon an incoming reply is known: from the moment the IMAP server has it until its event is in the database.

The reader waits in IDLE, as it does all day; replies are put into the inbox by another connection, one by one.
"""

import statistics
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import UUID

from imapclient import IMAPClient

from offhook.bench.model import Figure, at_most
from offhook.bench.scratch import Scratch, scratch_installation
from offhook.identity import Role, actor_of, add_user
from offhook.kernel.database import SYSTEM
from offhook.kernel.errors import Unavailable
from offhook.kernel.ids import new_id
from offhook.leads import open_outbound_lead
from offhook.mail.incoming.files import objects_of
from offhook.mail.incoming.readers import Readers
from offhook.mail.mailboxes.service import add_mailbox, seal_of
from offhook.mail.messages.model import Mail
from offhook.mail.messages.service import send_mail
from offhook.people import add_person
from offhook.postoffice import PostOffice, missing, trusting

REPLIES = 100
WARM_UP = 3
MOST_SECONDS = 2.0
PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.002
ADDRESS = "rep@bench.example"
NOBODYS_PORT = 9
"""Nothing is sent here: the mails that are answered wait in the ledger."""


def figures() -> Iterable[Figure]:
    """The 95th percentile. Raises `Unavailable` without Dovecot."""
    if absent := missing():
        raise Unavailable(f"This bench needs Debian's {', '.join(absent)}: sh .ci/engines")
    with scratch_installation() as scratch, PostOffice([ADDRESS]) as office, trusting(office.trusted):
        mail = _a_mail(scratch, office)
        with _reading(scratch), _signed_in(office) as imap:
            seconds = [_one(scratch, imap, mail, number) for number in range(WARM_UP + REPLIES)][WARM_UP:]
    yield at_most(
        "mail-reply: IMAP server has it to event in the database, p95",
        statistics.quantiles(seconds, n=100)[94],
        "s",
        MOST_SECONDS,
        f"{REPLIES} replies one by one, by Dovecot: median {statistics.median(seconds):.3f} s,"
        f" most {max(seconds):.3f} s",
    )


def _a_mail(scratch: Scratch, office: PostOffice) -> Mail:
    """A rep with a mailbox there, and a mail of theirs to somebody."""
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        rep = add_user(tx, email="rep@offhook.example", name="Rep", role=Role.REP)
        person = add_person(tx, {"full_name": "Ada Byron", "email": "ada@engines.example"})
        add_mailbox(
            tx,
            seal_of(scratch.settings),
            address=ADDRESS,
            smtp_host=office.host,
            imap_host=office.host,
            password=office.password,
            user_id=rep.id,
            smtp_port=NOBODYS_PORT,
            imap_port=office.imap_port,
        )
    with scratch.database.transaction(scratch.organisation_id, actor_of(rep)) as tx:
        lead = open_outbound_lead(tx, person.id)
        return send_mail(tx, lead_id=lead.id, subject_line="Engines", text="Shall we talk?")


@contextmanager
def _reading(scratch: Scratch) -> Generator[None]:
    readers = Readers(scratch.database, seal_of(scratch.settings), objects_of(scratch.settings))
    readers.start()
    try:
        yield
    finally:
        readers.stop()


@contextmanager
def _signed_in(office: PostOffice) -> Generator[Any]:
    """A connection of somebody who puts mails there."""
    with IMAPClient(office.host, office.imap_port, ssl=True) as imap:
        imap.login(ADDRESS, office.password)
        yield imap


def _one(scratch: Scratch, imap: Any, mail: Mail, number: int) -> float:
    """Seconds from the server's word that it has a reply until the event of it can be read."""
    known = _told(scratch, mail.person_id)
    imap.append("INBOX", _reply(mail, number))
    begun = time.perf_counter()
    while _told(scratch, mail.person_id) == known:
        if time.perf_counter() - begun > PATIENCE_SECONDS:
            raise TimeoutError("Waited in vain for a reply to be recognised.")
        time.sleep(LOOK_SECONDS)
    return time.perf_counter() - begun


def _told(scratch: Scratch, person_id: UUID) -> int:
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        statement = "SELECT count(*) FROM event WHERE kind = 'mail.received' AND data->>'person_id' = %(person)s"
        return tx.scalar(int, statement, person=str(person_id)) or 0


def _reply(mail: Mail, number: int) -> bytes:
    message = EmailMessage(SMTP)
    message["From"] = f"{mail.to_name} <{mail.to_address}>"
    message["To"] = mail.from_address
    message["Subject"] = f"Re: {mail.subject}"
    message["Message-ID"] = f"<{new_id().hex}@engines.example>"
    message["In-Reply-To"] = mail.message_id
    message.set_content(f"Yes, {number} times.")
    return message.as_bytes()
