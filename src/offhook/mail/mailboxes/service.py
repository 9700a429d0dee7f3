"""The use cases of mailboxes: connect one's own, change and remove it; note how it stands.

A mailbox is its user's (`mail:send`); an admin (`settings:write`) looks after those of all. A password is sealed
as it comes in and leaves only in a `Login`, for connecting. Events name a mailbox and what was changed, no secret.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from uuid import UUID

from offhook import identity, oauth
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion, invalid_field
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.mailboxes import store
from offhook.mail.mailboxes.model import Checked, Login, Mailbox, Security
from offhook.mail.mailboxes.rules import (
    IMAP_PORTS,
    SMTP_PORTS,
    checked_mailbox,
    checked_password,
    refusing,
    well,
)

CHANGEABLE = (
    "address",
    "shown_name",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "imap_host",
    "imap_port",
    "imap_security",
    "username",
    "saves_sent",
    "signature",
)

FREE = frozenset({"shown_name", "saves_sent", "signature"})
"""What can be changed of a mailbox that is signed in at a provider."""

UNFINISHED = ("queued", "sending", "in_doubt")
"""States of mails that a mailbox is still needed for."""


def seal_of(settings: Settings) -> Seal:
    """What closes and opens the passwords of mailboxes."""
    return Seal(settings.secret, "mailboxes")


def mailboxes_page(
    tx: Transaction, after: UUID | None, limit: int, *, user_id: UUID | None = None
) -> list[Mailbox]:
    """Up to `limit` mailboxes of the organisation, or of a user, in the order in which they were added."""
    tx.require("users:read")
    return store.page(tx, after, limit, user_id)


def mailbox(tx: Transaction, mailbox_id: UUID) -> Mailbox:
    """One mailbox. Raises `NotFound`."""
    tx.require("users:read")
    return _present(tx, mailbox_id)


def mailbox_of(tx: Transaction, user_id: UUID) -> Mailbox | None:
    """A user's mailbox, None if they have connected none: asks for no permission."""
    return store.of_user(tx, user_id)


def login_of(tx: Transaction, seal: Seal, mailbox_id: UUID) -> Login:
    """A mailbox with its password, or its token, in clear, for connecting alone: asks for no permission.

    Raises `NotFound`, and `Unavailable` when it was sealed with another secret of the installation, or its user
    must sign in at the provider again.
    """
    found = _present(tx, mailbox_id)
    if found.grant_id is not None:
        return Login(found, "", oauth.bearer(tx, seal, found.grant_id).token)
    return Login(found, seal.open(store.sealed_password(tx, mailbox_id)))


def login_to_check(tx: Transaction, seal: Seal, mailbox_id: UUID) -> Login:
    """The same for whoever may change the mailbox."""
    _own(tx, mailbox_id)
    return login_of(tx, seal, mailbox_id)


def add_mailbox(
    tx: Transaction,
    seal: Seal,
    *,
    address: str,
    smtp_host: str,
    imap_host: str,
    password: str,
    user_id: UUID | None = None,
    shown_name: str | None = None,
    smtp_port: int | None = None,
    smtp_security: Security = Security.STARTTLS,
    imap_port: int | None = None,
    imap_security: Security = Security.TLS,
    username: str | None = None,
    saves_sent: bool = False,
    signature: str = "",
) -> Mailbox:
    """Connect a user's mailbox, one's own if none is named.

    The shown name is the user's unless given, the user name the address, ports those of the standards. Appends
    `mailbox.added`. Raises `Invalid`, `Conflict` when the user has one or the address is another's, `Forbidden`.
    """
    whose = user_id or tx.actor.id
    if whose is None:
        raise Invalid("Say whose mailbox it is.")
    _require_own(tx, whose)
    user = identity.user(tx, whose)
    secret = checked_password(password)
    new = checked_mailbox(
        Mailbox(
            id=new_id(),
            user_id=user.id,
            address=address,
            shown_name=shown_name or user.name,
            smtp_host=smtp_host,
            smtp_port=smtp_port or SMTP_PORTS[smtp_security],
            smtp_security=smtp_security,
            imap_host=imap_host,
            imap_port=imap_port or IMAP_PORTS[imap_security],
            imap_security=imap_security,
            username=username or address,
            saves_sent=saves_sent,
            refusing_since=None,
            problem="",
            retry_at=None,
            failures=0,
            created_at=tx.now,
            version=1,
            signature=signature,
        )
    )
    store.insert(tx, new, seal.close(secret))
    tx.append(Event("mailbox.added", subject("mailbox", new.id), _told(new)))
    return new


def change_mailbox(
    tx: Transaction, seal: Seal, mailbox_id: UUID, version: int, changes: Mapping[str, object]
) -> Mailbox:
    """Change anything about a mailbox; `password` sets another one. One that refuses is tried again at once.

    Appends `mailbox.changed`. Raises `Invalid`, `StaleVersion` if changed since, `Conflict` for a used address.
    """
    before = _own(tx, mailbox_id)
    if before.grant_id is not None:
        _require_free(changes)
    unknown = sorted(set(changes) - {*CHANGEABLE, "password"})
    if unknown:
        raise invalid_field(unknown[0], f"cannot be changed; these can: {', '.join(CHANGEABLE)}, password", None)
    plain = {name: value for name, value in changes.items() if name != "password"}
    after = checked_mailbox(replace(before, **plain))  # pyright: ignore[reportArgumentType] # checked, fields by name
    if not store.update(tx, after, version):
        raise _stale()
    changed: list[Json] = [
        one.name for one in fields(after) if getattr(before, one.name) != getattr(after, one.name)
    ]
    if "password" in changes:
        store.set_password(tx, mailbox_id, seal.close(checked_password(str(changes["password"] or ""))))
        changed.append("password")
    if after.retry_at is not None:
        after = replace(after, retry_at=tx.now)
        store.save_standing(tx, after)
    tx.append(Event("mailbox.changed", subject("mailbox", mailbox_id), {**_told(after), "fields": changed}))
    return replace(after, version=version + 1)


def remove_mailbox(tx: Transaction, mailbox_id: UUID, version: int) -> Mailbox:
    """Remove a mailbox and return it as it was; what was sent from it stays on record.

    Appends `mailbox.removed`. Raises `Conflict` while mails wait in it, `StaleVersion`.
    """
    found = _own(tx, mailbox_id)
    waiting = store.unfinished(tx, mailbox_id, UNFINISHED)
    if waiting:
        raise Conflict(
            f"{waiting} of its mails wait to be sent, or to be decided on. Send or withdraw them first."
        )
    if not store.delete(tx, mailbox_id, version):
        raise _stale()
    if found.grant_id is not None:
        oauth.forget(tx, found.grant_id)
    tx.append(Event("mailbox.removed", subject("mailbox", mailbox_id), _told(found)))
    return found


def note_check(tx: Transaction, mailbox_id: UUID, found: Checked) -> Mailbox:
    """Keep what a check found of where mail is handed in; the mailbox as it stands. Raises `NotFound`."""
    before = _own(tx, mailbox_id)
    problem = found.smtp_problem
    after = note_refusal(tx, mailbox_id, problem) if problem else note_well(tx, mailbox_id)
    return after or before


def note_refusal(tx: Transaction, mailbox_id: UUID, problem: str) -> Mailbox | None:
    """Note that the server refuses, and when to try again; None when the mailbox is gone.

    A token is renewed at once, so that it is known whether its user must sign in again. Appends `mailbox.refusing`
    the first time.
    """
    found = store.by_id(tx, mailbox_id)
    if found is None:
        return None
    after = refusing(found, problem, tx.now)
    store.save_standing(tx, after)
    if found.grant_id is not None:
        oauth.renew_soon(tx, found.grant_id)
    if found.refusing_since is None:
        tx.append(Event("mailbox.refusing", subject("mailbox", found.id), {**_told(found), "problem": problem}))
    return after


def note_well(tx: Transaction, mailbox_id: UUID) -> Mailbox | None:
    """Note that the server lets us in; None when the mailbox is gone. Appends `mailbox.recovered`."""
    found = store.by_id(tx, mailbox_id)
    if found is None or found.refusing_since is None:
        return found
    after = well(found)
    store.save_standing(tx, after)
    tx.append(Event("mailbox.recovered", subject("mailbox", found.id), _told(found)))
    return after


def _require_free(changes: Mapping[str, object]) -> None:
    """A sign-in is shown to its provider's servers alone, whoever changes the mailbox."""
    for name in changes:
        if name not in FREE:
            raise invalid_field(
                name, "is the provider's, as this mailbox is signed in there; remove it to connect it by password"
            )


def signs_in_by(tx: Transaction, found: Sequence[Mailbox]) -> Mapping[UUID, str]:
    """What the servers of mailboxes are shown, in words: a password, or a sign-in and whether it holds."""
    grants = oauth.grants(tx, [one.grant_id for one in found if one.grant_id])

    def told(one: Mailbox) -> str:
        grant = grants.get(one.grant_id) if one.grant_id else None
        if grant is None:
            return "password"
        title = oauth.TITLES[grant.provider]
        return title if grant.lapsed_at is None else f"{title}: sign in again"

    return {one.id: told(one) for one in found}


def _present(tx: Transaction, mailbox_id: UUID) -> Mailbox:
    found = store.by_id(tx, mailbox_id)
    if found is None:
        raise NotFound(
            f"There is no mailbox {mailbox_id} here. `offhook mail mailboxes list` shows which there are."
        )
    return found


def _own(tx: Transaction, mailbox_id: UUID) -> Mailbox:
    """A mailbox that the actor may change. Asks before it looks, so that nobody else learns which there are."""
    if not tx.actor.may("settings:write"):
        tx.require("mail:send")
    found = _present(tx, mailbox_id)
    _require_own(tx, found.user_id)
    return found


def _require_own(tx: Transaction, user_id: UUID) -> None:
    if tx.actor.may("settings:write"):
        return
    tx.require("mail:send")
    if tx.actor.id != user_id:
        raise Forbidden("This is another user's mailbox. Only they, or an admin, may change it.")


def _told(one: Mailbox) -> dict[str, Json]:
    return {"address": one.address, "user_id": str(one.user_id)}


def _stale() -> StaleVersion:
    return StaleVersion("The mailbox was changed since you read it. Read it again and repeat your change.")
