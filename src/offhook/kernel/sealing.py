"""Secrets at rest: text sealed with the installation's secret, opened again only by whoever holds it.

Fernet (AES-128-CBC with HMAC-SHA256; https://github.com/fernet/spec) under a key of its own for every purpose,
derived by HKDF (RFC 5869), so that what one slice sealed no other opens by accident. For secrets that must be
told or used again, such as signing keys; passwords and tokens are hashed instead.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from offhook.kernel.errors import Unavailable


class Seal:
    """Closes and opens secrets of one purpose. Make it from `Settings.secret`; it is cheap to keep."""

    def __init__(self, secret: str, purpose: str) -> None:
        """Derive the key; `purpose` is a fixed word such as `webhooks` and part of it."""
        key = HKDF(SHA256(), 32, None, f"offhook:{purpose}".encode()).derive(secret.encode())
        self._secret = secret
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def beside(self, purpose: str) -> "Seal":
        """The seal of another purpose of the same installation: a slice looks after its own secrets."""
        return Seal(self._secret, purpose)

    def close(self, text: str) -> str:
        """The sealed text: different each time, safe to store."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises `Unavailable` when it was sealed with another secret or changed since."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Unavailable(
                "A stored secret cannot be opened: this installation's secret (OFFHOOK_SECRET_KEY, or "
                "the file 'secret' in the data folder) is not the one it was sealed with. "
                "Restore that, or set a new secret."
            ) from None
