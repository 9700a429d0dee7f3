"""Use cases: look through pairs that may be one, and decide them.

Deciding "merge" merges; deciding "distinct" is remembered for ever: the pair, and whoever absorbs one of them, is
not put to review again.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound
from offhook.people import store
from offhook.people.merges import store as merges
from offhook.people.merges.service import PERMISSION, merge_accounts, merge_persons
from offhook.people.model import Account, Merge, Person, RecordKind, Review
from offhook.people.reviews import store as reviews


class Decision(StrEnum):
    """What somebody says of a pair."""

    MERGE = "merge"
    DISTINCT = "distinct"


class ReviewStatus(StrEnum):
    """What became of a pair."""

    OPEN = reviews.OPEN
    MERGED = reviews.MERGED
    DISTINCT = reviews.DISTINCT


@dataclass(frozen=True, slots=True)
class Decided:
    """A pair as it is after the decision, and the merge that it led to."""

    review: Review
    merge: Merge | None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A pair with both of its records, as they are now."""

    review: Review
    left: Person | Account
    right: Person | Account


def reviews_page(
    tx: Transaction, kind: RecordKind | None, status: ReviewStatus, after: UUID | None, limit: int
) -> list[SideBySide]:
    """Up to `limit` pairs of a status, in the order in which they were found. Needs `people:read`."""
    tx.require("people:read")
    return _side_by_side(tx, reviews.review_rows(tx, kind, status, after, limit))


def review(tx: Transaction, review_id: UUID) -> SideBySide:
    """One pair with its records. Needs `people:read`. Raises `NotFound`."""
    tx.require("people:read")
    found = reviews.review_row(tx, review_id)
    if found is None:
        raise _not_found(review_id)
    return _side_by_side(tx, [found])[0]


def next_review(tx: Transaction, kind: RecordKind | None = None) -> SideBySide | None:
    """The undecided pair that is likeliest one, with its records; None when all is decided."""
    tx.require("people:read")
    found = reviews.likeliest_open(tx, kind)
    return _side_by_side(tx, [found])[0] if found else None


def _side_by_side(tx: Transaction, found: list[Review]) -> list[SideBySide]:
    """Pairs with their records; an absorbed one is shown as its survivor, unless the two were merged."""
    shown: dict[UUID, Person | Account] = {}
    for kind in RecordKind:
        asked = [identifier for one in found if one.kind == kind for identifier in (one.left_id, one.right_id)]
        stands_for = store.survivors(tx, kind, asked)
        ids = sorted({*stands_for, *stands_for.values()})
        records = store.persons(tx, ids) if kind is RecordKind.PERSON else store.accounts(tx, ids)
        shown |= {asked: records[now] for asked, now in stands_for.items()}
        shown |= {
            identifier: records[identifier]
            for one in found
            if one.kind == kind and stands_for[one.left_id] == stands_for[one.right_id]
            for identifier in (one.left_id, one.right_id)
        }
    return [SideBySide(one, shown[one.left_id], shown[one.right_id]) for one in found]


def decide_review(
    tx: Transaction, review_id: UUID, decision: Decision, survivor_id: UUID | None = None
) -> Decided:
    """Decide a pair. Of two to merge the older record survives, unless `survivor_id` names the other.

    A pair that was found distinct can be merged later. Needs `people:write` or `accounts:write`. Raises
    `NotFound`; `Conflict` for a pair that is merged; `Invalid` for a survivor who is not of the pair.
    """
    store.lock(tx)
    pair = reviews.review_row(tx, review_id, lock=True)
    if pair is None:
        tx.require("people:write")
        raise _not_found(review_id)
    kind = RecordKind(pair.kind)
    tx.require(PERMISSION[kind])
    if pair.status == reviews.MERGED:
        raise Conflict("These two are one already. Undo the merge if they should not be.", code="already-merged")
    stands_for = store.survivors(tx, kind, [pair.left_id, pair.right_id])
    left, right = stands_for[pair.left_id], stands_for[pair.right_id]
    if decision is Decision.DISTINCT:
        reviews.decide_between(tx, kind, merges.members(tx, left), merges.members(tx, right), reviews.DISTINCT)
        return Decided(_decided(tx, pair, reviews.DISTINCT), None)
    if survivor_id not in {None, left, right, pair.left_id, pair.right_id}:
        raise Invalid(
            "The survivor must be one of the pair.",
            fields=[FieldError("survivor_id", "is not of this pair", str(survivor_id))],
        )
    survivor, absorbed = (right, left) if survivor_id in {right, pair.right_id} else (left, right)
    merge = merge_persons if kind is RecordKind.PERSON else merge_accounts
    made = merge(tx, survivor, absorbed)
    return Decided(_decided(tx, pair, reviews.MERGED), made)


def _decided(tx: Transaction, pair: Review, status: str) -> Review:
    return replace(pair, status=status, decided_at=tx.now, decided_by=str(tx.actor))


def _not_found(review_id: UUID) -> NotFound:
    return NotFound(f"There is no pair {review_id} to review here.")
