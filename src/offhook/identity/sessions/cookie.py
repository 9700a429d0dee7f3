"""The session's cookie: its text, how a request that shows it is checked, and when it counts.

The text is made as a token's is, with a prefix of its own. A browser sends cookies by itself, so what changes
something counts only when it comes from our own pages: `Sec-Fetch-Site`, which pages cannot forge, else `Origin`
(OWASP, "Cross-Site Request Forgery Prevention", Fetch Metadata). The cookie is HttpOnly and SameSite=Lax besides.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Request, Response
from starlette.requests import HTTPConnection

from offhook.identity.model import Role
from offhook.identity.rules import permissions_of
from offhook.identity.sessions import store
from offhook.identity.sessions.rules import LONGEST, SEEN_GRAIN, is_over
from offhook.identity.tokens import hash_of, parts_of, token_text
from offhook.kernel.database import Actor, Transaction
from offhook.kernel.errors import Forbidden, Unauthenticated

PREFIX = "ohs"
NAME = "offhook_session"
SECURE_NAME = "__Host-offhook_session"
"""Over https: browsers take it from this very host alone (RFC 6265bis, 4.1.3.2)."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What the database knows of a session that a request shows."""

    secret_hash: bytes
    waits_for_factor: bool
    challenge: str | None
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    user_id: UUID
    role: str
    team_id: UUID | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """A session as a request shows it; `check` says whose it is. Meets `kernel.http.Credential`."""

    organisation_id: UUID
    session_id: UUID
    secret: bytes

    def check(self, tx: Transaction) -> Actor:
        """The session's user with all their permissions; takes the transaction into their organisation.

        Raises `Unauthenticated` when the session is over or still waits for its second factor.
        """
        shown = self.look(tx)
        if shown.waits_for_factor:
            raise Unauthenticated("Show your second factor to finish signing in.", code="second-factor-needed")
        if tx.now - shown.seen_at >= SEEN_GRAIN:
            store.note_seen(tx, self.session_id)
        return Actor("user", shown.user_id, permissions_of(Role(shown.role)), shown.team_id)

    def look(self, tx: Transaction) -> Shown:
        """What is known of the session, whether or not its second factor was shown.

        Raises `Unauthenticated` for one that is unknown or over.
        """
        shown = tx.first(
            Shown,
            "SELECT * FROM shown_session(%(organisation_id)s, %(id)s)",
            organisation_id=self.organisation_id,
            id=self.session_id,
        )
        if shown is None or not hmac.compare_digest(hash_of(self.secret), shown.secret_hash):
            raise signed_out()
        if shown.ended_at is not None or is_over(shown.seen_at, shown.expires_at, tx.now) or not shown.is_active:
            raise signed_out()
        return shown


def signed_out() -> Unauthenticated:
    """What every request without a session that holds is told."""
    return Unauthenticated("You are not signed in any more. Sign in again.", code="signed-out")


def cookie_text(organisation_id: UUID, session_id: UUID, secret: bytes) -> str:
    """The cookie's value."""
    return token_text(organisation_id, session_id, secret, prefix=PREFIX)


def read_cookie(request: HTTPConnection) -> SessionCookie | None:
    """The session that a request shows, if any. Raises `Forbidden` when another site makes the browser send it."""
    text = request.cookies.get(SECURE_NAME) or request.cookies.get(NAME)
    parts = parts_of(text, PREFIX) if text else None
    if parts is None:
        return None
    if isinstance(request, Request):
        check_site(request)
    return SessionCookie(*parts)


def check_site(request: Request) -> None:
    """Raise `Forbidden` for a change that another site's page makes a browser send."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
    elif is_own_origin(request.headers.get("origin"), request.headers.get("host", "")):
        return
    raise Forbidden("This was sent by another site's page. Open Offhook itself and repeat it.", code="cross-site")


def is_own_origin(origin: str | None, host: str) -> bool:
    """Whether an `Origin` is of the host that was asked; programs send none, and no cookie by themselves."""
    return origin is None or urlsplit(origin).netloc == host


def set_cookie(response: Response, text: str, *, is_https: bool) -> None:
    """Have the browser keep the session."""
    response.set_cookie(
        SECURE_NAME if is_https else NAME,
        text,
        max_age=int(LONGEST.total_seconds()),
        secure=is_https,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(NAME, httponly=True, samesite="lax")
    response.delete_cookie(SECURE_NAME, secure=True, httponly=True, samesite="lax")
