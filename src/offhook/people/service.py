"""Use cases of persons and accounts: look at them, find them, add and edit them by hand.

What is typed is normalised like what is imported (`normalise`), but a value that cannot be used refuses the edit.
Ids of absorbed records mean their survivors throughout. Every edit is an event with what it changed, from and to.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast
from uuid import UUID

from offhook.identity import organisation
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.people import editing, finding, saving, store
from offhook.people.adding import add_account_unless_known, add_another_person
from offhook.people.finding import Place, Wanted
from offhook.people.merges.rules import Standing
from offhook.people.model import Account, ContactKind, ContactPoint, Person, RecordKind, Understood
from offhook.people.normalise import KNOWN_FIELDS
from offhook.people.normalise.domains import company_domain_of_mail
from offhook.people.normalise.emails import read_email
from offhook.people.normalise.values import Rejected, tidy
from offhook.people.resolve import resolve
from offhook.people.resolving import contacts_of

LONGEST_LABEL = 60
LONGEST_EXTENSION = 20


def person(tx: Transaction, person_id: UUID) -> Person:
    """One person; the survivor of an absorbed one. Needs `people:read`. Raises `NotFound`."""
    tx.require("people:read")
    return _person(tx, person_id)


def _person(tx: Transaction, person_id: UUID) -> Person:
    now = store.survivors(tx, RecordKind.PERSON, [person_id])[person_id]
    found = store.persons(tx, [now])
    if not found:
        raise NotFound(f"There is no person {person_id} here.")
    return found[now]


def account(tx: Transaction, account_id: UUID) -> Account:
    """One account; the survivor of an absorbed one. Needs `people:read`. Raises `NotFound`."""
    tx.require("people:read")
    return _account(tx, account_id)


def _account(tx: Transaction, account_id: UUID) -> Account:
    now = store.survivors(tx, RecordKind.ACCOUNT, [account_id])[account_id]
    found = store.accounts(tx, [now])
    if not found:
        raise NotFound(f"There is no account {account_id} here.")
    return found[now]


def persons(tx: Transaction, wanted: Wanted, after: Place | None, limit: int) -> list[tuple[Place, Person]]:
    """Up to `limit` persons by name, each with its place in the list. Needs `people:read`.

    Raises `Invalid` for a name and a search together.
    """
    tx.require("people:read")
    _one_way(wanted)
    places = finding.persons_wanted(tx, wanted, after, limit)
    found = store.persons(tx, [place.id for place in places])
    return [(place, found[place.id]) for place in places]


def accounts(tx: Transaction, wanted: Wanted, after: Place | None, limit: int) -> list[tuple[Place, Account]]:
    """Up to `limit` accounts by name, each with its place in the list. Needs `people:read`.

    Raises `Invalid` for a name and a search together.
    """
    tx.require("people:read")
    _one_way(wanted)
    places = finding.accounts_wanted(tx, wanted, after, limit)
    found = store.accounts(tx, [place.id for place in places])
    return [(place, found[place.id]) for place in places]


def _one_way(wanted: Wanted) -> None:
    if wanted.name is not None and wanted.search is not None:
        raise Invalid(
            "Look for how a name begins or for words of it, one at a time.",
            fields=[FieldError("search", "not together with name")],
        )


def contacts_on_record(tx: Transaction, contacts: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these contact points, each a kind and a normalised value, are somebody's. Needs `people:read`."""
    tx.require("people:read")
    return {contact for contact, _ in store.sharing_contacts(tx, contacts, 0)}


def email_holders(tx: Transaction, addresses: Collection[str]) -> dict[str, list[UUID]]:
    """Who has these e-mail addresses now, by address; addresses of nobody are left out. Needs `people:read`."""
    tx.require("people:read")
    found = store.holders_of_emails(tx, list(addresses))
    living = store.survivors(tx, RecordKind.PERSON, {person_id for _, person_id in found})
    known: dict[str, list[UUID]] = {}
    for address, person_id in found:
        if living[person_id] not in known.setdefault(address, []):
            known[address].append(living[person_id])
    return known


def company_domain(address: str) -> str | None:
    """The registrable domain of a company's address; None for free mail, and for what is no address."""
    read = read_email(address)
    return None if isinstance(read, Rejected) else company_domain_of_mail(read.domain)


def note_bounced(tx: Transaction, address: str) -> None:
    """Mark an e-mail address, whoever has it: mail to it came back for good."""
    store.note_bounced(tx, address, tx.now)


def note_arriving(tx: Transaction, address: str) -> None:
    """Take that mark away: mail to it may arrive, or mail from it came."""
    store.note_bounced(tx, address, None)


def wanted_contact(
    tx: Transaction, *, email: str | None = None, phone: str | None = None, external_id: str | None = None
) -> tuple[str, str] | None:
    """The contact point that one looks for by what was typed. Raises `Invalid` for what is none or several."""
    typed = {ContactKind.EMAIL: email, ContactKind.PHONE: phone, ContactKind.EXTERNAL_ID: external_id}
    told = [(kind, text) for kind, text in typed.items() if text is not None]
    if not told:
        return None
    if len(told) > 1:
        raise Invalid(
            "Look for an e-mail address, a phone number or an external id, one at a time.",
            fields=[FieldError(kind, "one at a time", text) for kind, text in told],
        )
    kind, text = told[0]
    return kind, editing.read_contact(kind, text, _region(tx))


def wanted_domain(text: str) -> str:
    """The registrable domain that a typed domain or web address means. Raises `Invalid`."""
    found = editing.understood_or_refused({"website": text}, {}, "US").domain
    if found is None:
        raise Invalid(
            "This is no domain of a company's own.", fields=[FieldError("domain", "is not a domain", text)]
        )
    return found


def _region(tx: Transaction) -> str:
    return organisation(tx).region


# Adding


def add_person(
    tx: Transaction,
    fields: Mapping[str, object],
    attributes: Mapping[str, str] | None = None,
    *,
    account_id: UUID | None = None,
    is_another: bool = False,
) -> Person:
    """Add somebody by hand; `fields` are keyed by `KNOWN_FIELDS`. An external id alone is enough.

    They are at `account_id` if it is told, else at the account that their company and addresses speak for.
    Needs `people:write`. Raises `Invalid` for values that cannot be used, and where nothing tells who it is;
    `Conflict` (`known-already`) for somebody who is known, unless `is_another` says that it is somebody else:
    then the two are remembered as distinct.
    """
    tx.require("people:write")
    understood = editing.understood_or_refused(_typed(fields), attributes or {}, _region(tx))
    editing.refuse_nobody(understood)
    at = _account(tx, account_id).id if account_id is not None else None
    if is_another:
        return _placed(tx, _person(tx, add_another_person(tx, understood)), at)
    found = resolve(tx, [understood])[0]
    made = _person(tx, found.person_id)
    if not found.is_new_person:
        raise _known_already(f"{shown_name(made)}", "person_id", made.id)
    return _placed(tx, made, at)


def _placed(tx: Transaction, made: Person, account_id: UUID | None) -> Person:
    """The person at this account, if one is told."""
    if account_id is None or made.account_id == account_id:
        return made
    return change_person(tx, made.id, made.version, {"account_id": account_id})


def shown_name(somebody: Person) -> str:
    """How a person is named where they may have no name: by an address, a number or an id."""
    known = (somebody.full_name, *somebody.emails, *somebody.phones, *somebody.external_ids)
    return next((text for text in known if text), str(somebody.id))


def add_account(
    tx: Transaction,
    fields: Mapping[str, object],
    attributes: Mapping[str, str] | None = None,
    *,
    is_another: bool = False,
) -> Account:
    """Add a company by hand: its `name`, and what else of `editing.ACCOUNT_EDITS` is known.

    Needs `accounts:write`. Raises `Invalid`; `Conflict` (`known-already`) for a known one, unless `is_another`.
    """
    tx.require("accounts:write")
    told = {"name": None, **_told(fields)}
    new = editing.edit_account(Standing(Understood()), told, attributes or {}, _region(tx)).known
    account_id, is_new = add_account_unless_known(tx, new, is_another=is_another)
    made = _account(tx, account_id)
    if not is_new:
        raise _known_already(made.name, "account_id", made.id)
    return made


def _known_already(name: str, field: str, identifier: UUID) -> Conflict:
    return Conflict(
        f"{name} ({identifier}) is known already. Change that record, or say that this is another one.",
        code="known-already",
        fields=[FieldError(field, "is known already", str(identifier))],
    )


def _told(fields: Mapping[str, object]) -> dict[str, str | None]:
    """Values as they would be typed: the readers of received values read them."""
    return {name: _text(value) for name, value in fields.items()}


def _typed(fields: Mapping[str, object]) -> dict[str, str]:
    unknown = next((name for name in fields if name not in KNOWN_FIELDS), None)
    if unknown is not None:
        raise Invalid(f"'{unknown}' is no field of a person.", fields=[FieldError(unknown, "is no field of this")])
    return {name: text for name, text in _told(fields).items() if text}


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


# Editing


def change_person(tx: Transaction, person_id: UUID, version: int, changes: Mapping[str, object]) -> Person:
    """Edit a person: fields of `editing.PERSON_EDITS`, `account_id`, and by name the custom `attributes`.

    A field told as None is cleared. Needs `people:write`. Raises `NotFound`, `StaleVersion`, `Invalid`. Appends
    `person.changed`.
    """
    fields, attributes = _parts(changes)
    moves = "account_id" in fields
    account_id = fields.pop("account_id", None)

    def edited(now: Standing) -> Standing:
        after = editing.edit_person(now, _told(fields), attributes, _region(tx))
        if not moves:
            return after
        return replace(after, account_id=_account(tx, account_id).id if isinstance(account_id, UUID) else None)

    return _edit_person(tx, person_id, version, edited)


def _parts(changes: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str | None]]:
    """Fields, and custom attributes."""
    fields = dict(changes)
    attributes = cast("Mapping[str, str | None]", fields.pop("attributes", None) or {})
    return fields, dict(attributes)


def set_contact_point(
    tx: Transaction,
    person_id: UUID,
    version: int,
    kind: ContactKind,
    value: str,
    *,
    label: str = "",
    extension: str = "",
    is_primary: bool = False,
) -> Person:
    """Add a way to reach a person, or replace what is said of one they have; a main one comes before the others.

    Needs `people:write`. Raises `NotFound`, `StaleVersion`, `Invalid`. Appends `person.changed`.
    """
    tx.require("people:write")
    point = ContactPoint(
        kind,
        editing.read_contact(kind, value, _region(tx)),
        _short("label", label, LONGEST_LABEL),
        _short("extension", extension, LONGEST_EXTENSION),
        is_primary,
    )
    return _edit_person(tx, person_id, version, lambda now: editing.with_contact(now, point))


def _short(name: str, text: str, longest: int) -> str:
    clean, had_controls = tidy(text)
    if had_controls or len(clean) > longest:
        reason = f"must have at most {longest} characters and no control characters"
        raise Invalid(f"The {name} {reason}.", fields=[FieldError(name, reason, text)])
    return clean


def remove_contact_point(tx: Transaction, person_id: UUID, version: int, kind: ContactKind, value: str) -> Person:
    """Take a way to reach a person away; `value` as it is shown. Other conditions as `set_contact_point`."""
    tx.require("people:write")

    def without(now: Standing) -> Standing:
        if (kind, value) not in contacts_of(now.known):
            raise NotFound(f"This person has no {kind.replace('_', ' ')} {value}.")
        return editing.without_contact(now, kind, value)

    return _edit_person(tx, person_id, version, without)


def _edit_person(tx: Transaction, person_id: UUID, version: int, edited: Callable[[Standing], Standing]) -> Person:
    tx.require("people:write")
    store.lock(tx)
    before = _person(tx, person_id)
    _require_version(before.version, version, shown_name(before))
    standing = saving.standing_of_person(before)
    after = edited(standing)
    if after == standing:
        return before
    saved = saving.save_person(tx, before.id, after)
    told: dict[str, Json] = {"account_id": str(after.account_id) if after.account_id else None}
    tx.append(Event("person.changed", subject("person", before.id), told | saving.told_changes(standing, after)))
    return saved


def change_account(tx: Transaction, account_id: UUID, version: int, changes: Mapping[str, object]) -> Account:
    """Edit an account: fields of `editing.ACCOUNT_EDITS`, and by name the custom `attributes`.

    A field told as None is cleared. Needs `accounts:write`. Raises `NotFound`, `StaleVersion`, `Invalid`. Appends
    `account.changed`.
    """
    tx.require("accounts:write")
    store.lock(tx)
    before = _account(tx, account_id)
    _require_version(before.version, version, before.name)
    fields, attributes = _parts(changes)
    standing = saving.standing_of_account(before)
    after = editing.edit_account(standing, _told(fields), attributes, _region(tx))
    if after == standing:
        return before
    saved = saving.save_account(tx, before.id, after)
    told: dict[str, Json] = {"account_id": str(before.id)}
    tx.append(Event("account.changed", subject("account", before.id), told | saving.told_changes(standing, after)))
    return saved


def _require_version(present: int, told: int, name: str) -> None:
    if present != told:
        raise StaleVersion(f"{name} was changed since you read it. Read it again and repeat your change.")
