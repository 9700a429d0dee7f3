"""Which trunks carry a call, in the order in which they are tried. Pure.

Least-cost routing: a trunk's price for a number is that of its longest prefix the number begins with, as carriers'
price lists are read. Trunks that are down stand last, not out: when all seem down, one that answers after all is
better than no call.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from offhook.voice.signalling import Hop
from offhook.voice.trunks.model import Health, HealthState, Line, Rate, Trunk

_NO_PRICE = Rate("", Decimal("Infinity"))


def hops_for(number: str, lines: Sequence[Line], health: Mapping[UUID, Health], now: datetime) -> list[Hop]:
    """The trunks that carry a number in E.164, the one to try first at the front.

    Those that are not down before those that are; then the lower cost; then the lower priority; then by name. One
    without a price list comes after all whose cost is known. Empty when none is active or has the number's prefix.
    """
    priced = [(rate, line) for line in lines if line.trunk.is_active and (rate := rate_for(number, line.trunk))]
    priced.sort(
        key=lambda one: (
            is_down(health.get(one[1].trunk.id), now),
            one[0].cost_per_minute,
            one[0].priority,
            one[1].trunk.name,
            one[1].trunk.id,
        )
    )
    return [hop_of(line) for _, line in priced]


def emergency_hops(line: Line | None) -> list[Hop]:
    """Where an emergency call goes: to the trunk that was chosen for it alone, whatever is known of its health."""
    return [hop_of(line)] if line is not None and line.trunk.is_active else []


def rate_for(number: str, trunk: Trunk) -> Rate | None:
    """The price that holds for a number; None when the trunk does not carry it."""
    if not trunk.rates:
        return _NO_PRICE
    digits = number.removeprefix("+")
    matching = [rate for rate in trunk.rates if digits.startswith(rate.prefix)]
    return max(matching, key=lambda rate: len(rate.prefix), default=None)


def is_down(health: Health | None, now: datetime) -> bool:
    """Whether a trunk is known not to answer, and it is too early to try again."""
    if health is None or health.state is not HealthState.DOWN:
        return False
    return health.retry_at is None or now < health.retry_at


def hop_of(line: Line) -> Hop:
    """A trunk as signalling takes it."""
    trunk = line.trunk
    return Hop(
        trunk=str(trunk.id),
        host=trunk.host,
        port=trunk.port,
        transport=trunk.transport.value,
        domain=trunk.domain,
        username=trunk.username,
        password=line.password,
        asserts_identity=trunk.asserts_identity,
    )
