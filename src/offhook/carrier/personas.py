"""Who answers which number, and how: a pure function of the number and a seed.

A number's last two digits decide first. Endings 00 to 31 are fixed (`MAGIC`), so that a test or a demonstration
can ask for a behaviour; these ring briefly. Every other ending draws its behaviour by the seed, in the shares of
an ordinary day of cold calls (`SHARES`), so that another seed is another day. The shares are round figures: most
dials meet a machine or nobody, about one in five a person.

What differs between people hangs on four digits: the last two and the two that begin the last nine (in North
America the end of the area code). That makes 10 000 rows (`rows`), which is all that the carrier's process must
hold, and still tells the numbers kept for fiction apart (555-01xx in every area code).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from offhook.carrier.cast import Part, cast
from offhook.kernel.errors import Invalid

SHORTEST = 5
"""Digits that a number must have; shorter ones are answered 484."""


class Kind(StrEnum):
    """How a number behaves."""

    PERSON = "person"
    SLOW = "slow"
    FORKED = "forked"
    VOICEMAIL = "voicemail"
    GATEKEEPER = "gatekeeper"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    NOT_IN_SERVICE = "not_in_service"
    CONGESTED = "congested"
    ANNOUNCEMENT = "announcement"


SHARES: Mapping[Kind, int] = {
    Kind.VOICEMAIL: 35,
    Kind.NO_ANSWER: 25,
    Kind.PERSON: 16,
    Kind.SLOW: 2,
    Kind.FORKED: 2,
    Kind.GATEKEEPER: 8,
    Kind.BUSY: 5,
    Kind.NOT_IN_SERVICE: 4,
    Kind.REJECTED: 1,
    Kind.CONGESTED: 1,
    Kind.ANNOUNCEMENT: 1,
}
"""Per cent of the numbers without a fixed ending."""

MAGIC: Mapping[range, Kind] = {
    range(6): Kind.PERSON,
    range(6, 16): Kind.VOICEMAIL,
    range(16, 23): Kind.NO_ANSWER,
    range(23, 25): Kind.GATEKEEPER,
    range(25, 26): Kind.BUSY,
    range(26, 27): Kind.NOT_IN_SERVICE,
    range(27, 28): Kind.REJECTED,
    range(28, 29): Kind.CONGESTED,
    range(29, 30): Kind.ANNOUNCEMENT,
    range(30, 31): Kind.FORKED,
    range(31, 32): Kind.SLOW,
}
"""Fixed endings, in about the same shares, whatever the seed."""

BEHAVIOUR: Mapping[Kind, str] = {
    Kind.PERSON: "rings, says hello and a name, talks and listens in turn, says goodbye and hangs up",
    Kind.SLOW: "a person who lets it ring long",
    Kind.FORKED: "a person whose two telephones ring (180 twice, with different tags); the second answers",
    Kind.VOICEMAIL: "rings, then a greeting, a beep and a minute of silence, then hangs up; keeps nothing",
    Kind.GATEKEEPER: "answers for a company and asks how to direct the call",
    Kind.NO_ANSWER: "rings for more than half a minute, then 480",
    Kind.BUSY: "486 at once",
    Kind.REJECTED: "rings, then 603: somebody pressed the red button",
    Kind.NOT_IN_SERVICE: "404: no such number",
    Kind.CONGESTED: "503 with Retry-After: no circuit free",
    Kind.ANNOUNCEMENT: "183 with a spoken announcement before any answer, then 480",
}
"""What each kind does, for whoever must choose."""

RETRY_AFTER = 30
"""Seconds told by a congested number."""

_REFUSALS: Mapping[Kind, int] = {
    Kind.NO_ANSWER: 480,
    Kind.BUSY: 486,
    Kind.REJECTED: 603,
    Kind.NOT_IN_SERVICE: 404,
    Kind.CONGESTED: 503,
    Kind.ANNOUNCEMENT: 480,
}

_RINGING: Mapping[Kind, tuple[float, float, float]] = {
    Kind.PERSON: (2, 8, 22),
    Kind.SLOW: (22, 25, 29),
    Kind.FORKED: (3, 9, 22),
    Kind.VOICEMAIL: (3, 21, 27),
    Kind.GATEKEEPER: (2, 4, 10),
    Kind.NO_ANSWER: (32, 40, 60),
    Kind.BUSY: (0.2, 0.4, 1.2),
    Kind.REJECTED: (2, 5, 14),
    Kind.NOT_IN_SERVICE: (0.2, 0.3, 0.8),
    Kind.CONGESTED: (0.1, 0.2, 0.4),
    Kind.ANNOUNCEMENT: (0, 0, 0),
}
"""Seconds before the number does something: least, most likely, most (a triangular distribution)."""

_MAGIC_RINGING: Mapping[Kind, float] = {
    Kind.PERSON: 1,
    Kind.SLOW: 15,
    Kind.FORKED: 1.5,
    Kind.VOICEMAIL: 2,
    Kind.GATEKEEPER: 1,
    Kind.NO_ANSWER: 35,
    Kind.BUSY: 0.2,
    Kind.REJECTED: 1,
    Kind.NOT_IN_SERVICE: 0.2,
    Kind.CONGESTED: 0.2,
    Kind.ANNOUNCEMENT: 0,
}


@dataclass(frozen=True, slots=True)
class Persona:
    """Who answers a number.

    `ring_seconds` pass before it answers, or refuses with `code`; `part` is what is spoken, before the refusal
    when there are both (an announcement).
    """

    kind: Kind
    ring_seconds: float
    code: int | None
    part: Part | None

    @property
    def answers(self) -> bool:
        """Whether the call is answered (200) in the end, if the caller waits."""
        return self.code is None


def plan(number: str, seed: int) -> Persona:
    """Who answers this number (any spelling with digits). Raises `Invalid` when it has fewer than five digits."""
    return _persona(row(number), seed)


def row(number: str) -> str:
    """The four digits of a number that count. Raises `Invalid` when it has fewer than five digits."""
    digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
    if len(digits) < SHORTEST:
        raise Invalid(f"{number!r} is no number that can be called: it needs at least {SHORTEST} digits.")
    area = digits[-9:-7] if len(digits) >= 9 else "00"
    return area + digits[-2:]


def rows(seed: int) -> Iterator[tuple[str, Persona]]:
    """All rows and who answers there."""
    for number in range(10_000):
        yield f"{number:04}", _persona(f"{number:04}", seed)


def _persona(row: str, seed: int) -> Persona:
    rng = Random(f"{seed}/{row}")
    fixed = magic(int(row[2:]))
    kind = fixed or rng.choices(list(SHARES), list(SHARES.values()))[0]
    part = _part(kind, rng, seed)
    seconds = _MAGIC_RINGING[kind] if fixed else _ring_seconds(kind, rng)
    return Persona(kind, seconds, _REFUSALS.get(kind), part)


def magic(ending: int) -> Kind | None:
    """What a fixed ending of two digits asks for; None: that ending is not fixed."""
    return next((kind for endings, kind in MAGIC.items() if ending in endings), None)


def _ring_seconds(kind: Kind, rng: Random) -> float:
    least, likely, most = _RINGING[kind]
    return round(rng.triangular(least, most, likely), 1)


def _part(kind: Kind, rng: Random, seed: int) -> Part | None:
    parts = cast(seed)
    match kind:
        case Kind.PERSON | Kind.SLOW | Kind.FORKED:
            return rng.choice(parts.persons)
        case Kind.VOICEMAIL:
            return rng.choice(parts.voicemails)
        case Kind.GATEKEEPER:
            return rng.choice(parts.gatekeepers)
        case Kind.ANNOUNCEMENT:
            return parts.announcement
        case _:
            return None
