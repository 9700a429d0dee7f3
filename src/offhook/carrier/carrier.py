"""The virtual carrier: a SIP trunk on this machine, with people behind it.

It is the other end of our own calls, and so stands on a SIP stack that is not ours: sipp (Debian's sip-tester),
one process for UDP and one for TCP on the same port, told by a generated scenario and a table of numbers what to
do.

    with Carrier(folder) as carrier:
        ...  # somebody answers sip:+12125550100@{carrier.host}:{carrier.port}
        call = carrier.ring("+12125550190", "+13125550107", to=("127.0.0.1", 5060))
        print(call.wait(60).summary)
"""

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from offhook.carrier import processes
from offhook.carrier.answering import TABLE, answering, table
from offhook.carrier.cast import cast
from offhook.carrier.personas import plan, rows
from offhook.carrier.programs import require
from offhook.carrier.ringing import Ringing, ring
from offhook.carrier.speech import Spoken, speak_all
from offhook.carrier.steps import AUDIO
from offhook.kernel.errors import Conflict, NotFound, Unavailable

log = logging.getLogger(__name__)

DEFAULT_SEED = 7

_READY_SECONDS = 10.0
_LOOK_SECONDS = 0.25
_MOST_RESTARTS_A_MINUTE = 20


class Carrier:
    """A carrier that runs between `start` and `stop`, or within a `with`.

    `folder` keeps the spoken files between runs. `port` 0 takes a free one. `pace` divides the time that numbers
    ring: 2 is twice as quick. Raises `Unavailable` at the start when a program is missing or does not come up,
    `Conflict` when the port is taken.
    """

    def __init__(
        self, folder: Path, *, host: str = "127.0.0.1", port: int = 0, seed: int = DEFAULT_SEED, pace: float = 1.0
    ) -> None:
        """Say where and how; nothing is started."""
        self.host = host
        self.port = port
        self.seed = seed
        self.pace = pace
        self.restarts = 0
        self._folder = folder
        self._run: Path | None = None
        self._spoken: Mapping[str, Spoken] = {}
        self._running: list[processes.Sipp] = []
        self._rings: list[Ringing] = []
        self._lock = threading.Lock()
        self._is_stopping = threading.Event()
        self._watch: threading.Thread | None = None

    @property
    def address(self) -> str:
        """`host:port`, for both UDP and TCP."""
        return f"{self.host}:{self.port}"

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The processes that answer calls."""
        return tuple(one.process.pid for one in self._running)

    def start(self) -> None:
        """Speak what is not spoken yet, start, and return when OPTIONS is answered on both transports."""
        for program in ("sipp", "espeak-ng"):
            require(program)
        if self.port and not processes.is_free(self.host, self.port):
            raise Conflict(f"The virtual carrier cannot listen on {self.address}: the port is taken.")
        self.port = self.port or processes.free_port(self.host)
        self._speak()
        run = self._run = self._prepared()
        self._is_stopping.clear()
        try:
            self._running = [self._started(transport, run) for transport in processes.TRANSPORTS]
        except BaseException:
            self.stop()
            raise
        self._watch = threading.Thread(target=self._keep_running, name="carrier", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """End all processes and calls; nothing is said to the far ends, as when a trunk is cut."""
        self._is_stopping.set()
        if self._watch is not None:
            self._watch.join()
            self._watch = None
        with self._lock:
            rings, self._rings = self._rings, []
        for one in (*rings, *self._running):
            one.stop()
        self._running = []
        if self._run is not None:
            shutil.rmtree(self._run, ignore_errors=True)
            self._run = None

    def __enter__(self) -> Self:
        """Started."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stopped."""
        self.stop()

    def ring(
        self,
        called: str,
        caller: str,
        *,
        to: tuple[str, int],
        transport: str = "udp",
        part: str | None = None,
        patience_seconds: float = 30.0,
    ) -> Ringing:
        """Call us: whoever has the number `caller` rings `called` at the address `to`. Needs no `start`.

        Returns when it is under way. A number behind which nobody speaks calls with a person's voice all the same;
        `part` (such as `person03`) asks for another. When the call is answered they speak until they are done;
        after `patience_seconds` without an answer they give up (CANCEL).
        """
        spoken = self._speak()
        key = part or self._part_of(caller)
        if key not in spoken:
            raise NotFound(f"Nobody in the carrier is called {key!r}: {', '.join(spoken)}.")
        made = ring(
            self._folder, spoken[key], called=called, caller=caller, host=self.host, to=to,
            transport=transport, patience_seconds=patience_seconds,
        )  # fmt: skip
        with self._lock:
            self._rings = [one for one in self._rings if one.is_running] + [made]
        return made

    def _speak(self) -> Mapping[str, Spoken]:
        if not self._spoken:
            self._spoken = speak_all(cast(self.seed).parts, self._folder)
        return self._spoken

    def _part_of(self, number: str) -> str:
        persons = cast(self.seed).persons
        part = plan(number, self.seed).part
        return part.key if part in persons else persons[sum(map(ord, number)) % len(persons)].key

    def _prepared(self) -> Path:
        """A folder for this run, with what sipp reads."""
        run = Path(tempfile.mkdtemp(prefix="offhook-carrier-"))
        (run / AUDIO).symlink_to(self._folder.resolve(), target_is_directory=True)
        (run / TABLE).write_text(table(rows(self.seed), self._spoken, self.pace), encoding="ascii")
        (run / "answering.xml").write_text(answering(self._spoken), encoding="utf-8")
        return run

    def _started(self, transport: str, run: Path) -> processes.Sipp:
        arguments = ("-sf", "answering.xml", "-inf", TABLE, "-infindex", TABLE, "0")
        begun = processes.start(arguments, transport=transport, host=self.host, port=self.port, folder=run)
        until = time.monotonic() + _READY_SECONDS
        while not processes.answers(transport, self.host, self.port, seconds=0.5):
            if not begun.is_running or time.monotonic() > until:
                begun.stop()
                raise Unavailable(
                    f"The virtual carrier's sipp does not come up ({transport}): {begun.last_words()}"
                )
            time.sleep(0.02)
        return begun

    def _keep_running(self) -> None:
        """Start anew what dies (sipp ends itself when a message is beyond it), but not for ever."""
        died: list[float] = []
        while not self._is_stopping.wait(_LOOK_SECONDS):
            for index, one in enumerate(self._running):
                if one.is_running:
                    continue
                died = [at for at in died if at > time.monotonic() - 60] + [time.monotonic()]
                log.warning(
                    "The carrier's sipp (%s) ended and is started anew: %s", one.transport, one.last_words()
                )
                if len(died) > _MOST_RESTARTS_A_MINUTE:
                    log.error("The carrier's sipp dies again and again; it stays down.")
                    return
                try:
                    self._running[index] = self._started(one.transport, one.folder)
                    self.restarts += 1
                except Unavailable as error:
                    log.warning("%s", error.message)
