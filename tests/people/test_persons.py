"""Persons and accounts by hand: added, edited, found; what is typed is read like what is received, but refused."""

from uuid import UUID

import pytest

from conftest import Begin
from offhook.kernel.database import Actor, Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.ids import new_id
from offhook.people import (
    ContactKind,
    Place,
    RecordKind,
    ReviewStatus,
    Wanted,
    account,
    accounts,
    add_account,
    add_person,
    change_account,
    change_person,
    merge_accounts,
    merge_persons,
    person,
    persons,
    remove_contact_point,
    reviews_page,
    set_contact_point,
)
from people.factories import ADA, another, received, somebody

READER = Actor("user", new_id(), frozenset({"people:read"}))


# Adding


def test_somebody_is_added_with_what_is_known(begin: Begin) -> None:
    with begin() as tx:
        ada = add_person(tx, {**ADA, "employees": 40, "do_not_call": True}, {"Plan": "gold"})

    assert (ada.full_name, ada.emails, ada.employees, ada.do_not_call) == (
        "Ada Byron",
        ("ada@engines.example",),
        40,
        True,
    )
    assert ada.attributes == {"Plan": "gold"}
    assert ada.account_id is not None


def test_an_external_id_alone_is_enough(begin: Begin) -> None:
    with begin() as tx:
        visitor = add_person(tx, {"external_id": "chat:77"})

    assert (visitor.external_ids, visitor.full_name, visitor.account_id) == (("chat:77",), None, None)


def test_somebody_is_added_at_the_account_that_is_told(begin: Begin) -> None:
    with begin() as tx:
        park = add_account(tx, {"name": "Bletchley Park"})
        ada = add_person(tx, ADA, account_id=park.id)
        assert (ada.account_id, person(tx, ada.id).account_id) == (park.id, park.id)
        with pytest.raises(NotFound):
            add_person(tx, {"full_name": "Joan Clarke"}, account_id=new_id())


def test_nobody_is_not_added(begin: Begin) -> None:
    with begin() as tx, pytest.raises(Invalid, match="needs a name"):
        add_person(tx, {"title": "CEO"})


def test_values_that_cannot_be_used_refuse_the_whole(begin: Begin) -> None:
    with begin() as tx, pytest.raises(Invalid) as refused:
        add_person(tx, {"full_name": "Ada Byron", "email": "ada", "phone": "12"}, {"Pl\x00an": "x"})

    assert [error.field for error in refused.value.fields] == ["phone", "email", "attributes"]


def test_who_is_known_is_not_added_again_but_named(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx)
    with pytest.raises(Conflict, match=str(ada.id)) as refused, begin() as tx:
        add_person(tx, {**ADA, "title": "Countess"})
    with begin() as tx:
        assert person(tx, ada.id) == ada
    assert refused.value.code == "known-already"


def test_somebody_alike_can_be_added_and_is_remembered_as_distinct(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx)
        twin = add_person(tx, ADA, is_another=True)
        pairs = reviews_page(tx, RecordKind.PERSON, ReviewStatus.DISTINCT, None, 10)

    assert twin.id != ada.id
    assert twin.account_id == ada.account_id
    assert [(pair.review.left_id, pair.review.right_id) for pair in pairs] == [(ada.id, twin.id)]


def test_a_company_is_added_once(begin: Begin) -> None:
    with begin() as tx:
        made = add_account(tx, {"name": "Engines Ltd", "website": "www.engines.example", "phone": "312 555 0134"})
        assert (made.domain, made.phone) == ("engines.example", "+13125550134")
        assert somebody(tx).account_id == made.id
    with pytest.raises(Conflict, match=str(made.id)), begin() as tx:
        add_account(tx, {"name": "Engines Limited", "website": "engines.example"})
    with begin() as tx:
        branch = add_account(tx, {"name": "Engines Ltd", "website": "engines.example"}, is_another=True)
        pairs = reviews_page(tx, RecordKind.ACCOUNT, ReviewStatus.DISTINCT, None, 10)
    assert [(pair.review.left_id, pair.review.right_id) for pair in pairs] == [(made.id, branch.id)]


def test_a_company_needs_a_name(begin: Begin) -> None:
    with begin() as tx:
        for name in ("", "  ", "n/a"):
            with pytest.raises(Invalid, match="needs a name"):
                add_account(tx, {"name": name})


# Editing


def test_an_edit_is_normalised_and_told_with_what_was_before(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx, title="Countess")
        tx.events.clear()
        now = change_person(tx, ada.id, ada.version, {"title": None, "country": "Deutschland", "employees": 51})
        told = tx.events[-1]

    assert (now.title, now.country, now.employees, now.version) == (None, "DE", 51, ada.version + 1)
    assert now.time_zone == "Europe/Berlin"
    assert (told.kind, told.subject) == ("person.changed", f"person:{ada.id}")
    assert told.data["changes"] == {
        "title": ["Countess", None],
        "country": [None, "DE"],
        "time_zone": [None, "Europe/Berlin"],
        "employees": [None, 51],
    }


def test_a_zone_that_was_told_does_not_follow_the_place(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx, time_zone="Asia/Tokyo")
        assert change_person(tx, ada.id, ada.version, {"country": "DE"}).time_zone == "Asia/Tokyo"


def test_parts_of_a_name_and_the_whole_follow_each_other(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx)
        ada = change_person(tx, ada.id, ada.version, {"last_name": "lovelace"})
        assert ada.full_name == "Ada Lovelace"
        ada = change_person(tx, ada.id, ada.version, {"full_name": "King, Augusta"})
        assert (ada.first_name, ada.last_name, ada.full_name) == ("Augusta", "King", "Augusta King")
        ada = change_person(tx, ada.id, ada.version, {"full_name": None})
        assert (ada.first_name, ada.last_name, ada.full_name) == (None, None, None)


def test_who_was_renamed_is_still_found_by_the_old_name(begin: Begin) -> None:
    with begin() as tx:
        told = {"full_name": "Ada Byron", "city": "Selby", "postal_code": "LS24 9QZ", "born_on": "1815-12-10"}
        ada = person(tx, received(tx, told)[0].person_id)
        change_person(tx, ada.id, ada.version, {"last_name": "Lovelace"})
        assert received(tx, told)[0].person_id == ada.id


def test_an_edit_of_an_old_version_is_refused(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx)
        change_person(tx, ada.id, ada.version, {"title": "Countess"})
        with pytest.raises(StaleVersion):
            change_person(tx, ada.id, ada.version, {"title": "Programmer"})


def test_an_edit_that_changes_nothing_is_none(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx, title="Countess")
        tx.events.clear()
        assert change_person(tx, ada.id, ada.version, {"title": " Countess "}) == ada
        assert tx.events == []


def test_values_that_cannot_be_used_refuse_an_edit(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx)
        for changes in (
            {"country": "Atlantis"},
            {"emails": "x"},
            {"website": "facebook.com/ada"},
            {"title": "\x00"},
        ):
            with pytest.raises(Invalid):
                change_person(tx, ada.id, ada.version, changes)


def test_custom_attributes_are_set_and_removed_by_name(begin: Begin) -> None:
    with begin() as tx:
        ada = add_person(tx, ADA, {"Plan": "gold", "Seats": "9"})
        now = change_person(tx, ada.id, ada.version, {"attributes": {"Plan": None, "Size": "L", "None": None}})

    assert now.attributes == {"Seats": "9", "Size": "L"}


def test_a_person_moves_to_another_account(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx)
        other = add_account(tx, {"name": "Bletchley Park"})
        assert change_person(tx, ada.id, ada.version, {"account_id": other.id}).account_id == other.id
        assert change_person(tx, ada.id, ada.version + 1, {"account_id": None}).account_id is None
        with pytest.raises(NotFound):
            change_person(tx, ada.id, ada.version + 2, {"account_id": new_id()})


def test_contact_points_come_and_go(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx)
        ada = set_contact_point(
            tx, ada.id, ada.version, ContactKind.PHONE, "(312) 555-0134", label="work", extension="7"
        )
        ada = set_contact_point(tx, ada.id, ada.version, ContactKind.EMAIL, "Ada@Home.EXAMPLE", is_primary=True)
        assert ada.emails == ("ada@home.example", "ada@engines.example")
        points = [(p.value, p.label, p.extension) for p in ada.contact_points if p.kind == "phone"]
        assert points == [("+13125550134", "work", "7")]
        ada = set_contact_point(tx, ada.id, ada.version, ContactKind.PHONE, "+1 312 555 0134")
        assert [(p.label, p.extension) for p in ada.contact_points if p.kind == "phone"] == [("", "")]
        ada = remove_contact_point(tx, ada.id, ada.version, ContactKind.EMAIL, "ada@home.example")
        assert ada.emails == ("ada@engines.example",)
        assert [p.is_primary for p in ada.contact_points] == [True, True]
        with pytest.raises(NotFound):
            remove_contact_point(tx, ada.id, ada.version, ContactKind.EMAIL, "ada@home.example")
        with pytest.raises(Invalid):
            set_contact_point(tx, ada.id, ada.version, ContactKind.EMAIL, "a@x.example; b@x.example")


def test_the_last_thing_that_tells_who_somebody_is_stays(begin: Begin) -> None:
    with begin() as tx:
        visitor = add_person(tx, {"external_id": "chat:77"})
        with pytest.raises(Invalid):
            remove_contact_point(tx, visitor.id, visitor.version, ContactKind.EXTERNAL_ID, "chat:77")


def test_an_account_is_edited(begin: Begin) -> None:
    with begin() as tx:
        made = add_account(tx, {"name": "Engines Ltd"})
        now = change_account(
            tx,
            made.id,
            made.version,
            {"website": "https://engines.example/about", "phone": "+44 20 7946 0018", "attributes": {"Tier": "1"}},
        )
        assert (now.domain, now.phone, now.attributes) == ("engines.example", "+442079460018", {"Tier": "1"})
        assert somebody(tx).account_id == made.id
        with pytest.raises(Invalid):
            change_account(tx, made.id, now.version, {"name": None})
        with pytest.raises(StaleVersion):
            change_account(tx, made.id, made.version, {"industry": "Computing"})


def test_reading_and_writing_take_permissions(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx)
    with begin(Actor("user", new_id())) as tx:
        for read in (lambda: person(tx, ada.id), lambda: persons(tx, Wanted(), None, 1)):
            with pytest.raises(Forbidden):
                read()
    with begin(READER) as tx:
        assert person(tx, ada.id) == ada
        for write in (
            lambda: add_person(tx, ADA),
            lambda: add_account(tx, {"name": "X"}),
            lambda: change_person(tx, ada.id, ada.version, {}),
            lambda: change_account(tx, new_id(), 1, {}),
            lambda: set_contact_point(tx, ada.id, 1, ContactKind.EMAIL, "x@y.example"),
        ):
            with pytest.raises(Forbidden):
                write()


# Finding


def names(tx: Transaction, wanted: Wanted) -> list[str | None]:
    """Who is found."""
    return [one.full_name for _, one in persons(tx, wanted, None, 100)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("by", ["Ada Byron", "Anne Byron"]),
        ("BYRON A", ["Ada Byron", "Anne Byron"]),
        ("ada b", ["Ada Byron"]),
        ("a b", ["Ada Byron", "Anne Byron"]),
        ("byron, ada", ["Ada Byron"]),
        ("müll", ["Inge Müller"]),
        ("ada", []),
        ("", ["Ada Byron", "Anne Byron", "Inge Müller"]),
    ],
)
def test_persons_are_found_by_how_their_name_begins(begin: Begin, typed: str, found: list[str]) -> None:
    with begin() as tx:
        for name in ("Inge Müller", "Ada Byron", "Anne Byron"):
            add_person(tx, {"full_name": name})
        assert names(tx, Wanted(typed)) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("grace", ["Grace Hopper"]),
        ("GRA", ["Grace Hopper"]),
        ("hopper grace", ["Grace Hopper"]),
        ("gra hop", ["Grace Hopper"]),
        ("marquez", ["Gabriel García Márquez"]),
        ("garcía gab", ["Gabriel García Márquez"]),
        ("g", ["Gabriel García Márquez", "Grace Hopper"]),
        ("obr", ["Síle O'Brien-Søholm"]),
        ("o'brien so", ["Síle O'Brien-Søholm"]),
        ("acme", ["Grace Hopper"]),
        ("steel", ["Grace Hopper"]),
        ("grace steel", ["Grace Hopper"]),
        ("grace.m", ["Grace Hopper"]),
        ("grace.murray@acme.example", ["Grace Hopper"]),
        ("race", []),
        ("grace garcia", []),
        ("", []),
        (" ., ", []),
    ],
)
def test_persons_are_found_by_what_one_types_of_them(begin: Begin, typed: str, found: list[str]) -> None:
    with begin() as tx:
        for fields in (
            {"full_name": "Grace Hopper", "email": "Grace.Murray@acme.example", "company": "Acme Steel Works"},
            {"first_name": "Gabriel", "last_name": "García Márquez"},
            {"full_name": "Síle O'Brien-Søholm"},
        ):
            add_person(tx, fields)
        assert names(tx, Wanted(search=typed)) == found


def test_a_search_knows_new_names_and_no_longer_old_ones(begin: Begin) -> None:
    with begin() as tx:
        ada = add_person(tx, {**ADA, "full_name": "Ada Byron"})
        assert ada.account_id
        change_person(tx, ada.id, ada.version, {"last_name": "Lovelace", "full_name": "Ada Lovelace"})
        company = account(tx, ada.account_id)
        change_account(tx, company.id, company.version, {"name": "Looms & Sons"})

        for typed, found in (
            ("lovelace", 1),
            ("ada", 1),
            ("looms", 1),
            ("sons ada", 1),
            ("byron", 0),
            ("engines l", 0),
        ):
            assert len(names(tx, Wanted(search=typed))) == found, typed
        assert [one.name for _, one in accounts(tx, Wanted(search="sons"), None, 9)] == ["Looms & Sons"]
        assert accounts(tx, Wanted(search="engines"), None, 9) == []


def test_a_search_is_narrowed_and_paged_like_any_other_list(begin: Begin) -> None:
    with begin() as tx:
        ada = add_person(tx, ADA)
        others = [add_person(tx, {"full_name": f"Ada {name}"}) for name in ("Aster", "Zorn")]
        assert names(tx, Wanted(search="ada", account_id=ada.account_id)) == ["Ada Byron"]
        assert names(tx, Wanted(search="ada", contact=("email", "ada@engines.example"))) == ["Ada Byron"]
        first = persons(tx, Wanted(search="ada"), None, 2)
        rest = persons(tx, Wanted(search="ada"), first[-1][0], 2)
        assert [one.id for _, one in [*first, *rest]] == [others[0].id, ada.id, others[1].id]
        merge_persons(tx, ada.id, others[1].id)
        assert names(tx, Wanted(search="ada")) == ["Ada Aster", "Ada Byron"]


def test_persons_are_found_by_contact_account_domain_and_attribute(begin: Begin) -> None:
    with begin() as tx:
        ada = add_person(tx, {**ADA, "phone": "312 555 0134"}, {"Plan": "gold"})
        add_person(tx, {"full_name": "Bob Lee", "email": "bob@other.example"}, {"Plan": "silver"})
        for wanted in (
            Wanted(contact=("email", "ada@engines.example")),
            Wanted(contact=("phone", "+13125550134")),
            Wanted(account_id=ada.account_id),
            Wanted(domain="engines.example"),
            Wanted(attribute=("Plan", "gold")),
            Wanted(name="byron", domain="engines.example", attribute=("Plan", "gold")),
        ):
            assert names(tx, wanted) == ["Ada Byron"]
        assert names(tx, Wanted(name="lee", domain="engines.example")) == []


def test_an_absorbed_record_is_not_listed_but_finds_its_survivor(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        assert ada.account_id
        assert koch.account_id
        merge_persons(tx, ada.id, koch.id)
        merge_accounts(tx, ada.account_id, koch.account_id)

        assert names(tx, Wanted()) == ["Ada Byron"]
        assert names(tx, Wanted(contact=("email", "koch@charite.example"))) == ["Ada Byron"]
        assert names(tx, Wanted(account_id=koch.account_id)) == ["Ada Byron"]
        assert names(tx, Wanted(domain="charite.example")) == ["Ada Byron"]
        assert [one.name for _, one in accounts(tx, Wanted(domain="charite.example"), None, 9)] == ["Engines Ltd"]


def test_pages_of_persons_and_accounts_leave_none_out_and_repeat_none(begin: Begin) -> None:
    with begin() as tx:
        made = [
            add_person(tx, {"external_id": f"crm:{n}", "full_name": "Ada Byron"}, is_another=True)
            for n in range(5)
        ]
        others = [add_account(tx, {"name": f"Engines {word}"}) for word in ("Alpha", "Beta", "Gamma")]
        place: Place | None = None
        paged: list[UUID] = []
        while page := persons(tx, Wanted(), place, 2):
            paged += [one.id for _, one in page]
            place = page[-1][0]
        assert paged == [one.id for one in made]
        first = accounts(tx, Wanted(name="eng"), None, 2)
        assert [one.id for _, one in [*first, *accounts(tx, Wanted(), first[-1][0], 9)]] == [a.id for a in others]


def test_unknown_ids_are_not_found(begin: Begin) -> None:
    with begin() as tx:
        for look in (lambda: person(tx, new_id()), lambda: account(tx, new_id())):
            with pytest.raises(NotFound):
                look()
