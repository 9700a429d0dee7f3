"""What a booking page may be. Pure."""

import re
from dataclasses import replace

from offhook.calendar.meetings.rules import checked_location, checked_reminders, checked_title
from offhook.calendar.pages.model import BookingPage
from offhook.kernel.errors import invalid_field

LONGEST_WELCOME = 2_000
LONGEST_WORDING = 5_000
MOST_HOSTS = 100
BOUNDS = {
    "minutes": (5, 480),
    "step_minutes": (5, 240),
    "before_minutes": (0, 240),
    "after_minutes": (0, 240),
    "notice_minutes": (0, 43_200),
    "horizon_days": (1, 366),
    "daily_limit": (1, 50),
}
"""The least and most of each number."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 60


def checked_page(page: BookingPage) -> BookingPage:
    """The page, cleaned. Raises `Invalid` naming the field that does not do."""
    slug = page.slug.strip().lower()
    if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
        raise invalid_field("slug", "must be letters a-z, digits and single hyphens between them", slug[:60])
    for name, (least, most) in BOUNDS.items():
        value = getattr(page, name)
        if value is not None and not least <= value <= most:
            raise invalid_field(name, f"must be {least} to {most}", value)
    if not 0 < len(page.hosts) <= MOST_HOSTS:
        raise invalid_field("hosts", f"must be 1 to {MOST_HOSTS}")
    if len({one.user_id for one in page.hosts}) != len(page.hosts):
        raise invalid_field("hosts", "must not name anybody twice")
    if any(not 1 <= one.weight <= 100 for one in page.hosts):
        raise invalid_field("hosts", "must have weights of 1 to 100")
    for name, longest in (("welcome", LONGEST_WELCOME), ("consent_wording", LONGEST_WORDING)):
        if len(getattr(page, name)) > longest:
            raise invalid_field(name, f"has more than {longest:,} characters")
    return replace(
        page,
        slug=slug,
        title=checked_title(page.title),
        location=checked_location(page.location),
        reminder_minutes=checked_reminders(page.reminder_minutes),
    )
