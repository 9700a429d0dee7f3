"""The use cases of recordings: see what there is, listen, with every listening on record.

Who took part in a call may listen to it; others need `recordings:listen`.
"""

from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import NotFound
from offhook.kernel.events import Event, subject
from offhook.voice.calls import store as calls
from offhook.voice.recordings import store
from offhook.voice.recordings.store import Recording


def recording(tx: Transaction, call_id: UUID) -> Recording:
    """A call's recording. Raises `NotFound`, `Forbidden`."""
    _require(tx, call_id)
    found = store.recording_of(tx, call_id)
    if found is None:
        raise NotFound("This call has no recording (yet).")
    return found


def listen(tx: Transaction, call_id: UUID) -> str:
    """The key of its sound, to be played: appends `recording.listened`. Raises `NotFound` where there is none."""
    found = recording(tx, call_id)
    if found.object is None:
        raise NotFound(f"There is no sound: {found.failure}.")
    tx.append(Event("recording.listened", subject("call", call_id), {"seconds": found.seconds}))
    return found.object


def _require(tx: Transaction, call_id: UUID) -> None:
    tx.require("leads:read")
    if calls.call(tx, call_id) is None:
        raise NotFound(f"There is no call {call_id} here.")
    is_own = tx.actor.id is not None and calls.part(tx, call_id, tx.actor.id) is not None
    if not is_own and not _is_own_message(tx, call_id):
        tx.require("recordings:listen")


def _is_own_message(tx: Transaction, call_id: UUID) -> bool:
    """A message that a caller left for the user, in a call which they took no part in."""
    row = calls.call(tx, call_id)
    return row is not None and row.is_message and row.owner_id == tx.actor.id
