"""Cadences by API and by command: planned, published, enrolled in, steered; what is refused says why."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cadences.conftest import Floor
from offhook.cli.main import app as command_line
from offhook.identity import Role
from offhook.kernel.settings import Settings
from web.conftest import SignIn

API = "/api/v1"
DOCUMENT = Path(__file__).parents[2] / "docs" / "cadences.md"
CALL = {"kind": "call", "instructions": "Ask about the engine."}


def test_a_cadence_is_planned_published_enrolled_in_steered_and_counted(floor: Floor, sign_in: SignIn) -> None:
    manager = sign_in(Role.MANAGER)
    made = manager.post(f"{API}/cadences", json={"name": "Calls", "draft": {"steps": [CALL, CALL]}}).json()
    here = f"{API}/cadences/{made['id']}"
    lead_ids = [str(floor.lead()), str(floor.lead())]
    early = manager.post(f"{here}/enrol", json={"lead_ids": lead_ids})
    assert (early.status_code, early.json()["type"]) == (409, "urn:offhook:problem:not-published")
    assert manager.post(f"{here}/publish", json={"version": made["version"]}).json()["edition"] == 1
    run = manager.post(f"{here}/enrol", json={"lead_ids": [*lead_ids, lead_ids[0]]}).json()
    assert (run["total"], run["enrolled"], run["status"]) == (2, 2, "done")
    again = manager.post(f"{here}/enrol", json={"lead_ids": lead_ids}).json()
    refused = manager.get(f"{API}/cadence-runs/{again['id']}/refusals").json()["items"]
    assert {one["code"] for one in refused} == {"in-this-cadence"}
    floor.run()
    one = manager.get(f"{API}/leads/{lead_ids[0]}/enrolments").json()["items"][0]
    assert (one["phase"], one["may"]) == ("task", ["pause", "skip", "finish"])
    paused = manager.post(f"{API}/enrolments/{one['id']}/pause").json()
    assert (paused["state"], paused["may"]) == ("paused", ["resume", "skip", "finish"])
    assert manager.post(f"{API}/enrolments/{one['id']}/pause").status_code == 409
    manager.post(f"{API}/enrolments/{one['id']}/resume")
    manager.post(f"{API}/enrolments/{one['id']}/skip")
    numbers = manager.get(f"{here}/numbers").json()
    assert [(step["reached"], step["skipped"]) for step in numbers["steps"]] == [(2, 1), (1, 0)]
    finished = manager.post(f"{API}/enrolments/{one['id']}/finish").json()
    assert (finished["state"], finished["because"]) == ("finished", "by_hand")


def test_who_plans_no_cadences_changes_none(floor: Floor, sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    assert rep.post(f"{API}/cadences", json={"name": "Mine"}).status_code == 403
    cadence = floor.cadence(floor.email())
    assert rep.get(f"{API}/cadences/{cadence.id}").json()["name"] == cadence.name
    assert rep.post(f"{API}/cadences/{cadence.id}/publish", json={"version": cadence.version}).status_code == 403


def test_a_draft_with_faults_names_the_step_of_each(sign_in: SignIn) -> None:
    steps = [CALL | {"branches": [{"on": "opened", "goes_to": 1}]}, CALL | {"continues_thread": True}]
    answer = sign_in(Role.MANAGER).post(f"{API}/cadences", json={"name": "Wrong", "draft": {"steps": steps}})
    assert answer.status_code == 422
    fields = {one["field"] for one in answer.json()["errors"]}
    assert fields == {"steps.1.branches.1.goes_to", "steps.2.continues_thread"}


def test_the_plan_in_the_document_works_by_command(
    floor: Floor, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFHOOK_ORGANISATION", str(floor.organisation))
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    found = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    told = re.sub(r'template = ".*"', f'template = "{floor.template.name}"', found.group(1))
    file, leads = tmp_path / "webinar.toml", tmp_path / "leads.txt"
    file.write_text(told)
    leads.write_text(f"{floor.lead()}\n{floor.lead()}\n")

    def said(*words: str) -> Any:  # JSON
        return json.loads(_output(["cadences", *words, "--json"]))

    added = said("add", "Webinar", "--file", str(file))
    assert [step["kind"] for step in added["draft"]["steps"]] == ["email", "call", "email"]
    assert said("publish", "webinar")["edition"] == 1
    assert said("enrol", "Webinar", "--leads-from", str(leads))["enrolled"] == 2
    listed = said("enrolments", "Webinar")
    assert [one["state"] for one in listed] == ["active", "active"]
    assert said("pause", listed[0]["id"])["is_paused"] is True
    assert [(one["name"], one["enrolled"]) for one in said("list")] == [("Webinar", 2)]


def _output(words: Sequence[str]) -> str:
    answer = CliRunner().invoke(command_line, list(words))
    assert answer.exit_code == 0, answer.output
    return answer.output
