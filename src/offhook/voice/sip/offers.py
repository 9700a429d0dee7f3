"""New offers within a call (RFC 3261 section 14, RFC 3311, RFC 3264): ours, theirs, both at once.

One offer may be open at a time. Who is asked while his own is open answers 491, and both try again after a random
while, the owner of the Call-ID later, so that they do not meet again. An offer of ours that has to wait is kept
in `leg.waiting` and goes out by `go_on`.
"""

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import Answered, Reoffered, ReofferRefused
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.bodies import description_in
from offhook.voice.sip.dialogs import refresh_target
from offhook.voice.sip.endings import lose
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import Headers
from offhook.voice.sip.inbound import accept, forget_ack
from offhook.voice.sip.legs import Errand, Leg, LegState, Offering, Purpose
from offhook.voice.sip.message import Response
from offhook.voice.sip.sdp import is_same_offer
from offhook.voice.sip.session_timers import MIN_SECONDS, Session, is_too_small, least_of
from offhook.voice.sip.sessions import REFRESH, count_again, grant_session, start_session
from offhook.voice.sip.transactions import Transaction

RETRY = "retry"
LOST_CODES = frozenset({408, 481})
"""Answers that say that the other end knows nothing of the call (RFC 5057)."""


def offer(agent: Agent, leg: Leg, sdp: str, now: float) -> None:
    """Offer anew, now or as soon as nothing is open. Raises `Conflict` for a call that is not up."""
    if leg.state not in (LegState.UP, LegState.CLOSING):
        raise Conflict(f"Leg {leg.id} is not up: it is {leg.state}.")
    leg.waiting = sdp
    go_on(agent, leg, now)


def go_on(agent: Agent, leg: Leg, now: float) -> None:
    """Send the offer that waits, if there is one and nothing stands in its way any more."""
    if leg.waiting is None or leg.state is not LegState.UP or RETRY in leg.deadlines:
        return
    if leg.offering is not Offering.NONE or leg.unacked is not None:
        return
    leg.proposed, leg.waiting = leg.waiting, None
    leg.offering = Offering.OURS
    headers: Headers = {"content-type": ["application/sdp"]}
    if leg.session is not None:
        refresher = "uac" if leg.session.is_ours else "uas"
        headers["session-expires"] = [f"{leg.session.seconds};refresher={refresher}"]
    agent.errand_within(leg, Purpose.REOFFER, "INVITE", now, headers, leg.proposed.encode())


def hear(agent: Agent, errand: Errand, response: Response, now: float) -> None:
    """An answer to our re-INVITE, or to our UPDATE without an offer."""
    if response.code < 200:
        return
    leg, dialog = errand.leg, errand.dialog
    if leg is None or dialog is None:
        return
    is_invite = errand.request.method == "INVITE"
    if response.code < 300 and is_invite:
        if agent.acknowledge_again(errand, dialog.remote_tag):
            return
        agent.acknowledge(errand, dialog, now)
    if leg.is_over:
        return
    if is_invite:
        leg.offering = Offering.NONE
    if response.code < 300:
        refresh_target(dialog, response)
        start_session(agent, leg, response, now)
        if is_invite:
            _answered(agent, leg, errand, response, now)
        return
    _refused(agent, leg, errand, response, now)


def _answered(agent: Agent, leg: Leg, errand: Errand, response: Response, now: float) -> None:
    try:
        sdp = description_in(response)
    except Malformed as error:
        lose(agent, leg, 488, error.message, now)
        return
    is_new = not is_same_offer(sdp or "", leg.remote_sdp)
    leg.remote_sdp = sdp or leg.remote_sdp
    if errand.purpose is Purpose.REOFFER:
        leg.local_sdp = leg.proposed
    if errand.purpose is Purpose.REOFFER or is_new:
        agent.tell(Answered(leg.id, sdp))


def _refused(agent: Agent, leg: Leg, errand: Errand, response: Response, now: float) -> None:
    code = response.code
    if code in LOST_CODES:
        lose(agent, leg, code, response.reason, now)
    elif code == 491:
        _try_later(agent, leg, errand, now)
    elif code == 422 and leg.session is not None:
        least = max(least_of(response.headers), leg.session.seconds, MIN_SECONDS)
        leg.session = Session(least, leg.session.is_ours)
        _again(agent, leg, errand, now + agent.settings.timing.t1)
    elif errand.purpose is Purpose.REOFFER:
        agent.tell(ReofferRefused(leg.id, code, response.reason))
    else:
        count_again(agent, leg, errand.request.method, now)


def _try_later(agent: Agent, leg: Leg, errand: Errand, now: float) -> None:
    """14.1: 2.1 to 4 seconds for the owner of the Call-ID, 0 to 2 for the other, in steps of 10 ms."""
    steps = agent.chance.randint(210, 400) if leg.is_outbound else agent.chance.randint(0, 200)
    _again(agent, leg, errand, now + steps / 100)


def _again(agent: Agent, leg: Leg, errand: Errand, at: float) -> None:
    if errand.purpose is Purpose.REFRESH:
        agent.alarms.set(leg, REFRESH, at)
        return
    leg.waiting = leg.waiting or leg.proposed
    agent.alarms.set(leg, RETRY, at)


def hear_offer(agent: Agent, leg: Leg, transaction: Transaction, now: float) -> None:
    """A re-INVITE or UPDATE of the other side. Raises `Malformed` for what earns a refusal."""
    request = transaction.request
    if is_too_small(request.headers):
        agent.reply(transaction, 422, now, headers={"min-se": [str(MIN_SECONDS)]})
        return
    sdp = description_in(request)
    is_invite = request.method == "INVITE"
    if not is_invite and sdp is None:
        refresh_target_and_grant(agent, leg, transaction, now)
        return
    if leg.offering is Offering.OURS:
        agent.reply(transaction, 491, now)
        return
    owed = leg.unacked is not None and leg.unacked.needs_answer
    if leg.offering is Offering.THEIRS or leg.state is not LegState.UP or owed:
        agent.reply(transaction, 500, now, headers={"retry-after": [str(agent.chance.randint(0, 10))]})
        return
    _take(agent, leg, transaction, sdp, now)


def refresh_target_and_grant(agent: Agent, leg: Leg, transaction: Transaction, now: float) -> None:
    """UPDATE without an offer: a sign of life, perhaps from a new address."""
    if leg.dialog is not None:
        refresh_target(leg.dialog, transaction.request)
    headers = grant_session(agent, leg, transaction.request, now) if leg.state is LegState.UP else {}
    agent.reply(transaction, 200, now, headers=_contact(agent, leg, headers))


def _take(agent: Agent, leg: Leg, transaction: Transaction, sdp: str | None, now: float) -> None:
    if leg.dialog is not None:
        refresh_target(leg.dialog, transaction.request)
    forget_ack(leg)  # who offers anew has seen our answer
    leg.server = transaction
    transaction.user = leg
    leg.offering = Offering.THEIRS
    leg.asked = sdp
    if sdp is None or is_same_offer(sdp, leg.remote_sdp):
        answer(agent, leg, leg.local_sdp, now)
        return
    if transaction.request.method == "INVITE":
        agent.reply(transaction, 100, now)
    agent.tell(Reoffered(leg.id, sdp))


def answer(agent: Agent, leg: Leg, sdp: str, now: float) -> None:
    """Answer the other side's open offer; if it was withdrawn meanwhile, nothing happens."""
    server = _open(leg)
    if server is None:
        return
    needs_answer = leg.asked is None
    leg.local_sdp, leg.remote_sdp = sdp, leg.asked or leg.remote_sdp
    headers = _contact(agent, leg, grant_session(agent, leg, server.request, now))
    headers["content-type"] = ["application/sdp"]
    if server.request.method == "INVITE":
        accept(agent, leg, server, headers, sdp, now, needs_answer=needs_answer)
    else:
        agent.reply(server, 200, now, headers=headers, body=sdp.encode())


def refuse(agent: Agent, leg: Leg, now: float) -> None:
    """488: all stays as it was."""
    server = _open(leg)
    if server is not None:
        agent.reply(server, 488, now)


def _open(leg: Leg) -> Transaction | None:
    """Close the other side's offer and hand over what is to be answered."""
    if leg.offering is not Offering.THEIRS:
        return None
    server, leg.server, leg.offering = leg.server, None, Offering.NONE
    return server if server is not None and not server.is_answered else None


def _contact(agent: Agent, leg: Leg, headers: Headers) -> Headers:
    transport = leg.dialog.transport if leg.dialog else "udp"
    return {"contact": [agent.contact(transport)], **headers}
