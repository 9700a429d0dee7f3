"""What columns are: guessed from headings and values, corrected by people, refused where nobody is told of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.intake.mapping import (
    ATTRIBUTE,
    IGNORE,
    SYNONYMS,
    TARGETS,
    amend,
    check_identifies,
    guess,
    plain,
    read_corrections,
)
from offhook.intake.model import Row
from offhook.kernel.errors import Invalid


def guessed(*rows: dict[str, str]) -> dict[str, str]:
    """What the columns of a sample are taken for."""
    return guess(list(rows[0]), [Row(n, row) for n, row in enumerate(rows, start=2)])


def test_headings_of_several_languages_and_manners_are_known() -> None:
    told = {
        "First Name": "Ada",
        "lastName": "Byron",
        "E-Mail-Adresse": "ada@engines.example",
        "TELEFON": "+49 30 23125 014",
        "Société": "Engines",
        "Job_Title": "Countess",
        "PLZ": "10115",
        "Ort": "Berlin",
        "Land": "DE",
        "Lead Source": "fair",
        "Created Date": "2026-01-01",
    }
    assert list(guessed(told).values()) == [
        "first_name", "last_name", "email", "phone", "company", "title", "postal_code", "city", "country",
        "source", "responded_at",
    ]  # fmt: skip


def test_values_tell_where_headings_do_not() -> None:
    rows = [
        {"A": f"p{n}@engines.example", "B": f"+1 303 555 01{n:02}", "C": f"https://e{n}.example", "D": "x"}
        for n in range(5)
    ]
    assert guessed(*rows) == {"A": "email", "B": "phone", "C": "website", "D": ATTRIBUTE}


def test_a_field_is_one_columns_and_the_others_are_kept_as_attributes() -> None:
    told = {"Email": "a@engines.example", "Work Email": "b@engines.example", "E-mail": "c@engines.example"}
    assert list(guessed(told).values()) == ["email", ATTRIBUTE, ATTRIBUTE]


def test_a_heading_is_not_believed_against_its_values() -> None:
    assert guessed({"Email": "yes", "Owner": "Bob", "Name": "Ada"}) == {
        "Email": ATTRIBUTE,
        "Owner": ATTRIBUTE,
        "Name": "full_name",
    }


@given(st.lists(st.text(max_size=12), min_size=1, max_size=12, unique=True), st.data())
def test_every_column_becomes_something_and_no_field_is_taken_twice(
    headings: list[str], data: st.DataObject
) -> None:
    values = st.sampled_from(["", "a@b.example", "+1 303 555 0143", "www.x.example", "yes", "Ada"])
    rows = [{heading: data.draw(values) for heading in headings} for _ in range(3)]
    mapping = guessed(*rows)
    assert list(mapping) == headings
    fields = [field for field in mapping.values() if field != ATTRIBUTE]
    assert len(set(fields)) == len(fields)
    assert set(fields) <= set(TARGETS)


def test_no_synonym_belongs_to_two_fields_and_all_are_written_plainly() -> None:
    synonyms = [synonym for listed in SYNONYMS.values() for synonym in listed.split("|")]
    assert len(set(synonyms)) == len(synonyms)
    assert [synonym for synonym in synonyms if plain(synonym) not in synonyms] == []
    assert set(SYNONYMS) <= set(TARGETS)


def test_a_correction_takes_its_field_from_the_guessed_column() -> None:
    mapping = {"Email": "email", "Private": ATTRIBUTE, "Note": ATTRIBUTE}
    assert amend(mapping, {"private": "email", "Note": IGNORE}) == {
        "Email": ATTRIBUTE,
        "Private": "email",
        "Note": IGNORE,
    }


@pytest.mark.parametrize(
    ("corrections", "told"),
    [
        ({"Mail": "email"}, "'Mail' is no column of this file; those are Email, Note"),
        ({"Email": "adress"}, "'Email' cannot be 'adress'; it can be first_name"),
        ({"Email": "phone", "Note": "phone"}, "'Note' cannot be 'phone' as well"),
    ],
)
def test_a_wrong_correction_is_refused_by_name(corrections: dict[str, str], told: str) -> None:
    with pytest.raises(Invalid, match=told.replace("(", r"\(")):
        amend({"Email": "email", "Note": ATTRIBUTE}, corrections)


def test_corrections_are_read_as_they_are_typed() -> None:
    assert read_corrections(["a=b=email", " Tel = phone "]) == {"a=b": "email", "Tel": "phone"}
    for wrong in ("email", "=email"):
        with pytest.raises(Invalid, match="Column=field"):
            read_corrections([wrong])


@pytest.mark.parametrize(
    ("fields", "identifies"),
    [
        (["email"], True),
        (["mobile"], True),
        (["external_id"], True),
        (["company", "last_name"], True),
        (["company", "full_name"], True),
        (["company", "first_name"], False),
        (["full_name"], False),
        (["company"], False),
        (["title", "city"], False),
    ],
)
def test_a_file_must_say_who_somebody_is(fields: list[str], identifies: bool) -> None:
    mapping = {f"column {n}": field for n, field in enumerate(fields)}
    if identifies:
        check_identifies(mapping)
        return
    with pytest.raises(Invalid, match=r"No column says who somebody is.*--map"):
        check_identifies(mapping)
