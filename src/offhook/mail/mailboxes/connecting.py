"""Connections to a mailbox's servers, with every failure in words: what is wrong, and where.

Always by TLS with a checked certificate (RFC 8314): there is no way to send a password in clear. Who runs a
certificate authority of their own names it by the environment variable SSL_CERT_FILE, as OpenSSL reads it.
"""

import imaplib
import socket
import ssl
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import StrEnum
from smtplib import SMTP, SMTP_SSL, SMTPAuthenticationError, SMTPException, SMTPNotSupportedError
from typing import Protocol, cast

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from offhook.mail.addresses import domain_in_ascii
from offhook.mail.mailboxes.model import Login, Security, Server
from offhook.mail.mailboxes.xoauth2 import MECHANISM, SignInRefused, Xoauth2

CONNECT_SECONDS = 20
SENT = rb"\Sent"
"""The special use of the folder of sent mail (RFC 6154)."""
SEEN = rb"\Seen"
"""The flag of a message that was read (RFC 3501)."""

ANSWER_SECONDS = 60
"""How long one answer may take. RFC 5321, section 4.5.3.2 has minutes, for relays that ask others meanwhile."""


class TroubleKind(StrEnum):
    """What is wrong with a server."""

    NAME = "name"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    SECURITY = "security"
    LOGIN = "login"
    PROTOCOL = "protocol"


class Trouble(Exception):
    """A server could not be used: `where` is host and port, `why` a sentence's end."""

    def __init__(self, kind: TroubleKind, server: Server, why: str) -> None:
        """Say it as one sentence."""
        self.kind = kind
        self.where = f"{server.host}:{server.port}"
        self.why = why
        super().__init__(f"{self.where} {why}.")


class ImapServer(Protocol):
    """What of `imapclient.IMAPClient` we use, with types."""

    def starttls(self, ssl_context: ssl.SSLContext) -> object:
        """Raise the connection to TLS."""
        ...

    def login(self, username: str, password: str) -> object:
        """Sign in."""
        ...

    def sasl_login(self, mech_name: str, mech_callable: Callable[[bytes], bytes]) -> object:
        """Sign in by a SASL mechanism."""
        ...

    def find_special_folder(self, folder_flag: bytes) -> str | None:
        """The folder with this use (RFC 6154), or by its usual names."""
        ...

    def select_folder(self, folder: str, readonly: bool = False) -> object:
        """Go into a folder."""
        ...

    def search(self, criteria: Sequence[str]) -> list[int]:
        """The messages that match."""
        ...

    def append(self, folder: str, msg: bytes, flags: Sequence[bytes], msg_time: datetime) -> object:
        """Put a message into a folder."""
        ...

    def logout(self) -> object:
        """Say goodbye."""
        ...

    def shutdown(self) -> None:
        """Close the connection."""
        ...


@contextmanager
def open_smtp(login: Login) -> Generator[SMTP]:
    """A submission server (RFC 6409) that has let us in; closed at the end. Raises `Trouble`."""
    server = login.mailbox.smtp
    context = ssl.create_default_context()
    with _troubles(server):
        smtp = _connected(server, context, login.mailbox.address.rpartition("@")[2])
    try:
        with _troubles(server):
            if server.security is Security.STARTTLS:
                smtp.starttls(context=context)
            _sign_in(smtp, login)
        smtp.timeout = ANSWER_SECONDS
        if smtp.sock is not None:
            smtp.sock.settimeout(ANSWER_SECONDS)
        yield smtp
    finally:
        with suppress(OSError, SMTPException):
            if smtp.sock is not None:
                smtp.quit()
        smtp.close()


def _sign_in(smtp: SMTP, login: Login) -> None:
    if not login.token:
        smtp.login(login.mailbox.username, login.password)
        return
    smtp.ehlo_or_helo_if_needed()
    if MECHANISM not in smtp.esmtp_features.get("auth", "").upper().split():
        raise SMTPNotSupportedError(f"no {MECHANISM}")
    talk = Xoauth2(login.mailbox.username, login.token)
    try:
        smtp.auth(MECHANISM, talk.in_smtp)
    except SMTPAuthenticationError as error:
        raise SignInRefused(talk.told(told_by(error))) from error


def _sign_in_to_read(imap: ImapServer, login: Login) -> None:
    if not login.token:
        imap.login(login.mailbox.username, login.password)
        return
    talk = Xoauth2(login.mailbox.username, login.token)
    try:
        imap.sasl_login(MECHANISM, talk.in_imap)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise SignInRefused(talk.told(told_by(error))) from error


def _connected(server: Server, context: ssl.SSLContext, domain: str) -> SMTP:
    name = domain_in_ascii(domain)
    if server.security is Security.TLS:
        return SMTP_SSL(server.host, server.port, name, timeout=CONNECT_SECONDS, context=context)
    return SMTP(server.host, server.port, name, timeout=CONNECT_SECONDS)


@contextmanager
def open_imap(login: Login) -> Generator[ImapServer]:
    """A mailbox that has let us in; left at the end. Raises `Trouble`, within the `with` too."""
    server = login.mailbox.imap
    context = ssl.create_default_context()
    is_tls = server.security is Security.TLS
    with _troubles(server):
        client = cast(
            "ImapServer",
            IMAPClient(
                server.host,
                server.port,
                ssl=is_tls,
                ssl_context=context if is_tls else None,
                timeout=SocketTimeout(CONNECT_SECONDS, ANSWER_SECONDS),  # pyright: ignore[reportArgumentType] # its hint says float
            ),
        )
    try:
        with _troubles(server):
            if not is_tls:
                client.starttls(context)
            _sign_in_to_read(client, login)
            yield client
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()
        with suppress(OSError):
            client.shutdown()


@contextmanager
def _troubles(server: Server) -> Generator[None]:
    """What libraries raise, in words."""
    try:
        yield
    except (OSError, SMTPException, imaplib.IMAP4.error, SignInRefused) as error:
        kind, why = _understood(error, server)
        raise Trouble(kind, server, why) from error


def _understood(error: Exception, server: Server) -> tuple[TroubleKind, str]:
    for types, kind, why in (*_NETWORK, *_TALK):
        if isinstance(error, types):
            return kind, why.format(told=told_by(error), security=server.security)
    return TroubleKind.UNREACHABLE, f"cannot be reached: {told_by(error)}"


_NETWORK: tuple[tuple[type[Exception], TroubleKind, str], ...] = (
    (socket.gaierror, TroubleKind.NAME, "is not found: there is no host of that name"),
    (ssl.SSLCertVerificationError, TroubleKind.CERTIFICATE, "shows a certificate that does not hold: {told}"),
    (
        ssl.SSLError,
        TroubleKind.SECURITY,
        "does not speak TLS there as '{security}' has it: try the other security, or another port ({told})",
    ),
    (TimeoutError, TroubleKind.UNREACHABLE, "does not answer in time"),
    (ConnectionRefusedError, TroubleKind.UNREACHABLE, "refuses the connection: nothing listens on that port"),
)
_TALK: tuple[tuple[type[Exception], TroubleKind, str], ...] = (
    (SMTPAuthenticationError, TroubleKind.LOGIN, "does not take the user name or password: {told}"),
    (SignInRefused, TroubleKind.LOGIN, "does not take the sign-in: {told}"),
    (LoginError, TroubleKind.LOGIN, "does not take the user name or password: {told}"),
    (SMTPNotSupportedError, TroubleKind.SECURITY, "does not offer what '{security}' and a login need: {told}"),
    (SMTPException, TroubleKind.PROTOCOL, "breaks off or answers what cannot be understood: {told}"),
    (imaplib.IMAP4.error, TroubleKind.PROTOCOL, "breaks off or answers what cannot be understood: {told}"),
)


def told_by(error: Exception) -> str:
    """What a server or a library said, in one line and not too long."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(error.verify_message)
    if isinstance(error, SMTPAuthenticationError):
        return f"{error.smtp_code} {plain(error.smtp_error)}"
    return plain(str(error))


def plain(text: str | bytes) -> str:
    """A server's words in one line of at most 300 characters."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())[:300]
