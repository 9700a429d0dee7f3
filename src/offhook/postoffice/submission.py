"""Where mail is handed in: SMTP submission (RFC 6409) with STARTTLS and a password, by aiosmtpd."""

import logging
import ssl
from collections.abc import Callable, Collection
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from offhook.postoffice.letters import is_address

logging.getLogger("mail.log").setLevel(logging.ERROR)
"""aiosmtpd warns at each sign-in of an attribute of its own that it sets itself."""

LARGEST = 40 * 2**20
"""Bytes of a mail at most."""

Take = Callable[[str, str, bytes], None]
"""Takes a mail in: from whom, to whom, and its content. Called in the server's own loop."""


class Handler:
    """Takes what its accounts send in their own name; one mail to each recipient."""

    def __init__(self, take: Take) -> None:
        """`take` gets each mail before its sender is told that it was taken."""
        self._take = take

    async def handle_MAIL(  # noqa: N802 # aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Let nobody send as somebody else."""
        if address.lower() != str(session.auth_data):
            return "553 5.7.1 Sender address rejected: not owned by user"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail for whoever can be written to."""
        if not is_address(address):
            return "553 5.1.3 Bad recipient address syntax"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take it."""
        content, sender = envelope.content, envelope.mail_from
        if not isinstance(content, bytes) or sender is None:
            return "554 5.6.0 No mail"
        try:
            for address in envelope.rcpt_tos:
                self._take(sender, address, content)
        except OSError as error:
            return f"451 4.3.1 Could not be kept: {error.strerror}"
        return "250 2.0.0 Ok: taken"


def submission(
    take: Take, accounts: Collection[str], password: str, *, host: str, port: int, certificate: Path, key: Path
) -> Controller:
    """A server that is to be started, for accounts that all have one password."""
    known = {account.lower() for account in accounts}

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, shown: object) -> AuthResult:
        if not isinstance(shown, LoginPassword):
            return AuthResult(success=False, handled=False)
        login = shown.login.decode(errors="replace").lower()
        is_right = login in known and shown.password == password.encode()
        return AuthResult(success=is_right, handled=False, auth_data=login)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return Controller(
        Handler(take),
        hostname=host,
        port=port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=check,
        data_size_limit=LARGEST,
        enable_SMTPUTF8=False,
        server_hostname="post.example",
    )
