"""Routing in use: choosing, assigning by hand, why somebody has a lead, and the rules.

What changes an assignment writes three things together: the lead (through its lifecycle), the history of who had
it with the explanation, and the promise of a first attempt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from offhook import identity
from offhook.identity import Role, User
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.leads.campaigns.service import campaign
from offhook.leads.conditions import LeadFacts, parse
from offhook.leads.lifecycle.model import Assign, Promote
from offhook.leads.lifecycle.service import advance, check_moment
from offhook.leads.model import Lead, Stage
from offhook.leads.routing import store
from offhook.leads.routing.model import Assignment, Because, Choice, Member, Purpose, RoutingRule
from offhook.leads.routing.rules import EVERYBODY, Rotation, Router, refusal
from offhook.leads.sla.model import Promise
from offhook.leads.sla.service import start_promise, stop_promises
from offhook.leads.store import load_lead
from offhook.leads.working import require_on_behalf_of
from offhook.people import facts_of

MOST_RULES = 500
LAST_POSITION = 1_000_000
STEP = 10
"""The distance between rules that were put in order, so that one fits between."""
MOST_LOAD = 10_000
"""So far the leads of one rep are counted for the eye."""


def router(tx: Transaction, purpose: Purpose) -> Router:
    """What routes reps or AEs now; holds the turn-taking of this organisation until the transaction ends.

    Save its `rotation` with `store.save_rotation` after use.
    """
    store.lock(tx)
    return _router(tx, purpose)


def _router(tx: Transaction, purpose: Purpose) -> Router:
    names = {team.id: team.name for team in identity.teams(tx)}
    return Router(purpose, members(tx, purpose), store.rules(tx), names, store.rotation(tx))


def members(tx: Transaction, purpose: Purpose) -> list[Member]:
    """The active reps or AEs, with who is away and how much those with a capacity have in work."""
    role = Role.REP if purpose is Purpose.REP else Role.AE
    users = [user for user in identity.users(tx) if user.is_active and user.role is role]
    away = identity.absent_users(tx, tx.now)
    limited = {user.id: user.capacity for user in users if user.capacity is not None}
    loads = _loads(tx, purpose, limited)
    return [
        Member(u.id, u.name, u.team_id, u.routing_weight, u.capacity, u.id in away, loads.get(u.id, 0))
        for u in users
    ]


def members_with_refusals(tx: Transaction, purpose: Purpose) -> list[tuple[Member, str | None]]:
    """Who is given leads or hand-offs, by name, with all they have in work, and why they are given none now."""
    tx.require("leads:read")
    found = members(tx, purpose)
    loads = _loads(tx, purpose, dict.fromkeys((one.user_id for one in found), MOST_LOAD))
    loaded = [replace(one, load=loads.get(one.user_id, 0)) for one in found]
    return [(one, refusal(one)) for one in sorted(loaded, key=lambda one: (one.name.casefold(), one.user_id))]


def _loads(tx: Transaction, purpose: Purpose, limited: Mapping[UUID, int]) -> dict[UUID, int]:
    if not limited:
        return {}
    if purpose is Purpose.REP:
        return store.open_leads(tx, limited)
    return store.undecided_hand_offs(tx, list(limited))


def facts_of_lead(tx: Transaction, lead: Lead) -> LeadFacts:
    """What conditions may ask about a lead."""
    person = facts_of(tx, [lead.person_id])[lead.person_id]
    if lead.campaign_id is None:
        return LeadFacts(person, score=lead.score)
    came = campaign(tx, lead.campaign_id)
    return LeadFacts(person, came.name, came.kind.value, score=lead.score)


def choose_rep(tx: Transaction, lead: Lead, *, excluding: UUID | None = None) -> Choice:
    """Whom routing gives the lead to now; takes that rep's turn."""
    routing = router(tx, Purpose.REP)
    named = store.named_owners(tx, [lead.account_id]).get(lead.account_id) if lead.account_id else None
    choice = routing.choose(facts_of_lead(tx, lead), named, excluding=excluding)
    store.save_rotation(tx, routing.rotation)
    return choice


def choose_ae(tx: Transaction, lead: Lead, *, excluding: UUID | None = None) -> Choice:
    """The AE for a hand-off: who has the account already, then rules, then turns. Raises `Conflict` for nobody."""
    routing = router(tx, Purpose.AE)
    choice = _ae_for(tx, routing, lead, excluding)
    if choice.user_id is None:
        raise Conflict(
            "No AE can take a hand-off now: all are away, at capacity or take none. Name the AE yourself.",
            code="no-ae",
        )
    store.save_rotation(tx, routing.rotation)
    return choice


def _ae_for(tx: Transaction, routing: Router, lead: Lead, excluding: UUID | None) -> Choice:
    known = store.last_ae(tx, lead.account_id, lead.id) if lead.account_id else None
    member = routing.members.get(known) if known else None
    if member is not None and member.user_id != excluding and refusal(member) is None:
        text = f"{member.name} has this account already."
        return Choice(member.user_id, member.team_id, Because.ACCOUNT, {"text": text})
    return routing.choose(facts_of_lead(tx, lead), excluding=excluding)


def rehearse_ae(tx: Transaction, lead: Lead, *, excluding: UUID | None = None) -> tuple[Choice, list[Member]]:
    """Whom `choose_ae` would choose now, without doing it, and the AEs who can be meant: its pool.

    The choice names nobody where no AE can take it. The pool is the team of the rule that holds, else all AEs.
    """
    routing = _router(tx, Purpose.AE)
    everybody = list(routing.members.values())
    choice = _ae_for(tx, routing, lead, excluding)
    team_id = choice.team_id if choice.because is Because.POOL else _team_of_pool(choice)
    pool = [member for member in everybody if team_id is None or member.team_id == team_id]
    return choice, pool


def _team_of_pool(choice: Choice) -> UUID | None:
    """Among which team's members it was a turn; None when among all, or when nobody's turn was asked for."""
    pool = str(choice.explanation.get("pool", EVERYBODY)).partition(":")[2]
    return UUID(pool) if pool not in {"", EVERYBODY} else None


def rehearse(tx: Transaction, lead_id: UUID) -> Choice:
    """Whom routing would give the lead to now, without doing it."""
    tx.require("leads:read")
    lead = load_lead(tx, lead_id)
    routing = router(tx, Purpose.REP)
    named = store.named_owners(tx, [lead.account_id]).get(lead.account_id) if lead.account_id else None
    return routing.choose(facts_of_lead(tx, lead), named)


def give(tx: Transaction, lead: Lead, choice: Choice, at: datetime | None = None) -> Lead:
    """Give a lead to whom was chosen: an inquiry becomes an MQL, any other is assigned anew.

    Starts the promise of a first attempt, unless one was made or the assignment is told afterwards.
    """
    moment = check_moment(tx, at)
    told = (choice.user_id, choice.team_id, choice.because.value)
    command = Promote(*told) if lead.stage is Stage.INQUIRY else Assign(*told)
    if isinstance(command, Assign) and (lead.owner_id, lead.team_id) == (choice.user_id, choice.team_id):
        return lead
    store.insert_assignment(
        tx,
        Assignment(new_id(), lead.id, choice.user_id, choice.team_id, moment, choice.because, choice.explanation),
    )
    if at is None and lead.first_attempt_at is None and lead.stage in {Stage.INQUIRY, Stage.MQL}:
        lead = stop_promises(tx, lead, Promise.FIRST_ATTEMPT, moment)
        lead = start_promise(tx, replace(lead, team_id=choice.team_id), Promise.FIRST_ATTEMPT, moment)
    return advance(tx, lead, command, moment)


def assign(
    tx: Transaction,
    lead_id: UUID,
    *,
    user_id: UUID | None = None,
    team_id: UUID | None = None,
    at: datetime | None = None,
    note: str = "",
) -> Lead:
    """Assign a lead by hand to a rep, to a team's pool, or, with neither, to whom routing chooses.

    Raises `Invalid` for somebody who works no leads and for both of them, `Conflict` for a lead that is closed.
    """
    tx.require("leads:assign")
    if user_id is not None and team_id is not None:
        raise Invalid(
            "Assign a lead to a rep or to a team's pool, not to both.",
            fields=[FieldError("team_id", "is given beside a rep")],
        )
    lead = load_lead(tx, lead_id, lock=True)
    choice = choose_rep(tx, lead) if user_id is None and team_id is None else _by_hand(tx, user_id, team_id, note)
    return give(tx, lead, choice, at)


def take(tx: Transaction, lead_id: UUID, rep_id: UUID) -> Lead:
    """A rep takes a lead that nobody has yet (from their team's pool or nobody's) or an inquiry, to work it.

    Who may assign leads may do so in another's name. Raises `Forbidden` for another team's pool.
    """
    require_on_behalf_of(tx, rep_id)
    lead = load_lead(tx, lead_id, lock=True)
    if lead.owner_id == rep_id:
        return lead
    if lead.owner_id is not None:
        raise Conflict("Another rep has this lead. A manager can assign it to you.", code="not-yours")
    rep = _rep(tx, rep_id)
    if lead.team_id not in {None, rep.team_id} and not tx.actor.may("leads:assign"):
        raise Forbidden("This lead lies in the pool of another team. Have it assigned to you.")
    text = f"{rep.name} took it" + (" from the pool." if lead.stage is not Stage.INQUIRY else " as an inquiry.")
    return give(tx, lead, Choice(rep.id, rep.team_id, Because.CLAIMED, {"text": text}))


def take_for_me(tx: Transaction, lead_id: UUID) -> Lead:
    """Like `take`, for who acts. Raises `Invalid` when that is no user."""
    if tx.actor.id is None:
        raise Invalid("Only a user can take a lead.", fields=[FieldError("rep_id", "is missing")])
    return take(tx, lead_id, tx.actor.id)


def _by_hand(tx: Transaction, user_id: UUID | None, team_id: UUID | None, note: str) -> Choice:
    by = identity.user(tx, tx.actor.id).name if tx.actor.kind == "user" and tx.actor.id else "The system"
    if user_id is None:
        team = identity.team(tx, team_id) if team_id else None
        text = f"{by} put it into the pool of {team.name if team else 'nobody'}."
        return Choice(None, team_id, Because.MANUAL, _told(text, note))
    rep = _rep(tx, user_id)
    return Choice(rep.id, rep.team_id, Because.MANUAL, _told(f"{by} gave it to {rep.name}.", note))


def _told(text: str, note: str) -> dict[str, Json]:
    return {"text": text, "note": note} if note else {"text": text}


def _rep(tx: Transaction, user_id: UUID) -> User:
    rep = identity.user(tx, user_id)
    if not rep.is_active or rep.role not in {Role.REP, Role.MANAGER}:
        raise Invalid(
            f"{rep.name} works no leads: that is for active reps and managers.",
            fields=[FieldError("user_id", "works no leads", rep.email)],
        )
    return rep


def assignments(tx: Transaction, lead_id: UUID) -> list[Assignment]:
    """Who had the lead, the last first, each with why ("why me?"). Raises `NotFound`."""
    tx.require("leads:read")
    load_lead(tx, lead_id)
    return store.assignments(tx, lead_id)


# Rules


def routing_rules(tx: Transaction) -> list[RoutingRule]:
    """All rules, in the order in which they are tried."""
    tx.require("leads:read")
    return store.rules(tx)


def routing_rule(tx: Transaction, identifier: UUID) -> RoutingRule:
    """One rule. Raises `NotFound`."""
    tx.require("leads:read")
    found = store.rule(tx, identifier)
    if found is None:
        raise NotFound(f"There is no routing rule {identifier} here.")
    return found


def add_rule(
    tx: Transaction,
    *,
    name: str,
    conditions: Json,
    purpose: Purpose = Purpose.REP,
    position: int = 100,
    user_id: UUID | None = None,
    team_id: UUID | None = None,
    is_active: bool = True,
) -> RoutingRule:
    """Add a rule. Raises `Invalid` for conditions or a receiver that cannot be meant."""
    tx.require("campaigns:write")
    new = RoutingRule(new_id(), purpose, position, name, conditions, team_id, user_id, is_active, 1)
    _check(tx, new)
    if len(store.rules(tx)) >= MOST_RULES:
        raise Conflict(f"There are {MOST_RULES} rules already; more would slow routing down. Combine some.")
    store.insert_rule(tx, new)
    tx.append(Event("routing_rule.added", subject("routing_rule", new.id), {"name": new.name}))
    return new


def change_rule(tx: Transaction, identifier: UUID, version: int, changes: Mapping[str, object]) -> RoutingRule:
    """Change what is named of a rule. Raises `StaleVersion`, `NotFound`, `Invalid`."""
    tx.require("campaigns:write")
    present = routing_rule(tx, identifier)
    changed: RoutingRule = replace(present, **changes, version=version)  # pyright: ignore[reportArgumentType] # fields by name
    _check(tx, changed)
    if not store.update_rule(tx, changed):
        raise StaleVersion("The routing rule was changed since you read it. Read it again.")
    tx.append(Event("routing_rule.changed", subject("routing_rule", identifier), {"fields": [*sorted(changes)]}))
    return replace(changed, version=version + 1)


def order_rules(tx: Transaction, purpose: Purpose, ids: Sequence[UUID]) -> list[RoutingRule]:
    """Put the rules of one purpose in this order. Answers them so.

    Raises `Conflict` unless `ids` names each of them once: then others were added or removed meanwhile.
    """
    tx.require("campaigns:write")
    present = {rule.id: rule for rule in store.rules(tx) if rule.purpose is purpose}
    if len(ids) != len(present) or set(ids) != set(present):
        raise Conflict(
            "The routing rules were added to or removed since you read them. Read them again.", code="other-rules"
        )
    placed = [replace(present[one], position=(n + 1) * STEP) for n, one in enumerate(ids)]
    moved = [rule for rule in placed if rule.position != present[rule.id].position]
    if not moved:
        return placed
    store.place_rules(tx, moved)
    told: dict[str, Json] = {"purpose": purpose.value, "order": [rule.name for rule in placed]}
    tx.append(Event("routing_rule.ordered", subject("organisation", tx.organisation_id), told))
    changed = {rule.id for rule in moved}
    return [replace(rule, version=rule.version + 1) if rule.id in changed else rule for rule in placed]


def remove_rule(tx: Transaction, identifier: UUID, version: int) -> None:
    """Remove a rule; leads it routed stay where they are. Raises `StaleVersion`, `NotFound`."""
    tx.require("campaigns:write")
    routing_rule(tx, identifier)
    if not store.delete_rule(tx, identifier, version):
        raise StaleVersion("The routing rule was changed since you read it. Read it again.")
    tx.append(Event("routing_rule.removed", subject("routing_rule", identifier)))


def _check(tx: Transaction, rule: RoutingRule) -> None:
    parse(rule.conditions)
    if not rule.name.strip() or len(rule.name) > 200:
        raise _invalid("name", "must have 1 to 200 characters", rule.name[:50])
    if not 0 <= rule.position <= LAST_POSITION:
        raise _invalid("position", f"must be 0 to {LAST_POSITION:,}", str(rule.position))
    if (rule.user_id is None) == (rule.team_id is None):
        raise _invalid("user_id", "or else team_id must be given, one of the two", None)
    role = Role.REP if rule.purpose is Purpose.REP else Role.AE
    if rule.user_id is not None and identity.user(tx, rule.user_id).role is not role:
        raise _invalid("user_id", f"must be of a user with the role '{role}'", str(rule.user_id))
    if rule.team_id is not None:
        identity.team(tx, rule.team_id)


def _invalid(field: str, reason: str, value: str | None) -> Invalid:
    return Invalid(f"The routing rule's {field} {reason}.", fields=[FieldError(field, reason, value)])


def turns_taken(tx: Transaction) -> Sequence[tuple[str, UUID, int]]:
    """How many leads each member of each pool was given in turn."""
    tx.require("leads:read")
    rotation: Rotation = store.rotation(tx)
    return [(pool, user, turn.assigned) for (pool, user), turn in sorted(rotation.turns.items())]
