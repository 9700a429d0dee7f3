"""Which files may go with a mail, and under which name. Pure.

A file's type is told by its name and held against how it begins: receivers' programs believe what it calls itself.
Programs are refused, as they are by most who receive mail: the mail would come back. The list is that of Gmail's
help, "File types blocked in Gmail".
"""

import unicodedata
from mimetypes import MimeTypes
from pathlib import PurePosixPath

from offhook.kernel.errors import Invalid, invalid_field
from offhook.mail.templates.language import one_line

LONGEST_NAME = 120
LARGEST_FILE = 15 * 2**20
LARGEST_TOTAL = 18 * 2**20
"""Bytes of all files of a mail: encoded (RFC 2045, section 6.8) a third more, within the 25 MB that most take."""
MOST_FILES = 10

PROGRAMS = frozenset(
    "ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ exe hta img ins"
    " iso isp jar jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 scr sct sh shb sys vb"
    " vbe vbs vhd vxd wsc wsf wsh xll".split()
)
_DEVICES = frozenset("con prn aux nul".split()) | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
"""What Windows takes for a device, whatever its ending."""
_PROGRAM_BEGINS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")

OOXML = "application/vnd.openxmlformats-officedocument"
_TYPES = MimeTypes(filenames=())
for _ending, _type in (
    (".docx", f"{OOXML}.wordprocessingml.document"),
    (".xlsx", f"{OOXML}.spreadsheetml.sheet"),
    (".pptx", f"{OOXML}.presentationml.presentation"),
    (".odt", "application/vnd.oasis.opendocument.text"),
    (".ics", "text/calendar"),
    (".md", "text/markdown"),
    (".webp", "image/webp"),
):
    _TYPES.add_type(_type, _ending)

_BEGINS: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "application/zip": (b"PK\x03\x04", b"PK\x05\x06"),
    f"{OOXML}.wordprocessingml.document": (b"PK\x03\x04",),
    f"{OOXML}.spreadsheetml.sheet": (b"PK\x03\x04",),
    f"{OOXML}.presentationml.presentation": (b"PK\x03\x04",),
    "application/vnd.oasis.opendocument.text": (b"PK\x03\x04",),
}
_ANYTHING = "application/octet-stream"
_WITHIN = 1024
"""A PDF may begin so many bytes late (ISO 32000-1, implementation note 13); a picture may not, and none does."""


def checked_file(name: str, content: bytes) -> tuple[str, str]:
    """The name and the media type of a file that may go with a mail. Raises `Invalid`, naming what is wrong."""
    clean = clean_name(name)
    if not content:
        raise invalid_field("body", "is empty", clean)
    if len(content) > LARGEST_FILE:
        raise invalid_field("body", f"has more than {LARGEST_FILE // 2**20} MB", clean)
    endings = [ending[1:].casefold() for ending in PurePosixPath(clean).suffixes]
    if (endings and endings[-1] in PROGRAMS) or content.startswith(_PROGRAM_BEGINS):
        raise _refused(clean, "is a program, which those who receive mail do not let in")
    media_type = media_type_of(clean)
    if not _begins_as(media_type, content):
        raise _refused(clean, f"is no {endings[-1].upper()}, whatever its name says")
    return clean, media_type


def clean_name(name: str) -> str:
    """A file's name that every system takes: no path, no control or writing-direction characters, not too long."""
    last = one_line(unicodedata.normalize("NFC", name)).replace("\\", "/").rpartition("/")[2]
    plain = "".join("_" if letter in '<>:"|?*' else letter for letter in last).strip(". ")
    if len(plain) > LONGEST_NAME:
        ending = PurePosixPath(plain).suffix[:20]
        plain = plain[: LONGEST_NAME - len(ending)].rstrip(". ") + ending
    return f"_{plain}" if plain.partition(".")[0].casefold() in _DEVICES else plain or "file"


def media_type_of(name: str) -> str:
    """The type that a name stands for; one that mail programs would open as a mail of its own is anything."""
    guessed = _TYPES.guess_type(name)
    known = guessed[0] if guessed[0] and not guessed[1] else _ANYTHING
    return _ANYTHING if known.startswith(("message/", "multipart/")) else known


def check_total(sizes: list[int]) -> None:
    """Raise `Invalid` when these files are too many or too large for one mail."""
    if len(sizes) > MOST_FILES:
        raise invalid_field("attachment_ids", f"are {len(sizes)} files; at most {MOST_FILES} go with a mail", None)
    if sum(sizes) > LARGEST_TOTAL:
        told = f"have {sum(sizes) / 2**20:.1f} MB together; at most {LARGEST_TOTAL // 2**20} MB go with a mail"
        raise invalid_field("attachment_ids", told, None)


def _begins_as(media_type: str, content: bytes) -> bool:
    begins = _BEGINS.get(media_type)
    if begins is None:
        return True
    if media_type == "application/pdf":
        return begins[0] in content[:_WITHIN]
    return content.startswith(begins)


def _refused(name: str, reason: str) -> Invalid:
    return invalid_field("name", reason, name)
