"""An organisation that calls: a rep, an AE, a trunk to the virtual carrier, numbers, a lead for each behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from offhook import identity, people
from offhook.carrier import Carrier
from offhook.compliance import CallingSettings, set_settings
from offhook.identity import Role, User
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings
from offhook.leads import (
    Campaign,
    CampaignKind,
    NewResponse,
    add_campaign,
    draft_ready_made,
    publish,
    receive_responses,
)
from offhook.voice import trunks
from offhook.voice.trunks import OwnedNumber, Ring, RingKind, Trunk

OUR_NUMBER = "+12125550142"


@dataclass(frozen=True)
class World:
    """What there is."""

    database: Database
    organisation_id: UUID
    users: Mapping[str, User]
    trunk: Trunk
    number: OwnedNumber
    campaign: Campaign


def a_world(database: Database, settings: Settings, carrier: Carrier) -> World:
    """A fresh organisation whose calls go to the carrier."""
    organisation_id = identity.found_organisation(database, name="Acme", slug=f"acme-{str(new_id())[-12:]}")
    with database.transaction(organisation_id, SYSTEM) as tx:
        team = identity.add_team(tx, name="Inbound", time_zone="America/New_York")
        users = {
            key: identity.add_user(
                tx,
                email=f"{key}.{str(new_id())[-12:]}@acme.example",
                name=name,
                role=role,
                team_id=team.id if role is Role.REP else None,
                time_zone="America/New_York",
            )
            for key, role, name in (
                ("rep", Role.REP, "Rita Rep"),
                ("ae", Role.AE, "Amy Exec"),
                ("manager", Role.MANAGER, "Max Manager"),
            )
        }
        trunk = trunks.add_trunk(
            tx, trunks.seal_of(settings), name="Carrier", host=carrier.host, port=carrier.port, region="US"
        )
        rings = Ring(RingKind.USER, users["rep"].id)
        number = trunks.add_number(tx, number=OUR_NUMBER, trunk_id=trunk.id, rings=rings)
        trunks.change_organisation_calling(tx, 0, {"default_number_id": number.id})
        set_settings(tx, CallingSettings(calls_per_minute_of_user=120, attempts_per_day=50, attempts_per_week=50))
        campaign = add_campaign(tx, "Webinar", kind=CampaignKind.WEBINAR, responders_are_mql=True)
        publish(tx, draft_ready_made(tx, "BANT").id, agreed_with="Amy Exec")
    return World(database, organisation_id, users, trunk, number, campaign)


def a_lead(world: World, number: str) -> UUID:
    """Somebody with this number responded and is the rep's lead."""
    mark = str(new_id())[-12:]
    told = {
        "first_name": "Grace",
        "last_name": f"Hopper{mark}",
        "email": f"grace@{mark}.example",
        "company": f"Harbor {mark}",
        "phone": number,
    }
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        known, _ = people.understand(told, {}, "US")
        whom = people.resolve(tx, [known])[0]
        new = NewResponse(
            world.campaign.id,
            whom.person_id,
            whom.account_id,
            whom.facts,
            tx.now,
            owner_id=world.users["rep"].id,
        )
        return receive_responses(tx, [new])[0].lead_id
