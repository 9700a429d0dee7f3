"""The administrators' page keeps its word: its commands run, in order."""

import re
import shlex
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from conftest import Begin
from identity.factories import a_user
from offhook.cli.main import app as words
from offhook.kernel.settings import Settings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "telephony.md").read_text()


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line]


def test_every_command_of_the_page_works_in_order(
    begin: Begin, organisation: UUID, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.setenv("OFFHOOK_ORGANISATION", str(organisation))
    with begin() as tx:
        a_user(tx, email="rep@acme.example")
    told = {}
    for line in commands():
        answer = CliRunner().invoke(words, line, input="line-secret\n")
        assert answer.exit_code == 0, f"{line}: {answer.output}"
        told[" ".join(line[:2])] = answer.output
    assert len(told) > 6
    assert "+12125550100" in told["numbers read"], "New York is nearer to San Francisco than Berlin"
    assert told["trunks route"].index("Main carrier") < told["trunks route"].index("Backup")


def test_the_page_names_only_files_that_are_there() -> None:
    for page in (ROOT / "docs" / "telephony.md", ROOT / "deploy" / "kamailio" / "README.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} names {target}"
