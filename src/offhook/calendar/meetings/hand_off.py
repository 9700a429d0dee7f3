"""Use case: hand a lead off to an AE with a meeting, invitation and all, in one transaction.

The hand-off itself is `leads.hand_off`, which takes the AE's time under its lock and refuses what is taken.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook import identity, leads, people
from offhook.calendar.meetings.booking import NewMeeting, record
from offhook.calendar.meetings.model import REMINDERS, Meeting
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid
from offhook.leads import HandedOff, Mode


@dataclass(frozen=True, slots=True)
class HandedOffWithMeeting:
    """What was made; a live hand-off has no meeting."""

    hand_off: HandedOff
    meeting: Meeting | None


def hand_off_with_meeting(
    tx: Transaction,
    lead_id: UUID,
    *,
    mode: Mode,
    meeting_at: datetime | None = None,
    meeting_minutes: int = 30,
    ae_id: UUID | None = None,
    note: str = "",
    override: str | None = None,
    allow_overlap: bool = False,
    invite: bool = True,
    location: str = "",
    language: str = "en",
    reminder_minutes: tuple[int, ...] = REMINDERS,
) -> HandedOffWithMeeting:
    """Pass a lead to an AE; one `scheduled` is booked, and the person invited if `invite`.

    Raises as `leads.hand_off`, and `Invalid` when there is no address to invite the person at.
    """
    made = leads.hand_off(
        tx,
        lead_id,
        mode,
        meeting_at,
        ae_id,
        note=note,
        override=override,
        meeting_minutes=meeting_minutes,
        allow_overlap=allow_overlap,
    )
    if made.meeting_at is None:
        return HandedOffWithMeeting(made, None)
    lead = leads.load_lead(tx, lead_id)
    person = people.person(tx, lead.person_id)
    address = next(iter(person.emails), "") if invite else ""
    if invite and not address:
        raise Invalid("This person has no e-mail address to invite them at. Add one, or do not invite them.")
    ae = identity.user(tx, made.ae_id)
    new = NewMeeting(
        host_id=ae.id,
        person_id=person.id,
        lead_id=lead.id,
        hand_off_id=made.id,
        title=f"{person.full_name or person.company_name or 'Meeting'} – {ae.name}",
        starts_at=made.meeting_at,
        minutes=made.meeting_minutes,
        address=address,
        time_zone=lead.time_zone,
        location=location,
        language=language,
        reminder_minutes=reminder_minutes,
    )
    return HandedOffWithMeeting(made, record(tx, new))
