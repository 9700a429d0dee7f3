"""Routes of signing in: opening and ending sessions, second factors, one's own means, links of entry.

The routes of a browser that is not signed in yet ask for no token; they are held to a number of attempts per
address in memory, and to growing waits per user in the database (`sessions/rules.py`).
"""

import json
from datetime import datetime, timedelta
from typing import Annotated, cast
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, JsonValue

from offhook.identity.api import Password, Sent, UserOut
from offhook.identity.passwords import change_own_password
from offhook.identity.sessions import factors, links, service
from offhook.identity.sessions.cookie import (
    SessionCookie,
    check_site,
    drop_cookie,
    read_cookie,
    set_cookie,
    signed_out,
)
from offhook.identity.sessions.factors import ShownFactor, Site
from offhook.identity.sessions.model import Factor, Opened, Passkey, Purpose, Session, Visitor
from offhook.kernel.database import NOBODY, Database, Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.http import CALL, Call, answer
from offhook.kernel.limiter import Limiter
from offhook.kernel.settings import Settings

router = APIRouter(tags=["sign-in"])

MOST_ATTEMPTS = 60
PER = timedelta(minutes=5)
limiter = Limiter(MOST_ATTEMPTS, PER)
"""Attempts per address at the doors that are open to anybody."""

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

ShownPassword = Annotated[str, Field(max_length=1_000, description="The password that one has")]
LinkText = Annotated[str, Field(max_length=300, description="What stands behind the # of the link")]
Code = Annotated[str, Field(min_length=6, max_length=12, description="What the authenticator app shows now")]
Credential = Annotated[
    dict[str, JsonValue], Field(description="The browser's answer, as WebAuthn's `toJSON` writes it")
]


class SignIn(Sent):
    """Who signs in."""

    email: Annotated[str, Field(max_length=254)]
    password: ShownPassword
    organisation: Annotated[str | None, Field(max_length=63)] = Field(
        default=None, description="Its short name; needed only by who belongs to several"
    )


class OpenedOut(BaseModel):
    """A session, which is in the cookie of this answer."""

    factors: list[Factor] = Field(description="Any one of them must be shown still; empty: signed in")
    expires_at: datetime


class FactorShown(Sent):
    """A second factor: just one of these."""

    code: Code | None = None
    recovery_code: Annotated[str, Field(max_length=40)] | None = None
    passkey: Credential | None = None


class Options(BaseModel):
    """What the browser is to ask an authenticator for."""

    options: dict[str, JsonValue] = Field(description="WebAuthn's options in their JSON form")


class LinkShown(Sent):
    """A link of entry."""

    link: LinkText


class Entry(LinkShown):
    """A link of entry, used."""

    password: Password


class EntrantOut(BaseModel):
    """Whom a link of entry is for."""

    organisation: str
    name: str
    email: str
    purpose: Purpose


class SessionOut(BaseModel):
    """A signed-in browser."""

    id: UUID
    agent: str = Field(description="The browser, as it calls itself")
    address: str = Field(description="The network address that it signed in from")
    created_at: datetime
    seen_at: datetime = Field(description="Kept to five minutes")
    expires_at: datetime
    is_this: bool = Field(description="Whether it is the one that asks")


class SessionsOut(BaseModel):
    """One's own sessions."""

    items: list[SessionOut]


class Ended(BaseModel):
    """How many sessions were ended."""

    ended: int


class PasskeyOut(BaseModel):
    """A passkey of one's own."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, passkey: Passkey) -> "PasskeyOut":
        """The answer's shape."""
        return cls.model_validate(passkey, from_attributes=True)


class MeansOut(BaseModel):
    """How one can sign in."""

    has_password: bool
    has_authenticator: bool
    passkeys: list[PasskeyOut]
    recovery_codes_left: int


class PasswordChange(Sent):
    """One's own new password."""

    present: ShownPassword
    new: Password


class PasswordShown(Sent):
    """One's password again, before something weighty."""

    password: ShownPassword


class AuthenticatorOut(BaseModel):
    """What the authenticator app is to be told."""

    secret: str | None = Field(description="In base32, to type in; null in a repeated answer")
    link: str | None = Field(description="The same as an otpauth link")
    picture: str | None = Field(
        description="The same as a QR code: the path of an SVG of `size` by `size` squares"
    )
    size: int


class CodeShown(Sent):
    """A code of the app."""

    code: Code


class NewPasskey(Sent):
    """A passkey to keep."""

    name: Annotated[str, Field(min_length=1, max_length=factors.LONGEST_NAME)]
    credential: Credential


class RecoveryCodes(BaseModel):
    """Codes to keep in a safe place; each is good once."""

    codes: list[str] | None = Field(description="Told only now; empty when the old ones still hold")


class EntryLinkOut(BaseModel):
    """A link to pass on to the user; whoever has it can set the password."""

    url: str | None = Field(description="Told only now; null in a repeated answer")
    purpose: Purpose
    expires_at: datetime


# Not signed in yet


@router.post("/sessions", status_code=201, response_model=OpenedOut)
def sign_in(body: SignIn, request: Request) -> Response:
    """Sign in with address and password; the answer sets the session's cookie.

    Where a second factor is set up, the session is good for nothing until it was shown. 401 `wrong-sign-in`;
    429 after too many failures; 409 `which-organisation` with their short names for who belongs to several.
    """
    _knock(request)
    opened = service.sign_in(_database(request), body.email, body.password, body.organisation, _visitor(request))
    return _opened(request, opened)


@router.post("/sessions/factor-options", response_model=Options)
def factor_options(request: Request) -> Response:
    """Begin to show a passkey as second factor."""
    _knock(request)
    cookie = _cookie(request)
    with _database(request).transaction(cookie.organisation_id, NOBODY) as tx:
        session = cookie.look(tx)
        options = factors.ask_passkey(tx, site_of(request), cookie.session_id, session.user_id)
    return answer(Options(options=json.loads(options)))


@router.post("/sessions/factor", response_model=OpenedOut)
def show_factor(body: FactorShown, request: Request) -> Response:
    """Finish signing in with a second factor: a code, a recovery code, or a passkey's answer."""
    _knock(request)
    cookie = _cookie(request)
    shown = ShownFactor(site_of(request), **dict(body))
    if sum(one is not None for one in (shown.code, shown.recovery_code, shown.passkey)) != 1:
        raise Invalid("Show just one second factor.", fields=[FieldError("code", "give just one of the three")])
    service.show_factor(_database(request), cookie, shown, _visitor(request))
    with _database(request).transaction(cookie.organisation_id, NOBODY) as tx:
        return answer(OpenedOut(factors=[], expires_at=cookie.look(tx).expires_at))


@router.post("/sessions/end", response_model=Ended)
def sign_out(request: Request) -> Response:
    """Sign out: end this session, and have the browser forget it."""
    cookie = read_cookie(request)
    if cookie is not None:
        service.sign_out(_database(request), cookie)
    response = answer(Ended(ended=int(cookie is not None)))
    drop_cookie(response)
    return response


@router.post("/entry-links/look", response_model=EntrantOut)
def look_at_entry_link(body: LinkShown, request: Request) -> Response:
    """Whom a link of entry is for. 422 `entry-link-not-good` when it was used, is too old or none of ours."""
    _knock(request)
    found = links.entrant(_database(request), body.link)
    return answer(EntrantOut.model_validate(found, from_attributes=True))


@router.post("/entry-links/use", status_code=201, response_model=OpenedOut)
def use_entry_link(body: Entry, request: Request) -> Response:
    """Set the password by a link of entry; ends all other sessions of the user and signs in."""
    _knock(request)
    return _opened(request, links.enter(_database(request), body.link, body.password, _visitor(request)))


def _knock(request: Request) -> None:
    check_site(request)
    limiter.check(_visitor(request).address, _database(request).clock.now())


def _opened(request: Request, opened: Opened) -> Response:
    response = answer(OpenedOut(factors=list(opened.factors), expires_at=opened.expires_at), 201)
    set_cookie(response, opened.cookie, is_https=urlsplit(_settings(request).base_url).scheme == "https")
    return response


def _cookie(request: Request) -> SessionCookie:
    cookie = read_cookie(request)
    if cookie is None:
        raise signed_out()
    return cookie


def _visitor(request: Request) -> Visitor:
    return Visitor(request.headers.get("user-agent", ""), request.client.host if request.client else "")


def _database(request: Request) -> Database:
    return cast("Database", request.app.state.database)


def _settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


def site_of(request: Request) -> Site:
    """Where browsers reach us: the public address if one is set, else this machine as it was asked for."""
    settings = _settings(request)
    host = request.headers.get("host", "")
    is_local = urlsplit(f"//{host}").hostname in LOCAL_HOSTS
    origin = f"http://{host}" if is_local and settings.public_url is None else settings.base_url
    return Site(origin.rstrip("/"), settings.secret)


# One's own sessions and means


@router.get("/sessions", response_model=SessionsOut)
def list_sessions(call: Call = CALL) -> Response:
    """List where one is signed in, the last seen first."""
    this = _own_session(call)

    def work(tx: Transaction) -> SessionsOut:
        return SessionsOut(items=[_session_out(one, this) for one in service.own_sessions(tx)])

    return call.read(work)


def _session_out(session: Session, this: UUID | None) -> SessionOut:
    shown = {name: getattr(session, name) for name in SessionOut.model_fields if name != "is_this"}
    return SessionOut(**shown, is_this=session.id == this)


def _own_session(call: Call) -> UUID | None:
    """The session that asks; None when a token does."""
    return call.credential.session_id if isinstance(call.credential, SessionCookie) else None


@router.post("/sessions/{session_id}/end", response_model=Ended)
def end_session(session_id: UUID, call: Call = CALL) -> Response:
    """End one of one's own sessions."""

    def work(tx: Transaction) -> Ended:
        service.end_session(tx, session_id)
        return Ended(ended=1)

    return call.once(work)


@router.post("/sessions/end-others", response_model=Ended)
def end_other_sessions(call: Call = CALL) -> Response:
    """End all of one's own sessions but the one that asks."""
    this = _own_session(call)
    return call.once(lambda tx: Ended(ended=service.end_other_sessions(tx, this)))


@router.get("/me/sign-in", response_model=MeansOut)
def show_means(call: Call = CALL) -> Response:
    """Show how one can sign in."""
    return call.read(lambda tx: MeansOut.model_validate(factors.sign_in_means(tx), from_attributes=True))


@router.post("/me/password", response_model=Ended)
def change_password(body: PasswordChange, call: Call = CALL) -> Response:
    """Change one's own password; ends all other sessions. 403 `wrong-password`."""
    this = _own_session(call)

    def work(tx: Transaction) -> Ended:
        change_own_password(tx, body.present, body.new)
        return Ended(ended=service.end_other_sessions(tx, this))

    return call.once(work)


@router.post("/me/authenticator", status_code=201, response_model=AuthenticatorOut)
def begin_authenticator(call: Call = CALL) -> Response:
    """Begin to set up an authenticator app; it counts once a code of it was confirmed."""

    def work(tx: Transaction) -> AuthenticatorOut:
        new = factors.begin_authenticator(tx, site_of(call.request))
        picture, size = _qr_path(new.link)
        return AuthenticatorOut(secret=new.secret, link=new.link, picture=picture, size=size)

    return call.once(work, status=201, told_once=["secret", "link", "picture"])


def _qr_path(text: str) -> tuple[str, int]:
    """A QR code as an SVG path and how many squares it is wide, with the quiet zone."""
    import segno

    code = segno.make(text, error="m")
    border = 4
    squares = (
        f"M{column + border} {row + border}h1v1h-1z"
        for row, cells in enumerate(code.matrix)
        for column, is_dark in enumerate(cells)
        if is_dark
    )
    return "".join(squares), len(code.matrix) + 2 * border


@router.post("/me/authenticator/confirm", response_model=RecoveryCodes)
def confirm_authenticator(body: CodeShown, call: Call = CALL) -> Response:
    """Put the app in force by a code of it; answers recovery codes with the first second factor."""
    site = site_of(call.request)
    return call.once(
        lambda tx: RecoveryCodes(codes=factors.confirm_authenticator(tx, site, body.code)), told_once=["codes"]
    )


@router.post("/me/authenticator/remove", response_model=MeansOut)
def remove_authenticator(body: PasswordShown, call: Call = CALL) -> Response:
    """Take one's authenticator app away."""

    def work(tx: Transaction) -> MeansOut:
        factors.remove_authenticator(tx, body.password)
        return MeansOut.model_validate(factors.sign_in_means(tx), from_attributes=True)

    return call.once(work)


@router.post("/me/passkeys/options", response_model=Options)
def passkey_options(call: Call = CALL) -> Response:
    """Begin to set up a passkey. Needs a session: it keeps what the passkey is to sign."""
    site = site_of(call.request)
    return call.once(
        lambda tx: Options(options=json.loads(factors.begin_passkey(tx, site, _require_session(tx, call))))
    )


@router.post("/me/passkeys", status_code=201, response_model=RecoveryCodes)
def add_passkey(body: NewPasskey, call: Call = CALL) -> Response:
    """Keep the passkey that was made; answers recovery codes with the first second factor."""
    site = site_of(call.request)

    def work(tx: Transaction) -> RecoveryCodes:
        session_id = _require_session(tx, call)
        challenge = cast("SessionCookie", call.credential).look(tx).challenge
        return RecoveryCodes(
            codes=factors.add_passkey(tx, site, session_id, challenge, body.name, dict(body.credential))  # pyright: ignore[reportArgumentType] # JSON either way
        )

    return call.once(work, status=201, told_once=["codes"])


def _require_session(tx: Transaction, call: Call) -> UUID:
    tx.require("sign-in:write")
    session_id = _own_session(call)
    if session_id is None:
        raise Invalid("Passkeys are set up in a browser that is signed in, not with a token.")
    return session_id


@router.post("/me/passkeys/{passkey_id}/remove", response_model=MeansOut)
def remove_passkey(passkey_id: UUID, body: PasswordShown, call: Call = CALL) -> Response:
    """Take one of one's passkeys away."""

    def work(tx: Transaction) -> MeansOut:
        factors.remove_passkey(tx, passkey_id, body.password)
        return MeansOut.model_validate(factors.sign_in_means(tx), from_attributes=True)

    return call.once(work)


@router.post("/me/recovery-codes", response_model=RecoveryCodes)
def new_recovery_codes(body: PasswordShown, call: Call = CALL) -> Response:
    """Make new recovery codes in place of the old ones."""
    return call.once(
        lambda tx: RecoveryCodes(codes=factors.new_recovery_codes(tx, body.password)), told_once=["codes"]
    )


# Other people's


@router.post("/users/{user_id}/entry-link", status_code=201, response_model=EntryLinkOut)
def make_entry_link(user_id: UUID, call: Call = CALL) -> Response:
    """Make a link by which a user sets their password: an invitation, or a reset once they have one.

    Earlier links of theirs are worthless from now on.
    """
    base = _settings(call.request).base_url

    def work(tx: Transaction) -> EntryLinkOut:
        link = links.make_entry_link(tx, user_id)
        return EntryLinkOut(url=f"{base}/enter#{link.text}", purpose=link.purpose, expires_at=link.expires_at)

    return call.once(work, status=201, told_once=["url"])


@router.post("/users/{user_id}/sessions/end", response_model=Ended)
def end_sessions_of(user_id: UUID, call: Call = CALL) -> Response:
    """End all sessions of somebody."""
    return call.once(lambda tx: Ended(ended=service.end_sessions_of(tx, user_id)))


@router.post("/users/{user_id}/second-factors/remove", response_model=UserOut)
def remove_factors_of(user_id: UUID, call: Call = CALL) -> Response:
    """Take all second factors of somebody away who lost them."""
    return call.once(lambda tx: UserOut.of(factors.remove_factors_of(tx, user_id)))
