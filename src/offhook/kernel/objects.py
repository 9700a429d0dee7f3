"""Where recordings and files are kept: an interface as small as every object store has, by default a folder.

A key is a path of plain words; an object is written whole or not at all, and never changed.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from offhook.kernel.errors import NotFound
from offhook.kernel.ids import new_id

GONE = "This file is gone from the store."
PIECE = 2**18
"""Bytes read at a time."""


class ObjectStore(Protocol):
    """The interface."""

    def keep(self, key: str, file: Path) -> int:
        """Take a file in, away from where it lies; how many bytes it has. Keeping a key again replaces nothing."""
        ...

    def write(self, key: str, content: bytes) -> None:
        """Keep what is in memory, in the same way."""
        ...

    def take(self, key: str, pieces: Iterable[bytes]) -> int:
        """Keep what comes piece by piece, of whatever size; how many bytes it was. One at a time takes a key.

        If the pieces end in an error nothing is kept. Who is killed meanwhile leaves what `remove` takes away.
        """
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

    def write(self, key: str, content: bytes) -> None:
        """As promised."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f"{target.name}.{new_id()}.new")
        new.write_bytes(content)
        self.keep(key, new)

    def take(self, key: str, pieces: Iterable[bytes]) -> int:
        """As promised."""
        unfinished = self._unfinished(key)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open("wb") as file:
                file.writelines(pieces)
            return self.keep(key, unfinished)
        finally:
            unfinished.unlink(missing_ok=True)

    def size(self, key: str) -> int:
        """As promised."""
        path = self._path(key)
        if not path.is_file():
            raise NotFound(GONE)
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
        self._unfinished(key).unlink(missing_ok=True)

    def _unfinished(self, key: str) -> Path:
        return self._folder / f"{key}.unfinished"

    def _path(self, key: str) -> Path:
        return self._folder / key


class EmptyStore:
    """A store that holds nothing: for work that needs no files. Whatever is asked of it, `NotFound` is raised."""

    def keep(self, key: str, file: Path) -> int:
        """Never."""
        raise NotFound(GONE)

    def write(self, key: str, content: bytes) -> None:
        """Never."""
        raise NotFound(GONE)

    def take(self, key: str, pieces: Iterable[bytes]) -> int:
        """Never."""
        raise NotFound(GONE)

    def size(self, key: str) -> int:
        """Never."""
        raise NotFound(GONE)

    def read(self, key: str, begin: int, end: int) -> Iterator[bytes]:
        """Never."""
        raise NotFound(GONE)

    def remove(self, key: str) -> None:
        """It is not there already."""


NOTHING: ObjectStore = EmptyStore()
