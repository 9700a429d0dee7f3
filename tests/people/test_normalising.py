"""Understanding received records: never an accident, nothing guessed, and its own outcome read the same again."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from offhook.people import KNOWN_FIELDS, Rejected, Understood, understand
from offhook.people.normalise.emails import Email, read_email
from offhook.people.normalise.phones import Phone, read_phone
from offhook.people.normalise.zones import LONGEST_PREFIX, zones_of_prefix

TRICKY = st.sampled_from(
    [
        "\x00",
        "a\x00b",
        "\ud800",
        "\u202eevil",
        "x" * 5_000,
        "ﬁ" * 3,
        "１２３",
        "+1 (312) 555-0100 ext. 5",
        "ädä@bücher.example",
        "ada@xn--bcher-kva.example",
        "=HYPERLINK(1)",
        "0000-00-00",
        "31/02/2020",
        "1e400",
        "٣٤٥",
        "N/A",
        "van der Berg, Dr. Ann-Marie (Annie), Jr.",
        "Dr.",
        ",",
        "@",
        ";@;",
        "+",
        "00",
        "a" * 64 + "@" + "b" * 63 + ".example",
    ]
)
ANY_TEXT = st.one_of(TRICKY, st.text(max_size=80))
ANY_RECORD = st.dictionaries(st.sampled_from(KNOWN_FIELDS), ANY_TEXT)


@example({"full_name": ","}, {}, "US")
@settings(max_examples=400)
@given(
    ANY_RECORD, st.dictionaries(st.text(max_size=10), ANY_TEXT, max_size=3), st.sampled_from(["US", "DE", "JP"])
)
def test_no_text_whatsoever_is_an_accident(
    fields: dict[str, str], attributes: dict[str, str], region: str
) -> None:
    understood, errors = understand(fields, attributes, region)

    assert {error.field for error in errors} <= {*fields, *attributes}
    for value in texts_of(understood):
        assert "\x00" not in value
        assert value == value.strip() != ""
        value.encode()


def texts_of(understood: Understood) -> list[str]:
    """Every text that was understood."""
    single = [getattr(understood, name) for name in understood.__slots__]
    listed = [*understood.emails, *understood.phones, *understood.external_ids, *understood.attributes.values()]
    return [value for value in single if isinstance(value, str)] + listed


WORDS = st.sampled_from(
    "Ada BYRON o'neil McDonald van de la smith-jones Müller 李 Dr Jr Jean d'Arc MACLEOD x José ibn III".split()
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
USUAL = st.fixed_dictionaries(
    {},
    optional={
        "first_name": NAMES,
        "last_name": NAMES,
        "full_name": NAMES,
        "email": st.sampled_from(["Ada@Engines.EXAMPLE", "a@x.example; b@bücher.example", "Ann <ann@x.example>"]),
        "phone": st.sampled_from(["(312) 555-0100", "+44 20 7946 0018 ext 3", "0049 30 450 50"]),
        "mobile": st.sampled_from(["+4915112345678", "312.555.0101"]),
        "company": NAMES,
        "website": st.sampled_from(["https://www.acme.co.uk/about", "facebook.com/acme", "acme.example"]),
        "country": st.sampled_from(["Germany", "usa", "GB", "Deutschland", "United States of America"]),
        "region": st.sampled_from(["TX", "texas", "Bayern", "Ontario"]),
        "postal_code": st.sampled_from(["90210", "sw1a 1aa", "1234.0"]),
        "born_on": st.sampled_from(["1990-02-01", "1 March 1980", "12/25/1970"]),
        "time_zone": st.sampled_from(["europe/berlin", "America/New York"]),
        "employees": st.sampled_from(["51-200", "10,001+", "1.5k", "7"]),
        "language": st.sampled_from(["en_us", "German", "pt-br"]),
        "do_not_call": st.sampled_from(["yes", "0", "TRUE"]),
        "external_id": st.sampled_from(["42", "crm:42"]),
        "title": NAMES,
        "industry": NAMES,
    },
)


def as_received(known: Understood) -> dict[str, str]:
    """What was understood, as fields of a record."""
    fields = {
        name: str(value) for name in KNOWN_FIELDS if (value := getattr(known, name, None)) not in (None, False)
    }
    numbers = [f"{n} ext. {known.extensions[n]}" if n in known.extensions else n for n in known.phones]
    names = ["mobile" if number in known.labels else "phone" for number in known.phones]
    return {
        **fields,
        **dict(zip(names, numbers, strict=True)),
        "company": known.company_name or "",
        "website": known.domain or "",
        "email": "; ".join(known.emails),
        "external_id": known.external_ids[0] if known.external_ids else "",
    }


@settings(max_examples=300)
@given(USUAL)
@example({"full_name": "BYRON, ADA"})
def test_what_was_understood_is_understood_the_same_again(fields: dict[str, str]) -> None:
    once, _ = understand(fields, {}, "US")
    again, errors = understand(as_received(once), {}, "US")

    assert not errors
    assert again == once


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.invalid"}, "email"),
        ({"phone": "555-0100"}, "phone"),
        ({"phone": "+999 123 456 789"}, "phone"),
        ({"phone": "3.12556E+09"}, "phone"),
        ({"born_on": "1990-02-30"}, "born_on"),
        ({"born_on": "03/04/1990"}, "born_on"),
        ({"country": "Atlantis"}, "country"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"employees": "many"}, "employees"),
        ({"language": "Klingonese"}, "language"),
        ({"do_not_call": "perhaps"}, "do_not_call"),
        ({"last_name": "x" * 5_000}, "last_name"),
        ({"title": "Chief\x00Officer"}, "title"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_and_the_rest_goes_in(fields: dict[str, str], wrong: str) -> None:
    understood, errors = understand({"first_name": "Ada", **fields}, {}, "US")

    assert [error.field for error in errors] == [wrong]
    assert errors[0].value == fields[wrong]
    assert errors[0].reason
    assert understood.first_name == "Ada"


def test_an_address_is_one_however_its_domain_is_written() -> None:
    forms = ["Ada@BÜCHER.example", "ada@xn--bcher-kva.example", "Ada Byron <ada@bücher.EXAMPLE>"]

    assert {understand({"email": form}, {}, "US")[0].emails for form in forms} == {("ada@bücher.example",)}


def test_a_company_is_told_by_its_mail_but_not_by_free_mail() -> None:
    assert understand({"email": "ada@mail.engines.co.uk"}, {}, "GB")[0].domain == "engines.co.uk"
    assert understand({"email": "ada@gmail.com"}, {}, "GB")[0].domain is None
    assert (
        understand({"email": "a@gmail.com", "website": "www.engines.co.uk"}, {}, "GB")[0].domain == "engines.co.uk"
    )


def test_numbers_are_read_by_the_records_country_first() -> None:
    assert understand({"phone": "030 45050", "country": "Germany"}, {}, "US")[0].phones == ("+493045050",)
    assert understand({"phone": "030 45050"}, {}, "DE")[0].phones == ("+493045050",)


def test_the_zone_follows_from_phone_then_region_then_country() -> None:
    def zone(**fields: str) -> str | None:
        return understand(fields, {}, "US")[0].time_zone

    assert zone(phone="+1 312 555 0100", country="US", region="CA") == "America/Chicago"
    assert zone(phone="+1 800 555 0100", region="CA", country="US") == "America/Los_Angeles"
    assert zone(country="Greece") == "Europe/Athens"
    assert zone(time_zone="asia/tokyo", country="Greece") == "Asia/Tokyo"


@given(
    st.from_regex(r"\+?1?[ .-]?\(?[2-9]\d\d\)?[ .-]?[2-9]\d\d[ .-]?\d{4}", fullmatch=True),
    st.sampled_from(["US", "CA", "JM", "DE", None]),
)
@settings(max_examples=400)
def test_the_short_way_for_numbers_says_what_the_library_says(text: str, region: str | None) -> None:
    with_detour = read_phone(f"{text} ", region)

    assert read_phone(text, region) == with_detour


@given(
    st.from_regex(
        r"[a-z0-9.]{1,8}@[a-z0-9-]{1,6}(\.[a-z0-9-]{1,6}){0,2}\.(example|com|test|x|co-m)", fullmatch=True
    )
)
@settings(max_examples=400)
def test_the_short_way_for_addresses_says_what_the_library_says(text: str) -> None:
    in_brackets = read_email(f"<{text}>")

    assert isinstance(read_email(text), Rejected) == isinstance(in_brackets, Rejected)
    if isinstance(in_brackets, Email):
        assert read_email(text) == in_brackets


# Real sets

EXPLAINED_ADDRESSES = {
    "<me@example.com>": "the address within the brackets is taken",
    "DisplayName <me@example.com>": "a name before the address is left out",
    "Display Name <me@example.com>": "likewise",
    '"Display Name" <me@example.com>': "likewise",
    '"Display.Name" <me@example.com>': "likewise",
}
"""Addresses that the set calls wrong, as a sender could not use them as they stand, and why we can."""


def test_every_address_of_the_set_is_judged_right_or_explained(test_data: Path) -> None:
    with (test_data / "email-addresses" / "addresses.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    other = {
        row["address"] for row in rows if isinstance(read_email(row["address"]), Email) != (row["valid"] == "1")
    }

    assert len(rows) == 118
    assert other == EXPLAINED_ADDRESSES.keys()


@pytest.fixture
def phone_rows(test_data: Path) -> list[dict[str, str]]:
    """One number of each region and type, and an invalid one of each region."""
    with (test_data / "phone-numbers" / "examples.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_number_of_the_set_is_read_right_in_every_spelling(phone_rows: list[dict[str, str]]) -> None:
    def number(text: str, region: str) -> str:
        read = read_phone(text, region)
        return read.number if isinstance(read, Phone) else ""

    wrong = [
        (row["region"], row["type"], form)
        for row in phone_rows
        for form in ("national", "international", "rfc3966")
        if number(row[form], row["region"]) != (row["e164"] if row["valid"] == "1" else "")
    ]
    assert len(phone_rows) == 1329
    assert not wrong


def test_every_number_of_the_set_lies_in_a_zone_that_the_set_names(phone_rows: list[dict[str, str]]) -> None:
    """The set gives a mobile all zones of its country; a prefix that tells one of them is narrower, not wrong."""
    for row in phone_rows:
        zones = zones_of_prefix(row["e164"][:LONGEST_PREFIX]) if row["valid"] == "1" else ()
        assert set(zones) <= set(row["time_zones"].split()), row


def test_a_birthday_of_the_long_dead_is_read() -> None:
    assert understand({"born_on": "1815-12-10"}, {}, "GB")[0].born_on == date(1815, 12, 10)
