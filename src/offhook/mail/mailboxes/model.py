"""A user's mailbox in plain immutable data: where mail is handed in, where it is read, and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Security(StrEnum):
    """How a connection is made safe (RFC 8314). Without TLS there is none: a password would be read on the way."""

    STARTTLS = "starttls"
    """Begins in clear and is raised to TLS before anything is said."""
    TLS = "tls"
    """TLS from the first byte."""


class MailboxState(StrEnum):
    """Whether mail can be handed in."""

    OK = "ok"
    REFUSING = "refusing"
    """Its server does not let us; tried again at `retry_at`, or when the mailbox is changed or checked."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens."""

    host: str
    port: int
    security: Security


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One user's mailbox. `saves_sent`: its server keeps a copy of what it sends by itself.

    `signature` stands below each mail, in light Markdown; '' for none. `grant_id` is the sign-in at a provider by
    which its servers let us in; without one there is a password.
    `refusing_since`, `problem` and `retry_at` tell of a server that refuses; `failures` how often in a row.
    """

    id: UUID
    user_id: UUID
    address: str
    shown_name: str
    smtp_host: str
    smtp_port: int
    smtp_security: Security
    imap_host: str
    imap_port: int
    imap_security: Security
    username: str
    saves_sent: bool
    refusing_since: datetime | None
    problem: str
    retry_at: datetime | None
    failures: int
    created_at: datetime
    version: int
    signature: str = ""
    grant_id: UUID | None = None

    @property
    def state(self) -> MailboxState:
        """Whether mail can be handed in, as far as we know."""
        return MailboxState.OK if self.refusing_since is None else MailboxState.REFUSING

    @property
    def smtp(self) -> Server:
        """Where mail is handed in."""
        return Server(self.smtp_host, self.smtp_port, self.smtp_security)

    @property
    def imap(self) -> Server:
        """Where mail is read."""
        return Server(self.imap_host, self.imap_port, self.imap_security)


@dataclass(frozen=True, slots=True)
class Login:
    """A mailbox with its password, or its token, in clear: for connecting alone, never stored, shown or logged."""

    mailbox: Mailbox
    password: str
    token: str = ""

    def __repr__(self) -> str:
        """Without either."""
        return f"Login({self.mailbox.address})"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: a sentence for what is wrong with each server, None where all is well.

    `sent_folder` is where copies of sent mail are put, None where there is none.
    """

    smtp_problem: str | None
    imap_problem: str | None
    sent_folder: str | None
