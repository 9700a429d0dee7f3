"""A call that comes from outside: whose number it is for, who calls, whom it rings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from offhook import identity, leads, people
from offhook.activities import Direction
from offhook.compliance import RecordingConsent
from offhook.kernel.database import Transaction
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.people import Person
from offhook.voice import trunks
from offhook.voice.calls import inputs as i
from offhook.voice.calls import store
from offhook.voice.calls.model import Call, Candidate, Limits, Terms
from offhook.voice.calls.store import About
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.keeping import told_of
from offhook.voice.exchange.live import Live, Shown
from offhook.voice.exchange.opening import Opening, person_with
from offhook.voice.signalling import Incoming
from offhook.voice.trunks import OwnedNumber


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a call before anybody is rung."""

    number: OwnedNumber
    caller: trunks.Caller
    person: Person | None


@dataclass(frozen=True, slots=True)
class Claim:
    """That the number called is an organisation's, by the trunk of its own that the call may have come by."""

    organisation_id: UUID
    trunk: str
    number_id: UUID


def rightful(claims: Sequence[Claim]) -> Claim | None:
    """Whose a call is that several organisations claim: theirs who have had the number longest.

    Ids of numbers are made in the order of time (UUIDv7, RFC 9562). So nobody takes another's calls by adding
    their number, at a carrier that does not tell its customers apart.
    """
    return min(claims, key=lambda claim: claim.number_id, default=None)


def claim_of(tx: Transaction, told: Incoming, trunk: str) -> Claim | None:
    """What the organisation says to a call that may have come by this trunk of its own."""
    arrival = _arrival(tx, replace(told, trunk=trunk))
    return Claim(tx.organisation_id, trunk, arrival.number.id) if arrival else None


def take_in(tx: Transaction, exchange: Exchange, told: Incoming) -> Opening | None:
    """Take a call in; None: the number is none of ours.

    Users are rung whose phone is connected and who are in no call, as long as the first of them says; without any
    the caller hears the greeting at once. The call belongs to the first user whom the number rings, which is where
    a message for us lies, until somebody takes it.
    """
    arrival = _arrival(tx, told)
    if arrival is None:
        return None
    users = _rung(tx, arrival.number)
    free = [user_id for user_id in users if exchange.is_free(user_id)]
    call = Call(new_id(), Direction.INBOUND, _terms(tx, users), tx.now, users[0] if users else None)
    live = Live(tx.organisation_id, call, _about(tx, arrival), _shown(tx, arrival, users))
    person_leg = told.leg
    live.offers[person_leg] = told.sdp
    store.insert(tx, call, live.about, exchange.id)
    tx.append(Event("call.arrived", subject("call", call.id), told_of(call, live)))
    candidates = tuple(Candidate(f"{call.id}-{user_id}", user_id) for user_id in free)
    return Opening(live, i.Arrive(person_leg, arrival.caller.number, candidates))


def _arrival(tx: Transaction, told: Incoming) -> Arrival | None:
    trunk = next((one for one in trunks.trunks(tx) if str(one.id) == told.trunk), None)
    if trunk is None:
        return None
    number = trunks.called_number(told.called, trunks.owned_numbers(tx), trunk.region)
    if number is None:
        return None
    caller = trunks.caller_of(told.caller, told.caller_name, trunk.region)
    owned = {one.number for one in trunks.owned_numbers(tx)}
    # The far end alone is somebody: a number of ours that calls us is nobody's person.
    is_known = caller.number is not None and caller.number not in owned
    return Arrival(number, caller, person_with(tx, caller.number) if is_known and caller.number else None)


def _rung(tx: Transaction, number: OwnedNumber) -> list[UUID]:
    members: dict[UUID, list[UUID]] = {}
    for user in identity.users(tx):
        if user.is_active and user.team_id is not None:
            members.setdefault(user.team_id, []).append(user.id)
    return trunks.who_rings(number, trunks.extensions(tx), members)


def _terms(tx: Transaction, users: Sequence[UUID]) -> Terms:
    """How long is rung; what a caller who came to us says is recorded after they were told."""
    seconds = trunks.settings_of(tx, users[0]).ring_seconds if users else Limits().ring
    return Terms(RecordingConsent.ANNOUNCE, records=False, limits=Limits(ring=float(seconds)))


def _about(tx: Transaction, arrival: Arrival) -> About:
    person = arrival.person
    lead = leads.open_leads_of(tx, [person.id]).get(person.id) if person else None
    return About(
        person.id if person else None,
        person.account_id if person else None,
        lead.id if lead else None,
        arrival.caller.number,
        arrival.number.number,
        arrival.number.trunk_id,
        None,
    )


def _shown(tx: Transaction, arrival: Arrival, users: Sequence[UUID]) -> Shown:
    person = arrival.person
    company = people.account(tx, person.account_id).name if person and person.account_id else None
    name = people.shown_name(person) if person else arrival.caller.name or None
    return Shown(name, company, {user_id: identity.user(tx, user_id).name for user_id in users})
