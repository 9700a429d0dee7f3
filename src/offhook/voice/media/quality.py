"""How good a call sounds, from what was counted: the E-model for G.711, and whether sound flows both ways.

R = R0 - Is - Id - Ie,eff + A of ITU-T G.107 with its default values, where R0 - Is = 93.2 and A = 0 (table 2).
Id by the simplification of R. G. Cole and J. H. Rosenbluth, "Voice over IP performance monitoring", ACM SIGCOMM
Computer Communication Review 31 (2001). Ie and Bpl of G.711 with loss concealment: ITU-T G.113, appendix I.
"""

from dataclasses import dataclass
from enum import StrEnum

from offhook.voice.media.engine import Statistics

_BEST = 93.2
_KNEE = 177.3
"""Milliseconds of one-way delay from which talking gets hard."""
_IE = 0.0
_BPL = 25.1
"""Robustness of G.711 with concealment against random loss (G.113, table I.4)."""

_CODEC_DELAY = 20.0
_HEARD = 50
"""Packets one way, with none the other, that make one-way media: a second."""


@dataclass(frozen=True, slots=True)
class Quality:
    """`r` is the rating factor 0..93.2, `mos` the mean opinion score 1..4.41 that G.107 expects."""

    r: float
    mos: float


def quality(*, loss: float, jitter: float, one_way_delay: float) -> Quality:
    """What listeners will say of G.711 with this `loss` (0..1), `jitter` and delay from mouth to ear (ms).

    Jitter counts as the delay of a buffer that holds twice of it back, as is usual.
    """
    delay = one_way_delay + 2 * jitter + _CODEC_DELAY
    delay_impairment = 0.024 * delay + (0.11 * (delay - _KNEE) if delay > _KNEE else 0.0)
    percent = 100 * min(max(loss, 0.0), 1.0)
    loss_impairment = _IE + (95 - _IE) * percent / (percent + _BPL)
    r = min(max(_BEST - delay_impairment - loss_impairment, 0.0), _BEST)
    return Quality(r, mos(r))


def mos(r: float) -> float:
    """The mean opinion score of a rating factor (G.107, annex B)."""
    if r <= 0:
        return 1.0
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def of_leg(statistics: Statistics) -> Quality:
    """The quality of a phone leg; what was not reported counts as none."""
    return quality(
        loss=statistics.loss,
        jitter=statistics.jitter or 0.0,
        one_way_delay=(statistics.round_trip or 0.0) / 2,
    )


class Flow(StrEnum):
    """Which ways sound went between two countings."""

    BOTH = "both"
    DEAF = "deaf"
    """We send, nothing comes."""
    MUTE = "mute"
    """It comes, we send nothing."""
    NONE = "none"


def flow(before: Statistics, after: Statistics) -> Flow:
    """Which ways sound went between two countings of a leg.

    One-way media is told only where one way clearly flowed (a second's packets) and the other did not at all: a
    countings' interval that is too short to say is `BOTH` when anything came, else `NONE`.
    """
    received = after.received - before.received
    sent = after.sent - before.sent
    if received == 0 and sent >= _HEARD:
        return Flow.DEAF
    if sent == 0 and received >= _HEARD:
        return Flow.MUTE
    return Flow.NONE if received <= 0 and sent <= 0 else Flow.BOTH
