"""Calls that the carrier makes to us: somebody rings one of our numbers. One sipp process a call."""

import re
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from offhook.carrier import processes
from offhook.carrier.calling import Ring, calling
from offhook.carrier.speech import Spoken
from offhook.carrier.steps import AUDIO
from offhook.kernel.errors import Invalid

_NUMBER = re.compile(r"[+]?[0-9A-Za-z_.-]{1,64}")
_SPARE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call to us.

    `code` is the final answer (200, or the refusal); None: none came before patience was over, or at all.
    `ended_by` is "us" (the carrier's side) or "them", once it was answered.
    """

    rang: bool
    code: int | None
    ended_by: str | None

    @property
    def answered(self) -> bool:
        """Whether we took it."""
        return self.code == 200

    @property
    def summary(self) -> str:
        """In words."""
        if self.answered:
            ended = {"us": ", hung up by the caller", "them": ", hung up by the called"}
            return "answered" + ended.get(self.ended_by or "", ", broken off")
        if self.code is not None:
            return f"refused with {self.code}"
        return "rang, not answered" if self.rang else "no answer at all"


class Ringing:
    """A call on its way."""

    def __init__(self, sipp: processes.Sipp) -> None:
        """Made by `ring`."""
        self._sipp = sipp
        self._outcome: Outcome | None = None

    @property
    def is_running(self) -> bool:
        """Whether it rings or is talked on."""
        return self._sipp.is_running

    def wait(self, seconds: float | None = None) -> Outcome:
        """What became of it, when it is over. Raises `TimeoutError` when it is not within the time."""
        try:
            self._sipp.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"The call is not over after {seconds} s.") from error
        return self._read()

    def stop(self) -> None:
        """Cut it off, without a BYE. No error when it is over."""
        self._sipp.stop()
        self._read()

    def _read(self) -> Outcome:
        if self._outcome is None:
            told = self._sipp.folder / "ring.log"
            self._outcome = outcome(told.read_text(encoding="utf-8") if told.exists() else "")
            shutil.rmtree(self._sipp.folder, ignore_errors=True)
        return self._outcome


def outcome(told: str) -> Outcome:
    """Read the log of a call. Pure."""
    refused = re.search(r"refused (\d{3})", told)
    ended = re.search(r"ended by (us|them)", told)
    code = 200 if "\nanswered" in f"\n{told}" else int(refused[1]) if refused else None
    return Outcome("ringing" in told, code, ended[1] if ended else None)


def ring(
    folder: Path,
    spoken: Spoken,
    *,
    called: str,
    caller: str,
    host: str,
    to: tuple[str, int],
    transport: str = "udp",
    patience_seconds: float = 30.0,
) -> Ringing:
    """Call `called` at the address `to`, as `caller` with that voice; returns when it is under way.

    `folder` holds the spoken files. Raises `Invalid` for numbers that cannot stand in a SIP address, `Unavailable`
    when sipp is not installed.
    """
    for number in (called, caller):
        if not _NUMBER.fullmatch(number):
            raise Invalid(f"{number!r} is no number that can call or be called: digits, with a + if you like.")
    run = Path(tempfile.mkdtemp(prefix="offhook-ring-"))
    (run / AUDIO).symlink_to(folder.resolve(), target_is_directory=True)
    token = secrets.token_hex(8)
    asked = Ring(token, called, caller, spoken, patience_seconds)
    (run / "calling.xml").write_text(calling(asked), encoding="utf-8")
    longest = round(patience_seconds + spoken.seconds) + _SPARE_SECONDS
    arguments = (
        *(f"{to[0]}:{to[1]}", "-sf", "calling.xml", "-m", "1", "-timeout", f"{longest}s"),
        *("-cid_str", f"{token}@%s"),
        *("-trace_logs", "-log_file", "ring.log"),
    )
    port = processes.free_port(host)
    return Ringing(processes.start(arguments, transport=transport, host=host, port=port, folder=run))
