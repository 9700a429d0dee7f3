"""Messages: bytes to `Request` or `Response` and back (RFC 3261 section 7), as tolerant as RFC 4475 wants.

Parsing cuts the start line, the header lines and the body, no more; the fields that transactions need are read
when first asked for. `check_request` and `check_response` then hold a message to what must be right in it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from offhook.voice.sip.addresses import Address
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import (
    SINGLE,
    CSeq,
    Headers,
    Via,
    first,
    key_of,
    listed,
    number,
    parse_cseq,
    parse_via,
    wire_name,
)
from offhook.voice.sip.uri import NameAddress, parse_name_address, parse_uri, shown

VERSION = "SIP/2.0"
MAX_FORWARDS = 70

_FOLD = re.compile(r"\r?\n[ \t]+")
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_NAME = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+[ \t]*")


@dataclass
class _Message:
    """What requests and responses share."""

    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    source: Address | None = field(default=None, compare=False)
    """Where it came from; None for what we made."""

    @cached_property
    def via(self) -> Via:
        """The topmost hop. Raises `Malformed`."""
        values = listed({"via": self.headers.get("via", [])[:1]}, "via")
        if not values:
            raise Malformed("Missing Via")
        return parse_via(values[0])

    @cached_property
    def cseq(self) -> CSeq:
        """Raises `Malformed`."""
        return parse_cseq(first(self.headers, "cseq"))

    @cached_property
    def sender(self) -> NameAddress:
        """From. Raises `Malformed`."""
        return parse_name_address(first(self.headers, "from"))

    @cached_property
    def receiver(self) -> NameAddress:
        """To. Raises `Malformed`."""
        return parse_name_address(first(self.headers, "to"))

    @property
    def call_id(self) -> str:
        """Call-ID as it stands."""
        return first(self.headers, "call-id")

    @cached_property
    def contact(self) -> str:
        """The first Contact's address as text; empty: none. Raises `Malformed`."""
        values = listed(self.headers, "contact")
        if not values or values[0] == "*":
            return ""
        return parse_name_address(values[0]).uri


@dataclass
class Request(_Message):
    """A request; `uri` as it stands in the first line."""

    method: str = ""
    uri: str = ""

    @property
    def start(self) -> str:
        """The first line."""
        return f"{self.method} {self.uri} {VERSION}"


@dataclass
class Response(_Message):
    """An answer."""

    code: int = 0
    reason: str = ""

    @property
    def start(self) -> str:
        """The first line."""
        return f"{VERSION} {self.code} {self.reason}"


Message = Request | Response


def serialise(message: Message) -> bytes:
    """As it goes on the wire; Content-Length is counted here."""
    lines = [message.start]
    for key, values in message.headers.items():
        if key != "content-length":
            name = wire_name(key)
            lines.extend([f"{name}: {value}" for value in values])
    lines.append(f"Content-Length: {len(message.body)}\r\n\r\n")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + message.body


def parse(data: bytes) -> Message:
    """Read one message that fills a datagram; what follows its body is ignored (section 18.3).

    Raises `Malformed`, which carries the headers as far as they could be read.
    """
    head, gap, body = data.partition(b"\r\n\r\n")
    if not gap:
        head, gap, body = data.partition(b"\n\n")
    if not gap:
        head = head.rstrip(b"\r\n")
    start, headers = _parse_head(head)
    try:
        message = _parse_start(start)
        body = _cut_body(headers, body)
    except Malformed as error:
        error.headers = headers
        raise
    message.headers = headers
    message.body = body
    return message


def _parse_head(head: bytes) -> tuple[str, Headers]:
    text = head.decode("utf-8", "surrogateescape")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    lines = text.split("\r\n") if "\r\n" in text else text.split("\n")
    headers: Headers = {}
    fault = ""
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name) or "\n" in value or "\r" in value:
            fault = fault or f"Bad header line: {shown(line)}"
            continue
        key = key_of(name)
        values = headers.get(key)
        if values is None:
            headers[key] = [value.strip()]
        else:
            values.append(value.strip())
    if fault:
        raise Malformed(fault, headers=headers)
    return lines[0], headers


def _parse_start(line: str) -> Message:
    if line.startswith("SIP/"):
        return _parse_status(line)
    parts = line.rstrip().split(" ")  # trailing spaces do no harm (RFC 4475 3.1.2.10)
    if len(parts) != 3 or not all(parts):
        raise Malformed(f"Bad request line: {shown(line)}")
    method, uri, version = parts
    if not _TOKEN.fullmatch(method):
        raise Malformed(f"Bad method: {shown(method)}")
    if version.upper() != VERSION:
        known = version.upper().startswith("SIP/")
        raise Malformed("Version Not Supported" if known else "Bad version", answer=505 if known else 400)
    if "<" in uri or ">" in uri or '"' in uri or not uri.isprintable():
        raise Malformed("Bad Request-URI: an address without brackets or quotes is needed")
    return Request(method=method, uri=uri)


def _parse_status(line: str) -> Response:
    version, _, rest = line.partition(" ")
    code, _, reason = rest.partition(" ")
    if version.upper() != VERSION:
        raise Malformed(f"Bad version: {shown(version)}")
    if not (len(code) == 3 and code.isascii() and code.isdigit() and 100 <= int(code) <= 699):
        raise Malformed(f"Bad status code: {shown(code)}")
    if "\r" in reason or "\n" in reason:
        raise Malformed("Bad reason phrase")
    return Response(code=int(code), reason=reason)


def _cut_body(headers: Headers, body: bytes) -> bytes:
    lengths = headers.get("content-length")
    if not lengths:
        return body
    if len(set(lengths)) > 1:
        raise Malformed("Conflicting Content-Length")
    length = body_length(headers)
    if length > len(body):
        raise Malformed(f"Content-Length {length} is more than the {len(body)} bytes that came")
    return body[:length]


def body_length(headers: Headers) -> int:
    """What Content-Length says; 0 when absent. Raises `Malformed`."""
    return number(headers, "content-length", limit=2**31) or 0


def check_request(request: Request) -> None:
    """Hold a request to what must be right in it (sections 8.1.1 and 8.2). Raises `Malformed`."""
    try:
        _check_fields(request)
        _check_uri(request)
    except Malformed as error:
        error.headers = request.headers
        raise


def _check_fields(request: Request) -> None:
    headers = request.headers
    for key in ("via", "call-id", "from", "to", "cseq"):
        if not first(headers, key):
            raise Malformed(f"Missing {wire_name(key)}")
    for key in SINGLE:
        if len(headers.get(key, ())) > 1:
            raise Malformed(f"More than one {wire_name(key)}")
    if request.cseq.method != request.method:
        raise Malformed("CSeq names another method")
    number(headers, "max-forwards", limit=255)
    _read: tuple[Callable[[], object], ...] = (
        lambda: request.via,
        lambda: request.sender,
        lambda: request.receiver,
        lambda: request.contact,
    )
    for read in _read:
        read()


def _check_uri(request: Request) -> None:
    uri = parse_uri(request.uri)
    if not uri.is_sip and uri.scheme != "tel":
        raise Malformed("Unsupported URI Scheme", answer=416)
    if uri.headers:
        raise Malformed("Bad Request-URI: headers are not allowed in it")


def check_response(response: Response) -> None:
    """Hold a response to what its transaction needs. Raises `Malformed`: it is then dropped."""
    if not response.call_id:
        raise Malformed("Missing Call-ID")
    _ = response.via, response.cseq, response.sender, response.receiver
