"""How calls end: our BYE, theirs, and the calls that are lost without one."""

from offhook.voice.signalling import Ended
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.dialogs import Dialog, next_hop
from offhook.voice.sip.headers import Headers
from offhook.voice.sip.legs import Errand, Leg, LegState, Offering, Purpose
from offhook.voice.sip.reasons import read_reason, reason_value
from offhook.voice.sip.transactions import Transaction


def bye(agent: Agent, dialog: Dialog, trunk: str, now: float, *, reason: tuple[int, str] | None = None) -> None:
    """End a dialog. What comes of the BYE concerns nobody: the call is over whatever is answered (15.1.1)."""
    headers: Headers = {} if reason is None else {"reason": [reason_value(*reason)]}
    request = agent.within(dialog, "BYE", headers)
    agent.dispatch(Errand(Purpose.BYE, trunk, request, next_hop(dialog), dialog=dialog), now)


def close(agent: Agent, leg: Leg, now: float) -> None:
    """End a call that is up, as soon as it may be."""
    if leg.unacked is not None:
        leg.state = LegState.CLOSING
        return
    _refuse_open(agent, leg, now)
    if leg.dialog is not None:
        bye(agent, leg.dialog, leg.hop.trunk, now)
    agent.forget(leg)


def lose(agent: Agent, leg: Leg, code: int, reason: str, now: float, *, says_bye: bool = True) -> None:
    """The other end is gone: tell it, and say BYE in case it is not."""
    was_closing = leg.state is LegState.CLOSING
    _refuse_open(agent, leg, now)
    if says_bye and leg.dialog is not None:
        bye(agent, leg.dialog, leg.hop.trunk, now, reason=(code, reason))
    agent.forget(leg)
    if not was_closing:
        agent.tell(Ended(leg.id, code, reason))


def hear_bye(agent: Agent, leg: Leg, transaction: Transaction, now: float) -> None:
    """The other side hung up."""
    agent.reply(transaction, 200, now)
    code, reason = read_reason(transaction.request.headers) or (200, "hung up")
    lose(agent, leg, code, reason, now, says_bye=False)


def hear_cancel(agent: Agent, leg: Leg, headers: Headers, now: float) -> None:
    """The other side gave up a call, or a re-INVITE, that we had not answered."""
    if leg.state is LegState.RINGING:
        code, reason = read_reason(headers) or (487, "the caller gave up")
        lose(agent, leg, code, reason, now, says_bye=False)
    else:
        _refuse_open(agent, leg, now)


def _refuse_open(agent: Agent, leg: Leg, now: float) -> None:
    """What still waits for our answer is answered 487 (sections 9.2 and 15.1.2)."""
    server, leg.server = leg.server, None
    if leg.offering is Offering.THEIRS:
        leg.offering = Offering.NONE
    if server is not None and not server.is_answered:
        tag = leg.dialog.local_tag if leg.dialog else ""
        agent.reply(server, 487, now, tag=tag)
