"""What an installation can set, all by environment variables that begin with `OFFHOOK_`."""

import os
import secrets
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of this process; every one has a default that works."""

    model_config = SettingsConfigDict(env_prefix="OFFHOOK_")

    data: Path = Field(default=Path(".offhook"), description="Folder for everything Offhook keeps on disk")
    database_url: str | None = Field(
        default=None, description="Any PostgreSQL 15 or newer; without it Offhook runs its own in `data`"
    )
    host: str = Field(default="127.0.0.1", description="Address the web server listens on")
    port: int = Field(default=8642, description="Port the web server listens on")
    public_url: str | None = Field(default=None, description="Where people reach this server from outside")
    secret_key: str | None = Field(
        default=None, description="Signs and encrypts; made and kept in `data` if absent"
    )
    webhooks_allow_private: bool = Field(
        default=False, description="Whether webhooks may go to private addresses, and by plain http"
    )
    dns_servers: list[str] = Field(
        default=[], description="DNS servers to ask, as host or host:port; the machine's own if empty"
    )
    calendars_allow_private: bool = Field(
        default=False, description="Whether calendars may be at private addresses, and by plain http"
    )

    google_client_id: str | None = Field(default=None, description="Of the app registered at Google, for sign-ins")
    google_client_secret: str | None = Field(default=None, description="Its secret")
    google_accounts: str = Field(default="https://accounts.google.com", description="Where users sign in")
    google_token: str = Field(default="https://oauth2.googleapis.com/token", description="Where tokens are given")
    google_caldav: str = Field(
        default="https://apidata.googleusercontent.com/caldav/v2", description="Where Google's calendars are"
    )
    google_smtp: str = Field(default="smtp.gmail.com:587", description="Where Google takes mail, by STARTTLS")
    google_imap: str = Field(default="imap.gmail.com:993", description="Where Google's mail is read, by TLS")
    microsoft_client_id: str | None = Field(
        default=None, description="Of the app registered at Microsoft, for sign-ins"
    )
    microsoft_client_secret: str | None = Field(default=None, description="Its secret")
    microsoft_tenant: str = Field(default="common", description="Who may sign in: `common`, or one tenant")
    microsoft_login: str = Field(default="https://login.microsoftonline.com", description="Where users sign in")
    microsoft_outlook: str = Field(
        default="https://outlook.office.com", description="What permissions for mail are named after"
    )
    microsoft_smtp: str = Field(
        default="smtp.office365.com:587", description="Where Microsoft takes mail, by STARTTLS"
    )
    microsoft_imap: str = Field(
        default="outlook.office365.com:993", description="Where Microsoft's mail is read, by TLS"
    )

    sip_host: str = Field(default="0.0.0.0", description="Address that SIP listens on, udp and tcp")  # noqa: S104
    sip_port: int = Field(default=5060, description="Port that SIP listens on")
    sip_public_host: str | None = Field(
        default=None, description="Where carriers reach SIP from outside, if that is another address"
    )
    media_host: str = Field(default="127.0.0.1", description="Address that calls' sound goes by, to carriers")
    media_public_host: str | None = Field(
        default=None, description="What carriers and browsers are told instead, behind one-to-one NAT"
    )
    media_interfaces: list[str] = Field(
        default=[], description="Network interfaces that browsers reach; all but loopback if empty"
    )
    stun: str | None = Field(default=None, description="STUN server for browsers, as host:port")

    @cached_property
    def secret(self) -> str:
        """The installation's secret: the setting, else one made once and kept in the data folder."""
        if self.secret_key:
            return self.secret_key
        kept = self.data / "secret"
        if not kept.exists():
            _make_secret(kept)
        return kept.read_text()

    @property
    def base_url(self) -> str:
        """The address to print and to put in links."""
        return self.public_url or f"http://{self.host}:{self.port}"


def _make_secret(kept: Path) -> None:
    """Write a secret beside its place and link it there whole, unless another process was first."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    made = kept.with_name(f"secret.{secrets.token_hex(4)}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        kept.hardlink_to(made)
    except FileExistsError:
        pass  # theirs counts
    finally:
        made.unlink()
