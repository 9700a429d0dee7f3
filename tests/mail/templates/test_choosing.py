"""Which variant somebody gets: as often as its weight says, and always the same."""

from dataclasses import replace

from offhook.kernel.ids import new_id
from offhook.mail.templates.choosing import variant_for
from offhook.mail.templates.model import Variant

PERSONS = [new_id() for _ in range(4_000)]


def a_variant(weight: int) -> Variant:
    return Variant(new_id(), "A", weight, "x", "x")


def test_each_variant_comes_up_as_often_as_its_weight_says() -> None:
    one, three, never = a_variant(1), a_variant(3), a_variant(0)

    got = [variant_for([one, three, never], person) for person in PERSONS]

    assert 900 < got.count(one) < 1_100  # 1,000 expected; ± 3.6 standard deviations
    assert never not in got


def test_a_person_gets_the_same_variant_in_whatever_order_they_stand() -> None:
    variants = [a_variant(2), a_variant(1), a_variant(1)]

    for person in PERSONS[:100]:
        assert variant_for(variants, person) == variant_for(variants[::-1], person)


def test_a_variant_that_is_taken_out_moves_nobody_else() -> None:
    kept, also, gone = a_variant(1), a_variant(1), a_variant(2)

    for person in PERSONS[:500]:
        before = variant_for([kept, also, gone], person)
        after = variant_for([kept, also], person)
        assert before in (after, gone)


def test_a_heavier_weight_only_draws_persons_to_its_variant() -> None:
    one, two = a_variant(1), a_variant(1)
    heavier = replace(two, weight=5)

    assert all(
        variant_for([one, heavier], person) is heavier
        for person in PERSONS[:500]
        if variant_for([one, two], person) is two
    )
