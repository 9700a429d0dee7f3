"""Use case: look at the briefing before a lead is handed off; it says exactly what the AE would be sent now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.leads.hand_off.briefing import brief
from offhook.leads.hand_off.gathering import facts_for
from offhook.leads.hand_off.model import Briefing, Mode
from offhook.leads.hand_off.reasons import checked_note
from offhook.leads.hand_off.rules import check_meeting
from offhook.leads.hand_off.service import check_ready, not_again, receiver
from offhook.leads.model import Lead
from offhook.leads.routing.service import rehearse_ae
from offhook.leads.store import load_lead


@dataclass(frozen=True, slots=True)
class Look:
    """A briefing as it would be, for whom, and what stands in the way of handing off now; None: nothing."""

    briefing: Briefing
    ae_id: UUID | None
    obstacle: str | None


def look_at_briefing(
    tx: Transaction,
    lead_id: UUID,
    *,
    mode: Mode,
    meeting_at: datetime | None = None,
    ae_id: UUID | None = None,
    note: str = "",
) -> Look:
    """The briefing of this lead as it would be sent now to `ae_id`, or to whom routing would choose.

    A scheduled hand-off may be looked at before its time is chosen. Needs `leads:read`. Raises `NotFound`,
    `Invalid`.
    """
    tx.require("leads:read")
    lead = load_lead(tx, lead_id)
    if meeting_at is not None:
        check_meeting(mode, meeting_at, tx.now)
    chosen = ae_id or rehearse_ae(tx, lead, excluding=not_again(tx, lead.id))[0].user_id
    ae = receiver(tx, chosen) if chosen else None
    facts = facts_for(tx, lead, mode=mode, meeting_at=meeting_at, ae=ae, note=checked_note(note), override=None)
    obstacle = _obstacle(lead, mode, tx.now) or (
        None if ae else "No AE can take a hand-off now. Name one yourself."
    )
    return Look(brief(facts), chosen, obstacle)


def _obstacle(lead: Lead, mode: Mode, now: datetime) -> str | None:
    try:
        check_ready(lead, mode, now, is_override=False)
    except Conflict as refused:
        return refused.message
    return None
