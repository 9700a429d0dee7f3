"""The two control protocols against servers that lose, repeat, refuse and fall silent."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from offhook.voice.media import bencode, rtpengine
from offhook.voice.media.engine import MediaUnavailable
from offhook.voice.media.janus import HandleEvent, JanusClient
from offhook.voice.media.janus import Refused as JanusRefused
from offhook.voice.media.rtpengine import RtpengineClient

pytestmark = pytest.mark.anyio


class Relay(asyncio.DatagramProtocol):
    """Answers by `answer`; None loses the request."""

    def __init__(self, answer: Callable[[int, dict[str, object]], bytes | None]) -> None:
        self.answer = answer
        self.cookies: list[bytes] = []
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        cookie, _, body = data.partition(b" ")
        self.cookies.append(cookie)
        asked = bencode.decoded(body)
        assert isinstance(asked, dict)
        answer = self.answer(len(self.cookies), asked)
        if answer is not None and self.transport:
            self.transport.sendto(cookie + b" " + answer, addr)


@asynccontextmanager
async def relay(
    answer: Callable[[int, dict[str, object]], bytes | None],
) -> AsyncGenerator[tuple[Relay, RtpengineClient]]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: Relay(answer), local_addr=("127.0.0.1", 0))
    client = RtpengineClient("127.0.0.1", transport.get_extra_info("sockname")[1])
    await client.open()
    yield server, client
    client.close()
    transport.close()


OK = bencode.encoded({"result": "ok", "sdp": "v=0"})


async def test_a_lost_request_is_sent_again_under_its_cookie() -> None:
    async with relay(lambda number, _: OK if number >= 3 else None) as (server, client):
        answer = await client.ask("offer", {"sdp": "x"})
        assert rtpengine.text(answer, "sdp") == "v=0"
        assert len(server.cookies) == 3
        assert len(set(server.cookies)) == 1


async def test_requests_at_once_get_their_own_answers() -> None:
    def echo(_number: int, asked: dict[str, object]) -> bytes:
        return bencode.encoded({"result": "ok", "sdp": bytes(asked["sdp"])})  # type: ignore[arg-type]

    async with relay(echo) as (_, client):
        answers = await asyncio.gather(*(client.ask("offer", {"sdp": str(number)}) for number in range(50)))
        assert [rtpengine.text(answer, "sdp") for answer in answers] == [str(number) for number in range(50)]


async def test_a_refusal_carries_the_reason() -> None:
    no = bencode.encoded({"result": "error", "error-reason": "Unknown call-id"})
    async with relay(lambda *_: no) as (_, client):
        with pytest.raises(rtpengine.Refused, match="Unknown call-id"):
            await client.ask("query")


async def test_silence_and_nonsense_are_told_as_unavailable() -> None:
    async with relay(lambda *_: b"nonsense") as (_, client):
        with pytest.raises(MediaUnavailable):
            await client.ask("ping")
    async with relay(lambda *_: None) as (_, client):
        with pytest.raises(MediaUnavailable, match="does not answer"):
            await client.ask("ping")


@asynccontextmanager
async def janus(
    answer: Callable[[dict[str, object]], list[dict[str, object]]],
) -> AsyncGenerator[tuple[JanusClient, list[HandleEvent]]]:
    async def talk(connection: ServerConnection) -> None:
        async for raw in connection:
            asked = json.loads(raw)
            assert asked["apisecret"] == "secret"
            for one in answer(asked):
                await connection.send(json.dumps({"transaction": asked["transaction"], **one}))

    events: list[HandleEvent] = []
    async with serve(talk, "127.0.0.1", 0, subprotocols=[Subprotocol("janus-protocol")]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        client = JanusClient(f"ws://127.0.0.1:{port}", "secret", events.append)
        await client.open()
        yield client, events
        await client.close()


def polite(asked: dict[str, object]) -> list[dict[str, object]]:
    match asked["janus"]:
        case "create" | "attach":
            return [{"janus": "success", "data": {"id": 7}}]
        case "keepalive":
            return [{"janus": "ack"}]
        case "message":
            told = {
                "janus": "event",
                "sender": 7,
                "transaction": None,
                "plugindata": {"data": {"audiobridge": "x"}},
            }
            done = {
                "janus": "event",
                "sender": 7,
                "plugindata": {"data": {"audiobridge": "joined"}},
                "jsep": {"sdp": "v=0"},
            }
            return [{"janus": "ack"}, told, done]
        case _:
            return [{"janus": "error", "error": {"code": 458, "reason": "No such session"}}]


async def test_an_acknowledgement_is_not_the_result_and_other_events_are_told() -> None:
    async with janus(polite) as (client, events):
        for _ in range(40):
            reply = await client.message(await client.attach(), {"request": "join"})
            assert reply.data == {"audiobridge": "joined"}
            assert reply.sdp == "v=0"
        assert {event.data["audiobridge"] for event in events} == {"x"}
        await client.ping()


async def test_what_janus_refuses_is_told_with_its_code() -> None:
    async with janus(polite) as (client, _):
        with pytest.raises(JanusRefused) as refused:
            await client.trickle(7, None)
        assert refused.value.code == 458
        await client.detach(7)


async def test_a_connection_that_breaks_is_told_to_all_who_wait() -> None:
    def silent(asked: dict[str, object]) -> list[dict[str, object]]:
        return polite(asked) if asked["janus"] == "create" else []

    async with janus(silent) as (client, _):
        waiting = asyncio.create_task(client.attach())
        await asyncio.sleep(0.05)
        await client.close()
        with pytest.raises(MediaUnavailable):
            await waiting


async def test_where_nobody_listens_is_unavailable() -> None:
    with pytest.raises(MediaUnavailable):
        await JanusClient("ws://127.0.0.1:9", "secret", lambda _: None).open()
