"""Routes of people: persons with their contact points, accounts, merges and the review list.

Ids of absorbed records are answered with their survivor, whose own `id` is in the answer. Request and answer
models live here only.
"""

from datetime import date, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.export import FILE_ANSWER, FileFormat, Table
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of, read_cursor, write_cursor
from offhook.people import service
from offhook.people.export import accounts_as_file
from offhook.people.finding import Place, Wanted
from offhook.people.merges import service as merges
from offhook.people.model import Account, ContactKind, Merge, Person, RecordKind
from offhook.people.reviews import service as reviews
from offhook.people.reviews.service import Decision, ReviewStatus, SideBySide

router = APIRouter()

M = TypeVar("M", bound=BaseModel)

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]
Text = Annotated[str | None, Field(max_length=1_000)]
Attributes = Annotated[dict[str, str], Field(description="Custom attributes: whatever else is known, by name")]
AttributeChanges = Annotated[
    dict[str, str | None], Field(description="Custom attributes to set, by name; null removes one, others stay")
]
AttributeName = Annotated[
    str | None, Query(max_length=300, description="Only those with this custom attribute; with `value`")
]
AttributeValue = Annotated[str | None, Query(max_length=10_000, description="Value of `attribute`, exactly")]
IsAnother = Annotated[
    bool, Field(description="Add it although somebody alike is known; the two are remembered as distinct")
]


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


class ContactPointOut(BaseModel):
    """One way to know or reach a person."""

    kind: ContactKind
    value: str = Field(description="Lower-case address, number in E.164, or `source:id`")
    label: str = Field(description="Such as `mobile`")
    extension: str = Field(description="What to dial after a phone number")
    is_primary: bool = Field(description="The one to use first among those of its kind")
    bounced_at: datetime | None = Field(description="When mail to it came back for good; null: it did not")


class PersonOut(BaseModel):
    """A human being at an account."""

    id: UUID
    account_id: UUID | None
    first_name: str | None
    last_name: str | None
    full_name: str | None = Field(description="Null for somebody known only by an address, a number or an id")
    title: str | None
    company: str | None = Field(description="As they wrote it; the account tells which company it is")
    domain: str | None = Field(description="Registrable domain of the company, by web site or e-mail")
    street: str | None
    city: str | None
    postal_code: str | None
    region: str | None
    country: str | None = Field(description="ISO 3166-1 alpha-2")
    born_on: date | None
    time_zone: str | None = Field(description="IANA name; by phone, region and country unless told")
    language: str | None = Field(description="BCP 47")
    industry: str | None
    employees: int | None
    do_not_call: bool
    do_not_email: bool
    attributes: Attributes
    contact_points: list[ContactPointOut]
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        """The answer's shape."""
        plain = {name: getattr(person, name) for name in person.__slots__ if name in cls.model_fields}
        points = [ContactPointOut.model_validate(p, from_attributes=True) for p in person.contact_points]
        return cls.model_validate(plain | {"company": person.company_name, "contact_points": points})


class PersonFields(Sent):
    """What is told of a person; each value is read like an imported one, but refused where it cannot be used."""

    first_name: Text = None
    last_name: Text = None
    full_name: Text = Field(
        default=None, description="Instead of first and last name: taken apart as far as it goes"
    )
    title: Text = None
    company: Text = None
    website: Text = Field(default=None, description="Their company's; its domain is kept")
    street: Text = None
    city: Text = None
    postal_code: Text = None
    region: Text = None
    country: Text = Field(default=None, description="Name or code")
    born_on: date | None = None
    time_zone: Text = Field(default=None, description="IANA name")
    language: Text = Field(default=None, description="BCP 47 tag or name")
    industry: Text = None
    employees: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    do_not_call: bool | None = None
    do_not_email: bool | None = None


class NewPerson(PersonFields):
    """Somebody to add; a name, an address, a number or an external id is needed, any one is enough."""

    full_name: Text = Field(default=None, examples=["Ada Byron"])
    email: Text = Field(
        default=None, description="One, or several with semicolons between", examples=["ada@acme.example"]
    )
    phone: Text = Field(
        default=None, description="National numbers are read with the country, else the organisation's"
    )
    mobile: Text = None
    external_id: Text = Field(default=None, description="Their id in another system, as `source:id`")
    account_id: UUID | None = Field(
        default=None, description="The account they are at; by their company and addresses if left out"
    )
    attributes: Attributes = Field(default_factory=dict[str, str])
    is_another: IsAnother = False


class PersonChange(PersonFields):
    """What is to change; what is left out stays, null clears."""

    account_id: UUID | None = Field(default=None, description="The account they are at")
    attributes: AttributeChanges = Field(default_factory=dict[str, str | None])


class ContactPointTold(Sent):
    """What is said of a contact point."""

    label: Annotated[str, Field(max_length=service.LONGEST_LABEL)] = ""
    extension: Annotated[str, Field(max_length=service.LONGEST_EXTENSION)] = ""
    is_primary: bool = Field(default=False, description="Whether to use it before the others of its kind")


class AccountOut(BaseModel):
    """A company."""

    id: UUID
    name: str
    domain: str | None = Field(description="Registrable domain, in ASCII")
    phone: str | None = Field(description="E.164")
    street: str | None
    city: str | None
    postal_code: str | None
    region: str | None
    country: str | None = Field(description="ISO 3166-1 alpha-2")
    industry: str | None
    employees: int | None
    attributes: Attributes
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, account: Account) -> "AccountOut":
        """The answer's shape."""
        return cls.model_validate(account, from_attributes=True)


class AccountFields(Sent):
    """What is told of a company."""

    website: Text = Field(default=None, description="Its domain is kept")
    phone: Text = None
    street: Text = None
    city: Text = None
    postal_code: Text = None
    region: Text = None
    country: Text = Field(default=None, description="Name or code")
    industry: Text = None
    employees: Annotated[int, Field(ge=0, lt=2**31)] | None = None


class NewAccount(AccountFields):
    """A company to add."""

    name: Annotated[str, Field(min_length=1, max_length=300, examples=["Engines Ltd"])]
    attributes: Attributes = Field(default_factory=dict[str, str])
    is_another: IsAnother = False


class AccountChange(AccountFields):
    """What is to change; what is left out stays, null clears."""

    name: Annotated[str, Field(max_length=300)] | None = None
    attributes: AttributeChanges = Field(default_factory=dict[str, str | None])


class Reason(BaseModel):
    """What one field said about two records being one."""

    field: str
    bits: float = Field(description="Bits of evidence: positive for, negative against")
    note: str


class MergeOut(BaseModel):
    """Two records made one."""

    id: UUID
    kind: RecordKind
    survivor_id: UUID
    absorbed_id: UUID
    score: float = Field(description="How likely matching held the two to be one, 0 to 1")
    explanation: list[Reason]
    merged_at: datetime
    merged_by: str = Field(description="`user:<id>`, or `system`")
    undone_at: datetime | None
    undone_by: str | None

    @classmethod
    def of(cls, merge: Merge) -> "MergeOut":
        """The answer's shape."""
        return cls.model_validate(merge, from_attributes=True)


class Absorbed(Sent):
    """Whom the survivor absorbs."""

    absorbed_id: UUID


class ReviewOut(BaseModel):
    """Two records that may be one."""

    id: UUID
    kind: RecordKind
    score: float = Field(description="Probability that the two are one")
    explanation: list[Reason] = Field(description="What spoke for and against it, in bits")
    left: PersonOut | AccountOut = Field(description="The older record, as it is now")
    right: PersonOut | AccountOut = Field(description="The younger record, as it is now")
    status: ReviewStatus
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None

    @classmethod
    def of(cls, pair: SideBySide) -> "ReviewOut":
        """The answer's shape."""
        plain: dict[str, JsonValue] = {
            name: getattr(pair.review, name) for name in pair.review.__slots__ if name in cls.model_fields
        }
        return cls.model_validate({**plain, "left": _record(pair.left), "right": _record(pair.right)})


def _record(one: Person | Account) -> PersonOut | AccountOut:
    return PersonOut.of(one) if isinstance(one, Person) else AccountOut.of(one)


class DecisionTold(Sent):
    """What somebody says of a pair."""

    decision: Decision = Field(description="`merge`: they are one; `distinct`: they are not, for ever")
    survivor_id: UUID | None = Field(default=None, description="Which of them absorbs the other; the older one")


class DecidedOut(BaseModel):
    """A decided pair."""

    review_id: UUID
    status: ReviewStatus
    merge: MergeOut | None = Field(description="The merge that the decision led to")


# Persons


@router.get("/persons", response_model=Page[PersonOut], tags=["persons"])
def list_persons(
    name: Annotated[
        str | None, Query(max_length=200, description="How the name begins: `byron`, `byron ada`, `ada by`")
    ] = None,
    search: Annotated[
        str | None,
        Query(
            max_length=300,
            description="What one types to find somebody, instead of `name`: beginnings of words of their name or"
            " of their account's, in any order, with or without accents; or how an e-mail address begins",
        ),
    ] = None,
    email: Annotated[str | None, Query(max_length=254, description="Who has this address")] = None,
    phone: Annotated[str | None, Query(max_length=60, description="Who has this number, however written")] = None,
    external_id: Annotated[str | None, Query(max_length=300, description="Who has this id: `source:id`")] = None,
    account_id: Annotated[UUID | None, Query(description="Who is at this account")] = None,
    domain: Annotated[
        str | None, Query(max_length=300, description="Who is at the account of this domain")
    ] = None,
    attribute: AttributeName = None,
    value: AttributeValue = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List persons by last and first name; what is given narrows."""

    def work(tx: Transaction) -> Page[PersonOut]:
        tx.require("people:read")
        contact = service.wanted_contact(tx, email=email, phone=phone, external_id=external_id)
        wanted = Wanted(
            _plain(name), contact, account_id, _domain(domain), _attribute(attribute, value), _plain(search)
        )
        rows = service.persons(tx, wanted, _place_in(cursor), limit + 1)
        return _page([(place, PersonOut.of(one)) for place, one in rows], limit)

    return call.read(work)


def _domain(text: str | None) -> str | None:
    return service.wanted_domain(text) if text is not None else None


def _attribute(name: str | None, value: str | None) -> tuple[str, str] | None:
    if (name is None) != (value is None):
        missing = "value" if value is None else "attribute"
        raise Invalid(
            "A custom attribute is looked for by `attribute` and `value` together.",
            fields=[FieldError(missing, "is missing")],
        )
    return (_plain(name) or "", _plain(value) or "") if name is not None else None


def _plain(text: str | None) -> str | None:
    """Text that a name or a value can be. Raises `Invalid` for null characters, which none holds."""
    if text is not None and "\x00" in text:
        raise Invalid("No name or value holds null characters.", fields=[FieldError("query", "null character")])
    return text


def _page(rows: list[tuple[Place, M]], limit: int) -> Page[M]:
    """A page of records by name."""
    last = rows[limit - 1][0] if len(rows) > limit else None
    cursor = write_cursor([last.sort_name, str(last.id)]) if last else None
    return Page(items=[one for _, one in rows[:limit]], next_cursor=cursor)


@router.post("/persons", status_code=201, response_model=PersonOut, tags=["persons"])
def add_person(body: NewPerson, call: Call = CALL) -> Response:
    """Add somebody. One who is known is refused with 409 and their id."""
    fields, attributes = _parts(body)

    def work(tx: Transaction) -> PersonOut:
        made = service.add_person(tx, fields, attributes, account_id=body.account_id, is_another=body.is_another)
        return PersonOut.of(made)

    return call.once(work, status=201)


def _parts(body: NewPerson | NewAccount) -> tuple[dict[str, object], dict[str, str]]:
    told: dict[str, object] = body.model_dump(
        exclude_none=True, exclude={"attributes", "is_another", "account_id"}
    )
    return told, body.attributes


@router.get("/persons/{person_id}", response_model=PersonOut, tags=["persons"])
def show_person(person_id: UUID, call: Call = CALL) -> Response:
    """Show one person; the survivor of one that was merged."""
    return call.read(lambda tx: PersonOut.of(service.person(tx, person_id)))


@router.patch("/persons/{person_id}", response_model=PersonOut, tags=["persons"])
def change_person(person_id: UUID, body: PersonChange, call: Call = CALL) -> Response:
    """Change a person."""
    changes = body.model_dump(exclude_unset=True)
    return call.edit(lambda tx, version: PersonOut.of(service.change_person(tx, person_id, version, changes)))


Value = Annotated[
    str, Path(max_length=1_000, description="Address, number or `source:id`", examples=["ada@acme.example"])
]


@router.put("/persons/{person_id}/contact-points/{kind}/{value:path}", response_model=PersonOut, tags=["persons"])
def set_contact_point(
    person_id: UUID, kind: ContactKind, value: Value, body: ContactPointTold, call: Call = CALL
) -> Response:
    """Add a way to reach a person, or replace what is said of one. If-Match names the person's version."""
    return call.edit(
        lambda tx, version: PersonOut.of(
            service.set_contact_point(tx, person_id, version, kind, value, **body.model_dump())
        )
    )


@router.delete(
    "/persons/{person_id}/contact-points/{kind}/{value:path}", response_model=PersonOut, tags=["persons"]
)
def remove_contact_point(person_id: UUID, kind: ContactKind, value: Value, call: Call = CALL) -> Response:
    """Take a way to reach a person away. If-Match names the person's version."""
    return call.edit(
        lambda tx, version: PersonOut.of(service.remove_contact_point(tx, person_id, version, kind, value))
    )


@router.post("/persons/{person_id}/merge", status_code=201, response_model=MergeOut, tags=["merges"])
def merge_persons(person_id: UUID, body: Absorbed, call: Call = CALL) -> Response:
    """Make another person one with this one, who survives. Leads and responses follow."""
    return call.once(lambda tx: MergeOut.of(merges.merge_persons(tx, person_id, body.absorbed_id)), status=201)


# Accounts


AccountName = Annotated[str | None, Query(max_length=300, description="How the name begins")]
AccountSearch = Annotated[
    str | None,
    Query(
        max_length=300,
        description="What one types to find one, instead of `name`: beginnings of words of the name, in any order,"
        " with or without accents",
    ),
]
AccountDomain = Annotated[str | None, Query(max_length=300, description="Domain or web address, exactly")]


@router.get("/accounts", response_model=Page[AccountOut], tags=["accounts"])
def list_accounts(
    name: AccountName = None,
    search: AccountSearch = None,
    domain: AccountDomain = None,
    attribute: AttributeName = None,
    value: AttributeValue = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List accounts by name; what is given narrows."""

    def work(tx: Transaction) -> Page[AccountOut]:
        tx.require("people:read")
        wanted = Wanted(
            _plain(name),
            domain=_domain(domain),
            attribute=_attribute(attribute, value),
            search=_plain(search),
        )
        rows = service.accounts(tx, wanted, _place_in(cursor), limit + 1)
        return _page([(place, AccountOut.of(one)) for place, one in rows], limit)

    return call.read(work)


@router.get("/accounts/export", responses=FILE_ANSWER, response_class=FileAnswer, tags=["accounts"])
def export_accounts(
    name: AccountName = None,
    search: AccountSearch = None,
    domain: AccountDomain = None,
    attribute: AttributeName = None,
    value: AttributeValue = None,
    file_format: Annotated[FileFormat, Query(alias="format", description="What kind of file")] = FileFormat.CSV,
    call: Call = CALL,
) -> Response:
    """Write accounts into a file, by name; what is given narrows as it does the list."""

    def work(tx: Transaction) -> Table:
        tx.require("people:read")
        wanted = Wanted(
            _plain(name),
            domain=_domain(domain),
            attribute=_attribute(attribute, value),
            search=_plain(search),
        )
        return accounts_as_file(tx, wanted)

    return call.download(file_format, work)


@router.post("/accounts", status_code=201, response_model=AccountOut, tags=["accounts"])
def add_account(body: NewAccount, call: Call = CALL) -> Response:
    """Add a company. One that is known is refused with 409 and its id."""
    fields, attributes = _parts(body)
    return call.once(
        lambda tx: AccountOut.of(service.add_account(tx, fields, attributes, is_another=body.is_another)),
        status=201,
    )


@router.get("/accounts/{account_id}", response_model=AccountOut, tags=["accounts"])
def show_account(account_id: UUID, call: Call = CALL) -> Response:
    """Show one account; the survivor of one that was merged."""
    return call.read(lambda tx: AccountOut.of(service.account(tx, account_id)))


@router.patch("/accounts/{account_id}", response_model=AccountOut, tags=["accounts"])
def change_account(account_id: UUID, body: AccountChange, call: Call = CALL) -> Response:
    """Change an account."""
    changes = body.model_dump(exclude_unset=True)
    return call.edit(lambda tx, version: AccountOut.of(service.change_account(tx, account_id, version, changes)))


@router.post("/accounts/{account_id}/merge", status_code=201, response_model=MergeOut, tags=["merges"])
def merge_accounts(account_id: UUID, body: Absorbed, call: Call = CALL) -> Response:
    """Make another account one with this one, which survives. Its persons and leads follow."""
    return call.once(lambda tx: MergeOut.of(merges.merge_accounts(tx, account_id, body.absorbed_id)), status=201)


# Merges


@router.get("/merges", response_model=Page[MergeOut], tags=["merges"])
def list_merges(
    kind: Annotated[RecordKind | None, Query(description="Of persons or of accounts")] = None,
    record_id: Annotated[UUID | None, Query(description="Into this record or of it")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List merges, undone ones too, the latest first."""

    def work(tx: Transaction) -> Page[MergeOut]:
        tx.require("people:read")
        rows = merges.merges_page(tx, kind, record_id, _id_in(cursor), limit + 1)
        return page_of([MergeOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.get("/merges/{merge_id}", response_model=MergeOut, tags=["merges"])
def show_merge(merge_id: UUID, call: Call = CALL) -> Response:
    """Show one merge."""
    return call.read(lambda tx: MergeOut.of(merges.merge(tx, merge_id)))


@router.post("/merges/{merge_id}/undo", response_model=MergeOut, tags=["merges"])
def undo_merge(merge_id: UUID, call: Call = CALL) -> Response:
    """Make two of one again, as they were but for what was learnt since. They count as distinct then."""
    return call.once(lambda tx: MergeOut.of(merges.undo_merge(tx, merge_id)))


# Reviews


@router.get("/reviews", response_model=Page[ReviewOut], tags=["reviews"])
def list_reviews(
    kind: Annotated[RecordKind | None, Query(description="Of persons or of accounts")] = None,
    status: Annotated[ReviewStatus, Query(description="What became of them")] = ReviewStatus.OPEN,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List pairs that may be one, in the order in which they were found."""

    def work(tx: Transaction) -> Page[ReviewOut]:
        tx.require("people:read")
        rows = reviews.reviews_page(tx, kind, status, _id_in(cursor), limit + 1)
        return page_of([ReviewOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.get("/reviews/{review_id}", response_model=ReviewOut, tags=["reviews"])
def show_review(review_id: UUID, call: Call = CALL) -> Response:
    """Show one pair side by side."""
    return call.read(lambda tx: ReviewOut.of(reviews.review(tx, review_id)))


@router.post("/reviews/{review_id}/decision", response_model=DecidedOut, tags=["reviews"])
def decide_review(review_id: UUID, body: DecisionTold, call: Call = CALL) -> Response:
    """Decide a pair: one, or two for ever."""

    def work(tx: Transaction) -> DecidedOut:
        decided = reviews.decide_review(tx, review_id, body.decision, body.survivor_id)
        merge = MergeOut.of(decided.merge) if decided.merge else None
        return DecidedOut(review_id=review_id, status=ReviewStatus(decided.review.status), merge=merge)

    return call.once(work)


def _place_in(cursor: str | None) -> Place | None:
    key = read_cursor(cursor, 2)
    if key is None:
        return None
    try:
        sort_name, identifier = str(key[0]), UUID(str(key[1]))
    except ValueError as error:
        raise _no_cursor(cursor) from error
    if "\x00" in sort_name:
        raise _no_cursor(cursor)
    return Place(sort_name, identifier)


def _id_in(cursor: str | None) -> UUID | None:
    key = read_cursor(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(str(key[0]))
    except ValueError as error:
        raise _no_cursor(cursor) from error


def _no_cursor(cursor: str | None) -> Invalid:
    return Invalid(
        "The cursor is not one of this list. Leave it out to begin at the first page.",
        fields=[FieldError("cursor", "not a cursor of this list", cursor)],
    )
