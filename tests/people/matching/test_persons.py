"""When two records are one person, by the cases that lists of responders show; and what holds for all of them."""

from datetime import date
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.people import Understood, understand
from offhook.people.matching import (
    Comparison,
    Record,
    Verdict,
    compare_persons,
    contradicted,
    person_keys,
    person_record,
    verdict,
)


def record(**fields: str) -> Record:
    return person_record(understand(fields, {}, "US")[0])


def judged(one: dict[str, str], other: dict[str, str]) -> Verdict:
    return verdict(compare_persons(record(**one), record(**other)))


JOHN = {"first_name": "John", "last_name": "Smith"}
OFFICE = {"company": "Acme", "phone": "+13122345678", "street": "1 Main St", "postal_code": "60601"}

SAME = [
    ({**JOHN, "company": "Acme"}, {**JOHN, "company": "ACME, Inc."}),
    ({**JOHN, "company": "Acme"}, {"full_name": "Smith, John", "company": "Acme"}),
    ({**JOHN, "company": "Acme"}, {"first_name": "Smith", "last_name": "John", "company": "Acme"}),
    ({**JOHN, "email": "john.smith@gmail.com"}, {**JOHN, "email": "john.smith@acme.com"}),
    ({**JOHN, "email": "a.b@acme.com"}, {"email": "A.B@acme.com"}),
    ({**JOHN, "email": "a.b@acme.com"}, {"first_name": "John", "last_name": "Jones", "email": "a.b@acme.com"}),
    (
        {"first_name": "Bob", "last_name": "Miller", **OFFICE},
        {"first_name": "Robert", "last_name": "Miller", **OFFICE},
    ),
    ({**JOHN, **OFFICE}, {"first_name": "J", "last_name": "Smith", **OFFICE}),
    (
        {"first_name": "Renée", "last_name": "Müller", **OFFICE},
        {"first_name": "Renee", "last_name": "Muller", **OFFICE},
    ),
    (
        {"first_name": "Deakin", "last_name": "Sondergeld", "born_on": "1960-02-10"},
        {"first_name": "Deakin", "last_name": "Sondergled", "born_on": "1960-10-02"},
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_person_written_in_two_ways_is_the_same(one: dict[str, str], other: dict[str, str]) -> None:
    assert judged(one, other) is Verdict.SAME


DIFFERENT = [
    ({**JOHN, **OFFICE}, {"first_name": "Mary", "last_name": "Jones", **OFFICE}),
    ({**JOHN, **OFFICE}, {"first_name": "Mary", "last_name": "Smith", **OFFICE}),
    ({**JOHN, **OFFICE}, {"first_name": "John", "last_name": "Jones", **OFFICE}),
    ({**JOHN, "email": "info@acme.com"}, {"first_name": "Mary", "last_name": "Jones", "email": "info@acme.com"}),
    ({**JOHN, "company": "Acme"}, {**JOHN, "company": "Globex", "city": "Boston", "email": "j@globex.com"}),
]
DIFFERENT += [
    (
        {
            "first_name": "Wei",
            "last_name": one,
            "email": f"wei.{one.lower()}@acme.com",
            **OFFICE,
            "title": "Engineer",
        },
        {
            "first_name": "Wei",
            "last_name": other,
            "email": f"wei.{other.lower()}@acme.com",
            **OFFICE,
            "title": "Engineer",
        },
    )
    for one, other in (("Zhang", "Zheng"), ("Johanson", "Johansson"))
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_colleagues_relatives_and_namesakes_are_never_one_without_asking(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert judged(one, other) is not Verdict.SAME


def test_a_common_name_alone_is_doubtful_and_a_rare_one_is_enough() -> None:
    rare = {"first_name": "Zbigniew", "last_name": "Kowalczewski"}

    assert judged(JOHN, JOHN) is Verdict.DOUBTFUL
    assert judged(rare, rare) is Verdict.SAME


def test_a_rare_name_is_not_enough_where_all_contacts_differ() -> None:
    rare = {"first_name": "Zbigniew", "last_name": "Kowalczewski"}
    here = {**rare, "email": "zk@acme.com", "company": "Acme", "phone": "+13122345678"}
    there = {**rare, "email": "z@globex.com", "company": "Globex", "phone": "+16172345678"}

    assert judged(here, there) is not Verdict.SAME


def test_a_mailbox_that_relatives_share_is_doubtful() -> None:
    one = {**JOHN, "email": "smiths@gmail.com"}
    other = {"first_name": "Mary", "last_name": "Smith", "email": "smiths@gmail.com"}

    assert judged(one, other) is Verdict.DOUBTFUL


def test_who_has_an_address_in_another_name_is_left_to_review_whatever_else_is_the_same() -> None:
    one = {"first_name": "Wei", "last_name": "Zhang", "email": "wei.zhang@acme.com", **OFFICE}
    other = {**one, "last_name": "Zheng", "email": "wei.zheng@acme.com"}
    comparison = compare_persons(record(**one), record(**other))

    assert verdict(comparison) is Verdict.DOUBTFUL
    assert comparison.reasons[-1].note == "each has an e-mail in their own name"
    assert judged({**one, "email": "wz@acme.com"}, {**other, "email": "wz@acme.com"}) is Verdict.SAME


def test_a_missing_value_weighs_nothing() -> None:
    bare = compare_persons(record(**JOHN), record(**JOHN))
    more = compare_persons(record(**JOHN, **OFFICE), record(**JOHN))

    assert more == bare


def test_the_explanation_names_every_field_that_both_have() -> None:
    comparison = compare_persons(record(**JOHN, **OFFICE), record(**{**JOHN, **OFFICE, "phone": "+16172345678"}))

    weights = {reason.field: reason.weight_bits for reason in comparison.reasons}
    assert set(weights) == {"prior", "first_name", "last_name", "phone", "street", "postal_code", "company"}
    assert weights["phone"] < 0 < weights["street"]


names = st.sampled_from(
    ["Ann", "Anne", "Bob", "Robert", "Smith", "Smyth", "O'Neil", "van der Berg", "李", "X", "Sir"]
)
words = st.text(max_size=12)
values = st.one_of(st.none(), names, words)
understood = st.builds(
    Understood,
    first_name=values,
    last_name=values,
    full_name=values,
    title=st.one_of(st.none(), st.sampled_from(["CEO", "CTO"])),
    company_name=values,
    emails=st.lists(st.sampled_from(["ann@x.com", "anna@x.com", "info@x.com", "ann.lee@y.com"]), max_size=2).map(
        tuple
    ),
    phones=st.lists(st.sampled_from(["+13122345678", "+13122345679", "+4930123456"]), max_size=2).map(tuple),
    external_ids=st.lists(st.sampled_from(["crm:1234567", "crm:1234568", "erp:9"]), max_size=2).map(tuple),
    street=st.one_of(st.none(), st.sampled_from(["1 Main St", "1 Main Street", "12 Main St", "Elm", "7"]), words),
    city=values,
    postal_code=st.one_of(st.none(), st.sampled_from(["60601", "60602", "60601-1234", "SW1A 1AA", "SW1A 1AB"])),
    region=st.one_of(st.none(), st.sampled_from(["IL", "MA"])),
    country=st.one_of(st.none(), st.sampled_from(["US", "GB"])),
    born_on=st.one_of(st.none(), st.dates(date(1970, 1, 1), date(1971, 1, 1))),
    domain=st.one_of(st.none(), st.sampled_from(["x.com", "y.com"])),
)


def bits(comparison: Comparison) -> float:
    return sum(reason.weight_bits for reason in comparison.reasons)


@given(understood, understood)
def test_comparing_is_the_same_either_way_round(one: Understood, other: Understood) -> None:
    left, right = person_record(one), person_record(other)

    there, back = compare_persons(left, right), compare_persons(right, left)

    assert there.reasons == back.reasons
    assert there.probability == back.probability


@given(understood, understood)
def test_the_bits_of_the_reasons_add_up_to_the_odds(one: Understood, other: Understood) -> None:
    comparison = compare_persons(person_record(one), person_record(other))

    if 1e-9 < comparison.probability < 1 - 1e-9:
        odds = comparison.probability / (1 - comparison.probability)
        assert log2(odds) == pytest.approx(bits(comparison), abs=1e-5)


@given(understood)
def test_a_record_is_never_different_from_itself_by_what_it_says(one: Understood) -> None:
    features = person_record(one)

    said = [reason for reason in compare_persons(features, features).reasons if reason.field != "prior"]

    assert all(reason.weight_bits >= 0 for reason in said)


@given(understood)
def test_a_record_with_a_personal_mailbox_is_the_same_as_itself(one: Understood) -> None:
    features = person_record(one)._replace(emails=("ann.lee@x.com",))

    assert verdict(compare_persons(features, features)) is Verdict.SAME


@given(understood)
def test_a_record_has_few_keys_and_shares_them_all_with_itself(one: Understood) -> None:
    keys = person_keys(person_record(one))

    assert keys == person_keys(person_record(one))
    assert len(keys) == len(set(keys)) <= 12
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_a_contradiction_makes_what_was_sure_doubtful_and_says_why() -> None:
    sure = compare_persons(record(**JOHN, **OFFICE), record(**JOHN, **OFFICE))

    doubted = contradicted(sure, "variant", "another way it was written denies it")

    assert doubted.reasons[-1].field == "variant"
    assert verdict(sure) is Verdict.SAME
    assert verdict(doubted) is Verdict.DOUBTFUL
    assert bits(doubted) == pytest.approx(0.0)
