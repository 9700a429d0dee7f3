"""From response to hand-off: campaigns, responses, leads and all that happens to them on the way to SQL.

`intake` brings responses in (`receive_responses`), reps work the queue and log what they do, criteria are
answered, leads are handed off. Everything that changes a lead goes through its state machine (`advance`).
"""

from offhook.leads.lifecycle.model import (
    Accept,
    Assign,
    Attempt,
    Command,
    Confirm,
    Converse,
    Disqualify,
    HandOff,
    Judge,
    Passed,
    Promote,
    Recount,
    Recycle,
    Reject,
    Reopen,
    Withdraw,
)
from offhook.leads.lifecycle.rules import decide
from offhook.leads.lifecycle.service import advance
from offhook.leads.model import OPEN_STAGES, Lead, Stage, Verdict
from offhook.leads.store import leads_page, load_lead, open_leads_of

__all__ = [
    "OPEN_STAGES",
    "Accept",
    "Assign",
    "Attempt",
    "Command",
    "Confirm",
    "Converse",
    "Disqualify",
    "HandOff",
    "Judge",
    "Lead",
    "Passed",
    "Promote",
    "Recount",
    "Recycle",
    "Reject",
    "Reopen",
    "Stage",
    "Verdict",
    "Withdraw",
    "advance",
    "decide",
    "leads_page",
    "load_lead",
    "open_leads_of",
]
