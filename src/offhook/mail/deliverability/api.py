"""What is published of the domains that mail is sent from, over the API."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.errors import Unavailable
from offhook.kernel.http import CALL, Call
from offhook.kernel.settings import Settings
from offhook.mail.deliverability import service
from offhook.mail.deliverability.asking import DnsTrouble, SystemDns
from offhook.mail.deliverability.examining import examine_domains
from offhook.mail.deliverability.model import DomainCheckName, DomainStanding, SendingDomain, Standing

router = APIRouter(prefix="/mail", tags=["mail"])


class ToPublishOut(BaseModel):
    """A record to publish in the DNS."""

    name: str
    kind: str = Field(examples=["TXT"])
    value: str


class DomainCheckOut(BaseModel):
    """One check and what it came to."""

    name: DomainCheckName
    standing: Standing = Field(
        description="`fail`: what is published is broken; `unknown`: the DNS did not answer"
    )
    told: str
    publish: ToPublishOut | None = Field(description="What to publish, where something is missing")


class DomainStandingOut(BaseModel):
    """All that was found of a domain just now."""

    domain: str
    checks: list[DomainCheckOut]

    @classmethod
    def of(cls, found: DomainStanding) -> "DomainStandingOut":
        """The answer's shape."""
        return cls.model_validate(found, from_attributes=True)


class SendingDomainsOut(BaseModel):
    """The domains that mail is sent from."""

    items: list[DomainStandingOut]


def _examined(settings: Settings, domains: list[SendingDomain]) -> list[DomainStandingOut]:
    try:
        found = examine_domains(SystemDns(settings.dns_servers), domains)
    except DnsTrouble as trouble:
        raise Unavailable(str(trouble)) from trouble
    return [DomainStandingOut.model_validate(one, from_attributes=True) for one in found]


@router.get("/domains", response_model=SendingDomainsOut)
def list_domains(call: Call = CALL) -> Response:
    """Look over the domains that mail is sent from: SPF, DKIM, DMARC, MX, PTR, and what to publish."""
    settings: Settings = call.request.app.state.settings
    return call.look(service.sending_domains, lambda found: SendingDomainsOut(items=_examined(settings, found)))


@router.get("/mailboxes/{mailbox_id}/deliverability", response_model=DomainStandingOut)
def show_deliverability(mailbox_id: UUID, call: Call = CALL) -> Response:
    """Look over the domain of a mailbox: SPF, DKIM, DMARC, MX, PTR, and what to publish."""
    settings: Settings = call.request.app.state.settings
    return call.look(
        lambda tx: service.domain_of_mailbox(tx, mailbox_id), lambda one: _examined(settings, [one])[0]
    )
