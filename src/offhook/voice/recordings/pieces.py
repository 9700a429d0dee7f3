"""Where the engine writes speech, piece by piece, and the note of each piece that a recording is made by.

A piece is noted when it begins, so that whatever dies, what was written of it is found.
"""

from pathlib import Path

from offhook.kernel.clock import Clock
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings
from offhook.voice.calls.wanted import is_outside
from offhook.voice.exchange.ledger import Ledger
from offhook.voice.exchange.live import Live
from offhook.voice.recordings import store


def folder_of(settings: Settings) -> Path:
    """Where an installation's pieces lie."""
    return settings.data / "voice" / "pieces"


class PieceFolder:
    """A folder of pieces, a sub-folder a call."""

    def __init__(self, folder: Path, ledger: Ledger, clock: Clock) -> None:
        """Pieces lie below `folder`."""
        self.folder = folder
        self._ledger = ledger
        self._clock = clock

    def next(self, live: Live, leg: str) -> Path:
        """Where the next piece of a leg's speech is written; its note is on the way into the record."""
        folder = self.folder / str(live.id)
        folder.mkdir(parents=True, exist_ok=True)
        stem = str(new_id())
        piece = store.Piece(live.id, stem, is_outside(live.call, leg), self._clock.now())
        self._ledger.write(live.organisation_id, lambda tx: store.note_piece(tx, piece))
        return folder / stem
