"""Primary keys: UUIDv7 (RFC 9562, section 5.7), so that new rows sit together in every index."""

from uuid import UUID

import uuid_utils

_set = object.__setattr__


class Id(UUID):
    """A UUID that keeps how it is written, as it is written many times for each time it is made or read.

    Equal to any UUID of the same value, and hashed like it.
    """

    __slots__ = ("text",)
    text: str

    def __init__(self, text: str) -> None:
        """Of the canonical form: 36 characters, lower case. Raises `ValueError` where there are no digits."""
        _set(self, "int", int(text.replace("-", ""), 16))
        _set(self, "text", text)

    def __str__(self) -> str:
        """The canonical form."""
        return self.text

    def __reduce__(self) -> tuple[type["Id"], tuple[str]]:
        """Copy and pickle by the text."""
        return Id, (self.text,)


def new_id() -> UUID:
    """A fresh UUIDv7; later calls in one process sort after earlier ones."""
    return Id(str(uuid_utils.uuid7()))
