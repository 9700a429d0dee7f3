"""A rep's and an AE's day by commands: from the head of the queue to SQL, and every table on the way."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import Begin
from identity.factories import a_team, a_user
from leads.work_factories import a_lead, a_person, an_account
from offhook.cli.main import app
from offhook.identity import Role, User, add_absence
from offhook.kernel.clock import SystemClock
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings

runner = CliRunner()


@pytest.fixture
def floor(
    settings: Settings, organisation: object, database: Database, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> dict[str, User]:
    """A rep and an AE, and a responder, Ada, whose lead is the rep's; commands go by the machine's clock."""
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.delenv("OFFHOOK_DATABASE_URL", raising=False)
    monkeypatch.delenv("OFFHOOK_AS", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("OFFHOOK_ORGANISATION", str(organisation))
    database.clock = SystemClock()
    with begin() as tx:
        team = a_team(tx, "West")
        rep = a_user(tx, Role.REP, team_id=team.id, email="rep@acme.example")
        ae = a_user(tx, Role.AE, email="ae@acme.example")
        account = an_account(tx, "Analytical Engines", domain="analytical.example")
        ada = a_person(tx, "Ada Byron", account_id=account, title="CTO", email="ada@analytical.example")
        a_lead(tx, rep, person_id=ada, account_id=account)
    return {"rep": rep, "ae": ae}


def say(*words: str, code: int = 0) -> Result:
    """Run a command and insist on its exit code."""
    answer = runner.invoke(app, list(words))
    assert answer.exit_code == code, answer.output
    return answer


def said(*words: str) -> "dict[str, object] | list[dict[str, object]]":
    """Run a command with --json and read its answer."""
    return json.loads(say(*words, "--json").output)


ADA = ("--person", "ada@analytical.example")
REP = ("--as", "rep@acme.example")
AE = ("--as", "ae@acme.example")


def test_from_the_head_of_the_queue_to_sql(floor: dict[str, User]) -> None:
    assert said("criteria", "new", "--from", "BANT")["status"] == "draft"
    assert said("criteria", "publish", "BANT", "--agreed-with", "Head of Sales")["status"] == "published"
    item = said("queue", "next", "--rep", "rep@acme.example")
    assert item["contact"]["name"] == "Ada Byron"
    assert item["reasons"]
    call = said("log", "call", *ADA, "-d", "conversation", "--seconds", "240", "--note", "Wants it now", *REP)
    assert (call["is_conversation"], call["lead_id"]) == (True, item["lead"]["id"])
    assert said("qualify", "show", *ADA)["next_question"]["key"] == "budget"
    answered = said(
        "qualify", "answer", "budget=planned", "authority=decides", "need=urgent", "timeline=within 3 months",
        *ADA, "--activity", call["id"], *REP,
    )  # fmt: skip
    assert answered["verdict"] == "in"
    assert said("qualify", "judge", *ADA)["verdict"] == "in"
    offered = said("hand-off", "offer", *ADA, "--meeting", "+1d", "--note", "Be early", *REP)
    assert (offered["status"], offered["mode"]) == ("offered", "scheduled")
    assert [one["id"] for one in said("hand-off", "list", "--ae", "ae@acme.example")] == [offered["id"]]
    assert said("hand-off", "accept", *ADA, *AE)["status"] == "accepted"
    assert "known only then" in say("hand-off", "meeting", "held", *ADA, *AE, code=1).output
    assert said("hand-off", "reschedule", "+3d", *ADA, *REP)["meeting_at"] > offered["meeting_at"]
    assert said("hand-off", "meeting", "cancelled", *ADA, *AE)["meeting_outcome"] == "cancelled"
    assert said("hand-off", "confirm", offered["id"], *AE)["status"] == "confirmed"
    assert "a lead that is open" in say("queue", "claim", *ADA, *REP, code=1).output, "the pass has ended well"
    assert "confirmed" in say("hand-off", "show", *ADA).output


def test_every_table_of_the_day_can_be_read(floor: dict[str, User]) -> None:
    say("criteria", "new", "--from", "BANT")
    say("criteria", "publish", "BANT", "--agreed-with", "Sales")
    for words in (
        ("queue", "list", "--rep", "rep@acme.example"),
        ("queue", "next", *REP),
        ("queue", "claims", *REP),
        ("queue", "claim", *ADA, *REP),
        ("log", "note", *ADA, "--note", "Looks promising", *REP),
        ("log", "call", *ADA, "-d", "call_back", "--call-back", "+2h", *REP),
        ("log", "list", *ADA),
        ("qualify", "show", *ADA),
        ("qualify", "answer", "budget=?", *ADA, *REP),
        ("qualify", "judge", *ADA),
        ("criteria", "list"),
        ("criteria", "show", "bant"),
        ("criteria", "show", "CHAMP"),
        ("queue", "give-back", *REP),
    ):
        assert say(*words).output.strip(), words


def test_a_hand_off_shows_its_briefing(floor: dict[str, User]) -> None:
    assert "has a lead" in say("hand-off", "show", "--person", "nobody@acme.example", code=1).output
    assert "never handed off" in say("hand-off", "show", *ADA, code=1).output
    offered = say("hand-off", "offer", *ADA, "--override", "The board asked").output
    assert floor["ae"].name in offered, "and why this AE"
    shown = say("hand-off", "show", *ADA).output
    for word in ("Ada Byron", "Analytical Engines", "CTO", "The board asked"):
        assert word in shown
    assert said("hand-off", "withdraw", *ADA, *REP)["status"] == "withdrawn"


def test_why_me_tells_who_was_passed_over(floor: dict[str, User], begin: Begin) -> None:
    with begin() as tx:
        away = a_user(tx, Role.REP, email="away@acme.example")
        add_absence(tx, away.id, tx.now - timedelta(days=1), tx.now + timedelta(days=1))
    say("leads", "assign", *ADA, "--team", "West")
    say("leads", "assign", *ADA)
    assert f"Passed over: {away.name} is away." in " ".join(say("leads", "why", *ADA).output.split())


def test_rejected_recycled_and_reopened(floor: dict[str, User]) -> None:
    said("hand-off", "offer", *ADA, "--override", "The board asked")
    assert "agreed reason" in say("hand-off", "reject", *ADA, "--reason", "boring", *AE, code=1).output
    rejected = said("hand-off", "reject", *ADA, "--reason", "bad timing", *AE)
    assert rejected["reason"] == "bad_timing"
    assert "returned" in {reason["kind"] for reason in said("queue", "next", *REP)["reasons"]}
    assert said("recycle", "not_now", "--until", "+90d", *ADA, *REP)["stage"] == "recycled"
    assert said("reopen", *ADA, *REP)["stage"] in {"mql", "working"}
    assert said("disqualify", "no need", *ADA, *REP)["close_reason"] == "no_need"
    assert said("queue", "list", *REP) == []
    assert "Nothing is due" in say("queue", "next", *REP).output
    assert said("queue", "next", *REP) is None


def test_a_call_is_put_right_and_a_lead_put_off(floor: dict[str, User]) -> None:
    call = said("log", "call", *ADA, "-d", "conversation", *REP)
    later = said("log", "correct", call["id"], "-d", "no_answer", *REP)
    assert (later["corrects"], later["is_conversation"]) == (call["id"], False)
    assert [one["id"] for one in said("log", "list", *ADA)] == [later["id"]]
    assert said("queue", "snooze", "+3d", *ADA, *REP)["next_touch_because"] == "snoozed"
    assert "is no time" in say("queue", "snooze", "tomorrow", *ADA, *REP, code=1).output
    assert "voicemail" in say("log", "dispositions").output


def test_own_criteria_are_written_as_a_document(floor: dict[str, User], tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(say("criteria", "show", "BANT", "--document").output)
    assert said("criteria", "new", "--file", str(file), "--name", "Ours")["name"] == "Ours"
    document = json.loads(file.read_text())
    document["questions"][0]["kind"] = "guess"
    file.write_text(json.dumps(document))
    assert "questions.0.kind" in say("criteria", "edit", "Ours", "--file", str(file), code=1).output
    document["questions"] = [{"key": "fit", "text": "Does it fit?", "kind": "yes_no"}]
    file.write_text(json.dumps(document | {"minimum_points": 0}))
    assert len(said("criteria", "edit", "Ours", "--file", str(file))["agreement"]["questions"]) == 1
    assert "cannot be read" in say("criteria", "edit", "Ours", "--file", "/nowhere.json", code=1).output
    assert said("criteria", "discard", "Ours")["status"] == "draft"
    assert "--from" in say("criteria", "new", code=1).output


def test_named_accounts_by_command(floor: dict[str, User], tmp_path: Path) -> None:
    file = tmp_path / "targets.txt"
    file.write_text("analytical.example\n\nnowhere.example\n")
    say("named", "new", "Targets", "--rep", "rep@acme.example")
    done = said("named", "add", "Targets", "--file", str(file))
    assert (done["added"], done["unknown"]) == (1, ["nowhere.example"])
    said("log", "call", *ADA, "-d", "no_answer", *REP)
    shown = said("named", "list")
    assert (shown[0]["name"], shown[0]["coverage"]) == ("Targets", 1.0)
    assert said("named", "reach", "--rep", "rep@acme.example")["accounts"] == 1
    assert said("named", "open", "Targets", *REP) == []
    assert "Analytical" in say("named", "accounts", "Targets").output
    assert said("named", "change", "Targets", "--rename", "Aims", "--team", "West")["team"] == "West"
    assert len(said("named", "drop", "Aims", "--domain", "analytical.example")) == 1
    assert said("named", "remove", "Aims")["name"] == "Aims"


def test_what_is_missing_is_said_in_one_line(floor: dict[str, User]) -> None:
    for words, told in (
        (("queue", "next"), "Say whose queue"),
        (("log", "call"), "with whom"),
        (("qualify", "show"), "Say which lead"),
        (("qualify", "show", *ADA), "No criteria are agreed"),
        (("qualify", "answer", "budget", *ADA), "QUESTION=ANSWER"),
        (("log", "call", "--person", "nobody@acme.example"), "Nobody is known"),
        (("log", "call", *ADA, "--at", "+5d"), "future"),
        (("hand-off", "offer", *ADA, *REP), "verdict"),
    ):
        output = say(*words, code=1).output
        assert told in output, (words, output)
        assert "Traceback" not in output
