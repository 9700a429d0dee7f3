"""Booking pages as visitors use them: choose, book, move, call off; and what keeps out who should not."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from calendars.conftest import Office
from identity.factories import a_team, a_user
from leads.work_factories import a_rep, as_user
from offhook import identity, leads, people
from offhook.calendar.meetings import store as meeting_store
from offhook.calendar.meetings.model import Meeting, MeetingState
from offhook.calendar.pages import offering, public, showing
from offhook.calendar.pages.model import BookingPage, Host
from offhook.calendar.pages.service import add_page, change_page
from offhook.calendar.pages.words import WORDS, language_of
from offhook.identity import Role, User
from offhook.kernel.clock import SetClock
from offhook.kernel.errors import Conflict, Forbidden, Invalid

TUESDAY = datetime(2026, 3, 3, 10, tzinfo=UTC)
ASKED = {"zone": "UTC", "lang": "en"}
NewPage = Callable[..., BookingPage]


@pytest.fixture
def new_page(office: Office) -> NewPage:
    """Makes a booking page: of the rep, or of a pool."""

    def make(hosts: list[User] | None = None, **told: object) -> BookingPage:
        with office.begin() as tx:
            campaign = leads.add_campaign(tx, f"Booked {tx.now} {told.get('slug', '')}")
            given: dict[str, object] = {"slug": "intro", "title": "Intro", "campaign_id": campaign.id} | told
            listed = [Host(one.id) for one in hosts or [office.rep]]
            return add_page(tx, hosts=listed, is_pool=len(listed) > 1, **given)  # pyright: ignore[reportArgumentType] # by name

    return make


@pytest.fixture
def visitor(app: FastAPI, office: Office, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A browser, from an address of its own."""
    monkeypatch.setattr(public, "limiter", showing.Limiter(1000, timedelta(minutes=1)))
    return TestClient(app, follow_redirects=False)


def address(office: Office, slug: str = "intro") -> str:
    with office.begin() as tx:
        return f"/book/{identity.organisation(tx).slug}/{slug}"


def hidden_of(text: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text)
    return {name: unescape(value) for name, value in found}


def fill(visitor: TestClient, office: Office, clock: SetClock, **told: str) -> dict[str, str]:
    """The form of a time, filled in."""
    shown = visitor.get(address(office), params={**ASKED, "at": told.pop("at", "2026-03-03T10:00Z")})
    assert shown.status_code == 200, shown.text
    clock.advance(timedelta(seconds=20))
    written = {"name": "Grace Hopper", "email": "grace@navy.example", "company": "Navy", "note": "Compilers"}
    return {**hidden_of(shown.text), **written, **told}


def meetings(office: Office) -> list[Meeting]:
    with office.begin() as tx:
        return meeting_store.page(
            tx, host_id=None, lead_id=None, person_id=None, states=None, since=None, after=None, limit=100
        )


def test_a_visitor_books_a_time_and_becomes_a_lead_of_the_host(
    office: Office, new_page: NewPage, visitor: TestClient, clock: SetClock
) -> None:
    page = new_page(location="https://meet.example/room")
    times = visitor.get(address(office), params=ASKED)
    assert "Tuesday, 3 March 2026" in times.text
    assert "at=2026-03-03T10%3A00Z" in times.text
    answer = visitor.post(address(office), data=fill(visitor, office, clock))
    assert answer.status_code == 303
    own = visitor.get(answer.headers["location"])
    assert "It is booked" in own.text
    assert "Tuesday, 3 March 2026, 10:00–10:30" in own.text
    (meeting,) = meetings(office)
    assert (meeting.starts_at, meeting.host_id, meeting.page_id) == (TUESDAY, office.rep.id, page.id)
    assert (meeting.address, meeting.note) == ("grace@navy.example", "Compilers")
    with office.begin() as tx:
        assert people.person(tx, meeting.person_id).company_name == "Navy"
        assert meeting.lead_id is not None
        lead = leads.load_lead(tx, meeting.lead_id)
        assert (lead.owner_id, lead.campaign_id) == (office.rep.id, page.campaign_id)


def test_a_time_that_was_taken_meanwhile_is_told_and_others_are_offered(
    office: Office, new_page: NewPage, visitor: TestClient, clock: SetClock
) -> None:
    new_page()
    first, second = fill(visitor, office, clock), fill(visitor, office, clock, email="b@navy.example")
    assert visitor.post(address(office), data=first).status_code == 303
    answer = visitor.post(address(office), data=second)
    assert answer.status_code == 409
    assert "That time was taken" in answer.text
    assert "at=2026-03-03T10%3A30Z" in answer.text
    assert "at=2026-03-03T10%3A00Z" not in answer.text
    assert len(meetings(office)) == 1


def test_of_twenty_visitors_at_once_one_gets_the_time_and_a_pool_of_two_gives_it_twice(
    office: Office, new_page: NewPage
) -> None:
    with office.begin() as tx:
        other = a_rep(tx)
    page = new_page([office.rep, other])

    def try_it(number: int) -> UUID | None:
        visitor = offering.Visitor(
            f"Visitor {number}", f"v{number}@x{number}.example", "", "", "UTC", "en", False, {}
        )
        try:
            with office.database.transaction(office.organisation, offering.VISITOR) as tx:
                return offering.book_time(tx, page, TUESDAY, visitor).host_id
        except Conflict:
            return None

    with ThreadPoolExecutor(20) as pool:
        got = [one for one in pool.map(try_it, range(20)) if one]
    assert sorted(got) == sorted([office.rep.id, other.id])


def test_a_pool_takes_turns_and_who_is_known_gets_whom_they_know(office: Office, new_page: NewPage) -> None:
    with office.begin() as tx:
        other = a_rep(tx)
    page = new_page([office.rep, other], slug="pool")

    def hosts(email: str, hour: int) -> UUID:
        visitor = offering.Visitor("Some Body", email, "", "", "UTC", "en", False, {})
        with office.database.transaction(office.organisation, offering.VISITOR) as tx:
            return offering.book_time(tx, page, TUESDAY + timedelta(hours=hour), visitor).host_id

    got = [hosts(f"a{n}@b{n}.example", n) for n in range(4)]
    assert {got.count(one) for one in (office.rep.id, other.id)} == {2}
    known = [hosts(office.address, 4), hosts(office.address, 5)]
    assert known == [office.rep.id, office.rep.id]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"name": ""}, "name"),
        ({"email": "nobody"}, "E-mail"),
        ({"note": "x" * 2001}, "note"),
        ({"shown": "forged"}, "not opened here"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    office: Office, new_page: NewPage, visitor: TestClient, clock: SetClock, told: dict[str, str], words: str
) -> None:
    new_page()
    answer = visitor.post(address(office), data=fill(visitor, office, clock, **told))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert words in answer.text
    assert "Navy" in answer.text
    assert meetings(office) == []


def test_a_robot_books_nothing_and_consent_is_asked_for_where_the_page_does(
    office: Office, new_page: NewPage, visitor: TestClient, clock: SetClock
) -> None:
    new_page(consent_wording="You may contact me.")
    filled = fill(visitor, office, clock)
    assert visitor.post(address(office), data={**filled, "homepage_url": "x"}).status_code == 200
    assert visitor.post(address(office), data=filled).status_code == 422
    assert meetings(office) == []
    assert visitor.post(address(office), data={**filled, "consent": "yes"}).status_code == 303
    with office.begin() as tx:
        (kept,) = people.consents_of(tx, [meetings(office)[0].person_id])
    assert kept.wording == "You may contact me."


def test_nothing_that_a_visitor_writes_or_asks_runs_on_the_page(
    office: Office, new_page: NewPage, visitor: TestClient, clock: SetClock
) -> None:
    new_page(title="<b>Intro</b>", welcome="<script>1</script>")
    evil = '"><script>alert(1)</script>'
    asked = visitor.get(address(office), params={"zone": evil, "lang": evil, "day": evil, "at": evil})
    told = visitor.post(address(office), data=fill(visitor, office, clock, name=evil, email=evil, note=evil))
    for answer in (asked, told):
        assert evil not in answer.text
        assert "<b>Intro" not in answer.text
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_too_many_bookings_from_one_address_are_slowed_down(
    app: FastAPI, office: Office, new_page: NewPage, clock: SetClock
) -> None:
    new_page()
    visitor = TestClient(app, follow_redirects=False)
    statuses = [
        visitor.post(address(office), data=fill(visitor, office, clock, email="nobody")).status_code
        for _ in range(12)
    ]
    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_pages_speak_the_visitors_language_and_clock(
    office: Office, new_page: NewPage, visitor: TestClient
) -> None:
    new_page()
    shown = visitor.get(
        address(office), params={"zone": "Asia/Kathmandu"}, headers={"accept-language": "es-MX,en;q=0.5"}
    )
    assert '<html lang="es">' in shown.text
    assert "Elija" not in shown.text or "martes" in shown.text
    assert ">14:45<" in shown.text  # 09:00 UTC
    assert WORDS["en"].keys() == WORDS["es"].keys()
    assert language_of("xx", "fr, es;q=0.3") == "es"


def test_an_unknown_page_and_a_closed_one_look_alike(
    office: Office, new_page: NewPage, visitor: TestClient
) -> None:
    page = new_page()
    with office.begin() as tx:
        change_page(tx, page.id, 1, {"is_active": False})
    closed = visitor.get(address(office))
    unknown = visitor.get(address(office, "no-such-page"))
    nowhere = visitor.get("/book/no-such-organisation/intro")
    assert [one.status_code for one in (closed, unknown, nowhere)] == [404, 404, 404]
    assert visitor.get("/m/nonsense").status_code == 404


# The visitor's own meeting


def booked(visitor: TestClient, office: Office, clock: SetClock) -> str:
    """The path of a meeting that a visitor has booked."""
    answer = visitor.post(address(office), data=fill(visitor, office, clock))
    return answer.headers["location"].partition("?")[0]


def test_the_person_moves_their_meeting_to_a_time_that_is_offered_and_to_no_other(
    office: Office, new_page: NewPage, visitor: TestClient, clock: SetClock
) -> None:
    new_page()
    own = booked(visitor, office, clock)
    assert 'value="2026-03-03T11:00Z"' in visitor.get(own, params={"day": "2026-03-03"}).text
    assert visitor.post(own, data={"at": "2026-03-03T03:00Z"}).status_code == 409
    assert visitor.post(own, data={"at": "2026-03-03T11:00Z"}).status_code == 303
    (meeting,) = meetings(office)
    assert (meeting.starts_at, meeting.sequence) == (TUESDAY + timedelta(hours=1), 1)


def test_the_person_calls_their_meeting_off_once_and_may_book_again(
    office: Office, new_page: NewPage, visitor: TestClient, clock: SetClock
) -> None:
    new_page()
    own = booked(visitor, office, clock)
    assert visitor.post(own, data={"do": "call_off", "because": "Ill"}).status_code == 303
    assert visitor.post(own, data={"do": "call_off"}).status_code == 409
    shown = visitor.get(own).text
    assert "called off" in shown
    assert address(office) in shown
    (meeting,) = meetings(office)
    assert (meeting.state, meeting.because) == (MeetingState.CANCELLED, "Ill")
    again = visitor.post(address(office), data=fill(visitor, office, clock))
    assert again.status_code == 303  # the time is free again


def test_the_meeting_can_be_kept_as_a_file(
    office: Office, new_page: NewPage, visitor: TestClient, clock: SetClock
) -> None:
    new_page()
    own = booked(visitor, office, clock)
    answer = visitor.get(f"{own}/meeting.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "METHOD:PUBLISH\r\n" in answer.text
    assert "DTSTART:20260303T100000Z\r\n" in answer.text


# Whose page


def test_ones_own_page_is_ones_own_and_a_pool_is_for_who_assigns_leads(office: Office, new_page: NewPage) -> None:
    page = new_page()
    with office.begin() as tx:
        campaign, ae = leads.add_campaign(tx, "Pool"), a_user(tx, Role.AE, team_id=a_team(tx).id)
    with office.begin(as_user(ae)) as tx, pytest.raises(Forbidden):
        change_page(tx, page.id, 1, {"title": "Mine"})
    with office.begin(as_user(office.rep)) as tx:
        assert change_page(tx, page.id, 1, {"title": "Mine", "minutes": 45}).version == 2
        with pytest.raises(Forbidden):
            add_page(tx, slug="pool", title="Pool", campaign_id=campaign.id, hosts=[Host(ae.id)], is_pool=True)
    with office.begin(as_user(office.rep)) as tx, pytest.raises(Conflict, match="intro"):
        add_page(tx, slug="intro", title="Twice", campaign_id=campaign.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "A b"),
        ("slug", "-x"),
        ("minutes", 4),
        ("daily_limit", 0),
        ("title", " "),
        ("reminder_minutes", (1,)),
    ],
)
def test_a_page_that_does_not_do_names_the_field(
    office: Office, new_page: NewPage, field: str, value: object
) -> None:
    page = new_page()
    with office.begin(as_user(office.rep)) as tx, pytest.raises(Invalid) as wrong:
        change_page(tx, page.id, 1, {field: value})
    assert [one.field for one in wrong.value.fields] == [field]
