"""Leads that are being worked, and who works them, for tests; each in a line."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from identity.factories import a_team, a_user
from offhook import identity
from offhook.identity import Role, Team, User
from offhook.kernel.database import Actor, Transaction
from offhook.kernel.ids import new_id
from offhook.leads.model import Lead, Stage
from offhook.leads.qualification import service as qualification
from offhook.leads.qualification.model import Criteria
from offhook.leads.store import insert_leads, load_lead


def a_person(
    tx: Transaction, name: str = "Ada Byron", *, account_id: UUID | None = None, **columns: object
) -> UUID:
    """A person with that name and an address made of it."""
    identifier = new_id()
    first, _, last = name.partition(" ")
    email = str(columns.get("email", f"{identifier}@acme.example"))
    tx.execute(
        "INSERT INTO person (id, account_id, first_name, last_name, full_name, title, company_name, do_not_call,"
        " created_at, updated_at) VALUES (%(id)s, %(account)s, %(first)s, %(last)s, %(name)s, %(title)s,"
        " %(company)s, %(dnc)s, %(now)s, %(now)s)",
        id=identifier,
        account=account_id,
        first=first,
        last=last,
        name=name,
        title=columns.get("title"),
        company=columns.get("company"),
        dnc=columns.get("do_not_call", False),
        now=tx.now,
    )
    tx.execute(
        "INSERT INTO contact_point (person_id, kind, value, is_primary, created_at)"
        " VALUES (%(id)s, 'email', %(email)s, true, %(now)s)",
        id=identifier,
        email=email,
        now=tx.now,
    )
    return identifier


def an_account(tx: Transaction, name: str = "Acme", *, domain: str | None = None) -> UUID:
    """A company."""
    identifier = new_id()
    tx.execute(
        "INSERT INTO account (id, name, domain, created_at, updated_at)"
        " VALUES (%(id)s, %(name)s, %(domain)s, %(now)s, %(now)s)",
        id=identifier,
        name=name,
        domain=domain,
        now=tx.now,
    )
    return identifier


def a_rep(tx: Transaction, team: Team | None = None) -> User:
    """A rep, in a team of their own unless one is given."""
    return a_user(tx, Role.REP, team_id=(team or a_team(tx)).id)


def as_user(user: User) -> Actor:
    """Act as this user: `with begin(as_user(rep)) as tx`."""
    return identity.actor_of(user)


def a_lead(tx: Transaction, owner: User | None = None, *, stage: Stage = Stage.MQL, **columns: object) -> Lead:
    """A lead of this rep that became MQL an hour ago, as if it had come through the front door."""
    person_id = columns.pop("person_id", None) or a_person(tx)
    an_hour_ago = tx.now - timedelta(hours=1)
    lead = Lead(
        id=new_id(),
        person_id=person_id,  # pyright: ignore[reportArgumentType] # an id
        account_id=None,
        campaign_id=None,
        stage=stage,
        time_zone="UTC",
        opened_at=an_hour_ago,
        scored_at=an_hour_ago,
        created_at=an_hour_ago,
        owner_id=owner.id if owner else None,
        team_id=owner.team_id if owner else None,
        mql_at=an_hour_ago,
        assigned_at=an_hour_ago,
    )
    insert_leads(tx, [replace(lead, **columns)])
    return load_lead(tx, lead.id)


def agreed_criteria(tx: Transaction, framework: str = "BANT") -> Criteria:
    """Ready-made criteria, published."""
    drafted = qualification.draft_ready_made(tx, framework)
    return qualification.publish(tx, drafted.id, agreed_with="Head of Sales")


QUALIFYING = {"budget": "approved", "authority": "decides", "need": "urgent", "timeline": "within_3_months"}
"""Answers to BANT that come to the verdict "in"."""


def a_qualified_lead(tx: Transaction, owner: User | None = None, **columns: object) -> Lead:
    """A lead with the verdict "in"; criteria are published if none are."""
    lead = a_lead(tx, owner, **columns)
    if qualification.criteria_in_force(tx) is None:
        agreed_criteria(tx)
    judged = qualification.answer_all(tx, lead.id, QUALIFYING)
    assert judged.judgement.verdict == "in", judged.judgement.explanation
    return load_lead(tx, lead.id)


def kinds(tx: Transaction) -> list[str]:
    """The kinds of the events noted in this transaction so far."""
    return [event.kind for event in tx.events]


def stored_kinds(tx: Transaction, subject: str) -> Sequence[str]:
    """The kinds of the events about this subject, in order."""
    return tx.scalars(str, "SELECT kind FROM event WHERE subject = %(subject)s ORDER BY position", subject=subject)
