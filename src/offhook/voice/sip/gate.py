"""What comes in, from bytes to whom it concerns (RFC 3261 sections 8.2 and 18): the order of the checks is theirs.

1. What cannot be read is answered 400 with the reason, if it can be answered at all; wrong responses are dropped.
2. Responses go to their transaction, or nowhere.
3. Repeated requests and the ACKs of refusals go to their transaction; CANCEL and the ACKs of 2xx to their call.
4. Requests with a To tag belong to a call, or get 481.
5. The rest passes the limiter, then must be a method of ours, be no loop, ask for no extension that we lack; calls
   must come from a trunk.
"""

from offhook.voice.sip import inbound, offers, within
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.endings import hear_cancel
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import Headers, first, listed, number, tokens
from offhook.voice.sip.legs import Leg
from offhook.voice.sip.limiter import Verdict
from offhook.voice.sip.message import Request, Response, check_request, check_response, parse, serialise
from offhook.voice.sip.origins import origins
from offhook.voice.sip.replies import (
    ALLOWED,
    EXTENSIONS,
    KNOWN_METHODS,
    METHODS,
    SUPPORTED,
    answer_to,
    reply_address,
    stamp,
    stateless_tag,
)
from offhook.voice.sip.session_timers import MIN_SECONDS, is_too_small
from offhook.voice.sip.transactions import Send, Transaction

RETRY_AFTER = 30
"""Seconds that a flooding source is asked to wait."""
_IN_CALLS_ONLY = frozenset({"BYE", "INFO", "UPDATE", "NOTIFY"})


def receive(agent: Agent, data: bytes, source: Address, now: float) -> None:
    """Take one message in. Never raises: whatever comes is answered or dropped."""
    if not data.strip(b"\r\n\x00 "):
        return  # a keep-alive
    try:
        message = parse(data)
        message.source = source
        if isinstance(message, Response):
            check_response(message)
            agent.transactions.receive_response(message, now)
            return
        check_request(message)
    except Malformed as error:
        _complain(agent, data, error, source, now)
        return
    _request(agent, message, source, now)


def _complain(agent: Agent, data: bytes, error: Malformed, source: Address, now: float) -> None:
    """400 and its like, without remembering it: nothing is known that a transaction could be named by."""
    if data.startswith((b"SIP/", b"ACK ")) or error.headers is None:
        return
    headers: Headers = {key: list(values) for key, values in error.headers.items()}
    if not first(headers, "via"):
        return
    if _verdict(agent, source, now) is Verdict.PASS:
        _answer_stateless(agent, Request(headers=headers), error.answer, source, error.message)


def _answer_stateless(
    agent: Agent, request: Request, code: int, source: Address, reason: str = "", headers: Headers | None = None
) -> None:
    try:
        stamp(request, source)
        target = reply_address(request, source)
    except Malformed:
        target = source  # its Via is what is wrong
    tag = stateless_tag(request, agent.secret)
    answer = answer_to(request, code, reason, tag=tag, headers=headers)
    agent.transactions.sends.append(Send(serialise(answer), target))


def _verdict(agent: Agent, source: Address, now: float) -> Verdict:
    return agent.limiter.ask(source.host, now, is_trunk=bool(agent.sources.trunks_at(source.host)))


def _request(agent: Agent, request: Request, source: Address, now: float) -> None:
    stamp(request, source)
    if agent.transactions.receive_request(request, now):
        return
    leg = agent.dialogs.get((request.call_id, request.receiver.tag, request.sender.tag))
    if request.method == "ACK":
        if leg is not None:
            inbound.acknowledged(agent, leg, request, now)
            offers.go_on(agent, leg, now)
        return
    if leg is None and not _may_pass(agent, request, source, now):
        return
    transaction = agent.transactions.accept(request, reply_address(request, source), now)
    try:
        _dispatch(agent, leg, transaction, now)
    except Malformed as error:
        headers: Headers = {"accept": ["application/sdp"]} if error.answer == 415 else {}
        agent.reply(transaction, error.answer, now, error.message, headers)
    if leg is not None:
        offers.go_on(agent, leg, now)


def _may_pass(agent: Agent, request: Request, source: Address, now: float) -> bool:
    """Ask the limiter, and turn strangers' calls away, before anything is remembered."""
    if request.method == "CANCEL" and agent.transactions.cancelled_by(request) is not None:
        return True
    verdict = _verdict(agent, source, now)
    if verdict is Verdict.REFUSE:
        _answer_stateless(agent, request, 503, source, headers={"retry-after": [str(RETRY_AFTER)]})
    if verdict is not Verdict.PASS:
        return False
    is_call = request.method == "INVITE" and not request.receiver.tag
    if is_call and not agent.sources.trunks_at(source.host):
        _answer_stateless(agent, request, 403, source)
        return False
    return True


def _dispatch(agent: Agent, leg: Leg | None, transaction: Transaction, now: float) -> None:
    request = transaction.request
    if request.method == "CANCEL":
        _cancel(agent, transaction, now)
        return
    if _refused_for_form(agent, transaction, now):
        return
    if leg is not None:
        within.hear(agent, leg, transaction, now)
    elif request.receiver.tag or request.method in _IN_CALLS_ONLY:
        agent.reply(transaction, 481, now)
    else:
        _outside(agent, transaction, now)


def _cancel(agent: Agent, transaction: Transaction, now: float) -> None:
    invite = agent.transactions.cancelled_by(transaction.request)
    if invite is None:
        agent.reply(transaction, 481, now)
        return
    agent.reply(transaction, 200, now, tag=invite.tag)
    if isinstance(invite.user, Leg) and not invite.is_answered and not invite.user.is_over:
        hear_cancel(agent, invite.user, transaction.request.headers, now)


def _refused_for_form(agent: Agent, transaction: Transaction, now: float) -> bool:
    """405, 501 and 420: what can be said without knowing what is asked."""
    request = transaction.request
    if request.method not in METHODS:
        agent.reply(
            transaction, 405 if request.method in KNOWN_METHODS else 501, now, headers={"allow": [ALLOWED]}
        )
        return True
    lacking = sorted(tokens(request.headers, "require") - EXTENSIONS)
    if lacking:
        agent.reply(transaction, 420, now, headers={"unsupported": [", ".join(lacking)]})
        return True
    return False


def _outside(agent: Agent, transaction: Transaction, now: float) -> None:
    request = transaction.request
    if agent.transactions.is_merged(request):
        agent.reply(transaction, 482, now)
    elif request.method == "OPTIONS":
        headers: Headers = {"allow": [ALLOWED], "supported": [SUPPORTED], "accept": ["application/sdp"]}
        agent.reply(transaction, 200, now, headers=headers)
    elif request.method != "INVITE":
        agent.reply(transaction, 403, now, f"{request.method} only within a call")
    elif not _takes_sdp(request):
        agent.reply(transaction, 406, now)
    elif number(request.headers, "max-forwards", limit=255) == 0:
        agent.reply(transaction, 483, now)  # RFC 7332: what connects two calls counts as a hop
    elif is_too_small(request.headers):
        agent.reply(transaction, 422, now, headers={"min-se": [str(MIN_SECONDS)]})
    else:
        source = request.source or transaction.target
        trunks = origins(request, agent.sources.trunks_at(source.host))
        inbound.arrive(agent, transaction, trunks, now)


def _takes_sdp(request: Request) -> bool:
    """Accept says what may be answered; absent, it is SDP (section 20.1)."""
    if not first(request.headers, "accept"):
        return True
    kinds = {kind.partition(";")[0].strip().lower() for kind in listed(request.headers, "accept")}
    return bool(kinds & {"application/sdp", "application/*", "*/*"})
