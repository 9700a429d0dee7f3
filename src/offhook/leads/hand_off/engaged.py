"""What AEs have at a time: meetings of other hand-offs, and what their calendars and bookings say (`identity`)."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.leads.hand_off import store
from offhook.leads.hand_off.store import Meeting


def engagements(
    tx: Transaction, ae_ids: Sequence[UUID], start: datetime, end: datetime, *, but: UUID | None = None
) -> list[Meeting]:
    """What these AEs have between two instants, the soonest first; `but`: a hand-off that does not count."""
    busy = [
        Meeting(one.user_id, one.starts_at, one.ends_at) for one in identity.busy_times(tx, ae_ids, start, end)
    ]
    return sorted([*store.meetings(tx, ae_ids, start, end, but=but), *busy], key=attrgetter("starts_at"))
