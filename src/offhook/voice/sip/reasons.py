"""Why a call ended, as the Reason header tells (RFC 3326), and Q.850 causes as SIP codes (RFC 3398 7.2.4.1)."""

from collections.abc import Mapping, Sequence

from offhook.voice.sip.headers import listed
from offhook.voice.sip.uri import parse_params, quoted

_BY_CAUSE: Mapping[int, int] = {
    1: 404, 2: 404, 3: 404, 16: 200, 17: 486, 18: 408, 19: 480, 20: 480, 21: 403, 22: 410, 23: 410, 26: 404,
    27: 502, 28: 484, 29: 501, 31: 480, 34: 503, 38: 503, 41: 503, 42: 503, 47: 503, 55: 403, 57: 403, 58: 503,
    65: 488, 70: 488, 79: 501, 87: 403, 88: 503, 102: 504, 111: 500, 127: 500,
}  # fmt: skip


def code_of_cause(cause: int) -> int:
    """The SIP code that a Q.850 cause means; 500 for those that nobody uses."""
    return _BY_CAUSE.get(cause, 500)


def read_reason(headers: Mapping[str, Sequence[str]]) -> tuple[int, str] | None:
    """Code (SIP) and text of the Reason header, SIP's before Q.850's; None: absent or of another protocol."""
    found: dict[str, tuple[int, str]] = {}
    for value in listed(headers, "reason"):
        protocol, semicolon, rest = value.partition(";")
        params = parse_params(semicolon + rest)
        cause = params.get("cause", "")
        if cause.isascii() and cause.isdigit() and len(cause) <= 3:
            found.setdefault(protocol.strip().upper(), (int(cause), params.get("text", "")))
    if "SIP" in found:
        return found["SIP"]
    if "Q.850" in found:
        cause, text = found["Q.850"]
        return code_of_cause(cause), text or f"Q.850 cause {cause}"
    return None


def reason_value(code: int, text: str) -> str:
    """A Reason header of ours."""
    return f"SIP;cause={code};text={quoted(text)}"
