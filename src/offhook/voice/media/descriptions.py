"""The little of SDP (RFC 8866) that the engine itself reads and writes; the relay does the rest.

A phone leg has one audio stream. Whatever else an offer holds (video, fax, text) is refused in the answer, in its
place, as RFC 3264 section 6 demands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from offhook.voice.media.engine import BadOffer

UNDERSTOOD = frozenset({"PCMU", "PCMA", "G722", "OPUS", "G729", "GSM"})
"""Codecs the relay can turn into the PCMU of our rooms."""

_STATIC = {"0": "PCMU", "3": "GSM", "8": "PCMA", "9": "G722", "18": "G729"}
"""Payload types fixed by RFC 3551."""

_OFFERED = ("0 PCMU/8000", "8 PCMA/8000", "101 telephone-event/8000")


class Direction(StrEnum):
    """Which way sound flows, seen from whoever says it (RFC 3264, section 5.1)."""

    BOTH = "sendrecv"
    SEND = "sendonly"
    RECEIVE = "recvonly"
    NONE = "inactive"

    @property
    def mirrored(self) -> "Direction":
        """The same, seen from the other side."""
        return {Direction.SEND: Direction.RECEIVE, Direction.RECEIVE: Direction.SEND}.get(self, self)


@dataclass(frozen=True, slots=True)
class Audio:
    """The audio stream of an SDP: where it wants sound sent, which codecs, which way."""

    address: str
    port: int
    codecs: tuple[str, ...]
    direction: Direction

    @property
    def wants_sound(self) -> bool:
        """Whether we may send. A connection address of zero is the hold of RFC 2543."""
        return self.direction in (Direction.BOTH, Direction.RECEIVE) and self.address != "0.0.0.0"  # noqa: S104 # a hold, not a bind

    @property
    def sends_sound(self) -> bool:
        """Whether sound is to be expected."""
        return self.direction in (Direction.BOTH, Direction.SEND)

    @property
    def has_digits(self) -> bool:
        """Whether keys can be sent and heard as RFC 4733 events."""
        return "TELEPHONE-EVENT" in self.codecs


def audio_of(sdp: str) -> Audio:
    """The audio stream. Raises `BadOffer` when there is none, or none with a codec that is understood."""
    session, sections = _split(sdp)
    section = _audio_section(sections)
    _, port, _, *formats = section[0][2:].split()
    codecs = _codecs(section, formats)
    if not UNDERSTOOD & set(codecs):
        raise BadOffer(f"No codec in common: {', '.join(codecs) or 'none'} offered.", code="bad-offer")
    return Audio(
        address=_value(section, "c=") or _value(session, "c="),
        port=int(port),
        codecs=codecs,
        direction=_direction([*session, *section]),
    )


def audio_only(sdp: str) -> str:
    """The SDP without all other streams. Raises `BadOffer` when there is no audio."""
    session, sections = _split(sdp)
    return _joined([*session, *_audio_section(sections)])


def answer_to(offer: str, answer: str) -> str:
    """An answer about the audio stream alone, completed by refusals of the offer's other streams, in order."""
    _, offered = _split(offer)
    session, answered = _split(answer)
    audio = _audio_section(offered)
    lines = list(session)
    for section in offered:
        lines += answered[0] if section is audio else [_refused(section[0])]
    return _joined(lines)


def room_side(port: int, session: int, version: int, direction: Direction, *, has_digits: bool) -> str:
    """How a room's end of a leg is described to the relay: PCMU, 20 ms, on loopback."""
    formats = ["0 PCMU/8000", *(["101 telephone-event/8000"] if has_digits else [])]
    return _described("127.0.0.1", port, session, version, direction, formats)


def our_offer(address: str, port: int, session: int, version: int) -> str:
    """What we offer a carrier: PCMU, PCMA and digits, 20 ms."""
    return _described(address, port, session, version, Direction.BOTH, _OFFERED)


def placeholder() -> str:
    """Stands for a carrier that has not answered yet: nothing is sent to its address, which is none."""
    return _described("0.0.0.0", 9, 1, 1, Direction.BOTH, _OFFERED)  # noqa: S104 # says "nowhere", binds nothing


def _described(
    address: str, port: int, session: int, version: int, direction: Direction, formats: Sequence[str]
) -> str:
    numbers = " ".join(one.split()[0] for one in formats)
    return _joined(
        [
            "v=0",
            f"o=- {session} {version} IN IP4 {address}",
            "s=-",
            f"c=IN IP4 {address}",
            "t=0 0",
            f"m=audio {port} RTP/AVP {numbers}",
            *(f"a=rtpmap:{one}" for one in formats),
            *(f"a=fmtp:{one.split()[0]} 0-15" for one in formats if "telephone-event" in one),
            "a=ptime:20",
            f"a={direction}",
        ]
    )


def _split(sdp: str) -> tuple[list[str], list[list[str]]]:
    """The session's lines, and those of each stream beginning with its m= line."""
    session: list[str] = []
    sections: list[list[str]] = []
    for line in filter(None, (one.strip() for one in sdp.splitlines())):
        if line.startswith("m="):
            sections.append([line])
        else:
            (sections[-1] if sections else session).append(line)
    return session, sections


def _audio_section(sections: Sequence[list[str]]) -> list[str]:
    for section in sections:
        kind, port, protocol, *formats = [*section[0][2:].split(), "", "", ""][: max(4, len(section[0].split()))]
        if kind == "audio" and port.isdigit() and int(port) > 0 and "RTP/" in protocol and formats:
            return section
    raise BadOffer("The SDP offers no audio.", code="bad-offer")


def _codecs(section: Sequence[str], formats: Sequence[str]) -> tuple[str, ...]:
    names = dict(_STATIC)
    for line in section:
        if line.startswith("a=rtpmap:"):
            number, _, codec = line.removeprefix("a=rtpmap:").partition(" ")
            names[number] = codec.partition("/")[0].upper()
    return tuple(names[one] for one in formats if one in names)


def _value(lines: Sequence[str], begin: str) -> str:
    found = next((line for line in lines if line.startswith(begin)), "")
    return found.rpartition(" ")[2].partition("/")[0]


def _direction(lines: Sequence[str]) -> Direction:
    """The last that is said counts, so a stream's own over the session's; none said means both ways."""
    said = [line[2:] for line in lines if line[:2] == "a=" and line[2:] in set(Direction)]
    return Direction(said[-1]) if said else Direction.BOTH


def _refused(media: str) -> str:
    kind, _, *rest = media.split()
    return " ".join((kind, "0", *rest))


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)
