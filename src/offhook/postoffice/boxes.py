"""Everybody's mail, in folders that Dovecot reads too: Maildir, one for each address."""

import mailbox
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from hashlib import sha256
from pathlib import Path

from offhook.postoffice.letters import parse


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that lies in somebody's box: whose, since when (UTC), and what it is called there."""

    key: str
    address: str
    at: datetime
    mail: Message


@dataclass(frozen=True, slots=True)
class Owner:
    """A user and a group of this machine."""

    user: str
    group: str


class Boxes:
    """All boxes below a folder. `owner`: who may read and move what lies in them."""

    def __init__(self, folder: Path, owner: Owner) -> None:
        """Make the folder if it is not there."""
        self.folder = folder
        self.owner = owner
        folder.mkdir(exist_ok=True)
        self._give(folder)

    def folder_of(self, address: str) -> Path:
        """Where somebody's mail lies: named by a digest, as an address may hold anything."""
        return self.folder / sha256(address.lower().encode()).hexdigest()[:24]

    def make(self, address: str) -> mailbox.Maildir:
        """Somebody's box, made if it is not there."""
        folder = self.folder_of(address)
        if folder.exists():
            return mailbox.Maildir(folder, create=False)
        box = mailbox.Maildir(folder, create=True)
        (folder / "address").write_text(address)
        for part in (folder, *(folder / name for name in ("cur", "new", "tmp"))):
            self._give(part)
        return box

    def put(self, address: str, content: bytes) -> str:
        """Put a mail into somebody's box; its key there."""
        key = self.make(address).add(content)
        self._give(self.folder_of(address) / "new" / key)
        return key

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, self.owner.user, self.owner.group)

    def read(self, address: str, key: str) -> Kept | None:
        """One mail; None when there is none of this key."""
        folder = self.folder_of(address)
        if not folder.is_dir() or (box := mailbox.Maildir(folder, create=False)).get(key) is None:
            return None
        return _kept(box, address, key)

    def all(self) -> Iterator[Kept]:
        """Every mail in every box, in no order."""
        for folder in self.folder.iterdir():
            address = (folder / "address").read_text() if (folder / "address").exists() else None
            if address is not None:
                box = mailbox.Maildir(folder, create=False)
                yield from (_kept(box, address, key) for key in box.keys())  # noqa: SIM118 # no mapping


def _kept(box: "mailbox.Maildir", address: str, key: str) -> Kept:
    found = box[key]
    return Kept(key, address, datetime.fromtimestamp(found.get_date(), UTC), parse(box.get_bytes(key)))
