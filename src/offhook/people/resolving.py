"""Identity resolution of a batch, decided without I/O: which received record is about which person and account.

Records are taken in order. Each meets only candidates that share a contact point or a matching key with it, known
before or met earlier in the batch; the comparison (people/matching) then says same, doubtful or different.

| who                                          | outcome                                             |
|----------------------------------------------|-----------------------------------------------------|
| shares an external id                        | that person, without comparison                     |
| same as one or more                          | the likeliest of them; the next one is put to review |
| doubtful only                                | a new person, put to review against the likeliest   |
| different from all, or no candidates         | a new person                                        |

Accounts: by the company's domain (never one of free mail) without comparison, else by name and place as above.
The outcome depends only on the records, their order and what was known; ids break ties (older first).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from offhook.kernel.plain import plain
from offhook.people import matching
from offhook.people.filling import fill_gaps
from offhook.people.matching import Comparison, Verdict
from offhook.people.model import RecordKind, Understood
from offhook.people.normalise.values import fold
from offhook.people.variants import OF_ACCOUNTS, OF_PERSONS, variant_of

LARGEST_BUCKET = 8
"""A matching key that more records share than this tells too little to look at them all, and is skipped.

Whom it would have led to is found by another key or a contact point if there is more to tell than a common name.
"""

LARGEST_SHARING = 50
"""Likewise of a contact point: a switchboard's number."""

MOST_CANDIDATES = 16
"""A record is compared with so many candidates at most, those first that share most with it."""

MOST_VARIANTS = 8
"""So many other ways of writing a person or company are kept, the first ones, and compared with."""

_WEIGHT_OF_CONTACT = {"email": 4, "phone": 2, "external_id": 8}

_NO_COMPANIES = frozenset(
    {
        "self",
        "self employed",
        "selfemployed",
        "freelance",
        "freelancer",
        "student",
        "retired",
        "unemployed",
        "private",
    }
    | {"individual", "personal", "home", "homemaker", "independent", "own", "myself", "me", "test", "not employed"}
)
"""What people write for a company when they have none, folded."""


@dataclass(slots=True, eq=False)
class Entity:
    """A person or an account as known at this point of the batch; `version` 0 means made in this batch.

    `variants` are records about the same that said something else (another spelling, the old address): whoever
    writes like one of them later is found, though what is known does not say so.
    """

    id: UUID
    known: Understood
    features: matching.Record
    account_id: UUID | None = None
    version: int = 0
    changed: dict[str, None] = field(default_factory=dict[str, None])
    keys: tuple[int, ...] = ()
    variants: tuple[Understood, ...] = ()
    faces: tuple[matching.Record, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether this batch made it."""
        return self.version == 0

    @property
    def told_of_company(self) -> bool:
        """Whether the batch told something new of the company of somebody who has an account."""
        return self.account_id is not None and not self.changed.keys().isdisjoint(COMPANY_FIELDS)

    def learn(self, received: Understood, kind: "Kind") -> bool:
        """Fill gaps from a record about the same, keep what it says otherwise; whether that changed anything."""
        self.known, changed = fill_gaps(self.known, received)
        if changed:
            self.changed |= dict.fromkeys(changed)
            self.features = kind.features(self.known)
        if len(self.variants) < MOST_VARIANTS:
            variant = variant_of(self.known, received, kind.telling)
            if variant is not None and variant not in self.variants:
                self.variants += (variant,)
                self.faces += (kind.features(variant),)
                self.changed["variants"] = None
                return True
        return bool(changed)

    def compared_with(self, features: matching.Record, kind: "Kind") -> Comparison:
        """How likely a record is about them: by what is known or, if that fits better, by a variant of it.

        It is doubtful at most where what is known or a variant makes it less likely than the kind's `least`.
        """
        best = worst = kind.compare(features, self.features)
        for face in self.faces:
            other = kind.compare(features, face)
            if other.probability > best.probability:
                best = other
            elif other.probability < worst.probability:
                worst = other
        if worst.probability >= kind.least:
            return best
        return matching.contradicted(best, "variant", "another way it was written denies it")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one, for somebody to decide."""

    kind: RecordKind
    left: UUID
    right: UUID
    comparison: Comparison


@plain
class Incoming:
    """A received record with what matching needs of it."""

    received: Understood
    features: matching.Record
    keys: tuple[int, ...]
    contacts: tuple[tuple[str, str], ...]


class Kind(Protocol):
    """What differs between resolving persons and accounts."""

    name: RecordKind
    least: float
    telling: Sequence[str]

    def features(self, understood: Understood) -> matching.Record:
        """What is compared."""
        ...

    def keys(self, features: matching.Record) -> tuple[int, ...]:
        """What candidates must share."""
        ...

    def compare(self, left: matching.Record, right: matching.Record) -> Comparison:
        """How likely the two are one."""
        ...


class Persons:
    """Resolving human beings. They marry, move and have several names at once: one that fits is enough."""

    name = RecordKind.PERSON
    least = 0.0
    telling: Sequence[str] = OF_PERSONS
    features = staticmethod(matching.person_record)
    keys = staticmethod(matching.person_keys)
    compare = staticmethod(matching.compare_persons)


class Accounts:
    """Resolving companies. Branches share names and phones: what fits one way of writing must not deny another."""

    name = RecordKind.ACCOUNT
    least = 0.01
    telling: Sequence[str] = OF_ACCOUNTS
    features = staticmethod(matching.account_record)
    keys = staticmethod(matching.account_keys)
    compare = staticmethod(matching.compare_accounts)


K = TypeVar("K", int, tuple[str, str])


class Buckets(Generic[K]):
    """Entities by something they share; in the order in which they came, none twice."""

    def __init__(self, largest: int) -> None:
        """Begin empty; what more than `largest` share leads to nobody."""
        self._of: dict[K, list[Entity]] = {}
        self._largest = largest

    def add(self, shared: Iterable[K], entity: Entity) -> None:
        """File an entity under everything it shares."""
        of = self._of
        for key in shared:
            bucket = of.get(key)
            if bucket is None:
                of[key] = [entity]
            elif entity not in bucket and len(bucket) <= self._largest:
                bucket.append(entity)

    def get(self, key: K) -> Sequence[Entity]:
        """Who shares it; nobody where too many do."""
        bucket = self._of.get(key, ())
        return bucket if len(bucket) <= self._largest else ()


class Resolver:
    """The state of one batch: who is known, by what they can be found, and what is to be reviewed."""

    def __init__(self, kind: Kind, new_id: Callable[[], UUID]) -> None:
        """Begin with nobody known; `new_id` names those who are made."""
        self.kind = kind
        self.new_id = new_id
        self.entities: list[Entity] = []
        self.pairs: list[Pair] = []
        self.by_contact: Buckets[tuple[str, str]] = Buckets(LARGEST_SHARING)
        self.by_key: Buckets[int] = Buckets(LARGEST_BUCKET)

    def know(self, entity: Entity, contacts: Iterable[tuple[str, str]] = (), keys: Iterable[int] = ()) -> None:
        """Make somebody findable by what they share with the records of the batch."""
        self.entities.append(entity)
        self.by_contact.add(contacts, entity)
        self.by_key.add(keys, entity)

    def resolve(self, incoming: Incoming) -> tuple[Entity, bool]:
        """Whom the record is about, found or made, and whether that is doubtful."""
        exact, candidates = self._candidates(incoming)
        if not candidates and exact is None:
            return self._make(incoming), False
        same, doubtful = self._compare(incoming, exact, candidates)
        if same:
            found = same[0][0]
            self._propose(found, same[1:2])
            self._learn(found, incoming)
            return found, False
        made = self._make(incoming)
        self._propose(made, doubtful[:1])
        return made, bool(doubtful)

    def make_another(self, incoming: Incoming) -> tuple[Entity, list[Entity]]:
        """Make whom the record is about, whoever is like them; returns those who are."""
        exact, candidates = self._candidates(incoming)
        same, doubtful = self._compare(incoming, exact, candidates)
        return self._make(incoming), [entity for entity, _ in (*same, *doubtful)]

    def _candidates(self, incoming: Incoming) -> tuple[Entity | None, list[Entity]]:
        """Who has the record's external id, and the others who share most with it."""
        shared: dict[Entity, int] = {}
        exact: Entity | None = None
        for contact in incoming.contacts:
            for entity in self.by_contact.get(contact):
                if contact[0] == "external_id" and exact is None:
                    exact = entity
                shared[entity] = shared.get(entity, 0) + _WEIGHT_OF_CONTACT[contact[0]]
        for key in incoming.keys:
            for entity in self.by_key.get(key):
                shared[entity] = shared.get(entity, 0) + 1
        if exact is not None:
            del shared[exact]
        if len(shared) <= 1:
            return exact, list(shared)
        ranked = sorted(shared, key=lambda entity: (-shared[entity], entity.id))
        return exact, ranked[:MOST_CANDIDATES]

    def _compare(
        self, incoming: Incoming, exact: Entity | None, candidates: list[Entity]
    ) -> tuple[list[tuple[Entity, Comparison]], list[tuple[Entity, Comparison]]]:
        """The candidates that are the same and those that may be, likeliest first."""
        same: list[tuple[Entity, Comparison]] = []
        doubtful: list[tuple[Entity, Comparison]] = []
        for entity in candidates:
            comparison = entity.compared_with(incoming.features, self.kind)
            verdict = matching.verdict(comparison)
            if verdict is Verdict.SAME:
                same.append((entity, comparison))
            elif verdict is Verdict.DOUBTFUL:
                doubtful.append((entity, comparison))
        same.sort(key=lambda found: (-found[1].probability, found[0].id))
        doubtful.sort(key=lambda found: (-found[1].probability, found[0].id))
        if exact is not None:
            same.insert(0, (exact, Comparison(1.0, ())))
        return same, doubtful

    def _propose(self, entity: Entity, others: list[tuple[Entity, Comparison]]) -> None:
        for other, comparison in others:
            left, right = sorted((entity.id, other.id))
            self.pairs.append(Pair(self.kind.name, left, right, comparison))

    def _make(self, incoming: Incoming) -> Entity:
        made = Entity(self.new_id(), incoming.received, incoming.features, keys=incoming.keys)
        self.know(made, incoming.contacts, incoming.keys)
        return made

    def _learn(self, entity: Entity, incoming: Incoming) -> None:
        if not entity.learn(incoming.received, self.kind):
            return
        self.by_contact.add(incoming.contacts, entity)
        self.refile(entity)

    def refile(self, entity: Entity) -> None:
        """Make an entity findable by the keys of what is now known of it, and of its latest variant."""
        keys = self.kind.keys(entity.features)
        if entity.faces:
            keys = tuple(dict.fromkeys(keys + self.kind.keys(entity.faces[-1])))
        self.by_key.add(keys, entity)
        entity.keys = tuple(dict.fromkeys(entity.keys + keys))


def incoming_person(received: Understood) -> Incoming:
    """A received record as resolving persons needs it."""
    features = matching.person_record(received)
    return Incoming(received, features, matching.person_keys(features), contacts_of(received))


def incoming_account(company: Understood) -> Incoming:
    """A company as resolving accounts needs it."""
    features = matching.account_record(company)
    return Incoming(company, features, matching.account_keys(features), ())


def contacts_of(understood: Understood) -> tuple[tuple[str, str], ...]:
    """All contact points as pairs of kind and value."""
    return (
        *[("email", value) for value in understood.emails],
        *[("phone", value) for value in understood.phones],
        *[("external_id", value) for value in understood.external_ids],
    )


COMPANY_FIELDS = (
    *("company_name", "domain", "street", "city", "postal_code", "region", "country"),
    *("industry", "employees"),
)
"""The fields of a person's record that tell of their company."""

company_words: Callable[[Understood], Hashable] = attrgetter(*COMPANY_FIELDS)
"""All that a person's record says of their company."""


def company_of(person: Understood) -> Understood | None:
    """What a person's record says of their company; None when it says nothing."""
    name = person.company_name
    if name is not None and (fold(name) or name) in _NO_COMPANIES:
        name = None
    if name is None and person.domain is None:
        return None
    return Understood(
        company_name=name or person.domain,
        domain=person.domain,
        street=person.street,
        city=person.city,
        postal_code=person.postal_code,
        region=person.region,
        country=person.country,
        industry=person.industry,
        employees=person.employees,
    )


@dataclass(slots=True)
class AccountResolver:
    """Which account a person's company is: by domain, else by name and place; asked once per distinct company.

    `heard` has the answers to all that was said, word for word: most colleagues say the same.
    """

    resolver: Resolver
    by_domain: dict[str, Entity] = field(default_factory=dict[str, Entity])
    by_id: dict[UUID, Entity] = field(default_factory=dict[UUID, Entity])
    answers: dict[Hashable, Entity] = field(default_factory=dict[Hashable, Entity])
    heard: dict[Hashable, Entity] = field(default_factory=dict[Hashable, Entity])

    def resolve_for(self, person: Understood) -> tuple[Entity, bool] | None:
        """The account of a person's company, and whether this call made it; None where there is no company."""
        said = company_words(person)
        found = self.heard.get(said)
        if found is not None:
            return found, False
        company = company_of(person)
        if company is None:
            return None
        answer = self.resolve(company)
        self.heard[said] = answer[0]
        return answer

    def learn_from(self, person: Entity) -> None:
        """Let the account of somebody known take what the batch told of their company."""
        company = company_of(person.known)
        account = self.by_id.get(person.account_id) if person.account_id else None
        if company is not None and account is not None:
            self._learn(account, company)

    def resolve(self, company: Understood) -> tuple[Entity, bool]:
        """The account, found or made, and whether this call made it."""
        asked = company_key(company)
        known = self.answers.get(asked)
        if known is None:
            found, is_new = self._resolve(company)
            self.answers[asked] = found
            return found, is_new
        self._learn(known, company)
        return known, False

    def make_another(self, company: Understood) -> tuple[Entity, list[Entity]]:
        """Make the account, whichever are like it; returns those."""
        made, alike = self.resolver.make_another(incoming_account(company))
        at_domain = self.by_domain.get(company.domain) if company.domain else None
        return made, alike if at_domain is None or at_domain in alike else [at_domain, *alike]

    def _resolve(self, company: Understood) -> tuple[Entity, bool]:
        found = self.by_domain.get(company.domain) if company.domain else None
        if found is not None:
            self._learn(found, company)
            return found, False
        before = len(self.resolver.entities)
        found, _ = self.resolver.resolve(incoming_account(company))
        if found.known.domain:
            self.by_domain.setdefault(found.known.domain, found)
        return found, len(self.resolver.entities) > before

    def _learn(self, entity: Entity, company: Understood) -> None:
        """Fill gaps; an account that had only its domain for a name gets its real one."""
        named = company.company_name
        is_renamed = bool(named) and named != company.domain and entity.known.company_name == entity.known.domain
        if is_renamed:
            entity.known = replace(entity.known, company_name=named)
            entity.features = matching.account_record(entity.known)
            entity.changed["company_name"] = None
        if entity.learn(company, self.resolver.kind) or is_renamed:
            self.resolver.refile(entity)


def company_key(company: Understood) -> Hashable:
    """What two mentions of a company have in common when they are surely meant as one: the domain tells alone."""
    return company.domain or (fold(company.company_name or ""), company.city, company.country)


def bits(comparison: Comparison) -> list[dict[str, object]]:
    """A comparison's reasons as they are kept: field, weight in bits, note."""
    return [{"field": r.field, "bits": round(r.weight_bits, 2), "note": r.note} for r in comparison.reasons]


def by_shared(found: Iterable[tuple[K, UUID]], largest: int) -> Mapping[UUID, list[K]]:
    """Who shares what, from pairs of what and who; what more than `largest` share is left out."""
    buckets: dict[K, list[UUID]] = {}
    for shared, identifier in found:
        buckets.setdefault(shared, []).append(identifier)
    shares: dict[UUID, list[K]] = {}
    for shared, identifiers in buckets.items():
        if len(identifiers) <= largest:
            for identifier in identifiers:
                shares.setdefault(identifier, []).append(shared)
    return shares
