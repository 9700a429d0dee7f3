"""Who asks not to be called or mailed is not, from the next event on."""

from uuid import UUID

import pytest

from activities.factories import a_call
from conftest import Begin
from offhook import activities, people
from offhook.activities import Direction, Disposition, Kind
from offhook.activities.jobs import CONSUMERS
from offhook.kernel.database import Database
from offhook.kernel.delivery import deliver
from offhook.kernel.ids import new_id


@pytest.mark.parametrize(
    ("told", "wish"),
    [
        ({"disposition": Disposition.DO_NOT_CALL}, (True, False)),
        (
            {"kind": Kind.EMAIL, "direction": Direction.INBOUND, "disposition": Disposition.UNSUBSCRIBED},
            (False, True),
        ),
        ({"disposition": Disposition.NOT_INTERESTED}, (False, False)),
    ],
)
def test_a_wish_is_kept_on_the_person(
    begin: Begin, database: Database, organisation: UUID, told: dict[str, object], wish: tuple[bool, bool]
) -> None:
    with begin() as tx:
        ada = people.add_person(tx, {"full_name": "Ada Byron", "email": "ada@acme.example"})
        activities.log(tx, a_call(ada.id, **told))
        activities.log(tx, a_call(new_id(), **told))
    assert deliver(database, CONSUMERS, organisation) == 2, "also of somebody who is gone"
    with begin() as tx:
        after = people.person(tx, ada.id)
        assert (after.do_not_call, after.do_not_email) == wish
        assert after.full_name == "Ada Byron"
