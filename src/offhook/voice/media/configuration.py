"""How the engine's processes are set: our settings, the files Janus reads, the command lines of both.

Pure: text in, text out. Everything listens on loopback only, except where media itself comes from outside.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from offhook.voice.media.engine import Group

PortRange = tuple[int, int]

_PLUGINS = "duktape echotest lua nosip recordplay sip streaming textroom videocall videoroom voicemail".split()
_RING_LIMIT = 7_200
"""Seconds a leg may be without a packet before rtpengine forgets it: a phone that rings long has none. Legs that
died are found by our own watch."""
_TRANSPORTS = "http mqtt nanomsg pfunix rabbitmq".split()


@dataclass(frozen=True, slots=True)
class TurnServer:
    """A relay for browsers behind strict firewalls (RFC 8656): transport is udp, tcp or tls."""

    host: str
    port: int
    username: str
    password: str
    transport: str = "udp"


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """What an installation says about its media engine.

    `folder` is ours alone: configuration, logs, pid files, prepared sounds. `carrier_address` is where phone legs
    send and receive; `carrier_advertised` what carriers are told instead (one-to-one NAT). `ice_interfaces` are
    those that browsers reach (none: all that are up and not loopback); `nat_1_1` the public address that browsers
    are told instead. `stun` is host:port. Port ranges are inclusive and must not overlap.

    `prebuffer` is how many packets of 20 ms are held back against jitter. Beyond `rss_soft` bytes of memory Janus
    is started afresh as soon as no room is open; beyond `rss_hard` no room is opened any more.
    """

    folder: Path
    carrier_address: str = "127.0.0.1"
    carrier_advertised: str | None = None
    carrier_ports: PortRange = (40_000, 49_999)
    browser_ports: PortRange = (20_000, 29_999)
    room_ports: PortRange = (30_000, 39_999)
    ice_interfaces: tuple[str, ...] = ()
    nat_1_1: str | None = None
    stun: str | None = None
    turn: TurnServer | None = None
    janus: str = "janus"
    rtpengine: str = "rtpengine"
    rooms_ahead: int = 8
    prebuffer: int = 3
    rss_soft: int = 400_000_000
    rss_hard: int = 1_200_000_000
    silent_after: float = 60.0
    """Seconds without a packet from a carrier that should send, after which its leg counts as lost."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What keeps other users of the machine out of Janus; made anew at each start."""

    api: str = field(repr=False)
    admin: str = field(repr=False)
    room: str = field(repr=False)


def janus_files(
    settings: MediaSettings, secrets: Secrets, port: int, interfaces: tuple[str, ...], libraries: Path
) -> Mapping[str, str]:
    """Janus' configuration by file name; its WebSocket listens on loopback `port`."""
    full_trickle = settings.stun is not None or settings.turn is not None
    sections: dict[str, Mapping[str, object]] = {
        "general": {
            "configs_folder": str(settings.folder),
            "plugins_folder": str(libraries / "plugins"),
            "transports_folder": str(libraries / "transports"),
            "events_folder": str(libraries / "events"),
            "loggers_folder": str(libraries / "loggers"),
            "api_secret": secrets.api,
            "debug_level": 2,
            "session_timeout": 60,
            "server_name": "offhook",
        },
        "nat": {
            "ice_enforce_list": ",".join(interfaces),
            "full_trickle": full_trickle,
            **_nat(settings),
        },
        "media": {"ipv6": False, "rtp_port_range": _range(settings.browser_ports), "no_media_timer": 5},
        "plugins": {"disable": ",".join(f"libjanus_{name}.so" for name in _PLUGINS)},
        "transports": {"disable": ",".join(f"libjanus_{name}.so" for name in _TRANSPORTS)},
        "events": {"broadcast": False},
    }
    audiobridge = {
        "admin_key": secrets.admin,
        "string_ids": True,
        "rtp_port_range": _range(settings.room_ports),
        "local_ip": "127.0.0.1",
        "lock_rtp_forward": True,
        "lock_play_file": True,
    }
    websockets = {"json": "compact", "ws": True, "ws_port": port, "ws_ip": "127.0.0.1", "wss": False}
    return {
        "janus.jcfg": _jcfg(sections),
        "janus.plugin.audiobridge.jcfg": _jcfg({"general": audiobridge}),
        "janus.transport.websockets.jcfg": _jcfg({"general": websockets, "admin": {"admin_ws": False}}),
    }


def _nat(settings: MediaSettings) -> Mapping[str, object]:
    found: dict[str, object] = {}
    if settings.nat_1_1 is not None:
        found["nat_1_1_mapping"] = settings.nat_1_1
    if settings.stun is not None:
        host, _, port = settings.stun.rpartition(":")
        found |= {"stun_server": host, "stun_port": int(port)}
    if settings.turn is not None:
        found |= {
            "turn_server": settings.turn.host,
            "turn_port": settings.turn.port,
            "turn_type": settings.turn.transport,
            "turn_user": settings.turn.username,
            "turn_pwd": settings.turn.password,
        }
    return found


def _range(ports: PortRange) -> str:
    return f"{ports[0]}-{ports[1]}"


def _jcfg(sections: Mapping[str, Mapping[str, object]]) -> str:
    """Libconfig text; its strings, numbers and booleans are written as JSON writes them."""
    return "".join(
        f"{name}: {{\n" + "".join(f"\t{key} = {json.dumps(value)}\n" for key, value in values.items()) + "}\n"
        for name, values in sections.items()
    )


def janus_command(settings: MediaSettings, program: str) -> tuple[str, ...]:
    """How Janus is started."""
    configuration = str(settings.folder / "janus.jcfg")
    return (program, "-F", str(settings.folder), "-C", configuration, "--disable-colors")


def carrier_ports(settings: MediaSettings, chance: float) -> PortRange:
    """The part of the carriers' ports that a new rtpengine uses, by a chance 0..1.

    It begins somewhere in the lower half of them: carriers of calls that died with the one before go on sending
    for a while, and must not reach the calls of the next.
    """
    low, high = settings.carrier_ports
    return (low + 2 * int(chance * (high - low) / 4), high)


def rtpengine_command(
    settings: MediaSettings, program: str, control: int, digits: int, ports: PortRange
) -> tuple[str, ...]:
    """How rtpengine is started: without its kernel module, controlled at `control`, telling digits to `digits`.

    It has two sides, so that what faces Janus never leaves the machine.
    """
    advertised = f"!{settings.carrier_advertised}" if settings.carrier_advertised else ""
    return (
        program,
        "--table=-1",
        f"--interface=carrier/{settings.carrier_address}{advertised}",
        "--interface=engine/127.0.0.1",
        f"--listen-ng=127.0.0.1:{control}",
        f"--dtmf-log-dest=127.0.0.1:{digits}",
        f"--port-min={ports[0]}",
        f"--port-max={ports[1]}",
        f"--timeout={_RING_LIMIT}",
        f"--silent-timeout={_RING_LIMIT}",
        "--foreground",
        "--config-file=none",
        "--log-stderr",
        "--log-level=3",
        "--mos=LQ",
        "--endpoint-learning=heuristic",
    )


GROUPS = [group.value for group in Group]
