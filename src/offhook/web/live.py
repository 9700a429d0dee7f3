"""What happens, told as it happens: one WebSocket per screen, `/api/v1/live`.

The client says what it wants and from where on:

    {"type": "subscribe", "topics": ["lead.*", "goal.set", "lead:0190…"], "after": 4711}

A topic is a kind (`lead.assigned`), a family of kinds (`lead.*`), a subject (`lead:<id>`) or `*`. `after` is the
position of the last event seen; without it the feed begins now. One may subscribe again at any time.
The server says

    {"type": "ready", "position": 4711}                      the subscription holds
    {"type": "events", "position": 4720, "events": [{…}]}    in order; `position` is how far this reaches
    {"type": "reset", "position": 9000}                      too much happened to tell: read again what is shown
    {"type": "ping"}                                         every 20 seconds, so that silence means a lost link

One thread reads for all subscribers of the process, behind the horizon of `kernel/events.py`, so that nothing
committed late is missed. A subscriber that does not keep up is told to read again rather than held for.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal, cast
from uuid import UUID

import anyio
import psycopg
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from offhook import identity
from offhook.identity.sessions.sockets import credential_of_socket
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import OffhookError
from offhook.kernel.events import Json, StoredEvent, is_among
from offhook.kernel.http import Credential
from offhook.kernel.listening import listening

log = logging.getLogger("offhook.web")

router = APIRouter()

MOST_EVENTS = 500
"""Told one by one; when more happened since the last time, a client had better read again what it shows."""
MOST_WAITING = 100
"""Messages that wait for a slow subscriber before it is told to read again."""
PING_SECONDS = 20.0
POLL_SECONDS = 5.0
PAUSE_SECONDS = 1.0
SLOWEST_START = 15.0
"""Seconds that a client has to say what it wants."""

REFUSED = 4401
"""Why the link is closed: not signed in, or not any more. 4000 to 4999 are an application's (RFC 6455, 7.4.2)."""
MISUNDERSTOOD = 4400


class Subscribe(BaseModel):
    """What a client wants to be told."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["subscribe"]
    topics: list[str] = Field(min_length=1, max_length=100)
    after: int | None = Field(default=None, ge=0, lt=2**63)


def is_wanted(kind: str, subject: str, topics: frozenset[str]) -> bool:
    """Whether an event of this kind and subject is among the topics."""
    return is_among(kind, topics) or not topics.isdisjoint(("*", subject))


Message = dict[str, Json]


@dataclass(eq=False)
class Subscriber:
    """One open WebSocket: where it has come to, and what waits to be sent."""

    organisation_id: UUID
    loop: asyncio.AbstractEventLoop
    topics: frozenset[str] = frozenset()
    position: int = 0
    waiting: asyncio.Queue[Message] = field(default_factory=lambda: asyncio.Queue[Message](MOST_WAITING))

    def tell(self, message: Message) -> None:
        """Have a message sent; called from the feed's thread."""
        self.loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: Message) -> None:
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            message = {"type": "reset", "position": self.position}
        self.waiting.put_nowait(message)


class Feed:
    """Reads for all subscribers of this process, in a thread that lives while there are any."""

    def __init__(self, database: Database) -> None:
        """Nobody listens yet."""
        self._database = database
        self._subscribers: set[Subscriber] = set()
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def join(self, subscriber: Subscriber) -> None:
        """Tell this one too, from its position on."""
        with self._lock:
            self._subscribers.add(subscriber)
            if self._thread is None:
                self._stopping = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(self._stopping,), name="live", daemon=True)
                self._thread.start()

    def leave(self, subscriber: Subscriber) -> None:
        """Tell this one nothing more."""
        with self._lock:
            self._subscribers.discard(subscriber)
            if not self._subscribers and self._thread is not None:
                self._stopping.set()
                self._thread = None

    def catch_up(self, organisation_id: UUID) -> None:
        """Tell all subscribers of an organisation what happened beyond their positions."""
        with self._reading:
            while self._catch_up(organisation_id):
                pass

    def _catch_up(self, organisation_id: UUID) -> bool:
        """One reading; whether there is more, as somebody was far behind the others."""
        with self._lock:
            behind = [one for one in self._subscribers if one.organisation_id == organisation_id and one.topics]
        if not behind:
            return False
        with self._database.transaction(organisation_id, SYSTEM) as tx:
            horizon = position_now(tx)
            furthest = min(one.position for one in behind)
            events = identity.events_page(tx, beyond=furthest, limit=MOST_EVENTS + 1, horizon=horizon)
        is_all = len(events) <= MOST_EVENTS
        for one in behind:
            _tell(one, events, horizon, is_all=is_all)
        return not is_all

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                self._listen(stopping)
            except psycopg.OperationalError as error:
                log.warning("The live feed lost the database (%s); trying again.", error)
            except Exception:
                # Whatever went wrong, screens must go on: every subscriber's position says from where.
                log.exception("The live feed stumbled; trying again.")
            stopping.wait(PAUSE_SECONDS)

    def _listen(self, stopping: threading.Event) -> None:
        with listening(self._database.url, stopping) as ear:
            written: Collection[UUID] = ()
            while not stopping.is_set():
                for organisation_id in written or self._organisations():
                    self.catch_up(organisation_id)
                written = ear.wait(POLL_SECONDS)

    def _organisations(self) -> set[UUID]:
        with self._lock:
            return {one.organisation_id for one in self._subscribers}


def _tell(subscriber: Subscriber, events: Sequence[StoredEvent], horizon: int, *, is_all: bool) -> None:
    """Tell one of events in order, which reach up to the horizon if they are all."""
    fresh = [event for event in events if event.position > subscriber.position]
    if len(fresh) > MOST_EVENTS:
        subscriber.position = horizon
        subscriber.tell({"type": "reset", "position": horizon})
        return
    subscriber.position = max(subscriber.position, horizon if is_all else events[-1].position)
    told: list[Json] = [_told(one) for one in fresh if is_wanted(one.kind, one.subject, subscriber.topics)]
    if told:
        subscriber.tell({"type": "events", "position": subscriber.position, "events": told})


def _told(event: StoredEvent) -> Json:
    return {
        "position": event.position,
        "kind": event.kind,
        "subject": event.subject,
        "data": event.data,
        "at": event.at.isoformat(),
        "actor": event.actor,
    }


def position_now(tx: Transaction) -> int:
    """How far the log can be read at this moment."""
    return tx.scalar(int, "SELECT event_horizon()") or 0


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Tell a client what happens, until it leaves or is signed out."""
    database = cast("Database", socket.app.state.database)
    feed = cast("Feed", socket.app.state.live)
    await socket.accept()
    try:
        credential = credential_of_socket(socket)
        now = await run_in_threadpool(_position_for, database, credential)
    except OffhookError as error:
        await socket.close(REFUSED, error.code)
        return
    subscriber = Subscriber(credential.organisation_id, asyncio.get_running_loop(), position=now)
    feed.join(subscriber)
    try:
        async with anyio.create_task_group() as tasks:

            async def until_it_ends(work: Coroutine[None, None, None]) -> None:
                with contextlib.suppress(WebSocketDisconnect):
                    await work
                tasks.cancel_scope.cancel()

            tasks.start_soon(until_it_ends, _hear(socket, subscriber, feed))
            tasks.start_soon(until_it_ends, _say(socket, subscriber, database, credential))
    finally:
        feed.leave(subscriber)


def _position_for(database: Database, credential: Credential) -> int:
    """Where the log stands, for somebody who may read it."""
    with database.admit(credential.organisation_id, credential.check) as tx:
        tx.require("events:read")
        return position_now(tx)


async def _hear(socket: WebSocket, subscriber: Subscriber, feed: Feed) -> None:
    """Take the client's wishes until it leaves, or says what is none."""
    while True:
        seconds = None if subscriber.topics else SLOWEST_START
        try:
            with anyio.fail_after(seconds):
                wish = Subscribe.model_validate_json(await socket.receive_text())
        except (TimeoutError, ValidationError, KeyError):
            return await socket.close(MISUNDERSTOOD, "Say {type: subscribe, topics: […], after: …}.")
        if wish.after is not None:
            subscriber.position = min(wish.after, subscriber.position) if subscriber.topics else wish.after
        subscriber.topics = frozenset(wish.topics)
        subscriber.tell({"type": "ready", "position": subscriber.position})
        await run_in_threadpool(feed.catch_up, subscriber.organisation_id)


async def _say(socket: WebSocket, subscriber: Subscriber, database: Database, credential: Credential) -> None:
    """Send what waits, and a ping when it is quiet; end when the client is signed out."""
    checked = monotonic()
    while True:
        message: Message = {"type": "ping"}
        with anyio.move_on_after(PING_SECONDS):
            message = await subscriber.waiting.get()
        if monotonic() - checked >= PING_SECONDS:
            try:
                await run_in_threadpool(_position_for, database, credential)
            except OffhookError as error:
                return await socket.close(REFUSED, error.code)
            checked = monotonic()
        await socket.send_json(message)
