"""The live feed as screens use it: subscriptions, order, catching up, floods, and who is refused."""

from collections.abc import Generator
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from conftest import Begin
from identity.factories import a_team, a_token, a_user
from offhook import identity
from offhook.identity import Role
from offhook.identity.sessions.cookie import NAME
from offhook.kernel.database import Database
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.web import live
from web.conftest import SignIn

ADDRESS = "/api/v1/live"
PASSWORD = "correct horse battery"  # noqa: S105 # of nobody


@pytest.fixture
def rep(sign_in: SignIn) -> Generator[TestClient]:
    """A rep's client, whose sockets share one event loop."""
    with sign_in(Role.REP) as client:
        yield client


def happen(begin: Begin, *kinds: str, about: str | None = None) -> None:
    """Something happens, in one transaction."""
    with begin() as tx:
        for kind in kinds:
            tx.append(Event(kind, about or subject("lead", new_id())))


def subscribe(socket: WebSocketTestSession, *topics: str, after: int | None = None) -> int:
    """Subscribe; the position at which it holds."""
    socket.send_json({"type": "subscribe", "topics": list(topics), "after": after})
    ready = next_of(socket, "ready")
    return int(ready["position"])


def next_of(socket: WebSocketTestSession, kind: str) -> dict[str, object]:
    """The next message of this type; pings may come between."""
    while (message := socket.receive_json())["type"] == "ping":
        pass
    assert message["type"] == kind, message
    return message


def kinds_of(message: dict[str, object]) -> list[str]:
    """The kinds of the events told."""
    return [event["kind"] for event in message["events"]]  # type: ignore[attr-defined] # a list


def test_what_happens_is_told_as_it_happens_in_order(rep: TestClient, begin: Begin) -> None:
    with rep.websocket_connect(ADDRESS) as socket:
        position = subscribe(socket, "*")
        happen(begin, "lead.opened", "lead.assigned", "activity.logged")
        told = next_of(socket, "events")
        assert kinds_of(told) == ["lead.opened", "lead.assigned", "activity.logged"]
        assert position < told["events"][0]["position"] <= told["position"]  # type: ignore[index] # a list


@pytest.mark.parametrize("topic", ["lead.assigned", "lead.*", "*"])
def test_a_topic_is_a_kind_a_family_or_everything(rep: TestClient, begin: Begin, topic: str) -> None:
    with rep.websocket_connect(ADDRESS) as socket:
        subscribe(socket, topic)
        happen(begin, "lead.assigned")
        assert kinds_of(next_of(socket, "events")) == ["lead.assigned"]


def test_a_subject_is_a_topic_and_nothing_else_is_told(rep: TestClient, begin: Begin) -> None:
    mine = subject("lead", new_id())
    with rep.websocket_connect(ADDRESS) as socket:
        subscribe(socket, mine)
        happen(begin, "lead.assigned", "goal.set")
        happen(begin, "lead.attempted", about=mine)
        told = next_of(socket, "events")
        assert [(event["kind"], event["subject"]) for event in told["events"]] == [("lead.attempted", mine)]  # type: ignore[attr-defined] # a list


def test_who_comes_back_is_told_what_they_missed(rep: TestClient, begin: Begin) -> None:
    with rep.websocket_connect(ADDRESS) as socket:
        seen = subscribe(socket, "lead.*")
    happen(begin, "lead.opened")
    happen(begin, "goal.set", "lead.assigned")
    with rep.websocket_connect(ADDRESS) as socket:
        assert subscribe(socket, "lead.*", after=seen) == seen
        assert kinds_of(next_of(socket, "events")) == ["lead.opened", "lead.assigned"]
        happen(begin, "lead.confirmed")
        assert kinds_of(next_of(socket, "events")) == ["lead.confirmed"]


def test_after_a_flood_a_screen_reads_again_and_goes_on(rep: TestClient, begin: Begin) -> None:
    with rep.websocket_connect(ADDRESS) as socket:
        seen = subscribe(socket, "*")
    happen(begin, *["lead.opened"] * (live.MOST_EVENTS + 1))
    with rep.websocket_connect(ADDRESS) as far, rep.websocket_connect(ADDRESS) as near:
        subscribe(near, "*")
        subscribe(far, "*", after=seen)
        reset = next_of(far, "reset")
        assert int(str(reset["position"])) > seen + live.MOST_EVENTS
        happen(begin, "lead.confirmed")
        assert kinds_of(next_of(far, "events")) == ["lead.confirmed"]
        assert kinds_of(next_of(near, "events")) == ["lead.confirmed"]


def test_two_at_once_are_told_the_same_and_other_organisations_nothing(
    rep: TestClient, app: FastAPI, begin: Begin, database: Database
) -> None:
    _, _, foreign = identity.found_with_admin(
        database, name="Other", slug=f"o{str(new_id())[-12:]}", admin_email="a@other.example", admin_name="A"
    )
    stranger = TestClient(app, headers={"authorization": f"Bearer {foreign}"})
    with (
        rep.websocket_connect(ADDRESS) as one,
        rep.websocket_connect(ADDRESS) as two,
        stranger.websocket_connect(ADDRESS) as outside,
    ):
        for socket in (outside, one, two):
            subscribe(socket, "*")
        happen(begin, "lead.opened")
        assert kinds_of(next_of(one, "events")) == kinds_of(next_of(two, "events")) == ["lead.opened"]
        assert stranger.post("/api/v1/teams", json={"name": "Theirs"}).status_code == 201
        assert kinds_of(next_of(outside, "events")) == ["team.added"]


def test_a_slow_subscriber_is_told_to_read_again(begin: Begin) -> None:
    import asyncio

    async def fill() -> live.Subscriber:
        one = live.Subscriber(UUID(int=1), asyncio.get_running_loop(), position=7)
        for _ in range(live.MOST_WAITING + 1):
            one.tell({"type": "events"})
        await asyncio.sleep(0)
        return one

    one = asyncio.run(fill())
    assert one.waiting.qsize() == 1
    assert one.waiting.get_nowait() == {"type": "reset", "position": 7}


def test_nobody_is_told_anything_without_signing_in(app: FastAPI, database: Database) -> None:
    with TestClient(app).websocket_connect(ADDRESS) as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    assert closed.value.code == live.REFUSED


def test_a_token_without_the_permission_is_told_nothing(sign_in: SignIn) -> None:
    narrow = sign_in(Role.REP, "leads:read")
    with narrow.websocket_connect(ADDRESS) as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    assert (closed.value.code, closed.value.reason) == (live.REFUSED, "forbidden")


def test_another_sites_page_cannot_listen_with_the_browsers_cookie(app: FastAPI, begin: Begin) -> None:
    with begin() as tx:
        ann = a_user(tx, email=f"{new_id()}@acme.example")
        identity.set_password(tx, ann.id, PASSWORD)
    client = TestClient(app, headers={"sec-fetch-site": "same-origin"})
    client.post("/api/v1/sessions", json={"email": ann.email, "password": PASSWORD})
    cookie = {"cookie": f"{NAME}={client.cookies[NAME]}"}
    with client.websocket_connect(ADDRESS, headers=cookie | {"origin": "http://testserver"}) as socket:
        subscribe(socket, "*")
    evil = client.websocket_connect(ADDRESS, headers=cookie | {"origin": "https://evil.example"})
    with evil as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    assert (closed.value.code, closed.value.reason) == (live.REFUSED, "cross-site")


def test_who_is_signed_out_is_told_nothing_more(
    app: FastAPI, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PING_SECONDS", 0.05)
    with begin() as tx:
        text = a_token(tx, a_user(tx))
    client = TestClient(app, headers={"authorization": f"Bearer {text}"})
    with client.websocket_connect(ADDRESS) as socket:
        subscribe(socket, "goal.*")
        with begin() as tx:
            for token in identity.tokens(tx, None, 10):
                identity.revoke_token(tx, token.id)
        with pytest.raises(WebSocketDisconnect) as closed:
            next_of(socket, "what never comes")
    assert closed.value.code == live.REFUSED


@pytest.mark.parametrize("said", ["", "[]", '{"type": "subscribe"}', '{"type": "subscribe", "topics": []}', "\0"])
def test_what_is_not_understood_closes_the_link_with_a_reason(rep: TestClient, said: str) -> None:
    with rep.websocket_connect(ADDRESS) as socket:
        socket.send_text(said)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == live.MISUNDERSTOOD
    assert "subscribe" in closed.value.reason


def test_the_feed_rests_once_nobody_listens(rep: TestClient, app: FastAPI, begin: Begin) -> None:
    with rep.websocket_connect(ADDRESS) as socket:
        subscribe(socket, "*")
    with begin() as tx:
        a_team(tx)
    assert app.state.live._thread is None
