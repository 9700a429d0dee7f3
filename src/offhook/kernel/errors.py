"""The small, closed set of errors that Offhook raises on purpose.

Each carries a stable `code` (the `type` of the problem+json answer, RFC 9457), a sentence that says what
is wrong, and, where it helps, the single fields that are wrong. Text is written for the user who must act.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One wrong value: where it stands, what it was, why it does not do."""

    field: str
    reason: str
    value: str | None = None


class OffhookError(Exception):
    """Base of all errors that are answers, not defects."""

    code = "error"
    status = 500

    def __init__(self, message: str, *, code: str | None = None, fields: Sequence[FieldError] = ()) -> None:
        """Say what is wrong and what to do, in one or two sentences."""
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = tuple(fields)


class Invalid(OffhookError):
    """What was sent cannot be understood or breaks a rule of its own (422)."""

    code = "invalid"
    status = 422


def invalid_field(field: str, reason: str, value: object = None) -> Invalid:
    """The `Invalid` of one field: its name, why it does not do, and what it was where that may be shown."""
    shown = None if value is None else str(value)
    return Invalid(f"'{field}': {reason}.", fields=[FieldError(field, reason, shown)])


class Unauthenticated(OffhookError):
    """Nobody we know sent this (401)."""

    code = "unauthenticated"
    status = 401


class Forbidden(OffhookError):
    """Known, but not allowed (403)."""

    code = "forbidden"
    status = 403


class NotFound(OffhookError):
    """There is no such thing in this organisation (404)."""

    code = "not-found"
    status = 404


class Conflict(OffhookError):
    """True requests that the present state does not allow (409)."""

    code = "conflict"
    status = 409


class StaleVersion(OffhookError):
    """The thing was changed since it was read: read it again, then repeat (412)."""

    code = "stale-version"
    status = 412


class VersionRequired(OffhookError):
    """An edit must say which version it edits, in `If-Match` (428)."""

    code = "version-required"
    status = 428


class TooManyRequests(OffhookError):
    """Slow down (429)."""

    code = "too-many-requests"
    status = 429


class Unavailable(OffhookError):
    """Something that Offhook needs is missing or does not answer (503)."""

    code = "unavailable"
    status = 503
