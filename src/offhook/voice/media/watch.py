"""What is seen of phone legs over time: loss, packets of a wrong length, silence for good. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from offhook.voice.media.bencode import Decoded
from offhook.voice.media.engine import Statistics
from offhook.voice.media.relay import CARRIER, ROOM, side
from offhook.voice.media.rtpengine import Answer
from offhook.voice.media.seen import Counted, Seen

_PACKETS_PER_SECOND = 50
_PACKET_BYTES = 172
"""RTP header and 20 ms of G.711."""
_SLACK = 12
"""Bytes by which the mean may differ: digits are short packets, some carriers send header extensions."""
_ENOUGH = 25
"""Packets needed to judge their length."""
_FLOWING = 0.5
"""Share of the expected packets below which a stream counts as paused (silence suppression), not as lossy."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a new counting means: the history with it, and what stands out."""

    seen: Seen
    is_silent: bool
    """Nothing came for too long."""
    has_odd_packets: bool
    """Packets that are not 20 ms of G.711, which rooms drop."""


def look(before: Seen | None, counted: Counted, now: float, *, is_expected: bool, silent_after: float) -> Finding:
    """Take a counting into account. `is_expected`: the carrier should be sending (it does not hold the call)."""
    if before is None:
        return Finding(Seen(counted, now, now), is_silent=False, has_odd_packets=False)
    came = counted.received - before.counted.received
    seen = replace(before, counted=counted, at=now, came_at=now if came > 0 or not is_expected else before.came_at)
    expected = (now - before.at) * _PACKETS_PER_SECOND
    if before.counted.received > 0 and came > expected * _FLOWING:
        missing = max(0.0, expected - came - 1)  # a packet is always on its way
        seen = replace(seen, expected=before.expected + expected, missing=before.missing + missing)
    return Finding(
        seen,
        is_silent=now - seen.came_at >= silent_after,
        has_odd_packets=_is_odd(came, counted.octets - before.counted.octets),
    )


def _is_odd(packets: int, octets: int) -> bool:
    return packets >= _ENOUGH and abs(octets / packets - _PACKET_BYTES) > _SLACK


def counted(answer: Answer) -> Counted:
    """The counting within rtpengine's answer to a query."""
    carrier, room = _stats(side(answer, CARRIER)), _stats(side(answer, ROOM))
    return Counted(_number(carrier, "packets"), _number(carrier, "bytes"), _number(room, "packets"))


def statistics(answer: Answer, seen: Seen | None) -> Statistics:
    """A leg's statistics from the relay's answer and what the watch has seen.

    Jitter and round trip are what the carrier reported last (RTCP), if it does.
    """
    now = counted(answer)
    report = _last_report(answer)
    return Statistics(
        received=now.received,
        sent=now.sent,
        loss=seen.loss if seen is not None else 0.0,
        jitter=float(_number(report, "jitter")) if report else None,
        round_trip=_number(report, "round-trip time leg") / 1000 if report else None,
    )


def _last_report(answer: Answer) -> Mapping[str, Decoded]:
    source = _number(side(answer, CARRIER), "SSRC")
    match answer.get("SSRC"):
        case dict(reports):
            match reports.get(str(source)):
                case {"MOS progression": {"entries": [*_, dict(last)]}}:
                    return last
                case _:
                    return {}
        case _:
            return {}


def _stats(stream: Mapping[str, Decoded]) -> Mapping[str, Decoded]:
    found = stream.get("stats")
    return found if isinstance(found, dict) else {}


def _number(values: Mapping[str, Decoded], key: str) -> int:
    value = values.get(key)
    return value if isinstance(value, int) else 0
