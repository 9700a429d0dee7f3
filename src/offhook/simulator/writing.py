"""The demo's mail: a virtual post office on this machine, and a mailbox there for everybody who writes.

Nothing leaves the machine, and yet every mail is a real one: handed in, filed, answered by people or sent back.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from offhook import identity
from offhook.identity import Role, User
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import Unavailable
from offhook.kernel.settings import Settings
from offhook.mail.mailboxes.service import add_mailbox, change_mailbox, mailbox_of, seal_of
from offhook.postoffice import PostOffice, missing, trusting

WHO_WRITES = frozenset({Role.REP, Role.AE})


@contextmanager
def writing(database: Database, organisation_id: UUID, settings: Settings) -> Generator[str]:
    """The post office and everybody's mailbox, for as long as the `with` lasts; yields a line about it."""
    absent = missing()
    if absent:
        yield f"none: install {', '.join(absent)} (sh .ci/engines), then start again"
        return
    with database.transaction(organisation_id, SYSTEM) as tx:
        users = [user for user in identity.users(tx) if user.role in WHO_WRITES and user.is_active]
    with ExitStack() as opened:
        try:
            office = opened.enter_context(PostOffice([user.email for user in users]))
        except Unavailable as error:
            yield f"none: {error.message}"
            return
        opened.enter_context(trusting(office.trusted))
        with database.transaction(organisation_id, SYSTEM) as tx:
            for user in users:
                connect(tx, settings, user, office)
        yield f"real ones, in a virtual post office on this machine: {office.address}"


def connect(tx: Transaction, settings: Settings, user: User, office: PostOffice) -> None:
    """A user's mailbox at the office where it is now; one that they connected elsewhere is left alone."""
    seal, there = seal_of(settings), mailbox_of(tx, user.id)
    if there is not None and there.smtp_host == there.imap_host == office.host:
        ports = {"smtp_port": office.smtp_port, "imap_port": office.imap_port}
        change_mailbox(tx, seal, there.id, there.version, {**ports, "password": office.password})
    if there is not None:
        return
    add_mailbox(
        tx,
        seal,
        address=user.email,
        user_id=user.id,
        smtp_host=office.host,
        smtp_port=office.smtp_port,
        imap_host=office.host,
        imap_port=office.imap_port,
        password=office.password,
    )
