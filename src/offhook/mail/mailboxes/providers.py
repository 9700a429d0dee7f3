"""Providers that many have their mailboxes at: where their servers are, as they publish it."""

from dataclasses import dataclass

from offhook.mail.mailboxes.model import Security


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider's servers. `saves_sent`: they keep copies of what they send by themselves."""

    id: str
    name: str
    smtp_host: str
    imap_host: str
    saves_sent: bool
    smtp_port: int = 587
    smtp_security: Security = Security.STARTTLS
    imap_port: int = 993
    imap_security: Security = Security.TLS


PROVIDERS = (
    Provider("google", "Google (Gmail, Workspace)", "smtp.gmail.com", "imap.gmail.com", saves_sent=True),
    Provider("microsoft", "Microsoft 365", "smtp.office365.com", "outlook.office365.com", saves_sent=True),
    Provider("fastmail", "Fastmail", "smtp.fastmail.com", "imap.fastmail.com", saves_sent=False),
    Provider("icloud", "iCloud Mail", "smtp.mail.me.com", "imap.mail.me.com", saves_sent=False),
)
