"""Keeps one process of the engine running: starts it, waits until it answers, starts it again when it ends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from offhook.voice.media.engine import MediaUnavailable
from offhook.voice.media.processes import Child

log = logging.getLogger(__name__)

_FIRST_WAIT = 0.1
_LONGEST_WAIT = 10.0
_STEADY_AFTER = 30.0
"""Seconds after which a process that ran so long is started again without delay."""
_START_LIMIT = 10.0


class Keeper:
    """Runs what `make` makes, again and again, until stopped.

    `came_up` is awaited after each start and must return when the process answers (raising `MediaUnavailable`
    until it does); `went_down` is called with the reason after each end of one that had come up.
    """

    def __init__(
        self,
        make: Callable[[], Child],
        came_up: Callable[[], Awaitable[None]],
        went_down: Callable[[str], Awaitable[None]],
    ) -> None:
        """Nothing runs yet."""
        self._make = make
        self._came_up = came_up
        self._went_down = went_down
        self._child: Child | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_up = asyncio.Event()

    @property
    def is_up(self) -> bool:
        """Whether the process answers now."""
        return self._is_up.is_set()

    @property
    def child(self) -> Child | None:
        """The process of now."""
        return self._child

    async def start(self) -> None:
        """Start and wait until it answers. Raises `MediaUnavailable` when it does not."""
        self._task = asyncio.create_task(self._keep())
        try:
            await asyncio.wait_for(self._is_up.wait(), _START_LIMIT)
        except TimeoutError as error:
            await self.stop()
            raise MediaUnavailable("The media engine does not start: see its log files") from error

    async def stop(self) -> None:
        """End the process for good."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._child is not None:
            await self._child.stop()
        self._is_up.clear()

    def restart(self) -> None:
        """End the process of now; another one follows."""
        if self._child is not None:
            self._child.kill()

    async def _keep(self) -> None:
        wait = _FIRST_WAIT
        while True:
            began = asyncio.get_running_loop().time()
            reason = await self._run_once()
            ran = asyncio.get_running_loop().time() - began
            wait = _FIRST_WAIT if ran > _STEADY_AFTER else min(wait * 2, _LONGEST_WAIT)
            log.warning("media engine: %s; started again in %.1f s", reason, wait)
            await asyncio.sleep(wait)

    async def _run_once(self) -> str:
        child = self._make()
        self._child = child
        try:
            await child.start()
        except OSError as error:
            return f"{child.name} cannot be started: {error}"
        ended = asyncio.create_task(child.ended())
        try:
            if not await self._answers(ended):
                await child.stop()
                return await ended
            self._is_up.set()
            reason = await ended
            self._is_up.clear()
            await self._went_down(reason)
            return reason
        finally:
            ended.cancel()

    async def _answers(self, ended: asyncio.Task[str]) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + _START_LIMIT
        while not ended.done() and loop.time() < until:
            try:
                await self._came_up()
            except MediaUnavailable:
                await asyncio.sleep(0.02)
            else:
                return True
        return False
