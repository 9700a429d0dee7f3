"""What a process that died left behind: its calls are ended at the other side, and kept as what they came to.

Nothing is guessed: a call is over when it is found. Who talked is logged like any call; what was recorded by then
is made into a recording by the job that looks for pieces.
"""

import logging

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import OffhookError
from offhook.kernel.events import Event, subject
from offhook.voice.calls import store
from offhook.voice.exchange.exchange import Exchange

log = logging.getLogger("offhook.voice")

LEFT = "left_behind"
"""The cause of a call whose process died."""


def recover(database: Database, exchange: Exchange) -> None:
    """End what was left behind, in every organisation."""
    for organisation_id in database.organisations():
        with database.transaction(organisation_id, SYSTEM) as tx:
            calls = store.left_open(tx, exchange.id)
            legs = store.left_legs(tx, [call.id for call in calls])
            for call in calls:
                store.end_left(tx, call.id, LEFT, tx.now)
                told = {
                    "direction": call.direction,
                    "user_id": str(call.owner_id) if call.owner_id else None,
                    "person_id": str(call.person_id) if call.person_id else None,
                    "account_id": str(call.account_id) if call.account_id else None,
                    "lead_id": str(call.lead_id) if call.lead_id else None,
                    "cause": LEFT,
                    "code": None,
                    "seconds": 0,
                }
                tx.append(Event("call.ended", subject("call", call.id), told))
        for leg in legs:
            try:
                exchange.ask(exchange.signalling.end_orphan(leg.dialog))
            except OffhookError as error:
                log.warning("The leg %s could not be ended at the other side: %s", leg.leg, error)
