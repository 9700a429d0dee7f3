"""Calls that we place: INVITE as a client (RFC 3261 section 13.2), its forks, its cancelling.

Forking: one INVITE may be answered by several phones. The first 2xx is the call; every other one is acknowledged
and hung up at once. A call that was given up and is answered nevertheless (CANCEL crossed the 200) likewise.
"""

from dataclasses import dataclass

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import Answered, Hop, Refused, Trying
from offhook.voice.sip.addresses import Address, in_brackets
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.bodies import description_in
from offhook.voice.sip.dialogs import Dialog, as_client
from offhook.voice.sip.endings import bye
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import Headers, first, number
from offhook.voice.sip.legs import Errand, Leg, LegState, Purpose
from offhook.voice.sip.message import MAX_FORWARDS, Request, Response
from offhook.voice.sip.redirects import followed, targets
from offhook.voice.sip.replies import ALLOWED, SUPPORTED
from offhook.voice.sip.session_timers import MIN_SECONDS, least_of
from offhook.voice.sip.sessions import start_session
from offhook.voice.sip.transactions import News
from offhook.voice.sip.uri import NameAddress, Uri

MAX_RAISES = 3
"""How often a session interval is raised because of 422."""


@dataclass(frozen=True, slots=True)
class Placing:
    """What a call is placed with; see `SignallingPort.invite`."""

    leg: str
    number: str
    hop: Hop
    caller: str
    caller_name: str
    sdp: str


def place(agent: Agent, placing: Placing, now: float) -> None:
    """Send the INVITE. Raises `Conflict` when the leg id is in use, `Malformed` for what cannot be sent."""
    if placing.leg in agent.legs:
        raise Conflict(f"There is a leg {placing.leg} already.")
    hop = placing.hop
    request = _invite(agent, placing)
    target = Address(hop.transport, hop.host, hop.port)
    leg = Leg(placing.leg, hop, True, LegState.CALLING, local_sdp=placing.sdp)
    leg.errand = Errand(Purpose.INVITE, hop.trunk, request, target, leg)
    agent.legs[leg.id] = leg
    agent.dispatch(leg.errand, now)


def _invite(agent: Agent, placing: Placing) -> Request:
    hop = placing.hop
    for told in (placing.number, placing.caller, placing.caller_name, hop.domain or "", hop.host):
        if not told.isprintable():
            raise Malformed("A number, name or host holds a character that cannot be sent")
    uri = str(Uri("sip", user=placing.number, host=hop.domain or in_brackets(hop.host), port=_port_of(hop)))
    headers: Headers = {
        "max-forwards": [str(MAX_FORWARDS)],
        "from": [f"{_sender(agent, placing)};tag={agent.token()}"],
        "to": [f"<{uri}>"],
        "call-id": [f"{agent.token()}{agent.token()}"],
        "cseq": ["1 INVITE"],
        "contact": [agent.contact(hop.transport)],
        "allow": [ALLOWED],
        "supported": [SUPPORTED],
        "user-agent": [agent.settings.product],
        "content-type": ["application/sdp"],
    }
    if agent.settings.session_seconds:
        headers["session-expires"] = [str(agent.settings.session_seconds)]
        headers["min-se"] = [str(MIN_SECONDS)]
    if hop.asserts_identity and placing.caller:
        headers["p-asserted-identity"] = [str(_identity(agent, placing))]
    if not placing.caller:
        headers["privacy"] = ["id"]
    return Request(method="INVITE", uri=uri, headers=headers, body=placing.sdp.encode())


def _port_of(hop: Hop) -> int | None:
    return None if hop.domain or hop.port == 5060 else hop.port


def _identity(agent: Agent, placing: Placing) -> NameAddress:
    host = placing.hop.domain or in_brackets(agent.settings.host)
    return NameAddress(str(Uri("sip", user=placing.caller, host=host)), placing.caller_name)


def _sender(agent: Agent, placing: Placing) -> NameAddress:
    if not placing.caller:
        return NameAddress("sip:anonymous@anonymous.invalid", "Anonymous")
    return _identity(agent, placing)


def hear(agent: Agent, errand: Errand, response: Response, now: float) -> None:
    """An answer to an INVITE that opened, or would open, a call. Credentials were tried before."""
    if response.code < 200:
        _progress(agent, errand, response)
    elif response.code < 300:
        _accepted(agent, errand, response, now)
    elif not _tried_anew(agent, errand, response, now):
        _refused(agent, errand, response)


def _tried_anew(agent: Agent, errand: Errand, response: Response, now: float) -> bool:
    if response.code == 422:
        return _raised(agent, errand, response, now)
    return response.code < 400 and followed(agent, errand, response, now)


def unheard(agent: Agent, errand: Errand, news: News) -> None:
    """No answer came, or the trunk cannot be reached (RFC 3261 8.1.3.1: 408 and 503)."""
    code, reason = (503, "The trunk cannot be reached") if news is News.BROKEN else (408, "No answer")
    fail(agent, errand, code, reason)


def fail(agent: Agent, errand: Errand, code: int, reason: str) -> None:
    """A call comes to nothing, without an answer that says so."""
    leg = errand.leg
    if leg is None:
        return
    if leg.state is LegState.GIVEN_UP:
        _end(agent, leg, Refused(leg.id, 487, "Given up"))
    elif leg.state is LegState.CALLING:
        _end(agent, leg, Refused(leg.id, code, reason))


def _progress(agent: Agent, errand: Errand, response: Response) -> None:
    leg = errand.leg
    if leg is None or leg.state is not LegState.CALLING:
        return
    if response.code > 100 and response.receiver.tag:
        leg.early = as_client(errand.request, response)
    try:
        sdp = description_in(response)
    except Malformed:
        sdp = None  # early media that nobody can understand is none
    leg.remote_sdp = sdp or leg.remote_sdp
    agent.tell(Trying(leg.id, response.code, response.reason, sdp))


def _accepted(agent: Agent, errand: Errand, response: Response, now: float) -> None:
    if agent.acknowledge_again(errand, response.receiver.tag):
        return
    dialog = as_client(errand.request, response)
    agent.acknowledge(errand, dialog, now)
    leg = errand.leg
    if leg is None or leg.state is not LegState.CALLING:
        bye(agent, dialog, errand.trunk, now)
        if leg is not None and leg.state is LegState.GIVEN_UP:
            _end(agent, leg, Refused(leg.id, 487, "Given up; answered at the same moment"))
        return
    try:
        sdp = _answer_in(leg, dialog, response)
    except Malformed as error:
        bye(agent, dialog, errand.trunk, now)
        _end(agent, leg, Refused(leg.id, 488, error.message))
        return
    leg.state = LegState.UP
    leg.early = None
    agent.enter(leg, dialog)
    leg.remote_sdp = sdp
    start_session(agent, leg, response, now)
    agent.tell(Answered(leg.id, sdp))


def _answer_in(leg: Leg, dialog: Dialog, response: Response) -> str:
    """The answer to our offer; some send it in the 18x only. Raises `Malformed` when there is none."""
    sdp = description_in(response)
    if sdp is None and leg.early is not None and leg.early.remote_tag == dialog.remote_tag:
        sdp = leg.remote_sdp
    if sdp is None:
        raise Malformed("No answer to our offer")
    return sdp


def _raised(agent: Agent, errand: Errand, response: Response, now: float) -> bool:
    """422: ask for the interval that they want at least (RFC 4028 section 7.3)."""
    leg = errand.leg
    if leg is None or leg.state is not LegState.CALLING or errand.raises >= MAX_RAISES:
        return False
    errand.raises += 1
    least = str(max(least_of(response.headers), agent.settings.session_seconds))
    errand.request.headers["session-expires"] = [least]
    errand.request.headers["min-se"] = [str(least_of(response.headers))]
    agent.repeat(errand, now)
    return True


def _refused(agent: Agent, errand: Errand, response: Response) -> None:
    leg = errand.leg
    if leg is None or leg.state not in (LegState.CALLING, LegState.GIVEN_UP):
        return
    code, reason = (487, "Given up") if leg.state is LegState.GIVEN_UP else (response.code, response.reason)
    try:
        retry_after = number(response.headers, "retry-after", limit=2**31)
    except Malformed:
        retry_after = None
    contacts = targets(response) if code < 400 else ()
    warning = first(response.headers, "warning") or None
    _end(agent, leg, Refused(leg.id, code, reason, retry_after, warning, contacts))


def _end(agent: Agent, leg: Leg, refused: Refused) -> None:
    agent.forget(leg)
    agent.tell(refused)


def give_up(agent: Agent, leg: Leg, now: float) -> None:
    """Cancel a call that nobody has answered yet."""
    leg.state = LegState.GIVEN_UP
    if leg.errand is not None and leg.errand.transaction is not None:
        agent.transactions.cancel(leg.errand.transaction, now)
