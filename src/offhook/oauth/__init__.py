"""Signing in at Google and Microsoft (OAuth 2.0), so that Offhook holds no password of a mailbox or calendar.

A user signs in on the provider's own page and comes back with what they grant; its tokens are kept sealed and
renewed before they end. Mail and calendar connect by them; when a user or an admin takes a grant back, that shows,
and nothing else is lost: signing in again goes on where it was.
"""

from offhook.oauth.model import Attempt, Bearer, Given, Grant, ProviderName, Returned, SignInPurpose
from offhook.oauth.providers import TITLES
from offhook.oauth.service import (
    attempt_of,
    bearer,
    finish,
    forget,
    grant,
    grants,
    keep,
    renew_soon,
    seal_of,
    told_of_lapse,
)

__all__ = [
    "TITLES",
    "Attempt",
    "Bearer",
    "Given",
    "Grant",
    "ProviderName",
    "Returned",
    "SignInPurpose",
    "attempt_of",
    "bearer",
    "finish",
    "forget",
    "grant",
    "grants",
    "keep",
    "renew_soon",
    "seal_of",
    "told_of_lapse",
]
