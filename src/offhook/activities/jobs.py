"""What the record does by itself: a person's wish not to be called or mailed, once told, is kept on the person."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from offhook import people
from offhook.activities.model import Disposition
from offhook.kernel.database import Transaction
from offhook.kernel.delivery import Consumer
from offhook.kernel.errors import NotFound
from offhook.kernel.events import StoredEvent

WISHES: Mapping[str, str] = {
    Disposition.DO_NOT_CALL.value: "do_not_call",
    Disposition.UNSUBSCRIBED.value: "do_not_email",
}
"""The field of the person that a disposition sets. Correcting the entry does not clear it: somebody must ask."""


def keep_wishes(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Set what persons asked for; those that are gone meanwhile are left alone."""
    for event in events:
        wish = WISHES.get(str(event.data.get("disposition")))
        if wish is None:
            continue
        try:
            person = people.person(tx, UUID(str(event.data["person_id"])))
        except NotFound:
            continue
        people.change_person(tx, person.id, person.version, {wish: True})


CONSUMERS = (Consumer("activities.wishes", ("activity.logged",), keep_wishes),)
