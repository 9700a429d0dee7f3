"""Use case: find or make the persons and accounts that received records are about.

Set-based: a batch costs the same handful of statements whether it holds one record or five thousand, and each
look-up is an index probe, so the rate does not fall as the base grows. An advisory lock lets one batch per
organisation resolve at a time: of two rows about one new person that arrive together, the second finds the first.
"""

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from uuid import UUID

from offhook.kernel.batches import index_probes, uncollected
from offhook.kernel.database import Transaction
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.people import matching, store
from offhook.people.facts import facts_from
from offhook.people.model import Account, ContactPoint, Person, PersonFacts, RecordKind, Resolution, Understood
from offhook.people.resolving import (
    LARGEST_BUCKET,
    LARGEST_SHARING,
    AccountResolver,
    Accounts,
    Entity,
    Incoming,
    Persons,
    Resolver,
    bits,
    by_shared,
    company_key,
    company_of,
    company_words,
    contacts_of,
    incoming_person,
)


def resolve(tx: Transaction, records: Sequence[Understood]) -> list[Resolution]:
    """Whom each record is about, in order; makes whoever is new and fills gaps of whoever was known.

    Holds the organisation's lock on persons until the transaction ends: keep batches to a few thousand. Whoever
    calls has checked what its actor may do. Appends `person.created`, `person.changed`, `account.created`,
    `account.changed`.
    """
    return Resolving(tx, list(map(incoming_person, records))).take(len(records)) if records else []


class Resolving:
    """A batch that is resolved part by part, so that one part is written while the next is decided.

    Whom it may concern is read once, before the first part; what `resolve` says holds for the parts together.
    `known_persons` and `known_accounts` were there before: who is not among them has just been made.
    """

    def __init__(self, tx: Transaction, records: Sequence[Incoming]) -> None:
        """Take the lock and read."""
        self._tx = tx
        self._left = deque(records)
        store.lock(tx)
        with index_probes(tx):
            self._persons = known_persons(tx, self._left)
            known = self._persons.entities
            companies = [*(one.received for one in self._left), *(e.known for e in known if e.account_id is None)]
            accounts = {e.account_id for e in known if e.account_id}
            self._accounts = known_accounts(tx, _first_mentions(companies), accounts)
        self.known_persons = {entity.id for entity in known}
        self.known_accounts = accounts | {entity.id for entity in self._accounts.resolver.entities}

    def take(self, count: int) -> list[Resolution]:
        """Resolve so many more records and write what they came to."""
        with uncollected():
            part = [self._left.popleft() for _ in range(min(count, len(self._left)))]
            met = [self._persons.resolve(one) for one in part]
            made_here = give_accounts([entity for entity, _ in met], self._accounts)
            answers = _answers(met, made_here, self._known_accounts(met))
            with index_probes(self._tx):
                write(self._tx, self._persons, self._accounts)
            return answers

    def _known_accounts(self, met: Sequence[tuple[Entity, bool]]) -> dict[UUID, Entity]:
        """The accounts of these persons by id."""
        known = {entity.id: entity for entity in self._accounts.resolver.entities}
        missing = {person.account_id for person, _ in met if person.account_id} - known.keys()
        for one in store.known_accounts(self._tx, list(missing)) if missing else ():
            known[one[0]] = _entity(one, matching.account_record)
        return known


def _first_mentions(persons: Iterable[Understood]) -> list[Understood]:
    """The companies of persons: for each domain or, without one, each wording the first."""
    first: dict[Hashable, Understood] = {}
    for person in persons:
        first.setdefault(person.domain or company_words(person), person)
    return [company for person in first.values() if (company := company_of(person))]


def known_persons(tx: Transaction, incoming: Sequence[Incoming]) -> Resolver:
    """A resolver that knows everybody who shares a contact point or a key with the batch."""
    resolver = Resolver(Persons(), new_id)
    contacts = list({contact: None for one in incoming for contact in one.contacts})
    keys = list({key: None for one in incoming for key in one.keys})
    by_contact = by_shared(store.sharing_contacts(tx, contacts, LARGEST_SHARING), LARGEST_SHARING)
    by_key = by_shared(store.sharing_keys(tx, RecordKind.PERSON, keys, LARGEST_BUCKET), LARGEST_BUCKET)
    found = by_contact.keys() | by_key.keys()
    if not found:
        return resolver
    stands_for = store.survivors(tx, "person", found)
    known = store.known_persons(tx, list(set(stands_for.values())))
    entities = {one[0]: _entity(one, matching.person_record) for one in known}
    for identifier in sorted(found):
        entity = entities.get(stands_for[identifier])
        if entity is not None:
            resolver.know(entity, by_contact.get(identifier, ()), by_key.get(identifier, ()))
    return resolver


def _entity(stored: store.Known, features: Callable[[Understood], matching.Record]) -> Entity:
    identifier, account_id, version, known, variants = stored
    faces = tuple(map(features, variants)) if variants else ()
    return Entity(identifier, known, features(known), account_id, version, variants=variants, faces=faces)


def understood_person(person: Person) -> Understood:
    """A stored person in the shape of a received record."""
    return Understood(
        first_name=person.first_name,
        last_name=person.last_name,
        full_name=person.full_name,
        title=person.title,
        company_name=person.company_name,
        emails=person.emails,
        phones=person.phones,
        external_ids=person.external_ids,
        street=person.street,
        city=person.city,
        postal_code=person.postal_code,
        region=person.region,
        country=person.country,
        born_on=person.born_on,
        time_zone=person.time_zone,
        language=person.language,
        domain=person.domain,
        industry=person.industry,
        employees=person.employees,
        do_not_call=person.do_not_call,
        do_not_email=person.do_not_email,
        attributes=person.attributes,
        labels={p.value: p.label for p in person.contact_points if p.label},
        extensions={p.value: p.extension for p in person.contact_points if p.extension},
    )


def understood_account(account: Account) -> Understood:
    """A stored account in the shape of a received record."""
    return Understood(
        company_name=account.name,
        domain=account.domain,
        phones=(account.phone,) if account.phone else (),
        street=account.street,
        city=account.city,
        postal_code=account.postal_code,
        region=account.region,
        country=account.country,
        industry=account.industry,
        employees=account.employees,
        attributes=account.attributes,
    )


def give_accounts(persons: Sequence[Entity], accounts: AccountResolver) -> list[bool]:
    """Give every person without an account the one their company is; says of each whether it was made for it."""
    for person in _unique(persons):
        if person.told_of_company:
            accounts.learn_from(person)
    made_here: list[bool] = []
    for person in persons:
        answer = accounts.resolve_for(person.known) if person.account_id is None else None
        if answer is None:
            made_here.append(False)
            continue
        account, is_new = answer
        person.account_id = account.id
        if not person.is_new:
            person.changed["account_id"] = None
        made_here.append(is_new)
    return made_here


def known_accounts(
    tx: Transaction, companies: Sequence[Understood], also: Collection[UUID] = ()
) -> AccountResolver:
    """A resolver that knows every account which shares a domain or a key with the batch's companies, and these."""
    distinct = {company_key(company): company for company in reversed(companies)}.values()
    keys = list({key: None for c in distinct for key in matching.account_keys(matching.account_record(c))})
    by_key = by_shared(store.sharing_keys(tx, RecordKind.ACCOUNT, keys, LARGEST_BUCKET), LARGEST_BUCKET)
    at_domains = store.accounts_with_domains(tx, list({c.domain: None for c in distinct if c.domain}))
    resolver = AccountResolver(Resolver(Accounts(), new_id))
    if not by_key and not at_domains and not also:
        return resolver
    stands_for = store.survivors(tx, "account", by_key.keys() | {one for _, one, _ in at_domains} | set(also))
    known = store.known_accounts(tx, list(set(stands_for.values())))
    entities = {one[0]: _entity(one, matching.account_record) for one in known}
    for identifier in sorted(stands_for):
        entity = entities.get(stands_for[identifier])
        if entity is not None:
            resolver.resolver.know(entity, (), by_key.get(identifier, ()))
    resolver.by_id = entities
    for domain, _, now in at_domains:
        resolver.by_domain.setdefault(domain, entities[now])
    for entity in entities.values():
        if entity.known.domain:
            resolver.by_domain.setdefault(entity.known.domain, entity)
    return resolver


def write(tx: Transaction, persons: Resolver, accounts: AccountResolver) -> None:
    """Save what is new and what changed since the last time, and note the events."""
    _write_accounts(tx, _unsaved(accounts.resolver))
    _write_persons(tx, _unsaved(persons))
    pairs = {(pair.left, pair.right): pair for pair in persons.pairs + accounts.resolver.pairs}.values()
    store.insert_reviews(
        tx,
        [
            (new_id(), pair.kind.value, pair.left, pair.right, pair.comparison.probability, bits(pair.comparison))
            for pair in pairs
        ],
    )
    persons.pairs, accounts.resolver.pairs = [], []


def _unsaved(resolver: Resolver) -> list[Entity]:
    return _unique(entity for entity in resolver.entities if entity.is_new or entity.changed)


def _mark_saved(entities: Iterable[Entity]) -> None:
    for entity in entities:
        entity.version += 1
        entity.changed = {}


def _unique(entities: Iterable[Entity]) -> list[Entity]:
    return list({entity.id: entity for entity in entities}.values())


def _write_persons(tx: Transaction, entities: Sequence[Entity]) -> None:
    new = [(str(e.id), e) for e in entities if e.is_new]
    changed = [(str(e.id), e) for e in entities if not e.is_new and e.changed]
    if new:
        store.insert_persons(tx, [(text, e.account_id, e.known, e.variants) for text, e in new])
        store.insert_contact_points(tx, ((text, e.known) for text, e in new))
        store.insert_keys(tx, RecordKind.PERSON, [(key, text) for text, e in new for key in e.keys])
    if changed:
        store.update_persons(tx, [(e.id, e.account_id, e.known, e.variants) for _, e in changed])
        store.add_contact_points(tx, ((text, point) for text, e in changed for point in points_of(e.known)))
        store.add_keys(tx, RecordKind.PERSON, [(key, text) for text, e in changed for key in e.keys])
    tx.append(
        *[Event("person.created", f"person:{text}", {"account_id": _text(e.account_id)}) for text, e in new],
        *[
            Event(
                "person.changed",
                f"person:{text}",
                {"account_id": _text(e.account_id), "fields": list(e.changed)},
            )
            for text, e in changed
        ],
    )
    _mark_saved(entities)


def _text(identifier: UUID | None) -> str | None:
    return str(identifier) if identifier else None


def points_of(known: Understood) -> list[ContactPoint]:
    """The contact points of a record; the first of each kind is the main one."""
    points: list[ContactPoint] = []
    before = None
    for kind, value in contacts_of(known):
        label, extension = known.labels.get(value, ""), known.extensions.get(value, "")
        points.append(ContactPoint(kind, value, label, extension, kind != before))
        before = kind
    return points


def _write_accounts(tx: Transaction, entities: Sequence[Entity]) -> None:
    new = [entity for entity in entities if entity.is_new]
    changed = [entity for entity in entities if not entity.is_new and entity.changed]
    if new:
        store.insert_accounts(tx, [(e.id, e.known, e.variants) for e in new])
    store.update_accounts(tx, [(e.id, e.known, e.variants) for e in changed])
    store.insert_keys(tx, RecordKind.ACCOUNT, [(key, str(e.id)) for e in new for key in e.keys])
    store.add_keys(tx, RecordKind.ACCOUNT, [(key, str(e.id)) for e in changed for key in e.keys])
    tx.append(
        *[Event("account.created", subject("account", e.id), {"account_id": str(e.id)}) for e in new],
        *[
            Event(
                "account.changed", subject("account", e.id), {"account_id": str(e.id), "fields": list(e.changed)}
            )
            for e in changed
        ],
    )
    _mark_saved(entities)


def _answers(
    met: Sequence[tuple[Entity, bool]], made_here: Sequence[bool], accounts: dict[UUID, Entity]
) -> list[Resolution]:
    """The answer for each record; only the first record about somebody new says that they are new."""
    answers: list[Resolution] = []
    seen: dict[UUID, PersonFacts] = {}
    for (person, is_doubtful), is_new_account in zip(met, made_here, strict=True):
        is_new = person.is_new and person.id not in seen
        facts = seen.get(person.id)
        if facts is None:
            account = accounts.get(person.account_id) if person.account_id else None
            facts = seen[person.id] = facts_from(
                person.id, person.account_id, person.known, account.known if account else None
            )
        answers.append(Resolution(person.id, person.account_id, is_new, is_new_account, is_doubtful, facts))
    return answers
