"""From response to hand-off: campaigns, responses, leads and all that happens to them on the way to SQL.

`intake` brings responses in (`receive_responses`), reps work the queue and log what they do, criteria are
answered, leads are handed off. Everything that changes a lead goes through its state machine (`advance`).
"""

from offhook.leads.campaigns.model import Campaign, CampaignKind
from offhook.leads.campaigns.service import add_campaign, campaign, campaign_by_name, campaigns_page
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
from offhook.leads.responses.model import NewResponse, Received, Response
from offhook.leads.responses.receive import receive_responses
from offhook.leads.responses.service import bring_back, open_outbound_lead, responses_of_lead, responses_page
from offhook.leads.routing.model import Because, Choice, Purpose, RoutingRule
from offhook.leads.routing.service import add_rule, assign, assignments, choose_ae, choose_rep, take
from offhook.leads.sla.model import Promise, SlaPolicy
from offhook.leads.sla.service import add_sla_policy, sla_policies
from offhook.leads.sla.sweep import sweep
from offhook.leads.store import leads_page, load_lead, open_leads_of

__all__ = [
    "OPEN_STAGES",
    "Accept",
    "Assign",
    "Attempt",
    "Because",
    "Campaign",
    "CampaignKind",
    "Choice",
    "Command",
    "Confirm",
    "Converse",
    "Disqualify",
    "HandOff",
    "Judge",
    "Lead",
    "NewResponse",
    "Passed",
    "Promise",
    "Promote",
    "Purpose",
    "Received",
    "Recount",
    "Recycle",
    "Reject",
    "Reopen",
    "Response",
    "RoutingRule",
    "SlaPolicy",
    "Stage",
    "Verdict",
    "Withdraw",
    "add_campaign",
    "add_rule",
    "add_sla_policy",
    "advance",
    "assign",
    "assignments",
    "bring_back",
    "campaign",
    "campaign_by_name",
    "campaigns_page",
    "choose_ae",
    "choose_rep",
    "decide",
    "leads_page",
    "load_lead",
    "open_leads_of",
    "open_outbound_lead",
    "receive_responses",
    "responses_of_lead",
    "responses_page",
    "sla_policies",
    "sweep",
    "take",
]
