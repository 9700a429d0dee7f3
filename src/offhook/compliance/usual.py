"""The widest hours in which anybody in a time zone may be called: a first look, before it is known who is meant.

By the rules of the zone's country that hold for everybody, else by the courtesy hours. Whoever may be called at
all may be called then; whether they may is the policy's to say.
"""

from datetime import datetime

from offhook import people
from offhook.compliance.hours import NOT_NARROWED, Standing, standing
from offhook.compliance.model import Who
from offhook.compliance.rulebook import in_force, rulebook


def usual_hours(zone: str, now: datetime) -> Standing:
    """Whether calls to a zone (an IANA name that exists) may be open now, and when that changes."""
    country = people.country_of_zone(zone)
    rules = in_force(rulebook().hours, (country,) if country else (), now.date())
    for_all = tuple(rule for rule in rules if rule.who is Who.ALL)
    return standing([zone], for_all or in_force(rulebook().hours, (), now.date()), NOT_NARROWED, now)
