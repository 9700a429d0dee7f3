"""Ids are UUIDs in every respect, and remember how they are written."""

import copy
import pickle
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.ids import Id, new_id


def test_an_id_is_the_uuid_of_its_text() -> None:
    made = new_id()
    plain = UUID(str(made))
    assert (made, hash(made), made.bytes, made.version) == (plain, hash(plain), plain.bytes, 7)
    assert {plain: "found"}[made] == "found"
    assert f"{made}" == str(plain)


def test_later_ids_sort_after_earlier_ones() -> None:
    made = [new_id() for _ in range(1000)]
    assert sorted(made) == made
    assert len(set(made)) == len(made)


def test_ids_can_be_copied_and_sent_to_other_processes() -> None:
    made = new_id()
    for other in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):  # noqa: S301 # our own
        assert other == made
        assert str(other) == str(made)


def test_the_database_gives_ids_back(database: Database, organisation: UUID) -> None:
    made = new_id()
    with database.transaction(organisation, SYSTEM) as tx:
        found = tx.scalar(UUID, "SELECT %(id)s::uuid", id=made)
    assert type(found) is Id
    assert found == made
    assert str(found) == str(made)
