"""Links of entry: how somebody who is invited, or has lost their password, sets one. Good once, for a time.

The link's secret stands in the address's fragment, which browsers send to nobody, so that it is in no log.
"""

import hmac
from dataclasses import dataclass
from uuid import UUID

from offhook.identity import store as users
from offhook.identity.model import User
from offhook.identity.passwords import keep_password
from offhook.identity.service import organisation, user
from offhook.identity.sessions import store
from offhook.identity.sessions.model import EntryLink, Opened, Purpose, Visitor
from offhook.identity.sessions.rules import INVITATION_LASTS, RESET_LASTS
from offhook.identity.sessions.service import open_session
from offhook.identity.sessions.store import KeptLink
from offhook.identity.tokens import hash_of, new_secret, parts_of, token_text
from offhook.kernel.database import NOBODY, Actor, Database, Transaction
from offhook.kernel.errors import Conflict, Invalid
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id

PREFIX = "ohe"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Whom a link of entry is for."""

    organisation: str
    name: str
    email: str
    purpose: Purpose


def make_entry_link(tx: Transaction, user_id: UUID) -> EntryLink:
    """A link by which a user sets their password: an invitation, or a reset when they have one already.

    Needs `users:write`. Earlier links of theirs are worthless from now on. Raises `Conflict` for who left.
    """
    tx.require("users:write")
    somebody = user(tx, user_id)
    if not somebody.is_active:
        raise Conflict(f"{somebody.name} is deactivated. Activate them first.")
    has_password = users.password_hash(tx, somebody.email) is not None
    purpose = Purpose.RESET if has_password else Purpose.INVITATION
    lasts = RESET_LASTS if has_password else INVITATION_LASTS
    secret = new_secret()
    link = KeptLink(new_id(), user_id, purpose, hash_of(secret), tx.now + lasts, None)
    store.insert_link(tx, link)
    kind = "user.reset" if has_password else "user.invited"
    tx.append(Event(kind, subject("user", user_id), {"expires_at": link.expires_at.isoformat()}))
    return EntryLink(token_text(tx.organisation_id, link.id, secret, prefix=PREFIX), purpose, link.expires_at)


def entrant(database: Database, text: str) -> Entrant:
    """Whom a link is for. Raises `Invalid` when it is not good, or not any more."""
    organisation_id, link_id, secret = _parts(text)
    with database.transaction(organisation_id, NOBODY) as tx:
        link, somebody = _checked(tx, link_id, secret)
        return Entrant(organisation(tx).name, somebody.name, somebody.email, link.purpose)


def enter(database: Database, text: str, password: str, visitor: Visitor) -> Opened:
    """Set the password of whoever has the link, end their other sessions and open one.

    Raises `Invalid` when the link is not good any more, or the password unfit; the link is good still, then.
    """
    organisation_id, link_id, secret = _parts(text)
    with database.transaction(organisation_id, NOBODY) as tx:
        _, somebody = _checked(tx, link_id, secret)
        tx.actor = Actor("user", somebody.id)
        keep_password(tx, somebody, password)
        store.note_link_used(tx, link_id)
        store.end_sessions(tx, somebody.id)
        store.forget_failures(tx, somebody.id)
        return open_session(tx, somebody.id, visitor)


def _parts(text: str) -> tuple[UUID, UUID, bytes]:
    parts = parts_of(text.strip(), PREFIX)
    if parts is None:
        raise _not_good()
    return parts


def _checked(tx: Transaction, link_id: UUID, secret: bytes) -> tuple[KeptLink, User]:
    link = store.entry_link(tx, link_id)
    if link is None or not hmac.compare_digest(hash_of(secret), link.secret_hash):
        raise _not_good()
    if link.used_at is not None or tx.now >= link.expires_at:
        raise _not_good()
    somebody = user(tx, link.user_id)
    if not somebody.is_active:
        raise _not_good()
    return link, somebody


def _not_good() -> Invalid:
    return Invalid(
        "This link is not good any more. Ask your administrator for a new one.", code="entry-link-not-good"
    )
