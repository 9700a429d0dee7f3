"""A public page on which persons book, in plain immutable data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from offhook.calendar.meetings.model import REMINDERS
from offhook.calendar.slots import SlotRules


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody who can be booked on a page; `weight` is their share in a pool."""

    user_id: UUID
    weight: int = 1


@dataclass(frozen=True, slots=True)
class BookingPage:
    """A page at `/book/<organisation>/<slug>`. `owner_id`: whose own it is; None: a pool's, in turn.

    Bookings are responses to the campaign. Minutes: how long, on which step, kept free before and after, and how
    soon at the earliest; `daily_limit`: the most meetings of this page a host takes a day, None: any number.
    """

    id: UUID
    slug: str
    title: str
    campaign_id: UUID
    owner_id: UUID | None
    hosts: Sequence[Host]
    created_at: datetime
    welcome: str = ""
    location: str = ""
    minutes: int = 30
    step_minutes: int = 30
    before_minutes: int = 0
    after_minutes: int = 0
    notice_minutes: int = 240
    horizon_days: int = 30
    daily_limit: int | None = None
    reminder_minutes: tuple[int, ...] = REMINDERS
    consent_wording: str = ""
    is_active: bool = True
    version: int = 1

    @property
    def rules(self) -> SlotRules:
        """How its slots may lie."""
        return SlotRules(
            length=timedelta(minutes=self.minutes),
            step=timedelta(minutes=self.step_minutes),
            before=timedelta(minutes=self.before_minutes),
            after=timedelta(minutes=self.after_minutes),
            notice=timedelta(minutes=self.notice_minutes),
            horizon=timedelta(days=self.horizon_days),
            daily_limit=self.daily_limit,
        )
