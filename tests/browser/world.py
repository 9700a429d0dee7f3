"""A small organisation for browser tests: a user of every role, leads to work, criteria and a goal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from offhook import goals, identity, people
from offhook.activities import Disposition, Kind
from offhook.goals import Counter, Period
from offhook.identity import Role, Team, User, actor_of
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.ids import new_id
from offhook.leads import (
    Campaign,
    CampaignKind,
    Mode,
    NewResponse,
    Received,
    add_campaign,
    answer_all,
    draft_ready_made,
    hand_off,
    log_activity,
    publish,
    receive_responses,
)

PASSWORD = "correct horse battery"  # noqa: S105 # of nobody
ROLES = {
    "rep": (Role.REP, "Rita Rep"),
    "rep2": (Role.REP, "Rob Rep"),
    "ae": (Role.AE, "Amy Exec"),
    "marketing": (Role.DEMAND_GENERATION, "Dana Demand"),
    "manager": (Role.MANAGER, "Max Manager"),
    "admin": (Role.ADMIN, "Ada Admin"),
}
PEOPLE = (
    ("Grace Hopper", "VP Engineering", "Harbor Systems", "grace@harbor.example", "+12125550101"),
    ("Alan Turing", "Director of Research", "Bletchley Works", "alan@bletchley.example", "+13035550102"),
    ("Ada Lovelace", "Head of Operations", "Analytical Engines", "ada@engines.example", "+14155550103"),
    ("Mary Shelley", "CTO", "Prometheus Labs", "mary@prometheus.example", "+16175550104"),
    ("Niels Bohr", "Director", "Copenhagen Tools", "niels@copenhagen.example", "+13125550105"),
)
QUALIFIED = {"budget": "planned", "authority": "decides", "need": "urgent", "timeline": "within_3_months"}


@dataclass(frozen=True)
class World:
    """What there is."""

    database: Database
    organisation_id: UUID
    team: Team
    users: Mapping[str, User]
    campaign: Campaign
    leads: Sequence[Received]

    def of(self, who: str) -> UUID:
        """The id of a user."""
        return self.users[who].id

    def now(self) -> datetime:
        """The time, as the server has it."""
        return self.database.clock.now()


def a_world(database: Database) -> World:
    """A fresh organisation with five leads of the rep `rep`, all MQL since a few minutes."""
    organisation_id = identity.found_organisation(database, name="Acme", slug=f"acme-{str(new_id())[-12:]}")
    with database.transaction(organisation_id, SYSTEM) as tx:
        team = identity.add_team(tx, name="Inbound", time_zone="UTC")
        users = {key: add_user(tx, key, role, name, team) for key, (role, name) in ROLES.items()}
        campaign = add_campaign(
            tx, "Autumn webinar", kind=CampaignKind.WEBINAR, responders_are_mql=True, default_region="US"
        )
        drafted = draft_ready_made(tx, "BANT")
        publish(tx, drafted.id, agreed_with="Amy Exec")
        goals.set_goal(
            tx,
            counter=Counter.DIALS,
            period=Period.DAY,
            target=20,
            user_id=users["rep"].id,
            starts_on=tx.now.date(),
        )
        leads = [respond(tx, campaign, users["rep"], *one) for one in PEOPLE]
    return World(database, organisation_id, team, users, campaign, leads)


def add_user(tx: Transaction, key: str, role: Role, name: str, team: Team) -> User:
    """A user whom `Windows` can sign in."""
    mark = str(tx.organisation_id)[-12:]
    added = identity.add_user(
        tx,
        email=f"{key}.{mark}@acme.example",
        name=name,
        role=role,
        team_id=team.id if role is Role.REP else None,
        time_zone="UTC",
    )
    identity.set_password(tx, added.id, PASSWORD)
    return added


def respond(
    tx: Transaction, campaign: Campaign, owner: User, name: str, title: str, company: str, email: str, phone: str
) -> Received:
    """Somebody responds to the campaign and becomes the rep's lead."""
    told = {"full_name": name, "email": email, "title": title, "company": company, "phone": phone}
    known, _ = people.understand(told, {}, "US")
    whom = people.resolve(tx, [known])[0]
    new = NewResponse(
        campaign.id, whom.person_id, whom.account_id, whom.facts, tx.now - timedelta(minutes=5), owner_id=owner.id
    )
    return receive_responses(tx, [new])[0]


def handed_off(world: World) -> UUID:
    """The first lead, talked to, qualified and handed to the AE."""
    lead_id = world.leads[0].lead_id
    with world.database.transaction(world.organisation_id, actor_of(world.users["rep"])) as tx:
        log_activity(tx, kind=Kind.CALL, lead_id=lead_id, disposition=Disposition.CONVERSATION, seconds=90)
        answer_all(tx, lead_id, QUALIFIED)
        return hand_off(tx, lead_id, mode=Mode.LIVE).id


def respond_many(world: World, number: int) -> None:
    """So many people more respond, each from a company of their own, and become the rep's leads."""
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        told = [
            {"full_name": f"Person {n:05}", "email": f"person@company{n}.example", "company": f"Company {n}"}
            for n in range(number)
        ]
        known = [people.understand(one, {}, "US")[0] for one in told]
        responses = [
            NewResponse(
                world.campaign.id,
                whom.person_id,
                whom.account_id,
                whom.facts,
                tx.now - timedelta(hours=1),
                owner_id=world.of("rep"),
            )
            for whom in people.resolve(tx, known)
        ]
        receive_responses(tx, responses)
