"""The command line as a whole: every word loads, helps itself, and speaks JSON; errors are one line."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from offhook.cli.main import WORDS, app, load
from offhook.kernel.settings import Settings

WITHOUT_JSON = {"up", "worker", "demo", "openapi"}
"""Words that run until they are stopped and print an address, not a result; and one that prints JSON alone."""

runner = CliRunner()


@pytest.fixture(autouse=True)
def installation(settings: Settings, session_database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the test process's own installation."""
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_ORGANISATION", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)


def commands(path: tuple[str, ...], found: object) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below this one that does something itself."""
    inner = getattr(found, "commands", None)
    if inner is None:
        yield path, found  # pyright: ignore[reportReturnType] # Typer's own click
        return
    for name, one in inner.items():
        yield from commands((*path, name), one)


EVERY = [one for word in WORDS for one in commands((word,), load(word))]


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[" ".join(path) for path, _ in EVERY])
def test_every_command_helps_itself_and_can_speak_json(path: tuple[str, ...], command: click.Command) -> None:
    answer = runner.invoke(app, [*path, "--help"])
    assert answer.exit_code == 0, answer.output
    assert (command.help or "").strip(), "says what it does"
    options = {name for one in command.params for name in one.opts}
    assert path[0] in WITHOUT_JSON or "--json" in options
    undescribed = [one.name for one in command.params if not getattr(one, "help", None)]
    assert not undescribed, "every option and argument says what it means"


def test_a_words_short_help_stands_in_the_table_and_nowhere_else_differs() -> None:
    listed = runner.invoke(app, ["--help"])
    assert listed.exit_code == 0
    for word, (place, told) in WORDS.items():
        assert word in listed.output, f"{word} ({place}) is listed"
        assert told.endswith(".")


def test_every_command_of_a_slice_is_reached_by_a_word() -> None:
    for place in {place for place, _ in WORDS.values()}:
        module, _, attribute = place.partition(":")
        found = getattr(__import__(module, fromlist=[attribute]), attribute)
        offered = (
            set(getattr(get_command(found), "commands", {})) if hasattr(found, "registered_commands") else set()
        )
        spoken = {word for word, (where, _) in WORDS.items() if where == place}
        assert offered <= spoken or len(spoken) == 1, f"{place} offers {offered - spoken} without a word"


def test_help_answers_at_once() -> None:
    """Three tries, as other work may be on the machine; half a second is what a person does not notice."""
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        subprocess.run(
            [
                sys.executable,
                "-c",
                "from offhook.cli.main import run; import sys; sys.argv[1:] = ['--help']; run()",
            ],
            check=True,
            capture_output=True,
        )
        took.append(time.perf_counter() - begun)
    assert min(took) < 1


def test_an_unknown_word_is_wrong_usage() -> None:
    answer = runner.invoke(app, ["frobnicate"])
    assert answer.exit_code == 2
    assert "Traceback" not in answer.output


def test_the_version_is_told() -> None:
    assert runner.invoke(app, ["--version"]).output.startswith("offhook 0.")


@pytest.mark.parametrize(
    ("url", "told"),
    [("postgresql://nobody@127.0.0.1:1/none", "does not answer"), ("mysql://x", "does not answer")],
)
def test_a_database_that_is_away_is_told_in_a_line(url: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFHOOK_DATABASE_URL", url)
    answer = runner.invoke(app, ["users", "list"])
    assert answer.exit_code == 1
    assert told in answer.output


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFHOOK_PORT", "many")
    answer = runner.invoke(app, ["users", "list"])
    assert answer.exit_code == 1
    assert "OFFHOOK_PORT" in answer.output


def test_the_data_folder_can_be_named(tmp_path: Path) -> None:
    answer = runner.invoke(app, ["--data", str(tmp_path / "none" / "file"), "users", "list"])
    assert answer.exit_code == 1
    assert "offhook init" in answer.output
