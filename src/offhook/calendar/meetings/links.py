"""Links by which a person manages their meeting without signing in: its ids, signed, in one short word.

HMAC-SHA256, cut to 128 bits (RFC 2104, section 5), under a key of its own. Whoever has the link may move the
meeting or call it off, as whoever has the invitation may.
"""

import base64
import hmac
from hashlib import sha256
from uuid import UUID

_SIGNATURE = 16


def link_to(base_url: str, secret: str, organisation_id: UUID, meeting_id: UUID) -> str:
    """Where a person manages a meeting."""
    told = organisation_id.bytes + meeting_id.bytes
    return f"{base_url}/m/{base64.urlsafe_b64encode(told + _signature(secret, told)).rstrip(b'=').decode()}"


def read_link(secret: str, word: str) -> tuple[UUID, UUID] | None:
    """The organisation and the meeting of a link's last word; None for one that we did not make."""
    if not (word.isascii() and len(word) == 64):
        return None
    try:
        told = base64.urlsafe_b64decode(word)
    except ValueError:
        return None
    ids, signature = told[:32], told[32:]
    if len(signature) != _SIGNATURE or not hmac.compare_digest(signature, _signature(secret, ids)):
        return None
    return UUID(bytes=ids[:16]), UUID(bytes=ids[16:])


def _signature(secret: str, told: bytes) -> bytes:
    key = sha256(b"offhook:meeting links:" + secret.encode()).digest()
    return hmac.digest(key, told, "sha256")[:_SIGNATURE]
