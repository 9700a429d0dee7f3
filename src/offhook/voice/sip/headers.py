"""Names and values of header fields (RFC 3261 sections 7.3 and 20).

Headers are kept as `dict[str, list[str]]`: lower-case long name to the values as received, one per line of the
message. They are read only when somebody asks: most of a message interests nobody, and reading is what costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.uri import params_text, parse_host_port, parse_params, shown, split_outside_quotes

Headers = dict[str, list[str]]

COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
}
"""Compact forms (RFC 3261, 3265, 3515, 3841, 3892, 4028)."""

_WIRE = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "mime-version": "MIME-Version",
    "min-se": "Min-SE",
    "www-authenticate": "WWW-Authenticate",
    "rseq": "RSeq",
    "rack": "RAck",
}
_KNOWN = """
Via From To Contact Max-Forwards Content-Type Content-Length Route Record-Route Allow Supported Require Unsupported
User-Agent Server Expires Session-Expires Authorization Proxy-Authorization Proxy-Authenticate Reason Retry-After
Warning P-Asserted-Identity Privacy Refer-To Referred-By Event Subscription-State Accept Min-Expires Date Subject
""".split()
_WIRE.update({name.lower(): name for name in _KNOWN})
_KEYS = {wire: key for key, wire in _WIRE.items()} | COMPACT | {key.upper(): name for key, name in COMPACT.items()}

SINGLE = (
    "call-id",
    "cseq",
    "from",
    "to",
    "max-forwards",
    "content-length",
    "content-type",
    "expires",
)
"""Fields that stand once at most (RFC 4475 3.3.8)."""

MAX_SEQUENCE = 2**31
"""CSeq is less than this (section 8.1.1.5)."""


def key_of(name: str) -> str:
    """The key of a header name as it was written, compact or not."""
    known = _KEYS.get(name)
    if known:
        return known
    lowered = name.strip().lower()
    return COMPACT.get(lowered, lowered)


def wire_name(key: str) -> str:
    """The name as others like to see it."""
    return _WIRE.get(key) or key.title()


def first(headers: Mapping[str, Sequence[str]], key: str) -> str:
    """The first value as it stands; empty: there is none."""
    values = headers.get(key)
    return values[0] if values else ""


def listed(headers: Mapping[str, Sequence[str]], key: str) -> list[str]:
    """All values of a header that may hold several in one line, in order. Raises `Malformed`."""
    found: list[str] = []
    for line in headers.get(key, ()):
        parts = split_outside_quotes(line, ",") if "," in line else (line,)
        found.extend(part.strip() for part in parts if part.strip())
    return found


def tokens(headers: Mapping[str, Sequence[str]], key: str) -> frozenset[str]:
    """The words of Supported, Require, Allow: as written (methods are case-sensitive, option tags lower-case)."""
    return frozenset(word.strip() for line in headers.get(key, ()) for word in line.split(",") if word.strip())


def number(headers: Mapping[str, Sequence[str]], key: str, *, limit: int) -> int | None:
    """A header that is one number, perhaps with parameters; None: absent. Raises `Malformed` beyond 0..`limit`."""
    text = first(headers, key)
    if not text:
        if key in headers:
            raise Malformed(f"Bad {wire_name(key)}: no number")
        return None
    digits = text.partition(";")[0].partition("(")[0].strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 20 or int(digits) > limit:
        raise Malformed(f"Bad {wire_name(key)}: {shown(digits)} is not a number of 0 to {limit}")
    return int(digits)


@dataclass(frozen=True, slots=True)
class CSeq:
    """The sequence number of a request within its dialog, and its method."""

    number: int
    method: str

    def __str__(self) -> str:
        """As it goes on the wire."""
        return f"{self.number} {self.method}"


def parse_cseq(text: str) -> CSeq:
    """Raises `Malformed`."""
    digits, _, method = text.strip().partition(" ")
    method = method.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10 or int(digits) >= MAX_SEQUENCE:
        raise Malformed(f"Bad CSeq: {shown(digits)} is not a number below 2**31")
    if not method or " " in method:
        raise Malformed("Bad CSeq: one method must follow the number")
    return CSeq(int(digits), method)


@dataclass(frozen=True, slots=True)
class Via:
    """One hop that a message took (section 20.42): whom it was sent by, and the transaction's branch."""

    transport: str
    host: str
    port: int | None = None
    params: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def branch(self) -> str:
        """The transaction's name; empty: none, as RFC 2543 had it."""
        return self.params.get("branch", "")

    def __str__(self) -> str:
        """As it goes on the wire."""
        port = "" if self.port is None else f":{self.port}"
        return f"SIP/2.0/{self.transport} {self.host}{port}{params_text(self.params)}"


def parse_via(text: str) -> Via:
    """Read one Via value, however it is spaced. Raises `Malformed`."""
    head, semicolon, rest = text.partition(";")
    parts = head.split("/", 2)
    if len(parts) != 3:
        raise Malformed(f"Bad Via: {shown(head)}")
    words = parts[2].split(None, 1)
    if parts[0].strip().upper() != "SIP" or len(words) != 2:
        raise Malformed(f"Bad Via: {shown(head)}")
    host, port = parse_host_port(words[1])
    return Via(words[0].upper(), host, port, parse_params(semicolon + rest))
