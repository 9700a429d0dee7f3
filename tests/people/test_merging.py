"""Two records become one and two again: nothing is lost, nothing is left over, whatever came in between."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Begin
from offhook.kernel.database import Actor
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from offhook.kernel.ids import new_id
from offhook.people import (
    Account,
    Person,
    RecordKind,
    ReviewStatus,
    account,
    add_person,
    change_person,
    facts_of,
    merge_accounts,
    merge_persons,
    merges_page,
    person,
    reviews_page,
    understand,
    undo_merge,
)
from offhook.people.merges.rules import Gain, Standing, absorb, gain_json, give_back, read_gain, rewind
from offhook.people.variants import variant_of
from people.factories import another, received, somebody


def content(one: Person | Account) -> Person | Account:
    """All of a record but when and how often it was written."""
    return replace(one, version=0, updated_at=one.created_at)


def test_the_survivor_keeps_what_is_known_and_gains_what_was_missing(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx, title="Countess"), another(tx)
        merge_persons(tx, ada.id, koch.id)
        now = person(tx, ada.id)

    assert (now.full_name, now.title) == ("Ada Byron", "Countess")
    assert now.emails == ("ada@engines.example", "koch@charite.example")
    assert (now.phones, now.city, now.country) == (("+493045050",), "Berlin", "DE")


def test_the_absorbed_ones_id_means_the_survivor_from_now_on(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        merge_persons(tx, ada.id, koch.id)

        assert person(tx, koch.id).id == ada.id
        assert facts_of(tx, [koch.id])[koch.id].person_id == ada.id


def test_a_later_record_about_the_absorbed_one_is_the_survivors(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        merge_persons(tx, ada.id, koch.id)
    with begin() as tx:
        later = received(tx, {"full_name": "Robert Koch", "email": "koch@charite.example"})[0]

    assert (later.person_id, later.is_new_person) == (ada.id, False)


def test_undoing_puts_both_back_as_they_were(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        made = merge_persons(tx, ada.id, koch.id)
        undone = undo_merge(tx, made.id)

        assert content(person(tx, ada.id)) == content(ada)
        assert content(person(tx, koch.id)) == content(koch)
        assert undone.undone_at is not None


def test_undoing_leaves_what_was_learnt_or_edited_since(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        made = merge_persons(tx, ada.id, koch.id)
        received(tx, {"full_name": "Ada Byron", "email": "ada@engines.example", "phone": "+44 20 7946 0018"})
        now = person(tx, ada.id)
        change_person(tx, ada.id, now.version, {"title": "Countess"})
        undo_merge(tx, made.id)
        now = person(tx, ada.id)

    assert now.emails == ("ada@engines.example",)
    assert (now.phones, now.title, now.city) == (("+442079460018",), "Countess", None)


def test_a_chain_of_merges_reads_as_its_last_survivor_and_is_undone_from_its_end(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        eve = another(
            tx, first_name="Eve", last_name="Curie", email="eve@curie.example", phone="+33 1 44 27 67 64"
        )
        first = merge_persons(tx, koch.id, eve.id)
        second = merge_persons(tx, ada.id, koch.id)

        assert {person(tx, one.id).id for one in (ada, koch, eve)} == {ada.id}
        with pytest.raises(Conflict, match=str(second.id)):
            undo_merge(tx, first.id)
        undo_merge(tx, second.id)
        assert [person(tx, one.id).id for one in (ada, koch, eve)] == [ada.id, koch.id, koch.id]
        undo_merge(tx, first.id)
        for one in (ada, koch, eve):
            assert content(person(tx, one.id)) == content(one)


def test_merges_into_one_survivor_are_undone_in_any_order(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        eve = another(tx, first_name="Eve", last_name="Curie", email="eve@curie.example", title="Pianist")
        first = merge_persons(tx, ada.id, koch.id)
        second = merge_persons(tx, ada.id, eve.id)
        assert person(tx, ada.id).title == "Physician"
        undo_merge(tx, first.id)
        between = person(tx, ada.id)
        undo_merge(tx, second.id)

        assert (between.title, between.emails) == ("Pianist", ("ada@engines.example", "eve@curie.example"))
        assert content(person(tx, ada.id)) == content(ada)


def test_merging_is_told_and_so_is_undoing(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        tx.events.clear()
        made = merge_persons(tx, ada.id, koch.id)
        undo_merge(tx, made.id)
        told = [(event.kind, event.subject, event.data) for event in tx.events]

    data = {"merge_id": str(made.id), "absorbed_id": str(koch.id)}
    assert told == [("person.merged", f"person:{ada.id}", data), ("person.unmerged", f"person:{ada.id}", data)]


def test_a_merge_says_how_likely_the_two_were_one_and_why(begin: Begin) -> None:
    with begin() as tx:
        made = merge_persons(tx, somebody(tx).id, another(tx).id)

    assert made.score < 0.1
    assert {"last_name", "email"} <= {reason["field"] for reason in made.explanation}


def test_what_is_one_already_is_not_merged(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        with pytest.raises(Invalid, match="itself"):
            merge_persons(tx, ada.id, ada.id)
        with pytest.raises(NotFound):
            merge_persons(tx, ada.id, new_id())
        made = merge_persons(tx, ada.id, koch.id)
        with pytest.raises(Conflict, match="one already"):
            merge_persons(tx, koch.id, ada.id)
        undo_merge(tx, made.id)
        with pytest.raises(Conflict, match="undone already"):
            undo_merge(tx, made.id)
        with pytest.raises(NotFound):
            undo_merge(tx, new_id())


def test_merging_takes_permission(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        made = merge_persons(tx, ada.id, koch.id)
    with (
        begin(Actor("user", new_id(), frozenset({"people:read", "people:write"}))) as tx,
        pytest.raises(Forbidden),
    ):
        merge_accounts(tx, new_id(), new_id())
    with begin(Actor("user", new_id(), frozenset({"people:read"}))) as tx, pytest.raises(Forbidden):
        undo_merge(tx, made.id)


def test_persons_follow_their_account_and_come_back(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        assert ada.account_id
        assert koch.account_id
        engines, charite = account(tx, ada.account_id), account(tx, koch.account_id)
        made = merge_accounts(tx, engines.id, charite.id)
        assert person(tx, koch.id).account_id == engines.id
        assert account(tx, charite.id).city == "Berlin"
        eve = another(tx, first_name="Eve", last_name="Curie", email="eve@charite.example")
        assert eve.account_id == engines.id
        undo_merge(tx, made.id)

        assert person(tx, koch.id).account_id == charite.id
        assert person(tx, ada.id).account_id == engines.id
        assert content(account(tx, engines.id)) == content(engines)
        assert content(account(tx, charite.id)) == content(charite)


def test_an_account_gained_from_a_merge_is_given_back_though_it_was_merged_since(begin: Begin) -> None:
    with begin() as tx:
        ada = another(tx, first_name="Ada", last_name="Byron", email="ada@gmail.com", company="")
        koch = another(tx)
        assert ada.account_id is None
        made = merge_persons(tx, ada.id, koch.id)
        assert koch.account_id
        engines = somebody(tx, first_name="Augusta", email="augusta@engines.example").account_id
        assert engines
        merge_accounts(tx, engines, koch.account_id)
        undo_merge(tx, made.id)

        assert person(tx, ada.id).account_id is None
        assert person(tx, koch.id).account_id == engines


def test_merges_are_listed_the_latest_first(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        eve = another(tx, first_name="Eve", last_name="Curie", email="eve@curie.example")
        first = merge_persons(tx, ada.id, koch.id)
        second = merge_persons(tx, ada.id, eve.id)

        def listed(record: UUID | None, kind: RecordKind | None = None, before: UUID | None = None) -> list[UUID]:
            return [one.id for one in merges_page(tx, kind, record, before, 10)]

        assert listed(None) == listed(ada.id) == [second.id, first.id]
        assert listed(koch.id) == [first.id]
        assert listed(None, RecordKind.ACCOUNT) == []
        assert listed(None, None, second.id) == [first.id]


def test_two_that_were_parted_are_not_asked_about_again(begin: Begin) -> None:
    with begin() as tx:
        ada, koch = somebody(tx), another(tx)
        undo_merge(tx, merge_persons(tx, ada.id, koch.id).id)
        pairs = reviews_page(tx, RecordKind.PERSON, ReviewStatus.DISTINCT, None, 10)

    assert [(one.review.left_id, one.review.right_id) for one in pairs] == [tuple(sorted((ada.id, koch.id)))]


# Properties

WORD = st.sampled_from(["Ada", "Bob", "Eve", "Kim", "Lee"])
RECORD = st.fixed_dictionaries(
    {},
    optional={
        "first_name": WORD,
        "last_name": WORD,
        "title": WORD,
        "city": WORD,
        "street": WORD,
        "company": WORD,
        "born_on": st.sampled_from(["1990-01-02", "1991-02-03"]),
        "email": st.sampled_from(["a@a.example", "b@b.example", "c@c.example; d@d.example"]),
        "phone": st.sampled_from(["+14155550100", "+14155550101 ext. 7"]),
        "mobile": st.sampled_from(["+14155550100", "+14155550102"]),
        "external_id": st.sampled_from(["crm:1", "crm:2"]),
        "do_not_call": st.sampled_from(["yes", "no"]),
    },
)
ATTRIBUTES = st.dictionaries(WORD, WORD, max_size=3)
ACCOUNT_IDS = st.sampled_from([None, UUID(int=1), UUID(int=2)])


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """What is known of some person."""
    known, other = (understand(draw(RECORD), draw(ATTRIBUTES), "US")[0] for _ in range(2))
    variant = variant_of(known, other) if draw(st.booleans()) else None
    return Standing(known, draw(ACCOUNT_IDS), (variant,) if variant else ())


@given(standings(), standings())
def test_giving_back_what_was_gained_restores_the_survivor(survivor: Standing, absorbed: Standing) -> None:
    merged, gain = absorb(survivor, absorbed)

    assert give_back(merged, gain) == survivor


@given(standings(), standings())
def test_a_gain_survives_its_way_to_json_and_back(survivor: Standing, absorbed: Standing) -> None:
    _, gain = absorb(survivor, absorbed)

    assert read_gain(gain_json(gain)) == gain


@given(standings(), st.lists(standings(), min_size=1, max_size=4), st.data())
def test_undoing_one_of_many_is_as_if_it_had_never_been(
    survivor: Standing, absorbed: list[Standing], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(absorbed) - 1))
    now = survivor
    gains: list[Gain] = []
    for one in absorbed:
        now, gain = absorb(now, one)
        gains.append(gain)

    rewound, _ = rewind(now, gains[at], list(zip(gains[at + 1 :], absorbed[at + 1 :], strict=True)))

    without = survivor
    for one in absorbed[:at] + absorbed[at + 1 :]:
        without, _ = absorb(without, one)
    assert rewound == without


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=RECORD, other=RECORD)
def test_whatever_two_persons_are_undoing_their_merge_puts_both_back(
    begin: Begin, one: dict[str, str], other: dict[str, str]
) -> None:
    with begin() as tx, tx.connection.transaction(force_rollback=True):
        ours = add_person(tx, {**one, "external_id": "crm:ours"}, is_another=True)
        theirs = add_person(tx, {**other, "external_id": "crm:theirs"}, is_another=True)
        made = merge_persons(tx, ours.id, theirs.id)
        merged = person(tx, theirs.id)
        undo_merge(tx, made.id)

        assert set(merged.external_ids) == {"crm:ours", "crm:theirs"}
        assert content(person(tx, ours.id)) == content(ours)
        assert content(person(tx, theirs.id)) == content(theirs)
        tx.events.clear()
