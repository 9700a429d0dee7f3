"""Whoever has an account at the post office: hands mail in and reads it, as a mail program does."""

import smtplib
import ssl
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from imapclient import IMAPClient

from offhook.postoffice import Manner, PostOffice, manner_of

PATIENCE = 15


def a_mail(sender: str, to: str, subject: str = "Engines", text: str = "Hello.") -> EmailMessage:
    """A mail as Offhook writes them."""
    mail = EmailMessage()
    mail["From"] = f"Ann Reyes <{sender}>"
    mail["To"] = f"Ada Byron <{to}>"
    mail["Subject"] = subject
    mail["Date"] = "Mon, 02 Nov 2026 09:00:00 +0000"
    mail["Message-ID"] = f"<{abs(hash((to, subject)))}@offhook.example>"
    mail.set_content(text)
    return mail


def somebody(manner: Manner, but: int = 0) -> str:
    """An address of whom deals with mail in this manner; another for another number."""
    found = [
        one for one in (f"ada.{number}@prospects.example" for number in range(400)) if manner_of(one) is manner
    ]
    return found[but]


@dataclass(frozen=True)
class Elsewhere:
    """An office that another process opened, as far as customers need to know it."""

    host: str
    smtp_port: int
    imap_port: int
    password: str
    trusted: Path


@dataclass(frozen=True)
class Customer:
    """An account and the way to its office."""

    office: PostOffice | Elsewhere
    account: str

    @property
    def trust(self) -> ssl.SSLContext:
        """Believes the office's certificate."""
        return ssl.create_default_context(cafile=str(self.office.trusted))

    def connection(self) -> smtplib.SMTP:
        """A connection for handing in, encrypted and not signed in."""
        connection = smtplib.SMTP(self.office.host, self.office.smtp_port, timeout=PATIENCE)
        connection.starttls(context=self.trust)
        return connection

    def signed_in(self) -> smtplib.SMTP:
        """The same, signed in."""
        connection = self.connection()
        connection.login(self.account, self.office.password)
        return connection

    def hand_in(self, mail: EmailMessage | bytes, to: str) -> None:
        """Hand in a mail to this address."""
        content = mail if isinstance(mail, bytes) else bytes(mail)
        with self.signed_in() as connection:
            connection.sendmail(self.account, [to], content)

    def write(self, to: str, subject: str = "Engines", text: str = "Hello.") -> EmailMessage:
        """Write to somebody; what was handed in."""
        mail = a_mail(self.account, to, subject, text)
        self.hand_in(mail, to)
        return mail

    def reading(self) -> AbstractContextManager[IMAPClient]:
        """A connection for reading, signed in."""
        client = IMAPClient(self.office.host, self.office.imap_port, ssl_context=self.trust, timeout=PATIENCE)
        client.login(self.account, self.office.password)
        return client

    def inbox(self) -> list[EmailMessage]:
        """All mails of the inbox."""
        with self.reading() as client:
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(), ["RFC822"])
        parser = BytesParser(EmailMessage, policy=default)
        return [parser.parsebytes(parts[b"RFC822"]) for parts in found.values()]

    def await_mail(self, about: str) -> EmailMessage:
        """The mail whose subject holds these words, once it is there."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := [mail for mail in self.inbox() if about in str(mail["Subject"])]:
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"no mail about {about!r}: {[str(mail['Subject']) for mail in self.inbox()]}")
