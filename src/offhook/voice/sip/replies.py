"""Answers to requests (RFC 3261 section 8.2.6), and what we say of ourselves in them."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from offhook.voice.sip.addresses import Address
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import Headers, listed
from offhook.voice.sip.message import Request, Response
from offhook.voice.sip.uri import DEFAULT_PORT

REASONS: Mapping[int, str] = {
    100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress",
    200: "OK", 202: "Accepted", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily",
    305: "Use Proxy", 380: "Alternative Service", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone", 413: "Request Entity Too Large",
    414: "Request-URI Too Long", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme",
    420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small", 423: "Interval Too Brief",
    480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected",
    483: "Too Many Hops", 484: "Address Incomplete", 485: "Ambiguous", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending", 493: "Undecipherable",
    500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large", 600: "Busy Everywhere",
    603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}  # fmt: skip

ALLOWED = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY"
METHODS = frozenset({*ALLOWED.split(", "), "REFER"})
"""Those that we answer by themselves; REFER by declining it (`transfers.hear_refer`), and so it is not offered."""
KNOWN_METHODS = METHODS | {"REGISTER", "SUBSCRIBE", "PUBLISH", "MESSAGE", "PRACK"}
"""Those that we do not do are answered 405; what nobody knows, 501."""
SUPPORTED = "timer"
EXTENSIONS = frozenset({"timer"})
"""Option tags that a request may require of us."""
_ECHOED = ("via", "from", "to", "call-id", "cseq")


def reason_of(code: int) -> str:
    """The usual phrase of a code."""
    return REASONS.get(code) or REASONS.get(code // 100 * 100, "")


def answer_to(
    request: Request,
    code: int,
    reason: str = "",
    *,
    tag: str = "",
    headers: Headers | None = None,
    body: bytes = b"",
) -> Response:
    """An answer with the request's Via, From, To (with `tag`, unless it has one), Call-ID and CSeq."""
    found: Headers = {key: request.headers[key] for key in _ECHOED if key in request.headers}
    if tag and code > 100 and _lacks_tag(request):
        found["to"] = [f"{request.headers['to'][0]};tag={tag}"]
    if headers:
        found.update(headers)
    return Response(code=code, reason=reason or reason_of(code), headers=found, body=body)


def _lacks_tag(request: Request) -> bool:
    """To can be read, and has none: one that cannot be read goes back as it came."""
    try:
        return not request.receiver.tag
    except Malformed:
        return False


def stamp(request: Request, source: Address) -> None:
    """Note in the topmost Via where the request really came from (18.2.1, RFC 3581). Raises `Malformed`."""
    via = request.via
    wants_port = "rport" in via.params
    if via.host == source.host and not wants_port:
        return
    params = {**via.params, "received": source.host}
    if wants_port:
        params["rport"] = str(source.port)
    line = request.headers["via"][0]
    others = listed({"via": [line]}, "via")[1:] if "," in line else []
    request.headers["via"][0] = ", ".join([str(replace(via, params=params)), *others])


def reply_address(request: Request, source: Address) -> Address:
    """Where answers go (18.2.2, RFC 3581): over the same connection, or to the sender at the port it wants."""
    if source.transport != "udp" or "rport" in request.via.params:
        return source
    return source._replace(port=request.via.port or DEFAULT_PORT)


def stateless_tag(request: Request, secret: bytes) -> str:
    """The same tag for the same request, without remembering it (section 8.2.7)."""
    told = "|".join([request.call_id, request.headers.get("cseq", [""])[0], request.headers.get("from", [""])[0]])
    return hashlib.blake2s(told.encode("utf-8", "surrogateescape"), key=secret, digest_size=8).hexdigest()
