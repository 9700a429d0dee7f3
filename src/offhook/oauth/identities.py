"""Who signed in, read from the ID token (OpenID Connect Core 1.0, section 3.1.3.7). Pure.

It comes straight from the provider's token endpoint by TLS whose certificate holds, which may stand for checking
its signature (ibid., point 6). Nobody enters Offhook by it: it only tells which account the tokens belong to.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import cast

from offhook.kernel.errors import Unavailable
from offhook.oauth.model import Attempt, Identity, Provider

LATE = timedelta(minutes=5)
"""How far two clocks may lie apart."""


def identity_in(token: str, provider: Provider, attempt: Attempt, now: datetime) -> Identity:
    """Who the token says signed in. Raises `Unavailable` for one that is not meant for this attempt."""
    claims = _claims(token, provider)
    reason = _wrong(claims, provider, attempt, now)
    if reason:
        raise Unavailable(f"{provider.title} answered an identity {reason}. Begin the sign-in again.")
    username = _text(claims, "preferred_username") or _text(claims, "email")
    address = _text(claims, "email") or username
    if "@" not in address:
        raise Unavailable(f"{provider.title} tells no e-mail address of this account: it may have no mailbox.")
    return Identity(_text(claims, "sub"), address.lower(), username)


def _claims(token: str, provider: Provider) -> dict[str, object]:
    try:
        middle = token.split(".")[1]
        claims: object = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError) as error:
        raise Unavailable(f"{provider.title} did not say who signed in. Begin the sign-in again.") from error
    return cast("dict[str, object]", claims) if isinstance(claims, dict) else {}


def _wrong(claims: dict[str, object], provider: Provider, attempt: Attempt, now: datetime) -> str:
    issuer = provider.issuer.replace("{tenantid}", _text(claims, "tid"))
    issuers = {issuer, issuer.removeprefix("https://")}  # Google says either
    audience = claims.get("aud")
    ends = claims.get("exp")
    if _text(claims, "iss") not in issuers:
        return "of another issuer"
    if provider.client_id not in (cast("list[object]", audience) if isinstance(audience, list) else [audience]):
        return "that is meant for another application"
    if _text(claims, "nonce") != attempt.nonce:
        return "of another sign-in"
    if not isinstance(ends, int | float) or datetime.fromtimestamp(ends, UTC) + LATE < now:
        return "that holds no more"
    return "" if _text(claims, "sub") else "without a name"


def _text(claims: dict[str, object], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
