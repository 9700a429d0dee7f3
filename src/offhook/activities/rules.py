"""The rules of the record, pure: what may be logged, and what it counts as.

A connect is a call that a human answered; a conversation is a connect with the intended person of at least the
team's minimum talk time (GLOSSARY). Where no talk time was measured, the rep's word decides.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from offhook.activities.model import OUTCOMES, Activity, Direction, Disposition, Kind, NewActivity
from offhook.kernel.errors import FieldError, Invalid

DEFAULT_TALK_SECONDS = 30
"""Minimum talk time of a conversation for who is in no team (GLOSSARY)."""

LONGEST_SECONDS = 86_400
LONGEST_SUBJECT = 1_000
LONGEST_BODY = 100_000
LONGEST_KEY = 300
CORRECTS = "corrects:"
"""Begins our own keys, which keep an entry from being corrected twice; external keys may not begin so."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(minutes=2)
"""Engines' clocks may run a little ahead of ours; such a time is taken as now."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What an activity counts as."""

    is_connect: bool
    is_conversation: bool


def count(kind: Kind, disposition: Disposition | None, seconds: int | None, minimum_talk_seconds: int) -> Counted:
    """Whether it was a connect and a conversation."""
    if kind is not Kind.CALL or disposition is None:
        return Counted(is_connect=False, is_conversation=False)
    outcome = OUTCOMES[disposition]
    talked = outcome.tells_of_talk if seconds is None else seconds >= minimum_talk_seconds
    return Counted(outcome.is_connect, outcome.is_connect and outcome.reaches_person and talked)


def is_touch(kind: Kind, direction: Direction) -> bool:
    """Whether it is an attempt (touch): outbound, and not a note."""
    return direction is Direction.OUTBOUND and kind is not Kind.NOTE


def dispositions_of(kind: Kind) -> tuple[Disposition, ...]:
    """The dispositions that an activity of this kind can end with, in the table's order."""
    return tuple(disposition for disposition, outcome in OUTCOMES.items() if kind in outcome.kinds)


def moment_of(new: NewActivity, now: datetime) -> datetime:
    """When it was done: as told, or now. Raises `Invalid` for the future and for times before 1990."""
    if new.at is None:
        return now
    if new.at.tzinfo is None:
        raise _invalid("at", "needs a time zone, such as 2026-03-02T14:30:00+01:00", new.at.isoformat())
    if new.at > now + CLOCK_SKEW:
        raise _invalid("at", "lies in the future; log what was done, when it is done", new.at.isoformat())
    if new.at < EARLIEST:
        raise _invalid("at", "lies before 1990", new.at.isoformat())
    return min(new.at, now)


def check(new: NewActivity) -> None:
    """Raise `Invalid`, naming the field, for what cannot be logged."""
    _check_direction(new)
    _check_seconds(new)
    if new.disposition is not None and new.kind not in OUTCOMES[new.disposition].kinds:
        known = ", ".join(dispositions_of(new.kind)) or "none"
        raise _invalid("disposition", f"is not one of a {new.kind}; those are: {known}", new.disposition)
    for field, text, longest in (
        ("subject", new.subject, LONGEST_SUBJECT),
        ("body", new.body, LONGEST_BODY),
        ("external_key", new.external_key or "", LONGEST_KEY),
    ):
        if len(text) > longest:
            raise _invalid(field, f"has {len(text):,} characters; at most {longest:,} are kept", text[:50] + "…")
        if "\0" in text:
            raise _invalid(field, "holds a null character", text[:50].replace("\0", "\\0"))
    if new.external_key is not None and (not new.external_key or new.external_key.startswith(CORRECTS)):
        raise _invalid("external_key", f"must not be empty or begin with '{CORRECTS}'", new.external_key)


def _check_direction(new: NewActivity) -> None:
    if (new.kind is Kind.NOTE) != (new.direction is Direction.INTERNAL):
        raise _invalid(
            "direction", "is 'internal' for notes and 'outbound' or 'inbound' for all else", new.direction
        )


def _check_seconds(new: NewActivity) -> None:
    if new.seconds is not None and not 0 <= new.seconds <= LONGEST_SECONDS:
        raise _invalid("seconds", f"must be 0 to {LONGEST_SECONDS:,}", str(new.seconds))


def check_correction(new: Activity, replaced: Activity) -> None:
    """Raise `Invalid` for a correction that would move an entry to another person or lead."""
    if new.person_id != replaced.person_id:
        raise _invalid("person_id", "must stay the corrected entry's; log a new one for another person")
    if new.lead_id != replaced.lead_id:
        raise _invalid("lead_id", "must stay the corrected entry's; log a new one for another lead")


def _invalid(field: str, reason: str, value: str | None = None) -> Invalid:
    return Invalid(f"The activity's {field} {reason}.", fields=[FieldError(field, reason, value)])
