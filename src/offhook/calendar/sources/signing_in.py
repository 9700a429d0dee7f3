"""Connecting one's calendar by signing in at its provider: Google's, which speaks CalDAV to who shows a token.

Source: Google, "CalDAV API Developer's Guide". Signing in again renews the connection that is there.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from offhook import oauth
from offhook.calendar.sources import store
from offhook.calendar.sources.model import Connection, SourceKind
from offhook.calendar.sources.rules import refusing, well
from offhook.calendar.sources.service import note_read, note_refusal
from offhook.kernel.database import Transaction
from offhook.kernel.events import Event, Json, StoredEvent, subject
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings

LAPSING = ("grant.lapsed",)


def connect(tx: Transaction, settings: Settings, given: oauth.Given) -> Connection:
    """The actor's calendar, reached by what they granted: theirs as it was, or a new one. It is read at once.

    Appends `calendar.connected`, or `calendar.recovered` for one that refused.
    """
    grant = oauth.keep(tx, settings, given)
    before = store.by_grant(tx, grant.id)
    if before is not None:
        after = replace(well(before, "", None, tx.now), synced_at=before.synced_at, sync_at=tx.now)
        note_read(tx, before, after, None)
        return after
    new = Connection(
        id=new_id(),
        user_id=grant.user_id,
        kind=SourceKind.CALDAV,
        name=f"{oauth.TITLES[grant.provider]}: {grant.address}"[:100],
        address=f"{settings.google_caldav.rstrip('/')}/{quote(grant.address, safe='@')}/user",
        username=grant.username,
        collection="",
        takes_meetings=store.taking(tx, grant.user_id) is None,
        mark="",
        synced_at=None,
        synced_until=None,
        sync_at=tx.now,
        refusing_since=None,
        problem="",
        failures=0,
        created_at=tx.now,
        version=1,
        grant_id=grant.id,
    )
    store.insert(tx, new, "")
    told: dict[str, Json] = {"user_id": str(new.user_id), "kind": new.kind.value, "name": new.name}
    tx.append(Event("calendar.connected", subject("calendar", new.id), told))
    return new


def follow_grants(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """A calendar whose sign-in holds no more refuses, and says what to do; what was read before stays."""
    for event in events:
        found = store.by_grant(tx, event.subject_id)
        if found is None:
            continue
        grant = oauth.grant(tx, event.subject_id)
        if grant.lapsed_at is not None:
            note_refusal(tx, found, refusing(found, oauth.told_of_lapse(grant), tx.now))
