"""The terms on which an installation sends: its seal, how long it waits, whom it may call at all.

Signing secrets leave this slice in clear only twice: when they are made, to who asked, and as signatures.
"""

import base64
import secrets
from dataclasses import dataclass

from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings

TIME_LIMIT_SECONDS = 15.0
"""For the whole attempt, from the name's look-up to the answer. Standard Webhooks: 15 to 30 seconds."""

SECRET_BYTES = 32
"""Standard Webhooks asks for 24 to 64."""

SECRET_PREFIX = "whsec_"  # noqa: S105 # how such secrets begin


@dataclass(frozen=True, slots=True)
class Terms:
    """What sending needs to know of the installation. Get it by `Terms.of(settings)`."""

    seal: Seal
    allow_private: bool = False
    time_limit_seconds: float = TIME_LIMIT_SECONDS

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """The terms that the settings lay down."""
        return cls(Seal(settings.secret, "webhooks"), settings.webhooks_allow_private)


def new_secret() -> str:
    """A fresh signing secret, written as the specification has it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
