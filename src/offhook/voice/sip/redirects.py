"""Redirects of our calls (RFC 3261 section 8.1.3.4): followed once, if they stay with the carrier and the number.

Carriers spread load by sending us to another machine of theirs. Where a redirect names another number, that is a
call of which the policy knows nothing; where it names somebody else's machine, one that nobody told us to trust.
Neither is followed: the call counts as refused, with the 3xx.
"""

from dataclasses import replace

from offhook.voice.signalling import Hop
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.dialogs import address_of
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import listed
from offhook.voice.sip.legs import Errand, LegState
from offhook.voice.sip.message import Response
from offhook.voice.sip.uri import Uri, parse_name_address, parse_uri


def targets(response: Response) -> tuple[str, ...]:
    """Where a 3xx says that the call should go."""
    found: list[str] = []
    for value in listed(response.headers, "contact"):
        try:
            found.append(parse_name_address(value).uri)
        except Malformed:
            continue
    return tuple(found)


def followed(agent: Agent, errand: Errand, response: Response, now: float) -> bool:
    """Place the call where the answer says; False: it may not go there, or was sent on before."""
    leg = errand.leg
    if leg is None or leg.state is not LegState.CALLING or errand.is_redirected:
        return False
    for target in targets(response):
        address = _address(agent, errand, leg.hop, target)
        if address is None:
            continue
        uri, errand.target = address
        errand.is_redirected, errand.fallback = True, None
        leg.early = leg.remote_sdp = None
        agent.repeat(errand, now, uri=str(uri))
        return True
    return False


def _address(agent: Agent, errand: Errand, hop: Hop, target: str) -> tuple[Uri, Address] | None:
    """Whom to call and where: the number that has leave, at a machine of the carrier; None: elsewhere."""
    called = parse_uri(errand.request.uri)
    try:
        told = parse_uri(target)
        address = address_of(told, hop.transport)
    except Malformed:
        return None
    if told.scheme != "sip" or _digits(told) != _digits(called):
        return None
    if hop.domain is not None and address.host.lower() == hop.domain.lower():
        return called, Address(hop.transport, hop.host, hop.port)
    trunk = agent.trunks.get(hop.trunk)
    if trunk is None or not agent.sources.belongs(address.host, trunk):
        return None
    return replace(called, host=told.host, port=told.port), address


def _digits(uri: Uri) -> str:
    """The number without its plus, and without what some put behind it."""
    return (uri.user or "").partition(";")[0].removeprefix("+")
