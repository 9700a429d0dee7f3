"""Connecting one's mailbox by signing in at its provider, and what becomes of it when that holds no more.

The address is the one that the provider says signed in, the servers are the provider's. Signing in again renews
the mailbox that is there: nothing of it is lost, and what waited in it goes.
"""

from collections.abc import Sequence
from dataclasses import replace

from offhook import identity, oauth
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.kernel.events import Event, Json, StoredEvent, subject
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings
from offhook.mail.mailboxes import store
from offhook.mail.mailboxes.model import Mailbox
from offhook.mail.mailboxes.providers import Provider, signed_in_at
from offhook.mail.mailboxes.rules import checked_mailbox
from offhook.mail.mailboxes.service import note_refusal, note_well

FOLLOWED = ("grant.lapsed",)


def connect(tx: Transaction, settings: Settings, given: oauth.Given) -> Mailbox:
    """The actor's mailbox, reached by what they granted: theirs as it was, or a new one.

    Appends `mailbox.added` or `mailbox.changed`. Raises `Conflict` when they have a mailbox of another address, or
    another user has this one.
    """
    grant = oauth.keep(tx, settings, given)
    servers = signed_in_at(settings, grant.provider)
    before = store.of_user(tx, grant.user_id)
    if before is None:
        return _add(tx, grant, servers)
    if before.address != grant.address:
        raise Conflict(
            f"You signed in as {grant.address}, but your mailbox is {before.address}. Sign in as that"
            " one, or remove the mailbox first."
        )
    return _renew(tx, before, grant, servers)


def follow_grants(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """A mailbox whose sign-in holds no more refuses, and says what to do."""
    for event in events:
        found = store.by_grant(tx, event.subject_id)
        if found is None:
            continue
        grant = oauth.grant(tx, event.subject_id)
        if grant.lapsed_at is not None:
            note_refusal(tx, found.id, oauth.told_of_lapse(grant))


def _add(tx: Transaction, grant: oauth.Grant, servers: Provider) -> Mailbox:
    user = identity.user(tx, grant.user_id)
    new = checked_mailbox(
        Mailbox(
            id=new_id(),
            user_id=user.id,
            address=grant.address,
            shown_name=user.name,
            smtp_host=servers.smtp_host,
            smtp_port=servers.smtp_port,
            smtp_security=servers.smtp_security,
            imap_host=servers.imap_host,
            imap_port=servers.imap_port,
            imap_security=servers.imap_security,
            username=grant.username,
            saves_sent=servers.saves_sent,
            refusing_since=None,
            problem="",
            retry_at=None,
            failures=0,
            created_at=tx.now,
            version=1,
            grant_id=grant.id,
        )
    )
    store.insert(tx, new, "")
    tx.append(Event("mailbox.added", subject("mailbox", new.id), _told(new)))
    return new


def _renew(tx: Transaction, before: Mailbox, grant: oauth.Grant, servers: Provider) -> Mailbox:
    after = replace(
        before,
        smtp_host=servers.smtp_host,
        smtp_port=servers.smtp_port,
        smtp_security=servers.smtp_security,
        imap_host=servers.imap_host,
        imap_port=servers.imap_port,
        imap_security=servers.imap_security,
        username=grant.username,
        saves_sent=before.saves_sent if before.grant_id else servers.saves_sent,
        grant_id=grant.id,
    )
    store.update(tx, after, before.version)
    store.set_grant(tx, after.id, grant.id)
    if before.grant_id is not None and before.grant_id != grant.id:
        oauth.forget(tx, before.grant_id)
    told: dict[str, Json] = {**_told(after), "fields": ["sign_in"]}
    tx.append(Event("mailbox.changed", subject("mailbox", after.id), told))
    # Its servers are asked by whoever needs them next; what kept mails waiting is gone.
    return note_well(tx, after.id) or after


def _told(one: Mailbox) -> dict[str, Json]:
    return {"address": one.address, "user_id": str(one.user_id)}
