"""The page on operating is true: commands are commands, the doctor says what is shown. Backups: tests/faults."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from offhook.cli.main import WORDS, load
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings
from offhook.web.consumers import CONSUMERS
from offhook.web.doctor import examine

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"`offhook ([a-z][^`]*)`", PAGE) + re.findall(r"^offhook ([a-z].*)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", sorted(set(COMMANDS)))
def test_every_command_of_the_page_can_be_said(line: str) -> None:
    word, *rest = shlex.split(line)
    assert word in WORDS
    command = load(word)
    while rest and getattr(command, "commands", None):
        name, *rest = rest
        command = command.commands[name]  # pyright: ignore # a group
    if not getattr(command, "commands", None):
        rest = ["0190a1b2-0000-7000-8000-000000000000" if one == "ID" else one for one in rest]
        command.make_context(word, rest, resilient_parsing=False)


def test_the_consumer_whose_dead_letters_are_replayed_is_one() -> None:
    (told,) = re.findall(r"^offhook replay (\S+)", PAGE, re.MULTILINE)
    assert told in {one.name for one in CONSUMERS}


def test_the_doctor_says_what_the_page_shows(database: Database, settings: Settings) -> None:
    shown = re.findall(r"^ ok {6}(?:acme: )?(\S.*?)  +\S", PAGE, re.MULTILINE)
    assert len(shown) == 11
    found = {one.check.partition(": ")[2] or one.check for one in examine(settings)}
    of_an_organisation = {"events", "dead letters", "imports"}
    assert set(shown) - of_an_organisation <= found
    if database.organisations():
        assert of_an_organisation <= found


def test_every_address_that_monitors_ask_answers(nobody: TestClient) -> None:
    addresses = set(re.findall(r"`GET (/\S+)`", PAGE))
    assert len(addresses) == 3
    for address in addresses:
        assert nobody.get(address).status_code == 200


def test_the_unit_is_one_and_names_only_settings_that_are_there() -> None:
    text = PAGE.partition("```ini\n")[2].partition("```")[0]
    unit = ConfigParser(strict=False)
    unit.optionxform = str  # pyright: ignore[reportAttributeAccessIssue] # keys keep their case
    unit.read_string(text)
    assert unit["Service"]["ExecStart"].split()[1] in WORDS
    names = {f"OFFHOOK_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bOFFHOOK_[A-Z_]+\b", PAGE)) <= names
