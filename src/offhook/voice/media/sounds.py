"""Sound files made ready for Janus, which plays only Ogg Opus in packets of 20 ms."""

import hashlib
import os
from pathlib import Path

from offhook.kernel.errors import Invalid
from offhook.voice.media.soundfile import SoundWriter, blocks

_RATE = 16_000


def prepared(file: Path, folder: Path) -> tuple[Path, float]:
    """The file as Ogg Opus in `folder`, made once for each version of it; and how many seconds it plays.

    Raises `Invalid` when it is missing or no sound. Blocking: run in a thread.
    """
    try:
        state = file.stat()
    except OSError as error:
        raise Invalid(f"The sound file {file} cannot be read: {error.strerror}.") from error
    version = f"{file.resolve()} {state.st_mtime_ns} {state.st_size}"
    stem = hashlib.sha256(version.encode()).hexdigest()[:32]
    for ready in folder.glob(f"{stem}.*.opus"):
        return ready, int(ready.name.split(".")[1]) / 1000
    return _made(file, folder, stem)


def _made(file: Path, folder: Path, stem: str) -> tuple[Path, float]:
    folder.mkdir(parents=True, exist_ok=True)
    growing = folder / f"{stem}.{os.getpid()}.tmp"
    count = 0
    try:
        with SoundWriter(growing, _RATE, 1) as target:
            for block in blocks(file, _RATE):
                target.write(block)
                count += len(block)
        ready = folder / f"{stem}.{count * 1000 // _RATE}.opus"
        growing.replace(ready)
    finally:
        growing.unlink(missing_ok=True)
    return ready, count / _RATE
