"""Passwords: argon2id hashes, set by oneself, by an admin or by a link of entry, and compared in even time."""

from functools import cache
from secrets import token_hex
from uuid import UUID

from offhook.identity import store
from offhook.identity.model import User
from offhook.identity.service import user
from offhook.identity.sessions.store import end_sessions
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Forbidden, Invalid
from offhook.kernel.events import Event, subject

SHORTEST_PASSWORD = 12
"""NIST SP 800-63B asks for 8 at least and 15 without a second factor; no rules on kinds of characters."""
LONGEST_PASSWORD = 1_000


def set_password(tx: Transaction, user_id: UUID, password: str) -> None:
    """Set a user's password and end their sessions. Needs `users:write`. Raises `Invalid` for an unfit one."""
    tx.require("users:write")
    keep_password(tx, user(tx, user_id), password)
    end_sessions(tx, user_id)


def change_own_password(tx: Transaction, present: str, new: str) -> None:
    """Change one's own password. Raises `Forbidden` when the present one is wrong, `Invalid` for an unfit one."""
    keep_password(tx, require_password(tx, present), new)


def require_password(tx: Transaction, password: str) -> User:
    """Who sends this, once they have shown their password again. Raises `Forbidden` when it is wrong."""
    tx.require("sign-in:write")
    somebody = user(tx, tx.actor.id or tx.organisation_id)
    if not is_password(tx, somebody.email, password):
        raise Forbidden("This is not your password.", code="wrong-password")
    return somebody


def keep_password(tx: Transaction, somebody: User, password: str) -> None:
    """Keep the hash of a new password; who may is for the caller to say. Raises `Invalid` for an unfit one."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        reason = f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Invalid(f"'password' {reason}.", fields=[FieldError("password", reason)])
    from argon2 import PasswordHasher

    store.save_password_hash(tx, somebody.id, PasswordHasher().hash(password))
    tx.append(Event("user.password_set", subject("user", somebody.id)))


def is_password(tx: Transaction, email: str, password: str) -> bool:
    """Whether this is the active user's password; takes as long when there is no such user."""
    return is_hashed(store.password_hash(tx, email.strip().lower()), password)


def is_hashed(kept: str | None, password: str) -> bool:
    """Whether a kept hash is of this password; takes as long when there is none."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    try:
        PasswordHasher().verify(kept or _nobodys_hash(), password)
    except VerificationError:
        return False
    return kept is not None


@cache
def _nobodys_hash() -> str:
    from argon2 import PasswordHasher

    return PasswordHasher().hash(token_hex())
