"""The use cases of the record: log, correct, read back.

Whoever works leads or receives them may log. An entry is never changed: a correction is a new entry that names
the one it replaces, and its event carries what was replaced, so that counts can take it back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from uuid import UUID

from offhook import identity, people
from offhook.activities import rules, store
from offhook.activities.model import OUTCOMES, Activity, NewActivity, Tally
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.kernel.paging import Page, page_of, read_cursor


def log(tx: Transaction, new: NewActivity) -> Activity:
    """Add one entry to the record; an `external_key` known already returns the entry it stands for.

    Appends `activity.logged`. Raises `Invalid` naming the wrong field, `NotFound` for the corrected entry,
    `Conflict` when that was corrected before, `Forbidden` for another's entry.
    """
    return log_once(tx, new)[0]


def log_once(tx: Transaction, new: NewActivity) -> tuple[Activity, bool]:
    """As `log`; also whether the entry is new, so that what follows from it is done once too."""
    return _log(tx, [new])[0]


def log_all(tx: Transaction, entries: Sequence[NewActivity]) -> list[Activity]:
    """Add many entries, in order, as `log` does one; set-based."""
    return [entry for entry, _ in _log(tx, entries)]


def _log(tx: Transaction, entries: Sequence[NewActivity]) -> list[tuple[Activity, bool]]:
    """The entries that now stand for these, and whether each is new."""
    require_logging(tx)
    for new in entries:
        rules.check(new)
    made = _counted(tx, entries)
    standing = _take_keys(tx, made)
    answer = [standing.get(entry.external_key or "", entry) for entry in made]
    fresh = [(new, entry) for new, entry, stands in zip(entries, made, answer, strict=True) if stands is entry]
    _save(tx, fresh)
    return [(stands, stands is entry) for entry, stands in zip(made, answer, strict=True)]


def correct(tx: Transaction, activity_id: UUID, changes: Mapping[str, object]) -> Activity:
    """Replace an entry by a later one that differs in `changes` (fields of `NewActivity`).

    Raises as `log` does.
    """
    before = activity(tx, activity_id)
    unknown = set(changes) - _CORRECTABLE
    if unknown:
        raise Invalid(
            f"A correction can change {', '.join(sorted(_CORRECTABLE))}; not {', '.join(sorted(unknown))}."
        )
    return log(tx, replace(corrected_by(before), **changes))  # pyright: ignore[reportArgumentType] # checked names


def corrected_by(before: Activity) -> NewActivity:
    """The correction of an entry that changes nothing yet."""
    kept = {field.name: getattr(before, field.name) for field in fields(NewActivity) if field.name in _KEPT}
    return NewActivity(**kept, corrects=before.id)


_CORRECTABLE = frozenset({"kind", "direction", "disposition", "seconds", "subject", "body", "at", "campaign_id"})
_KEPT = frozenset(Activity.__slots__) - {"corrects", "external_key"}


def activity(tx: Transaction, activity_id: UUID) -> Activity:
    """One entry. Raises `NotFound`."""
    tx.require("leads:read")
    found = store.by_ids(tx, [activity_id])
    if not found:
        raise NotFound(f"There is no activity {activity_id} here.")
    return found[0]


def timeline(
    tx: Transaction,
    *,
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    user_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
    with_corrected: bool = False,
) -> Page[Activity]:
    """What was done with a person, on a lead, or by a user, the newest first.

    Corrections stand in the place of what they replace; `with_corrected` shows the replaced ones too. The record
    of persons who were merged into this one is theirs. Raises `Invalid` for no subject.
    """
    tx.require("leads:read")
    if person_id is None and lead_id is None and user_id is None:
        raise Invalid("Say whose record to show: a person's, a lead's or a user's.")
    key = read_cursor(cursor, 2)
    rows = store.page(
        tx,
        person_ids=people.members(tx, person_id) if person_id else None,
        lead_id=lead_id,
        user_id=user_id,
        before=_position(key) if key else None,
        limit=limit + 1,
        with_corrected=with_corrected,
    )
    return page_of(rows, limit, lambda entry: (entry.at.isoformat(), str(entry.id)))


def entries(tx: Transaction, ids: Sequence[UUID]) -> list[Activity]:
    """Entries by id, in no order; unknown ones are left out."""
    return store.by_ids(tx, ids) if ids else []


def corrected_among(tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
    """Which of these entries a later one replaced."""
    return store.corrected_among(tx, list(ids)) if ids else set()


def tally_of_lead(tx: Transaction, lead_id: UUID) -> Tally:
    """What the record says of a lead's touches, corrections applied."""
    return store.tally_of_lead(tx, lead_id)


def _position(key: Sequence[str | int | float | None]) -> tuple[datetime, UUID]:
    try:
        return datetime.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError:
        raise Invalid(
            "The cursor is not one of this list. Leave it out to begin at the first page.",
            fields=[FieldError("cursor", "not a cursor of this list")],
        ) from None


def require_logging(tx: Transaction) -> None:
    """Reps work leads, AEs talk to those they received: both keep the record. Raises `Forbidden`."""
    if not tx.actor.may("handoffs:decide"):
        tx.require("leads:work")


def _take_keys(tx: Transaction, made: Sequence[Activity]) -> dict[str, Activity]:
    """Which entry stands for each engine's key: the one recorded before, or the first of these."""
    standing: dict[str, Activity] = {}
    for entry in made:
        if entry.external_key:
            standing.setdefault(entry.external_key, entry)
    if standing:
        free = store.reserve_keys(tx, list(standing), [entry.id for entry in standing.values()])
        standing |= store.by_keys(tx, sorted(standing.keys() - free)) if len(free) < len(standing) else {}
    return standing


def _counted(tx: Transaction, entries: Sequence[NewActivity]) -> list[Activity]:
    """The entries with what they count as, and the team their user was in."""
    teams = _teams_of(tx, {new.user_id for new in entries if new.user_id})
    talk = _talk_seconds(tx, entries)
    made: list[Activity] = []
    for new in entries:
        team_id = teams.get(new.user_id) if new.user_id else None
        counted = rules.count(
            new.kind, new.disposition, new.seconds, talk.get(team_id, rules.DEFAULT_TALK_SECONDS)
        )
        made.append(
            Activity(
                id=new_id(),
                at=rules.moment_of(new, tx.now),
                recorded_at=tx.now,
                kind=new.kind,
                direction=new.direction,
                person_id=new.person_id,
                account_id=new.account_id,
                lead_id=new.lead_id,
                user_id=new.user_id,
                team_id=team_id,
                disposition=new.disposition,
                is_connect=counted.is_connect,
                is_conversation=counted.is_conversation,
                seconds=new.seconds,
                subject=new.subject,
                body=new.body,
                corrects=new.corrects,
                external_key=new.external_key,
                data=new.data,
            )
        )
    return made


def _teams_of(tx: Transaction, user_ids: set[UUID]) -> dict[UUID, UUID | None]:
    """The users' teams; the actor's own is known without asking. Raises `NotFound` for unknown users."""
    if tx.actor.id is not None and user_ids == {tx.actor.id}:
        return {tx.actor.id: tx.actor.team_id}
    if len(user_ids) == 1:
        one = identity.user(tx, next(iter(user_ids)))
        return {one.id: one.team_id}
    known = {user.id: user.team_id for user in identity.users(tx)} if user_ids else {}
    if unknown := user_ids - known.keys():
        raise NotFound(f"There is no user {min(unknown)} here.")
    return known


def _talk_seconds(tx: Transaction, entries: Sequence[NewActivity]) -> dict[UUID | None, int]:
    """The teams' minimum talk times, asked for only where one decides."""
    if any(
        new.seconds is not None and new.disposition and OUTCOMES[new.disposition].is_connect for new in entries
    ):
        return {team.id: team.minimum_talk_seconds for team in identity.teams(tx)}
    return {}


def _save(tx: Transaction, fresh: Sequence[tuple[NewActivity, Activity]]) -> None:
    if not fresh:
        return
    entries = [entry for _, entry in fresh]
    replaced = _replaced(tx, entries)
    _make_room(tx, entries)
    store.insert(tx, entries)
    for new, entry in fresh:
        before = replaced.get(new.corrects) if new.corrects else None
        about = subject("lead", entry.lead_id) if entry.lead_id else subject("person", entry.person_id)
        tx.append(Event("activity.logged", about, _logged(entry, new.campaign_id, before), at=entry.at))


def _make_room(tx: Transaction, entries: Sequence[Activity]) -> None:
    """Make sure that the months exist; this month's does."""
    moments = [entry.at.astimezone(UTC) for entry in entries]
    past = [moment for moment in moments if (moment.year, moment.month) != (tx.now.year, tx.now.month)]
    if past:
        tx.ensure_months("activity", past)
        store.see_new_months(tx)


def _replaced(tx: Transaction, entries: Sequence[Activity]) -> dict[UUID, Activity]:
    """What corrections correct, checked, and now corrected once and for all."""
    corrections = {entry.corrects: entry for entry in entries if entry.corrects}
    if not corrections:
        return {}
    found = {before.id: before for before in store.by_ids(tx, list(corrections))}
    for earlier, entry in corrections.items():
        if earlier not in found:
            raise NotFound(f"There is no activity {earlier} here to correct.")
        rules.check_correction(entry, found[earlier])
        if found[earlier].user_id != tx.actor.id and not tx.actor.may("leads:assign"):
            raise Forbidden("Only who logged an activity, or who may assign leads, corrects it.")
    keys = {rules.CORRECTS + str(earlier): entry.id for earlier, entry in corrections.items()}
    free = store.reserve_keys(tx, list(keys), list(keys.values()))
    for earlier in corrections:
        if rules.CORRECTS + str(earlier) not in free:
            later = store.correction_of(tx, earlier)
            raise Conflict(f"The activity {earlier} was corrected before. Correct {later} instead.")
    return found


def _logged(entry: Activity, campaign_id: UUID | None, before: Activity | None) -> dict[str, Json]:
    told = _counts(entry) | {
        "activity_id": str(entry.id),
        "campaign_id": _text(campaign_id),
        "corrects": _text(entry.corrects),
    }
    if before is not None:
        told["corrected"] = _counts(before) | {
            "activity_id": str(before.id),
            "campaign_id": _text(campaign_id),
            "corrects": _text(before.corrects),
            "at": before.at.isoformat(),
        }
    return told


def _counts(entry: Activity) -> dict[str, Json]:
    return {
        "kind": entry.kind.value,
        "direction": entry.direction.value,
        "disposition": entry.disposition.value if entry.disposition else None,
        "is_connect": entry.is_connect,
        "is_conversation": entry.is_conversation,
        "seconds": entry.seconds,
        "user_id": _text(entry.user_id),
        "team_id": _text(entry.team_id),
        "person_id": str(entry.person_id),
        "account_id": _text(entry.account_id),
        "lead_id": _text(entry.lead_id),
    }


def _text(identifier: UUID | None) -> str | None:
    return str(identifier) if identifier else None
