"""Goals and KPIs by command, as a manager sets and reads them."""

import json

import pytest
from typer.testing import CliRunner, Result

from offhook.cli.main import app
from offhook.kernel.clock import SetClock
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings

runner = CliRunner()
ANN = "ann@acme.example"


@pytest.fixture(autouse=True)
def organisation_founded(
    settings: Settings, session_database: object, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A freshly founded organisation with a team and a rep."""
    made = f"goals-{new_id().hex[-8:]}"
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OFFHOOK_ORGANISATION", made)
    say("init", "--name", "Acme", "--slug", made, "--admin", "ada.byron@acme.example")
    say("teams", "add", "West")
    say("users", "add", ANN, "--name", "Ann Lee", "--role", "rep", "--team", "West")


def say(*words: str, code: int = 0) -> Result:
    """Run a command and insist on its exit code."""
    answer = runner.invoke(app, list(words))
    assert answer.exit_code == code, answer.output
    return answer


def said(*words: str) -> object:
    """Run a command with --json and read its answer."""
    return json.loads(say(*words, "--json").output)


def test_goals_are_set_shown_listed_and_ended() -> None:
    weekly = said("goals", "set", "sals", "5", "--rep", ANN)
    team = said("goals", "set", "sqls", "8", "--period", "month", "--team", "West")
    assert (weekly["counter"], weekly["period"], team["period"]) == ("sals", "week", "month")
    shown = say("goals").output
    for word in ("Ann Lee", "West", "sals a week", "sqls a month", "0%"):
        assert word in shown
    assert [one["goal"]["target"] for one in said("goals", "--rep", ANN)] == [5]
    assert [one["goal"]["target"] for one in said("goals", "--period", "month")] == [8]
    assert "Ann Lee" in say("goals", "list").output
    assert [goal["id"] for goal in said("goals", "list")] == [weekly["id"], team["id"]]
    last_day = weekly["starts_on"]
    assert said("goals", "end", weekly["id"], "--on", last_day)["ends_on"] == last_day
    assert "before the goal began" in say("goals", "end", team["id"], "--on", "2020-01-01", code=1).output


def test_kpis_are_told_by_rep_and_all_counts_are_right() -> None:
    assert said("kpis", "--by", "none")[0]["name"] == "all"
    assert {kpi["name"] for kpi in said("kpis", "--by", "none")[0]["kpis"]} >= {"connect_rate", "show_rate"}
    assert "as the record says" in say("goals", "recount").output
    assert said("goals", "recount") == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("goals", "set", "smiles", "5"), 2, "smiles"),
        (("goals", "set", "sals", "0", "--rep", ANN), 2, "or equal to 1"),
        (("goals", "set", "mqls", "5", "--rep", ANN), 1, "counter"),
        (("goals", "set", "sals", "5"), 1, "user_id"),
        (("goals", "set", "sals", "5", "--rep", "nobody@acme.example"), 1, "nobody@acme.example"),
        (("goals", "set", "sals", "5", "--team", "East"), 1, "East"),
        (("goals", "--on", "soon"), 1, "soon"),
        (("goals", "end", "12", "--on", "2026-03-06"), 2, "UUID"),
        (("kpis", "--by", "mood"), 1, "grouped by user, team, campaign"),
        (("kpis", "--from", "2026-03-31", "--to", "2026-03-01"), 1, "before"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line(words: tuple[str, ...], code: int, told: str) -> None:
    assert told in say(*words, code=code).output
