"""Makes one sound file of a call's pieces once it is over, whoever recorded them and however they ended.

Found by looking: a call that is over, has pieces and no recording. So nothing is lost with a process that dies, at
the worst a recording is made twice, and kept once. Pieces go when the recording is on record.
"""

import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import OffhookError
from offhook.kernel.events import Event, subject
from offhook.kernel.objects import ObjectStore
from offhook.voice.calls import store as calls
from offhook.voice.media import recording as speech
from offhook.voice.recordings import store
from offhook.voice.recordings.store import Piece, Recording

log = logging.getLogger("offhook.voice")

MOST = 20
"""Calls in one round."""

NOTHING_SAID = "nobody spoke while it was recorded"


class Maker:
    """Makes recordings of pieces in a folder, into a store."""

    def __init__(self, pieces: Path, objects: ObjectStore) -> None:
        """Pieces lie in a folder a call below `pieces`."""
        self._pieces = pieces
        self._objects = objects

    def make_all(self, database: Database, organisation_id: UUID) -> None:
        """Make what can be made now; a call whose pieces cannot be read keeps no other waiting."""
        with database.transaction(organisation_id, SYSTEM) as tx:
            waiting = store.unmade(tx, MOST)
        for call_id in waiting:
            self.make(database, organisation_id, call_id)

    def make(self, database: Database, organisation_id: UUID, call_id: UUID) -> None:
        """Make one call's recording; where nothing can be made, that is kept, with why."""
        with database.transaction(organisation_id, SYSTEM) as tx:
            pieces = store.pieces_of(tx, call_id)
        with tempfile.TemporaryDirectory(dir=_made(self._pieces)) as folder:
            target = Path(folder) / "recording.opus"
            written = self._write(pieces, target)
            key = f"{organisation_id}/{call_id}.opus"
            size = self._objects.keep(key, target) if isinstance(written, speech.Recording) else 0
            with database.transaction(organisation_id, SYSTEM) as tx:
                _keep(tx, call_id, pieces, written, key, size)
        shutil.rmtree(self._pieces / str(call_id), ignore_errors=True)

    def _write(self, pieces: Sequence[Piece], target: Path) -> speech.Recording | str:
        """The recording, or why there is none."""
        sides = {
            is_outside: [
                path
                for piece in pieces
                if piece.is_outside is is_outside
                for path in speech.pieces(self._pieces / str(piece.call_id) / piece.stem)
            ]
            for is_outside in (True, False)
        }
        try:
            return speech.write_recording(sides[True], sides[False], target) or NOTHING_SAID
        except (OffhookError, OSError) as error:
            log.warning("No recording could be made of call %s: %s", pieces[0].call_id, error)
            return str(error)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _keep(
    tx: Transaction, call_id: UUID, pieces: Sequence[Piece], written: speech.Recording | str, key: str, size: int
) -> None:
    if store.recording_of(tx, call_id) is not None:
        return
    began_at = pieces[0].began_at
    if isinstance(written, str):
        made = Recording(call_id, None, written, 0.0, 0, began_at, tx.now, [[], []], [])
    else:
        silences = [
            [round(span.begin, 2), round(span.end, 2)]
            for span in speech.pauses([written.outside, written.inside], written.seconds)
        ]
        wave = [[round(100 * peak) for peak in side] for side in (written.waveform.left, written.waveform.right)]
        made = Recording(call_id, key, None, written.seconds, size, written.began, tx.now, wave, silences)
    store.insert(tx, made)
    row = calls.call(tx, call_id)
    lead_id = str(row.lead_id) if row and row.lead_id else None
    told = {"seconds": made.seconds, "is_playable": made.object is not None, "lead_id": lead_id}
    tx.append(Event("call.recorded", subject("call", call_id), told))
