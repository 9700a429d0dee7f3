"""What a call's final code means for the rep and for routing: a pure table.

`disposition` is the suggestion a rep may overrule; None where the code says nothing of the person. `tries_next`:
the fault lies with the trunk or the network, so another trunk may do better (RFC 3261 21.5, 503 above all). Who is
busy, does not exist or declines (486, 404, 6xx) is so by every trunk: to try again would only ring twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from offhook.activities import Disposition


@dataclass(frozen=True, slots=True)
class Cause:
    """The meaning of a final code."""

    words: str
    disposition: Disposition | None
    tries_next: bool


_D = Disposition

CAUSES: Mapping[int, Cause] = {
    200: Cause("ended normally", None, False),
    300: Cause("reachable elsewhere", None, False),
    301: Cause("the number has changed", _D.OUT_OF_SERVICE, False),
    302: Cause("calls are sent elsewhere", None, False),
    305: Cause("the trunk sends us to a machine that is none of its own", None, True),
    400: Cause("the trunk did not understand us", None, True),
    401: Cause("the trunk did not accept our credentials", None, True),
    402: Cause("the trunk's account has no credit", None, True),
    403: Cause("the trunk does not allow this call", None, True),
    404: Cause("the number does not exist", _D.OUT_OF_SERVICE, False),
    407: Cause("the trunk did not accept our credentials", None, True),
    408: Cause("no answer from the trunk", None, True),
    410: Cause("the number is no longer in use", _D.OUT_OF_SERVICE, False),
    480: Cause("cannot be reached at present", _D.NO_ANSWER, False),
    481: Cause("the other side knows nothing of the call", None, False),
    484: Cause("the number is incomplete", _D.OUT_OF_SERVICE, False),
    486: Cause("busy", _D.BUSY, False),
    487: Cause("given up before an answer", _D.NO_ANSWER, False),
    488: Cause("no common way to speak", None, True),
    500: Cause("a fault in the trunk", None, True),
    501: Cause("the trunk cannot do this", None, True),
    502: Cause("a fault beyond the trunk", None, True),
    503: Cause("the trunk is overloaded or down", None, True),
    504: Cause("a time limit beyond the trunk", None, True),
    600: Cause("busy everywhere", _D.BUSY, False),
    603: Cause("declined", _D.NO_ANSWER, False),
    604: Cause("the number does not exist anywhere", _D.OUT_OF_SERVICE, False),
    606: Cause("no common way to speak", None, False),
    607: Cause("the person does not want this call", _D.NO_ANSWER, False),
    608: Cause("an analytics service rejected the call", None, False),
}
"""Codes that have a meaning of their own; 607 and 608 by RFC 8197 and RFC 8688."""

_CLASSES: Mapping[int, Cause] = {
    2: Cause("ended normally", None, False),
    3: Cause("reachable elsewhere", None, False),
    4: Cause("the call was not possible", None, False),
    5: Cause("a fault in the trunk", None, True),
    6: Cause("declined", _D.NO_ANSWER, False),
}


def cause_of(code: int) -> Cause:
    """The meaning of a final code, 200 to 699; unknown ones count as their class does (RFC 3261 8.1.3.2)."""
    return CAUSES.get(code) or _CLASSES.get(code // 100, _CLASSES[5])
