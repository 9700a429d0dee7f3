"""Comparing two companies: name, domain, phone, address. Symmetric."""

from offhook.people.matching.companies import acronym, are_spelled_alike, shared_bits
from offhook.people.matching.model import Comparison, Reason, Record
from offhook.people.matching.places import PlaceWeights, compare_places
from offhook.people.matching.weights import ACCOUNT as W
from offhook.people.matching.weights import weighed

_PLACES = PlaceWeights(
    W.STREET_SAME,
    W.STREET_CLOSE,
    W.STREET_DIFFERENT,
    W.POSTCODE_SAME,
    W.POSTCODE_SAME,
    0.0,
    0.0,
    W.POSTCODE_DIFFERENT / 2,
    W.POSTCODE_DIFFERENT,
    W.CITY_SAME,
    W.CITY_SAME / 2,
    W.CITY_DIFFERENT,
    0.0,
    W.COUNTRY_DIFFERENT,
)


def compare_accounts(left: Record, right: Record) -> Comparison:
    """How likely two records are about one company; the same either way round. Takes about 20 µs."""
    reasons: list[Reason] = []
    if left.company and right.company:
        reasons.append(_name(*sorted((left.company, right.company))))
    _compare_domains(left, right, reasons)
    if left.phones and right.phones:
        if any(number in right.phones for number in left.phones):
            reasons.append(Reason("phone", W.PHONE_SAME, "same phone"))
        else:
            reasons.append(Reason("phone", W.PHONE_DIFFERENT, "different phones"))
    if any(address in right.emails for address in left.emails):
        reasons.append(Reason("email", W.EMAIL_SAME, "same e-mail"))
    compare_places(left, right, _PLACES, reasons)
    return weighed(W.PRIOR, reasons)


def _name(one: str, other: str) -> Reason:
    """What the names say, by the rarity of the words they share and of those only one has."""
    together, other_together = one.replace(" ", ""), other.replace(" ", "")
    if together == other_together:
        return Reason("company", W.NAME_SAME, "same name")
    if acronym(one) == other_together or acronym(other) == together:
        return Reason("company", W.NAME_SAME / 2, "one name is the other's initials")
    if are_spelled_alike(together, other_together):
        return Reason("company", W.NAME_CLOSE, "names nearly the same")
    shared, left, right = shared_bits(one, other)
    fewer, more = sorted((left, right))
    if shared <= 2.0:
        return Reason("company", W.NAME_DIFFERENT, "different names")
    score = min(W.SHARED_MOST, W.SHARED * shared) - W.BOTH_MORE * min(fewer, W.MOST_MORE)
    score -= W.ONE_MORE * min(more, W.MOST_MORE)
    bits = max(W.NAME_DIFFERENT, score)
    return Reason("company", bits, "one name within the other" if fewer < 2.5 else "names share words")


def _compare_domains(a: Record, b: Record, reasons: list[Reason]) -> None:
    if a.domain and b.domain:
        if a.domain == b.domain:
            reasons.append(Reason("domain", W.DOMAIN_SAME, "same domain"))
        elif _label(a.domain) == _label(b.domain):
            reasons.append(Reason("domain", W.DOMAIN_SAME / 2, "same domain under another ending"))
        else:
            reasons.append(Reason("domain", W.DOMAIN_DIFFERENT, "different domains"))
    elif (a.domain and _names(a.domain, b)) or (b.domain and _names(b.domain, a)):
        reasons.append(Reason("domain", W.DOMAIN_NAMES_IT, "the domain bears the name"))


def _label(domain: str) -> str:
    return domain.partition(".")[0]


def _names(domain: str, record: Record) -> bool:
    """Whether a domain is the company's name written together."""
    return bool(record.company) and _label(domain).replace("-", "") == record.company.replace(" ", "")
