"""What is dialled for what was typed or clicked."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, example_number, format_number

from offhook.kernel.ids import new_id
from offhook.voice.trunks import Emergency, Internal, Outside, Refusal, Refused, read_dialled

COLLEAGUE = new_id()
EXTENSIONS = {"204": COLLEAGUE, "31": COLLEAGUE}


@pytest.mark.parametrize(
    ("text", "region", "number", "post_dial"),
    [
        ("(212) 555-0101", "US", "+12125550101", ""),
        ("1 212 555 0101", "US", "+12125550101", ""),
        ("+49 (0)30 1234-5678", "US", "+493012345678", ""),
        ("030 12345678", "DE", "+493012345678", ""),
        ("0049 30 12345678", "DE", "+493012345678", ""),
        ("011 49 30 12345678", "US", "+493012345678", ""),
        ("02 1234 5678", "IT", "+390212345678", ""),
        ("1-800-FLOWERS", "US", "+18003569377", ""),
        ("٠٣٠ ١٢٣٤٥٦٧٨", "DE", "+493012345678", ""),
        ("212-555-0101 x23", "US", "+12125550101", ",23"),
        ("212-555-0101 ext. 23", "US", "+12125550101", ",23"),
        ("212 555 0101,,1,2#", "US", "+12125550101", ",,1,2#"),
        ("212 555 0101 x23,1", "US", "+12125550101", ",23,1"),
        ("212 555 0101,", "US", "+12125550101", ""),
        ("tel:+1-212-555-0101", "DE", "+12125550101", ""),
        ("TEL:+1-212-555-0101;ext=23", "DE", "+12125550101", ",23"),
        ("tel:+1-212-555-0101;isub=12;ext=2-3", "DE", "+12125550101", ",23"),
        ("tel:555-0101;phone-context=+1-212", "DE", "+12125550101", ""),
        ("tel:030-12345678;phone-context=acme.example", "DE", "+493012345678", ""),
        ("tel:%2B4930%2012345678", "US", "+493012345678", ""),
        ("tel://+493012345678", "US", "+493012345678", ""),
    ],
)
def test_a_number_is_dialled_in_e164(text: str, region: str, number: str, post_dial: str) -> None:
    assert read_dialled(text, region, EXTENSIONS) == Outside(number, post_dial)


@pytest.mark.parametrize("text", ["204", " 2 04 ", "tel:204", "tel:204;phone-context=acme.example", "31"])
def test_an_extension_rings_a_colleague(text: str) -> None:
    found = read_dialled(text, "US", EXTENSIONS)
    assert isinstance(found, Internal)
    assert found.user_id == COLLEAGUE


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("911", "US"),
        ("9-1-1", "US"),
        ("112", "DE"),
        ("110", "DE"),
        ("999", "GB"),
        ("000", "AU"),
        ("tel:911", "US"),
        ("tel:112;phone-context=+49", "DE"),
        ("911,,1", "US"),
    ],
)
def test_emergency_numbers_are_refused_with_what_to_do_unless_a_trunk_reaches_them(text: str, region: str) -> None:
    refused = read_dialled(text, region, {})
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.EMERGENCY
    assert "use a mobile or fixed phone" in refused.reason
    assert isinstance(read_dialled(text, region, {}, emergency_is_configured=True), Emergency)


def test_no_extension_stands_in_front_of_an_emergency_number() -> None:
    assert read_dialled("112", "DE", {"112": COLLEAGUE}, emergency_is_configured=True) == Emergency("112")


def test_what_begins_as_an_emergency_number_is_not_tried() -> None:
    found = read_dialled("9115", "US", {}, emergency_is_configured=True)
    assert isinstance(found, Refused)
    assert found.why is Refusal.EMERGENCY
    assert read_dialled("9", "US", {}) != found


@pytest.mark.parametrize(
    ("text", "region", "why", "told"),
    [
        ("", "US", Refusal.EMPTY, "empty"),
        (" - ", "US", Refusal.EMPTY, "empty"),
        ("tel:", "US", Refusal.EMPTY, "empty"),
        ("411", "US", Refusal.SHORT_CODE, "short code of US"),
        ("116117", "DE", Refusal.SHORT_CODE, "short code of DE"),
        ("12345", "US", Refusal.INVALID, "too short for a number of US"),
        ("555-0101", "US", Refusal.INVALID, "no area code"),
        ("+1 212 555 01019999", "US", Refusal.INVALID, "too long for a number of US"),
        ("+999 12345678", "US", Refusal.INVALID, "country code"),
        ("+1 000 555 0101", "US", Refusal.INVALID, "no such number"),
        ("hello", "US", Refusal.INVALID, "not a phone number"),
        ("javascript:alert(1)", "US", Refusal.INVALID, ""),
        ("212 555 0101,5w", "US", Refusal.POST_DIAL, "'w' cannot be sent"),
        ("212 555 0101," + "1" * 80, "US", Refusal.POST_DIAL, "more than 60 keys"),
        ("1" * 300, "US", Refusal.TOO_LONG, "300 characters"),
    ],
)
def test_what_cannot_be_dialled_is_refused_and_says_why(text: str, region: str, why: Refusal, told: str) -> None:
    found = read_dialled(text, region, EXTENSIONS)
    assert isinstance(found, Refused), found
    assert (found.why, told in found.reason) == (why, True), found.reason


@given(st.text(max_size=60), st.sampled_from(["US", "DE", "GB", "AU", "BR", "JP", "IT"]), st.booleans())
def test_anything_typed_is_understood_or_refused_and_what_is_dialled_is_well_formed(
    text: str, region: str, configured: bool
) -> None:
    found = read_dialled(text, region, EXTENSIONS, emergency_is_configured=configured)
    match found:
        case Outside(number, post_dial):
            assert number.startswith("+")
            assert number[1:].isascii()
            assert number[1:].isdecimal()
            assert set(post_dial) <= set("0123456789*#,")
            assert read_dialled(number, region, EXTENSIONS) == Outside(number)
        case Internal(extension, _):
            assert extension in EXTENSIONS
        case Emergency():
            assert configured
        case Refused(_, reason):
            assert reason


keyed = st.text("0123456789+-() .x,;=#*", max_size=24)


@given(keyed, st.sampled_from(["US", "DE", "GB", "BR"]))
def test_an_emergency_call_is_never_placed_where_it_is_not_configured(text: str, region: str) -> None:
    assert not isinstance(read_dialled(text, region, {}), Emergency)
    assert not isinstance(read_dialled(f"tel:{text}", region, {}), Emergency)


@pytest.mark.parametrize(
    "region", ["US", "DE", "GB", "FR", "ES", "IT", "BR", "IN", "JP", "AU", "AR", "MX", "CH", "NL"]
)
def test_a_number_is_the_same_however_it_is_written(region: str) -> None:
    number = example_number(region)
    assert number is not None
    expected = Outside(format_number(number, PhoneNumberFormat.E164))
    for written in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966):
        assert read_dialled(format_number(number, written), region, {}) == expected


def test_real_numbers_of_every_region_are_dialled_and_wrong_ones_refused(test_data: Path) -> None:
    wrong: list[str] = []
    with (test_data / "phone-numbers" / "examples.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            for column in ("national", "international", "rfc3966", "e164"):
                found = read_dialled(row[column], row["region"], {}) if row[column] else None
                expected = found is None or (isinstance(found, Outside) == (row["valid"] == "1"))
                if not expected:
                    wrong.append(f"{row['region']} {row['type']} {column} {row[column]}: {found}")
    assert not wrong, "\n".join(wrong[:40]) + f"\n{len(wrong)} in all"
