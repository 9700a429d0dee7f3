"""Janus' recordings (MJR): a header, then RTP packets as they came, each with its time of arrival.

"MJR00002", 16 bit length, a JSON object (`c` codec, `s` when it was made, `u` when the first packet came, both in
microseconds of Unix time); then for each packet "MEET", 32 bit milliseconds since the first one, 16 bit length and
the packet (Janus' documentation, "Recordings"; its `record.c`). All numbers are big-endian. The file may end
anywhere: what the process could not write any more is missing.
"""

import glob
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from offhook.kernel.errors import Invalid

_MAGIC = b"MJR00002"
_FRAME = b"MEET"
_FRAME_HEADER = struct.Struct("!4sIH")
_RTP_HEADER = 12


@dataclass(frozen=True, slots=True)
class Header:
    """What a piece is: codec in lower case (pcmu, pcma, opus), and when its first packet came (Unix µs)."""

    codec: str
    began: int


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet: milliseconds after the piece began, RTP sequence number and timestamp, the codec's data."""

    arrived: int
    sequence: int
    timestamp: int
    payload: bytes


def pieces(stem: Path) -> list[Path]:
    """The pieces of a recording that was begun with this stem, oldest first."""
    return sorted(stem.parent.glob(f"{glob.escape(stem.name)}.*-audio.mjr"))


def header(path: Path) -> Header | None:
    """What a piece is; None when nobody spoke in it, so that it holds nothing yet.

    Raises `Invalid` for what is no such file.
    """
    with path.open("rb") as file:
        return _header(file, path)


def _header(file: BinaryIO, path: Path) -> Header | None:
    magic = file.read(len(_MAGIC))
    if not _MAGIC.startswith(magic):
        raise Invalid(f"{path} is no recording of Janus.")
    length = file.read(2)
    if len(length) < 2:
        return None
    text = file.read(int.from_bytes(length))
    if len(text) < int.from_bytes(length):
        return None
    try:
        match json.loads(text):
            case {"t": "a", "c": str(codec), "u": int(began)}:
                return Header(codec.lower(), began)
            case _:
                raise Invalid(f"{path} is no sound recording of Janus.")
    except ValueError as error:
        raise Invalid(f"{path} has a header that cannot be read: {error}.") from error


def packets(path: Path) -> Iterator[Packet]:
    """The packets in the order they came, until the file ends or breaks off."""
    with path.open("rb") as file:
        if _header(file, path) is None:
            return
        while True:
            head = file.read(_FRAME_HEADER.size)
            if len(head) < _FRAME_HEADER.size:
                return
            mark, arrived, length = _FRAME_HEADER.unpack(head)
            data = file.read(length)
            if mark != _FRAME or len(data) < length:
                return
            packet = _packet(arrived, data)
            if packet is not None:
                yield packet


def _packet(arrived: int, data: bytes) -> Packet | None:
    """An RTP packet (RFC 3550, section 5.1) without header, sources, extension and padding; None: not one."""
    if len(data) < _RTP_HEADER or data[0] >> 6 != 2:
        return None
    begin = _RTP_HEADER + 4 * (data[0] & 0x0F)
    if data[0] & 0x10:
        if len(data) < begin + 4:
            return None
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4])
    end = len(data) - (data[-1] if data[0] & 0x20 else 0)
    if begin >= end:
        return None
    sequence, timestamp = struct.unpack_from("!HI", data, 2)
    return Packet(arrived, sequence, timestamp, data[begin:end])
