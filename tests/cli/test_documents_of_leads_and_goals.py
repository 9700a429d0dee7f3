"""The pages on leads and for managers are true: their commands run as written, their facts are the product's."""

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from offhook.cli.main import app
from offhook.goals import AIMS
from offhook.goals.kpis import kpis
from offhook.kernel.clock import SetClock
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings
from offhook.leads.conditions import FIELDS, parse
from offhook.leads.lifecycle.model import Accept, Confirm, HandOff, Reject, Withdraw
from offhook.leads.lifecycle.rules import TABLE
from offhook.leads.model import Stage
from offhook.leads.scoring.rules import DEFAULT
from offhook.leads.sla.rules import DEFAULTS

DOCS = Path(__file__).parents[2] / "docs"
LEADS, MANAGER = ((DOCS / name).read_text(encoding="utf-8") for name in ("leads.md", "manager.md"))
REP, PERSON = "ann@acme.example", "ada@engines.example"
EXAMPLES = {
    "is": "DE",
    "is_not": "DE",
    "in": ["DE"],
    "not_in": ["DE"],
    "contains": "D",
    "starts_with": "D",
    "has_word": ["D"],
    "at_least": 1,
    "at_most": 1,
    "is_known": True,
}

runner = CliRunner()


@pytest.fixture(autouse=True)
def organisation_founded(
    settings: Settings,
    session_database: object,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """An organisation with the teams, the rep and the lead that the pages speak of."""
    made = f"pages-{new_id().hex[-8:]}"
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.chdir(tmp_path)
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OFFHOOK_ORGANISATION", made)
    say("init", "--name", "Acme", "--slug", made, "--admin", "ada.byron@acme.example")
    say("teams", "add", "West")
    say("teams", "add", "Europe")
    say("users", "add", REP, "--name", "Ann Lee", "--role", "rep", "--team", "West")
    say("people", "add", "--set", "full_name=Ada Byron", "--set", f"email={PERSON}")
    say("leads", "open", "--person", PERSON, "--as", REP)
    say("goals", "set", "touches", "9", "--rep", REP)


def say(*words: str) -> str:
    """Run a command, which must succeed."""
    answer = runner.invoke(app, list(words))
    assert answer.exit_code == 0, (words, answer.output)
    return answer.output


def commands(page: str) -> list[str]:
    """The commands of a page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("offhook ")]


@pytest.mark.parametrize("page", [LEADS, MANAGER], ids=["leads", "manager"])
def test_the_commands_of_the_page_run_as_written(page: str) -> None:
    said = commands(page)
    assert said
    for line in said:
        words = shlex.split(line, comments=True)[1:]
        words = [
            REP if word == "EMAIL" and before == "--rep" else word
            for before, word in zip(["", *words], words, strict=False)
        ]
        words = [PERSON if word == "EMAIL" else word for word in words]
        if "ID" in words:
            words[words.index("ID")] = json.loads(say("goals", "list", "--json"))[0]["id"]
        if ">" in words:
            at = words.index(">")
            Path(words[at + 1]).write_text(say(*words[:at]), encoding="utf-8")
            continue
        say(*words)


def test_the_language_of_rules_is_listed_whole() -> None:
    example = json.loads(re.findall(r"```json\n(.*?)```", LEADS, re.DOTALL)[0])
    assert parse(example)
    listed = LEADS[LEADS.index("Fields: ") : LEADS.index("and `attributes.<name>`")]
    assert re.findall(r"`(\w+)`", listed) == list(FIELDS)
    operators = re.findall(
        r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", LEADS[LEADS.index("| operator") :], re.MULTILINE))
    )
    assert operators == list(EXAMPLES)
    for operator, value in EXAMPLES.items():
        field = "employees" if operator.startswith("at_") else "country"
        assert parse({field and "field": field, operator: value})


def test_the_lifecycle_is_as_the_page_says() -> None:
    row = re.findall(r"^\| `sal` \| (.*) \|$", LEADS, re.MULTILINE)[0]
    for command in (Accept, Reject, Withdraw, Confirm):
        assert command.__name__.lower() in row
    assert {command: TABLE[command][Stage.SAL] for command in (Reject, Withdraw, Confirm)} == {
        Reject: Stage.WORKING,
        Withdraw: Stage.WORKING,
        Confirm: Stage.SQL,
    }
    assert TABLE[HandOff] == {Stage.MQL: Stage.SAL, Stage.WORKING: Stage.SAL}


def test_the_figures_of_the_page_are_those_in_force() -> None:
    assert f"halved every {DEFAULT.half_life_days:.0f} days" in LEADS
    assert f"From {DEFAULT.mql_threshold:.0f} points on" in LEADS
    first, decision = DEFAULTS
    assert f"within {first.minutes} minutes" in LEADS
    assert f"(warning at {first.warn_minutes}; to another rep at {first.reassign_minutes})" in LEADS
    assert f"within {decision.minutes} (warning at {decision.warn_minutes})" in LEADS


def test_every_aim_and_kpi_stands_on_the_managers_page() -> None:
    told = MANAGER[: MANAGER.index("```sh")]
    assert set(re.findall(r"`(\w+)`", told)) == {aim.value for aim in AIMS}
    table = MANAGER[MANAGER.index("| KPI |") : MANAGER.index("Every ratio")]
    names = re.findall(r"^\| (\w[^|]*) \|", table, re.MULTILINE)[1:]
    assert {name.lower().replace("→", " to ").replace(" ", "_") for name in names} == {
        kpi.name for kpi in kpis({}, {})
    }
