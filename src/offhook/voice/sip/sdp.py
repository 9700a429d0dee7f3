"""Session descriptions as far as signalling must understand them (RFC 8866): is it one, and is it a new one.

What is in the media lines is the media engine's business; here they are kept as they are.
"""

from dataclasses import dataclass

from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.uri import shown


@dataclass(frozen=True, slots=True)
class Origin:
    """The `o=` line: who made the description. A changed description has a higher `version`."""

    user: str
    session: str
    version: str
    address: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One `m=` line with what belongs to it, as lines. `port` 0: refused or ended."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A session description. `lines` stand between the origin and the first stream."""

    origin: Origin
    lines: tuple[str, ...]
    streams: tuple[Stream, ...]

    def __str__(self) -> str:
        """As it goes on the wire."""
        origin = self.origin
        found = ["v=0", f"o={origin.user} {origin.session} {origin.version} {origin.address}", *self.lines]
        for stream in self.streams:
            found.append(f"m={stream.kind} {stream.port} {stream.protocol} {' '.join(stream.formats)}")
            found.extend(stream.lines)
        return "\r\n".join(found) + "\r\n"


def parse_sdp(text: str) -> Description:
    """Read a description. Raises `Malformed`, which names the line that is wrong; its `answer` is 400 or 488."""
    lines = [line.rstrip("\r") for line in text.strip("\r\n").split("\n")]
    lines = [line for line in lines if line]
    for position, line in enumerate(lines, 1):
        if len(line) < 2 or line[1] != "=" or not line[0].isalpha():
            raise Malformed(f"Bad SDP line {position}: {shown(line)}")
    if len(lines) < 2 or lines[0] != "v=0" or not lines[1].startswith("o="):
        raise Malformed("Bad SDP: it must begin with v=0 and o=")
    head, streams = _split_streams(lines[2:])
    if not any(line.startswith("s=") for line in head):
        raise Malformed("Bad SDP: s= is missing")
    _check_connections(head, streams)
    return Description(_origin(lines[1]), tuple(head), tuple(streams))


def _origin(line: str) -> Origin:
    parts = line[2:].split(" ")
    if len(parts) != 6 or not all(parts) or not (parts[1].isdigit() and parts[2].isdigit()):
        raise Malformed(f"Bad SDP origin: {shown(line)}")
    return Origin(parts[0], parts[1], parts[2], " ".join(parts[3:]))


def _split_streams(lines: list[str]) -> tuple[list[str], list[Stream]]:
    starts = [n for n, line in enumerate(lines) if line.startswith("m=")]
    if not starts:
        return lines, []
    ends = [*starts[1:], len(lines)]
    streams = [_stream(lines[start], lines[start + 1 : end]) for start, end in zip(starts, ends, strict=True)]
    return lines[: starts[0]], streams


def _stream(line: str, rest: list[str]) -> Stream:
    parts = line[2:].split()
    if len(parts) < 4:
        raise Malformed(f"Bad SDP media line: {shown(line)}")
    port = parts[1].partition("/")[0]
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise Malformed(f"Bad SDP port: {shown(line)}")
    return Stream(parts[0], int(port), parts[2], tuple(parts[3:]), tuple(rest))


def _check_connections(head: list[str], streams: list[Stream]) -> None:
    """Every stream has an address; only those of the internet can be reached (488, RFC 4475 3.3.15)."""
    general = _connection(head)
    for stream in streams:
        if stream.port and not (_connection(list(stream.lines)) or general):
            raise Malformed(f"Bad SDP: no address (c=) for {stream.kind}")


def _connection(lines: list[str]) -> str:
    found = ""
    for line in lines:
        if line.startswith("c="):
            parts = line[2:].split()
            if len(parts) != 3:
                raise Malformed(f"Bad SDP connection: {shown(line)}")
            if parts[0] != "IN" or parts[1] not in ("IP4", "IP6"):
                raise Malformed("Incompatible network address format", answer=488)
            found = found or parts[2]
    return found


def is_same_offer(new: str, old: str | None) -> bool:
    """The description did not change (RFC 3264 section 8). By its text: some change it and forget the version."""
    return old is not None and new.split() == old.split()
