"""Use case: who could receive a lead, and when: the AEs of the pool that routing would take it to, and their time.

Nothing is taken or booked: it is what a rep chooses from. Everything is read set-based, so that many AEs cost no
more statements than one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.identity import Absence, BusinessHours, User, is_business_time
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.hand_off.availability import NOTICE, Calendar, Slot, Span, next_free
from offhook.leads.hand_off.engaged import engagements
from offhook.leads.hand_off.rules import FARTHEST_MEETING
from offhook.leads.hand_off.service import not_again
from offhook.leads.hand_off.store import Meeting
from offhook.leads.model import Lead
from offhook.leads.queue.window import zone_of
from offhook.leads.routing.model import Choice, Member
from offhook.leads.routing.rules import refusal
from offhook.leads.routing.service import rehearse_ae
from offhook.leads.routing.store import undecided_hand_offs
from offhook.leads.store import load_lead


@dataclass(frozen=True, slots=True)
class Option:
    """An AE who could receive the lead, and how it stands with their time.

    `is_chosen`: routing would choose them. `undecided`: hand-offs that wait for their decision, of which they take
    `user.capacity`. `can_join_now`: a live hand-off meets them at work, neither away nor in a meeting, nor full.
    """

    user: User
    is_chosen: bool
    explanation: str
    undecided: int
    is_full: bool
    is_away: bool
    absences: Sequence[Absence]
    is_in_working_hours_now: bool
    is_in_meeting_now: bool
    can_join_now: bool
    next_free: Sequence[Slot]


@dataclass(frozen=True, slots=True)
class Options:
    """Who could receive a lead, whom routing would choose first; slots lie between `start` and `end`."""

    lead: Lead
    choice: Choice
    start: datetime
    end: datetime
    items: Sequence[Option]


@dataclass(frozen=True, slots=True)
class _Time:
    """What is known of the time of all AEs."""

    now: datetime
    start: datetime
    end: datetime
    length: timedelta
    person: ZoneInfo
    most: int
    hours: Mapping[UUID | None, BusinessHours]
    absences: Sequence[Absence]
    meetings: Sequence[Meeting]
    undecided: Mapping[UUID, int]


def hand_off_options(
    tx: Transaction, lead_id: UUID, *, start: datetime | None, days: int, minutes: int, most: int
) -> Options:
    """Who could receive this lead, with up to `most` slots of so many minutes each in the days from `start` on.

    Whoever routing would choose comes first, then who can take it, by name. Needs `leads:read`. Raises `NotFound`,
    `Invalid` for a start more than a year ahead.
    """
    tx.require("leads:read")
    first_day = max(start or tx.now, tx.now)
    if first_day > tx.now + FARTHEST_MEETING:
        raise Invalid(
            "Meetings are booked up to a year ahead.",
            fields=[FieldError("from", "lies more than a year ahead", first_day.isoformat())],
        )
    lead = load_lead(tx, lead_id)
    choice, pool = rehearse_ae(tx, lead, excluding=not_again(tx, lead.id))
    users = {user.id: user for user in identity.users(tx)}
    ids = [member.user_id for member in pool]
    begins, ends = max(first_day, tx.now + NOTICE), first_day + timedelta(days=days)
    time = _Time(
        now=tx.now,
        start=begins,
        end=ends,
        length=timedelta(minutes=minutes),
        person=zone_of(lead.time_zone),
        most=most,
        hours=identity.business_hours(tx),
        absences=identity.absences(tx, ids, tx.now),
        meetings=engagements(tx, ids, tx.now, ends),
        undecided=undecided_hand_offs(tx, ids),
    )
    items = [_option(users[member.user_id], member, choice, time) for member in pool]
    items.sort(key=lambda one: (not one.is_chosen, one.is_full or one.is_away, one.user.name, one.user.id))
    return Options(lead, choice, begins, ends, items)


def _option(user: User, member: Member, choice: Choice, time: _Time) -> Option:
    absences = [one for one in time.absences if one.user_id == user.id and one.starts_at < time.end]
    meetings = [(one.starts_at, one.ends_at) for one in time.meetings if one.ae_id == user.id]
    undecided = time.undecided.get(user.id, 0)
    hours = time.hours.get(user.team_id) or time.hours[None]
    away: list[Span] = [(one.starts_at, one.ends_at) for one in absences]
    calendar = Calendar(hours, [*meetings, *away])
    is_full = user.capacity is not None and undecided >= user.capacity
    is_away = _is_in(away, time.now)
    is_at_work = is_business_time(hours, time.now)
    is_meeting = _is_in(meetings, time.now)
    is_chosen = user.id == choice.user_id
    return Option(
        user=user,
        is_chosen=is_chosen,
        explanation=str(choice.explanation["text"]) if is_chosen else _why_not(member),
        undecided=undecided,
        is_full=is_full,
        is_away=is_away,
        absences=absences,
        is_in_working_hours_now=is_at_work,
        is_in_meeting_now=is_meeting,
        can_join_now=is_at_work and not (is_away or is_meeting or is_full),
        next_free=next_free(calendar, time.start, time.end, time.length, time.person, time.most),
    )


def _is_in(spans: Sequence[Span], at: datetime) -> bool:
    return any(begins <= at < ends for begins, ends in spans)


def _why_not(member: Member) -> str:
    why = refusal(member)
    return f"{member.name} {why}." if why else f"It is not {member.name}'s turn, but you may choose them."
