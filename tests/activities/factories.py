"""Makes what the tests of the record stand on."""

from uuid import UUID

from offhook.activities import Direction, Disposition, Kind, NewActivity
from offhook.kernel.ids import new_id


def a_call(
    person_id: UUID | None = None, disposition: Disposition | None = Disposition.NO_ANSWER, **fields: object
) -> NewActivity:
    """An outbound call by nobody in particular."""
    given: dict[str, object] = {"kind": Kind.CALL, "direction": Direction.OUTBOUND, "user_id": None} | fields
    return NewActivity(person_id=person_id or new_id(), disposition=disposition, **given)
