"""The use cases of deliverability: which domains are sent from. What is published of them is asked outside."""

from uuid import UUID

from offhook import compliance
from offhook.kernel.database import Transaction
from offhook.mail.addresses import domain_in_ascii
from offhook.mail.deliverability.model import SendingDomain
from offhook.mail.mailboxes.model import Mailbox
from offhook.mail.mailboxes.service import mailbox, mailboxes_page

MOST_MAILBOXES = 10_000
MOST_DOMAINS = 20
"""That are looked over at once."""


def sending_domains(tx: Transaction) -> list[SendingDomain]:
    """The domains of the organisation's mailboxes, each once, in order."""
    selectors = compliance.mailing_settings(tx).dkim_selectors
    found = [_of(one, selectors) for one in mailboxes_page(tx, None, MOST_MAILBOXES)]
    by_name = {one.domain: one for one in reversed(found)}
    return [by_name[name] for name in sorted(by_name)][:MOST_DOMAINS]


def domain_of_mailbox(tx: Transaction, mailbox_id: UUID) -> SendingDomain:
    """The domain of one mailbox. Raises `NotFound`."""
    found = mailbox(tx, mailbox_id)
    return _of(found, compliance.mailing_settings(tx).dkim_selectors)


def _of(one: Mailbox, selectors: tuple[str, ...]) -> SendingDomain:
    domain = domain_in_ascii(one.address.rpartition("@")[2])
    return SendingDomain(domain, one.smtp_host.lower().rstrip("."), selectors)
