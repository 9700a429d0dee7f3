"""Session timers (RFC 4028): pure decisions about who refreshes a call, how often, and when it counts as lost.

A call whose other end died sends no BYE; without refreshes it would last, and be billed, for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import first, number, tokens
from offhook.voice.sip.uri import parse_params

MIN_SECONDS = 90
"""The least that anybody may ask for (section 4)."""
_LIMIT = 2**31


@dataclass(frozen=True, slots=True)
class Session:
    """What was agreed: the interval, and whether we refresh."""

    seconds: int
    is_ours: bool

    @property
    def refresh_after(self) -> float:
        """Half the interval (section 7.2)."""
        return self.seconds / 2

    @property
    def lost_after(self) -> float:
        """When a refresh is missed, BYE goes out so long after the last one (section 10)."""
        return self.seconds - min(32, self.seconds / 3)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message says: interval, `refresher` ("uac", "uas" or "")."""

    seconds: int
    refresher: str


def asked_in(headers: Mapping[str, Sequence[str]]) -> Asked | None:
    """The Session-Expires header; None: absent. Raises `Malformed`."""
    seconds = number(headers, "session-expires", limit=_LIMIT)
    if seconds is None:
        return None
    _, semicolon, rest = first(headers, "session-expires").partition(";")
    refresher = parse_params(semicolon + rest).get("refresher", "").lower()
    if refresher not in ("", "uac", "uas"):
        raise Malformed("Bad Session-Expires: refresher must be uac or uas")
    return Asked(seconds, refresher)


def is_too_small(headers: Mapping[str, Sequence[str]]) -> bool:
    """Whether a request must be refused by 422 (section 9). Raises `Malformed`."""
    asked = asked_in(headers)
    return asked is not None and asked.seconds < MIN_SECONDS and "timer" in tokens(headers, "supported")


def granted(headers: Mapping[str, Sequence[str]]) -> Session | None:
    """What we, the server, agree to for a request; None: no timer. Raises `Malformed`.

    Who does not know of timers cannot refresh, so then we do (section 9, table 2).
    """
    asked = asked_in(headers)
    if asked is None:
        return None
    knows = "timer" in tokens(headers, "supported")
    return Session(max(asked.seconds, MIN_SECONDS), is_ours=not knows or asked.refresher == "uas")


def answered(headers: Mapping[str, Sequence[str]]) -> Session | None:
    """What the server's 2xx agreed to, seen by us, the client; None: no timer. Raises `Malformed`."""
    asked = asked_in(headers)
    if asked is None:
        return None
    return Session(max(asked.seconds, MIN_SECONDS), is_ours=asked.refresher != "uas")


def least_of(headers: Mapping[str, Sequence[str]]) -> int:
    """Min-SE of a 422. Raises `Malformed`."""
    return max(number(headers, "min-se", limit=_LIMIT) or MIN_SECONDS, MIN_SECONDS)
