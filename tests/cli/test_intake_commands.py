"""Intake by command: files in, what became of them, forms and inbound webhooks."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from intake.files import HEADINGS, a_file, people
from intake.imports import webinar
from offhook.cli.main import app
from offhook.identity import command
from offhook.intake import ImportOptions
from offhook.intake.run import start_run
from offhook.intake.service import files_folder
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings

runner = CliRunner()

RESPONDERS = [
    ["Name", "Email", "Phone", "Company", "Colour"],
    ["Ada Lovelace", "ada@engines.example", "212 555 0101", "Engines", "=1+1"],
    ["ADA LOVELACE", "ada@engines.example", "12", "Engines", "red"],
    ["", "", "", "", "blue"],
]


@pytest.fixture(autouse=True)
def organisation_founded(settings: Settings, session_database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A freshly founded organisation."""
    made = f"intake-{new_id().hex[-8:]}"
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OFFHOOK_ORGANISATION", made)
    say("init", "--name", "Acme", "--slug", made, "--admin", "admin@acme.example")
    say("users", "add", "rep@acme.example", "--name", "Rep", "--role", "rep")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two rows of one person and one of nobody."""
    return a_file(tmp_path, RESPONDERS)


def say(*words: str, code: int = 0) -> Result:
    """Run a command and insist on its exit code."""
    answer = runner.invoke(app, list(words))
    assert answer.exit_code == code, answer.output
    return answer


def said(*words: str) -> Any:
    """Run a command with --json and read its answer."""
    return json.loads(say(*words, "--json").output)


def test_the_report_of_an_import_has_the_words_that_scripts_rely_on(file: Path) -> None:
    report = said("import", str(file), "--campaign", "Webinar")
    assert {name: report[name] for name in ("rows", "imported", "merged", "rejected")} == {
        "rows": 3,
        "imported": 1,
        "merged": 1,
        "rejected": 1,
    }
    assert [set(error) for error in report["errors"]] == [{"row", "column", "value", "reason"}] * 2
    assert [(error["row"], error["column"], error["value"]) for error in report["errors"]] == [
        (3, "Phone", "12"),
        (4, "", ""),
    ]


def test_a_dry_run_says_the_same_and_leaves_nothing(file: Path) -> None:
    rehearsed = said("import", str(file), "--campaign", "Webinar", "--dry-run")
    assert said("campaigns", "list") == said("imports", "list") == []
    done = said("import", str(file), "--campaign", "Webinar")
    assert rehearsed | {"run_id": done["run_id"]} == done


def test_a_person_reads_what_was_understood_and_what_was_not(file: Path) -> None:
    told = say("import", str(file), "--campaign", "Webinar", "--kind", "webinar").output
    assert "Name → full_name, Email → email, Phone → phone, Company → company" in told
    assert "Kept as custom attributes: Colour" in told
    assert "3 rows: 1 imported, 1 merged, 1 rejected." in told
    assert "too short for a number of US" in " ".join(told.split())
    again = say("import", str(file), "--campaign", "Webinar").output
    assert "already: nothing is doubled." in again


def test_a_long_list_of_errors_is_cut_with_the_command_that_shows_the_rest(tmp_path: Path) -> None:
    rows = [[*row[:3], "12", row[4]] for row in people(30)]
    told = say("import", str(a_file(tmp_path, [HEADINGS, *rows])), "--campaign", "Webinar").output
    (run,) = said("imports", "list")
    assert f"… and 10 more: offhook imports errors {run['id']}" in " ".join(told.split())
    assert len(said("imports", "errors", run["id"])) == 30


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--map", "Colour"], "'Colour' is not written as 'Column=field'"),
        (["--map", "Shade=title"], "is no column of this file"),
        (["--map", "Colour=shade"], "cannot be 'shade'"),
        (["--region", "Atlantis"], "'Atlantis' is not a country"),
        (["--as", "rep@acme.example"], "needs the permission"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(file: Path, options: list[str], told: str) -> None:
    answer = say("import", str(file), "--campaign", "Webinar", *options, code=1)
    assert told in " ".join(answer.output.split())
    assert said("campaigns", "list") == []


def test_columns_dates_and_numbers_are_read_as_one_says(tmp_path: Path) -> None:
    rows = [["Who", "Call", "When", "Email"], ["Ada Lovelace", "555 0101", "03/02/2026", "ada@engines.example"]]
    path = str(a_file(tmp_path, rows))
    unsaid = said("import", path, "--campaign", "Webinar", "--map", "When=responded_at", "--dry-run")
    assert "read either way" in unsaid["errors"][0]["reason"]
    options = ["--map", "Who=full_name", "--map", "Call=phone", "--map", "When=responded_at"]
    report = said(
        "import", path, "--campaign", "Webinar", *options, "--day-first", "--area-code", "212", "--region", "us"
    )
    assert report["errors"] == []
    assert report["mapping"] == {"Who": "full_name", "Call": "phone", "When": "responded_at", "Email": "email"}
    (ada,) = said("people", "list")
    assert ada["full_name"] == "Ada Lovelace"
    assert said("people", "show", "ada@engines.example")["phones"] == ["+12125550101"]


def test_responders_of_a_campaign_can_be_mqls_by_agreement(file: Path) -> None:
    said("import", str(file), "--campaign", "Demo requests", "--mql")
    assert [lead["stage"] for lead in said("leads", "list")] == ["mql"]


def test_imports_are_listed_shown_and_exported_without_formulas(file: Path, tmp_path: Path) -> None:
    said("import", str(file), "--campaign", "Webinar")
    (listed,) = said("imports", "list")
    shown = said("imports", "show", listed["id"])
    assert (shown["file_name"], shown["status"], shown["rows"]) == ("responders.csv", "done", 3)
    out = tmp_path / "out.csv"
    assert said("imports", "export", listed["id"], str(out)) == {"rows": 3, "file": str(out)}
    with out.open(encoding="utf-8-sig", newline="") as written:
        rows = list(csv.reader(written))
    assert rows[0] == ["row", "outcome", "reasons", *RESPONDERS[0]]
    assert rows[1] == ["2", "imported", "", *RESPONDERS[1][:-1], "'=1+1"]
    assert [row[1] for row in rows[1:]] == ["imported", "merged", "rejected"]
    book = tmp_path / "out.xlsx"
    say("imports", "errors", listed["id"], "--output", str(book))
    sheet = openpyxl.load_workbook(book).active
    assert sheet is not None
    assert [row[:2] for row in sheet.iter_rows(values_only=True)] == [
        ("row", "column"),
        (3, "Phone"),
        (4, None),
    ]


def test_what_cannot_be_written_or_found_is_told(file: Path, tmp_path: Path) -> None:
    run_id = said("import", str(file), "--campaign", "Webinar")["run_id"]
    for name in ("none/out.csv", "none/out.xlsx"):
        answer = say("imports", "export", run_id, str(tmp_path / name), code=1)
        assert "cannot be written" in " ".join(answer.output.split())
    for word in ("show", "errors", "cancel", "resume"):
        assert "There is no import" in say("imports", word, str(new_id()), code=1).output


def test_a_cancelled_import_is_resumed_by_its_id(file: Path) -> None:
    with command.transaction() as tx:
        run, _ = start_run(tx, file, webinar(tx), ImportOptions(), files_folder(command.settings()))
    assert said("imports", "cancel", str(run.id))["status"] == "cancelled"
    assert "cancelled already" in say("imports", "cancel", str(run.id), code=1).output
    file.unlink()
    assert said("imports", "resume", str(run.id))["imported"] == 1
    assert "nothing to go on with" in say("imports", "resume", str(run.id), code=1).output


def test_a_form_is_added_shown_changed_and_closed() -> None:
    added = said(
        "forms",
        "add",
        "Talk to us",
        "--campaign",
        "Site",
        "--ask",
        "email=Work e-mail*",
        "--ask",
        "size=Team: 1-10|11 or more",
        "--consent",
        "You may call me.",
        "--origin",
        "https://www.acme.example",
    )
    assert added["campaign"] == "Site"
    assert added["address"].endswith(f"/f/{added['address'].split('/')[-2]}/{added['id']}")
    assert added["snippet"] == f'<script src="{added["address"]}/embed.js" async></script>'
    assert [(field["field"], field["kind"], field["is_required"]) for field in added["fields"]] == [
        ("email", "email", True),
        ("size", "choice", False),
    ]
    changed = said("forms", "change", added["id"], "--thanks", "Ta.", "--closed", "--campaign", "Fair")
    assert (changed["thanks"], changed["is_active"], changed["campaign"]) == ("Ta.", False, "Fair")
    assert changed["fields"] == added["fields"]
    assert said("forms", "show", added["id"]) == changed
    assert said("forms", "list") == [changed]
    refused = say("forms", "add", "X", "--campaign", "Site", "--ask", "size=Size", code=1)
    assert "could be reached" in " ".join(refused.output.split())


def test_what_is_to_be_copied_stands_in_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    ask = ("--ask", "email=Work e-mail*", "--ask", "size=Team: 1-10|11 or more")
    shown = say("forms", "add", "Write to us", "--campaign", "Site", *ask).output
    address = next(line for line in shown.splitlines() if line.startswith("Address: ")).removeprefix("Address: ")
    assert f'Snippet: <script src="{address}/embed.js" async></script>' in shown.splitlines()
    assert "email=Work e-mail*, size=Team: 1-10|11 or more" in " ".join(shown.replace("│", " ").split())
    made = say("hooks", "add", "Tool", "--campaign", "Site").output.splitlines()
    assert [line.partition(": ")[0] for line in made[-2:]] == ["Address", "Secret"]


def test_an_inbound_webhook_tells_its_secret_once() -> None:
    added = said("hooks", "add", "Chat", "--campaign", "Chat", "--map", "lead.mail=email")
    assert added["secret"].startswith("whsec_")
    shown = said("hooks", "show", added["id"])
    assert "secret" not in shown
    assert shown["mapping"] == {"lead.mail": "email"}
    changed = said("hooks", "change", added["id"], "--name", "Chatbot", "--closed")
    assert (changed["name"], changed["is_active"]) == ("Chatbot", False)
    assert said("hooks", "list") == [changed]
