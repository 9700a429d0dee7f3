"""Addresses on this installation that mails carry: the way out, the pixel of an open, links that are followed.

Each names its mail and is signed: nobody can make one, guess one, or change where one leads. A followed link has
the address it leads to beside it, in plain sight, and that is part of what is signed.
"""

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from offhook.kernel.sealing import Signature
from offhook.kernel.settings import Settings

WAY_OUT, OPENED, CLICKED = b"way out", b"opened", b"clicked"
_ID = 16
LONGEST_URL = 2_000
"""Of a link that is followed by way of us; a longer one stays as it was written."""


@dataclass(frozen=True, slots=True)
class MailNamed:
    """Which mail a link is of."""

    organisation_id: UUID
    mail_id: UUID


class Links:
    """Makes and reads them."""

    def __init__(self, base_url: str, secret: str) -> None:
        """`base_url`: where people reach this installation from outside; `secret`: the installation's."""
        self._base_url = base_url.rstrip("/")
        self._signature = Signature(secret, "mail-links")

    def way_out(self, named: MailNamed) -> str:
        """Where one unsubscribes."""
        return f"{self._base_url}/m/u/{self._token(named, WAY_OUT)}"

    def pixel(self, named: MailNamed) -> str:
        """The picture that tells of an open."""
        return f"{self._base_url}/m/o/{self._token(named, OPENED)}.gif"

    def followed(self, named: MailNamed, url: str) -> str:
        """A link that leads there by way of us."""
        return f"{self._base_url}/m/c/{self._token(named, CLICKED, url.encode())}?to={quote(url, safe='')}"

    def read_way_out(self, token: str) -> MailNamed | None:
        """Which mail this way out is of; None for one that we did not make."""
        return self._read(token, WAY_OUT)

    def read_pixel(self, token: str) -> MailNamed | None:
        """Which mail this picture is of; None for one that we did not make."""
        return self._read(token, OPENED)

    def read_followed(self, token: str, url: str) -> MailNamed | None:
        """Which mail this link is of; None unless it is ours and leads there, to the last letter."""
        return self._read(token, CLICKED, url.encode("utf-8", "replace"))

    def _token(self, named: MailNamed, *purpose: bytes) -> str:
        ids = named.organisation_id.bytes + named.mail_id.bytes
        return base64.urlsafe_b64encode(ids + self._signature.of(ids, *purpose)).decode()

    def _read(self, token: str, *purpose: bytes) -> MailNamed | None:
        try:
            told = base64.b64decode(token.encode("ascii"), b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error):
            return None
        if len(told) != 2 * _ID + Signature.LENGTH:
            return None
        ids, signature = told[: 2 * _ID], told[2 * _ID :]
        if not self._signature.holds(signature, ids, *purpose):
            return None
        return MailNamed(UUID(bytes=ids[:_ID]), UUID(bytes=ids[_ID:]))


def links_of(settings: Settings) -> Links:
    """The links of this installation."""
    return Links(settings.base_url, settings.secret)
