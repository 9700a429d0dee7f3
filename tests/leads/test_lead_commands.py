"""Setting up how responders become leads, and looking after leads, by command; with and without --json."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from conftest import Begin
from identity.factories import a_team, a_user
from leads.factories import respond
from leads.work_factories import a_person
from offhook.cli.main import app
from offhook.identity import Role
from offhook.kernel.clock import SystemClock
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings
from offhook.leads import campaign_by_name

runner = CliRunner()

ANN, BOB, AE = "ann@acme.example", "bob@acme.example", "ae@acme.example"
ADA = ("--person", "ada@analytical.example")


@pytest.fixture(autouse=True)
def floor(
    settings: Settings, organisation: object, database: Database, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann in team West, Bob in team East, an AE; commands go by the machine's clock."""
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("OFFHOOK_ORGANISATION", str(organisation))
    database.clock = SystemClock()
    with begin() as tx:
        a_user(tx, Role.REP, team_id=a_team(tx, "West").id, email=ANN)
        a_user(tx, Role.REP, team_id=a_team(tx, "East").id, email=BOB)
        a_user(tx, Role.AE, email=AE)


@dataclass(frozen=True)
class Ada:
    """A responder to the webinar whose lead is Ann's."""

    lead: str


@pytest.fixture
def ada(begin: Begin) -> Ada:
    said("campaigns", "add", "Webinar", "--kind", "webinar", "--mql")
    said("routing", "add", "To Ann", "--when", "{}", "--to", ANN)
    with begin() as tx:
        webinar = campaign_by_name(tx, "webinar")
        assert webinar
        received = respond(tx, webinar, name="Ada Byron", email=ADA[1], title="CTO", company="Analytical")
    return Ada(str(received.lead_id))


def say(*words: str, code: int = 0) -> Result:
    """Run a command and insist on its exit code."""
    answer = runner.invoke(app, list(words))
    assert answer.exit_code == code, (words, answer.output, answer.exception)
    return answer


def said(*words: str) -> Any:
    """Run a command with --json and read its answer."""
    return json.loads(say(*words, "--json").output)


def told(*words: str, code: int = 0) -> str:
    """What a command says, in one line."""
    return " ".join(say(*words, code=code).output.split())


def test_campaigns_are_added_changed_and_shown(ada: Ada) -> None:
    made = said(
        "campaigns", "add", "Trade Show", "--kind", "trade_show", "--region", "de",
        "--from", "2026-03-02", "--to", "2026-03-05",
    )  # fmt: skip
    assert (made["kind"], made["default_region"], made["responders_are_mql"]) == ("trade_show", "DE", False)
    changed = said("campaigns", "change", "trade show", "--name", "Fair", "--no-mql", "--to", "2026-03-06")
    assert (changed["name"], changed["ends_on"], changed["version"]) == ("Fair", "2026-03-06", 2)
    assert [one["name"] for one in said("campaigns", "list")] == ["Webinar", "Fair"]
    shown = said("campaigns", "show", "webinar")
    assert (shown["responses"], shown["leads"], shown["mqls"], shown["sqls"]) == (1, 1, 1, 0)
    assert "trade_show" in told("campaigns", "list")
    assert "Webinar" in told("campaigns", "show", "Webinar")
    assert "2026-03-06" in told("campaigns", "change", "Fair", "--kind", "other")


def test_a_lead_is_looked_at_from_all_sides(ada: Ada) -> None:
    for filters in ((), ("--stage", "mql"), ("--rep", ANN), ("--campaign", "webinar"), ("--limit", "1")):
        assert [one["id"] for one in said("leads", "list", *filters)] == [ada.lead], filters
    assert said("leads", "list", "--rep", BOB) == said("leads", "list", "--stage", "sql") == []
    assert "Leads: none" in told("leads", "list", "--rep", BOB)
    assert "Ada Byron" in told("leads", "list")
    shown = said("leads", "show", "--lead", ada.lead)
    assert (shown["lead"]["person"], shown["lead"]["stage"], shown["facts"]["title"]) == (
        "Ada Byron",
        "mql",
        "CTO",
    )
    assert sum(one["points"] for one in shown["lead"]["score_reasons"]) == shown["lead"]["score"]
    assert len(shown["responses"]) == len(shown["assignments"]) == len(shown["promises"]) == 1
    seen = told("leads", "show", *ADA)
    for word in ("Ada Byron", "came to a webinar", "To Ann", "running"):
        assert word in seen, word
    assert said("leads", "why", *ADA)[0]["because"] == "territory"
    assert "Rule 'To Ann' (always) gives it to" in told("leads", "why", "--lead", ada.lead)


def test_leads_are_assigned_pooled_and_taken(ada: Ada) -> None:
    assert said("leads", "assign", *ADA, "--rep", BOB, "--note", "knows her")["stage"] == "mql"
    assert said("leads", "why", *ADA)[0]["explanation"]["note"] == "knows her"
    assert "The system gave it to" in told("leads", "why", *ADA)
    assert "Note: knows her" in told("leads", "why", *ADA)
    assert said("leads", "assign", *ADA, "--team", "West")["owner"] is None
    assert "another team" in told("leads", "take", *ADA, "--rep", BOB, "--as", BOB, code=1)
    assert "another's name" in told("leads", "take", *ADA, "--rep", ANN, "--as", BOB, code=1)
    taken = said("leads", "take", *ADA, "--rep", ANN, "--as", ANN)
    assert taken["owner"]
    assert said("leads", "take", *ADA, "--rep", ANN, "--as", ANN) == taken, "it is theirs already"
    assert "Another rep has this lead" in told("leads", "take", *ADA, "--rep", BOB, "--as", BOB, code=1)
    assert "Ada Byron" in told("leads", "assign", *ADA, "--rep", BOB)
    assert said("leads", "assign", *ADA)["owner"] == taken["owner"], "with neither, routing chooses"
    assert "not to both" in told("leads", "assign", *ADA, "--rep", BOB, "--team", "West", code=1)


def test_the_choice_of_an_ae_is_told_in_words(ada: Ada) -> None:
    assert "turn among all AEs (1 of 1 turns)" in told("hand-off", "offer", *ADA, "--override", "The board asked")


def test_an_outbound_lead_is_opened_once(begin: Begin) -> None:
    with begin() as tx:
        a_person(tx, "Grace Hopper", email="grace@navy.example")
    grace = ("--person", "grace@navy.example")
    opened = said("leads", "open", *grace, "--as", ANN)
    assert (opened["stage"], opened["mql_at"], opened["campaign_id"]) == ("working", None, None)
    assert "open lead already" in told("leads", "open", *grace, "--rep", BOB, code=1)
    assert "needs a rep" in told("leads", "open", *grace, code=1)
    assert "Nobody is known" in told("leads", "open", "--person", "no@where.example", "--rep", ANN, code=1)


def test_routing_rules_are_added_told_and_removed(ada: Ada) -> None:
    dach = '{"field": "country", "in": ["DE", "AT"]}'
    made = said("routing", "add", "DACH", "--when", dach, "--team", "East", "--position", "5")
    assert (made["goes_to"], made["when"], made["position"]) == ("team East", "country in DE, AT", 5)
    for_aes = said("routing", "add", "DACH", "--when", dach, "--to", AE, "--for", "ae")
    assert [one["name"] for one in said("routing", "list")] == ["DACH", "DACH", "To Ann"]
    listed = told("routing", "list")
    assert "country in DE, AT" in listed
    assert "team East" in listed
    several = told("routing", "remove", "DACH", code=1)
    assert made["id"] in several
    assert for_aes["id"] in several
    assert said("routing", "remove", for_aes["id"])["purpose"] == "ae"
    assert "Removed" in told("routing", "remove", "DACH")
    assert "no routing rule 'DACH'" in told("routing", "remove", "DACH", code=1)
    assert said("routing", "turns") == []
    said("routing", "remove", "To Ann")
    said("leads", "assign", *ADA, "--team", "East")
    said("leads", "assign", *ADA)
    assert [one["assigned"] for one in said("routing", "turns")][:1]
    assert "rep:*" in told("routing", "turns")


def test_the_scoring_model_is_shown_set_and_refused(tmp_path: Path) -> None:
    assert "Version 0: MQL from 50 points on" in told("scoring", "show")
    file = tmp_path / "scoring.json"
    file.write_text(say("scoring", "show", "--json").output)
    document = json.loads(file.read_text()) | {"mql_threshold": 60}
    file.write_text(json.dumps(document))
    assert said("scoring", "set", str(file))["version"] == 1
    assert "Version 2: MQL from 60 points on" in told("scoring", "set", str(file)), "what show gives, set takes"
    for wrong, named in (
        ({"mql_threshold": 0}, "mql_threshold"),
        (
            {"rules": [{"name": "x", "kind": "fit", "points": 1, "when": {"field": "mood", "is": 1}}]},
            "rules[0].when",
        ),
        ({"rules": [{"name": "x", "kind": "fit", "points": "many", "when": {}}]}, "rules.0.points"),
        ({"half_life": 3}, "half_life"),
    ):
        file.write_text(json.dumps(document | wrong))
        assert named in told("scoring", "set", str(file), code=1)
    for text in ("{", "[]", "\xff"):
        file.write_bytes(text.encode("latin-1"))
        assert "no JSON" in told("scoring", "set", str(file), code=1), text
    assert said("scoring", "show")["version"] == 2
    for nowhere in (tmp_path, tmp_path / "nowhere.json"):
        assert "Usage: " in told("scoring", "set", str(nowhere), code=2)


def test_promises_are_listed_added_changed_and_removed() -> None:
    assert [one["version"] for one in said("sla", "list")] == [0, 0]
    made = said("sla", "add", "first_attempt", "--minutes", "30", "--warn", "20", "--reassign", "90")
    assert made["name"] == "First attempt within 30 business minutes"
    assert "Change that one" in told("sla", "add", "first_attempt", "--minutes", "9", "--warn", "5", code=1)
    west = ("--minutes", "15", "--warn", "10", "--team", "West", "--name", "West is fast")
    assert said("sla", "add", "first_attempt", *west)["team_id"]
    changed = said("sla", "change", made["name"], "--minutes", "40", "--never-reassign", "--name", "Fast", "--off")
    assert (changed["minutes"], changed["warn_minutes"], changed["reassign_minutes"]) == (40, 20, None)
    assert (changed["name"], changed["is_active"]) == ("Fast", False)
    listed = told("sla", "list")
    for word in ("West", "all", "Fast", "Decision within a working day"):
        assert word in listed
    assert "warn_minutes" in told("sla", "change", "Fast", "--warn", "50", code=1)
    assert "not both" in told("sla", "change", "Fast", "--reassign", "50", "--never-reassign", code=1)
    assert "is none of your own" in told("sla", "remove", "Decision within a working day", code=1)
    assert "no policy 'Slow'" in told("sla", "change", "Slow", "--minutes", "9", code=1)
    assert said("sla", "change", changed["id"], "--name", "West is fast")["version"] == 3
    assert made["id"] in told("sla", "remove", "West is fast", code=1), "two bear the name"
    assert said("sla", "remove", made["id"])["id"] == made["id"]
    assert "Removed" in told("sla", "remove", "West is fast")
    assert [one["version"] for one in said("sla", "list")] == [0, 0]


def test_broken_promises_are_swept_and_pressing(ada: Ada, begin: Begin) -> None:
    assert "none" in told("sla", "due")
    with begin() as tx:
        tx.execute(
            "UPDATE sla_timer SET started_at = started_at - %(ago)s, warn_at = warn_at - %(ago)s,"
            " due_at = due_at - %(ago)s, reassign_at = NULL, check_at = check_at - %(ago)s",
            ago=timedelta(days=10),
        )
    assert said("sla", "sweep") == {"leads": 1}
    assert "0" in told("sla", "sweep")
    for filters in ((), ("--broken",), ("--team", "West"), ("--limit", "5")):
        assert [one["lead_id"] for one in said("sla", "due", *filters)] == [ada.lead], filters
    assert said("sla", "due", "--team", "East") == []
    (pressing,) = said("sla", "due")
    assert (pressing["person_name"], pressing["company"]) == ("Ada Byron", "Analytical")
    due = told("sla", "due")
    for word in ("Ada Byron", "first attempt", "breached"):
        assert word in due
    assert "leads:assign" in told("sla", "sweep", "--as", ANN, code=1)


@pytest.mark.parametrize(
    "words",
    [
        ("campaigns", "add"),
        ("campaigns", "add", "Webinar", "--kind", "smoke"),
        ("leads", "list", "--stage", "asleep"),
        ("leads", "list", "--limit", "0"),
        ("leads", "show", "--lead", "ada"),
        ("leads", "take", *ADA),
        ("leads", "open"),
        ("routing", "add", "DACH"),
        ("routing", "add", "DACH", "--when", "{}", "--for", "manager"),
        ("routing", "add", "DACH", "--when", "{}", "--position", "-1"),
        ("scoring", "set"),
        ("sla", "add"),
        ("sla", "add", "lunch", "--minutes", "30", "--warn", "20"),
        ("sla", "add", "first_attempt", "--minutes", "soon", "--warn", "20"),
        ("sla", "add", "first_attempt", "--minutes", "30"),
        ("sla", "due", "--limit", "many"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_with_what_would_be_right(words: tuple[str, ...]) -> None:
    answer = told(*words, code=2)
    assert "Usage: " in answer
    assert "Traceback" not in answer


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("campaigns", "add", " "), "1 to 200 characters"),
        (("campaigns", "add", "Webinar", "--from", "Monday"), "must be a date such as"),
        (("campaigns", "add", "Webinar", "--from", "2026-03-02", "--to", "2026-03-01"), "lies before starts_on"),
        (("campaigns", "add", "Webinar", "--region", "XX"), "country code"),
        (("campaigns", "add", "Webinar", "--as", ANN), "campaigns:write"),
        (("campaigns", "show", "Webinar"), "no campaign 'Webinar'"),
        (("campaigns", "change", "Webinar", "--mql"), "no campaign 'Webinar'"),
        (("leads", "list", "--rep", "nobody@acme.example"), "nobody@acme.example"),
        (("leads", "list", "--campaign", "Webinar"), "no campaign 'Webinar'"),
        (("leads", "show"), "Say which lead"),
        (("leads", "show", *ADA), "has a lead"),
        (("leads", "why", "--lead", "01a20acd-57d3-7742-9744-668aa1d4b251"), "no lead"),
        (("leads", "assign", *ADA, "--rep", ANN), "has a lead that is open"),
        (("leads", "assign", "--lead", "01a20acd-57d3-7742-9744-668aa1d4b251", "--as", ANN), "leads:assign"),
        (("routing", "add", "DACH", "--when", "DE", "--to", ANN), "--when is no JSON that can be read"),
        (("routing", "add", "DACH", "--when", '{"field": "mood", "is": 1}', "--to", ANN), "is no field"),
        (("routing", "add", "DACH", "--when", "[]", "--to", ANN), "must be an object"),
        (("routing", "add", "DACH", "--when", "[" * 99_999, "--to", ANN), "--when is no JSON that can be read"),
        (
            ("routing", "add", "DACH", "--when", '{"field": "score", "at_most": NaN}', "--to", ANN),
            "must be a number",
        ),
        (("routing", "add", "DACH", "--when", '{"field": "score", "is": 1e999}', "--to", ANN), "a number"),
        (("routing", "add", "DACH", "--when", "{}", "--to", ANN, "--position", "9999999999"), "position"),
        (("routing", "add", "DACH", "--when", "{}"), "one of the two"),
        (("routing", "add", "DACH", "--when", "{}", "--to", ANN, "--team", "West"), "one of the two"),
        (("routing", "add", "DACH", "--when", "{}", "--to", AE), "role 'rep'"),
        (("routing", "add", "DACH", "--when", "{}", "--team", "North"), "North"),
        (("routing", "add", "DACH", "--when", "{}", "--to", ANN, "--as", ANN), "campaigns:write"),
        (("sla", "add", "first_attempt", "--minutes", "30", "--warn", "30"), "warn_minutes"),
        (("sla", "add", "hand_off_decision", "--minutes", "30", "--warn", "9", "--reassign", "40"), "reassign"),
        (("sla", "add", "first_attempt", "--minutes", "200000", "--warn", "30"), "100,000"),
        (("sla", "add", "first_attempt", "--minutes", "30", "--warn", "20", "--as", ANN), "campaigns:write"),
        (("sla", "due", "--team", "North"), "North"),
    ],
    ids=lambda one: " ".join(one)[:90] if isinstance(one, tuple) else "",
)
def test_what_is_refused_is_said_in_a_line(words: tuple[str, ...], reason: str) -> None:
    answer = say(*words, code=1).output
    assert reason in answer
    assert len(answer.splitlines()) <= 2, answer
    assert answer.startswith("offhook: ")


def test_a_name_that_is_taken_is_said(ada: Ada) -> None:
    assert "Choose another name" in told("campaigns", "add", "WEBINAR", code=1)
    said("campaigns", "add", "Fair")
    assert "Choose another name" in told("campaigns", "change", "Fair", "--name", "Webinar", code=1)
