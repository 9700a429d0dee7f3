"""Which of our numbers is called, and by whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, example_number, format_number

from offhook.kernel.ids import new_id
from offhook.voice.trunks import Caller, Extension, Ring, RingKind, called_number, caller_of, who_rings
from voice.trunks.lines import a_number

BERLIN, NEW_YORK = a_number("+493012345678"), a_number("+12125550100")
OWNED = [BERLIN, NEW_YORK]


@pytest.mark.parametrize(
    "written",
    [
        "+493012345678",
        "493012345678",
        "00493012345678",
        "03012345678",
        "3012345678",
        "sip:+493012345678@pbx.acme.example",
        "<sip:03012345678@pbx.acme.example;user=phone>;tag=1",
        '"Acme" <sips:+49-30-12345678;npdi@10.0.0.1:5061;transport=tls>',
        "tel:+49-30-12345678;phone-context=x",
        "sip:%2B493012345678:secret@pbx",
    ],
)
def test_a_number_of_ours_is_known_however_the_trunk_writes_it(written: str) -> None:
    assert called_number(written, OWNED, "DE") == BERLIN


def test_a_trunk_of_another_country_finds_it_with_the_country_code() -> None:
    assert called_number("+493012345678", OWNED, "US") == BERLIN
    assert called_number("011493012345678", OWNED, "US") == BERLIN
    assert called_number("2125550100", OWNED, "US") == NEW_YORK
    assert called_number("2125550100", OWNED, "DE") is None


@pytest.mark.parametrize(
    "written", ["", "anonymous", "+493012345679", "12345678", "sip:@", "<>", "+", "sip:ada@acme"]
)
def test_what_is_not_ours_is_none(written: str) -> None:
    assert called_number(written, OWNED, "DE") is None


REGIONS = ["US", "DE", "GB", "FR", "ES", "IT", "BR", "IN", "JP", "AU", "CH", "NL", "SE"]


@given(st.sampled_from(REGIONS), st.sampled_from(REGIONS))
def test_every_way_to_write_a_number_finds_it_and_no_other(region: str, other: str) -> None:
    number, stranger = example_number(region), example_number(other)
    assert number is not None
    assert stranger is not None
    e164 = format_number(number, PhoneNumberFormat.E164)
    one = a_number(e164)
    owned = [one] if region == other else [one, a_number(format_number(stranger, PhoneNumberFormat.E164))]
    national = format_number(number, PhoneNumberFormat.NATIONAL)
    for written in (e164, e164[1:], f"sip:{e164}@x", f"00{e164[1:]}", national):
        assert called_number(written, owned, region) == one, written


@given(st.text(max_size=80))
def test_no_address_makes_it_fail_and_only_ours_are_found(written: str) -> None:
    assert called_number(written, OWNED, "DE") in {BERLIN, NEW_YORK, None}
    assert isinstance(caller_of(written, written, "US"), Caller)


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("+442071234567", "DE", "+442071234567"),
        ("020 7123 4567", "GB", "+442071234567"),
        ("02071234567", "GB", "+442071234567"),
        ("442071234567", "GB", "+442071234567"),
        ("sip:2125550100@10.0.0.1", "US", "+12125550100"),
        ("00442071234567", "DE", "+442071234567"),
        ("204", "DE", None),
        ("sip:ada@acme.example", "DE", None),
    ],
)
def test_the_callers_number_is_read_as_the_trunks_country_writes_it(
    written: str, region: str, number: str | None
) -> None:
    caller = caller_of(written, " Ada\x00  Lovelace ", region)
    assert (caller.number, caller.is_anonymous, caller.name) == (number, False, "Ada Lovelace")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "anonymous",
        "sip:anonymous@anonymous.invalid",
        "<sip:c8oqz84zk7z@anonymous.invalid>",
        "Restricted",
        "unknown",
    ],
)
def test_who_withholds_their_number_is_anonymous(written: str) -> None:
    caller = caller_of(written, "Anonymous", "US")
    assert (caller.number, caller.is_anonymous, caller.name) == (None, True, "")


def test_who_asks_for_privacy_is_anonymous_even_if_the_trunk_tells_the_number() -> None:
    assert caller_of("+442071234567", "Ada", "GB", is_private=True).number is None


def test_a_number_rings_its_user_whoever_has_its_extension_or_all_of_its_team() -> None:
    ada, bob, team = new_id(), new_id(), new_id()
    extension = Extension(new_id(), "204", ada, 1)

    def rings(ring: Ring) -> list[object]:
        return [*who_rings(a_number("+12125550100", rings=ring), [extension], {team: [ada, bob]})]

    assert rings(Ring()) == []
    assert rings(Ring(RingKind.USER, bob)) == [bob]
    assert rings(Ring(RingKind.EXTENSION, extension.id)) == [ada]
    assert rings(Ring(RingKind.TEAM, team)) == [ada, bob]
    assert rings(Ring(RingKind.TEAM, new_id())) == []
