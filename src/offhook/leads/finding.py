"""Which lead somebody means: by its id, or by the e-mail address of its person."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound

LeadOption = Annotated[
    UUID | None, typer.Option("--lead", metavar="ID", help="The lead's id.", show_default=False)
]
PersonOption = Annotated[
    str | None,
    typer.Option("--person", metavar="EMAIL", help="Instead: an address of its person.", show_default=False),
]


class Which(StrEnum):
    """Which lead of a person is meant: the open one, the last that was recycled or disqualified, or the last."""

    OPEN = "open"
    CLOSED = "closed"
    LAST = "last"


def lead_meant(tx: Transaction, lead_id: UUID | None, email: str | None, *, which: Which = Which.OPEN) -> UUID:
    """The lead of this id, or the one of the person with this address.

    Raises `Invalid` unless exactly one of both is given, `NotFound`, and `Conflict` when several persons share
    the address and have such leads. Indexes: contact_point_value, lead_of_person.
    """
    if (lead_id is None) == (email is None):
        raise Invalid(
            "Say which lead: by its id or by its person's e-mail address.",
            fields=[FieldError("lead", "give the lead or the person")],
        )
    if lead_id is not None:
        return lead_id
    tx.require("leads:read")
    found = tx.scalars(
        UUID,
        "SELECT DISTINCT ON (l.person_id) l.id FROM contact_point c"
        " JOIN person p ON p.id = c.person_id JOIN lead l ON l.person_id = coalesce(p.merged_into, p.id)"
        " WHERE c.kind = 'email' AND c.value = %(email)s"
        " AND CASE %(which)s WHEN 'open' THEN l.is_open"
        " WHEN 'closed' THEN l.stage IN ('recycled', 'disqualified') ELSE true END"
        " ORDER BY l.person_id, l.opened_at DESC, l.id DESC",
        email=(email or "").strip().lower(),
        which=which.value,
    )
    if not found:
        kind = "a lead" if which is Which.LAST else f"a lead that is {which}"
        raise NotFound(f"Nobody with the address {email} has {kind}.")
    if len(found) > 1:
        told = ", ".join(map(str, found))
        raise Conflict(f"Several persons share the address {email}. Say which lead is meant: {told}.")
    return found[0]


def person_known(tx: Transaction, person_id: UUID) -> tuple[UUID, UUID | None]:
    """Who stands for this person now (whoever absorbed them), and their account. Raises `NotFound`."""
    found = tx.first(
        _known,
        "SELECT now.id, now.account_id FROM person p JOIN person now ON now.id = coalesce(p.merged_into, p.id)"
        " WHERE p.id = %(id)s",
        id=person_id,
    )
    if found is None:
        raise NotFound(f"There is no person {person_id} here.")
    return found


def person_meant(tx: Transaction, email: str) -> UUID:
    """The person with this address. Raises `NotFound`, and `Conflict` when several share it."""
    tx.require("people:read")
    found = tx.scalars(
        UUID,
        "SELECT DISTINCT coalesce(p.merged_into, p.id) FROM contact_point c JOIN person p ON p.id = c.person_id"
        " WHERE c.kind = 'email' AND c.value = %(email)s",
        email=email.strip().lower(),
    )
    if not found:
        raise NotFound(f"Nobody is known by the address {email}.")
    if len(found) > 1:
        raise Conflict(f"Several persons share the address {email}: {', '.join(map(str, found))}.")
    return found[0]


def _known(id: UUID, account_id: UUID | None) -> tuple[UUID, UUID | None]:  # noqa: A002 # the column's name
    return id, account_id
