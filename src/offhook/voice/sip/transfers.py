"""Transfers by REFER and NOTIFY (RFC 3515): asked by us, and asked of us and declined. Only within a call."""

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import ReferProgress, Referred
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.bodies import code_of_fragment
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import first, listed
from offhook.voice.sip.legs import Errand, Leg, LegState, Purpose
from offhook.voice.sip.message import Response
from offhook.voice.sip.transactions import Transaction
from offhook.voice.sip.uri import parse_name_address, parse_uri

NO_NOTIFY = "no notify"
PATIENCE = 180
"""Seconds that a transfer of ours may take without a word."""


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
    """The other side asks us to call somebody else: declined, and told. Raises `Malformed` for no target.

    To follow it would let whoever answers, or any telephone on the way, spend our money on numbers of their choice
    (toll fraud), past the policy that every call needs leave of. After a 603 no NOTIFY is owed (RFC 3515, section
    2.4.2). Nor do we offer it (`ALLOWED`), so that telephone systems connect the two themselves, within the call.
    """
    targets = listed(transaction.request.headers, "refer-to")
    if len(targets) != 1:
        raise Malformed("One Refer-To is needed")
    target = parse_name_address(targets[0])
    parse_uri(target.uri)
    agent.reply(transaction, 603, now)
    agent.tell(Referred(leg.id, target.uri))
