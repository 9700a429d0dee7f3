"""When a token is renewed, what becomes of a grant, and whether what was granted is enough. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from offhook.oauth.model import Given, Grant, Provider, SignInPurpose, Tokens

AHEAD = timedelta(minutes=10)
"""So long before its end a token is renewed."""
SPARE = timedelta(seconds=30)
"""A token with less left is used no more: it might end on the way."""
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30))
LAST_RETRY = timedelta(hours=1)

IDENTIFYING = frozenset({"openid", "email", "profile", "offline_access"})
"""Scopes that say who somebody is, or that we may ask again; servers do not all name them as granted."""


def renewed_at(expires_at: datetime, lasts: timedelta) -> datetime:
    """When to renew a token: ten minutes before its end, or halfway through a short life."""
    return expires_at - min(AHEAD, lasts / 2)


def renewed(grant: Grant, tokens: Tokens, now: datetime) -> Grant:
    """The grant after its token was renewed."""
    return replace(
        grant,
        expires_at=now + tokens.lasts,
        refresh_at=renewed_at(now + tokens.lasts, tokens.lasts),
        lapsed_at=None,
        problem="",
        failures=0,
    )


def not_renewed(grant: Grant, problem: str, now: datetime) -> Grant:
    """The grant after a renewal failed that may succeed later; what it has goes on holding until its end."""
    failures = grant.failures + 1
    wait = RETRIES[failures - 1] if failures <= len(RETRIES) else LAST_RETRY
    return replace(grant, problem=problem, failures=failures, refresh_at=now + wait)


def lapsed(grant: Grant, problem: str, now: datetime) -> Grant:
    """The grant after the provider said that it holds no more: only its user can renew it."""
    return replace(grant, problem=problem, failures=grant.failures + 1, lapsed_at=grant.lapsed_at or now)


def is_usable(grant: Grant, now: datetime) -> bool:
    """Whether its token lets us in."""
    return grant.lapsed_at is None and now + SPARE < grant.expires_at


def missing_scopes(provider: Provider, purpose: SignInPurpose, granted: Sequence[str] | None) -> list[str]:
    """What was asked and not granted: users may untick it on the provider's page.

    A server that does not say granted all (RFC 6749, section 5.1). Microsoft names a scope with or without its
    service before it, so the last part of each is compared.
    """
    if granted is None:
        return []
    given = {_name(one) for one in granted}
    wanted = [one for one in provider.scopes[purpose] if one not in IDENTIFYING]
    return [one for one in wanted if _name(one) not in given]


def scopes_of(provider: Provider, given: Given) -> Sequence[str]:
    """What was granted, as far as the provider says."""
    asked = provider.scopes[given.attempt.purpose]
    return asked if given.tokens.scopes is None else given.tokens.scopes


def _name(scope: str) -> str:
    return scope.rstrip("/").rpartition("/")[2].casefold()
