"""Writing what is now known of one person or one account: the row, its contact points, what it is found by.

For edits and merges, one record at a time, under the organisation's lock on persons (`store.lock`); batches go
through `resolve`.
"""

from typing import cast
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.events import Json
from offhook.people import matching, store
from offhook.people.filling import ALL_FIELDS
from offhook.people.merges.rules import Standing
from offhook.people.model import Account, Person, RecordKind
from offhook.people.resolve import points_of, understood_account, understood_person


def standing_of_person(person: Person) -> Standing:
    """A stored person as edits and merges see them."""
    return Standing(understood_person(person), person.account_id, person.variants)


def standing_of_account(account: Account) -> Standing:
    """A stored account as edits and merges see it."""
    return Standing(understood_account(account), None, account.variants)


def save_person(tx: Transaction, person_id: UUID, now: Standing) -> Person:
    """Make a person what `now` says, with a new version; returns them as stored."""
    store.update_persons(tx, [(person_id, now.account_id, now.known, now.variants)])
    store.set_contact_points(tx, person_id, points_of(now.known))
    faces = [matching.person_record(known) for known in (now.known, *now.variants)]
    keys = {key for face in faces for key in matching.person_keys(face)}
    store.add_keys(tx, RecordKind.PERSON, [(key, str(person_id)) for key in keys])
    return store.persons(tx, [person_id])[person_id]


def save_account(tx: Transaction, account_id: UUID, now: Standing) -> Account:
    """Make an account what `now` says, with a new version; returns it as stored."""
    store.update_accounts(tx, [(account_id, now.known, now.variants)])
    faces = [matching.account_record(known) for known in (now.known, *now.variants)]
    keys = {key for face in faces for key in matching.account_keys(face)}
    store.add_keys(tx, RecordKind.ACCOUNT, [(key, str(account_id)) for key in keys])
    return store.accounts(tx, [account_id])[account_id]


def told_changes(before: Standing, after: Standing) -> dict[str, Json]:
    """What an event tells of an edit: which fields, and of each what it was and what it is."""
    changes: dict[str, Json] = {
        name: [_json(getattr(before.known, name)), _json(getattr(after.known, name))]
        for name in ALL_FIELDS
        if getattr(before.known, name) != getattr(after.known, name)
    }
    if before.account_id != after.account_id:
        changes["account_id"] = [_json(before.account_id), _json(after.account_id)]
    return {"fields": list(changes), "changes": changes}


def _json(value: object) -> Json:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, tuple):
        return [str(one) for one in cast("tuple[str, ...]", value)]
    if isinstance(value, dict):
        return dict(cast("dict[str, str]", value))
    return str(value)
