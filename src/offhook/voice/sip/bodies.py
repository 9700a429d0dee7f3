"""What a message carries: SDP alone or within multipart (RFC 5621), other things that are refused, sipfrag."""

from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import first
from offhook.voice.sip.message import Message
from offhook.voice.sip.sdp import parse_sdp
from offhook.voice.sip.uri import parse_params

SDP = "application/sdp"


def media_type(message: Message) -> str:
    """The Content-Type without parameters, lower case; empty: none."""
    return first(message.headers, "content-type").partition(";")[0].strip().lower()


def description_in(message: Message) -> str | None:
    """The SDP that a message carries; None: none. Raises `Malformed` (400, 415, 488) when it cannot be used."""
    if not message.body.strip():
        return None
    kind = media_type(message)
    if first(message.headers, "content-encoding") not in ("", "identity"):
        raise Malformed("Unsupported Media Type: no encodings here", answer=415)
    if kind == SDP:
        return _checked(message.body)
    if kind.startswith("multipart/"):
        return _part_of(message)
    disposition = first(message.headers, "content-disposition")
    if "handling=optional" in disposition.replace(" ", "").lower():
        return None
    raise Malformed(f"Unsupported Media Type: {kind[:40] or 'none told'}", answer=415)


def _checked(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    parse_sdp(text)
    return text


def _part_of(message: Message) -> str | None:
    """Carriers add ISUP beside the SDP; what is not SDP is passed over."""
    _, semicolon, rest = first(message.headers, "content-type").partition(";")
    boundary = parse_params(semicolon + rest).get("boundary", "")
    if not boundary:
        raise Malformed("Bad Content-Type: multipart without boundary")
    for part in message.body.split(b"--" + boundary.encode("utf-8", "surrogateescape")):
        head, _, content = part.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if SDP.encode() in head.lower():
            return _checked(content.removesuffix(b"\r\n"))
    return None


def code_of_fragment(body: bytes) -> int | None:
    """The status code of a sipfrag (RFC 3420), as NOTIFY tells how a transfer goes; None: there is none."""
    words = body.split(None, 2)
    if len(words) >= 2 and words[0].upper() == b"SIP/2.0" and words[1].isdigit() and len(words[1]) == 3:
        return int(words[1])
    return None


_SIGNALS = frozenset("0123456789*#ABCD")
_DEFAULT_MILLISECONDS = 160


def key_in(message: Message) -> tuple[str, int] | None:
    """The key pressed that an INFO tells (`application/dtmf-relay` or `application/dtmf`): digit, milliseconds."""
    text = message.body.decode("latin-1").strip()
    kind = media_type(message)
    if kind == "application/dtmf":
        return (text.upper(), _DEFAULT_MILLISECONDS) if text.upper() in _SIGNALS and text else None
    if kind != "application/dtmf-relay":
        return None
    told: dict[str, str] = {}
    for line in text.lower().splitlines():
        name, _, value = line.replace(" ", "").partition("=")
        told[name] = value
    digit = told.get("signal", "").upper()
    duration = told.get("duration", "")
    milliseconds = int(duration) if duration.isascii() and duration.isdigit() and len(duration) < 6 else 0
    return (digit, milliseconds or _DEFAULT_MILLISECONDS) if digit and digit in _SIGNALS else None
