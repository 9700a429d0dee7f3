"""Transfers by REFER and NOTIFY (RFC 3515), asked by us or of us. Only within a call."""

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import ReferProgress, Referred
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.bodies import SIPFRAG, code_of_fragment
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import Headers, first, listed
from offhook.voice.sip.legs import Errand, Leg, LegState, Purpose
from offhook.voice.sip.message import VERSION, Response
from offhook.voice.sip.replies import reason_of
from offhook.voice.sip.transactions import Transaction
from offhook.voice.sip.uri import parse_name_address, parse_uri

NO_NOTIFY = "no notify"
PATIENCE = 180
"""Seconds that a transfer may take without a word; also the life of the subscription that we grant."""


def refer(agent: Agent, leg: Leg, target: str, now: float) -> None:
    """Ask the other side to call `target`. Raises `Conflict` unless the call is up, `Malformed` for no address."""
    if leg.state is not LegState.UP:
        raise Conflict(f"Leg {leg.id} is not up: it is {leg.state}.")
    if leg.wants_refer:
        raise Conflict(f"Leg {leg.id} is being transferred already.")
    parse_uri(target)
    if not target.isprintable() or ">" in target:
        raise Malformed("Bad URI: it holds a character that cannot be sent")
    leg.wants_refer = True
    agent.alarms.set(leg, NO_NOTIFY, now + PATIENCE)
    local = parse_name_address(leg.dialog.local).uri if leg.dialog else ""
    agent.errand_within(
        leg, Purpose.REFER, "REFER", now, {"refer-to": [f"<{target}>"], "referred-by": [f"<{local}>"]}
    )


def hear(agent: Agent, errand: Errand, response: Response) -> None:
    """The answer to our REFER: 2xx only says that it is being tried."""
    if response.code >= 300 and errand.leg is not None:
        _finish(agent, errand.leg, response.code)


def fail(agent: Agent, leg: Leg, code: int) -> None:
    """Nothing was heard of our REFER any more."""
    _finish(agent, leg, code)


def hear_notify(agent: Agent, leg: Leg, transaction: Transaction, now: float) -> None:
    """How the transfer goes that we asked for; NOTIFY may overtake the 202."""
    headers = transaction.request.headers
    if first(headers, "event").partition(";")[0].strip().lower() != "refer" or not leg.wants_refer:
        agent.reply(transaction, 481, now)
        return
    agent.reply(transaction, 200, now)
    code = code_of_fragment(transaction.request.body)
    is_last = first(headers, "subscription-state").lower().startswith("terminated")
    if code is not None and code >= 200:
        _finish(agent, leg, code)
    elif is_last:
        _finish(agent, leg, 408)
    else:
        agent.alarms.set(leg, NO_NOTIFY, now + PATIENCE)


def _finish(agent: Agent, leg: Leg, code: int) -> None:
    if not leg.wants_refer or leg.is_over:
        return
    leg.wants_refer = False
    leg.deadlines.pop(NO_NOTIFY, None)
    agent.tell(ReferProgress(leg.id, code))


def hear_refer(agent: Agent, leg: Leg, transaction: Transaction, now: float) -> None:
    """The other side asks us for a transfer. Raises `Malformed` for what cannot be understood."""
    request = transaction.request
    targets = listed(request.headers, "refer-to")
    if len(targets) != 1:
        raise Malformed("One Refer-To is needed")
    target = parse_name_address(targets[0])
    parse_uri(target.uri)
    if leg.serves_refer or leg.state is not LegState.UP:
        agent.reply(transaction, 491, now)
        return
    leg.serves_refer = True
    leg.refer_sequence = request.cseq.number
    transport = leg.dialog.transport if leg.dialog else "udp"
    agent.reply(transaction, 202, now, headers={"contact": [agent.contact(transport)]})
    report(agent, leg, 100, "", now)
    agent.tell(Referred(leg.id, target.uri))


def report(agent: Agent, leg: Leg, code: int, reason: str, now: float) -> None:
    """NOTIFY the other side. Raises `Conflict` unless a transfer is open."""
    if not leg.serves_refer:
        raise Conflict(f"Leg {leg.id} was not asked for a transfer, or that one has ended.")
    if not 100 <= code <= 699 or not reason.isprintable():
        raise Malformed("A transfer's progress is a code of 100 to 699 and one printable line")
    is_last = code >= 200
    leg.serves_refer = not is_last
    state = "terminated;reason=noresource" if is_last else f"active;expires={PATIENCE}"
    headers: Headers = {
        "event": [f"refer;id={leg.refer_sequence}"],
        "subscription-state": [state],
        "content-type": [f"{SIPFRAG};version=2.0"],
    }
    body = f"{VERSION} {code} {reason or reason_of(code)}\r\n".encode()
    agent.errand_within(leg, Purpose.NOTIFY, "NOTIFY", now, headers, body)
