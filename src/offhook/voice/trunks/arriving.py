"""Which of our numbers is called, by whom, and whom it rings. Pure.

Carriers write numbers as they like: `+493012345`, `00493012345`, `493012345`, `03012345`, `sip:+493012345@host`.
Each way to read one is tried in turn, and only one of our own counts, so that nothing is guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from uuid import UUID

from offhook.people import Rejected, read_phone
from offhook.voice.trunks.model import Extension, OwnedNumber, RingKind

LONGEST = 200
"""Characters of an address that are looked at."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the number in E.164, None when it is withheld or none can be read.

    `is_anonymous`: they withheld it (RFC 3323, RFC 5767). `written` is what the trunk sent, `name` what it shows.
    """

    number: str | None
    is_anonymous: bool
    written: str
    name: str


def called_number(written: str, owned: Sequence[OwnedNumber], region: str) -> OwnedNumber | None:
    """The owned number that a trunk of `region` calls so; None when it is none of ours."""
    by_number = {one.number: one for one in owned}
    for reading in _readings(user_part(written), region):
        if found := by_number.get(reading):
            return found
    return None


def caller_of(written: str, name: str, region: str, *, is_private: bool = False) -> Caller:
    """Who calls by a trunk of `region`; `is_private` when a Privacy header asks to withhold who it is."""
    user = user_part(written)
    shown = " ".join(name.replace("\x00", " ").split())
    host = written.rpartition("@")[2].lower() if "@" in written else ""
    if is_private or host.startswith("anonymous.invalid") or _is_anonymous(user):
        return Caller(None, True, user, "")
    number = next((reading for reading in _readings(user, region) if _is_number(reading)), None)
    return Caller(number, False, user, "" if _is_anonymous(shown) else shown)


def user_part(written: str) -> str:
    """The user of an address, without scheme, host, parameters and brackets: `+49301` of `<sip:+49301;x=1@h>`."""
    text = written[:LONGEST].strip()
    if "<" in text:
        text = text.partition("<")[2].partition(">")[0]
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() in _SCHEMES:
        text = rest
    return unquote(text.partition("@")[0].partition(";")[0].partition(":")[0]).strip()


_SCHEMES = {"sip", "sips", "tel"}
_ORNAMENTS = re.compile(r"[\s().\-/]+")
_ANONYMOUS = {
    "",
    "anonymous",
    "restricted",
    "unavailable",
    "unknown",
    "private",
    "withheld",
    "blocked",
    "asserted",
}


def _is_anonymous(text: str) -> bool:
    return text.strip().strip('"').lower() in _ANONYMOUS


def _readings(user: str, region: str) -> Iterator[str]:
    """The numbers in E.164 that a user part may mean, the likeliest first."""
    plain = _ORNAMENTS.sub("", user)
    if plain.startswith("+"):
        yield plain
        return
    for text, where in ((plain, region), (f"+{plain}", None)):
        phone = read_phone(text, where) if plain.isascii() and plain.isdecimal() else None
        if phone is not None and not isinstance(phone, Rejected):
            yield phone.number
    yield f"+{plain.lstrip('0')}"


def _is_number(reading: str) -> bool:
    return not isinstance(read_phone(reading, None), Rejected)


def who_rings(
    number: OwnedNumber, extensions: Sequence[Extension], teams: Mapping[UUID, Sequence[UUID]]
) -> list[UUID]:
    """The users whom a call to an owned number rings; `teams` gives the active members of each team."""
    target = number.rings
    if target.id is None:
        return []
    match target.kind:
        case RingKind.USER:
            return [target.id]
        case RingKind.EXTENSION:
            return [one.user_id for one in extensions if one.id == target.id]
        case RingKind.TEAM:
            return [*teams.get(target.id, ())]
        case RingKind.NOBODY:
            return []
