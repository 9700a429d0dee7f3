"""Use cases that begin a call or bring somebody in: who is meant, may we call, by which trunk, with which number.

Each runs in a transaction of the request and changes nothing outside of the database; what it returns is given to
the exchange once that is committed. So there is no call that is not on record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from offhook import compliance, identity, leads, people
from offhook.activities import Direction
from offhook.compliance import RecordingConsent
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.people import ContactKind, Person
from offhook.voice import trunks
from offhook.voice.calls import inputs as i
from offhook.voice.calls import store
from offhook.voice.calls.model import Bringing, Call, Candidate, Terms
from offhook.voice.calls.service import NOW, log_as_suggested
from offhook.voice.calls.store import About
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.keeping import told_of
from offhook.voice.exchange.live import Live, Outward, Shown
from offhook.voice.exchange.placing import NoWay
from offhook.voice.signalling import Hop
from offhook.voice.trunks import Emergency, Health, Internal, Outside

HealthOf = Callable[[UUID], Health]


@dataclass(frozen=True, slots=True)
class Ways:
    """What is needed to find a way to a number: the key to trunks' passwords, and which trunks answer."""

    seal: Seal
    health: HealthOf


@dataclass(frozen=True, slots=True)
class Opening:
    """A call to be begun."""

    live: Live
    first: i.Command


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is to be called: known or not, and at which number as it was typed or stands on record."""

    person: Person | None
    account_id: UUID | None
    lead_id: UUID | None
    number: str


def call_out(
    tx: Transaction,
    exchange: Exchange,
    ways: Ways,
    *,
    lead_id: UUID | None = None,
    person_id: UUID | None = None,
    number: str | None = None,
    agreed: str | None = None,
    drops_message: bool = False,
) -> Opening:
    """Call a lead's person, a person, or a number.

    `number` may be any of the person's or one that was typed; without it the main one. `agreed`: they asked to be
    called now, for this reason (lifts hours and caps, by who may). What of the user's earlier calls is not logged
    is logged as suggested: the next call begins. Raises `Refused` by the policy, `Conflict` when the user's phone
    is not connected or they are in a call, `Invalid` for what is no number, `NoWay`, `MediaUnavailable` while the
    engines are being started again: no call begins that cannot get out.
    """
    user_id = calling_user(tx, exchange)
    exchange.media.check_legs()
    whom = _whom(tx, lead_id, person_id, number)
    outward = outward_to(tx, ways, whom, user_id, agreed)
    log_as_suggested(tx, user_id, older_than=NOW)
    permit = outward.permit
    terms = Terms(
        permit.recording, records=permit.recording is not RecordingConsent.FORBIDDEN, drops_message=drops_message
    )
    call = Call(new_id(), Direction.OUTBOUND, terms, tx.now, owner_id=user_id)
    about = About(
        whom.person.id if whom.person else None,
        whom.account_id,
        whom.lead_id,
        permit.number,
        outward.caller,
        UUID(outward.hops[0].trunk),
        permit.id,
    )
    live = Live(tx.organisation_id, call, about, _shown(tx, whom.person, whom.account_id, [user_id]))
    person_leg = f"{call.id}-person"
    live.outward[person_leg] = outward
    store.insert(tx, call, about, exchange.id)
    tx.append(Event("call.dialed", subject("call", call.id), told_of(call, live)))
    return Opening(live, i.Dial(f"{call.id}-owner", person_leg, permit.number))


def calling_user(tx: Transaction, exchange: Exchange) -> UUID:
    """The user who calls, whose phone is connected and free. Raises `Conflict`."""
    tx.require("calls:place")
    user_id = tx.actor.id
    if user_id is None or not exchange.devices.ready(user_id):
        raise Conflict(
            "Your phone is not connected. Allow the microphone in the workbench, and call from there.",
            code="phone-not-connected",
        )
    if exchange.call_of(user_id) is not None:
        raise Conflict("You are in a call. End it first.", code="in-a-call")
    return user_id


def _whom(tx: Transaction, lead_id: UUID | None, person_id: UUID | None, number: str | None) -> Whom:
    if lead_id is not None:
        lead = leads.load_lead(tx, lead_id)
        person = people.person(tx, lead.person_id)
        return Whom(person, lead.account_id, lead.id, number or _main_number(person))
    if person_id is not None:
        person = people.person(tx, person_id)
        return Whom(person, person.account_id, _open_lead(tx, person.id), number or _main_number(person))
    if number is None:
        raise Invalid("Say whom to call: a lead, a person or a number.")
    known = person_with(tx, number)
    return Whom(known, known.account_id if known else None, _open_lead(tx, known.id) if known else None, number)


def _main_number(person: Person) -> str:
    if not person.phones:
        raise Conflict("There is no phone number of this person on record. Add one, then call.", code="no-number")
    return person.phones[0]


def _open_lead(tx: Transaction, person_id: UUID) -> UUID | None:
    lead = leads.open_leads_of(tx, [person_id]).get(person_id)
    return lead.id if lead else None


def person_with(tx: Transaction, number: str) -> Person | None:
    """The one person on record who has this number; None where nobody has, or several share it."""
    contact = (ContactKind.PHONE.value, number)
    found = people.persons(tx, people.Wanted(contact=contact), None, 2)
    return found[0][1] if len(found) == 1 else None


def outward_to(tx: Transaction, ways: Ways, whom: Whom, user_id: UUID, agreed: str | None) -> Outward:
    """Leave and way to call somebody. Raises what `call_out` raises."""
    meant = trunks.outgoing(tx, whom.number, user_id)
    match meant.dialled:
        case Outside(number):
            hops = _hops(tx, ways, number)
        case Emergency(number):
            hops = _emergency_hops(tx, ways)
        case Internal():
            raise Conflict("This is a colleague's extension, not a person's number.", code="internal-number")
        case trunks.Refused(_, reason):
            raise Invalid(f"The number {reason}.", fields=[FieldError("number", reason, whom.number)])
    override = compliance.Override(agreed) if agreed else None
    permit = compliance.permit_call(
        tx,
        number,
        person_id=whom.person.id if whom.person else None,
        user_id=user_id,
        lead_id=whom.lead_id,
        override=override,
    )
    if not hops:
        raise NoWay("No trunk leads to this number. An admin connects one in Settings, Telephony.")
    if meant.caller is None:
        raise NoWay("There is no number of ours to show. An admin adds one in Settings, Telephony.")
    return Outward(permit, tuple(hops), meant.caller.number, identity.organisation(tx).name)


def _hops(tx: Transaction, ways: Ways, number: str) -> list[Hop]:
    lines = trunks.lines(tx, ways.seal)
    return trunks.hops_for(number, lines, {one.trunk.id: ways.health(one.trunk.id) for one in lines}, tx.now)


def _emergency_hops(tx: Transaction, ways: Ways) -> list[Hop]:
    chosen = trunks.organisation_calling(tx).emergency_trunk_id
    line = next((one for one in trunks.lines(tx, ways.seal) if one.trunk.id == chosen), None)
    return trunks.emergency_hops(line)


def bring_in(
    tx: Transaction,
    exchange: Exchange,
    ways: Ways,
    live: Live,
    purpose: Bringing,
    *,
    user_ids: Sequence[UUID] = (),
    number: str | None = None,
    in_order: bool = False,
) -> i.Bring:
    """Bring users or a number (E.164, or an extension) into a running call; whoever cannot be rung is left out.

    Raises `Conflict` when nobody is left, or when a lead that is not qualified is to be handed off.
    """
    if purpose is Bringing.HAND_OFF:
        _check_may_be_handed_off(tx, live)
    wanted = list(user_ids)
    candidates: list[Candidate] = []
    if number is not None:
        meant = trunks.dialled(tx, number)
        if isinstance(meant, Internal):
            wanted.append(meant.user_id)
        else:
            candidates.append(_outside(tx, ways, live, number))
    free = [user_id for user_id in wanted if exchange.is_free(user_id)]
    if wanted and not free and not candidates:
        names = ", ".join(identity.user(tx, one).name for one in wanted)
        raise Conflict(f"{names}: no phone connected, or in a call.", code="nobody-to-bring")
    for user_id in free:
        live.shown.users[user_id] = identity.user(tx, user_id).name
        candidates.append(Candidate(f"{live.id}-{new_id()}", user_id))
    back = Candidate(f"{live.id}-{new_id()}", tx.actor.id) if purpose is Bringing.TRANSFER else None
    return i.Bring(purpose, tuple(candidates), in_order=in_order, at_last=back)


def _outside(tx: Transaction, ways: Ways, live: Live, number: str) -> Candidate:
    known = person_with(tx, number)
    whom = Whom(known, None, None, number)
    outward = outward_to(tx, ways, whom, tx.actor.id or new_id(), None)
    leg = f"{live.id}-{new_id()}"
    live.outward[leg] = outward
    return Candidate(leg, number=outward.permit.number)


def _check_may_be_handed_off(tx: Transaction, live: Live) -> None:
    if live.about.lead_id is None:
        raise Conflict("This call is about no lead, so there is nothing to hand off. Transfer it instead.")
    leads.check_may_be_handed_off(tx, live.about.lead_id)


def _shown(tx: Transaction, person: Person | None, account_id: UUID | None, user_ids: Sequence[UUID]) -> Shown:
    company = people.account(tx, account_id).name if account_id else None
    names = {user_id: identity.user(tx, user_id).name for user_id in user_ids}
    return Shown(people.shown_name(person) if person else None, company, names)
