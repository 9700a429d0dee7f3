"""From response to hand-off: campaigns, responses, leads and all that happens to them on the way to SQL.

`intake` brings responses in (`receive_responses`), reps work the queue and log what they do, criteria are
answered, leads are handed off. Everything that changes a lead goes through its state machine (`advance`).
"""

from offhook.leads.campaigns.model import Campaign, CampaignKind
from offhook.leads.campaigns.service import add_campaign, campaign, campaign_by_name, campaigns_page
from offhook.leads.hand_off.closing import disqualify, recycle, reopen
from offhook.leads.hand_off.model import HandOff as HandedOff
from offhook.leads.hand_off.model import HandOffStatus, MeetingOutcome, Mode
from offhook.leads.hand_off.service import (
    accept,
    check_may_be_handed_off,
    confirm,
    hand_off,
    hand_off_by_id,
    hand_offs_page,
    last_hand_off,
    record_meeting_outcome,
    reject,
    reschedule,
    withdraw,
)
from offhook.leads.hand_off.store import Meeting as HandOffMeeting
from offhook.leads.hand_off.store import meetings as hand_off_meetings
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
from offhook.leads.model import OPEN_STAGES, WORKABLE_STAGES, Lead, Stage, Verdict
from offhook.leads.named.model import NamedList, Reach
from offhook.leads.named.service import (
    add_named_list,
    name_accounts,
    named_list_by_name,
    named_lists,
    open_named_leads,
    reach,
)
from offhook.leads.qualification.service import (
    Qualification,
    answer,
    answer_all,
    criteria_in_force,
    draft_ready_made,
    publish,
    qualification_of,
)
from offhook.leads.queue.model import QueueItem
from offhook.leads.queue.service import claim, claim_next, claims, give_back, queue_of, snooze
from offhook.leads.queue.window import zone_of
from offhook.leads.responses.model import NewResponse, Received, Response
from offhook.leads.responses.receive import Receiving, receive_responses
from offhook.leads.responses.service import bring_back, open_outbound_lead, responses_of_lead, responses_page
from offhook.leads.routing.model import Because, Choice, Purpose, RoutingRule
from offhook.leads.routing.service import add_rule, assign, assignments, choose_ae, choose_rep, take
from offhook.leads.sla.model import Promise, SlaPolicy
from offhook.leads.sla.service import add_sla_policy, sla_policies
from offhook.leads.sla.sweep import sweep
from offhook.leads.store import leads_by_id, leads_page, load_lead, open_leads_of
from offhook.leads.table.service import meant_at_once
from offhook.leads.touch.planning import PlannedTouch, free_touches, plan_touches, put_off_follow_ups
from offhook.leads.touch.service import answer_dealt_with, correct_activity, log_activity
from offhook.leads.working import may_work, require_on_behalf_of, require_work_on

__all__ = [
    "OPEN_STAGES",
    "WORKABLE_STAGES",
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
    "HandOffMeeting",
    "HandOffStatus",
    "HandedOff",
    "Judge",
    "Lead",
    "MeetingOutcome",
    "Mode",
    "NamedList",
    "NewResponse",
    "Passed",
    "PlannedTouch",
    "Promise",
    "Promote",
    "Purpose",
    "Qualification",
    "QueueItem",
    "Reach",
    "Received",
    "Receiving",
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
    "accept",
    "add_campaign",
    "add_named_list",
    "add_rule",
    "add_sla_policy",
    "advance",
    "answer",
    "answer_all",
    "answer_dealt_with",
    "assign",
    "assignments",
    "bring_back",
    "campaign",
    "campaign_by_name",
    "campaigns_page",
    "check_may_be_handed_off",
    "choose_ae",
    "choose_rep",
    "claim",
    "claim_next",
    "claims",
    "confirm",
    "correct_activity",
    "criteria_in_force",
    "decide",
    "disqualify",
    "draft_ready_made",
    "free_touches",
    "give_back",
    "hand_off",
    "hand_off_by_id",
    "hand_off_meetings",
    "hand_offs_page",
    "last_hand_off",
    "leads_by_id",
    "leads_page",
    "load_lead",
    "log_activity",
    "may_work",
    "meant_at_once",
    "name_accounts",
    "named_list_by_name",
    "named_lists",
    "open_leads_of",
    "open_named_leads",
    "open_outbound_lead",
    "plan_touches",
    "publish",
    "put_off_follow_ups",
    "qualification_of",
    "queue_of",
    "reach",
    "receive_responses",
    "record_meeting_outcome",
    "recycle",
    "reject",
    "reopen",
    "require_on_behalf_of",
    "require_work_on",
    "reschedule",
    "responses_of_lead",
    "responses_page",
    "sla_policies",
    "snooze",
    "sweep",
    "take",
    "withdraw",
    "zone_of",
]
