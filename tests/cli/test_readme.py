"""The README's walk-through does what it shows, with the file that the project carries."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from offhook.cli.main import app
from offhook.kernel.clock import SystemClock
from offhook.kernel.database import Database
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITTEN = datetime(2026, 11, 23, 17, 26, tzinfo=UTC)
"""When the walk-through was written down: a Monday, 11:26 in Chicago."""

runner = CliRunner()


def steps() -> list[tuple[str, str]]:
    """Each command of the walk-through with the answer that is shown below it."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ")
    return re.findall(r"^\$ offhook (.*)\n((?:(?!\$ ).*\n)*)", lines, re.MULTILINE)


def said(text: str) -> str:
    """The words of an answer, however its lines are broken."""
    return " ".join(re.sub(r"[─│╭╮╰╯]+", " ", text).split())


@pytest.fixture
def nobody_else(settings: Settings, session_database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    """Room for one organisation of the test's own on that day. Returns its short name."""
    monkeypatch.setattr(SystemClock, "now", lambda _: WRITTEN)
    made = f"acme-{new_id().hex[-8:]}"
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OFFHOOK_ORGANISATION", made)
    return made


def test_the_walk_through_does_what_it_shows(nobody_else: str) -> None:
    walked = steps()
    assert len(walked) > 10
    for line, shown in walked:
        words = shlex.split(line)
        if words[0] == "init":
            words += ["--slug", nobody_else]
            shown = shown.replace("(acme)", f"({nobody_else})")
        answer = runner.invoke(app, words)
        assert answer.exit_code == 0, (line, answer.output)
        for part in shown.split("\n …\n"):
            assert said(part) in said(answer.output), line
