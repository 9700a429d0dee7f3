"""The made-up world: the same for the same seed, fictional throughout, and as messy as promised."""

from collections import Counter
from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from offhook.people.normalise import KNOWN_FIELDS, understand
from offhook.simulator.world import World, make_world
from offhook.simulator.world.companies import plain
from offhook.simulator.world.mess import spoil
from offhook.simulator.world.places import PLACES, PhoneBook, fictional_numbers

FIRST_DAY = date(2026, 7, 1)
END = datetime(2026, 11, 23, 15, tzinfo=UTC)


def a_world(seed: int, prospects: int = 400) -> World:
    """A world of this seed."""
    return make_world(Random(seed), prospects=prospects, starts_on=FIRST_DAY, ends_at=END)


@pytest.fixture(scope="module")
def world() -> World:
    """One world for all tests that only look."""
    return a_world(7, 1200)


def test_one_seed_makes_one_world_and_another_seed_another() -> None:
    assert a_world(3) == a_world(3)
    assert a_world(3) != a_world(4)


@pytest.mark.parametrize("place", [place for place, _ in PLACES], ids=lambda place: place.city)
def test_every_phone_number_is_fictional_and_valid_where_it_is_said_to_be(place) -> None:
    numbers = [number for dial in place.dial for number in fictional_numbers(dial)]
    assert len(set(numbers)) == len(numbers) >= 100
    for number in numbers[:: max(1, len(numbers) // 50)]:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed), number
        assert phonenumbers.region_code_for_number(parsed) == place.country


def test_north_american_numbers_stay_within_the_hundred_that_are_kept_for_fiction(world: World) -> None:
    american = [one.phone for one in world.prospects if one.phone.startswith("+1")]
    assert american
    assert all(number[5:10] == "55501" for number in american)


def test_the_phone_book_gives_no_number_twice_while_it_lasts() -> None:
    book = PhoneBook(Random(1))
    boston = next(place for place, _ in PLACES if place.city == "Boston")
    given_out = [book.number(boston) for _ in range(200)]
    assert len(set(given_out)) == 200
    assert book.number(boston) in given_out


def test_every_address_is_under_the_reserved_domain_and_nobody_elses(world: World) -> None:
    emails = [one.email for one in world.prospects]
    assert len(set(emails)) == len(emails)
    assert all(email.endswith(".example") and email.isascii() for email in emails)
    domains = [company.domain for company in world.companies]
    assert len(set(domains)) == len(domains)


def test_responses_come_in_the_order_of_time_within_their_campaign(world: World) -> None:
    moments = [one.at for one in world.sent]
    assert moments == sorted(moments)
    assert all(one.at < END for one in world.sent)
    for one in world.sent:
        zone = ZoneInfo(one.prospect.company.place.time_zone if one.prospect else "UTC")
        assert one.campaign.starts_on <= one.at.astimezone(zone).date() <= one.campaign.ends_on


def test_people_answer_again_and_the_interested_more_often(world: World) -> None:
    times = Counter(one.prospect.number for one in world.sent if one.prospect)
    again = [one.interest for one in world.prospects if times[one.number] > 1]
    once = [one.interest for one in world.prospects if times[one.number] == 1]
    assert len(again) > 100
    assert sum(again) / len(again) > sum(once) / len(once)


def test_the_mess_is_there_and_most_of_it_is_understood(world: World) -> None:
    errors: Counter[str] = Counter()
    known = 0
    for one in world.sent:
        assert set(one.fields) <= set(KNOWN_FIELDS)
        understood, wrong = understand(one.fields, one.attributes, "US")
        errors.update(error.field for error in wrong)
        if one.prospect is not None and one.prospect.email in understood.emails:
            known += 1
    assert errors["email"]
    assert errors["phone"]
    assert known > 0.9 * len(world.sent)
    assert any(one.fields.get("first_name", "a").isupper() for one in world.sent)
    assert any("Ã" in text for one in world.sent for text in one.fields.values())
    assert any(one.prospect is None for one in world.sent)


def test_written_numbers_are_read_back_as_what_was_meant(world: World) -> None:
    read = meant = 0
    for one in world.sent:
        if one.prospect and "phone" in one.fields and "country" in one.fields:
            understood, _ = understand(one.fields, {}, "US")
            meant += 1
            read += one.prospect.phone in understood.phones
    assert read > 0.9 * meant


@settings(max_examples=60, deadline=None)
@given(some.integers(0, 2**32), some.floats(0, 1))
def test_spoiling_leaves_what_was_meant_alone(seed: int, mess: float) -> None:
    meant = {"first_name": "José", "last_name": "Muñoz", "email": "j@a.example", "company": "Böhm & Söhne GmbH"}
    before = dict(meant)
    spoilt = spoil(Random(seed), meant, mess)
    assert meant == before
    assert all(spoilt.values())


@given(some.text(max_size=40))
def test_plain_text_is_fit_for_a_domain(text: str) -> None:
    label = plain(text)
    assert label == label.strip("-")
    assert all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in label)
