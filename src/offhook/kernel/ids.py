"""Primary keys: UUIDv7 (RFC 9562, section 5.7), so that new rows sit together in every index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7; later calls in one process sort after earlier ones."""
    return uuid7()
