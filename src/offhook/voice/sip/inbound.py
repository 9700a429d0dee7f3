"""Calls that come in: INVITE as a server (RFC 3261 section 13.3), until they are answered, refused or given up."""

from collections.abc import Mapping, Sequence

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import Answered, Ended, Hop, Incoming
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.bodies import description_in
from offhook.voice.sip.dialogs import as_server
from offhook.voice.sip.endings import close, lose
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import Headers, listed, tokens, wire_name
from offhook.voice.sip.legs import Leg, LegState, Unacked
from offhook.voice.sip.message import Request
from offhook.voice.sip.replies import ALLOWED, SUPPORTED
from offhook.voice.sip.sessions import grant_session
from offhook.voice.sip.transactions import Send, Transaction
from offhook.voice.sip.trunks import Trunk
from offhook.voice.sip.uri import NameAddress, parse_name_address

ACK = "ack"
NO_ACK = "no ack"

_TOLD = (
    "p-asserted-identity",
    "diversion",
    "history-info",
    "privacy",
    "subject",
    "user-agent",
    "p-charging-vector",
)


def arrive(agent: Agent, transaction: Transaction, trunks: Sequence[Trunk], now: float) -> None:
    """Take a new call in that came by the first of these trunks, as far as can be told, or by one of the others.

    Raises `Malformed` for what earns a refusal.
    """
    request, hop = transaction.request, trunks[0].hop
    sdp = description_in(request)
    dialog = as_server(request, agent.token())
    dialog.allowed = tokens(request.headers, "allow")
    leg = Leg(agent.token(), hop, False, LegState.RINGING, server=transaction, remote_sdp=sdp)
    transaction.user = leg
    agent.legs[leg.id] = leg
    agent.enter(leg, dialog)
    agent.reply(transaction, 100, now)
    caller = caller_of(request, hop)
    agent.tell(
        Incoming(
            leg=leg.id,
            trunk=hop.trunk,
            rivals=tuple(one.name for one in trunks[1:]),
            called=called_of(request, hop, agent.settings.user),
            caller=user_of(caller),
            caller_name=caller.display,
            sdp=sdp,
            headers=_headers_told(request),
        )
    )


def called_of(request: Request, hop: Hop, own_user: str) -> str:
    """The number called: the Request-URI's user; To's where the trunk called the Contact we registered."""
    told = user_of(NameAddress(request.uri))
    return user_of(request.receiver) if told in ("", own_user, hop.username) else told


def caller_of(request: Request, hop: Hop) -> NameAddress:
    """Who calls: as the trunk asserts, where it is trusted to (RFC 3325), else as From says."""
    if hop.asserts_identity:
        for value in listed(request.headers, "p-asserted-identity"):
            try:
                found = parse_name_address(value)
            except Malformed:
                continue
            return found if found.display else NameAddress(found.uri, request.sender.display)
    return request.sender


def user_of(address: NameAddress) -> str:
    """The user part, without the parameters that some put behind a number; empty: none, or unreadable."""
    try:
        user = address.address.user or ""
    except Malformed:
        return ""
    return user.partition(";")[0]


def _headers_told(request: Request) -> Mapping[str, str]:
    return {
        wire_name(key): ", ".join(values)
        for key, values in request.headers.items()
        if key in _TOLD or key.startswith("x-")
    }


def ring(agent: Agent, leg: Leg, sdp: str | None, now: float) -> None:
    """180, or 183 with early media: only as an answer, since an offer in it could be lost (13.2.1)."""
    server = _ringing(leg)
    body = b"" if leg.remote_sdp is None else (sdp or "").encode()
    agent.reply(server, 183 if body else 180, now, headers=_opening(agent, leg, body), body=body, tag=_tag(leg))


def answer(agent: Agent, leg: Leg, sdp: str, now: float) -> None:
    """200: the call is up; repeated until the ACK comes."""
    server = _ringing(leg)
    headers = _opening(agent, leg, sdp.encode())
    headers.update(grant_session(agent, leg, server.request, now))
    leg.state = LegState.UP
    leg.server = None
    leg.local_sdp = sdp
    accept(agent, leg, server, headers, sdp, now, needs_answer=leg.remote_sdp is None)


def accept(
    agent: Agent, leg: Leg, server: Transaction, headers: Headers, sdp: str, now: float, *, needs_answer: bool
) -> None:
    """Send the 2xx of an INVITE and wait for its ACK."""
    agent.reply(server, 200, now, headers=headers, body=sdp.encode(), tag=_tag(leg))
    timing = agent.settings.timing
    send = Send(server.wire, server.target)
    leg.unacked = Unacked(send, server.request.cseq.number, timing.t1, needs_answer)
    agent.alarms.set(leg, ACK, now + timing.t1)
    agent.alarms.set(leg, NO_ACK, now + 64 * timing.t1)


def refuse(agent: Agent, leg: Leg, code: int, reason: str, now: float) -> None:
    """A final answer that is no 2xx."""
    if not 300 <= code <= 699:
        raise Conflict(f"{code} refuses nothing: a refusal is 300 to 699.")
    if not reason.isprintable():
        raise Malformed("A reason is one printable line")
    server = _ringing(leg)
    agent.reply(server, code, now, reason, tag=_tag(leg))
    agent.forget(leg)


def repeat_answer(agent: Agent, leg: Leg, now: float) -> None:
    """The ACK did not come yet (13.3.1.4)."""
    waiting = leg.unacked
    if waiting is None:
        return
    waiting.interval = min(2 * waiting.interval, agent.settings.timing.t2)
    agent.transactions.sends.append(waiting.send)
    agent.alarms.set(leg, ACK, now + waiting.interval)


def give_up_ack(agent: Agent, leg: Leg, now: float) -> None:
    """The ACK never came: the call counts as lost."""
    leg.unacked = None
    lose(agent, leg, 408, "no ACK", now)


def acknowledged(agent: Agent, leg: Leg, request: Request, now: float) -> None:
    """The ACK of our 2xx; with an answer in it where our 2xx held the offer."""
    waiting = leg.unacked
    if waiting is None or waiting.sequence != request.cseq.number:
        return
    forget_ack(leg)
    if leg.state is LegState.CLOSING:
        close(agent, leg, now)
        return
    if not waiting.needs_answer:
        return
    try:
        sdp = description_in(request)
    except Malformed as error:
        lose(agent, leg, 488, error.message, now)
        return
    if sdp is not None:
        leg.remote_sdp = sdp
        agent.tell(Answered(leg.id, sdp))
    elif leg.remote_sdp is None:
        lose(agent, leg, 488, "no answer in the ACK", now)


def forget_ack(leg: Leg) -> None:
    """Our 2xx need not be repeated any more."""
    leg.unacked = None
    leg.deadlines.pop(ACK, None)
    leg.deadlines.pop(NO_ACK, None)


def unanswered(agent: Agent, leg: Leg) -> None:
    """Nobody on our side answered in all that time, and the transaction has refused the call."""
    leg.server = None
    agent.forget(leg)
    agent.tell(Ended(leg.id, 408, "not answered"))


def _ringing(leg: Leg) -> Transaction:
    if leg.state is not LegState.RINGING or leg.server is None:
        raise Conflict(f"Leg {leg.id} does not ring us: it is {leg.state}.")
    return leg.server


def _tag(leg: Leg) -> str:
    return leg.dialog.local_tag if leg.dialog else ""


def _opening(agent: Agent, leg: Leg, body: bytes) -> Headers:
    """What answers that open a dialog carry (12.1.1)."""
    transport = leg.dialog.transport if leg.dialog else "udp"
    headers: Headers = {"contact": [agent.contact(transport)], "allow": [ALLOWED], "supported": [SUPPORTED]}
    if leg.server is not None and "record-route" in leg.server.request.headers:
        headers["record-route"] = leg.server.request.headers["record-route"]
    if body:
        headers["content-type"] = ["application/sdp"]
    return headers
