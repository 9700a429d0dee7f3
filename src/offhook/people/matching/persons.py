"""Comparing two persons: names, e-mail, phone, ids, birth date, address, company. Symmetric."""

from datetime import date

from offhook.people.matching.companies import company_likeness
from offhook.people.matching.model import Comparison, Reason, Record
from offhook.people.matching.places import PlaceWeights, compare_places
from offhook.people.matching.similarity import (
    are_nicknames,
    are_two_first_names,
    first_name_bits,
    last_name_bits,
    likeness,
    slips,
    sound,
)
from offhook.people.matching.weights import PERSON as W
from offhook.people.matching.weights import contradicted, weighed

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
    W.POSTCODE_FINE,
    W.POSTCODE_CLOSE,
    W.POSTCODE_FINE_CLOSE,
    W.POSTCODE_NEAR,
    W.POSTCODE_DIFFERENT,
    W.CITY_SAME,
    W.CITY_SAME_AGAIN,
    W.CITY_DIFFERENT,
    W.REGION_DIFFERENT,
    W.COUNTRY_DIFFERENT,
)


SHORTEST_NAME = 3
"""Shorter last names stand in many addresses by chance."""


def compare_persons(left: Record, right: Record) -> Comparison:
    """How likely two records are about one person; the same either way round. Takes about 20 µs."""
    names = _compare_names(left, right)
    own: list[Reason] = []
    are_in_own_names = _are_in_own_names(left, right)
    if left.emails and right.emails:
        own.append(_emails(left, right, names, are_in_own_names=are_in_own_names))
    if left.external_ids and right.external_ids:
        _compare_ids(left.external_ids, right.external_ids, own)
    if left.born_on and right.born_on:
        own.append(_born(left.born_on, right.born_on))
    if len(names) == 2 and names[0].weight_bits < 0 > names[1].weight_bits and _total(own) < W.OWN_ENOUGH:
        return weighed(W.PRIOR, [*names, *own])  # nothing that others share could make up for it
    shared: list[Reason] = []
    if left.phones and right.phones:
        shared.append(_phones(left.phones, right.phones))
    compare_places(left, right, _PLACES, shared)
    _compare_companies(left, right, shared)
    if _is_told_apart(own, shared):
        own.append(Reason("contact", W.NOTHING_SHARED, "neither e-mail nor phone nor company in common"))
    if any(reason.weight_bits < 0 for reason in names) and _total(own) < W.OWN_ENOUGH:
        shared = [_of_others(reason) for reason in shared]
    elif names and not _are_whole(left, right):
        shared = [_of_half_a_name(reason) for reason in shared]
    found = weighed(W.PRIOR, [*names, *own, *shared])
    if are_in_own_names:
        return contradicted(found, "email", "each has an e-mail in their own name")
    return found


def _of_others(reason: Reason) -> Reason:
    """The same phone, address or company says little where a name differs: relatives and colleagues share them."""
    if reason.weight_bits <= 0:
        return reason
    note = f"{reason.note}, as relatives and colleagues have"
    return Reason(reason.field, reason.weight_bits * W.SHARED_BY_OTHERS, note)


def _is_told_apart(own: list[Reason], shared: list[Reason]) -> bool:
    """Whether e-mails differ and so does what else could tell: somebody of that name elsewhere, or a new job."""
    told = {reason.field: reason.weight_bits for reason in (*own, *shared)}
    if told.get("email", 0.0) >= 0 or max(told.get("phone", 0.0), told.get("company", 0.0)) > 0:
        return False
    return "phone" in told or "company" in told


def _are_whole(left: Record, right: Record) -> bool:
    return bool(left.first and left.last and right.first and right.last)


def _of_half_a_name(reason: Reason) -> Reason:
    """A company's phone and the company tell the same thing twice of a John, who may be another John there."""
    if reason.field not in {"phone", "company"} or reason.weight_bits <= 0:
        return reason
    return Reason(reason.field, reason.weight_bits * W.HALF_A_NAME, f"{reason.note}, with half a name")


def _compare_names(a: Record, b: Record) -> list[Reason]:
    straight: list[Reason] = []
    if a.first and b.first:
        straight.append(_first_or_other(a, b))
    if a.last and b.last:
        straight.append(_last_or_other(a, b))
    if a.first == b.first and a.last == b.last:
        return straight
    swapped = _swapped(a, b) if _may_be_swapped(a, b) else []
    if swapped and _total(swapped) > _total(straight):
        return swapped
    return straight


def _may_be_swapped(a: Record, b: Record) -> bool:
    """Whether a name of one begins as the other name of the other does; cheap."""
    return a.first[:1] == b.last[:1] != "" or a.last[:1] == b.first[:1] != ""


def _total(reasons: list[Reason]) -> float:
    return sum(reason.weight_bits for reason in reasons)


def _first_or_other(a: Record, b: Record) -> Reason:
    """What the first names say; where they differ, one may be another given name of the other."""
    reason = _first(a.first, b.first)
    if reason.weight_bits >= 0 or not (a.others or b.others):
        return reason
    for one, others in ((a.first, b.others), (b.first, a.others)):
        for other in others:
            if len(one) > 1 and (one == other or are_nicknames(one, other)):
                bits = _first_bits(one, other) + W.FIRST_OTHER
                return Reason("first_name", bits, "the first name is another given name of the other")
    return reason


def _last_or_other(a: Record, b: Record) -> Reason:
    """What the last names say; where they differ, one may be another name of the other."""
    reason = _last(a.last, b.last)
    if reason.weight_bits >= 0 or not (a.others or b.others):
        return reason
    if any(len(one) > 2 and one in others for one, others in ((a.last, b.others), (b.last, a.others))):
        bits = min(last_name_bits(name, W.LAST_RAREST) for name in (a.last, b.last)) + W.FIRST_OTHER
        return Reason("last_name", bits, "the last name is another name of the other")
    return reason


def _first_bits(one: str, other: str) -> float:
    return min(first_name_bits(one, W.FIRST_RAREST), first_name_bits(other, W.FIRST_RAREST))


def _last_bits(one: str, other: str) -> float:
    return min(last_name_bits(one, W.LAST_RAREST), last_name_bits(other, W.LAST_RAREST))


def _first(one: str, other: str) -> Reason:
    if one == other:
        return Reason("first_name", _first_bits(one.split()[0], one.split()[0]), "same first name")
    mine, theirs = one.split()[0], other.split()[0]
    if len(mine) == 1 or len(theirs) == 1:
        if mine[0] == theirs[0]:
            return Reason("first_name", W.FIRST_INITIAL, "same initial")
        return Reason("first_name", W.FIRST_DIFFERENT, "different initials")
    if mine == theirs:
        bits = _first_bits(mine, mine) + W.FIRST_MIDDLE
        return Reason("first_name", bits, "same first name, another middle name")
    if are_nicknames(mine, theirs):
        bits = _first_bits(mine, theirs) + W.FIRST_NICKNAME
        return Reason("first_name", bits, "short forms of one name")
    if are_two_first_names(mine, theirs):
        return Reason("first_name", W.FIRST_OF_ANOTHER, "two first names, though alike")
    close = _first_bits(mine, theirs) + W.FIRST_CLOSE
    different = W.FIRST_SAME_LETTER if mine[0] == theirs[0] else W.FIRST_DIFFERENT
    return _alike(mine, theirs, "first_name", (close, W.FIRST_LIKE, different), "first names")


def _last(one: str, other: str) -> Reason:
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return Reason("last_name", _last_bits(one, other), "same last name")
    if len(one) == 1 or len(other) == 1:
        if one[0] == other[0]:
            return Reason("last_name", W.LAST_INITIAL, "same initial")
        return Reason("last_name", W.LAST_DIFFERENT, "different initials")
    if " " in one or " " in other:
        shared = sorted(word for word in {*one.split()} & {*other.split()} if len(word) > 3)
        if shared:
            bits = last_name_bits(" ".join(shared), W.LAST_RAREST) + W.LAST_PART
            return Reason("last_name", bits, "a part of the last name is the same")
    close = _last_bits(one, other) + W.LAST_CLOSE
    return _alike(one, other, "last_name", (close, W.LAST_LIKE, W.LAST_DIFFERENT), "last names")


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
    crossed = [_crossed(first, last) for first, last in ((a.first, b.last), (b.first, a.last)) if first and last]
    if len(crossed) == 2:
        return [Reason("name", sum(crossed) + W.SWAPPED, "first and last name swapped")]
    if crossed and crossed[0] > 0:
        bits = max(0.0, crossed[0] + W.ONE_WORD)
        return [Reason("name", bits, "the first name of one is the last name of the other")]
    return []


def _crossed(first: str, last: str) -> float:
    """Bits of a first name that is the last name of the other, read as either: the reading that says less."""
    one, other = sorted((first, last))
    return min(_last(one, other).weight_bits, _first(one, other).weight_bits)


def _emails(left: Record, right: Record, names: list[Reason], *, are_in_own_names: bool) -> Reason:
    shared = [address for address in left.emails if address in right.emails]
    if not shared:
        if are_in_own_names:
            return Reason("email", W.EMAIL_COLLEAGUES, "different e-mails")
        return max((_email(one, other) for one in left.emails for other in right.emails), key=_bits)
    if all(address.partition("@")[0] in ROLES for address in shared):
        return Reason("email", W.EMAIL_ROLE, "same e-mail, of a role")
    if len(names) == 2 and names[0].weight_bits < 0 < names[1].weight_bits:
        return Reason("email", W.EMAIL_OF_RELATIVES, "same e-mail, as relatives have")
    return Reason("email", W.EMAIL_SAME, "same e-mail")


def _are_in_own_names(left: Record, right: Record) -> bool:
    """Whether last names differ and the addresses bear them, too: to slip in both the same way is unlikely."""
    one, other = left.last.replace(" ", ""), right.last.replace(" ", "")
    if one == other or min(len(one), len(other)) < SHORTEST_NAME or not (left.emails and right.emails):
        return False
    ours, theirs = ([address.rpartition("@")[0] for address in emails] for emails in (left.emails, right.emails))
    return _bear(ours, one, other) and _bear(theirs, other, one)


def _bear(locals_: list[str], own: str, of_the_other: str) -> bool:
    return any(own in local for local in locals_) and not any(of_the_other in local for local in locals_)


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
    if one == other and (one.month, one.day) == (1, 1):
        return Reason("born_on", W.BORN_NEW_YEAR, "same birth date, on New Year as where only the year is known")
    if one == other:
        return Reason("born_on", W.BORN_SAME, "same birth date")
    if slips(one.isoformat(), other.isoformat(), 1) <= 1:
        if (one.month, one.day) == (other.month, other.day) == (1, 1):
            return Reason("born_on", W.BORN_NEAR_YEAR, "only years of birth, one slip apart")
        return Reason("born_on", W.BORN_CLOSE, "birth date one slip apart")
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return Reason("born_on", W.BORN_CLOSE, "day and month of birth swapped")
    if one.year == other.year:
        return Reason("born_on", W.BORN_YEAR, "same year of birth")
    return Reason("born_on", W.BORN_DIFFERENT, "different birth dates")


def _compare_companies(a: Record, b: Record, reasons: list[Reason]) -> None:
    if a.domain and a.domain == b.domain:
        if not any(address in b.emails for address in a.emails):  # which has told the domain already
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
