"""What the people at the other end do with a mail: pure, and the same for the same address whenever it is asked.

Shares are of no study: they are such that in a demo of a few mails something of everything is seen.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.utils import getaddresses
from enum import StrEnum
from hashlib import sha256

from offhook.postoffice.letters import body, header, headers

DAYS_AWAY = 9


class Manner(StrEnum):
    """How somebody deals with mail."""

    SILENT = "silent"
    INTERESTED = "interested"
    ASKS = "asks"
    NOT_NOW = "not_now"
    AWAY = "away"
    """Their mail server answers: out of office."""
    GONE = "gone"
    """There is no such address any more: the mail comes back."""


SHARES = (
    (Manner.INTERESTED, 22),
    (Manner.ASKS, 14),
    (Manner.NOT_NOW, 10),
    (Manner.AWAY, 10),
    (Manner.GONE, 6),
    (Manner.SILENT, 38),
)
"""Of a hundred addresses."""

_SECONDS = {
    Manner.INTERESTED: 25,
    Manner.ASKS: 40,
    Manner.NOT_NOW: 60,
    Manner.AWAY: 2,
    Manner.GONE: 2,
}
"""How long they take, in seconds: quicker than in life, for whoever only looks."""

_WORDS = {
    Manner.INTERESTED: "Thanks for getting in touch. Yes, this is something we are looking at this quarter.\n\n"
    "Could you call me tomorrow morning?",
    Manner.ASKS: "Thank you. Before we talk: what does it cost for a team of about twelve, and does it work with"
    " Salesforce?",
    Manner.NOT_NOW: "Thanks, but this is not a topic for us right now. Please come back to me in spring.",
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody does: a mail back, so many seconds later; `sender` is empty for a bounce (RFC 5321, 4.5.5)."""

    seconds: int
    sender: str
    mail: EmailMessage


def manner_of(address: str) -> Manner:
    """How the person at an address deals with mail."""
    drawn = sha256(address.lower().encode()).digest()[0] * 100 // 256
    for manner, share in SHARES:
        if drawn < share:
            return manner
        drawn -= share
    return Manner.SILENT


def reaction_to(mail: Message, sender: str, address: str, today: date) -> Reaction | None:
    """What the person at `address` does with a mail that `sender` sent; None: nothing.

    An automatic mail gets no automatic answer (RFC 3834, section 2), and people answer a thread once: their second
    mail would begin a conversation that nobody wrote.
    """
    manner = manner_of(address)
    if manner is Manner.GONE:
        return Reaction(_SECONDS[manner], "", _bounce(mail, sender, address))
    if manner is Manner.AWAY and header(mail, "Auto-Submitted").lower() in {"", "no"}:
        return Reaction(_SECONDS[manner], address, _away(mail, sender, address, today))
    if manner in _WORDS and mail["In-Reply-To"] is None:
        answer = answer_to(mail, sender, address, _WORDS[manner])
        return Reaction(_SECONDS[manner], address, answer)
    return None


def answer_to(mail: Message, sender: str, address: str, words: str) -> EmailMessage:
    """A person's answer, with the mail quoted below it as mail programs do."""
    name = _name_in(mail, address)
    quoted = "".join(f"> {line}\n" for line in body(mail, "plain").splitlines())
    answer = _back(mail, sender, Address(name, addr_spec=address))
    answer.set_content(f"{words}\n\n{name.split(' ')[0]}\n\nOn {header(mail, 'Date')}, {sender} wrote:\n{quoted}")
    return answer


def _away(mail: Message, sender: str, address: str, today: date) -> EmailMessage:
    """By RFC 3834."""
    until = today + timedelta(days=DAYS_AWAY)
    answer = _back(mail, sender, Address(_name_in(mail, address), addr_spec=address))
    answer.replace_header("Subject", f"Out of office: {header(mail, 'Subject')}")
    answer["Auto-Submitted"] = "auto-replied"
    answer.set_content(f"I am out of the office and back on {until:%d %B %Y}. I will read your mail then.\n")
    return answer


def _bounce(mail: Message, sender: str, address: str) -> EmailMessage:
    """By RFC 3464: a text for people, a report for programs, the headers of what comes back."""
    bounce = EmailMessage()
    bounce["From"] = f"Mail Delivery System <mailer-daemon@{address.partition('@')[2]}>"
    bounce["To"] = sender
    bounce["Subject"] = "Undelivered Mail Returned to Sender"
    bounce["Auto-Submitted"] = "auto-replied"
    bounce.set_type("multipart/report")
    bounce.set_param("report-type", "delivery-status")
    told = EmailMessage()
    told.set_content(f"I could not deliver your mail to <{address}>: there is no such mailbox here.\n")
    report = EmailMessage()
    report["Content-Type"] = "message/delivery-status"
    report.set_payload(
        [
            _fields(("Reporting-MTA", f"dns; {address.partition('@')[2]}")),
            _fields(
                ("Final-Recipient", f"rfc822; {address}"),
                ("Action", "failed"),
                ("Status", "5.1.1"),
                ("Diagnostic-Code", f"smtp; 550 5.1.1 <{address}>: Recipient address rejected: User unknown"),
            ),
        ]
    )
    returned = EmailMessage()
    returned.set_content(headers(mail), subtype="rfc822-headers")
    for part in (told, report, returned):
        bounce.attach(part)
    return bounce


def _fields(*fields: tuple[str, str]) -> EmailMessage:
    block = EmailMessage()
    for name, value in fields:
        block[name] = value
    return block


def _back(mail: Message, sender: str, who: Address) -> EmailMessage:
    """The headers of an answer (RFC 5322, section 3.6.4)."""
    answer = EmailMessage()
    answer["From"] = who
    answer["To"] = sender
    subject = header(mail, "Subject")
    answer["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    identity = header(mail, "Message-ID")
    if identity:
        answer["In-Reply-To"] = identity
        answer["References"] = f"{header(mail, 'References')} {identity}".strip()
    return answer


def _name_in(mail: Message, address: str) -> str:
    """The name by which the mail spoke to them, else what stands before the @."""
    for name, known in getaddresses([header(mail, "To")]):
        if known.lower() == address.lower() and name:
            return name
    return address.partition("@")[0]
