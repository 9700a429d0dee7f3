"""Route of the people map of an account."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.leads.model import Stage
from offhook.leads.named.api import Since, Until, period
from offhook.leads.named.model import PersonAt
from offhook.leads.named.people_map import MOST_PEOPLE, Level, PeopleMap, people_map

router = APIRouter(tags=["named accounts"])


class NewestLeadOut(BaseModel):
    """The last lead about a person."""

    id: UUID
    stage: Stage
    is_open: bool
    score: float
    owner_id: UUID | None
    owner_name: str | None


class PersonAtOut(BaseModel):
    """A person of the account."""

    person_id: UUID
    name: str | None
    title: str | None
    level: Level | None = Field(
        description="By the words of the title that scoring goes by: `decides`, `leads`, `manages` or `other`;"
        " null without a title"
    )
    time_zone: str | None
    emails: list[str] = Field(description="The main one first")
    phones: list[str] = Field(description="E.164, the main one first; `;ext=` precedes an extension")
    do_not_call: bool
    do_not_email: bool
    lead: NewestLeadOut | None = Field(description="Their newest; null: they never had one")
    touches: int = Field(description="Ever")
    last_touch_at: datetime | None = Field(description="Ever")
    is_engaged: bool = Field(description="Responded, talked with us or came to us in the period")

    @classmethod
    def of(cls, person: PersonAt, level: Level | None) -> "PersonAtOut":
        """The answer's shape."""
        return cls(
            person_id=person.person_id,
            name=person.name,
            title=person.title,
            level=level,
            time_zone=person.time_zone,
            emails=list(person.emails),
            phones=list(person.phones),
            do_not_call=person.do_not_call,
            do_not_email=person.do_not_email,
            lead=_lead(person),
            touches=person.touches,
            last_touch_at=person.last_touch_at,
            is_engaged=person.is_engaged,
        )


def _lead(person: PersonAt) -> NewestLeadOut | None:
    if person.lead_id is None or person.stage is None:
        return None
    return NewestLeadOut(
        id=person.lead_id,
        stage=person.stage,
        is_open=person.is_open,
        score=person.score or 0.0,
        owner_id=person.owner_id,
        owner_name=person.owner_name,
    )


class PeopleMapOut(BaseModel):
    """Who is who at an account."""

    account_id: UUID = Field(description="The survivor's where the one asked for was absorbed")
    account_name: str
    since: datetime
    until: datetime
    total: int = Field(description="Persons known there")
    items: list[PersonAtOut] = Field(
        description=f"At most {MOST_PEOPLE}: with an open lead first, then with a closed one, then by name"
    )

    @classmethod
    def of(cls, found: PeopleMap, since: datetime, until: datetime) -> "PeopleMapOut":
        """The answer's shape."""
        return cls(
            account_id=found.account.id,
            account_name=found.account.name,
            since=since,
            until=until,
            total=found.total,
            items=[PersonAtOut.of(person, level) for person, level in found.people],
        )


@router.get("/accounts/{account_id}/people-map", response_model=PeopleMapOut)
def show_people_map(account_id: UUID, since: Since = None, until: Until = None, call: Call = CALL) -> Response:
    """Tell who is who at an account: titles, how to reach them, newest leads, touches and who is engaged."""

    def work(tx: Transaction) -> PeopleMapOut:
        begin, end = period(tx, since, until)
        return PeopleMapOut.of(people_map(tx, account_id, begin, end), begin, end)

    return call.read(work)
