"""The values of a template's variables for one lead: who is written to, about what, by whom."""

from uuid import UUID

from offhook import identity, leads, people
from offhook.kernel.database import Transaction
from offhook.mail.templates.variables import Value, Values


def values_of_lead(tx: Transaction, lead_id: UUID, user_id: UUID | None = None) -> Values:
    """What is known of this lead, its person and account, and of the user who writes: who asks, unless named.

    Raises `NotFound`.
    """
    tx.require("leads:read")
    lead = leads.load_lead(tx, lead_id)
    person = people.person(tx, lead.person_id)
    account = people.account(tx, lead.account_id) if lead.account_id else None
    responses = leads.responses_of_lead(tx, lead_id)
    last = responses[0] if responses else None
    campaign = leads.campaign(tx, lead.campaign_id) if lead.campaign_id else None
    return {
        "person": {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "full_name": person.full_name,
            "title": person.title,
            "email": next(iter(person.emails), None),
            "city": person.city,
            "country": person.country,
        },
        "account": {
            "name": account.name if account else person.company_name,
            "domain": account.domain if account else person.domain,
            "industry": account.industry if account else person.industry,
            "employees": account.employees if account else person.employees,
            "city": account.city if account else None,
        },
        "lead": {
            "campaign": campaign.name if campaign else None,
            "content": last.content if last else None,
            "source": last.source if last else None,
        },
        "rep": _rep(tx, user_id or tx.actor.id),
        "organisation": {"name": identity.organisation(tx).name},
    }


def _rep(tx: Transaction, user_id: UUID | None) -> dict[str, Value]:
    if user_id is None:
        return {}
    user = identity.user(tx, user_id)
    team = identity.team(tx, user.team_id).name if user.team_id else None
    return {"name": user.name, "email": user.email, "team": team}
