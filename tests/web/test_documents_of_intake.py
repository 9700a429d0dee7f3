"""The page for demand generation is true: examples run, output is what comes, tables are the product's."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.testclient import TestClient

from conftest import Begin
from intake.imports import Importer
from offhook.cli.main import WORDS, load
from offhook.intake.mapping import RESPONSE_FIELDS, TARGETS
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database
from offhook.leads import CampaignKind
from offhook.leads.conditions import FIELDS
from offhook.people import KNOWN_FIELDS
from web.conftest import SignIn
from web.test_documents import run_curl

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "demand-generation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", re.findall(r"^offhook (.+)$", PAGE.replace("\\\n", " "), re.MULTILINE))
def test_every_command_of_the_page_can_be_said(line: str) -> None:
    word, *rest = shlex.split(line.partition(" > ")[0], comments=True)
    assert word in WORDS
    command = load(word)
    while getattr(command, "commands", None):
        name, *rest = rest
        command = command.commands[name]  # pyright: ignore # a group
    rest = ["0190a1b2-0000-7000-8000-000000000000" if one == "0190…" else one for one in rest]
    if "scoring.json" not in rest:
        command.make_context(word, rest, resilient_parsing=False)


def requests(text: str) -> list[str]:
    """The curl commands of a page, in order; a quoted body may have several lines."""
    found: list[str] = []
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if found and found[-1].count("'") % 2:
                found[-1] += f" {line.strip()}"
            elif line.startswith("curl "):
                found.append(line)
    return found


def test_every_request_of_the_page_is_answered(nobody: TestClient, sign_in: SignIn, begin: Begin) -> None:
    token = sign_in().headers["authorization"].removeprefix("Bearer ")
    variables = {"OFFHOOK": "http://testserver", "TOKEN": token}
    found = requests(PAGE)
    assert len(found) == 10
    for line in found:
        answer = run_curl(nobody, with_file(line), variables)
        assert answer.is_success, f"{line}\nanswered {answer.status_code} {answer.text}"
        if "/campaigns " in line:
            variables["CAMPAIGN"] = answer.json()["id"]
    with begin() as tx:
        assert tx.scalar(int, "SELECT count(*) FROM response") == 3
        assert (
            tx.scalar(int, "SELECT count(*) FROM import_run WHERE mapping ->> 'Session attended' = 'content'") == 1
        )


def with_file(line: str) -> str:
    """The command with the file's content in the place of its name."""
    word, at, rest = line.partition("--data-binary @")
    if not at:
        return line
    content = (ROOT / rest.strip()).read_text(encoding="utf-8")
    return f"{word}-d {shlex.quote(content)}"


def test_the_example_of_a_dry_run_is_what_it_says(
    database: Database, organisation: UUID, clock: SetClock, tmp_path: Path
) -> None:
    clock.at = datetime(2026, 11, 23, tzinfo=UTC)
    report = Importer(database, organisation, tmp_path).rehearse(ROOT / "examples" / "responders.csv")
    shown = " ".join(PAGE.split())
    mapped = [f"{name} → {field}" for name, field in report.mapping.items() if field != "attribute"]
    assert f"Columns: {', '.join(mapped)} Kept as custom attributes: Session attended" in shown
    assert f"{report.rows} rows: {report.imported} would be imported, {report.merged} would be merged" in shown
    for error in report.errors:
        assert re.search(rf"^ {error.row}  +{error.column} +{re.escape(error.value)}", PAGE, re.MULTILINE)


def test_every_field_kind_and_operator_is_listed() -> None:
    table = PAGE.partition("| field | what it is |")[2].partition("\n\n")[0]
    listed = re.findall(r"`([a-z_]+)`", "\n".join(row.split("|")[1] for row in table.strip().splitlines()[1:]))
    assert sorted(listed) == sorted(TARGETS)
    assert set(KNOWN_FIELDS) | set(RESPONSE_FIELDS) < set(listed)
    for kind in CampaignKind:
        assert f"`{kind.value}`" in PAGE
    for field in FIELDS:
        assert f"`{field}`" in PAGE.partition("Fields: ")[2].partition("\n\n")[0]


def test_the_program_that_sends_a_webhook_is_believed(
    nobody: TestClient,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(written[0], names)  # noqa: S102 # our own document
    admin = sign_in()
    campaign = admin.post("/api/v1/campaigns", json={"name": "Webinar"}).json()["id"]
    mapping = {"attendee.mail": "email"}
    made = admin.post("/api/v1/hooks", json={"name": "Tool", "campaign_id": campaign, "mapping": mapping}).json()
    path = "/" + made["address"].split("/", 3)[3]
    monkeypatch.setattr(httpx, "post", nobody.post)
    told = {"attendee": {"mail": "ada@engines.example", "name": "Ada Byron"}}
    for is_repeated in (False, True):
        answer = names["send"](path, made["secret"], "msg_1", told)
        assert answer.status_code == 200
        assert answer.json()["repeated"] is is_repeated
