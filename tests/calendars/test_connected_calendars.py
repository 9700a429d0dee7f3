"""Calendars elsewhere, on a real CalDAV server: found, read, and in clear words when they refuse."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from calendars.conftest import Connect, Office
from calendars.radicale import PASSWORD, CalendarServer, an_entry
from leads.work_factories import as_user, stored_kinds
from offhook import identity
from offhook.calendar.sources import service
from offhook.calendar.sources.asking import ask, question_to
from offhook.calendar.sources.caldav import CalDav, calendars
from offhook.calendar.sources.fetching import Fetcher
from offhook.calendar.sources.model import ConnectionState, SourceKind
from offhook.calendar.sources.opening import Terms, found_on
from offhook.calendar.sources.source import Changed, Trouble
from offhook.kernel.errors import Conflict, Forbidden, Invalid
from offhook.leads.hand_off.options import hand_off_options

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def busy_of(office: Office, user_id: UUID) -> list[tuple[str, str]]:
    with office.begin() as tx:
        found = identity.busy_times(tx, [user_id], tx.now, tx.now + timedelta(days=90))
    return [(f"{one.starts_at:%m-%d %H:%M}", f"{one.ends_at:%m-%d %H:%M}") for one in found]


def test_what_stands_in_a_calendar_keeps_its_user_busy_with_recurrences_and_exceptions(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    connection, name = connect(office.ae)
    server.put(name, "once", "DTSTART:20260302T130000Z\nDTEND:20260302T140000Z\nSUMMARY:Lunch")
    server.put(
        name,
        "weekly",
        "DTSTART;TZID=Europe/Berlin:20260303T100000\nDTEND;TZID=Europe/Berlin:20260303T110000\n"
        "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Berlin:20260310T100000",
    )
    server.put(name, "free", "DTSTART:20260304T130000Z\nDTEND:20260304T140000Z\nTRANSP:TRANSPARENT")
    server.put(name, "off", "DTSTART:20260304T150000Z\nDTEND:20260304T160000Z\nSTATUS:CANCELLED")
    after = office.read(connection.id)
    assert after.state is ConnectionState.OK
    assert busy_of(office, office.ae.id) == [
        ("03-02 13:00", "03-02 14:00"),
        ("03-03 09:00", "03-03 10:00"),
        ("03-17 09:00", "03-17 10:00"),
    ]


def test_a_calendar_that_did_not_change_is_not_read_again_and_one_that_did_is(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    connection, name = connect(office.ae)
    server.put(name, "once", "DTSTART:20260302T130000Z\nDTEND:20260302T140000Z")
    first = office.read(connection.id)
    with office.begin() as tx:
        told = ask(question_to(tx, office.terms, first, ()), office.terms)
    assert told.spans is None
    server.put(name, "more", "DTSTART:20260305T130000Z\nDTEND:20260305T140000Z")
    office.read(connection.id)
    assert len(busy_of(office, office.ae.id)) == 2


def test_an_ae_who_is_busy_by_their_calendar_is_offered_at_other_times(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    connection, name = connect(office.ae)
    server.put(name, "morning", "DTSTART:20260302T090000Z\nDTEND:20260302T120000Z")
    office.read(connection.id)
    with office.begin(as_user(office.rep)) as tx:
        found = hand_off_options(tx, office.lead.id, start=None, days=1, minutes=30, most=3)
    option = found.items[0]
    assert option.is_in_meeting_now
    assert [f"{slot.starts_at:%H:%M}" for slot in option.next_free] == ["12:00", "12:30", "13:00"]


def test_calendars_are_found_behind_the_address_of_the_server(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    _, name = connect(office.ae)
    server.make_calendar(name, "private")
    with Fetcher(allow_private=True, login=(name, PASSWORD)) as fetcher:
        found = calendars(fetcher, server.address)
    assert {one.name for one in found} == {"Work", "Private"}
    assert {one.collection for one in found} == {f"{server.address}/{name}/{one}/" for one in ("work", "private")}


def test_an_entry_is_written_once_and_never_over_what_somebody_changed(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    _, name = connect(office.ae)
    with Fetcher(allow_private=True, login=(name, PASSWORD)) as fetcher:
        calendar = CalDav(fetcher, f"{server.address}/{name}/work/")
        data = an_entry("x@offhook", "DTSTART:20260302T130000Z\nDTEND:20260302T140000Z").encode()
        etag = calendar.put("x@offhook", data, "")
        assert etag
        with pytest.raises(Changed):
            calendar.put("x@offhook", data, "")
        with pytest.raises(Changed):
            calendar.put("x@offhook", data, '"another"')
        found = calendar.find("x@offhook")
        assert found is not None
        assert found.etag == etag
        calendar.remove("x@offhook")
        calendar.remove("x@offhook")
        assert calendar.find("x@offhook") is None


def test_a_wrong_password_is_said_and_what_was_read_before_holds(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    connection, name = connect(office.ae)
    server.put(name, "once", "DTSTART:20260302T130000Z\nDTEND:20260302T140000Z")
    office.read(connection.id)
    with office.begin(as_user(office.ae)) as tx:
        changed = service.change_connection(tx, office.terms.seal, connection.id, 1, {"password": "wrong"})
    after = office.read(changed.id)
    assert after.state is ConnectionState.REFUSING
    assert "does not take the user name or password" in after.problem
    assert after.sync_at == MONDAY + timedelta(minutes=1)
    assert busy_of(office, office.ae.id) == [("03-02 13:00", "03-02 14:00")]
    with office.begin(as_user(office.ae)) as tx:
        service.change_connection(tx, office.terms.seal, connection.id, changed.version, {"password": PASSWORD})
    assert office.read(connection.id).state is ConnectionState.OK
    with office.begin() as tx:
        kinds = stored_kinds(tx, f"calendar:{connection.id}")
    assert kinds == [
        "calendar.connected",
        "calendar.changed",
        "calendar.refusing",
        "calendar.changed",
        "calendar.recovered",
    ]


def test_a_server_that_is_none_is_told_in_words(office: Office, connect: Connect) -> None:
    connection, _ = connect(office.ae, address="http://127.0.0.1:9/")
    assert "127.0.0.1:9 cannot be reached" in office.read(connection.id).problem


def test_a_feed_is_read_and_its_address_is_kept_as_a_secret(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    _, name = connect(office.ae)
    server.put(name, "once", "DTSTART;VALUE=DATE:20260304\nSUMMARY:Fair")
    feed = f"{server.address.replace('://', f'://{name}:x@')}/{name}/work/"
    with office.begin(as_user(office.rep)) as tx:
        new = service.add_connection(tx, office.terms.seal, kind=SourceKind.ICS, address=feed)
        stored = tx.scalars(
            str, "SELECT address || secret FROM calendar_connection WHERE user_id = %(id)s", id=office.rep.id
        )
    assert not new.takes_meetings
    assert "work" not in stored[0]
    problem = office.read(new.id).problem
    assert problem.endswith("answers 401 instead of the feed.")
    assert name not in problem


def test_private_addresses_and_plain_http_are_refused_unless_the_admin_allows_them(
    office: Office, connect: Connect
) -> None:
    connection, _ = connect(office.ae)
    strict = Terms(office.terms.seal, allow_private=False)
    with office.begin() as tx:
        access = service.access_to(tx, office.terms.seal, connection)
    with pytest.raises(Trouble, match="not reached by https"):
        found_on(access, strict)
    with Fetcher(allow_private=False) as fetcher, pytest.raises(Trouble, match="OFFHOOK_CALENDARS_ALLOW_PRIVATE"):
        fetcher.ask("GET", "https://127.0.0.1/", {})


def test_a_calendar_is_its_users_and_one_alone_takes_meetings(office: Office, connect: Connect) -> None:
    connection, name = connect(office.ae)
    assert connection.takes_meetings
    with office.begin(as_user(office.rep)) as tx, pytest.raises(Forbidden):
        service.remove_connection(tx, connection.id, 1)
    second, _ = connect(office.ae)
    assert not second.takes_meetings
    with office.begin(as_user(office.ae)) as tx, pytest.raises(Conflict):
        service.change_connection(tx, office.terms.seal, second.id, 1, {"takes_meetings": True})
    with office.begin(as_user(office.ae)) as tx, pytest.raises(Invalid):
        service.add_connection(
            tx, office.terms.seal, kind=SourceKind.CALDAV, address="ftp://x", username=name, password=PASSWORD
        )


def test_a_calendar_that_is_removed_keeps_nobody_busy(
    office: Office, connect: Connect, server: CalendarServer
) -> None:
    connection, name = connect(office.ae)
    server.put(name, "once", "DTSTART:20260302T130000Z\nDTEND:20260302T140000Z")
    office.read(connection.id)
    with office.begin(as_user(office.ae)) as tx:
        service.remove_connection(tx, connection.id, 1)
    assert busy_of(office, office.ae.id) == []
