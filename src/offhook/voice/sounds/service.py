"""What users say in their own voice: take a recording in, tell what there is, take it away again.

Whatever browsers record (WebM, Ogg, MP4, WAV) is kept as mono Ogg Opus where calls look for it (`own_sound`). A
file is written beside its place and put there whole, so that a call never plays half of one.
"""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, subject
from offhook.voice.calls.model import Sound
from offhook.voice.media.soundfile import Samples, SoundWriter, blocks
from offhook.voice.sounds import own_sound, sound_file

RATE = 48_000
LONGEST_SECONDS = 180
SHORTEST_SECONDS = 0.5
LARGEST_BYTES = 5 * 2**20


@dataclass(frozen=True, slots=True)
class OwnSound:
    """What is played of a user's own sounds: theirs, or the installation's while they have none.

    `version` 0: they have none.
    """

    sound: Sound
    is_own: bool
    seconds: float
    kept_at: datetime | None
    version: int


def shown(tx: Transaction, data: Path, sound: Sound) -> OwnSound:
    """What is played of the acting user's sound."""
    return _shown(data, _user(tx), sound)


def _shown(data: Path, user_id: UUID, sound: Sound) -> OwnSound:
    file = sound_file(data, user_id, sound)
    seconds = round(sum(len(block) for block in blocks(file, RATE)) / RATE, 1)
    if file != own_sound(data, user_id, sound):
        return OwnSound(sound, is_own=False, seconds=seconds, kept_at=None, version=0)
    kept_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return OwnSound(sound, is_own=True, seconds=seconds, kept_at=kept_at, version=_version(file))


def _version(file: Path) -> int:
    """Of a file that is put there anew with every change: when that was, in milliseconds."""
    return file.stat().st_mtime_ns // 1_000_000 if file.is_file() else 0


def played(tx: Transaction, data: Path, sound: Sound) -> Path:
    """The file that callers hear."""
    return sound_file(data, _user(tx), sound)


def keep(tx: Transaction, data: Path, sound: Sound, body: bytes, version: int) -> OwnSound:
    """Take a recording in. Raises `Invalid` for what is no sound, too short or too long, `StaleVersion`."""
    user_id = _user(tx)
    target = own_sound(data, user_id, sound)
    _require_version(target, version)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        sent, made = Path(folder) / "sent", Path(folder) / "made.opus"
        sent.write_bytes(body)
        seconds = _transcode(sent, made)
        with made.open("rb") as written:
            os.fsync(written.fileno())
        made.replace(target)
    tx.append(Event("phone_sound.kept", subject("user", user_id), {"sound": sound.value, "seconds": seconds}))
    return _shown(data, user_id, sound)


def remove(tx: Transaction, data: Path, sound: Sound, version: int) -> OwnSound:
    """Take the user's own away: the installation's is played again. Raises `NotFound`, `StaleVersion`."""
    user_id = _user(tx)
    target = own_sound(data, user_id, sound)
    if not target.is_file():
        raise NotFound("You have no recording of your own here.")
    _require_version(target, version)
    target.unlink()
    tx.append(Event("phone_sound.removed", subject("user", user_id), {"sound": sound.value}))
    return _shown(data, user_id, sound)


def _user(tx: Transaction) -> UUID:
    tx.require("calls:place")
    if tx.actor.id is None:
        raise NotFound("Only users have a voice.")
    return tx.actor.id


def _require_version(file: Path, version: int) -> None:
    if _version(file) != version:
        raise StaleVersion("This recording was changed elsewhere. Look at it again, then repeat.")


def _transcode(sent: Path, made: Path) -> float:
    """Write mono Ogg Opus of what was sent; its length in seconds."""
    length = 0
    with SoundWriter(made, RATE, 1) as writer:
        for block in _heard(sent):
            length += len(block)
            if length > LONGEST_SECONDS * RATE:
                raise _refused(f"lasts longer than {LONGEST_SECONDS // 60} minutes")
            writer.write(block)
    if length < SHORTEST_SECONDS * RATE:
        raise _refused("is empty or shorter than half a second")
    return round(length / RATE, 1)


def _heard(sent: Path) -> Iterator[Samples]:
    try:
        yield from blocks(sent, RATE)
    except Invalid as error:
        raise _refused("is no sound that can be read; send WebM, Ogg, MP4 or WAV") from error


def _refused(reason: str) -> Invalid:
    return Invalid(f"The recording {reason}.", fields=[FieldError("body", reason)])
