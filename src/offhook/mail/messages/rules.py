"""What may be written, and what follows from an answer. Pure.

Limits of lines: RFC 5322, section 2.1.1. Message ids: RFC 5322, section 3.6.4. How long to go on trying: RFC 5321,
section 4.5.4.1 has four to five days for relays; a submission server that cannot take a mail for two days is a
matter for a person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from offhook.activities import LONGEST_BODY, LONGEST_KEY, LONGEST_SUBJECT
from offhook.kernel.errors import invalid_field
from offhook.mail.addresses import domain_in_ascii
from offhook.mail.mailboxes.rules import checked_line, is_one_line
from offhook.mail.messages.model import Accepted, Mail, MailState, Outcome, Pace, ServerRefused

LONGEST_HTML = 500_000
LONGEST_ID = 250
MOST_REFERENCES = 50
"""The first and the latest; threads go on from either."""
LONGEST_SHOWN_NAME = 200

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120))
LAST_RETRY = timedelta(hours=4)
MOST_ATTEMPTS = 17
"""With these waits: two days."""

CRASHED = "The process ended while the mail was handed over."
CRASHED_BEFORE = "The process ended before the mail was handed over."

FILING_RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


@dataclass(frozen=True, slots=True)
class Written:
    """What a user wrote, checked."""

    subject: str
    text: str
    html: str | None
    in_reply_to: str | None
    key: str | None


def checked_writing(
    subject: str, text: str, html: str | None, in_reply_to: str | None, key: str | None
) -> Written:
    """What was written, checked. Raises `Invalid` naming the field: above all, nothing may end a header's line."""
    checked_line("subject", subject, LONGEST_SUBJECT)
    if not text.strip():
        raise invalid_field("text", "is empty: every mail has a plain text", None)
    check_lengths(text, html)
    for field, body in (("text", text), ("html", html or "")):
        if "\0" in body or not _can_be_encoded(body):
            raise invalid_field(field, "holds null characters or broken text", None)
    if in_reply_to is not None and not is_message_id(in_reply_to):
        raise invalid_field("in_reply_to", "must be a Message-ID in its angle brackets", in_reply_to[:80])
    if key is not None:
        checked_line("key", key, LONGEST_KEY)
    return Written(subject, text, html, in_reply_to, key)


def check_lengths(text: str, html: str | None) -> None:
    """Raise `Invalid` for a part that is too long to be sent and logged."""
    for field, body, longest in (("text", text, LONGEST_BODY), ("html", html or "", LONGEST_HTML)):
        if len(body) > longest:
            raise invalid_field(field, f"has {len(body):,} characters; at most {longest:,} are sent", None)


def is_message_id(text: str) -> bool:
    """Whether this is a message id that we can name in a header."""
    return len(text) <= LONGEST_ID and _MESSAGE_ID.fullmatch(text) is not None


def checked_name(name: str) -> str:
    """A name on record as it can stand in a header: control characters and line ends become spaces."""
    plain = "".join(letter if is_one_line(letter) else " " for letter in name)
    return " ".join(plain.split())[:LONGEST_SHOWN_NAME]


def message_id_of(identifier: UUID, address: str) -> str:
    """The Message-ID of a mail sent from an address: of the sender's domain, unique by our id."""
    return f"<{identifier.hex}@{domain_in_ascii(address.rpartition('@')[2])}>"


def references_of(in_reply_to: str | None, before: Sequence[str]) -> tuple[str, ...]:
    """The References of an answer (RFC 5322, section 3.6.4): the parent's, then the parent."""
    if in_reply_to is None:
        return ()
    every = [*(one for one in before if one != in_reply_to), in_reply_to]
    return tuple(every if len(every) <= MOST_REFERENCES else [every[0], *every[-MOST_REFERENCES + 1 :]])


def subject_of_answer(subject: str) -> str:
    """The subject of an answer (RFC 5322, section 3.6.5): `Re: ` once, however often it goes to and fro."""
    return subject if subject[:3].casefold() == "re:" else f"Re: {subject}"[:LONGEST_SUBJECT]


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a mail: its state, why, and when it is sent again."""

    state: MailState
    reason: str = ""
    send_at: datetime | None = None


def after(outcome: Outcome, attempts: int, now: datetime) -> Next:
    """What follows from how an attempt, the so-manieth, ended."""
    if isinstance(outcome, Accepted):
        return Next(MailState.SENT)
    if not isinstance(outcome, ServerRefused):
        return Next(MailState.IN_DOUBT, outcome.why)
    told = f"{outcome.code} {outcome.told}".strip()
    if outcome.code < 400 or outcome.code >= 500:  # RFC 5321, section 4.2.1: all but 4yz is final
        return Next(MailState.FAILED, f"The server refused it: {told}.")
    if attempts >= MOST_ATTEMPTS:
        return Next(MailState.FAILED, f"The server did not take it in {attempts} attempts: {told}.")
    return Next(MailState.QUEUED, f"The server did not take it for now: {told}.", now + _wait(attempts))


def paced(mail: Mail, pace: Pace) -> Mail:
    """A mail of a mailbox that has sent enough for now, as it stands: it waits for its mailbox, too."""
    if mail.state is not MailState.QUEUED or not mail.is_automatic or mail.send_at is None:
        return mail
    if mail.send_at > pace.until:
        return mail
    return replace(mail, send_at=pace.until, reason=pace.because)


def after_crash(mail: Mail, now: datetime) -> Next:
    """What follows for a mail whose attempt ended with its process.

    One whose content may be out is in doubt. Any other is sent again, at once the first time; later the wait
    grows, so that a mail that ends the process each time does not keep it from all others.
    """
    if mail.handed_over_at is not None:
        return Next(MailState.IN_DOUBT, CRASHED)
    if mail.attempts >= MOST_ATTEMPTS:
        return Next(MailState.FAILED, f"The process ended in each of {mail.attempts} attempts.")
    return Next(MailState.QUEUED, CRASHED_BEFORE, now if mail.attempts <= 1 else now + _wait(mail.attempts - 1))


def _wait(attempts: int) -> timedelta:
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else LAST_RETRY


def file_again_at(tries: int, now: datetime) -> datetime | None:
    """When to look into the Sent folder again after so many tries; None: no more."""
    return now + FILING_RETRIES[tries - 1] if tries <= len(FILING_RETRIES) else None


def _can_be_encoded(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
