"""Whoever called us and reached nobody is called back: their lead stands in its rep's queue at once.

A call that no user took, of a person with an open lead, is an entry of the record like any other (nobody else
would log it), and the next touch of the lead is now, because the person is to be called back. Callers whom nobody
knows, and those without an open lead, are found in the list of calls; who is named there is called back like any
other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from offhook import leads
from offhook.activities import Direction, Disposition, Kind
from offhook.kernel.database import Transaction
from offhook.kernel.events import StoredEvent
from offhook.voice.calls import store
from offhook.voice.calls.store import CallRow

RECENT = timedelta(days=1)
"""What comes to light later (events read again, a process that was down for days) is history."""
AN_INSTANT = timedelta(milliseconds=1)


def plan_call_backs(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Log and plan what follows from calls that ended (`call.ended`); told again, nothing changes."""
    for event in events:
        if event.data["direction"] == Direction.INBOUND and event.data["lead_id"]:
            row = store.call(tx, event.subject_id)
            if row is not None:
                plan_call_back(tx, row)


def plan_call_back(tx: Transaction, row: CallRow) -> None:
    """Log and plan what follows from one call, if it asks for a call from us; asked again, nothing changes."""
    if not is_to_be_called_back(row, tx.now) or store.parts_of(tx, [row.id]):
        return
    leads.log_activity(
        tx,
        kind=Kind.CALL,
        lead_id=row.lead_id,
        direction=Direction.INBOUND,
        disposition=Disposition.LEFT_VOICEMAIL if row.is_message else Disposition.NO_ANSWER,
        at=min(row.opened_at, tx.now - AN_INSTANT),  # clocks may have jumped back
        call_back_at=tx.now,
        external_key=f"call:{row.id}:nobody",
        data={"call_id": str(row.id), "number": row.number},
    )


def is_to_be_called_back(row: CallRow, now: datetime) -> bool:
    """Whether a call to us, which nobody took, asks for one from us."""
    is_over = row.ended_at is not None and now - row.ended_at < RECENT
    return is_over and row.direction == Direction.INBOUND and row.lead_id is not None
