"""What signalling must know of a trunk: where it is, who may call in from it, whether it is to be watched."""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from offhook.kernel.errors import FieldError, Invalid
from offhook.voice.signalling import Hop

MAX_REMEMBERED = 10_000
"""Of how many addresses it is remembered whose they are."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """One trunk.

    `sources` are addresses, networks (`192.0.2.0/24`) or host names from which it may call in; the hop's own host
    always may. `ping_every` seconds an OPTIONS is sent (0: never), and after `misses` unanswered ones the trunk
    counts as down. `registers`: a REGISTER is kept up, for `register_seconds` each (trunks with an account).
    """

    hop: Hop
    sources: tuple[str, ...] = ()
    ping_every: float = 30.0
    misses: int = 3
    registers: bool = False
    register_seconds: int = 600

    def __post_init__(self) -> None:
        """Raises `Invalid` on settings that cannot work."""
        hop = self.hop
        if hop.transport not in ("udp", "tcp"):
            raise Invalid(
                "A trunk's transport is udp or tcp.", fields=[FieldError("transport", "unknown", hop.transport)]
            )
        if not 0 < hop.port <= 65535:
            raise Invalid(
                "A trunk's port is 1 to 65535.", fields=[FieldError("port", "out of range", str(hop.port))]
            )
        if self.registers and not hop.username:
            raise Invalid("A trunk that registers needs a user name.", fields=[FieldError("username", "missing")])

    @property
    def name(self) -> str:
        """As the exchange knows it."""
        return self.hop.trunk

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names among hop and sources, that must be looked up to know who calls."""
        return tuple(host for host in (self.hop.host, *self.sources) if _network(host) is None)


def _network(text: str) -> tuple[int, int, int] | None:
    """Version, network and mask as numbers; None: a name."""
    try:
        net = ip_network(text, strict=False)
    except ValueError:
        return None
    return net.version, int(net.network_address), int(net.netmask)


@dataclass(slots=True)
class Sources:
    """Which trunks an address belongs to. Answers are remembered: the same few hosts ask again and again."""

    trunks: tuple[Trunk, ...]
    resolved: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    _known: dict[str, tuple[Trunk, ...]] = field(default_factory=dict[str, tuple[Trunk, ...]])

    def learn(self, host: str, addresses: tuple[str, ...]) -> None:
        """What a host name means at present."""
        self.resolved[host] = addresses
        self._known.clear()

    def trunks_at(self, address: str) -> tuple[Trunk, ...]:
        """The trunks that call from there: several where one proxy serves them all; none: a stranger."""
        if address in self._known:
            return self._known[address]
        found = tuple(trunk for trunk in self.trunks if self.belongs(address, trunk))
        if len(self._known) < MAX_REMEMBERED:
            self._known[address] = found
        return found

    def belongs(self, address: str, trunk: Trunk) -> bool:
        """Whether a host or address is one of a trunk's."""
        return any(
            self._matches(address, told)
            for host in (trunk.hop.host, *trunk.sources)
            for told in (host, *self.resolved.get(host, ()))
        )

    @staticmethod
    def _matches(address: str, told: str) -> bool:
        if address == told:
            return True
        net = _network(told)
        if net is None:
            return False
        try:
            asked = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        version, start, mask = net
        return asked.version == version and int(asked) & mask == start
