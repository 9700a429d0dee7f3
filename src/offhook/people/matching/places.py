"""What addresses say: street, postal code, city, region, country. Shared by persons and accounts."""

from dataclasses import dataclass

from offhook.people.matching.model import Reason, Record
from offhook.people.matching.similarity import likeness, slips, street_parts

_CLOSE = 0.9


@dataclass(frozen=True, slots=True)
class PlaceWeights:
    """Bits for each outcome of comparing two addresses."""

    street_same: float
    street_close: float
    street_different: float
    postcode_same: float
    postcode_fine: float
    postcode_close: float
    postcode_fine_close: float
    postcode_near: float
    postcode_different: float
    city_same: float
    city_same_again: float
    city_different: float
    region_different: float
    country_different: float


def compare_places(a: Record, b: Record, w: PlaceWeights, reasons: list[Reason]) -> None:
    """Add what the addresses say; a city that the postal code or street already told adds little."""
    told = 0.0
    if a.street and b.street:
        street = _street(a.street, b.street, w)
        told += street.weight_bits
        reasons.append(street)
    if a.postal_code and b.postal_code:
        postcode = _postcode(a.postal_code, b.postal_code, w)
        told += postcode.weight_bits
        reasons.append(postcode)
    if a.city and b.city:
        reasons.append(_city(a.city, b.city, told > 0, w))
    if a.country and b.country and a.country != b.country:
        reasons.append(Reason("country", w.country_different, "different countries"))
    elif a.region and b.region and a.region != b.region:
        reasons.append(Reason("region", w.region_different, "different regions"))


def _street(one: str, other: str, w: PlaceWeights) -> Reason:
    if one == other:
        return Reason("street", w.street_same, "same street")
    number, words = street_parts(one)
    other_number, other_words = street_parts(other)
    has_same_name = _share_name(words, other_words)
    if has_same_name and number and number == other_number:
        return Reason("street", w.street_same, "same street and house number")
    if has_same_name and number and other_number:
        if slips(number, other_number, 1) <= 1 and len(number) > 1 and len(other_number) > 1:
            return Reason("street", w.street_close, "same street, house number nearly the same")
        return Reason("street", w.street_different / 2, "same street, another house number")
    if has_same_name:
        return Reason("street", w.street_close, "same street")
    if number and number == other_number and len(number) > 1:
        return Reason("street", w.street_different / 2, "same house number, another street")
    return Reason("street", w.street_different, "different streets")


def _share_name(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two streets have the same name, give or take a word or a slip."""
    if not words or not others:
        return False
    shared = [word for word in words if word in others]
    if any(len(word) > 1 for word in shared) and 2 * len(shared) >= min(len(words), len(others)):
        return True
    return likeness(" ".join(words), " ".join(others)) >= _CLOSE


def _postcode(one: str, other: str, w: PlaceWeights) -> Reason:
    """Codes with letters (Britain, Canada, the Netherlands) tell a street, those of digits a town."""
    shorter = min(len(one), len(other))
    is_fine = shorter >= 5 and not one.isdigit() and not other.isdigit()
    if one == other or (shorter >= 5 and one[:5] == other[:5] and one[:5].isdigit()):
        return Reason("postal_code", w.postcode_fine if is_fine else w.postcode_same, "same postal code")
    if slips(one, other, 1) <= 1:
        bits = w.postcode_fine_close if is_fine else w.postcode_close
        return Reason("postal_code", bits, "postal code one slip apart")
    if shorter >= 5 and one[:3] == other[:3]:
        return Reason("postal_code", w.postcode_near, "postal codes of one area")
    return Reason("postal_code", w.postcode_different, "different postal codes")


def _city(one: str, other: str, is_told: bool, w: PlaceWeights) -> Reason:
    if one == other or likeness(one, other) >= _CLOSE:
        return Reason("city", w.city_same_again if is_told else w.city_same, "same city")
    return Reason("city", w.city_different, "different cities")
