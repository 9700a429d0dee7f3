"""From a row to a person and a response: what cannot be used is named, what can be is used, all is kept."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.intake.mapping import TARGETS
from offhook.intake.model import ImportOptions, ReadRow, Row
from offhook.intake.understanding import LONGEST_TOLD_VALUE, Manner, manner_of, read_row

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COLUMNS = {
    "Name": "full_name",
    "Mail": "email",
    "Phone": "phone",
    "Company": "company",
    "Born": "born_on",
    "When": "responded_at",
    "MQL on": "mql_at",
    "MQL": "is_mql",
    "Channel": "source",
    "Rep": "owner",
    "Number": "external_id",
    "Plan": "attribute",
    "Junk": "ignore",
}


def understood(cells: dict[str, str], *, day_first: bool | None = None, zone: str = "America/Denver") -> ReadRow:
    """A row of the columns above, read as in Denver."""
    return read_row(Row(7, cells), Manner(COLUMNS, "US", zone, day_first), NOW)


def errors(row: ReadRow) -> list[tuple[str, str, str]]:
    """Column, value and reason of what could not be used; the row number must be right."""
    assert {one.row for one in row.errors} <= {7}
    return [(one.column, one.value, one.reason) for one in row.errors]


def test_a_good_row_is_understood_whole() -> None:
    row = understood(
        {
            "Name": " Ada Byron ",
            "Mail": "ADA@Engines.example",
            "Phone": "(303) 555-0143",
            "Company": "Engines Ltd",
            "When": "2026-03-01 10:00",
            "MQL": "yes",
            "MQL on": "2026-03-01",
            "Channel": "fair",
            "Rep": "Ann@acme.example",
            "Plan": "gold",
            "Junk": "x",
            "Unheard": "y",
        }
    )
    assert errors(row) == []
    assert row.person
    assert (row.person.emails, row.person.phones) == (("ada@engines.example",), ("+13035550143",))
    assert row.person.attributes == {"Plan": "gold", "Unheard": "y"}
    told = row.told
    assert told.responded_at == datetime(2026, 3, 1, 17, tzinfo=UTC)
    assert told.mql_at == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert (told.is_mql, told.source, told.owner, told.owner_column) == (True, "fair", "Ann@acme.example", "Rep")
    assert json.loads(row.received)["Name"] == " Ada Byron "


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Mail", "peter@", "after the @-sign"),
        ("Mail", "@engines.example", "before the @-sign"),
        ("Mail", "a@b@engines.example", ""),
        ("Phone", "12", "too short"),
        ("Phone", "+999 555 0143", ""),
        ("Phone", "+1 303 555 0143 0143 0143", "too long"),
        ("Phone", "call me", ""),
        ("Born", "1990-02-30", "no such day"),
        ("Born", "31.02.1990", "no such day"),
        ("When", "2026-02-30 09:00", "no such day"),
        ("When", "2026-13-01", ""),
        ("When", "03/04/2025", "either way"),
        ("When", "2026-03-01 25:00", "no such time"),
        ("When", "yesterday", "not a date"),
        ("When", "2026-03-03", "lies in the future"),
        ("When", "9999-12-31", "impossible"),
        ("When", "0001-01-01", "impossible"),
        ("When", "1" * 4_000, ""),
        ("MQL on", "2027-01-01", "lies in the future"),
        ("MQL", "perhaps", "neither yes nor no"),
        ("Channel", "x" * 2_001, "longer than 2,000"),
        ("Plan", "x" * 10_001, "10,001 characters"),
        ("Company", "x" * 5_000, "5,000 characters"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_the_rest_goes_in(column: str, value: str, reason: str) -> None:
    row = understood({"Number": "42", column: value})
    assert row.person
    assert row.person.external_ids == ("number:42",)
    assert [(where, what.rstrip("…")) for where, what, _ in errors(row)] == [(column, value[:LONGEST_TOLD_VALUE])]
    assert reason in errors(row)[0][2]
    assert json.loads(row.received)[column] == value


def test_dates_are_read_as_their_column_writes_them() -> None:
    sample = [Row(n, {"When": when}) for n, when in enumerate(["03/04/2025", "25/04/2025"], start=2)]
    manner = manner_of({"When": "responded_at"}, "US", "UTC", sample, ImportOptions())
    assert manner.day_first is True
    assert read_row(sample[0], manner, NOW).told.responded_at == datetime(2025, 4, 3, tzinfo=UTC)
    told = manner_of({"When": "responded_at"}, "US", "UTC", sample[:1], ImportOptions(day_first=False))
    assert read_row(sample[0], told, NOW).told.responded_at == datetime(2025, 3, 4, tzinfo=UTC)


def test_an_international_address_is_one() -> None:
    row = understood({"Mail": "zoë@bücher.example"})
    assert errors(row) == []
    assert row.person
    assert row.person.emails == ("zoë@bücher.example",)
    assert row.person.domain == "xn--bcher-kva.example"


def test_null_bytes_are_left_out_and_told() -> None:
    row = understood({"Name": "Ada\0 Byron", "Mail": "ada@engines.example", "Plan": "go\0ld", "Channel": "fa\0ir"})
    assert row.person
    assert (row.person.full_name, row.person.attributes) == ("Ada Byron", {"Plan": "gold"})
    assert [column for column, _, _ in errors(row)] == ["Name", "Plan", "Channel"]
    assert all("\0" not in value for _, value, _ in errors(row))
    assert "\0" not in row.received
    assert json.loads(row.received)["Plan"] == "go\0ld"


@pytest.mark.parametrize(
    ("cells", "is_somebody"),
    [
        ({"Mail": "a@engines.example"}, True),
        ({"Phone": "3035550143"}, True),
        ({"Number": "7"}, True),
        ({"Name": "Ada Byron", "Company": "Engines"}, True),
        ({"Name": "Ada Byron"}, False),
        ({"Company": "Engines"}, False),
        ({"Mail": "peter@"}, False),
        ({"Plan": "gold"}, False),
        ({}, False),
        ({"Name": "N/A", "Company": "-", "Mail": "none", "Phone": "unknown"}, False),
    ],
)
def test_a_row_that_tells_of_nobody_is_rejected(cells: dict[str, str], is_somebody: bool) -> None:
    row = understood(cells)
    assert (row.person is not None) == is_somebody
    if not is_somebody:
        assert errors(row)[-1][0] == ""
        assert errors(row)[-1][2].startswith("tells of nobody")


def test_ids_of_different_systems_never_meet() -> None:
    for value, kept in (("42", "number:42"), ("crm:42", "crm:42"), ("A:42", "number:A:42")):
        person = understood({"Number": value}).person
        assert person
        assert person.external_ids == (kept,)


def test_a_broken_row_is_rejected_with_its_fault_and_kept() -> None:
    row = read_row(Row(7, {"Name": "Ada"}, "has 4 cells"), Manner(COLUMNS, "US", "UTC"), NOW)
    assert row.person is None
    assert errors(row) == [("", "", "has 4 cells")]
    assert json.loads(row.received) == {"Name": "Ada"}


@given(
    st.dictionaries(st.sampled_from([*TARGETS, "Unheard"]), st.text(max_size=30), max_size=10),
    st.booleans(),
)
def test_no_row_whatever_it_holds_is_too_much(cells: dict[str, str], day_first: bool) -> None:
    mapping = {target: target for target in TARGETS}
    row = read_row(Row(7, cells), Manner(mapping, "DE", "Europe/Berlin", day_first), NOW)
    assert json.loads(row.received) == cells
    assert "\0" not in row.received
    assert all(one.reason and "\0" not in one.value for one in row.errors)
    for moment in (row.told.responded_at, row.told.mql_at):
        assert moment is None or moment <= NOW
