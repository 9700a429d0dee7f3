"""By which trunk a call came, where one address serves several: a carrier with many customers, an edge of ours."""

from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import first
from offhook.voice.sip.message import Request
from offhook.voice.sip.trunks import Trunk
from offhook.voice.sip.uri import parse_uri

CARRIER = "x-offhook-carrier"
"""What our edge says of a call (`deploy/kamailio`): the carrier's domain. Others only choose among their own."""


def origins(request: Request, trunks: tuple[Trunk, ...]) -> tuple[Trunk, ...]:
    """Of the trunks at the address that a call came from those that fit it best: all of them if nothing tells.

    The account that was called tells most, then the carrier that an edge names, then the domains in the request.
    Who remains cannot be told apart by signalling; the number that was called can (`exchange/arrivals.py`).
    """
    account, carrier = parse_uri(request.uri).user, first(request.headers, CARRIER).strip().lower()
    by_account = tuple(one for one in trunks if one.hop.username and one.hop.username == account)
    by_carrier = tuple(one for one in trunks if carrier and carrier == (one.hop.domain or one.hop.host).lower())
    told = _domains(request)
    by_domain = tuple(one for one in trunks if one.hop.domain and one.hop.domain.lower() in told)
    return by_account or by_carrier or by_domain or trunks


def _domains(request: Request) -> set[str]:
    told: set[str] = set()
    for address in (request.receiver, request.sender):
        try:
            told.add(address.address.host.lower())
        except Malformed:
            continue
    host = parse_uri(request.uri).host
    return {name for name in (*told, host.lower()) if name}
