"""Gathers from the record what a briefing is made of; `briefing.brief` writes it."""

from datetime import datetime
from uuid import UUID

from offhook import activities, identity
from offhook.activities import Activity
from offhook.identity import User
from offhook.kernel.database import Transaction
from offhook.leads.campaigns.service import campaign
from offhook.leads.hand_off.briefing import MOST_HISTORY, CameBy, Facts
from offhook.leads.hand_off.model import Mode, Who
from offhook.leads.model import Lead
from offhook.leads.qualification.service import Qualification, qualification_if_any
from offhook.leads.queue.model import Contact
from offhook.leads.queue.store import contacts
from offhook.leads.responses.service import responses_of_lead
from offhook.people import PersonFacts, consents_of, facts_of, members


def facts_for(
    tx: Transaction,
    lead: Lead,
    *,
    mode: Mode,
    meeting_at: datetime | None,
    ae: User | None,
    note: str,
    override: str | None,
) -> Facts:
    """All that is known of the lead and its person, for the briefing of this AE; None: of whichever it will be."""
    names = {user.id: user.name for user in identity.users(tx)}
    rep_id = lead.owner_id or tx.actor.id
    judged = qualification_if_any(tx, lead)
    history = activities.timeline(tx, person_id=lead.person_id, limit=MOST_HISTORY).items
    return Facts(
        who=_who(tx, lead),
        mode=mode,
        meeting_at=meeting_at,
        score=lead.score,
        score_reasons=[str(reason["name"]) for reason in lead.score_reasons if reason.get("name")],
        responses=_responses(tx, lead),
        criteria_name=f"{judged.criteria.name}, edition {judged.criteria.edition}" if judged else None,
        agreement=judged.criteria.agreement if judged else None,
        answers=judged.answers if judged else (),
        judgement=judged.judgement if judged else None,
        evidence=_evidence(tx, judged, history),
        history=history,
        user_names=names,
        ae_name=ae.name if ae else "The AE",
        note=note,
        override=override,
        consents=consents_of(tx, members(tx, lead.person_id)),
        person_id=lead.person_id,
        account_id=lead.account_id,
        rep_name=names.get(rep_id) if rep_id else None,
    )


def _who(tx: Transaction, lead: Lead) -> Who:
    contact = contacts(tx, [lead.person_id])[lead.person_id]
    facts = facts_of(tx, [lead.person_id])[lead.person_id]
    return Who(
        name=_name(contact),
        title=contact.title,
        company=contact.company,
        place=_place(facts),
        emails=contact.emails,
        phones=contact.phones,
        time_zone=lead.time_zone,
        domain=facts.account_domain,
        industry=facts.industry,
        employees=facts.employees,
        do_not_call=contact.do_not_call,
        do_not_email=contact.do_not_email,
    )


def _name(contact: Contact) -> str:
    return contact.name or next(iter((*contact.emails, *contact.phones)), "somebody not known by name")


def _place(facts: PersonFacts) -> str | None:
    return ", ".join(part for part in (facts.city, facts.region, facts.country) if part) or None


def _responses(tx: Transaction, lead: Lead) -> list[CameBy]:
    found = responses_of_lead(tx, lead.id)
    names = {one: campaign(tx, one).name for one in {response.campaign_id for response in found}}
    return [CameBy(names[one.campaign_id], one.responded_at, one.source, one.content) for one in found]


def _evidence(tx: Transaction, judged: Qualification | None, known: list[Activity]) -> dict[UUID, Activity]:
    """The activities that answers rest on; most are in the history at hand."""
    cited = {answer.activity_id for answer in judged.answers if answer.activity_id} if judged else set[UUID]()
    found = {entry.id: entry for entry in known if entry.id in cited}
    return found | {one: activities.activity(tx, one) for one in cited - found.keys()}
