"""The folder that files are kept in: whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from offhook.kernel.errors import NotFound
from offhook.kernel.objects import FolderStore

KEY = "of/somebody"


def whole(store: FolderStore) -> bytes:
    """What is kept under the key."""
    return b"".join(store.read(KEY, 0, store.size(KEY)))


def breaking() -> Iterator[bytes]:
    """Pieces that end in an error."""
    yield b"half"
    raise OSError("the link broke")


def test_what_comes_in_pieces_is_kept_whole(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    assert store.take(KEY, [b"a", b"", b"bc"]) == 3
    assert whole(store) == b"abc"


def test_nothing_can_be_kept_too(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    assert store.take(KEY, []) == 0
    assert whole(store) == b""


def test_what_ends_in_an_error_is_not_kept_and_leaves_nothing(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    with pytest.raises(OSError, match="broke"):
        store.take(KEY, breaking())
    with pytest.raises(NotFound):
        store.size(KEY)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_killed_process_left_is_removed_with_its_key(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.take(KEY, [b"x"])
    (tmp_path / f"{KEY}.unfinished").write_bytes(b"half")

    store.remove(KEY)
    store.remove(KEY)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
