"""Persons and accounts as plain immutable data, and what passes between intake, matching and the rest.

`Understood` is what normalising made of one received record; `Resolution` is whom it turned out to be about;
`PersonFacts` is what rules and filters of higher slices may ask about a person. Nothing here reads or writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.plain import plain


class RecordKind(StrEnum):
    """What identity resolution is about."""

    PERSON = "person"
    ACCOUNT = "account"


class ContactKind(StrEnum):
    """How a person can be known or reached."""

    EMAIL = "email"
    PHONE = "phone"
    EXTERNAL_ID = "external_id"


@plain
class Understood:
    """What normalising made of one received record; absent values are None or empty.

    `emails` are lower case, `phones` E.164, `external_ids` written "source:id"; the first of each is the main
    one. `labels` says "mobile" and the like of a phone, `extensions` what to dial after it. `country` is ISO
    3166-1 alpha-2; `region` a code of the country's own where we know them, else as received. `domain` is the
    registrable domain of the company, in ASCII, never one of free mail.
    """

    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    title: str | None = None
    company_name: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    street: str | None = None
    city: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None
    born_on: date | None = None
    time_zone: str | None = None
    domain: str | None = None
    industry: str | None = None
    employees: int | None = None
    language: str | None = None
    do_not_call: bool = False
    do_not_email: bool = False
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    labels: dict[str, str] = field(default_factory=dict[str, str])
    extensions: dict[str, str] = field(default_factory=dict[str, str])


@plain
class PersonFacts:
    """What rules, routing and filters may ask about a person and their account."""

    person_id: UUID
    account_id: UUID | None = None
    title: str | None = None
    company_name: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    time_zone: str | None = None
    email_domain: str | None = None
    is_free_mail: bool = False
    is_disposable_mail: bool = False
    has_email: bool = False
    has_phone: bool = False
    industry: str | None = None
    employees: int | None = None
    account_domain: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


@plain
class Resolution:
    """Whom a received record is about, after resolving: found or made."""

    person_id: UUID
    account_id: UUID | None
    is_new_person: bool
    is_new_account: bool
    is_doubtful: bool
    facts: PersonFacts


@plain
class ContactPoint:
    """One way to know or reach a person. `bounced_at`: when mail to it came back for good; None: it did not."""

    kind: str
    value: str
    label: str = ""
    extension: str = ""
    is_primary: bool = False
    bounced_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A human being at an account, with how to reach them; `variants` are other ways they were written."""

    id: UUID
    account_id: UUID | None
    first_name: str | None
    last_name: str | None
    full_name: str | None
    title: str | None
    company_name: str | None
    street: str | None
    city: str | None
    postal_code: str | None
    region: str | None
    country: str | None
    born_on: date | None
    time_zone: str | None
    language: str | None
    domain: str | None
    industry: str | None
    employees: int | None
    do_not_call: bool
    do_not_email: bool
    attributes: dict[str, str]
    merged_into: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    variants: tuple[Understood, ...] = ()
    contact_points: tuple[ContactPoint, ...] = ()

    @property
    def emails(self) -> tuple[str, ...]:
        """The e-mail addresses, the main one first."""
        return self._values(ContactKind.EMAIL)

    @property
    def phones(self) -> tuple[str, ...]:
        """The phone numbers in E.164, the main one first."""
        return self._values(ContactKind.PHONE)

    @property
    def external_ids(self) -> tuple[str, ...]:
        """The ids other systems know them by, as "source:id"."""
        return self._values(ContactKind.EXTERNAL_ID)

    def _values(self, kind: ContactKind) -> tuple[str, ...]:
        points = sorted((p for p in self.contact_points if p.kind == kind), key=lambda p: not p.is_primary)
        return tuple(p.value for p in points)


@dataclass(frozen=True, slots=True)
class Account:
    """A company; `variants` are other ways it was written."""

    id: UUID
    name: str
    domain: str | None
    phone: str | None
    street: str | None
    city: str | None
    postal_code: str | None
    region: str | None
    country: str | None
    industry: str | None
    employees: int | None
    attributes: dict[str, str]
    merged_into: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    variants: tuple[Understood, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records made one, and what undoing it puts back; `score` is how likely matching held it, 0 to 1."""

    id: UUID
    kind: str
    survivor_id: UUID
    absorbed_id: UUID
    score: float
    explanation: list[dict[str, object]]
    before: dict[str, object]
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Two records that may be one: somebody has to look."""

    id: UUID
    kind: str
    left_id: UUID
    right_id: UUID
    score: float
    explanation: list[dict[str, object]]
    status: str
    created_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
