"""What a connection may look like, and when a calendar is read again. Pure."""

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

from offhook.calendar.sources.model import Connection, SourceKind
from offhook.kernel.errors import invalid_field

LONGEST_NAME = 100
LONGEST_ADDRESS = 2_000
LONGEST_CREDENTIAL = 512

EVERY = timedelta(minutes=5)
"""How often a calendar that answers is read."""
BACK, AHEAD = timedelta(days=1), timedelta(days=100)
"""What of it is read; farther ahead somebody is taken as free."""
READ_ANEW = timedelta(hours=12)
"""So often it is read though nothing changed in it, as time goes on."""
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30))
LAST_RETRY = timedelta(hours=1)

_LINES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def checked_connection(one: Connection) -> Connection:
    """The connection, cleaned. Raises `Invalid` naming the field that does not do."""
    username = one.username.strip()
    if one.kind is SourceKind.CALDAV:
        username = checked_line("username", username, LONGEST_CREDENTIAL)
    elif one.takes_meetings:
        raise invalid_field("takes_meetings", "a feed can only be read; connect the calendar by CalDAV")
    return replace(one, name=checked_line("name", one.name.strip(), LONGEST_NAME), username=username)


def checked_address(field: str, text: str) -> str:
    """An address on the web. Raises `Invalid`; that of a feed is not told back, as it may be a secret."""
    clean = text.strip()
    if clean.lower().startswith("webcal://"):
        clean = "https://" + clean[len("webcal://") :]
    if not clean.lower().startswith(("https://", "http://")):
        raise invalid_field(field, "must begin with https://")
    return checked_line(field, clean, LONGEST_ADDRESS)


def checked_line(field: str, text: str, longest: int) -> str:
    """A text that stands in one line. Raises `Invalid`; it is not told back, as it may be a secret."""
    if not 0 < len(text) <= longest:
        raise invalid_field(field, f"must have 1 to {longest:,} characters")
    if any(unicodedata.category(letter) in _LINES for letter in text):
        raise invalid_field(field, "must be one line without control characters")
    return text


def is_read_anew(one: Connection, now: datetime) -> bool:
    """Whether the calendar is read as a whole, whatever its mark says."""
    return one.synced_until is None or one.synced_until < now + AHEAD - READ_ANEW


def well(one: Connection, mark: str, until: datetime | None, now: datetime) -> Connection:
    """The connection after its server answered; `until` None: nothing had changed."""
    return replace(
        one,
        mark=mark,
        synced_at=now,
        synced_until=until or one.synced_until,
        sync_at=now + EVERY,
        refusing_since=None,
        problem="",
        failures=0,
    )


def refusing(one: Connection, problem: str, now: datetime) -> Connection:
    """The connection after its server refused once more. What was read before stays."""
    failures = one.failures + 1
    wait = RETRIES[failures - 1] if failures <= len(RETRIES) else LAST_RETRY
    since = one.refusing_since or now
    return replace(one, refusing_since=since, problem=problem, failures=failures, sync_at=now + wait)
