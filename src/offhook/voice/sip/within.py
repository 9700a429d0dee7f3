"""Requests of the other side within a call (RFC 3261 section 12.2.2), by method."""

from collections.abc import Callable, Mapping

from offhook.voice.signalling import KeyPressed
from offhook.voice.sip import offers, transfers
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.bodies import key_in, media_type
from offhook.voice.sip.endings import hear_bye
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.legs import Leg
from offhook.voice.sip.replies import ALLOWED, SUPPORTED
from offhook.voice.sip.transactions import Transaction


def hear(agent: Agent, leg: Leg, transaction: Transaction, now: float) -> None:
    """Do what is asked; numbers must grow (500 otherwise). Raises `Malformed` for what earns a refusal."""
    request, dialog = transaction.request, leg.dialog
    if dialog is None or request.cseq.number <= dialog.remote_sequence:
        agent.reply(transaction, 500, now, "CSeq out of order")
        return
    dialog.remote_sequence = request.cseq.number
    METHODS[request.method](agent, leg, transaction, now)


def _info(agent: Agent, leg: Leg, transaction: Transaction, now: float) -> None:
    """Keys, and empty ones as signs of life; other contents nobody here understands (415)."""
    request = transaction.request
    key = key_in(request)
    if key is None and request.body.strip():
        raise Malformed(f"Unsupported Media Type: {media_type(request)[:40]}", answer=415)
    agent.reply(transaction, 200, now)
    if key is not None:
        agent.tell(KeyPressed(leg.id, *key))


def _options(agent: Agent, _leg: Leg, transaction: Transaction, now: float) -> None:
    agent.reply(transaction, 200, now, headers={"allow": [ALLOWED], "supported": [SUPPORTED]})


METHODS: Mapping[str, Callable[[Agent, Leg, Transaction, float], None]] = {
    "BYE": hear_bye,
    "INVITE": offers.hear_offer,
    "UPDATE": offers.hear_offer,
    "INFO": _info,
    "REFER": transfers.hear_refer,
    "NOTIFY": transfers.hear_notify,
    "OPTIONS": _options,
}
