"""A submission server that does what a test says: refuses, delays, or breaks off at a point of the dialogue."""

import asyncio
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from mail.post import HOST, PostOffice, free_port

BREAKS = "breaks off"


@dataclass
class Script:
    """What is answered where; `BREAKS` for a connection that ends without an answer."""

    at_sender: str = "250 OK"
    at_recipient: str = "250 OK"
    at_content: str = "250 OK"
    breaks_in_content: bool = False
    taken: list[bytes] = field(default_factory=list[bytes])
    port: int = 0

    async def handle_MAIL(  # noqa: N802 # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A sender was named."""
        envelope.mail_from = address
        return self._said(server, self.at_sender)

    async def handle_RCPT(  # noqa: N802 # likewise
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A receiver was named."""
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self._said(server, self.at_recipient)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # likewise
        """The whole content came."""
        content = envelope.original_content
        if self.at_content.startswith("250") or self.at_content == BREAKS:
            self.taken.append(content or b"")
        return self._said(server, self.at_content)

    def _said(self, server: SMTP, answer: str) -> str:
        if answer == BREAKS:
            transport: Any = server.transport
            transport.abort()
        return answer


class _BreakingSmtp(SMTP):
    """Ends the connection once it has said that it wants the content."""

    async def push(self, status: str | bytes) -> None:
        """Say something."""
        await super().push(status)
        if str(status).startswith("354"):
            transport: Any = self.transport
            transport.abort()


@contextmanager
def scripted(office: PostOffice, script: Script) -> Generator[Script]:
    """The server, on a free port, with the post office's certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(office.certificate, office.certificate.with_suffix(".key"))

    class Scripted(Controller):
        def factory(self) -> SMTP:
            kind = _BreakingSmtp if script.breaks_in_content else SMTP
            return kind(
                script,
                tls_context=context,
                require_starttls=True,
                authenticator=lambda *_: AuthResult(success=True),
                loop=asyncio.get_event_loop(),
            )

    script.port = free_port()
    controller = Scripted(script, hostname=HOST, port=script.port)
    controller.start()
    try:
        yield script
    finally:
        controller.stop()
