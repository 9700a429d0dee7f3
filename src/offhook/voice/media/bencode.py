"""Bencoding: the form of rtpengine's control messages (BEP 3, "bencoding").

Whole numbers, byte strings, lists and dictionaries with text keys. Text is written as UTF-8; read strings stay
bytes, since only the reader knows which of them are text.
"""

from collections.abc import Iterator, Mapping, Sequence

Value = int | str | bytes | Sequence["Value"] | Mapping[str, "Value"]
"""What can be written."""

Decoded = int | bytes | list["Decoded"] | dict[str, "Decoded"]
"""What is read."""

_DEEPEST = 32
"""Messages nested deeper are refused rather than followed."""


class Malformed(ValueError):
    """Bytes that are no bencoding; says where."""


def encoded(value: Value) -> bytes:
    """One value as bytes. Keys are sorted, as the format demands, so equal values are equal bytes."""
    return b"".join(_parts(value))


def _parts(value: Value) -> Iterator[bytes]:
    if isinstance(value, int):
        yield b"i%de" % value
    elif isinstance(value, str | bytes):
        raw = value.encode() if isinstance(value, str) else value
        yield b"%d:" % len(raw)
        yield raw
    elif isinstance(value, Mapping):
        yield b"d"
        for key in sorted(value, key=str.encode):
            yield from _parts(key)
            yield from _parts(value[key])
        yield b"e"
    else:
        yield b"l"
        for one in value:
            yield from _parts(one)
        yield b"e"


def decoded(data: bytes) -> Decoded:
    """The one value that `data` is. Raises `Malformed` for anything else, also for bytes left over."""
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise Malformed(f"{len(data) - end} bytes left over at {end}")
    return value


def _read(data: bytes, at: int, depth: int) -> tuple[Decoded, int]:
    if depth > _DEEPEST:
        raise Malformed(f"nested deeper than {_DEEPEST} at {at}")
    match data[at : at + 1]:
        case b"i":
            end = _index(data, b"e", at)
            return _number(data[at + 1 : end], at), end + 1
        case b"l":
            return _read_list(data, at + 1, depth)
        case b"d":
            return _read_dictionary(data, at + 1, depth)
        case _:
            return _read_string(data, at)


def _read_list(data: bytes, at: int, depth: int) -> tuple[Decoded, int]:
    found: list[Decoded] = []
    while data[at : at + 1] != b"e":
        value, at = _read(data, at, depth + 1)
        found.append(value)
    return found, at + 1


def _read_dictionary(data: bytes, at: int, depth: int) -> tuple[Decoded, int]:
    found: dict[str, Decoded] = {}
    while data[at : at + 1] != b"e":
        key, at = _read_string(data, at)
        value, at = _read(data, at, depth + 1)
        found[key.decode(errors="replace")] = value
    return found, at + 1


def _read_string(data: bytes, at: int) -> tuple[bytes, int]:
    colon = _index(data, b":", at)
    length = _number(data[at:colon], at)
    begin, end = colon + 1, colon + 1 + length
    if length < 0 or end > len(data):
        raise Malformed(f"a string of {length} bytes at {at}, but {len(data) - begin} are left")
    return data[begin:end], end


def _index(data: bytes, mark: bytes, at: int) -> int:
    found = data.find(mark, at)
    if found < 0:
        raise Malformed(f"no {mark.decode()} after {at}")
    return found


def _number(digits: bytes, at: int) -> int:
    sign, bare = (-1, digits[1:]) if digits.startswith(b"-") else (1, digits)
    if not bare.isdigit():
        raise Malformed(f"no number at {at}: {digits[:20]!r}")
    return sign * int(bare)
