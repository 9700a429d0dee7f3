"""The exchange: every running call of the installation, one after another in a loop of its own.

A call is worked by one task: it takes what users ask and engines tell out of the call's inbox, has the machine
decide, and carries the decision out. Whatever cannot be carried out comes back as a signal (the leg is gone, the
sound has ended), so that no call waits for something that will not happen. What becomes of a call is written by
the ledger; who takes part is told at once.

Everything here but the doors (`open`, `submit`, `now`, the devices) runs in the exchange's own loop.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from offhook.kernel.clock import Clock
from offhook.kernel.errors import Conflict, OffhookError, Unavailable
from offhook.kernel.ids import new_id
from offhook.voice.calls import events as e
from offhook.voice.calls import inputs as i
from offhook.voice.calls.machine import apply, decide
from offhook.voice.calls.model import Call, Cause, Leg, LegKind, LegState, Timer
from offhook.voice.exchange import placing
from offhook.voice.exchange.arranging import Pieces, Sounds, arrange, give_back
from offhook.voice.exchange.devices import Devices, Message
from offhook.voice.exchange.listening import is_worth_listening, listen
from offhook.voice.exchange.live import Asked, Live, Quality
from offhook.voice.exchange.telling import CallNow, call_now
from offhook.voice.exchange.understanding import understood
from offhook.voice.media.engine import MediaEngine, MediaEvent, PlayEnded
from offhook.voice.signalling import SignallingEvent, SignallingPort

T = TypeVar("T")

log = logging.getLogger("offhook.voice")

DOOR_SECONDS = 10.0
"""How long a request waits for the exchange."""
KEPT_SECONDS = 60.0
"""How long a call that is over can still be looked at here."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What the record needs after a step of a call, as it was then: it is written in another thread."""

    live: Live
    before: Call
    call: Call
    events: Sequence[e.Event]
    dialogs: Mapping[str, Mapping[str, object]]
    rang_at: datetime | None
    quality: Quality | None


class Exchange:
    """Running calls. `start` before, `stop` after; both from outside of the loop."""

    def __init__(
        self,
        media: MediaEngine,
        signalling: SignallingPort,
        clock: Clock,
        *,
        sounds: Sounds,
        pieces: Pieces,
        save: Callable[[Saving], None],
    ) -> None:
        """Nothing runs yet. `sounds` names files, `pieces` places for speech, `save` keeps the record."""
        self.id = new_id()
        self.devices = Devices()
        self.media = media
        self.signalling = signalling
        self.clock = clock
        self._sounds = sounds
        self._pieces = pieces
        self._save = save
        self._calls: dict[UUID, Live] = {}
        self._legs: dict[str, Live] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="exchange", daemon=True)

    # Doors: from any thread.

    def start(self) -> None:
        """Begin the loop."""
        self._thread.start()

    def begin(self, *parts: Callable[[], Coroutine[None, None, None]]) -> None:
        """Have these run beside, for as long as the exchange does."""
        for part in parts:
            self._loop.call_soon_threadsafe(lambda part=part: self.beside(part()))

    def end_all(self, patience: float = 5.0) -> None:
        """Hang up all calls."""
        with contextlib.suppress(OffhookError):
            self.ask(self._end_all(), patience)

    def stop(self, patience: float = 5.0) -> None:
        """End what runs beside, then the loop."""
        with contextlib.suppress(OffhookError):
            self.ask(self._end_beside(), patience)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(patience)

    def ask(self, work: Coroutine[None, None, T], seconds: float = DOOR_SECONDS) -> T:
        """Have something done in the loop. Raises what it raises, `Unavailable` when it takes too long."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)
        except TimeoutError as error:
            raise Unavailable("The telephone engine does not answer in time. Try again.") from error

    def open(self, live: Live, first: i.Command) -> None:
        """Take a new call in, and begin it. Raises `Unavailable`."""
        self.ask(self.take_in(live, first))

    def submit(self, call_id: UUID, command: i.Command) -> Call:
        """Do what a user asks of a running call; the call as it is then. Raises `Conflict`."""
        return self.ask(self._submit(call_id, command))

    def now(self, call_id: UUID, user_id: UUID | None) -> CallNow | None:
        """A call as it stands for a user; None: it does not run here."""
        live = self._calls.get(call_id)
        return call_now(live, user_id, self.clock.now()) if live else None

    def live(self, call_id: UUID) -> Live | None:
        """A running call."""
        return self._calls.get(call_id)

    def is_free(self, user_id: UUID) -> bool:
        """Whether a user can be rung: their phone is connected and in no call."""
        return self.devices.ready(user_id) and self.call_of(user_id) is None

    def call_of(self, user_id: UUID) -> Live | None:
        """The call that a user is in or is rung by."""
        return next((live for live in list(self._calls.values()) if _takes_part(live.call, user_id)), None)

    # Within the loop.

    def beside(self, work: Coroutine[None, None, None]) -> None:
        """Have something go on beside."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._is_done)

    def _is_done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("A part of the exchange ended.", exc_info=error)

    async def take_in(self, live: Live, first: i.Command) -> None:
        """A new call, and what it begins with."""
        self._calls[live.id] = live
        self.beside(self._work(live))
        await self._put(live, first)

    async def _submit(self, call_id: UUID, command: i.Command) -> Call:
        live = self._calls.get(call_id)
        if live is None:
            raise Conflict("The call is over.", code="call-over")
        return await self._put(live, command)

    async def _put(self, live: Live, command: i.Command) -> Call:
        answer: asyncio.Future[Call] = self._loop.create_future()
        live.inbox.put_nowait((command, answer))
        return await answer

    def hear(self, leg_id: str, told: SignallingEvent | MediaEvent) -> None:
        """What an engine tells of a phone leg; of one that nobody knows any more, nothing follows."""
        live = self._legs.get(leg_id)
        if live is not None:
            live.inbox.put_nowait((told, None))

    def sound_ended(self, playing: str) -> None:
        """A file that was played came to its end."""
        for live in self.running():
            if any(one == playing for _, one in live.playing.values()):
                live.inbox.put_nowait((PlayEnded(playing), None))

    def digit(self, leg_id: str, digit: str) -> None:
        """Somebody outside pressed a key: shown to whoever talks with them, and told to the call."""
        live = self._legs.get(leg_id)
        if live is not None:
            live.inbox.put_nowait((i.KeyHeard(leg_id, digit), None))
            self._tell_all(live, {"type": "digit", "call_id": live.id, "digit": digit})

    def running(self) -> list[Live]:
        """All calls that are not over."""
        return [live for live in self._calls.values() if not live.call.is_over]

    async def _work(self, live: Live) -> None:
        while not live.call.is_over:
            told, answer = await live.inbox.get()
            try:
                await self._step(live, told, answer)
            except Exception as error:
                log.exception("Call %s: %s led to a fault of ours.", live.id, type(told).__name__)
                _answer(answer, error=_fault(error))
                await self._give_up(live)
        await self._close(live)

    async def _step(self, live: Live, told: Asked, answer: "asyncio.Future[Call] | None") -> None:
        try:
            meant = await understood(self.media, self.signalling, live, told)
            before = live.call
            events = decide(before, meant, self.clock.now()) if meant is not None else ()
        except OffhookError as error:
            return _answer(answer, error=error)
        now = self.clock.now()
        for event in events:
            live.call = apply(live.call, event, now)
        _answer(answer, live.call)
        if events:
            await self._carry_out(live, before, events)
        return None

    async def _give_up(self, live: Live) -> None:
        """A call in which we stumbled cannot go on: nobody knows what it would be. It ends for everybody."""
        try:
            await self._step(live, i.Faulted(), None)
        except Exception:
            log.exception("Call %s could not be ended in order.", live.id)

    async def _carry_out(self, live: Live, before: Call, events: Sequence[e.Event]) -> None:
        """Do what follows. What cannot be done of it keeps nothing else from being done or written."""
        for event in events:
            try:
                await self._one(live, before, event)
            except Exception as error:
                _log_failure(live, event, error)
                self._failed(live, event)
        try:
            await arrange(self.media, live, self._sounds, self._pieces)
        except Exception as error:
            _log_failure(live, events[-1], error)
        if any(isinstance(event, e.Rang) for event in events):
            live.rang_at = self.clock.now()
        if any(isinstance(event, e.Connected) for event in events) and is_worth_listening(live):
            self.beside(listen(self.media, live))
        dialogs = self._dialogs(live)
        self._save(Saving(live, before, live.call, events, dialogs, live.rang_at, live.quality))
        self.show(live)

    async def _one(self, live: Live, before: Call, event: e.Event) -> None:
        match event:
            case e.LegAdded(leg) if leg.kind is LegKind.PHONE:
                self._legs[leg.id] = live
                if leg.state is LegState.DIALING:
                    await placing.dial(self.media, self.signalling, live, leg)
                else:
                    await self.signalling.ring(leg.id)
            case e.LegTaken(leg_id, is_ours) if is_ours and live.call.legs[leg_id].kind is LegKind.PHONE:
                await placing.answer(self.media, self.signalling, live, live.call.legs[leg_id])
            case e.LegEnded(leg_id):
                self._legs.pop(leg_id, None)
                was = before.legs[leg_id].state if leg_id in before.legs else LegState.DIALING
                leg = live.call.legs[leg_id]
                await placing.end(self.media, self.signalling, live, leg, is_ours=event.is_ours, was=was)
            case e.Pressed(leg_id, digits):
                await self.media.send_digits(leg_id, digits)
            case e.TimerSet(timer, at):
                self._set_alarm(live, timer, (at - self.clock.now()).total_seconds())
            case e.TimerCleared(timer):
                self._clear_alarm(live, timer)
            case _:
                return

    def _failed(self, live: Live, event: e.Event) -> None:
        """What could not be done comes back as what it means for the call."""
        match event:
            case e.LegAdded(Leg(id=leg_id)) | e.LegTaken(leg_id):
                live.inbox.put_nowait((i.LegGone(leg_id, Cause.ENGINE_LOST), None))
            case _:
                return

    def _set_alarm(self, live: Live, timer: Timer, seconds: float) -> None:
        """In so many seconds of the loop's own clock, whatever the wall clock does meanwhile."""
        self._clear_alarm(live, timer)
        told = (i.TimeOver(timer), None)
        live.alarms[timer] = self._loop.call_later(max(0.0, seconds), live.inbox.put_nowait, told)

    def _clear_alarm(self, live: Live, timer: Timer) -> None:
        alarm = live.alarms.pop(timer, None)
        if alarm is not None:
            alarm.cancel()

    async def _close(self, live: Live) -> None:
        """A call that is over: nothing of it goes on, nobody waits for it."""
        for timer in list(live.alarms):
            self._clear_alarm(live, timer)
        while not live.inbox.empty():
            _, answer = live.inbox.get_nowait()
            _answer(answer, live.call)
        try:
            await give_back(self.media, live)
        except Exception as error:
            _log_trouble(live, "giving its rooms back", error)
        self._loop.call_later(KEPT_SECONDS, self._calls.pop, live.id, None)

    async def _end_beside(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _end_all(self) -> None:
        running = self.running()
        for live in running:
            live.inbox.put_nowait((i.HangUp(), None))
        while any(live.id in self._calls and not live.call.is_over for live in running):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)  # for the last answers to leave

    def _dialogs(self, live: Live) -> dict[str, Mapping[str, object]]:
        found = {leg.id: self.signalling.snapshot(leg.id) for leg in live.call.running() if leg.id in self._legs}
        return {leg: dialog for leg, dialog in found.items() if dialog is not None}

    def show(self, live: Live) -> None:
        """Show a call to all who take part, as it stands for each."""
        now = self.clock.now()
        for user_id in _users(live.call):
            self.devices.tell(user_id, {"type": "call", "call": call_now(live, user_id, now)})

    def _tell_all(self, live: Live, message: Message) -> None:
        for user_id in _users(live.call):
            self.devices.tell(user_id, message)


def _takes_part(call: Call, user_id: UUID) -> bool:
    return not call.is_over and any(leg.user_id == user_id for leg in call.running())


def _users(call: Call) -> set[UUID]:
    """Whoever takes part in it or did."""
    return {leg.user_id for leg in call.legs.values() if leg.user_id}


def _answer(
    answer: "asyncio.Future[Call] | None", call: Call | None = None, error: Exception | None = None
) -> None:
    if answer is None or answer.done():
        return
    if error is not None:
        answer.set_exception(error)
    elif call is not None:
        answer.set_result(call)


def _fault(error: Exception) -> OffhookError:
    """What is told to somebody who asked for something at which we stumbled."""
    fault = OffhookError(
        "A fault of ours ended this call; the server's log tells which. You can call again.", code="call-fault"
    )
    fault.__cause__ = error
    return fault


def _log_failure(live: Live, event: e.Event, error: Exception) -> None:
    _log_trouble(live, type(event).__name__, error)


def _log_trouble(live: Live, what: str, error: Exception) -> None:
    """An engine's own refusals are told in a line; anything else is a fault of ours and told in full."""
    told = None if isinstance(error, OffhookError | TimeoutError | OSError) else error
    log.warning("Call %s: %s could not be done (%s).", live.id, what, error, exc_info=told)
