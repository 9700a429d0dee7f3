"""Workbooks as CSV: opens none before it is known to do no harm, and reads it in a process that may be lost.

Workbooks are archives: the members are unpacked once into nothing, with limits on their size and on how much
bigger than packed they are, so that a zip bomb does no harm. A sheet that is small but asks for more memory than
there is ends the process that reads it (`sheet_to_csv.py`), not this one.
"""

import json
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from offhook.intake import sheet_to_csv
from offhook.kernel.errors import Invalid

LARGEST_UNPACKED = 1 << 30
LARGEST_RATIO = 300
"""So many times bigger than packed a member of a workbook may be; real sheets stay below 50."""
MOST_MEMBERS = 5_000
LONGEST_READING = 600.0
"""Seconds; a full sheet of a million rows takes about ten."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of a workbook, in their order, and the one that was read."""

    read: str
    names: tuple[str, ...]


def write_as_csv(path: Path, name: str, sheet: str | None, target: Path) -> Sheets:
    """Write a sheet (None: the first) of a workbook as CSV in UTF-8, its rows where they are in the sheet.

    Raises `Invalid` for what is no workbook, a broken, encrypted or far too big one, or a sheet it has not.
    """
    check_archive(path, name)
    program = [sys.executable, "-I", sheet_to_csv.__file__, str(path), sheet or "", str(target)]
    try:
        ended = subprocess.run(program, capture_output=True, timeout=LONGEST_READING, check=False)  # noqa: S603 # ours
    except subprocess.TimeoutExpired as error:
        raise _bomb(name, "reading it takes too long") from error
    if ended.returncode:
        raise _bomb(name, "a sheet laid out in full")
    said = json.loads(ended.stdout)
    if "wrong" in said:
        raise Invalid(f"{name} {said['wrong']}.")
    return Sheets(said["sheet"], tuple(said["sheets"]))


def check_archive(path: Path, name: str) -> None:
    """Unpack every member into nothing, within limits. Raises `Invalid` for a bomb or a broken archive."""
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise _bomb(name, f"{len(members):,} parts")
            if not any(member.filename.endswith((".xml", ".bin")) for member in members):
                raise Invalid(f"{name} is an archive, but no workbook. Unpack it and import the file inside.")
            for member in members:
                with archive.open(member) as part:
                    unpacked = _unpack(name, part, member.compress_size, unpacked)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Invalid(f"{name} is a broken or encrypted workbook: {error}.") from error


def _unpack(name: str, part: IO[bytes], packed: int, unpacked: int) -> int:
    size = 0
    while block := part.read(_BLOCK):
        size += len(block)
        if unpacked + size > LARGEST_UNPACKED or (size > _BLOCK and size > LARGEST_RATIO * packed):
            raise _bomb(name, f"a part of {size:,} bytes and more")
    return unpacked + size


def _bomb(name: str, told: str) -> Invalid:
    return Invalid(f"{name} unpacks to far more than it should ({told}); it is refused. Export it as CSV.")
