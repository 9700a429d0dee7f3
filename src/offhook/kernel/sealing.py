"""Secrets at rest, and signatures on what goes out: by the installation's secret alone.

Fernet (AES-128-CBC with HMAC-SHA256; https://github.com/fernet/spec) under a key of its own for every purpose,
derived by HKDF (RFC 5869), so that what one slice sealed no other opens by accident. For secrets that must be
told or used again, such as signing keys; passwords and tokens are hashed instead.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from offhook.kernel.errors import Unavailable


class Seal:
    """Closes and opens secrets of one purpose. Make it from `Settings.secret`; it is cheap to keep."""

    def __init__(self, secret: str, purpose: str) -> None:
        """Derive the key; `purpose` is a fixed word such as `webhooks` and part of it."""
        self._secret = secret
        self._fernet = Fernet(base64.urlsafe_b64encode(_key(secret, purpose)))

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


class Signature:
    """Signs what strangers carry back to us, such as ids in links, so that nobody can make or guess one.

    HMAC-SHA256 (RFC 2104) under a key of its own for every purpose, cut to 128 bits (RFC 2104, section 5).
    """

    LENGTH = 16

    def __init__(self, secret: str, purpose: str) -> None:
        """Derive the key; `purpose` is a fixed word and part of it."""
        self._key = _key(secret, purpose)

    def of(self, *parts: bytes) -> bytes:
        """The signature of these parts, each with its length, so that none can flow into the next."""
        told = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._key, told, hashlib.sha256).digest()[: self.LENGTH]

    def holds(self, signature: bytes, *parts: bytes) -> bool:
        """Whether this is their signature; takes the same time whatever is wrong."""
        return hmac.compare_digest(signature, self.of(*parts))


def _key(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"offhook:{purpose}".encode()).derive(secret.encode())
