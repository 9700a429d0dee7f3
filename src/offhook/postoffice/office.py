"""The post office as a whole: opened with its accounts, everything in a temporary folder until it is closed."""

import getpass
import grp
import os
import secrets
import tempfile
from collections.abc import Collection
from contextlib import ExitStack
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from typing import Self

from offhook.kernel.errors import NotFound
from offhook.postoffice.answering import Reaction, answer_to, reaction_to
from offhook.postoffice.boxes import Boxes, Kept, Owner
from offhook.postoffice.certificate import make_certificate, with_the_usual
from offhook.postoffice.page import serve_page
from offhook.postoffice.reading import dovecot, imap
from offhook.postoffice.sockets import free_port
from offhook.postoffice.submission import submission

HOST = "127.0.0.1"
MAIL_OWNER = Owner("mail", "mail")
"""Whose the boxes are where root opens the office: Dovecot lets nobody read mail as root."""

_PARSER = BytesParser(EmailMessage, policy=SMTP)


def missing() -> list[str]:
    """The Debian packages that it needs and that are not installed."""
    return [] if dovecot() else ["dovecot-imapd"]


class PostOffice:
    """Use as a context: open within. `accounts` are addresses; each signs in by its address and `password`."""

    def __init__(self, accounts: Collection[str], *, pace: float = 1.0) -> None:
        """Prepare. People answer by `pace` times quicker than `answering` says."""
        self.accounts = frozenset(account.lower() for account in accounts)
        self.password = secrets.token_urlsafe(18)
        self.host = HOST
        self.smtp_port, self.imap_port, self.page_port = free_port(HOST), free_port(HOST), free_port(HOST)
        self._pace = pace
        self._open = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def address(self) -> str:
        """Where the page of all that was sent is."""
        return f"http://{self.host}:{self.page_port}/"

    @property
    def trusted(self) -> Path:
        """A file of trusted certificates, this office's among them."""
        return self._trusted

    def _begin(self) -> None:
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="offhook-post-")))
        folder.chmod(0o711)
        is_root = os.geteuid() == 0
        owner = MAIL_OWNER if is_root else Owner(getpass.getuser(), grp.getgrgid(os.getgid()).gr_name)
        certificate, key = make_certificate(folder, self.host)
        self._trusted = with_the_usual(certificate)
        self._boxes = Boxes(folder / "mail", owner)
        for account in self.accounts:
            self._boxes.make(account)
        self._open.enter_context(
            imap(
                self._boxes,
                self.accounts,
                self.password,
                host=self.host,
                port=self.imap_port,
                certificate=certificate,
                key=key,
                runner=None if is_root else owner,
            )
        )
        self._server = submission(
            self._take,
            self.accounts,
            self.password,
            host=self.host,
            port=self.smtp_port,
            certificate=certificate,
            key=key,
        )
        self._server.start()
        self._open.callback(self._server.stop)
        self._open.enter_context(serve_page(self, self.host, self.page_port))

    def received(self) -> list[Kept]:
        """What people outside have got, the newest first."""
        outside = [one for one in self._boxes.all() if one.address not in self.accounts]
        return sorted(outside, key=lambda one: one.at, reverse=True)

    def one(self, address: str, key: str) -> Kept:
        """One of these. Raises `NotFound`."""
        found = None if address in self.accounts else self._boxes.read(address, key)
        if found is None:
            raise NotFound("There is no such mail here.")
        return found

    def answer(self, address: str, key: str, words: str) -> None:
        """Write back as the person who got a mail. Raises `NotFound`."""
        mail = self.one(address, key).mail
        sender = mail["From"].addresses[0].addr_spec
        self._deliver(sender, Reaction(0, address, answer_to(mail, sender, address, words)))

    def _take(self, sender: str, address: str, content: bytes) -> None:
        """Keep a mail that was handed in; whoever got it may react after a while."""
        address = address.lower()
        if address in self.accounts:
            self._boxes.put(address, _stamped(sender, content))
            return
        mail = _PARSER.parsebytes(content)
        reaction = reaction_to(mail, sender, address, datetime.now(UTC).date())
        if reaction is None or reaction.sender:  # nobody gets a mail that comes back
            self._boxes.put(address, content)
        if reaction is not None:
            self._server.loop.call_later(reaction.seconds / self._pace, self._deliver, sender, reaction)

    def _deliver(self, to: str, reaction: Reaction) -> None:
        mail = reaction.mail
        mail["Date"] = datetime.now(UTC)
        mail["Message-ID"] = f"<{secrets.token_hex(12)}@post.example>"
        self._boxes.put(to.lower(), _stamped(reaction.sender, mail.as_bytes(policy=SMTP)))


def _stamped(sender: str, content: bytes) -> bytes:
    """With the envelope's sender on top, as the last server writes it (RFC 5321, section 4.4)."""
    return f"Return-Path: <{sender}>\r\n".encode() + content
