"""A strict provider of sign-ins on loopback, by https: its page, its tokens, and what it thinks of them.

It takes nothing that the standards do not let it take: the redirect address must be the registered one, a code
counts once, with the verifier of whoever asked for it (RFC 7636), and a refresh token counts while nobody took it
back. As Microsoft does, it gives a new refresh token each time and lets the old one go on holding; as Google does,
it gives none without being asked for one and a consent. Tests say what its users do on its page.
"""

import base64
import hashlib
import json
import ssl
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from mail.post import HOST, free_port

CLIENT_ID = "offhook-of-the-tests"
CLIENT_SECRET = "a secret of the application"  # noqa: S105 # of the tests
TENANT = "11111111-2222-3333-4444-555555555555"
CODE_SECONDS = 60


@dataclass
class Asked:
    """One request on the page, with the code that it led to."""

    told: Mapping[str, str]
    address: str
    at: float
    is_used: bool = False


@dataclass
class Refreshing:
    """A refresh token: whose, for what, and whether it still holds."""

    address: str
    scope: str
    is_revoked: bool = False


@dataclass
class Access:
    """An access token: whose, until when, for what."""

    address: str
    scope: str
    ends: float
    is_revoked: bool = False


@dataclass
class Emulator:
    """The provider. `account` signs in on its page; the rest is how it behaves."""

    port: int
    certificate: Path
    account: str = "ada@offhook.example"
    redirect: str = ""
    """The registered one; '' takes any, for tests that are about something else."""
    lasts: int = 3600
    page_error: str = ""
    page_error_description: str = ""
    leaves_out: str = ""
    """A scope that the user unticks."""
    broken: int = 0
    """A status that the token endpoint answers everything by."""
    rotates: bool = True
    asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    refreshing: dict[str, Refreshing] = field(default_factory=dict[str, Refreshing])
    access: dict[str, Access] = field(default_factory=dict[str, Access])
    refreshes: int = 0

    @property
    def address(self) -> str:
        """Where it is."""
        return f"https://{HOST}:{self.port}"

    def end_access(self) -> None:
        """Every access token ends now."""
        for one in self.access.values():
            one.ends = 0

    def revoke(self) -> None:
        """The user takes back everything."""
        for one in (*self.access.values(), *self.refreshing.values()):
            one.is_revoked = True

    def holds(self, token: str) -> Access | None:
        """Whose access token this is, while it holds."""
        found = self.access.get(token)
        return found if found and not found.is_revoked and time.time() < found.ends else None

    def user_goes(self, page: str) -> dict[str, str]:
        """A user opens the page and agrees, or not; what they come back with."""
        told = dict(parse_qsl(urlsplit(page).query))
        problem = self.wrong(told)
        assert not problem, problem
        return dict(parse_qsl(urlsplit(self.back(told)).query))

    def wrong(self, told: Mapping[str, str]) -> str:
        """What a provider shows on its own page, as it may not send the user back (RFC 6749, section 4.1.2.1)."""
        if told.get("client_id") != CLIENT_ID:
            return "invalid_client"
        if self.redirect and told.get("redirect_uri") != self.redirect:
            return "redirect_uri_mismatch"
        if told.get("response_type") != "code" or told.get("code_challenge_method") != "S256":
            return "invalid_request: a code with PKCE S256 is needed"
        lacking = [one for one in ("state", "nonce", "code_challenge", "scope") if not told.get(one)]
        return f"invalid_request: without {', '.join(lacking)}" if lacking else ""

    def back(self, told: Mapping[str, str]) -> str:
        """Where the user is sent back to."""
        if self.page_error:
            answer = {"error": self.page_error, "error_description": self.page_error_description}
        else:
            code = token_urlsafe(24)
            self.asked[code] = Asked(told, self.account, time.time())
            answer = {"code": code}
        return f"{told['redirect_uri']}?{urlencode({**answer, 'state': told['state']})}"

    def given(self, told: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        """What the token endpoint answers."""
        if told.get("client_id") != CLIENT_ID or told.get("client_secret") != CLIENT_SECRET:
            return 401, {"error": "invalid_client"}
        if told.get("grant_type") == "authorization_code":
            return self._by_code(told)
        if told.get("grant_type") == "refresh_token":
            return self._by_refresh(told)
        return 400, {"error": "unsupported_grant_type"}

    def _by_code(self, told: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        asked = self.asked.get(told.get("code", ""))
        if asked is None or asked.is_used or time.time() > asked.at + CODE_SECONDS:
            return 400, {"error": "invalid_grant", "error_description": "The code is unknown, old or used."}
        asked.is_used = True
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked.told["code_challenge"]:
            return 400, {"error": "invalid_grant", "error_description": "The verifier is another's."}
        if told.get("redirect_uri") != asked.told["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": "The redirect address is another."}
        scope = " ".join(one for one in asked.told["scope"].split() if one != self.leaves_out)
        is_lasting = "offline_access" in scope or (
            asked.told.get("access_type") == "offline" and "consent" in asked.told.get("prompt", "")
        )
        refreshing = {"refresh_token": self._new_refreshing(asked.address, scope)} if is_lasting else {}
        identity = self._identity(asked.address, asked.told["nonce"], is_google="google" in scope)
        return 200, {**self._new_access(asked.address, scope), **refreshing, "id_token": identity}

    def _by_refresh(self, told: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        found = self.refreshing.get(told.get("refresh_token", ""))
        if found is None or found.is_revoked:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        self.refreshes += 1
        again = {"refresh_token": self._new_refreshing(found.address, found.scope)} if self.rotates else {}
        return 200, {**self._new_access(found.address, found.scope), **again}

    def _new_refreshing(self, address: str, scope: str) -> str:
        token = f"refresh-{token_urlsafe(32)}"
        self.refreshing[token] = Refreshing(address, scope)
        return token

    def _new_access(self, address: str, scope: str) -> dict[str, object]:
        token = f"access-{token_urlsafe(32)}"
        self.access[token] = Access(address, scope, time.time() + self.lasts)
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts, "scope": scope}

    def _identity(self, address: str, nonce: str, *, is_google: bool) -> str:
        claims = {
            "iss": self.address if is_google else f"{self.address}/{TENANT}/v2.0",
            "tid": TENANT,
            "aud": CLIENT_ID,
            "sub": f"fixed-name-of-{address}",
            "email": address,
            "preferred_username": address,
            "nonce": nonce,
            "exp": int(time.time()) + self.lasts,
        }
        parts = ({"alg": "RS256", "typ": "JWT"}, claims)
        text = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
        return f"{text}.signature"


PAGE = """<!doctype html><html lang="en"><title>Sign in</title><main><h1>Provider of the tests</h1>
<p>Offhook would like to: {scope}</p><form method="post" action="{action}">
<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Cancel</button></form></main>
</html>"""


def app_of(emulator: Emulator) -> FastAPI:
    """Its routes."""
    app = FastAPI()

    @app.get("/{tenant}/oauth2/v2.0/authorize")
    @app.get("/o/oauth2/v2/auth")
    def page(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction] # a route
        told = dict(request.query_params)
        problem = emulator.wrong(told)
        if problem:
            return HTMLResponse(escape(problem), 400)
        action = f"{request.url.path}?{request.url.query}"
        return HTMLResponse(PAGE.format(scope=escape(told["scope"]), action=escape(action)))

    @app.post("/{tenant}/oauth2/v2.0/authorize")
    @app.post("/o/oauth2/v2/auth")
    async def answer(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction] # a route
        answered = dict(parse_qsl((await request.body()).decode()))
        if answered.get("answer") == "deny":
            emulator.page_error = "access_denied"
        back = emulator.back(dict(request.query_params))
        if answered.get("answer") == "deny":
            emulator.page_error = ""
        return RedirectResponse(back, 303)

    _answer_programs(app, emulator)
    return app


def _answer_programs(app: FastAPI, emulator: Emulator) -> None:
    """What programs ask: for tokens, and whether one holds."""

    @app.post("/{tenant}/oauth2/v2.0/token")
    @app.post("/token")
    async def token(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction] # a route
        if emulator.broken:
            return HTMLResponse("<h1>Try later</h1>", emulator.broken)
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            return JSONResponse({"error": "invalid_request"}, 400)
        status, told = emulator.given(dict(parse_qsl((await request.body()).decode())))
        return JSONResponse(told, status, {"cache-control": "no-store"})

    @app.post("/introspect")
    async def introspect(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction] # a route
        """RFC 7662: what Dovecot asks of a token that somebody shows it."""
        told = dict(parse_qsl((await request.body()).decode()))
        found = emulator.holds(told.get("token", ""))
        if found is None:
            return JSONResponse({"active": False})
        return JSONResponse({"active": True, "email": found.address, "scope": found.scope})


@contextmanager
def open_emulator(certificate: Path, key: Path) -> Generator[Emulator]:
    """The provider on a free port, with this certificate."""
    emulator = Emulator(free_port(), certificate)
    with serving(app_of(emulator), emulator.port, certificate, key):
        yield emulator


@contextmanager
def serving(app: Any, port: int, certificate: Path, key: Path) -> Generator[None]:
    """An application by https in a thread of its own."""
    config = uvicorn.Config(
        app,
        host=HOST,
        port=port,
        log_level="warning",
        ssl_certfile=str(certificate),
        ssl_keyfile=str(key),
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive(), "the emulator did not start"
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
