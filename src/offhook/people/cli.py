"""Commands of people: `offhook people …`, `offhook accounts …`, `offhook reviews …`.

A person is named by id, e-mail address, phone number or external id; an account by id, domain or exact name.
"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Invalid, NotFound
from offhook.people import service, store
from offhook.people.finding import Wanted
from offhook.people.merges import service as merges
from offhook.people.model import Account, ContactKind, Merge, Person, RecordKind
from offhook.people.reviews import service as reviews
from offhook.people.reviews.service import Decision, ReviewStatus, SideBySide

app = typer.Typer(help="Persons, accounts, and which of them are one.", no_args_is_help=True)
people_app = typer.Typer(help="Persons: find, show, add, change, merge.", no_args_is_help=True)
accounts_app = typer.Typer(help="Accounts: find, show, add, change, merge.", no_args_is_help=True)
reviews_app = typer.Typer(help="Pairs that may be one: look and decide.", no_args_is_help=True)
app.add_typer(people_app, name="people")
app.add_typer(accounts_app, name="accounts")
app.add_typer(reviews_app, name="reviews")

PERSON_COLUMNS = ("name", "title", "company", "emails", "phones", "city", "country", "id")
ACCOUNT_COLUMNS = ("name", "domain", "city", "country", "industry", "employees", "id")
REVIEW_COLUMNS = ("id", "kind", "score", "left", "right", "because")
MERGE_COLUMNS = ("id", "kind", "survivor", "absorbed", "score", "merged_at", "undone_at")
CONTACT_FIELDS = ("email", "phone", "external_id")

PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help="Id, e-mail address, phone number or external id (source:id).")
]
AbsorbedPersonArgument = Annotated[str, typer.Argument(metavar="ABSORBED", help="Who becomes one with them.")]
AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, domain or exact name.")]
AbsorbedAccountArgument = Annotated[str, typer.Argument(metavar="ABSORBED", help="Which becomes one with it.")]
MergeArgument = Annotated[UUID, typer.Argument(metavar="MERGE", help="Id of the merge.")]
NameOption = Annotated[str | None, typer.Option("--name", help="How the name begins.")]
SearchOption = Annotated[
    str | None, typer.Option("--search", help="Beginnings of words of the name, in any order, instead of --name.")
]
DomainOption = Annotated[str | None, typer.Option("--domain", help="Domain or web address of the company.")]
AttributeOption = Annotated[
    str | None, typer.Option("--attribute", metavar="NAME=VALUE", help="Only those with this custom attribute.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")]
KindOption = Annotated[RecordKind | None, typer.Option("--kind", help="Only of persons or of accounts.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="A field and its value; nothing after the = clears it."),
]
AttributesOption = Annotated[
    list[str] | None,
    typer.Option("--attribute", metavar="NAME=VALUE", help="A custom attribute; nothing after the = removes it."),
]
AnotherOption = Annotated[bool, typer.Option("--another", help="Add them although somebody alike is known.")]


# Persons


@people_app.command("list")
def list_people(
    name: NameOption = None,
    search: SearchOption = None,
    email: Annotated[str | None, typer.Option("--email", help="Who has this address.")] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="Who has this number, however written.")] = None,
    external_id: Annotated[str | None, typer.Option("--external-id", help="Who has this id: source:id.")] = None,
    account: Annotated[
        str | None, typer.Option("--account", help="Who is there: id, domain or exact name.")
    ] = None,
    domain: DomainOption = None,
    attribute: AttributeOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List persons by last and first name."""
    with command.transaction(as_email) as tx:
        wanted = Wanted(
            name,
            service.wanted_contact(tx, email=email, phone=phone, external_id=external_id),
            _account(tx, account).id if account else None,
            service.wanted_domain(domain) if domain else None,
            _pair(attribute) if attribute else None,
            search,
        )
        found = [_person_row(one) for _, one in service.persons(tx, wanted, None, limit)]
    command.show(found, as_json=as_json, columns=PERSON_COLUMNS, title="People")


@people_app.command("show")
def show_person(person: PersonArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one person; the survivor of one that was merged."""
    with command.transaction(as_email) as tx:
        command.show(_person_row(_person(tx, person)), as_json=as_json)


@people_app.command("add")
def add_person(
    set_: SetOption = None,
    attributes: AttributesOption = None,
    another: AnotherOption = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add somebody: --set full_name="Ada Byron" --set email=ada@acme.example; an external_id alone is enough."""
    with command.transaction(as_email) as tx:
        fields = dict(map(_pair, set_ or ()))
        made = service.add_person(tx, {**fields}, dict(map(_pair, attributes or ())), is_another=another)
        command.show(_person_row(made), as_json=as_json)


@people_app.command("change")
def change_person(
    person: PersonArgument,
    set_: SetOption = None,
    attributes: AttributesOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change a person; `account` moves them. An email, phone or external_id is added as the main one."""
    with command.transaction(as_email) as tx:
        changed = _person(tx, person)
        told = dict(map(_pair, set_ or ()))
        for kind in ContactKind:
            if told.get(kind):
                changed = service.set_contact_point(
                    tx, changed.id, changed.version, kind, told.pop(kind), is_primary=True
                )
        changes: dict[str, object] = {name: text or None for name, text in told.items() if name != "account"}
        if "account" in told:
            changes["account_id"] = _account(tx, told["account"]).id if told["account"] else None
        changes["attributes"] = {name: text or None for name, text in map(_pair, attributes or ())}
        changed = service.change_person(tx, changed.id, changed.version, changes)
        command.show(_person_row(changed), as_json=as_json)


@people_app.command("forget-contact")
def forget_contact(
    person: PersonArgument,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The address, number or id, as it is shown.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Take a way to reach a person away."""
    with command.transaction(as_email) as tx:
        changed = _person(tx, person)
        points = [point for point in changed.contact_points if point.value == value]
        if not points:
            raise NotFound(f"{service.shown_name(changed)} is not reached by {value}.")
        for point in points:
            kind = ContactKind(point.kind)
            changed = service.remove_contact_point(tx, changed.id, changed.version, kind, value)
        command.show(_person_row(changed), as_json=as_json)


@people_app.command("merge")
def merge_people(
    survivor: PersonArgument,
    absorbed: AbsorbedPersonArgument,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Make two persons one: the first survives."""
    with command.transaction(as_email) as tx:
        made = merges.merge_persons(tx, _person(tx, survivor).id, _person(tx, absorbed).id)
        command.show(_merge_rows(tx, [made])[0], as_json=as_json)


@people_app.command("merges")
def list_people_merges(limit: LimitOption = 50, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List merges of persons, the latest first."""
    _show_merges(RecordKind.PERSON, limit, as_json, as_email)


@people_app.command("undo-merge")
def undo_people_merge(merge: MergeArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Make two of one again, as they were but for what was learnt since."""
    _undo(merge, as_json, as_email)


# Accounts


@accounts_app.command("list")
def list_accounts(
    name: NameOption = None,
    search: SearchOption = None,
    domain: DomainOption = None,
    attribute: AttributeOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List accounts by name."""
    with command.transaction(as_email) as tx:
        at = service.wanted_domain(domain) if domain else None
        wanted = Wanted(name, domain=at, attribute=_pair(attribute) if attribute else None, search=search)
        found = [one for _, one in service.accounts(tx, wanted, None, limit)]
        command.show(
            [_account_row(one) for one in found], as_json=as_json, columns=ACCOUNT_COLUMNS, title="Accounts"
        )


@accounts_app.command("show")
def show_account(account: AccountArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one account; the survivor of one that was merged."""
    with command.transaction(as_email) as tx:
        command.show(_account_row(_account(tx, account)), as_json=as_json)


@accounts_app.command("add")
def add_account(
    set_: SetOption = None,
    attributes: AttributesOption = None,
    another: AnotherOption = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a company: --set name="Engines Ltd" --set website=engines.example."""
    with command.transaction(as_email) as tx:
        fields = dict(map(_pair, set_ or ()))
        made = service.add_account(tx, {**fields}, dict(map(_pair, attributes or ())), is_another=another)
        command.show(_account_row(made), as_json=as_json)


@accounts_app.command("change")
def change_account(
    account: AccountArgument,
    set_: SetOption = None,
    attributes: AttributesOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change an account."""
    with command.transaction(as_email) as tx:
        present = _account(tx, account)
        changes: dict[str, object] = {name: text or None for name, text in map(_pair, set_ or ())}
        changes["attributes"] = {name: text or None for name, text in map(_pair, attributes or ())}
        changed = service.change_account(tx, present.id, present.version, changes)
        command.show(_account_row(changed), as_json=as_json)


@accounts_app.command("merge")
def merge_accounts(
    survivor: AccountArgument,
    absorbed: AbsorbedAccountArgument,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Make two accounts one: the first survives, with the persons of both."""
    with command.transaction(as_email) as tx:
        made = merges.merge_accounts(tx, _account(tx, survivor).id, _account(tx, absorbed).id)
        command.show(_merge_rows(tx, [made])[0], as_json=as_json)


@accounts_app.command("merges")
def list_account_merges(limit: LimitOption = 50, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List merges of accounts, the latest first."""
    _show_merges(RecordKind.ACCOUNT, limit, as_json, as_email)


@accounts_app.command("undo-merge")
def undo_account_merge(merge: MergeArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Make two of one again, as they were but for what was learnt since."""
    _undo(merge, as_json, as_email)


# Reviews


@reviews_app.command("list")
def list_reviews(
    kind: KindOption = None,
    status: Annotated[ReviewStatus, typer.Option("--status", help="What became of them.")] = ReviewStatus.OPEN,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List pairs that may be one."""
    with command.transaction(as_email) as tx:
        found = [_review_row(one) for one in reviews.reviews_page(tx, kind, status, None, limit)]
    command.show(found, as_json=as_json, columns=REVIEW_COLUMNS, title="Pairs that may be one")


@reviews_app.command("next")
def next_review(kind: KindOption = None, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show the undecided pair that is likeliest one, side by side."""
    with command.transaction(as_email) as tx:
        found = reviews.next_review(tx, kind)
    if found is None:
        command.show([], as_json=as_json, title="Pairs that may be one")
    elif as_json:
        command.show(_review_row(found), as_json=True)
    else:
        _show_side_by_side(found)


@reviews_app.command("decide")
def decide_review(
    review: Annotated[UUID, typer.Argument(metavar="REVIEW", help="Id of the pair.")],
    decision: Annotated[Decision, typer.Argument(metavar="merge|distinct", help="One, or two for ever.")],
    survivor: Annotated[
        UUID | None,
        typer.Option("--survivor", help="Which of the two absorbs the other; the older one if not given."),
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Decide a pair: merge the two, or remember that they are two."""
    with command.transaction(as_email) as tx:
        decided = reviews.decide_review(tx, review, decision, survivor)
        told = {
            "review": decided.review.id,
            "status": decided.review.status,
            "merge": decided.merge.id if decided.merge else None,
            "survivor": decided.merge.survivor_id if decided.merge else None,
        }
    command.show(told, as_json=as_json)


# What they share


def _show_merges(kind: RecordKind, limit: int, as_json: bool, as_email: str | None) -> None:
    with command.transaction(as_email) as tx:
        found = _merge_rows(tx, merges.merges_page(tx, kind, None, None, limit))
    command.show(found, as_json=as_json, columns=MERGE_COLUMNS, title="Merges")


def _undo(merge_id: UUID, as_json: bool, as_email: str | None) -> None:
    with command.transaction(as_email) as tx:
        command.show(_merge_rows(tx, [merges.undo_merge(tx, merge_id)])[0], as_json=as_json)


def _person(tx: Transaction, text: str) -> Person:
    """The person that is meant. Raises `NotFound`, and `Conflict` where it could be several."""
    identifier = _id(text)
    if identifier is not None:
        return service.person(tx, identifier)
    for kind in _kinds_of(text):
        contact = service.wanted_contact(tx, **{kind: text})
        found = [one for _, one in service.persons(tx, Wanted(contact=contact), None, 10)]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{service.shown_name(one)} ({one.id})" for one in found)
            raise Conflict(f"{text} is shared by {names}. Name one of them by id.")
    raise NotFound(f"Nobody here has {text}.")


def _kinds_of(text: str) -> Sequence[str]:
    if "@" in text:
        return ("email", "external_id") if ":" in text else ("email",)
    return ("external_id",) if ":" in text else ("phone",)


def _account(tx: Transaction, text: str) -> Account:
    """The account that is meant. Raises `NotFound`, and `Conflict` where it could be several."""
    identifier = _id(text)
    if identifier is not None:
        return service.account(tx, identifier)
    by_name = [
        one for _, one in service.accounts(tx, Wanted(name=text), None, 1_000) if one.name.lower() == text.lower()
    ]
    found = by_name or _at_domain(tx, text)
    if not found:
        raise NotFound(f"There is no account '{text}' here.")
    if len(found) > 1:
        ids = ", ".join(str(one.id) for one in found)
        raise Conflict(f"There are {len(found)} accounts '{text}': {ids}. Name one by id.")
    return found[0]


def _at_domain(tx: Transaction, text: str) -> list[Account]:
    if "." not in text:
        return []
    try:
        domain = service.wanted_domain(text)
    except Invalid:
        return []
    return [one for _, one in service.accounts(tx, Wanted(domain=domain), None, 10)]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise Invalid(f"Write it as NAME=VALUE; '{text}' is not.")
    return name.strip(), value.strip()


def _person_row(one: Person) -> dict[str, object]:
    hidden = {"variants", "merged_into", "company_name"}
    row: dict[str, object] = {name: getattr(one, name) for name in one.__slots__ if name not in hidden}
    row["name"] = service.shown_name(one)
    row["company"] = one.company_name
    return row | {"emails": one.emails, "phones": one.phones, "external_ids": one.external_ids}


def _account_row(one: Account) -> dict[str, object]:
    hidden = {"variants", "merged_into"}
    return {name: getattr(one, name) for name in one.__slots__ if name not in hidden}


def _merge_rows(tx: Transaction, found: Sequence[Merge]) -> list[dict[str, object]]:
    """Merges with the names of what was merged."""
    names: dict[UUID, str] = {}
    for kind in RecordKind:
        ids = [i for one in found if one.kind == kind for i in (one.survivor_id, one.absorbed_id)]
        records = store.persons(tx, ids) if kind is RecordKind.PERSON else store.accounts(tx, ids)
        names |= {identifier: _told_in_brief(record) for identifier, record in records.items()}
    plain: list[dict[str, object]] = [
        {name: getattr(one, name) for name in one.__slots__ if name != "before"} for one in found
    ]
    return [
        row
        | {"survivor": names[one.survivor_id], "absorbed": names[one.absorbed_id], "score": round(one.score, 3)}
        for row, one in zip(plain, found, strict=True)
    ]


def _review_row(pair: SideBySide) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(pair.review, name) for name in pair.review.__slots__}
    strongest = sorted(pair.review.explanation, key=lambda reason: -abs(float(str(reason["bits"]))))
    return row | {
        "score": round(pair.review.score, 3),
        "left": _told_in_brief(pair.left),
        "right": _told_in_brief(pair.right),
        "because": "; ".join(str(reason["note"]) for reason in strongest if reason["field"] != "prior"),
    }


def _told_in_brief(one: Person | Account) -> str:
    if isinstance(one, Account):
        parts = (one.name, one.domain, one.city)
    else:
        parts = (service.shown_name(one), one.company_name, next(iter(one.emails), None), one.city)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _show_side_by_side(pair: SideBySide) -> None:
    """The fields in which either record says something, one below the other."""
    left, right = (
        _person_row(one) if isinstance(one, Person) else _account_row(one) for one in (pair.left, pair.right)
    )
    hidden = {"contact_points", "version", "updated_at", "do_not_call", "do_not_email"}
    rows = [
        {"field": name, "left": left[name], "right": right[name]}
        for name in left
        if name not in hidden and (left[name] or right[name])
    ]
    title = f"{pair.review.kind} {pair.review.id}: one with probability {pair.review.score:.2f}"
    command.show(rows, columns=("field", "left", "right"), title=title)
    command.show(pair.review.explanation, columns=("field", "bits", "note"), title="Why")
