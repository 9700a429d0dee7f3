"""What is known of users' time, gathered: hours, absences, calendars, meetings. Set-based: many cost as one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from offhook import identity, leads
from offhook.calendar.meetings.model import Meeting
from offhook.calendar.slots import HostTime
from offhook.identity import Span
from offhook.kernel.database import Transaction


def taken(
    tx: Transaction, user_ids: Collection[UUID], start: datetime, end: datetime, *, but: Meeting | None = None
) -> dict[UUID, list[Span]]:
    """What these users have between two instants by calendars and meetings; `but`: a meeting that counts not."""
    found: dict[UUID, list[Span]] = {one: [] for one in user_ids}
    for busy in identity.busy_times(tx, user_ids, start, end):
        if but is None or busy.source_id != but.id:
            found[busy.user_id].append((busy.starts_at, busy.ends_at))
    hand_off_id = but.hand_off_id if but else None
    for met in leads.hand_off_meetings(tx, list(user_ids), start, end, but=hand_off_id):
        found[met.ae_id].append((met.starts_at, met.ends_at))
    return found


def host_times(
    tx: Transaction,
    user_ids: Collection[UUID],
    start: datetime,
    end: datetime,
    *,
    booked: Mapping[UUID, Sequence[datetime]] | None = None,
    but: Meeting | None = None,
) -> dict[UUID, HostTime]:
    """What is known of the time of these users, those apart who work here no more.

    `booked`: when the meetings begin that count for the daily limit of each.
    """
    users = {one.id: one for one in identity.users(tx) if one.is_active and one.id in set(user_ids)}
    hours = identity.business_hours(tx)
    busy = taken(tx, list(users), start, end, but=but)
    for absence in identity.absences(tx, list(users), start):
        busy[absence.user_id].append((absence.starts_at, absence.ends_at))
    counted = booked or {}
    return {
        one.id: HostTime(hours.get(one.team_id) or hours[None], busy[one.id], counted.get(one.id, ()))
        for one in users.values()
    }
