"""Who was once written another way is found by that way later, in the same batch or in one of another day."""

from datetime import date

from conftest import Begin
from offhook.people import Understood
from offhook.people.resolve import resolve
from offhook.people.variants import read_variant, stored, variant_of

LOUISA = Understood(
    "Louisa", "Acheson", "Louisa Acheson", born_on=date(1856, 1, 17), city="Selby", postal_code="LS24 9QZ"
)
MARRIED = Understood(
    "Louisa", "Gosford", "Louisa Gosford", born_on=date(1856, 1, 17), city="Selby", postal_code="LS24 9QZ"
)
LATER = Understood("Louisa", "Gosford", "Louisa Gosford", city="York")


def test_a_variant_survives_its_way_to_json_and_back() -> None:
    variant = variant_of(LOUISA, MARRIED)

    assert variant is not None
    assert [read_variant(json) for json in stored([variant])] == [variant]


def test_what_differs_only_in_case_and_accents_is_no_variant() -> None:
    assert variant_of(LOUISA, Understood(last_name="ACHESON", city="Sélby")) is None


def test_a_person_is_found_by_another_way_they_were_written_in_an_earlier_batch(begin: Begin) -> None:
    with begin() as tx:
        first = resolve(tx, [LOUISA])[0]
        married = resolve(tx, [MARRIED])[0]
    with begin() as tx:
        later = resolve(tx, [LATER])[0]

    assert married.person_id == first.person_id
    assert later.person_id == first.person_id


def test_batches_or_one_batch_make_no_difference(begin: Begin) -> None:
    with begin() as tx:
        found = resolve(tx, [LOUISA, MARRIED, LATER])

    assert len({resolution.person_id for resolution in found}) == 1


def test_a_company_is_found_by_another_way_it_was_written(begin: Begin) -> None:
    def at(company: str) -> Understood:
        return Understood(company_name=company, country="NL")

    with begin() as tx:
        first = resolve(tx, [at("Whirlpool B.V.")])[0]
    with begin() as tx:
        shorter = resolve(tx, [at("Whirlpool Europe B.V.")])[0]
    with begin() as tx:
        same = resolve(tx, [at("WHIRLPOOL EUROPE, N.V.")])[0]

    assert shorter.account_id == first.account_id
    assert same.account_id == first.account_id
