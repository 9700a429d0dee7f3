"""A user's phone in their browser: one WebSocket, `/api/v1/phone`, for as long as they work.

The browser connects its sound once and keeps it ("nailed up"); calls come and go without new connections. It says

    {"type": "connect", "sdp": "…"}                 its WebRTC offer; said again after a reload or a lost network
    {"type": "candidate", "candidate": {…} | null}  its ICE candidates as they are found; null: that was all
    {"type": "pong"}

The server says

    {"type": "telephone", "state": "ready", "reason": null}    whether calls can be made, at first and on change
    {"type": "answer", "sdp": "…"}                  to the offer
    {"type": "candidate", "candidate": {…} | null}
    {"type": "media", "is_connected": true}         sound flows, or not any more: connect again
    {"type": "call", "call": {…}}                   a call of this user as it is now (`CallNow` of the REST API)
    {"type": "digit", "call_id": "…", "digit": "5"} the other side pressed a key
    {"type": "engine", "state": "lost"}             all calls are over; connect again when it is "ready"
    {"type": "taken_over"}                          another window is the phone now; this one closes
    {"type": "problem", "detail": "…"}              what was said could not be done
    {"type": "ping"}                                every 15 seconds, so that silence means a lost link

The window opened last is the phone. When its link is lost, calls wait for it a while.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Coroutine, Mapping
from typing import Literal, cast
from uuid import UUID

import anyio
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from offhook.identity.sessions.sockets import credential_of_socket
from offhook.kernel.database import Database
from offhook.kernel.errors import OffhookError
from offhook.kernel.http import Credential
from offhook.voice.exchange.devices import Device
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.hearing import link_changed
from offhook.voice.telephone import Telephone

router = APIRouter()

PING_SECONDS = 15.0
LOOK_SECONDS = 2.0
REFUSED, MISUNDERSTOOD = 4401, 4400
"""Why the link is closed; 4000 to 4999 are an application's (RFC 6455, 7.4.2)."""

LONGEST_SDP = 100_000


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Connect(_Said):
    """Here is my offer."""

    type: Literal["connect"]
    sdp: str = Field(max_length=LONGEST_SDP)


class CandidateFound(_Said):
    """I can be reached there, too."""

    type: Literal["candidate"]
    candidate: dict[str, str | int | None] | None


class Pong(_Said):
    """I am here."""

    type: Literal["pong"]


Said = Connect | CandidateFound | Pong
_READ = TypeAdapter[Said](Said)


@router.websocket("/phone")
async def phone(socket: WebSocket) -> None:
    """Be a user's phone, until the window closes or another one takes over."""
    await socket.accept()
    try:
        credential = credential_of_socket(socket)
        user_id = await run_in_threadpool(_user, cast("Database", socket.app.state.database), credential)
    except OffhookError as error:
        await socket.close(REFUSED, error.code)
        return
    device = Device(credential.organisation_id, user_id, asyncio.get_running_loop())
    telephone = cast("Telephone | None", socket.app.state.telephone)
    with contextlib.ExitStack() as undo:
        async with anyio.create_task_group() as tasks:

            async def until_it_ends(work: Coroutine[None, None, None]) -> None:
                with contextlib.suppress(WebSocketDisconnect):
                    await work
                tasks.cancel_scope.cancel()

            tasks.start_soon(until_it_ends, _hear(socket, device, telephone))
            tasks.start_soon(until_it_ends, _say(socket, device))
            tasks.start_soon(until_it_ends, _follow(device, telephone, undo))


def _user(database: Database, credential: Credential) -> UUID:
    """Who it is. Raises `Unauthenticated`, `Forbidden`."""
    with database.admit(credential.organisation_id, credential.check) as tx:
        tx.require("calls:place")
        return cast("UUID", tx.actor.id)


async def _follow(device: Device, telephone: Telephone | None, undo: contextlib.ExitStack) -> None:
    """Be known to the exchange while there is one; tell whether calls can be made, whenever that changes."""
    told: tuple[str, str | None] | None = None
    joined: Exchange | None = None
    while True:
        now = (telephone.state, telephone.reason) if telephone else ("off", "This server has no telephone.")
        exchange = telephone.exchange() if telephone and now[0] == "ready" else None
        if exchange is not joined:
            joined = exchange
            undo.close()
            if exchange is not None:
                _join(exchange, device)
                undo.callback(_leave, exchange, device)
        if now != told:
            told = now
            device.tell({"type": "telephone", "state": now[0], "reason": now[1]})
        await asyncio.sleep(LOOK_SECONDS)


def _join(exchange: Exchange, device: Device) -> None:
    earlier = exchange.devices.add(device)
    if earlier is not None:
        earlier.tell({"type": "taken_over"})
        earlier.tell(None)
    live = exchange.call_of(device.user_id)
    if live is not None:
        device.tell({"type": "call", "call": exchange.now(live.id, device.user_id)})


def _leave(exchange: Exchange, device: Device) -> None:
    if exchange.devices.remove(device, time.monotonic()):
        link_changed(exchange, device, is_away=True)


async def _hear(socket: WebSocket, device: Device, telephone: Telephone | None) -> None:
    """Do what the browser says until it leaves, or says what is none."""
    while True:
        try:
            said = _READ.validate_json(await socket.receive_text())
        except (ValidationError, KeyError):
            return await socket.close(MISUNDERSTOOD, "Say {type: connect | candidate | pong, …}.")
        if isinstance(said, Pong):
            continue
        try:
            if telephone is not None:
                await run_in_threadpool(_do, telephone.exchange(), device, said)
        except OffhookError as error:
            device.tell({"type": "problem", "detail": error.message, "code": error.code})


def _do(exchange: Exchange, device: Device, said: Connect | CandidateFound) -> None:
    if isinstance(said, Connect):
        sdp = exchange.ask(exchange.media.connect_device(device.party, said.sdp))
        device.tell({"type": "answer", "sdp": sdp})
    else:
        exchange.ask(exchange.media.add_candidate(device.party, said.candidate))


async def _say(socket: WebSocket, device: Device) -> None:
    """Send what waits, and a ping when it is quiet; end when the phone is taken over."""
    while True:
        message: Mapping[str, object] | None = {"type": "ping"}
        with anyio.move_on_after(PING_SECONDS):
            message = await device.waiting.get()
        if message is None:
            return await socket.close()
        await socket.send_text(json.dumps(message, default=_plain))


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)
