"""Organisation, users, teams, absences and business hours."""

from datetime import date, time, timedelta
from uuid import UUID

import pytest

from conftest import Begin
from identity.factories import a_team, a_user
from offhook import identity
from offhook.identity import BusinessHours, Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.ids import new_id


def told(tx: Transaction) -> list[str]:
    """The kinds of the events that this transaction appended."""
    return [event.kind for event in tx.events]


def test_founding_gives_an_organisation_its_hours_and_its_first_admin(database: Database) -> None:
    slug = f"acme-{new_id().hex[-8:]}"
    founded, admin, text = identity.found_with_admin(
        database, name="Acme", slug=slug, time_zone="Europe/Berlin", region="de",
        admin_email="Ada@Acme.Example", admin_name="Ada",
    )  # fmt: skip
    with database.transaction(founded.id, SYSTEM) as tx:
        assert identity.organisation(tx).region == "DE"
        assert identity.business_hours(tx)[None].time_zone == "Europe/Berlin"
        assert identity.user_by_email(tx, "ADA@acme.example").id == admin.id
        assert admin.role is Role.ADMIN
        assert identity.read_authorization(f"Bearer {text}").check(tx).id == admin.id
        kinds = [event.kind for event in identity.events_page(tx, limit=9)]
        assert kinds == ["organisation.founded", "user.added", "token.issued"]


def test_a_short_name_is_taken_once_and_a_failed_founding_leaves_nothing(database: Database) -> None:
    slug = f"acme-{new_id().hex[-8:]}"
    identity.found_organisation(database, name="Acme", slug=slug)
    with pytest.raises(Conflict, match="taken"):
        identity.found_organisation(database, name="Other", slug=slug)
    before = len(database.organisations())
    with pytest.raises(Invalid, match="e-mail"):
        identity.found_with_admin(
            database, name="Third", slug=f"{slug}-3", admin_email="nobody", admin_name="Nobody"
        )
    assert len(database.organisations()) == before


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"time_zone": "Mars/Olympus"}, "time zone"),
        ({"region": "XX"}, "region"),
        ({"slug": "-no-"}, "slug"),
        ({"name": "  "}, "name"),
    ],
)
def test_an_organisation_with_wrong_values_is_not_founded(
    database: Database, values: dict[str, str], reason: str
) -> None:
    right = {"name": "Acme", "slug": f"acme-{new_id().hex[-8:]}", "time_zone": "UTC", "region": "US"}
    with pytest.raises(Invalid, match=reason):
        identity.found_organisation(database, **right | values)


def test_a_user_takes_the_zone_of_the_team_unless_given(begin: Begin) -> None:
    with begin() as tx:
        team = a_team(tx, time_zone="Asia/Tokyo")
        assert a_user(tx, team_id=team.id).time_zone == "Asia/Tokyo"
        assert a_user(tx).time_zone == "UTC"
        assert told(tx) == ["team.added", "user.added", "user.added"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"email": "no address"}, "email"),
        ({"name": ""}, "name"),
        ({"role": "boss"}, "role"),
        ({"routing_weight": -1}, "routing_weight"),
        ({"capacity": -1}, "capacity"),
        ({"time_zone": "Nowhere"}, "time zone"),
        ({"version": 7}, "version"),
    ],
)
def test_a_wrong_change_of_a_user_is_refused_by_name(
    begin: Begin, changes: dict[str, object], reason: str
) -> None:
    with begin() as tx:
        user = a_user(tx)
        with pytest.raises(Invalid, match=reason):
            identity.change_user(tx, user.id, user.version, changes)


def test_one_address_belongs_to_one_user(begin: Begin) -> None:
    with begin() as tx:
        a_user(tx, email="ada@acme.example")
    with pytest.raises(Conflict, match="here already"), begin() as tx:
        a_user(tx, email="ADA@acme.example")


def test_a_change_of_an_old_version_is_refused(begin: Begin) -> None:
    with begin() as tx:
        user = a_user(tx)
        changed = identity.change_user(tx, user.id, 1, {"name": "Grace", "capacity": 5})
        assert (changed.name, changed.capacity, changed.version) == ("Grace", 5, 2)
        assert identity.user(tx, user.id) == changed
        assert tx.events[-1].data["fields"] == ["name", "capacity"]
        with pytest.raises(StaleVersion):
            identity.change_user(tx, user.id, 1, {"name": "Late"})


def test_the_last_admin_cannot_be_dismissed(begin: Begin) -> None:
    with begin() as tx:
        only = a_user(tx, Role.ADMIN)
        for changes in ({"is_active": False}, {"role": "rep"}):
            with pytest.raises(Conflict, match="only active admin"):
                identity.change_user(tx, only.id, 1, changes)
        a_user(tx, Role.ADMIN)
        assert not identity.change_user(tx, only.id, 1, {"is_active": False}).is_active


def test_teams_are_changed_and_found_by_name(begin: Begin) -> None:
    with begin() as tx:
        team, boss = a_team(tx, "West Coast"), a_user(tx, Role.MANAGER)
        changes = {"manager_id": boss.id, "minimum_talk_seconds": 45, "sal_counts_at": "acceptance"}
        changed = identity.change_team(tx, team.id, team.version, changes)
        assert identity.team_by_name(tx, "west coast") == changed
        assert changed.manager_id == boss.id
        with pytest.raises(NotFound):
            identity.team_by_name(tx, "East")
        with pytest.raises(NotFound):
            identity.change_team(tx, team.id, changed.version, {"manager_id": new_id()})
        with pytest.raises(Invalid, match="engaged_people"):
            identity.change_team(tx, team.id, changed.version, {"engaged_people": 0})


def test_who_is_away_is_away_from_the_start_until_before_the_end(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        user, other = a_user(tx), a_user(tx)
        absence = identity.add_absence(tx, user.id, tx.now, tx.now + timedelta(hours=8), "dentist")
        assert identity.absent_users(tx, tx.now) == {user.id}
        assert identity.absent_users(tx, absence.ends_at) == set()
        assert identity.absences(tx, [user.id, other.id], tx.now) == [absence]
        identity.remove_absence(tx, absence.id)
        assert identity.absent_users(tx, tx.now) == set()
        with pytest.raises(Invalid, match="ends_at"):
            identity.add_absence(tx, user.id, tx.now, tx.now)
        with pytest.raises(NotFound):
            identity.remove_absence(tx, absence.id)


def test_a_rep_notes_their_own_absence_and_a_manager_everybodys(begin: Begin) -> None:
    with begin() as tx:
        rep, other, manager = a_user(tx), a_user(tx), a_user(tx, Role.MANAGER)
        soon = tx.now + timedelta(days=1)
    with begin(identity.actor_of(rep)) as tx:
        identity.add_absence(tx, rep.id, tx.now, soon)
        with pytest.raises(Forbidden):
            identity.add_absence(tx, other.id, tx.now, soon)
    with begin(identity.actor_of(manager)) as tx:
        identity.add_absence(tx, other.id, tx.now, soon)


def test_a_team_goes_by_the_organisations_hours_until_it_has_its_own(begin: Begin) -> None:
    tokyo = BusinessHours("Asia/Tokyo", (((time(10), time(0)),),) * 7, frozenset({date(2026, 5, 1)}))
    with begin() as tx:
        team = a_team(tx)
        assert identity.business_hours_of(tx, team.id)[1] == 0
        assert identity.set_business_hours(tx, team.id, tokyo, 0) == 1
        assert identity.business_hours_of(tx, team.id) == (tokyo, 1)
        assert identity.business_hours(tx)[team.id] == tokyo
        assert identity.business_hours(tx)[None].time_zone == "UTC"
        for stale in (0, 7):
            with pytest.raises(StaleVersion):
                identity.set_business_hours(tx, team.id, tokyo, stale)
        with pytest.raises(StaleVersion):
            identity.drop_business_hours(tx, team.id, 7)
        identity.drop_business_hours(tx, team.id, 1)
        assert identity.business_hours_of(tx, team.id)[1] == 0
        assert identity.business_hours_of(tx, team.id)[0].time_zone == "UTC"
        with pytest.raises(Conflict, match="already"):
            identity.drop_business_hours(tx, team.id, 0)


@pytest.mark.parametrize("role", [Role.REP, Role.AE, Role.DEMAND_GENERATION, Role.MANAGER])
def test_only_admins_change_people_and_settings(begin: Begin, role: Role) -> None:
    with begin() as tx:
        somebody, team = a_user(tx, role), a_team(tx)
        hours, version = identity.business_hours_of(tx, None)
    with begin(identity.actor_of(somebody)) as tx:
        for forbidden in (
            lambda: a_user(tx),
            lambda: a_team(tx),
            lambda: identity.change_user(tx, somebody.id, 1, {"role": "admin"}),
            lambda: identity.set_password(tx, somebody.id, "correct horse battery"),
            lambda: identity.change_organisation(tx, 1, {"name": "Mine"}),
            lambda: identity.set_business_hours(tx, None, hours, version),
            lambda: identity.drop_business_hours(tx, team.id, 1),
        ):
            with pytest.raises(Forbidden):
                forbidden()


def test_a_password_is_kept_as_argon2id_and_only_the_right_one_opens(begin: Begin) -> None:
    with begin() as tx:
        user = a_user(tx, email="ada@acme.example")
        assert not identity.is_password(tx, "ada@acme.example", "")
        with pytest.raises(Invalid, match="12"):
            identity.set_password(tx, user.id, "short")
        identity.set_password(tx, user.id, "correct horse battery")
        assert identity.is_password(tx, "Ada@acme.example", "correct horse battery")
        assert not identity.is_password(tx, "ada@acme.example", "correct horse batterz")
        assert not identity.is_password(tx, "nobody@acme.example", "correct horse battery")
        kept = tx.scalar(str, "SELECT password_hash FROM app_user WHERE id = %(id)s", id=user.id)
        assert kept is not None
        assert kept.startswith("$argon2id$")
        assert "horse" not in str(tx.events)


def test_the_organisation_is_renamed_once_per_version(begin: Begin, organisation: UUID) -> None:
    with begin() as tx:
        assert identity.change_organisation(tx, 1, {"name": " New  Name "}).name == "New Name"
        with pytest.raises(StaleVersion):
            identity.change_organisation(tx, 1, {"region": "DE"})
        assert tx.events[-1].subject == f"organisation:{organisation}"
