"""Where recordings are kept: an interface as small as every object store has, and a folder behind it by default.

A key is a path of plain words; an object is written whole or not at all, and never changed.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from offhook.kernel.errors import NotFound
from offhook.kernel.ids import new_id

PIECE = 2**18
"""Bytes read at a time."""


class ObjectStore(Protocol):
    """The interface."""

    def keep(self, key: str, file: Path) -> int:
        """Take a file in, away from where it lies; how many bytes it has. Keeping a key again replaces nothing."""
        ...

    def size(self, key: str) -> int:
        """Bytes. Raises `NotFound`."""
        ...

    def read(self, key: str, begin: int, end: int) -> Iterator[bytes]:
        """Bytes from `begin` up to `end`, which belongs to them no more. Raises `NotFound`."""
        ...

    def remove(self, key: str) -> None:
        """Forget an object. One that is not there is no error."""
        ...


class FolderStore:
    """Objects as files in a folder of the installation."""

    def __init__(self, folder: Path) -> None:
        """Keys are paths below `folder`."""
        self._folder = folder

    def keep(self, key: str, file: Path) -> int:
        """As promised; on disk before this returns."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as written:
            os.fsync(written.fileno())
        beside = target.with_name(f"{target.name}.{new_id()}")
        file.replace(beside)
        if target.exists():
            beside.unlink()
        else:
            beside.replace(target)
        return target.stat().st_size

    def size(self, key: str) -> int:
        """As promised."""
        path = self._path(key)
        if not path.is_file():
            raise NotFound("The sound of this recording is gone from the store.")
        return path.stat().st_size

    def read(self, key: str, begin: int, end: int) -> Iterator[bytes]:
        """As promised."""
        self.size(key)
        with self._path(key).open("rb") as file:
            file.seek(begin)
            left = end - begin
            while left > 0 and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                yield piece

    def remove(self, key: str) -> None:
        """As promised."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key
