"""The post office as a whole: opened with its accounts, everything in a temporary folder until it is closed."""

import grp
import os
import pwd
import secrets
import tempfile
from collections.abc import Collection
from contextlib import ExitStack
from datetime import UTC, datetime
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from typing import Self

from offhook.kernel.errors import NotFound, Unavailable
from offhook.postoffice.answering import Reaction, answer_to, reaction_to
from offhook.postoffice.boxes import Boxes, Kept, Owner
from offhook.postoffice.certificate import make_certificate, with_the_usual
from offhook.postoffice.letters import header, parse
from offhook.postoffice.page import serve_page
from offhook.postoffice.reading import dovecot, imap
from offhook.postoffice.sockets import check_free, free_ports
from offhook.postoffice.submission import submission

HOST = "127.0.0.1"
RETURN_PATH = "Return-Path"
MAIL_OWNER = Owner("mail", "mail")
"""Whose the boxes are where root opens the office: Dovecot lets nobody read mail as root."""


def missing() -> list[str]:
    """The Debian packages that it needs and that are not installed."""
    return [] if dovecot() else ["dovecot-imapd"]


class PostOffice:
    """Use as a context: open within. `accounts` are addresses; each signs in by its address and `password`.

    Opening raises `Unavailable` when a port is taken or a server does not begin.
    """

    def __init__(self, accounts: Collection[str], *, pace: float = 1.0) -> None:
        """Prepare. People answer by `pace` times quicker than `answering` says."""
        self.accounts = frozenset(account.lower() for account in accounts)
        self.password = secrets.token_urlsafe(18)
        self.host = HOST
        self.smtp_port, self.imap_port, self.page_port = free_ports(HOST, 3)
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
        for port in (self.smtp_port, self.imap_port, self.page_port):
            check_free(self.host, port)
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="offhook-post-")))
        folder.chmod(0o711)
        is_root = os.geteuid() == 0
        owner = MAIL_OWNER if is_root else _ourselves()
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
        """What was sent to people outside, the newest first; also what came back, as nobody had the address."""
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
        sender = parseaddr(header(mail, RETURN_PATH))[1]
        self._deliver(sender, Reaction(0, address, answer_to(mail, sender, address, words)))

    def _take(self, sender: str, address: str, content: bytes) -> None:
        """Keep a mail that was handed in; whoever got it may react after a while."""
        address = address.lower()
        is_outside = address not in self.accounts
        reaction = reaction_to(parse(content), sender, address, datetime.now(UTC).date()) if is_outside else None
        self._boxes.put(address, _stamped(sender, content))
        if reaction is not None:
            self._server.loop.call_later(reaction.seconds / self._pace, self._deliver, sender, reaction)

    def _deliver(self, to: str, reaction: Reaction) -> None:
        mail = reaction.mail
        mail["Date"] = datetime.now(UTC)
        mail["Message-ID"] = f"<{secrets.token_hex(12)}@post.example>"
        self._boxes.put(to.lower(), _stamped(reaction.sender, mail.as_bytes(policy=SMTP)))


def _ourselves() -> Owner:
    """Raises `Unavailable` where we have no name, as in a container that was given a number: Dovecot needs one."""
    try:
        return Owner(pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name)
    except KeyError as error:
        raise Unavailable("The virtual post office needs a user and a group that have names here.") from error


def _stamped(sender: str, content: bytes) -> bytes:
    """With the envelope's sender on top, as the last server writes it (RFC 5321, section 4.4)."""
    return f"{RETURN_PATH}: <{sender}>\r\n".encode() + content
