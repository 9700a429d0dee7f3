"""The review list: what is doubtful is put to somebody once, and what was decided stays decided."""

import pytest

from conftest import Begin
from offhook.kernel.database import Actor, Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from offhook.kernel.ids import new_id
from offhook.people import (
    Decision,
    RecordKind,
    Review,
    ReviewStatus,
    decide_review,
    merge_persons,
    next_review,
    person,
    review,
    reviews_page,
    undo_merge,
)
from people.factories import another, received, somebody

MARY = {"full_name": "Mary Smith", "phone": "+1 312 555 0134"}
ALIKE = {"full_name": "Mary Smith"}
"""The same common name: perhaps the same person."""


def a_doubt(tx: Transaction) -> Review:
    """Two records that may be one."""
    made = received(tx, MARY, ALIKE)
    assert [one.is_doubtful for one in made] == [False, True]
    found = next_review(tx)
    assert found
    return found.review


def test_a_doubtful_record_is_somebody_new_and_put_to_review(begin: Begin) -> None:
    with begin() as tx:
        made = received(tx, MARY, ALIKE)
        pair = next_review(tx, RecordKind.PERSON)
        assert next_review(tx, RecordKind.ACCOUNT) is None

    assert [one.is_new_person for one in made] == [True, True]
    assert pair
    assert (pair.left.id, pair.right.id) == (made[0].person_id, made[1].person_id)
    assert 0.1 <= pair.review.score < 0.9
    assert {"first_name", "last_name", "prior"} <= {reason["field"] for reason in pair.review.explanation}


def test_deciding_that_they_are_one_merges_them_into_the_older(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        decided = decide_review(tx, doubt.id, Decision.MERGE)

        assert decided.merge
        assert (decided.merge.survivor_id, decided.merge.absorbed_id) == (doubt.left_id, doubt.right_id)
        assert person(tx, doubt.right_id).id == doubt.left_id
        assert next_review(tx) is None
        assert review(tx, doubt.id).review.status == "merged"
        with pytest.raises(Conflict):
            decide_review(tx, doubt.id, Decision.DISTINCT)


def test_the_younger_may_survive(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        with pytest.raises(Invalid):
            decide_review(tx, doubt.id, Decision.MERGE, new_id())
        decided = decide_review(tx, doubt.id, Decision.MERGE, doubt.right_id)

    assert decided.merge
    assert decided.merge.survivor_id == doubt.right_id


def test_deciding_that_they_are_two_is_remembered(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        assert decide_review(tx, doubt.id, Decision.DISTINCT).merge is None
        received(tx, MARY, MARY)

        assert next_review(tx) is None
        assert [one.review.id for one in reviews_page(tx, None, ReviewStatus.DISTINCT, None, 9)] == [doubt.id]


def test_what_was_found_distinct_can_be_merged_after_all(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        decide_review(tx, doubt.id, Decision.DISTINCT)
        decide_review(tx, doubt.id, Decision.MERGE)
        assert person(tx, doubt.right_id).id == doubt.left_id


def test_whoever_absorbs_one_of_a_refused_pair_is_not_asked_about_the_other(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        decide_review(tx, doubt.id, Decision.DISTINCT)
        ada = somebody(tx)
        made = merge_persons(tx, ada.id, doubt.left_id)
        refused = {one.review.id for one in reviews_page(tx, None, ReviewStatus.DISTINCT, None, 9)}
        assert len(refused) == 2
        undo_merge(tx, made.id)
        pairs = reviews_page(tx, None, ReviewStatus.DISTINCT, None, 9)

    assert {(one.review.left_id, one.review.right_id) for one in pairs} == {
        (doubt.left_id, doubt.right_id),
        tuple(sorted((ada.id, doubt.left_id))),
    }


def test_a_pair_is_decided_for_those_who_stand_for_it(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        ada = somebody(tx)
        merge_persons(tx, ada.id, doubt.right_id)
        shown = next_review(tx)
        assert shown
        assert {shown.left.id, shown.right.id} == {doubt.left_id, ada.id}
        decided = decide_review(tx, doubt.id, Decision.MERGE)

        assert decided.merge
        assert {decided.merge.survivor_id, decided.merge.absorbed_id} == {doubt.left_id, ada.id}


def test_merging_by_hand_closes_the_pair_and_undoing_says_that_they_are_two(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        made = merge_persons(tx, doubt.left_id, doubt.right_id)
        assert review(tx, doubt.id).review.status == "merged"
        undo_merge(tx, made.id)
        assert review(tx, doubt.id).review.status == "distinct"


def test_pairs_closed_through_others_are_open_again_after_the_undo(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        koch = another(tx)
        merge_persons(tx, koch.id, doubt.left_id)
        made = merge_persons(tx, koch.id, doubt.right_id)
        assert next_review(tx) is None
        undo_merge(tx, made.id)
        shown = next_review(tx)

    assert shown
    assert {shown.left.id, shown.right.id} == {koch.id, doubt.right_id}


def test_reviews_are_paged_in_the_order_in_which_they_were_found(begin: Begin) -> None:
    with begin() as tx:
        a_doubt(tx)
        received(tx, {"full_name": "John Miller", "phone": "+1 312 555 0155"})
        received(tx, {"full_name": "John Miller"})
        first = reviews_page(tx, None, ReviewStatus.OPEN, None, 1)
        rest = reviews_page(tx, None, ReviewStatus.OPEN, first[-1].review.id, 9)

    assert [len(first), len(rest)] == [1, 1]
    assert first[0].review.id != rest[0].review.id


def test_reviewing_takes_permission(begin: Begin) -> None:
    with begin() as tx:
        doubt = a_doubt(tx)
        with pytest.raises(NotFound):
            review(tx, new_id())
        with pytest.raises(NotFound):
            decide_review(tx, new_id(), Decision.MERGE)
    with begin(Actor("user", new_id(), frozenset({"people:read"}))) as tx:
        assert review(tx, doubt.id).review == doubt
        with pytest.raises(Forbidden):
            decide_review(tx, doubt.id, Decision.MERGE)
