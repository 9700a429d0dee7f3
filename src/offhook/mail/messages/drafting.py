"""What one sees before one writes: from where and to whom, whether one may, and what a template says."""

from dataclasses import dataclass
from uuid import UUID

from offhook import compliance, leads, people
from offhook.kernel.database import Transaction
from offhook.mail.mailboxes.model import Mailbox
from offhook.mail.mailboxes.service import mailbox_of
from offhook.mail.messages.service import sender_of
from offhook.mail.templates.service import Made, make_for_lead


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before it is written. `made` None: without a template. `mailbox` None: connect one first."""

    person: people.Person
    mailbox: Mailbox | None
    verdict: compliance.MailVerdict
    made: Made | None


def draft_for(
    tx: Transaction,
    lead_id: UUID,
    *,
    template_id: UUID | None = None,
    variant_id: UUID | None = None,
    address: str | None = None,
) -> Draft:
    """A mail to a lead's person, as far as it is known. Raises `NotFound`, and as `make_for_lead`."""
    tx.require("mail:send")
    lead = leads.load_lead(tx, lead_id)
    user_id = sender_of(tx, None)
    made = make_for_lead(tx, template_id, lead, user_id, variant_id) if template_id else None
    return Draft(
        people.person(tx, lead.person_id),
        mailbox_of(tx, user_id),
        compliance.may_mail(tx, lead.person_id, address),
        made,
    )
