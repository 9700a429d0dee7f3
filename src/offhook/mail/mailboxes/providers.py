"""Providers that many have their mailboxes at: where their servers are, as they publish it."""

from dataclasses import dataclass, replace

from offhook.kernel.errors import Unavailable
from offhook.kernel.settings import Settings
from offhook.mail.mailboxes.model import Security
from offhook.oauth import ProviderName


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


def signed_in_at(settings: Settings, name: ProviderName) -> Provider:
    """The servers that a sign-in lets into: the provider's own, or where the installation says that they are.

    Raises `Unavailable` for a setting that cannot be read.
    """
    smtp, imap = {
        ProviderName.GOOGLE: (settings.google_smtp, settings.google_imap),
        ProviderName.MICROSOFT: (settings.microsoft_smtp, settings.microsoft_imap),
    }[name]
    found = next(one for one in PROVIDERS if one.id == name.value)
    (smtp_host, smtp_port), (imap_host, imap_port) = _place(smtp), _place(imap)
    return replace(found, smtp_host=smtp_host, smtp_port=smtp_port, imap_host=imap_host, imap_port=imap_port)


def _place(told: str) -> tuple[str, int]:
    host, _, port = told.rpartition(":")
    if not host or not port.isdecimal():
        raise Unavailable(f"This installation names a mail server '{told}': it must be host:port. Tell an admin.")
    return host, int(port)
