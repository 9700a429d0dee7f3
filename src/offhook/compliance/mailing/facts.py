"""What the policy of mails must know, read from the database: of one person, and of what was sent."""

import hashlib
from datetime import timedelta
from uuid import UUID

from offhook import people
from offhook.compliance import facts
from offhook.compliance.mailing import store
from offhook.compliance.mailing.model import MailAsked, MailingSettings, Reader, Traffic
from offhook.kernel.database import Transaction

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def lock(tx: Transaction) -> None:
    """Let no other mail of this organisation be decided until this transaction ends, so that limits hold."""
    tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('mailing:' || %(id)s, 0))", id=str(tx.organisation_id)
    )


def reader_of(tx: Transaction, person_id: UUID) -> Reader:
    """Where a person is, as their record or else their account's has it; the organisation's zone without one."""
    known = people.facts_of(tx, [person_id]).get(person_id)
    called = facts.called(tx, person_id)
    zone = (known.time_zone if known else None) or facts.home(tx).time_zone
    country, region = (known.country, known.region) if known else (None, None)
    regions = (country, *([f"{country}-{region}"] if region else [])) if country else ()
    return Reader(regions, zone, has_consented=bool(called and called.has_consented))


def traffic_of(tx: Transaction, asked: MailAsked, settings: MailingSettings) -> Traffic:
    """What was given leave besides this mail itself, as far as the limits look."""
    mails = store.permitted_of_mailbox(tx, asked.mailbox_id, asked.mail_id, tx.now - DAY, settings.mails_per_day)
    return Traffic(
        of_mailbox=tuple(one.at for one in mails),
        to_domain=store.permitted_to_domain(
            tx, domain_of(asked.address), asked.mail_id, tx.now - HOUR, settings.mails_per_domain_per_hour
        ),
        began_at=store.first_permitted(tx, asked.mailbox_id),
        jitter=jitter_of(asked.mailbox_id, mails[0].mail_id) if mails else 0.0,
    )


def jitter_of(mailbox_id: UUID, after_mail_id: UUID) -> float:
    """A number from 0 to 1 for the space after a mail: by chance to who watches, the same to who asks again."""
    drawn = hashlib.sha256(mailbox_id.bytes + after_mail_id.bytes).digest()
    return int.from_bytes(drawn[:4], "big") / 2**32


def domain_of(address: str) -> str:
    """The domain of an address."""
    return address.rpartition("@")[2]
