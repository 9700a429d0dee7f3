"""Tells visitors from robots: a trap, a least time to fill a form in, and so many answers per address and time.

The page of a form carries a sealed stamp of when it was shown, so that an answer proves that somebody opened it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from offhook.kernel.errors import Invalid, Unavailable
from offhook.kernel.sealing import Seal

TRAP = "homepage_url"
"""A field that people do not see; whatever fills it in is a robot."""

STAMP = "shown"
CONSENT = "consent"
LEAST_SECONDS = 2
LONGEST_OPEN = timedelta(hours=24)


def stamp(secret: str, form_id: str, now: datetime) -> str:
    """What a form's page carries to prove when it was shown."""
    return Seal(secret, "forms").close(f"{form_id} {now.isoformat()}")


def is_robot(answers: Mapping[str, str]) -> bool:
    """Whether the trap was filled in."""
    return bool(answers.get(TRAP))


def check_stamp(secret: str, form_id: str, shown: str, now: datetime) -> None:
    """Raise `Invalid` for an answer to a page that was never shown, too long ago, or just now."""
    try:
        stamped, _, moment = Seal(secret, "forms").open(shown).partition(" ")
        age = now - datetime.fromisoformat(moment)
    except (Unavailable, ValueError) as error:
        raise Invalid("This form was not opened here. Load the page again.") from error
    if stamped != form_id or age > LONGEST_OPEN:
        raise Invalid("This form was opened too long ago. Load the page again; your answers are not lost yet.")
    if age < timedelta(seconds=LEAST_SECONDS):
        raise Invalid("That was very fast. Please send it once more.")
