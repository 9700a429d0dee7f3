"""When two records are one company, by names as people write them; and what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.people import Understood, understand
from offhook.people.matching import Record, Verdict, account_keys, account_record, compare_accounts, verdict
from offhook.people.matching.records import company_core


def record(company: str, **fields: str) -> Record:
    return account_record(understand({"company": company, **fields}, {}, "US")[0])


SAME = [
    ("Acme Corp", "ACME, Inc."),
    ("D.S.M. N.V.", "DSM NV"),
    ("Coca-Cola Company", "Coca Cola"),
    ("Procter & Gamble", "Procter and Gamble Co."),
    ("Unilever N.V., Rotterdam", "UNILEVER"),
    ("N.V. Nutricia", "Nutricia NV"),
    ("Microsoft Corporation", "Microsoft Deutschland GmbH"),
    ("Shell Internationale Research Maatschappij B.V.", "SHELL INTERNATIONAL RESEARCH MAATSCHPPIJ BV"),
    ("St. Mary Hospital", "Saint Mary Hosp."),
    ("Salesforce.com", "Salesforce"),
    ("7-Eleven", "7 Eleven Inc"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_company_written_in_two_ways_is_the_same(one: str, other: str) -> None:
    left, right = record(one), record(other)

    assert verdict(compare_accounts(left, right)) is Verdict.SAME
    assert set(account_keys(left)) & set(account_keys(right))


DIFFERENT = [
    ("General Electric", "General Motors"),
    ("United Airlines", "United Rentals"),
    ("Smith Consulting", "Smith Dental"),
    ("American Airlines", "American Eagle"),
    ("Chicago Public Schools Waters", "Chicago Public Schools Goudy"),
    ("First National Bank", "National Bank"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_companies_that_share_only_common_words_are_different(one: str, other: str) -> None:
    assert verdict(compare_accounts(record(one), record(other))) is Verdict.DIFFERENT


@pytest.mark.parametrize(("one", "other"), [("Apple", "Apple Bank"), ("Siemens", "Siemens Healthineers")])
def test_a_name_within_another_that_says_another_trade_is_doubtful(one: str, other: str) -> None:
    assert verdict(compare_accounts(record(one), record(other))) is Verdict.DOUBTFUL


def test_the_same_name_at_another_address_is_doubtful() -> None:
    here = record("First Baptist Church", street="12 Main St", city="Boston")
    there = record("First Baptist Church", street="99 Elm Ave", city="Austin")

    assert verdict(compare_accounts(here, there)) is Verdict.DOUBTFUL


def test_another_name_at_the_same_address_and_phone_is_the_same() -> None:
    here = record("Teddy Bear Nursery School", street="5160 S Pulaski", phone="+13122847030")
    there = record("El Valor 5", street="5160 S. Pulaski Rd.", phone="+13122847030")

    assert verdict(compare_accounts(here, there)) is Verdict.SAME


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("The Limited", "the limited"),
        ("Inc.", "inc"),
        ("A.B.C. Co", "abc"),
        ("S.A.P. SE", "sap"),
        ("C. van der Lely N.V., Maasland, NL", "c van der lely"),
        ("Johnson & Johnson Co. Inc.", "johnson johnson"),
        ("GmbH & Co. KG", "gmbh co kg"),
    ],
)
def test_the_core_of_a_name_is_what_is_left_without_its_legal_form(name: str, core: str) -> None:
    assert company_core(name) == core


words = st.sampled_from(["acme", "Global", "Inc", "N.V.", "bank", "the", "&", "ibm", "Müller", "A", "7", "St."])
company_names = st.one_of(st.lists(words, max_size=5).map(" ".join), st.text(max_size=20))
understood = st.builds(
    Understood,
    company_name=st.one_of(st.none(), company_names),
    phones=st.lists(st.sampled_from(["+13122345678", "+13122345679"]), max_size=2).map(tuple),
    street=st.one_of(
        st.none(), st.sampled_from(["1 Main St", "1 Main Street", "12 Main St", "Elm"]), st.text(max_size=9)
    ),
    city=st.one_of(st.none(), st.sampled_from(["Boston", "Bostom", "Austin"])),
    postal_code=st.one_of(st.none(), st.sampled_from(["60601", "60602", "60601-1234"])),
    country=st.one_of(st.none(), st.sampled_from(["US", "GB"])),
    domain=st.one_of(st.none(), st.sampled_from(["acme.com", "acme.de", "ibm.com"])),
)


@given(understood, understood)
def test_comparing_is_the_same_either_way_round(one: Understood, other: Understood) -> None:
    left, right = account_record(one), account_record(other)

    assert compare_accounts(left, right) == compare_accounts(right, left)


@given(understood)
def test_a_company_never_speaks_against_itself_and_is_found_by_its_keys(one: Understood) -> None:
    features = account_record(one)

    said = [reason for reason in compare_accounts(features, features).reasons if reason.field != "prior"]

    assert all(reason.weight_bits >= 0 for reason in said)
    assert len(account_keys(features)) <= 9


@given(company_names)
def test_no_name_loses_everything_to_its_core(name: str) -> None:
    assert company_core(name) or not any(c.isalnum() for c in name if c.isascii())
