"""Use cases: merge two persons or two accounts, undo a merge, look at merges.

A merge leaves the absorbed record as it was and lets it be read as the survivor; only the survivor gains. So an
undo takes back what was gained and lets the absorbed one stand for itself again. Undoing also says that the two
are distinct: they are not put to review again. A merge whose survivor was absorbed itself since is undone after
that later merge, and only then.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Invalid, NotFound
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.people import matching, saving, store
from offhook.people.matching import Comparison
from offhook.people.merges import store as merges
from offhook.people.merges.rules import Gain, Standing, absorb, gain_json, read_gain, rewind
from offhook.people.model import Merge, RecordKind
from offhook.people.resolving import bits
from offhook.people.reviews import store as reviews
from offhook.people.reviews.store import Touched

PERMISSION = {RecordKind.PERSON: "people:write", RecordKind.ACCOUNT: "accounts:write"}
"""What one must hold to merge records of a kind."""


def merge_persons(tx: Transaction, survivor_id: UUID, absorbed_id: UUID) -> Merge:
    """Make two persons one: the survivor keeps what is known of them and gains what they lacked.

    Ids of persons who were absorbed before mean their survivors. Needs `people:write`. Raises `NotFound`;
    `Conflict` where the two are one already. Appends `person.merged`, which the higher slices follow.
    """
    return _merge(tx, RecordKind.PERSON, survivor_id, absorbed_id)


def merge_accounts(tx: Transaction, survivor_id: UUID, absorbed_id: UUID) -> Merge:
    """Make two accounts one, and the absorbed one's persons the survivor's; otherwise as `merge_persons`.

    Needs `accounts:write`. Appends `account.merged`.
    """
    return _merge(tx, RecordKind.ACCOUNT, survivor_id, absorbed_id)


def _merge(tx: Transaction, kind: RecordKind, survivor_id: UUID, absorbed_id: UUID) -> Merge:
    tx.require(PERMISSION[kind])
    store.lock(tx)
    survivor_id, absorbed_id = _living(tx, kind, survivor_id, absorbed_id)
    standing = _standings(tx, kind, [survivor_id, absorbed_id])
    comparison = compare(kind, standing[survivor_id], standing[absorbed_id])
    merged, gain = absorb(standing[survivor_id], standing[absorbed_id])
    ones, others = merges.members(tx, survivor_id), merges.members(tx, absorbed_id)
    closed = reviews.decide_between(tx, kind, ones, others, reviews.MERGED)
    refused = [one for one in reviews.refused_by(tx, kind, others) if one not in {*ones, *others}]
    carried = reviews.remember_distinct(tx, kind, survivor_id, refused)
    merges.stand_for(tx, kind, others, survivor_id)
    moved = merges.move_persons(tx, absorbed_id, survivor_id) if kind is RecordKind.ACCOUNT else []
    _save(tx, kind, survivor_id, merged)
    before: dict[str, object] = {
        "gain": gain_json(gain),
        "reviews": _touched_json([*closed, *carried]),
        "persons": [str(person) for person in moved],
    }
    made = Merge(
        new_id(),
        kind,
        survivor_id,
        absorbed_id,
        comparison.probability,
        bits(comparison),
        before,
        tx.now,
        str(tx.actor),
    )
    merges.insert_merge(tx, made)
    _tell(tx, "merged", made)
    return made


def _living(tx: Transaction, kind: RecordKind, survivor_id: UUID, absorbed_id: UUID) -> tuple[UUID, UUID]:
    stands_for = store.survivors(tx, kind, [survivor_id, absorbed_id])
    survivor, absorbed = stands_for[survivor_id], stands_for[absorbed_id]
    if survivor_id == absorbed_id:
        raise Invalid("A record cannot be merged with itself. Name two.")
    if survivor == absorbed:
        raise Conflict("These two are one already.", code="already-merged")
    return survivor, absorbed


def compare(kind: RecordKind, one: Standing, other: Standing) -> Comparison:
    """What matching says of two stored records."""
    if kind is RecordKind.PERSON:
        return matching.compare_persons(matching.person_record(one.known), matching.person_record(other.known))
    return matching.compare_accounts(matching.account_record(one.known), matching.account_record(other.known))


def _standings(tx: Transaction, kind: RecordKind, ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """What is known of each. Raises `NotFound`."""
    if kind is RecordKind.PERSON:
        found = {one.id: saving.standing_of_person(one) for one in store.persons(tx, ids).values()}
    else:
        found = {one.id: saving.standing_of_account(one) for one in store.accounts(tx, ids).values()}
    missing = next((identifier for identifier in ids if identifier not in found), None)
    if missing is not None:
        raise NotFound(f"There is no {kind} {missing} here.")
    return found


def _save(tx: Transaction, kind: RecordKind, record_id: UUID, now: Standing) -> None:
    if kind is RecordKind.PERSON:
        saving.save_person(tx, record_id, now)
    else:
        saving.save_account(tx, record_id, now)


def undo_merge(tx: Transaction, merge_id: UUID) -> Merge:
    """Make two of one again, as they were but for what was learnt or edited since; they count as distinct now.

    Needs `people:write` or `accounts:write`. Raises `NotFound`; `Conflict` when it was undone before, or when the
    survivor was absorbed since by a merge that must be undone first. Appends `person.unmerged` or
    `account.unmerged`.
    """
    store.lock(tx)
    undone = _undoable(tx, merge_id)
    kind = RecordKind(undone.kind)
    later = merges.merges_into(tx, undone.survivor_id, undone.id)
    standing = _standings(tx, kind, [undone.survivor_id, *(one.absorbed_id for one in later)])
    survivor, gains = rewind(
        standing[undone.survivor_id],
        _gain(tx, undone),
        [(_gain(tx, one), standing[one.absorbed_id]) for one in later],
    )
    for one, gain in zip(later, gains, strict=True):
        merges.set_before(tx, one.id, one.before | {"gain": gain_json(gain)})
    _save(tx, kind, undone.survivor_id, survivor)
    _stand_apart(tx, kind, undone)
    merges.set_undone(tx, undone.id)
    _tell(tx, "unmerged", undone)
    return replace(undone, undone_at=tx.now, undone_by=str(tx.actor))


def _undoable(tx: Transaction, merge_id: UUID) -> Merge:
    found = merges.merge_row(tx, merge_id)
    if found is None:
        tx.require("people:write")
        raise NotFound(f"There is no merge {merge_id} here.")
    tx.require(PERMISSION[RecordKind(found.kind)])
    if found.undone_at is not None:
        raise Conflict("This merge is undone already.", code="already-undone")
    since = merges.merge_of(tx, found.survivor_id)
    if since is not None:
        raise Conflict(
            f"Its survivor was merged into {since.survivor_id} since. Undo that merge ({since.id}) first.",
            code="merged-since",
        )
    return found


def _gain(tx: Transaction, one: Merge) -> Gain:
    """What a merge gave; an account that it gave is the one that now stands for it."""
    gain = read_gain(cast("dict[str, object]", one.before["gain"]))
    if gain.account_id is None:
        return gain
    now = store.survivors(tx, RecordKind.ACCOUNT, [gain.account_id])[gain.account_id]
    return replace(gain, account_id=now)


def _stand_apart(tx: Transaction, kind: RecordKind, undone: Merge) -> None:
    """The absorbed record stands for itself and for those it had absorbed, and is not asked about again."""
    below = [one for one in merges.members(tx, undone.absorbed_id) if one != undone.absorbed_id]
    merges.stand_for(tx, kind, [undone.absorbed_id], None)
    merges.stand_for(tx, kind, below, undone.absorbed_id)
    persons = [UUID(one) for one in cast("list[str]", undone.before["persons"])]
    if persons:
        merges.move_persons_back(tx, persons, undone.survivor_id, undone.absorbed_id)
    reviews.put_back(tx, _touched(cast("list[list[str | None]]", undone.before["reviews"])))
    reviews.remember_distinct(tx, kind, undone.survivor_id, [undone.absorbed_id], undone.score, undone.explanation)


def _touched_json(touched: Sequence[Touched]) -> list[list[str | None]]:
    return [[str(one.id), one.was] for one in touched]


def _touched(json: Sequence[Sequence[str | None]]) -> list[Touched]:
    return [Touched(UUID(identifier), was) for identifier, was in json]


def _tell(tx: Transaction, what: str, one: Merge) -> None:
    told = {"merge_id": str(one.id), "absorbed_id": str(one.absorbed_id)}
    tx.append(Event(f"{one.kind}.{what}", subject(one.kind, one.survivor_id), told))


def merge(tx: Transaction, merge_id: UUID) -> Merge:
    """One merge. Needs `people:read`. Raises `NotFound`."""
    tx.require("people:read")
    found = merges.merge_row(tx, merge_id)
    if found is None:
        raise NotFound(f"There is no merge {merge_id} here.")
    return found


def merges_page(
    tx: Transaction, kind: RecordKind | None, record_id: UUID | None, before: UUID | None, limit: int
) -> list[Merge]:
    """Up to `limit` merges, undone ones too, the latest first, of all or of one record. Needs `people:read`."""
    tx.require("people:read")
    return merges.merge_rows(tx, kind, record_id, before, limit)
