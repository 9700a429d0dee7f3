"""A small organisation that has leads: teams, reps, AEs, a campaign, and responses to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from offhook import people
from offhook.identity import Role, Team, User, add_team, add_user
from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id
from offhook.leads import Campaign, CampaignKind, NewResponse, Received, add_campaign, receive_responses


@dataclass(frozen=True)
class Desk:
    """Who works in the tests' organisation, and the campaign people respond to."""

    team: Team
    reps: Sequence[User]
    aes: Sequence[User]
    campaign: Campaign


def a_desk(tx: Transaction, *, reps: int = 3, aes: int = 2) -> Desk:
    """One team of reps, some AEs, one campaign whose responders are MQLs."""
    mark = str(new_id())[-6:]
    team = add_team(tx, name=f"Inbound {mark}")
    return Desk(
        team,
        [
            add_user(tx, email=f"rep{n}.{mark}@offhook.example", name=f"Rep {n}", role=Role.REP, team_id=team.id)
            for n in range(1, reps + 1)
        ],
        [
            add_user(tx, email=f"ae{n}.{mark}@offhook.example", name=f"Ae {n}", role=Role.AE)
            for n in range(1, aes + 1)
        ],
        add_campaign(tx, f"Webinar {mark}", kind=CampaignKind.WEBINAR, responders_are_mql=True),
    )


def respond(
    tx: Transaction,
    campaign: Campaign,
    *,
    email: str | None = None,
    name: str | None = None,
    title: str = "Director",
    company: str | None = None,
    at: datetime | None = None,
    owner_id: UUID | None = None,
    is_mql: bool | None = None,
    mql_at: datetime | None = None,
    **fields: str,
) -> Received:
    """Somebody responds to the campaign; by default somebody new."""
    seed = sha256(email.encode()).hexdigest() if email else new_id().hex
    mark = "".join(chr(ord("a") + int(digit, 16)) for digit in seed[-10:])
    told = {
        "full_name": name or f"{mark[:5]} {mark[5:]}",
        "email": email or f"{mark[:5]}@{mark}.example",
        "title": title,
        "company": company or f"{mark} Engines",
        **fields,
    }
    known, _ = people.understand(told, {}, "US")
    whom = people.resolve(tx, [known])[0]
    new = NewResponse(
        campaign.id,
        whom.person_id,
        whom.account_id,
        whom.facts,
        at or tx.now,
        owner_id=owner_id,
        is_mql=is_mql,
        mql_at=mql_at,
    )
    return receive_responses(tx, [new])[0]
