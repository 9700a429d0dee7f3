"""Activities: the one append-only record of what was done with a person.

Calls, emails, meetings, chats and notes are logged here once, whoever did them and by whichever engine, and are
corrected by a later entry, never changed. Other slices log through `log`, read through `timeline`, and hear of
each entry by the event `activity.logged`.
"""

from offhook.activities.model import (
    OUTCOMES,
    Activity,
    Direction,
    Disposition,
    Kind,
    NewActivity,
    Outcome,
    Tally,
)
from offhook.activities.rules import (
    DEFAULT_TALK_SECONDS,
    LONGEST_BODY,
    LONGEST_KEY,
    LONGEST_SECONDS,
    LONGEST_SUBJECT,
    dispositions_of,
    is_touch,
)
from offhook.activities.service import (
    activity,
    correct,
    corrected_among,
    entries,
    log,
    log_all,
    log_once,
    require_logging,
    tally_of_lead,
    timeline,
)

__all__ = [
    "DEFAULT_TALK_SECONDS",
    "LONGEST_BODY",
    "LONGEST_KEY",
    "LONGEST_SECONDS",
    "LONGEST_SUBJECT",
    "OUTCOMES",
    "Activity",
    "Direction",
    "Disposition",
    "Kind",
    "NewActivity",
    "Outcome",
    "Tally",
    "activity",
    "correct",
    "corrected_among",
    "dispositions_of",
    "entries",
    "is_touch",
    "log",
    "log_all",
    "log_once",
    "require_logging",
    "tally_of_lead",
    "timeline",
]
