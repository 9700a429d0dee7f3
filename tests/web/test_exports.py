"""Tables as files: what is in them, what they are called, and that nothing in them computes."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from httpx import Response
from starlette.testclient import TestClient

from conftest import Begin
from leads.factories import a_desk, respond
from leads.work_factories import a_lead, a_person, a_rep, an_account
from offhook.identity import Role, change_organisation, organisation
from offhook.leads.hand_off.closing import disqualify
from offhook.leads.model import Stage
from web.conftest import SignIn

API = "/api/v1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read(answer: Response) -> list[dict[str, str]]:
    """The rows of a file by its headings; of a workbook too."""
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    if answer.headers["content-type"] == XLSX:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        headings, *rows = sheet.iter_rows(values_only=True)
        shown = [["" if cell is None else str(cell) for cell in row] for row in rows]
        return [dict(zip(map(str, headings), row, strict=True)) for row in shown]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return [*csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]


def problem(answer: Response, status: int) -> None:
    """A refusal is a problem, not a file."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_leads_are_written_with_names_and_in_order(sign_in: SignIn, begin: Begin, file_format: str) -> None:
    with begin() as tx:
        change_organisation(tx, organisation(tx).version, {"time_zone": "Europe/Madrid"})
        desk = a_desk(tx)
        account = an_account(tx, "Łódź Works")
        ada = a_person(tx, "Ada Byron", account_id=account, email="ada@engines.example", title="=1+1")
        a_lead(
            tx,
            desk.reps[0],
            person_id=ada,
            account_id=account,
            campaign_id=desk.campaign.id,
            score=70.0,
            next_touch_at=tx.now + timedelta(days=1),
            next_touch_because="call_back",
        )
        a_lead(tx, score=90.0)
        a_lead(tx, stage=Stage.RECYCLED)
    answer = sign_in(Role.REP).get(f"{API}/leads/table/export", params={"format": file_format, "sort": "score"})
    name = f"leads-open-2026-03-02.{file_format}"
    assert f'filename="{name}"' in answer.headers["content-disposition"]
    rows = read(answer)
    assert [float(row["Score"]) for row in rows] == [70, 90]
    first = rows[0]
    assert first["Person"] == "Ada Byron"
    assert first["Title"] == ("'=1+1" if file_format == "csv" else "=1+1")
    assert (first["Account"], first["Rep"], first["Team"]) == ("Łódź Works", "Rep 1", desk.team.name)
    assert (first["Campaign"], first["Stage"], first["Verdict"]) == (desk.campaign.name, "MQL", "Open")
    assert (first["E-mail"], first["Do not call"]) == ("ada@engines.example", "no")
    assert first["Next touch (Europe/Madrid)"] == "2026-03-03 10:00"
    assert (first["Next touch because"], first["Due (Europe/Madrid)"]) == ("Call back", "")


def test_the_filter_of_the_table_is_that_of_the_file_and_of_its_name(sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        mine = a_lead(tx, rep).id
        a_lead(tx)
        closed = a_lead(tx, rep, stage=Stage.RECYCLED).id
    client, url = sign_in(Role.REP), f"{API}/leads/table/export"
    wanted = {
        "leads-open": ({"owner_id": str(rep.id)}, {mine}),
        "leads-recycled-disqualified": ({"stage": ["disqualified", "recycled"]}, {closed}),
        "leads-all": ({"owner_id": str(rep.id), "closed": "true"}, {mine, closed}),
    }
    for name, (params, leads) in wanted.items():
        answer = client.get(url, params=params)
        assert f'filename="{name}-2026-03-02.csv"' in answer.headers["content-disposition"]
        assert {row["Lead id"] for row in read(answer)} == {str(lead) for lead in leads}
    problem(client.get(url, params={"format": "pdf"}), 422)
    problem(client.get(url, params={"colour": "red"}), 422)
    problem(sign_in(Role.ADMIN, "people:read").get(url), 403)


def test_more_leads_than_are_held_at_once_are_all_written(
    sign_in: SignIn, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.leads.table.service.BLOCK", 3)
    with begin() as tx:
        leads = {str(a_lead(tx).id) for _ in range(10)}
    rows = read(sign_in(Role.REP).get(f"{API}/leads/table/export"))
    assert len(rows) == 10
    assert {row["Lead id"] for row in rows} == leads


def test_accounts_are_written_by_name(sign_in: SignIn, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offhook.people.export.BLOCK", 2)
    admin = sign_in(Role.ADMIN)
    told = {"name": "Engines Ltd", "website": "engines.example", "attributes": {"tier": "gold", "=x": "@y"}}
    assert admin.post(f"{API}/accounts", json=told).status_code == 201
    with begin() as tx:
        for name in ("Zenith", "Acme", "Enigma", "-2+3|cmd"):
            an_account(tx, name)
    answer = admin.get(f"{API}/accounts/export")
    assert 'filename="accounts-2026-03-02.csv"' in answer.headers["content-disposition"]
    rows = read(answer)
    assert [row["Account"] for row in rows] == ["'-2+3|cmd", "Acme", "Engines Ltd", "Enigma", "Zenith"]
    assert rows[2]["Domain"] == "engines.example"
    assert "tier: gold" in rows[2]["Other details"]
    narrowed = admin.get(f"{API}/accounts/export", params={"name": "en", "format": "xlsx"})
    assert [row["Account"] for row in read(narrowed)] == ["Engines Ltd", "Enigma"]
    problem(admin.get(f"{API}/accounts/export", params={"attribute": "tier"}), 422)
    problem(sign_in(Role.ADMIN, "leads:read").get(f"{API}/accounts/export"), 403)


def test_responses_are_written_with_what_became_of_their_leads(sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        tx.execute("UPDATE campaign SET name = 'Größe & \"Glück\"' WHERE id = %(id)s", id=desk.campaign.id)
        first = respond(tx, desk.campaign, name="Ada Byron", company="Engines", at=tx.now - timedelta(days=2))
        respond(tx, desk.campaign, name="Robert Koch", email="koch@charite.example")
        respond(tx, a_desk(tx).campaign)
        disqualify(tx, first.lead_id, "no_budget")
    url = f"{API}/campaigns/{desk.campaign.id}/responses/export"
    demand = sign_in(Role.DEMAND_GENERATION)
    answer = demand.get(url)
    told = answer.headers["content-disposition"]
    assert 'filename="responses-Gr-e-Gl-ck-2026-03-02.csv"' in told
    assert "filename*=UTF-8''responses-Gr%C3%B6%C3%9Fe" in told
    rows = read(answer)
    assert [row["Person"] for row in rows] == ["Robert Koch", "Ada Byron"]
    assert (rows[0]["E-mail"], rows[0]["Stage of the lead"]) == ("koch@charite.example", "MQL")
    assert rows[0]["Rep"].startswith("Rep ")
    assert (rows[1]["Stage of the lead"], rows[1]["Closed because"]) == ("Disqualified", "no_budget")
    assert (rows[1]["Account"], rows[1]["Lead opened by it"]) == ("Engines", "yes")
    in_a_book = read(demand.get(url, params={"format": "xlsx"}))
    assert [row | {"Score": ""} for row in in_a_book] == [row | {"Score": ""} for row in rows]
    problem(demand.get(f"{API}/campaigns/{uuid4()}/responses/export"), 404)
    problem(sign_in(Role.ADMIN, "campaigns:read").get(url), 403)


def test_kpis_are_written_as_they_are_told(sign_in: SignIn) -> None:
    manager = sign_in(Role.MANAGER)
    days = {"from": "2026-03-01", "to": "2026-03-31"}
    answer = manager.get(f"{API}/kpis/export", params=days)
    assert 'filename="kpis-2026-03-01-to-2026-03-31.csv"' in answer.headers["content-disposition"]
    (row,) = read(answer)
    assert (row["Whose"], row["MQLs"], row["Connect rate"]) == ("all", "0", "")
    assert "Speed to lead business minutes" in row
    by_rep = manager.get(f"{API}/kpis/export", params=days | {"by": "user", "format": "xlsx"})
    assert "by-user.xlsx" in by_rep.headers["content-disposition"]
    assert read(by_rep) == []
    problem(manager.get(f"{API}/kpis/export", params={"from": "2026-03-02", "to": "2026-03-01"}), 422)
    problem(sign_in(Role.ADMIN, "leads:read").get(f"{API}/kpis/export", params=days), 403)


def test_what_fails_midway_is_told_and_no_file_is_sent(
    sign_in: SignIn, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.kernel.export.MOST_SHEET_ROWS", 2)
    with begin() as tx:
        for _ in range(3):
            a_lead(tx)
    client: TestClient = sign_in(Role.REP)
    problem(client.get(f"{API}/leads/table/export", params={"format": "xlsx"}), 422)
    assert len(read(client.get(f"{API}/leads/table/export"))) == 3


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_users_teams_tokens_and_goals_are_written_for_who_keeps_them(
    sign_in: SignIn, begin: Begin, file_format: str
) -> None:
    admin = sign_in(Role.ADMIN)
    with begin() as tx:
        desk = a_desk(tx)
    form = {"format": file_format}
    goal = {"counter": "sals", "period": "week", "target": 5, "user_id": str(desk.reps[0].id)}
    assert admin.post(f"{API}/goals", json=goal).status_code == 201
    issued = admin.post(f"{API}/tokens", json={"name": "Warehouse", "scopes": ["leads:read"]}).json()

    users = {row["E-mail"]: row for row in read(admin.get(f"{API}/users/export", params=form))}
    rep = users[desk.reps[0].email]
    assert (rep["Name"], rep["Role"], rep["Team"]) == (desk.reps[0].name, "Rep", desk.team.name)
    assert (rep["Works here"], rep["Most open leads"]) == ("yes", "")
    teams = {row["Name"]: row for row in read(admin.get(f"{API}/teams/export", params=form))}
    assert teams[desk.team.name]["SAL counts at"] == "Hand off"
    answer = admin.get(f"{API}/tokens/export", params=form)
    (token,) = (row for row in read(answer) if row["What for"] == "Warehouse")
    assert (token["Scopes"], token["Token id"]) == ("leads:read", issued["id"])
    assert issued["token"].encode() not in answer.content
    (set_one,) = read(admin.get(f"{API}/goals/export", params=form))
    assert (set_one["Whose"], set_one["What"], set_one["In each"]) == (desk.reps[0].name, "SALs", "Week")
    assert (set_one["Target"], set_one["First day"], set_one["Last day"]) == ("5", "2026-03-02", "")
    for what in ("users", "teams", "tokens", "goals"):
        problem(sign_in(Role.ADMIN, "leads:read").get(f"{API}/{what}/export"), 403)
