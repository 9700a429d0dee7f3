"""Comparing two persons: names, e-mail, phone, ids, birth date, address, company. Symmetric."""

from datetime import date

from offhook.people.matching.companies import company_likeness
from offhook.people.matching.model import Comparison, Reason, Record
from offhook.people.matching.places import PlaceWeights, compare_places
from offhook.people.matching.similarity import are_nicknames, likeness, slips, sound
from offhook.people.matching.weights import PERSON as W
from offhook.people.matching.weights import weighed

ROLES = frozenset(
    "info contact sales office admin support hello mail marketing service help team enquiries inquiries billing "
    "accounts accounting hr jobs careers press kontakt contacto contato webmaster postmaster noreply no-reply "
    "reception general bestellung order orders customerservice feedback".split()
)
"""Mailboxes that belong to a role, so that several people write from them."""

_PLACES = PlaceWeights(
    W.STREET_SAME,
    W.STREET_CLOSE,
    W.STREET_DIFFERENT,
    W.POSTCODE_SAME,
    W.POSTCODE_CLOSE,
    W.POSTCODE_DIFFERENT,
    W.CITY_SAME,
    W.CITY_SAME_AGAIN,
    W.CITY_DIFFERENT,
    W.REGION_DIFFERENT,
    W.COUNTRY_DIFFERENT,
)


def compare_persons(left: Record, right: Record) -> Comparison:
    """How likely two records are about one person; the same either way round. Takes about 20 µs."""
    reasons: list[Reason] = []
    _compare_names(left, right, reasons)
    if left.emails and right.emails:
        reasons.append(_emails(left.emails, right.emails))
    if left.phones and right.phones:
        reasons.append(_phones(left.phones, right.phones))
    if left.external_ids and right.external_ids:
        _compare_ids(left.external_ids, right.external_ids, reasons)
    if left.born_on and right.born_on:
        reasons.append(_born(left.born_on, right.born_on))
    compare_places(left, right, _PLACES, reasons)
    _compare_companies(left, right, reasons)
    return weighed(W.PRIOR, reasons)


def _compare_names(a: Record, b: Record, reasons: list[Reason]) -> None:
    first = _first(a.first, b.first) if a.first and b.first else None
    last = _last(a.last, b.last) if a.last and b.last else None
    straight = [reason for reason in (first, last) if reason is not None]
    if a.first == b.first and a.last == b.last:
        reasons.extend(straight)
        return
    swapped = _swapped(a, b)
    if swapped and sum(r.weight_bits for r in swapped) > sum(r.weight_bits for r in straight):
        reasons.extend(swapped)
    else:
        reasons.extend(straight)


def _first(one: str, other: str) -> Reason:
    if one == other:
        return Reason("first_name", W.FIRST_SAME, "same first name")
    mine, theirs = one.split()[0], other.split()[0]
    if mine == theirs and len(mine) > 1:
        return Reason("first_name", W.FIRST_SAME - 0.5, "same first name, another middle name")
    if len(mine) == 1 or len(theirs) == 1:
        if mine[0] == theirs[0]:
            return Reason("first_name", W.FIRST_INITIAL, "same initial")
        return Reason("first_name", W.FIRST_DIFFERENT, "different initials")
    if are_nicknames(mine, theirs):
        return Reason("first_name", W.FIRST_NICKNAME, "short forms of one name")
    return _alike(mine, theirs, "first_name", (W.FIRST_CLOSE, W.FIRST_LIKE, W.FIRST_DIFFERENT), "first names")


def _last(one: str, other: str) -> Reason:
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return Reason("last_name", W.LAST_SAME, "same last name")
    if len(one) == 1 or len(other) == 1:
        if one[0] == other[0]:
            return Reason("last_name", 2.0, "same initial")
        return Reason("last_name", W.LAST_DIFFERENT, "different initials")
    if " " in one or " " in other:
        shared = set(one.split()) & set(other.split())
        if any(len(word) > 3 for word in shared):
            return Reason("last_name", W.LAST_PART, "a part of the last name is the same")
    return _alike(one, other, "last_name", (W.LAST_CLOSE, W.LAST_LIKE, W.LAST_DIFFERENT), "last names")


def _alike(one: str, other: str, field: str, bits: tuple[float, float, float], what: str) -> Reason:
    close, like, different = bits
    alike = likeness(one, other)
    longer = max(len(one), len(other))
    if alike >= 0.92 or (longer >= 4 and slips(one, other, 1) <= 1):
        return Reason(field, close, f"{what} nearly the same")
    if alike >= 0.85 or (longer >= 7 and slips(one, other, 2) <= 2) or sound(one) == sound(other):
        return Reason(field, like, f"{what} alike")
    return Reason(field, different, f"different {what}")


def _swapped(a: Record, b: Record) -> list[Reason]:
    """What the names say when first and last name of one are read the other way round."""
    crossed: list[Reason] = []
    if a.first and b.last:
        crossed.append(_last(a.first, b.last))
    if a.last and b.first:
        crossed.append(_first(b.first, a.last))
    if a.first and a.last and b.first and b.last:
        total = sum(reason.weight_bits for reason in crossed) + W.SWAPPED
        return [Reason("name", total, "first and last name swapped")]
    if len(crossed) == 1 and crossed[0].weight_bits > 0:
        return [Reason("name", W.ONE_WORD, "a first name there is the last name here")]
    return []


def _emails(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Reason:
    shared = [address for address in ours if address in theirs]
    if shared:
        if all(address.partition("@")[0] in ROLES for address in shared):
            return Reason("email", W.EMAIL_ROLE, "same e-mail, of a role")
        return Reason("email", W.EMAIL_SAME, "same e-mail")
    return max((_email(one, other) for one in ours for other in theirs), key=_bits)


def _email(one: str, other: str) -> Reason:
    local, _, domain = one.rpartition("@")
    other_local, _, other_domain = other.rpartition("@")
    if local in ROLES or other_local in ROLES:
        return Reason("email", 0.0, "different e-mail, of a role")
    if local == other_local and len(local) >= 4:
        return Reason("email", W.EMAIL_LOCAL, "same name before the @")
    if domain == other_domain:
        if len(local) >= 5 and len(other_local) >= 5 and slips(local, other_local, 1) <= 1:
            return Reason("email", W.EMAIL_CLOSE, "e-mail one slip apart")
        return Reason("email", W.EMAIL_COLLEAGUES, "different e-mails at one domain")
    return Reason("email", W.EMAIL_DIFFERENT, "different e-mails")


def _phones(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Reason:
    if any(number in theirs for number in ours):
        return Reason("phone", W.PHONE_SAME, "same phone")
    if any(slips(one, other, 1) <= 1 for one in ours for other in theirs):
        return Reason("phone", W.PHONE_CLOSE, "phone one digit apart")
    return Reason("phone", W.PHONE_DIFFERENT, "different phones")


def _compare_ids(ours: tuple[str, ...], theirs: tuple[str, ...], reasons: list[Reason]) -> None:
    """Ids of one source say something; ids of different sources nothing."""
    if any(one in theirs for one in ours):
        reasons.append(Reason("external_id", W.ID_SAME, "same id"))
        return
    pairs = [(one, other) for one in ours for other in theirs if one.partition(":")[0] == other.partition(":")[0]]
    if any(slips(one, other, 1) <= 1 and len(one.partition(":")[2]) >= 6 for one, other in pairs):
        reasons.append(Reason("external_id", W.ID_CLOSE, "id one slip apart"))
    elif pairs:
        reasons.append(Reason("external_id", W.ID_DIFFERENT, "different ids of one source"))


def _born(one: date, other: date) -> Reason:
    if one == other:
        return Reason("born_on", W.BORN_SAME, "same birth date")
    mine, theirs = f"{one:%Y%m%d}", f"{other:%Y%m%d}"
    if slips(mine, theirs, 1) <= 1:
        return Reason("born_on", W.BORN_CLOSE, "birth date one slip apart")
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return Reason("born_on", W.BORN_CLOSE, "day and month of birth swapped")
    if one.year == other.year:
        return Reason("born_on", W.BORN_YEAR, "same year of birth")
    return Reason("born_on", W.BORN_DIFFERENT, "different birth dates")


def _compare_companies(a: Record, b: Record, reasons: list[Reason]) -> None:
    if a.domain and a.domain == b.domain:
        reasons.append(Reason("company", W.DOMAIN_SAME, "same company by its domain"))
    elif a.company and b.company:
        alike = company_likeness(a.company, b.company)
        if alike >= 0.95:
            reasons.append(Reason("company", W.COMPANY_SAME, "same company"))
        elif alike >= 0.6:
            reasons.append(Reason("company", W.COMPANY_LIKE, "company alike"))
        else:
            reasons.append(Reason("company", W.COMPANY_DIFFERENT, "different companies"))
    if a.title and a.title == b.title:
        reasons.append(Reason("title", W.TITLE_SAME, "same title"))


def _bits(reason: Reason) -> float:
    return reason.weight_bits
