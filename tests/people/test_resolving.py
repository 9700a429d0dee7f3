"""Whom received records are about: one row of one human being, in whatever order and batches they come."""

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Begin
from offhook.identity import found_organisation
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.ids import new_id
from offhook.people import Resolution, Understood, account, person, resolve
from people.factories import ADA, received, somebody, understood

PEOPLE = [
    ("Ada", "Byron", "ada.byron@engines.example", "Engines Ltd"),
    ("Robert", "Koch", "r.koch@charite.example", "Charité"),
    ("Marie", "Curie", "marie.curie@radium.example", "Radium SA"),
    ("Emmy", "Noether", "noether@algebra.example", "Algebra GmbH"),
    ("Alan", "Turing", "a.turing@gmail.com", "Bletchley"),
]
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Director", "VP"]),
        "phone": st.sampled_from(["+1 312 555 0134", "+1 512 555 0171"]),
        "city": st.sampled_from(["Paris", "Bonn"]),
        "country": st.sampled_from(["FR", "DE"]),
    },
)


@st.composite
def records(draw: st.DrawFn) -> dict[str, str]:
    """Somebody of a few, telling more or less."""
    first, last, email, company = draw(st.sampled_from(PEOPLE))
    told = {"first_name": first, "last_name": last, "email": email, "company": company}
    return {**told, **draw(EXTRAS)}


@contextmanager
def nothing_stays(tx: Transaction) -> Generator[None]:
    """Undo at the end all that was done in between."""
    with tx.connection.transaction(force_rollback=True):
        yield
    tx.events.clear()


def grouped(records: Sequence[Understood], found: Sequence[Resolution]) -> set[frozenset[int]]:
    """Which records are about one person, by their places."""
    groups: dict[object, set[int]] = {}
    for at, one in enumerate(found):
        groups.setdefault(one.person_id, set()).add(at)
    return {frozenset(group) for group in groups.values()}


USUAL = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@USUAL
@given(told=st.lists(records(), min_size=2, max_size=9), data=st.data())
def test_the_order_of_records_makes_no_difference_to_who_is_who(
    begin: Begin, told: list[dict[str, str]], data: st.DataObject
) -> None:
    known = [understood(record) for record in told]
    order = data.draw(st.permutations(range(len(known))))
    with begin() as tx:
        with nothing_stays(tx):
            straight = grouped(known, resolve(tx, known))
        with nothing_stays(tx):
            shuffled = resolve(tx, [known[at] for at in order])
    back = [shuffled[order.index(at)] for at in range(len(known))]

    assert grouped(known, back) == straight


@USUAL
@given(told=st.lists(records(), min_size=2, max_size=9), data=st.data())
def test_one_batch_or_many_makes_no_difference(
    begin: Begin, told: list[dict[str, str]], data: st.DataObject
) -> None:
    known = [understood(record) for record in told]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(known) - 1), min_size=1)))
    with begin() as tx:
        with nothing_stays(tx):
            whole = resolve(tx, known)
            as_one = [content(tx, one) for one in whole]
        with nothing_stays(tx):
            parts = [
                one
                for begins, ends in zip([0, *cuts], [*cuts, len(known)], strict=True)
                for one in resolve(tx, known[begins:ends])
            ]
            as_many = [content(tx, one) for one in parts]

    assert grouped(known, parts) == grouped(known, whole)
    assert as_many == as_one


def content(tx: Transaction, one: Resolution) -> object:
    """What is known of whom a record turned out to be about."""
    found = person(tx, one.person_id)
    at = account(tx, one.account_id) if one.account_id else None
    return (
        found.full_name,
        found.title,
        found.emails,
        found.phones,
        found.city,
        found.country,
        at and (at.name, at.domain, at.city, at.country),
    )


@USUAL
@given(told=st.lists(records(), min_size=1, max_size=9))
def test_the_same_batch_again_makes_nobody_and_changes_nothing(begin: Begin, told: list[dict[str, str]]) -> None:
    known = [understood(record) for record in told]
    with begin() as tx, nothing_stays(tx):
        first = resolve(tx, known)
        tx.events.clear()
        second = resolve(tx, known)

        assert [one.person_id for one in second] == [one.person_id for one in first]
        assert [one.account_id for one in second] == [one.account_id for one in first]
        assert not any(one.is_new_person or one.is_new_account for one in second)
        assert tx.events == []


def test_only_the_first_record_about_somebody_new_says_so(begin: Begin) -> None:
    with begin() as tx:
        found = received(tx, ADA, ADA)

    assert [one.is_new_person for one in found] == [True, False]
    assert [one.is_new_account for one in found] == [True, False]
    assert found[0].person_id == found[1].person_id


def test_a_later_record_fills_gaps_and_overwrites_nothing(begin: Begin) -> None:
    with begin() as tx:
        ada = somebody(tx, title="Countess")
        later = somebody(tx, title="Programmer", phone="+44 20 7946 0018", industry="Computing")

    assert later.id == ada.id
    assert (later.title, later.phones, later.industry) == ("Countess", ("+442079460018",), "Computing")
    assert later.version == ada.version + 1


def test_a_wish_not_to_be_called_stays(begin: Begin) -> None:
    with begin() as tx:
        somebody(tx, do_not_call="yes")
        assert somebody(tx, do_not_call="no").do_not_call


def test_a_phone_that_is_known_gains_the_label_it_lacked(begin: Begin) -> None:
    with begin() as tx:
        somebody(tx, phone="+44 7911 123456")
        now = somebody(tx, mobile="+44 7911 123456 ext 9")
        again = somebody(tx, mobile="+44 7911 123456 ext 9")

    points = [(point.value, point.label, point.extension) for point in now.contact_points if point.kind == "phone"]
    assert points == [("+447911123456", "mobile", "9")]
    assert again.version == now.version


def test_somebody_may_be_known_by_an_external_id_alone_and_named_later(begin: Begin) -> None:
    with begin() as tx:
        visitor = received(tx, {"external_id": "chat:77"})[0]
        named = received(tx, {"external_id": "chat:77", **ADA})[0]
        known = person(tx, visitor.person_id)

    assert (visitor.is_new_person, named.is_new_person) == (True, False)
    assert named.person_id == visitor.person_id
    assert (known.full_name, known.emails) == ("Ada Byron", ("ada@engines.example",))
    assert visitor.facts.has_email is False
    assert named.facts.has_email is True


def test_colleagues_share_an_account_and_free_mail_shares_none(begin: Begin) -> None:
    with begin() as tx:
        ada, bob = received(tx, ADA, {"full_name": "Bob Lee", "email": "bob@engines.example"})
        eve, kim = received(
            tx,
            {"full_name": "Eve Roe", "email": "eve.roe@gmail.com"},
            {"full_name": "Kim Poe", "email": "kim.poe@gmail.com"},
        )

    assert ada.account_id == bob.account_id is not None
    assert eve.account_id is None
    assert kim.account_id is None
    assert bob.facts.account_domain == "engines.example"
    assert eve.facts.is_free_mail


def test_an_account_that_had_only_its_domain_for_a_name_gets_its_own(begin: Begin) -> None:
    with begin() as tx:
        first = received(tx, {"full_name": "Bob Lee", "email": "bob@engines.example"})[0]
        assert first.account_id
        assert account(tx, first.account_id).name == "engines.example"
        received(tx, ADA)
        assert account(tx, first.account_id).name == "Engines Ltd"


def test_those_who_say_that_they_have_no_company_get_no_account(begin: Begin) -> None:
    with begin() as tx:
        found = received(
            tx,
            {"full_name": "Bob Lee", "email": "bob.lee@gmail.com", "company": "Self-employed"},
            {"full_name": "Eve Roe", "email": "eve.roe@gmail.com", "company": "Freelance"},
        )

    assert [one.account_id for one in found] == [None, None]


def test_new_persons_and_accounts_are_told(begin: Begin) -> None:
    with begin() as tx:
        ada = received(tx, ADA)[0]
        made = {(event.kind, event.subject) for event in tx.events}
        tx.events.clear()
        received(tx, {**ADA, "title": "Countess"})
        changed = [(event.kind, event.data) for event in tx.events]

    assert made == {
        ("person.created", f"person:{ada.person_id}"),
        ("account.created", f"account:{ada.account_id}"),
    }
    assert changed == [("person.changed", {"account_id": str(ada.account_id), "fields": ["title"]})]


def test_custom_attributes_are_kept_and_told_to_rules(begin: Begin) -> None:
    with begin() as tx:
        found = resolve(tx, [understood(ADA, Plan="gold")])[0]
        assert person(tx, found.person_id).attributes == {"Plan": "gold"}

    assert found.facts.attributes == {"Plan": "gold"}


def test_text_with_quotes_and_backslashes_is_kept_as_it_is(begin: Begin) -> None:
    told = {"full_name": 'Ann "Annie" O\\Neil', "external_id": 'crm:"a\\b",{c}', "company": 'A\\B "C", {D}'}
    with begin() as tx:
        found = person(tx, received(tx, told)[0].person_id)

    assert found.external_ids == ('crm:"a\\b",{c}',)
    assert found.company_name == 'A\\B "C", {D}'


def test_rows_about_one_new_person_that_arrive_at_once_make_one_person(begin: Begin) -> None:
    ready = Barrier(4)

    def arrive(_: int) -> Resolution:
        with begin() as tx:
            ready.wait(timeout=10)
            return received(tx, ADA)[0]

    with ThreadPoolExecutor(4) as at_once:
        found = list(at_once.map(arrive, range(4)))

    assert len({(one.person_id, one.account_id) for one in found}) == 1
    assert sorted(one.is_new_person for one in found) == [False, False, False, True]


def test_another_organisation_knows_nobody_of_ours(begin: Begin, database: Database) -> None:
    with begin() as tx:
        ours = somebody(tx)
    theirs = found_organisation(database, name="Other", slug=f"other-{new_id().hex[-8:]}")
    with database.transaction(theirs, SYSTEM) as tx:
        found = received(tx, ADA)[0]

    assert found.is_new_person
    assert found.person_id != ours.id
