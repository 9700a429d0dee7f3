"""What a mailbox may look like, and when one that refuses is tried again. Pure.

Ports: RFC 8314, section 7.3 (submissions 465, imaps 993), RFC 6409 (submission 587), RFC 3501 (imap 143).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from offhook.kernel.errors import invalid_field
from offhook.kernel.hosts import checked_host
from offhook.mail.mailboxes.model import Mailbox, Security
from offhook.mail.templates.language import clean_source
from offhook.people import Rejected, read_email

LONGEST_NAME = 100
LONGEST_CREDENTIAL = 512
LONGEST_SIGNATURE = 2_000

SMTP_PORTS: Mapping[Security, int] = {Security.STARTTLS: 587, Security.TLS: 465}
IMAP_PORTS: Mapping[Security, int] = {Security.STARTTLS: 143, Security.TLS: 993}

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30))
LAST_RETRY = timedelta(hours=1)

_LINES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def checked_mailbox(mailbox: Mailbox) -> Mailbox:
    """The mailbox, cleaned. Raises `Invalid` naming the field that does not do."""
    for name, port in (("smtp_port", mailbox.smtp_port), ("imap_port", mailbox.imap_port)):
        if not 1 <= port <= 65_535:
            raise invalid_field(name, "must be 1 to 65535", port)
    return replace(
        mailbox,
        address=checked_address(mailbox.address),
        shown_name=checked_line("shown_name", " ".join(mailbox.shown_name.split()), LONGEST_NAME),
        smtp_host=checked_host("smtp_host", mailbox.smtp_host),
        imap_host=checked_host("imap_host", mailbox.imap_host),
        username=checked_line("username", mailbox.username.strip(), LONGEST_CREDENTIAL),
        signature=checked_signature(mailbox.signature),
    )


def checked_address(text: str) -> str:
    """An address that mail can be sent from. Raises `Invalid`."""
    read = read_email(text.strip())
    if isinstance(read, Rejected):
        raise invalid_field("address", read.reason, text[:80])
    if not read.address.rpartition("@")[0].isascii():
        raise invalid_field("address", "has letters before the @ that most mail servers do not take", text[:80])
    return read.address


def checked_signature(text: str) -> str:
    """A signature without space around it and without control characters. Raises `Invalid`."""
    clean = clean_source(text).strip()
    if len(clean) > LONGEST_SIGNATURE:
        raise invalid_field("signature", f"must have at most {LONGEST_SIGNATURE:,} characters", None)
    return clean


def checked_password(password: str) -> str:
    """The password as it is sent. It is never told back, not even when it is wrong."""
    if not 0 < len(password) <= LONGEST_CREDENTIAL or not is_one_line(password):
        raise invalid_field("password", f"must have 1 to {LONGEST_CREDENTIAL} characters in one line", None)
    return password


def checked_line(field: str, text: str, longest: int) -> str:
    """A text that stands in one line. Raises `Invalid`."""
    if not text or len(text) > longest:
        raise invalid_field(field, f"must have 1 to {longest:,} characters", text[:40])
    if not is_one_line(text):
        raise invalid_field(field, "must be one line without control characters", None)
    return text


def is_one_line(text: str) -> bool:
    """Whether a text holds nothing that any reader of mail headers may take for the end of a line."""
    return not any(unicodedata.category(letter) in _LINES for letter in text)


def retry_after(failures: int) -> timedelta:
    """How long to wait after the so-manieth failure in a row."""
    return RETRIES[failures - 1] if 0 < failures <= len(RETRIES) else LAST_RETRY


def refusing(mailbox: Mailbox, problem: str, now: datetime) -> Mailbox:
    """The mailbox after its server refused once more."""
    failures = mailbox.failures + 1
    return replace(
        mailbox,
        refusing_since=mailbox.refusing_since or now,
        problem=problem,
        retry_at=now + retry_after(failures),
        failures=failures,
    )


def well(mailbox: Mailbox) -> Mailbox:
    """The mailbox after its server let us in."""
    return replace(mailbox, refusing_since=None, problem="", retry_at=None, failures=0)
