"""Reads times from the command line: with or without a zone, a bare one being in the zone of who speaks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(days=7)}


def moment_in(tx: Transaction, text: str | None, field: str) -> datetime | None:
    """A time such as "2026-03-02 14:30", "14:30" (today), "2026-03-02T14:30:00+01:00" or "+2h" (from now).

    Without a zone it is the wall clock of who acts, else of the organisation. Raises `Invalid` naming `field`.
    """
    if text is None:
        return None
    if text.startswith("+"):
        return tx.now + _length(text, field)
    zone = _zone(tx)
    today = tx.now.astimezone(zone).date().isoformat()
    for written in (text, f"{today}T{text}"):
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            continue
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    raise _unreadable(text, field)


def day_in(tx: Transaction, text: str, field: str) -> date:
    """A day such as "2026-09-30" or "+90d" (from today, where who acts is). Raises `Invalid` naming `field`."""
    if text.startswith("+"):
        return (tx.now + _length(text, field)).astimezone(_zone(tx)).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _unreadable(text, field) from None


def _zone(tx: Transaction) -> ZoneInfo:
    if tx.actor.kind == "user" and tx.actor.id is not None:
        return ZoneInfo(identity.user(tx, tx.actor.id).time_zone)
    return ZoneInfo(identity.organisation(tx).time_zone)


def _length(text: str, field: str) -> timedelta:
    number, unit = text[1:-1], text[-1:]
    if not number.isdecimal() or unit not in _UNITS or len(number) > 5:
        raise _unreadable(text, field)
    return int(number) * _UNITS[unit]


def _unreadable(text: str, field: str) -> Invalid:
    return Invalid(
        f"'{text}' is no time; write 2026-03-02 14:30, 14:30, or +2h, +3d, +2w from now.",
        fields=[FieldError(field, "cannot be read", text)],
    )
