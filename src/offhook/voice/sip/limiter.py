"""How many requests outside of calls a source may send: a bucket of tokens for each.

A source that belongs to a trunk has a wide bucket, any other a narrow one. Who sends more is told so once a second
(503 with Retry-After) and else not answered: answering a flood doubles it. Sources that send nothing are
forgotten, and never more than `MAX_SOURCES` are remembered.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum

MAX_SOURCES = 10_000


class Verdict(StrEnum):
    """What becomes of a request."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    REFUSE = "refuse"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Rate:
    """Tokens a second, and how many fit in the bucket."""

    per_second: float
    burst: float


TRUNK = Rate(500, 2_000)
STRANGER = Rate(1, 10)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float
    refused_at: float = float("-inf")


class Limiter:
    """The buckets of one endpoint."""

    def __init__(self, trunk: Rate = TRUNK, stranger: Rate = STRANGER) -> None:
        """All full."""
        self._trunk = trunk
        self._stranger = stranger
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def ask(self, source: str, now: float, *, is_trunk: bool) -> Verdict:
        """Take a token for one request of this source."""
        rate = self._trunk if is_trunk else self._stranger
        bucket = self._buckets.get(source)
        if bucket is None:
            bucket = self._buckets[source] = _Bucket(rate.burst, now)
            if len(self._buckets) > MAX_SOURCES:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(source)
        bucket.tokens = min(rate.burst, bucket.tokens + (now - bucket.at) * rate.per_second)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Verdict.PASS
        if now - bucket.refused_at >= 1:
            bucket.refused_at = now
            return Verdict.REFUSE
        return Verdict.DROP
