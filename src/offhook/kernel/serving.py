"""Answers by stored files, whole or in the ranges that players ask for (RFC 9110, section 14)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its media type, its size in bytes, and how to read it from a byte up to another.

    `name`: it is to be kept under this name, not shown (RFC 6266).
    """

    media_type: str
    size: int
    read: Callable[[int, int], Iterator[bytes]]
    name: str | None = None


def answer_stored(range_header: str | None, stored: Stored) -> Response:
    """The file, or the one range of it that is asked for; what makes no sense as a range gets the whole."""
    begin, end = wanted_range(range_header, stored.size)
    headers = {"accept-ranges": "bytes", "content-length": str(end - begin), "cache-control": "private"}
    if stored.name is not None:
        headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}"
    if (begin, end) == (0, stored.size):
        return StreamingResponse(stored.read(begin, end), 200, headers, stored.media_type)
    headers["content-range"] = f"bytes {begin}-{end - 1}/{stored.size}"
    return StreamingResponse(stored.read(begin, end), 206, headers, stored.media_type)


def wanted_range(header: str | None, size: int) -> tuple[int, int]:
    """The bytes that a Range header (RFC 9110, 14.2) asks for: from, up to; all where it makes no sense."""
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found.groups() == ("", ""):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    begin, end = int(first), min(size, int(last) + 1) if last else size
    return (begin, end) if begin < end else (0, size)
