"""What is in a file that comes encoded, piece by piece (RFC 2045, section 6). Pure, in bounded memory.

Nothing is an error: what is broken is read as far as it goes, as mail programs do.
"""

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterable, Iterator

AS_IT_IS = frozenset({"", "7bit", "8bit", "binary"})
KNOWN = AS_IT_IS | {"base64", "quoted-printable"}
"""Encodings that are understood; a file in another stays where it is."""

_NO_DIGIT = bytes(byte for byte in range(256) if not re.match(rb"[A-Za-z0-9+/=]", bytes([byte])))
LONGEST_LINE = 2**16
"""Bytes of quoted-printable text without a line's end that are waited for; no line may have more than 76."""


def decoded_pieces(encoding: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a file whose encoding is one of `KNOWN`, in lower case."""
    if encoding == "base64":
        return _base64(pieces)
    if encoding == "quoted-printable":
        return _quoted_printable(pieces)
    return iter(pieces)


def _base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Four digits are three bytes. The first `=` is the end."""
    digits = b""
    for piece in pieces:
        digits += piece.translate(None, _NO_DIGIT)
        digits, padding, _ = digits.partition(b"=")
        whole = len(digits) - len(digits) % 4
        yield a2b_base64(digits[:whole])
        digits = digits[whole:]
        if padding:
            break
    if len(digits) > 1:  # a single digit is less than a byte
        yield a2b_base64(digits + b"=" * (4 - len(digits)))


def _quoted_printable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Decoded by whole lines, as `=` at a line's end joins it to the next."""
    rest = b""
    for piece in pieces:
        rest += piece
        end = rest.rfind(b"\n") + 1
        if not end and len(rest) > LONGEST_LINE:
            end = rest.rfind(b"=", len(rest) - 3)
            end = len(rest) if end < 0 else end
        yield a2b_qp(rest[:end])
        rest = rest[end:]
    yield a2b_qp(rest)
