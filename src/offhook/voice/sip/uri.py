"""SIP, SIPS and tel addresses (RFC 3261 section 19, RFC 3966), bare and within `From`, `To`, `Contact`, `Route`.

Reading is tolerant of what does no harm (spaces within brackets, unquoted commas in names) and strict about what
could mean two things. What is sent back within a dialog must be what was received, letter for letter: whoever
keeps an address keeps its text, and reads it only to know where a packet goes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from offhook.voice.sip.errors import Malformed

DEFAULT_PORT = 5060
SECURE_PORT = 5061

_HOST = re.compile(r"\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?")
_PLAIN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~\[\]:]*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_USER_SAFE = "-_.!~*'()&=+$,;?/"
_SIP_SCHEMES = frozenset({"sip", "sips"})


@dataclass(frozen=True, slots=True)
class Uri:
    """One address. `user` is unescaped; `host` of IPv6 stands in brackets; `headers` is the raw part after `?`.

    Of schemes other than sip, sips and tel only `scheme` and `opaque` are filled. Of tel, `user` is the number.
    """

    scheme: str
    user: str | None = None
    password: str | None = None
    host: str = ""
    port: int | None = None
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: str = ""
    opaque: str = ""

    @property
    def is_sip(self) -> bool:
        """Can be reached by SIP."""
        return self.scheme in _SIP_SCHEMES

    @property
    def transport(self) -> str:
        """As the address asks for: `udp` unless it says otherwise."""
        return self.params.get("transport", "tcp" if self.scheme == "sips" else "udp").lower()

    @property
    def where(self) -> tuple[str, int]:
        """Host (without brackets) and port to send to."""
        host = self.params.get("maddr") or self.host
        return host.strip("[]"), self.port or (SECURE_PORT if self.scheme == "sips" else DEFAULT_PORT)

    def __str__(self) -> str:
        """As it goes on the wire."""
        if self.opaque:
            return f"{self.scheme}:{self.opaque}"
        params = "".join(f";{name}={value}" if value else f";{name}" for name, value in self.params.items())
        if self.scheme == "tel":
            return f"tel:{self.user or ''}{params}"
        user = ""
        if self.user is not None:
            password = "" if self.password is None else f":{self.password}"
            user = f"{quote(self.user, safe=_USER_SAFE)}{password}@"
        port = "" if self.port is None else f":{self.port}"
        headers = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{user}{self.host}{port}{params}{headers}"


def parse_uri(text: str) -> Uri:
    """Read one address. Raises `Malformed`, which says what part is wrong."""
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not _SCHEME.fullmatch(scheme):
        raise Malformed(f"Bad URI: no scheme in {shown(text)}")
    if scheme == "tel":
        number, _, params = rest.partition(";")
        return Uri("tel", user=number, params=_uri_params(params))
    if scheme not in _SIP_SCHEMES:
        return Uri(scheme, opaque=rest)
    user, password, place = _split_user(rest)
    place, _, headers = place.partition("?")
    place, _, params = place.partition(";")
    host, port = parse_host_port(place)
    return Uri(scheme, user, password, host, port, _uri_params(params), headers)


def parse_host_port(text: str) -> tuple[str, int | None]:
    """`host`, `host:port`, `[v6]:port`. Raises `Malformed`."""
    text = text.strip()
    end = text.find("]") + 1
    host, colon, port = (text[:end], text[end : end + 1], text[end + 1 :]) if end else text.partition(":")
    host, port = host.rstrip(), port.lstrip()
    if not _HOST.fullmatch(host):
        raise Malformed(f"Bad host: {shown(host)}")
    if not colon:
        return host, None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise Malformed(f"Bad port: {shown(port)}")
    return host, int(port)


def _split_user(rest: str) -> tuple[str | None, str | None, str]:
    """The user may hold `;`, `?` and `/` (RFC 4475 3.1.1.9), so it is cut off first, at the `@`."""
    before, at, after = rest.partition("@")
    if not at:
        return None, None, rest
    user, colon, password = before.partition(":")
    return unquote(user, errors="surrogateescape"), password if colon else None, after


def _uri_params(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(";") if text else ():
        name, _, value = part.partition("=")
        if name.strip():
            found[name.strip().lower()] = value.strip()
    return found


@dataclass(frozen=True, slots=True)
class NameAddress:
    """`"Name" <address>;parameters` as in From, To, Contact, Route. `uri` is the address's text as it came."""

    uri: str
    display: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def tag(self) -> str:
        """The tag parameter; empty: none."""
        return self.params.get("tag", "")

    @property
    def address(self) -> Uri:
        """The address read. Raises `Malformed`."""
        return parse_uri(self.uri)

    def __str__(self) -> str:
        """As it goes on the wire."""
        name = f"{quoted(self.display)} " if self.display else ""
        return f"{name}<{self.uri}>{params_text(self.params)}"


def parse_name_address(text: str) -> NameAddress:
    """Read one value of a header that holds addresses. Raises `Malformed`."""
    text = text.strip()
    display = ""
    if text.startswith('"'):
        end = closing_quote(text)
        display, text = unquoted(text[: end + 1]), text[end + 1 :].lstrip()
        if not text.startswith("<"):
            raise Malformed("Bad address: a quoted name must be followed by <address>")
    start = text.find("<")
    if start < 0:
        return _bare_address(text)
    end = text.find(">", start)
    if end < 0:
        raise Malformed(f"Bad address: no closing > in {shown(text)}")
    uri = text[start + 1 : end].strip()
    if not uri:
        raise Malformed("Bad address: nothing between < and >")
    return NameAddress(uri, display or text[:start].strip(), parse_params(text[end + 1 :]))


def _bare_address(text: str) -> NameAddress:
    """Without brackets, what follows `;` belongs to the header, and `?` is not allowed (section 20.10)."""
    uri, semicolon, params = text.partition(";")
    uri = uri.strip()
    if not uri or "?" in uri or "," in uri or " " in uri:
        raise Malformed(f"Bad address: {shown(text)} needs brackets")
    return NameAddress(uri, "", parse_params(semicolon + params))


def parse_params(text: str) -> dict[str, str]:
    """`;name=value;flag;other="quoted"`: names in lower case, values as they stand without their quotes."""
    found: dict[str, str] = {}
    text = text.strip()
    if not text:
        return found
    if text[0] != ";":
        raise Malformed(f"Bad parameters: {shown(text)}")
    parts = split_outside_quotes(text[1:], ";") if '"' in text else text[1:].split(";")
    if len(parts) > 1 and not all(part.strip() for part in parts[:-1]):
        raise Malformed(f"Bad parameters: {shown(text)}")  # one empty at the end is a common slip
    for part in parts:
        name, _, value = part.partition("=")
        name, value = name.strip().lower(), value.strip()
        if name:
            found[name] = unquoted(value) if value.startswith('"') else value
    return found


def params_text(params: Mapping[str, str]) -> str:
    """Header parameters as they go on the wire: what is no token is quoted."""
    if not params:
        return ""
    parts: list[str] = []
    for name, value in params.items():
        plain = value if _PLAIN.fullmatch(value) else quoted(value)
        parts.append(f";{name}={plain}" if value else f";{name}")
    return "".join(parts)


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """Cut at separators that stand neither within quotes nor within `<>`. Raises `Malformed` on an open quote."""
    parts: list[str] = []
    start = position = 0
    depth = 0
    while position < len(text):
        letter = text[position]
        if letter == '"':
            position = closing_quote(text, position)
        elif letter == "<":
            depth += 1
        elif letter == ">":
            depth = max(0, depth - 1)
        elif letter == separator and depth == 0:
            parts.append(text[start:position])
            start = position + 1
        position += 1
    parts.append(text[start:])
    return parts


def closing_quote(text: str, start: int = 0) -> int:
    """Where the quoted string that begins at `start` ends. Raises `Malformed` when it does not."""
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == '"':
            return position
        position += 1
    raise Malformed("Unterminated quoted string")


def quoted(text: str) -> str:
    """As a quoted string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unquoted(text: str) -> str:
    """The content of a quoted string; other text as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    return re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL) if "\\" in inner else inner


def shown(text: str) -> str:
    """A piece of received text, short and printable, for an error's sentence."""
    short = text if len(text) <= 40 else f"{text[:37]}..."
    return "'" + "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in short) + "'"
