"""The use cases of named accounts: lists, what is on them, how far they are reached, opening leads from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.leads.model import Lead
from offhook.leads.named import store
from offhook.leads.named.model import NamedAccount, NamedList, Reach
from offhook.leads.responses.service import open_outbound_lead
from offhook.people import understand

LONGEST_NAME = 200
MOST_AT_ONCE = 10_000
MOST_OPENED = 1_000


@dataclass(frozen=True, slots=True)
class Named:
    """What became of putting accounts on a list: how many are on it now that were not, and what was not found.

    `unknown`: domains or names of no account; `ambiguous`: of several.
    """

    added: int
    unknown: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


# Lists


def named_lists(
    tx: Transaction, after: UUID | None = None, limit: int = 1_000, *, account_id: UUID | None = None
) -> list[NamedList]:
    """Up to `limit` lists, in the order in which they were made; with `account_id` only the one that it is on."""
    tx.require("leads:read")
    return store.page(tx, after, limit, account_id)


def named_list(tx: Transaction, list_id: UUID) -> NamedList:
    """One list. Raises `NotFound`."""
    tx.require("leads:read")
    return _one(tx, list_id)


def named_list_by_name(tx: Transaction, name: str) -> NamedList:
    """One list by its name, in any case of letters. Raises `NotFound`."""
    tx.require("leads:read")
    found = store.by_name(tx, name.strip())
    if found is None:
        raise NotFound(f"There is no list named '{name}'. `offhook named list` shows which there are.")
    return found


def add_named_list(
    tx: Transaction, *, name: str, team_id: UUID | None = None, user_id: UUID | None = None
) -> NamedList:
    """Make an empty list that a team or a rep is told to open. Raises `Conflict` when the name is in use."""
    tx.require("accounts:write")
    new = NamedList(new_id(), name, team_id, user_id, 1, tx.now)
    new = _checked(tx, new)
    store.insert(tx, new)
    tx.append(Event("named_list.added", subject("named_list", new.id), _told(new)))
    return new


def change_named_list(tx: Transaction, list_id: UUID, version: int, changes: Mapping[str, object]) -> NamedList:
    """Change name, team_id or user_id; giving one of the two clears the other. Raises `StaleVersion`."""
    tx.require("accounts:write")
    before = _one(tx, list_id)
    if unknown := sorted(set(changes) - {"name", "team_id", "user_id"}):
        raise Invalid(f"Of a list name, team_id and user_id can be changed; not {', '.join(unknown)}.")
    cleared: dict[str, object] = {}
    if changes.get("team_id"):
        cleared = {"user_id": None}
    elif changes.get("user_id"):
        cleared = {"team_id": None}
    after: NamedList = replace(before, **{**cleared, **changes}, version=version)  # pyright: ignore[reportArgumentType] # checked next
    after = _checked(tx, after)
    if not store.save(tx, after):
        raise _stale(before)
    tx.append(Event("named_list.changed", subject("named_list", list_id), _told(after)))
    return replace(after, version=version + 1)


def remove_named_list(tx: Transaction, list_id: UUID, version: int) -> NamedList:
    """Remove a list; its accounts are no longer named, their leads stay. Raises `StaleVersion`."""
    tx.require("accounts:write")
    before = _one(tx, list_id)
    if not store.delete(tx, list_id, version):
        raise _stale(before)
    tx.append(Event("named_list.removed", subject("named_list", list_id), _told(before)))
    return before


def _one(tx: Transaction, list_id: UUID) -> NamedList:
    found = store.by_id(tx, list_id)
    if found is None:
        raise NotFound(f"There is no list {list_id} here.")
    return found


def _checked(tx: Transaction, one: NamedList) -> NamedList:
    name = " ".join(one.name.split())
    if not 1 <= len(name) <= LONGEST_NAME or "\0" in name:
        raise Invalid(
            f"A list needs a name of 1 to {LONGEST_NAME} characters.",
            fields=[FieldError("name", f"1 to {LONGEST_NAME} characters", name[:50])],
        )
    if (one.team_id is None) == (one.user_id is None):
        raise Invalid(
            "A list is one team's or one rep's: say which of the two is to open it.",
            fields=[FieldError("team_id", "give either team_id or user_id")],
        )
    if one.team_id is not None:
        identity.team(tx, one.team_id)
    if one.user_id is not None:
        identity.user(tx, one.user_id)
    return replace(one, name=name)


def _stale(one: NamedList) -> StaleVersion:
    return StaleVersion(f"The list '{one.name}' was changed since you read it. Read it again and repeat.")


def _told(one: NamedList) -> dict[str, Json]:
    return {
        "name": one.name,
        "team_id": str(one.team_id) if one.team_id else None,
        "user_id": str(one.user_id) if one.user_id else None,
    }


# What is on them


def name_accounts(
    tx: Transaction,
    list_id: UUID,
    *,
    account_ids: Sequence[UUID] = (),
    domains: Sequence[str] = (),
    names: Sequence[str] = (),
    is_moving: bool = False,
) -> Named:
    """Put accounts on a list: by id, by domain (or web address), or by name.

    `is_moving` takes them off other lists, which is a `Conflict` otherwise. Raises `NotFound` for unknown ids.
    """
    tx.require("accounts:write")
    one = _one(tx, list_id)
    if not 1 <= len(account_ids) + len(domains) + len(names) <= MOST_AT_ONCE:
        raise Invalid(
            f"Name 1 to {MOST_AT_ONCE:,} accounts at a time.",
            fields=[FieldError("account_ids", f"1 to {MOST_AT_ONCE:,}")],
        )
    wanted = _known(tx, account_ids)
    told = _found(tx, domains, names)
    wanted |= {found[0] for found in told.values() if len(found) == 1}
    present = store.lists_of(tx, list(wanted))
    elsewhere = [account for account, on in present.items() if on != list_id]
    if elsewhere and not is_moving:
        raise Conflict(
            f"{len(elsewhere)} of these accounts are on other lists, and an account is on one at a time. Move them"
            " if that is meant.",
            code="on-another-list",
            fields=[FieldError("account_ids", "is on another list", str(account)) for account in elsewhere[:20]],
        )
    fresh = [account for account in wanted if present.get(account) != list_id]
    store.put_on(tx, list_id, fresh, tx.now)
    if fresh:
        added: dict[str, Json] = {"name": one.name, "account_ids": [str(account) for account in sorted(fresh)]}
        tx.append(Event("named_list.accounts_added", subject("named_list", list_id), added))
    return Named(
        len(fresh),
        tuple(text for text, found in told.items() if not found),
        tuple(text for text, found in told.items() if len(found) > 1),
    )


def _known(tx: Transaction, account_ids: Sequence[UUID]) -> set[UUID]:
    living = store.known_accounts(tx, account_ids)
    if unknown := sorted(set(account_ids) - living.keys()):
        raise NotFound(f"There is no account {unknown[0]} here.")
    return set(living.values())


def _found(tx: Transaction, domains: Sequence[str], names: Sequence[str]) -> dict[str, list[UUID]]:
    """The accounts that each text stands for."""
    region = identity.organisation(tx).region
    domain_of = {text: understand({"website": text}, {}, region)[0].domain or "" for text in domains}
    name_of = {text: " ".join(text.split()).lower() for text in names}
    by_domain = store.accounts_by_domain(tx, sorted(set(domain_of.values())))
    by_name = store.accounts_by_name(tx, sorted(set(name_of.values())))
    return {text: by_domain.get(domain, []) for text, domain in domain_of.items()} | {
        text: by_name.get(name, []) for text, name in name_of.items()
    }


def unname_accounts(tx: Transaction, list_id: UUID, account_ids: Sequence[UUID]) -> list[UUID]:
    """Take accounts off a list; returns those that were on it."""
    tx.require("accounts:write")
    one = _one(tx, list_id)
    taken = store.take_off(tx, list_id, account_ids)
    if taken:
        told: dict[str, Json] = {"name": one.name, "account_ids": [str(account) for account in sorted(taken)]}
        tx.append(Event("named_list.accounts_removed", subject("named_list", list_id), told))
    return taken


def named_accounts(
    tx: Transaction,
    list_id: UUID,
    since: datetime,
    until: datetime,
    *,
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> list[NamedAccount]:
    """Up to `limit` accounts of a list by name, each with what was done there in [since, until).

    `after` is the name and id of the last one of the page before.
    """
    tx.require("leads:read")
    _one(tx, list_id)
    check_period(since, until)
    return store.accounts(tx, list_id, since, until, after=after, limit=limit)


def reach(
    tx: Transaction,
    since: datetime,
    until: datetime,
    *,
    list_id: UUID | None = None,
    team_id: UUID | None = None,
    user_id: UUID | None = None,
) -> Reach:
    """Coverage and penetration in [since, until): of one list, of a team with its reps, of a rep, or of all.

    A person is engaged who in the period responded to a campaign, talked with us, wrote or came to us, agreed to a
    meeting or held one. A penetrated account has as many of them as the list's team says (`engaged_people`).
    """
    return reach_by_list(tx, since, until, list_id=list_id, team_id=team_id, user_id=user_id)[0]


def reach_by_list(
    tx: Transaction,
    since: datetime,
    until: datetime,
    *,
    list_id: UUID | None = None,
    team_id: UUID | None = None,
    user_id: UUID | None = None,
) -> tuple[Reach, dict[UUID, Reach]]:
    """Like `reach`, with that of each list by its id."""
    tx.require("leads:read")
    check_period(since, until)
    found = store.reaches(tx, since, until, list_id=list_id, team_id=team_id, user_id=user_id)
    return found.get(None, Reach(0, 0, 0)), {key: one for key, one in found.items() if key is not None}


def check_period(since: datetime, until: datetime) -> None:
    if since.tzinfo is None or until.tzinfo is None or since >= until:
        raise Invalid(
            "The period must begin before it ends, both with a time zone.",
            fields=[FieldError("since", "must lie before until", since.isoformat())],
        )


# Opening leads


def open_named_leads(
    tx: Transaction,
    list_id: UUID,
    *,
    rep_id: UUID | None = None,
    account_ids: Sequence[UUID] | None = None,
    person_ids: Sequence[UUID] | None = None,
    per_account: int = 1,
) -> list[Lead]:
    """Open outbound leads on people of named accounts: on these persons, or on the first few that can be reached
    at each account (all of the list unless some are given), who have no open lead and were not qualified out.

    They are `rep_id`'s: the list's rep if not given, else who acts. Raises `Forbidden` for a list that is not
    theirs, `Invalid` for persons of other accounts, `Conflict` for persons who have an open lead.
    """
    tx.require("leads:work")
    one = _one(tx, list_id)
    rep = _rep(tx, one, rep_id)
    if person_ids is not None:
        _check_people(tx, list_id, person_ids)
    elif not 1 <= per_account <= 100:
        raise Invalid("Open 1 to 100 leads an account.", fields=[FieldError("per_account", "1 to 100")])
    chosen = person_ids if person_ids is not None else store.people_to_open(tx, list_id, account_ids, per_account)
    if len(chosen) > MOST_OPENED:
        raise Invalid(
            f"That would open {len(chosen):,} leads; at most {MOST_OPENED:,} at a time. Name some accounts.",
            fields=[FieldError("account_ids", f"at most {MOST_OPENED:,} leads at a time")],
        )
    return [open_outbound_lead(tx, person, rep) for person in dict.fromkeys(chosen)]


def _rep(tx: Transaction, one: NamedList, rep_id: UUID | None) -> UUID:
    """Whose leads they will be, if the actor may open this list for them."""
    rep = rep_id or one.user_id or tx.actor.id
    if rep is None:
        raise Invalid("Say which rep opens them.", fields=[FieldError("rep_id", "is missing")])
    if tx.actor.may("leads:assign"):
        return rep
    is_own = one.user_id == tx.actor.id or (one.team_id is not None and one.team_id == tx.actor.team_id)
    if not is_own or rep != tx.actor.id:
        raise Forbidden("Reps open the lists that are theirs or their team's, for themselves.")
    return rep


def _check_people(tx: Transaction, list_id: UUID, person_ids: Sequence[UUID]) -> None:
    accounts = store.accounts_of_people(tx, person_ids)
    lists = store.lists_of(tx, sorted(set(accounts.values())))
    for person in person_ids:
        account = accounts.get(person)
        if account is None or lists.get(account) != list_id:
            raise Invalid(
                "Only people of the list's accounts can be opened from it.",
                fields=[FieldError("person_ids", "is at no account of this list", str(person))],
            )
