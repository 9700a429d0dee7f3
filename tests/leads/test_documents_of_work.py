"""The pages for reps and AEs are true: their commands can be said, their tables are the product's."""

import re
import shlex
from pathlib import Path

import pytest

from offhook.activities import OUTCOMES, Kind
from offhook.cli.main import WORDS, load
from offhook.leads.hand_off.reasons import DISQUALIFY, RECYCLE, REJECT

DOCS = Path(__file__).parents[2] / "docs"
REP = (DOCS / "rep.md").read_text(encoding="utf-8")
AE = (DOCS / "account-executive.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^offhook (.+)$", REP + AE, re.MULTILINE)
KINDS = {"call": {Kind.CALL}, "email": {Kind.EMAIL}, "meeting": {Kind.MEETING}}
MESSAGES = {Kind.EMAIL, Kind.SMS, Kind.CHAT, Kind.SOCIAL}


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_pages_can_be_said(line: str) -> None:
    word, *rest = shlex.split(line.partition(" > ")[0], comments=True)
    assert word in WORDS
    command = load(word)
    while getattr(command, "commands", None):
        name, *rest = rest
        command = command.commands[name]  # pyright: ignore # a group
    command.make_context(word, rest, resilient_parsing=False)


def test_every_disposition_is_explained() -> None:
    for disposition, outcome in OUTCOMES.items():
        row = re.search(rf"^\| `{disposition}` \| ([^|]+) \| ([^|]+) \| (\w*)\s*\| (\w*)\s*\|$", REP, re.MULTILINE)
        assert row, disposition
        of, meaning, is_connect, reaches = (cell.strip() for cell in row.groups())
        assert meaning == outcome.meaning
        assert (is_connect == "yes", reaches == "yes") == (outcome.is_connect, outcome.reaches_person)
        kinds = set[Kind]()
        for name in of.split(", "):
            kinds |= MESSAGES if name == "messages" else KINDS[name]
        assert kinds == outcome.kinds, disposition


def test_every_agreed_reason_is_listed() -> None:
    for page, reasons in ((REP, RECYCLE), (REP, DISQUALIFY), (AE, REJECT)):
        for word, told in reasons.items():
            assert f"| `{word}` | {told} |" in page


def test_the_walk_over_commands_finds_what_cannot_be_said() -> None:
    with pytest.raises(Exception, match="No such option"):
        test_every_command_of_the_pages_can_be_said("queue next --nonsense")
