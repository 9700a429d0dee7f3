"""Whether it may be noted that a mail was opened or its links followed: pure, by the rules of where its reader is.

The organisation must want it, and every rule of the reader's country and state must let it: the strictest counts.
Of whom we do not know the country nothing is noted.
"""

from datetime import date

from offhook.compliance.mailing.model import Reader, TrackingNeeds, TrackingRule
from offhook.compliance.rulebook import in_force


def may_track(reader: Reader, rules: tuple[TrackingRule, ...], today: date) -> bool:
    """Whether the law, as far as we know it, lets a mail to this reader be tracked."""
    needs = {rule.needs for rule in in_force(rules, reader.regions, today)}
    if not needs or TrackingNeeds.FORBIDDEN in needs:
        return False
    return reader.has_consented or needs == {TrackingNeeds.NOTHING}
