"""Running the carrier: it comes up and goes away whole, survives a death, and says what is wrong."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from carrier.telephone import Telephone
from offhook.carrier import BEHAVIOUR, MAGIC, SHARES, Carrier, Outcome, missing
from offhook.carrier.processes import answers
from offhook.carrier.ringing import outcome
from offhook.cli.main import app
from offhook.kernel.errors import Conflict, Invalid, NotFound, Unavailable

DOCS = (Path(__file__).parents[2] / "docs" / "carrier.md").read_text(encoding="utf-8")


def test_the_page_tells_every_fixed_ending_and_share() -> None:
    for endings, kind in MAGIC.items():
        name = f"{endings[0]:02}" if len(endings) == 1 else f"{endings[0]:02}–{endings[-1]:02}"
        assert f"| {name} | {BEHAVIOUR[kind]} |" in DOCS
    for kind, share in SHARES.items():
        assert f"{share} % {kind.replace('_', ' ')}" in DOCS


@pytest.mark.parametrize(
    ("told", "became"),
    [
        ("ringing\nanswered\nended by them\n", Outcome(rang=True, code=200, ended_by="them")),
        ("answered\n", Outcome(rang=False, code=200, ended_by=None)),
        ("ringing\nrefused 603\n", Outcome(rang=True, code=603, ended_by=None)),
        ("ringing\nunanswered\nrefused 487\n", Outcome(rang=True, code=487, ended_by=None)),
        ("unanswered\n", Outcome(rang=False, code=None, ended_by=None)),
        ("", Outcome(rang=False, code=None, ended_by=None)),
    ],
)
def test_the_log_of_a_call_is_read(told: str, became: Outcome) -> None:
    assert outcome(told) == became


@pytest.mark.parametrize("program", ["sipp", "espeak-ng"])
def test_a_missing_program_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    for name in {"sipp", "espeak-ng"} - {program}:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing() == [program]
    package = {"sipp": "sip-tester", "espeak-ng": "espeak-ng"}[program]
    with pytest.raises(Unavailable, match=f"needs {program}.*apt-get install {package}"):
        Carrier(tmp_path).start()


@pytest.mark.slow
def test_it_answers_options_on_both_transports(carrier: Carrier) -> None:
    assert answers("udp", carrier.host, carrier.port, seconds=2)
    assert answers("tcp", carrier.host, carrier.port, seconds=2)


@pytest.mark.slow
def test_it_leaves_nothing_behind(carrier: Carrier, spoken: Path) -> None:
    one = Carrier(spoken)
    with one:
        processes = one.process_ids
        assert len(processes) == 2
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert not answers("udp", one.host, one.port, seconds=0.3)


@pytest.mark.slow
def test_what_dies_is_started_anew(carrier: Carrier, spoken: Path, telephone: Callable[..., Telephone]) -> None:
    with Carrier(spoken) as one:
        telephone("tcp").dial("+12125550100", one.host, one.port)
        for process in one.process_ids:
            os.kill(process, signal.SIGKILL)
        until = time.monotonic() + 10
        while one.restarts < 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert telephone().dial("+12125550126", one.host, one.port).code == 404
        assert telephone("tcp").dial("+12125550126", one.host, one.port).code == 404


@pytest.mark.slow
def test_ringing_is_quicker_at_another_pace(
    carrier: Carrier, spoken: Path, telephone: Callable[..., Telephone]
) -> None:
    with Carrier(spoken, pace=5) as one:
        line = telephone()
        assert line.dial("+12125550116", one.host, one.port).code == 480
        assert time.monotonic() - line.began == pytest.approx(35 / 5, abs=0.6)


@pytest.mark.slow
def test_a_taken_port_and_unknown_parts_are_named(carrier: Carrier, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="port is taken"):
        Carrier(tmp_path, port=carrier.port).start()
    with pytest.raises(NotFound, match="nobody99"):
        carrier.ring("+12125550190", "+13125550107", to=("127.0.0.1", 9), part="nobody99")
    with pytest.raises(Invalid, match="no number"):
        carrier.ring("+1 212\r\nX: y", "+13125550107", to=("127.0.0.1", 9))


@pytest.mark.slow
def test_the_command_serves_until_it_is_told_to_stop(carrier: Carrier, spoken: Path) -> None:
    command = [sys.executable, "-c", "from offhook.cli.main import run; run()", "--data", str(spoken.parent)]
    with subprocess.Popen(
        [*command, "carrier", "up", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())
        assert answers("udp", told["host"], told["port"], seconds=2)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
    assert not answers("udp", told["host"], told["port"], seconds=0.3)


@pytest.mark.slow
def test_the_command_rings_us_and_tells_what_became_of_it(carrier: Carrier, spoken: Path) -> None:
    asked = f"--data {spoken.parent} carrier ring +12125550190 --to {carrier.address} --json"
    told = json.loads(CliRunner().invoke(app, asked.replace("0190", "0127").split()).stdout)
    assert told == {"rang": True, "code": 603, "ended_by": None}


def test_the_command_says_which_argument_is_wrong(tmp_path: Path) -> None:
    for wrong, reason in (("--to nowhere", "--to is HOST:PORT"), ("--transport tls", "--transport is udp or tcp")):
        result = CliRunner().invoke(app, f"--data {tmp_path} carrier ring +12125550190 {wrong}".split())
        assert result.exit_code == 1
        assert re.search(re.escape(reason), result.output)


@pytest.mark.slow
def test_rubbish_does_not_keep_it_down(carrier: Carrier, spoken: Path) -> None:
    with Carrier(spoken) as one:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as throwing:
            throwing.sendto(b"\x00\xff rubbish\r\n\r\n", (one.host, one.port))
        time.sleep(1)
        until = time.monotonic() + 10
        while not answers("udp", one.host, one.port, seconds=0.5):
            assert time.monotonic() < until
