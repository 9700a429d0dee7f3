"""May we mail? What speaks against it, and the list of addresses that must not be mailed."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Begin
from identity.factories import a_user
from leads.factories import a_desk, respond
from offhook import leads, people
from offhook.compliance.mailing import (
    MailRefused,
    Suppressed,
    SuppressedBecause,
    may_mail,
    permit_mail,
    suppress,
    unsuppress,
)
from offhook.compliance.mailing.model import MailKnown
from offhook.compliance.mailing.policy import judge_mail
from offhook.identity import Role, actor_of
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Forbidden, Invalid, StaleVersion

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def listed(because: SuppressedBecause = SuppressedBecause.BY_HAND) -> Suppressed:
    """An address on the list."""
    return Suppressed("ada@engines.example", because, "asked", NOW, "system", 1)


def somebody(tx: Transaction, address: str) -> UUID:
    """A person with this address."""
    return leads.load_lead(tx, respond(tx, a_desk(tx).campaign, email=address).lead_id).person_id


@given(
    address=st.sampled_from([None, "ada@engines.example", "zoë@engines.example"]),
    wish=st.booleans(),
    suppressed=st.none() | st.sampled_from(SuppressedBecause).map(listed),
)
def test_a_mail_is_allowed_only_if_nothing_speaks_against_it(
    address: str | None, wish: bool, suppressed: Suppressed | None
) -> None:
    verdict = judge_mail(MailKnown(address, wish, suppressed))

    assert verdict.is_allowed == (address == "ada@engines.example" and not wish and suppressed is None)
    assert all(one.why and one.source and not one.yields for one in verdict.refusals)
    codes = {one.code for one in verdict.refusals}
    if address is not None:
        assert ("do-not-email" in codes) == wish
        assert ("suppressed" in codes) == (suppressed is not None)


def test_a_wish_and_a_listed_address_are_both_told(begin: Begin) -> None:
    with begin() as tx:
        person_id = somebody(tx, "ada@engines.example")
        assert permit_mail(tx, person_id) == "ada@engines.example"
        suppress(tx, "Ada@Engines.example", "came back", SuppressedBecause.BOUNCED)
        person = people.person(tx, person_id)
        people.change_person(tx, person_id, person.version, {"do_not_email": True})

        assert [one.code for one in may_mail(tx, person_id).refusals] == ["do-not-email", "suppressed"]
        with pytest.raises(MailRefused) as refused:
            permit_mail(tx, person_id)
    assert (refused.value.code, refused.value.status) == ("mail-refused-do-not-email", 403)
    assert "came back" in str(refused.value)


def test_an_address_that_is_not_the_persons_is_refused(begin: Begin) -> None:
    with begin() as tx:
        person_id = somebody(tx, "bob@engines.example")
        with pytest.raises(Invalid, match="is not this person's"):
            permit_mail(tx, person_id, "somebody@engines.example")


def test_reps_put_addresses_on_the_list_and_managers_take_them_off_with_a_reason(begin: Begin) -> None:
    with begin() as tx:
        rep, manager = actor_of(a_user(tx)), actor_of(a_user(tx, Role.MANAGER))
    with begin(rep) as tx:
        added = suppress(tx, "eve@engines.example", "asked")
        assert suppress(tx, "eve@engines.example", "asked again").reason == "asked"
        with pytest.raises(Forbidden):
            unsuppress(tx, "eve@engines.example", added.version, "asked to be written to")
    with begin(manager) as tx:
        with pytest.raises(StaleVersion):
            unsuppress(tx, "eve@engines.example", added.version + 1, "asked to be written to")
        with pytest.raises(Invalid):
            unsuppress(tx, "eve@engines.example", added.version, " ")
        unsuppress(tx, "eve@engines.example", added.version, "asked to be written to")
