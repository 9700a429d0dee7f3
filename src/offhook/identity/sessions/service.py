"""Signing in and out: password, then the second factor where one is set up; sessions, and ending them.

`sign_in` opens its own transactions, as it must find out the organisation first, and a failure is kept though the
attempt itself comes to nothing.
"""

from collections.abc import Sequence
from uuid import UUID

from offhook.identity.passwords import is_hashed
from offhook.identity.sessions import factors, store
from offhook.identity.sessions.cookie import SessionCookie, cookie_text, signed_out
from offhook.identity.sessions.model import Opened, Session, Visitor
from offhook.identity.sessions.rules import FACTOR_TIME, IDLE, LONGEST, REMEMBERED, may_try_at
from offhook.identity.sessions.store import Known
from offhook.identity.tokens import hash_of, new_secret
from offhook.kernel.database import NOBODY, Actor, Database, Transaction
from offhook.kernel.errors import Conflict, FieldError, NotFound, TooManyRequests, Unauthenticated
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id

LONGEST_AGENT = 300


def sign_in(database: Database, email: str, password: str, slug: str | None, visitor: Visitor) -> Opened:
    """Open a session for whoever has this address and password.

    Raises `Unauthenticated` in the same words whether address or password is wrong, `TooManyRequests` after too
    many failures, and `Conflict` naming the organisations when the same password opens several.
    """
    known = store.known_by(database, email.strip().lower(), slug)
    _check_waits(database, known)
    right = [one for one in known if is_hashed(one.password_hash, password)]
    if not known:
        is_hashed(None, password)
    if not right:
        _note_failures(database, known, visitor)
        raise Unauthenticated("The address or the password is wrong.", code="wrong-sign-in")
    if len(right) > 1:
        raise Conflict(
            "You belong to several organisations. Say which one.",
            code="which-organisation",
            fields=[FieldError("organisation", one.organisation, one.slug) for one in right],
        )
    with database.transaction(right[0].organisation_id, Actor("user", right[0].user_id)) as tx:
        return open_session(tx, right[0].user_id, visitor)


def _check_waits(database: Database, known: Sequence[Known]) -> None:
    for one in known:
        with database.transaction(one.organisation_id, NOBODY) as tx:
            check_wait(tx, one.user_id)


def check_wait(tx: Transaction, user_id: UUID) -> None:
    """Raise `TooManyRequests` while somebody who failed too often has to wait."""
    may_at = may_try_at(store.failures(tx, user_id, tx.now - REMEMBERED))
    if may_at is not None and may_at > tx.now:
        seconds = int((may_at - tx.now).total_seconds()) + 1
        raise TooManyRequests(f"Too many attempts failed. Try again in {seconds} seconds.", code="sign-in-waits")


def _note_failures(database: Database, known: Sequence[Known], visitor: Visitor) -> None:
    for one in known:
        with database.transaction(one.organisation_id, NOBODY) as tx:
            note_failure(tx, one.user_id, visitor)


def note_failure(tx: Transaction, user_id: UUID, visitor: Visitor) -> None:
    """Keep that somebody failed to sign in as this user."""
    store.insert_failure(tx, user_id, visitor.address)
    tx.append(Event("user.sign_in_failed", subject("user", user_id), {"address": visitor.address}))


def open_session(tx: Transaction, user_id: UUID, visitor: Visitor) -> Opened:
    """Open a session for a user whose password was right; it waits for the second factor where one is set up."""
    wanted = factors.factors_of(tx, user_id)
    secret = new_secret()
    session = Session(
        id=new_id(),
        user_id=user_id,
        agent=visitor.agent[:LONGEST_AGENT],
        address=visitor.address,
        created_at=tx.now,
        seen_at=tx.now,
        expires_at=tx.now + (FACTOR_TIME if wanted else LONGEST),
    )
    store.insert_session(tx, session, hash_of(secret), waits_for_factor=bool(wanted))
    if not wanted:
        _note_signed_in(tx, user_id, session.id)
    return Opened(cookie_text(tx.organisation_id, session.id, secret), session.expires_at, wanted)


def _note_signed_in(tx: Transaction, user_id: UUID, session_id: UUID) -> None:
    store.forget_failures(tx, user_id)
    tx.append(Event("user.signed_in", subject("user", user_id), {"session_id": str(session_id)}))


def show_factor(database: Database, cookie: SessionCookie, shown: factors.ShownFactor, visitor: Visitor) -> None:
    """Finish signing in with a second factor.

    Raises `Unauthenticated` when it is wrong, `TooManyRequests` after too many failures.
    """
    with database.transaction(cookie.organisation_id, NOBODY) as tx:
        session = cookie.look(tx)
        if not session.waits_for_factor:
            return
        check_wait(tx, session.user_id)
        tx.actor = Actor("user", session.user_id)
        if factors.is_right(tx, session.user_id, shown, session.challenge):
            store.complete_session(tx, cookie.session_id, tx.now + LONGEST)
            _note_signed_in(tx, session.user_id, cookie.session_id)
            return
        store.save_challenge(tx, cookie.session_id, None)
        note_failure(tx, session.user_id, visitor)
    raise Unauthenticated("This is not right, or was used before.", code="wrong-second-factor")


def sign_out(database: Database, cookie: SessionCookie) -> None:
    """End this session; one that is over already stays so."""
    try:
        with database.transaction(cookie.organisation_id, NOBODY) as tx:
            session = cookie.look(tx)
            tx.actor = Actor("user", session.user_id)
            store.end_sessions(tx, session.user_id, only=cookie.session_id)
            tx.append(
                Event("user.signed_out", subject("user", session.user_id), {"session_id": str(cookie.session_id)})
            )
    except Unauthenticated:
        return


def own_sessions(tx: Transaction) -> list[Session]:
    """One's own sessions that are not over, the last seen first."""
    tx.require("sign-in:write")
    return store.sessions_of(tx, _own_id(tx), tx.now - IDLE)


def end_session(tx: Transaction, session_id: UUID) -> None:
    """End one of one's own sessions. Raises `NotFound`."""
    tx.require("sign-in:write")
    if not store.end_sessions(tx, _own_id(tx), only=session_id):
        raise NotFound("There is no such session, or it is over.")
    tx.append(Event("user.signed_out", subject("user", _own_id(tx)), {"session_id": str(session_id)}))


def end_other_sessions(tx: Transaction, but: UUID | None) -> int:
    """End all of one's own sessions but one; how many that were."""
    tx.require("sign-in:write")
    ended = store.end_sessions(tx, _own_id(tx), but=but)
    tx.append(Event("user.sessions_ended", subject("user", _own_id(tx)), {"ended": ended}))
    return ended


def end_sessions_of(tx: Transaction, user_id: UUID) -> int:
    """End all sessions of somebody; needs `users:write`. How many that were."""
    tx.require("users:write")
    ended = store.end_sessions(tx, user_id)
    tx.append(Event("user.sessions_ended", subject("user", user_id), {"ended": ended}))
    return ended


def _own_id(tx: Transaction) -> UUID:
    if tx.actor.id is None:
        raise signed_out()
    return tx.actor.id
