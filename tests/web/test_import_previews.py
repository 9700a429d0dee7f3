"""Importing as a screen does it: look at the file, correct the columns, watch it go in, mend what was wrong."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient

from conftest import Begin
from intake.files import HEADINGS, a_file, a_workbook, a_zip_bomb, people
from offhook.identity import Role
from offhook.intake.fields import FIELDS, Identifies, Target
from offhook.intake.mapping import REPORT_HEADINGS, TARGETS, check_identifies
from offhook.intake.preview import ROWS_READ
from offhook.kernel.errors import Invalid
from web.conftest import SignIn
from web.test_intake_routes import Server, campaign_id, client, send, server

__all__ = ["campaign_id", "client", "server"]


def look(client: TestClient, path: Path, **options: Any) -> dict[str, Any]:
    """Look at a file."""
    answer = client.post(
        "/api/v1/imports/preview", params={"file_name": path.name, **options}, content=path.read_bytes()
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def columns(preview: dict[str, Any]) -> dict[str, tuple[str | None, str]]:
    """What each column is taken for and why."""
    return {one["name"]: (one["field"], one["why"]) for one in preview["columns"]}


MESSY = [
    ["Vorname", "Nachname", "Kontakt", "Tel", "Firma", "Plan", "Rep"],
    ["Ada", "Lovelace", "ADA@Engines.example", "+1 212 555 0101", "Engines", "Gold", "who@here.example"],
    ["Bob", "Byron", "bob@engines.example", "12", "Engines", "Gold", ""],
    ["Ada", "Lovelace", "ada@engines.example", "", "Engines", "", ""],
    ["", "", "", "none", "", "Silver", ""],
]


def test_the_fields_on_offer_are_those_that_columns_can_be_mapped_to() -> None:
    assert [one.value for one in Target] == list(TARGETS)
    assert sorted(one.name for one in FIELDS) == sorted(Target)
    for one in FIELDS:
        if one.identifies is Identifies.ALONE:
            check_identifies({"x": one.name})
        else:
            with pytest.raises(Invalid):
                check_identifies({"x": one.name})


def test_a_preview_says_how_a_file_is_understood_and_writes_nothing(
    client: TestClient, tmp_path: Path, begin: Begin
) -> None:
    def counts() -> list[int | None]:
        with begin() as tx:
            return [
                tx.scalar(int, "SELECT count(*) FROM person"),
                tx.scalar(int, "SELECT count(*) FROM import_run"),
                tx.scalar(int, "SELECT count(*) FROM column_mapping"),
                tx.scalar(int, "SELECT count(*) FROM intake_record"),
                tx.scalar(int, "SELECT count(*) FROM event"),
            ]

    before = counts()
    told = look(client, a_file(tmp_path, MESSY), map=["Plan=ignore"])
    assert counts() == before
    assert (told["encoding"], told["delimiter"], told["sheet"], told["sheets"]) == ("utf-8", ",", None, [])
    assert columns(told) == {
        "Vorname": ("first_name", "heading"),
        "Nachname": ("last_name", "heading"),
        "Kontakt": ("email", "values"),
        "Tel": ("phone", "heading"),
        "Firma": ("company", "heading"),
        "Plan": ("ignore", "given"),
        "Rep": ("owner", "heading"),
    }
    assert told["columns"][5]["samples"] == ["Gold", "Silver"]
    first, second, _, last = told["rows"]
    assert first["values"] == {
        "email": "ada@engines.example",
        "phone": "+12125550101",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "full_name": "Ada Lovelace",
        "time_zone": "America/New_York",
        "company": "Engines",
        "website": "engines.example",
        "owner": "who@here.example",
    }
    assert [error["reason"] for error in first["errors"]] == ["is no active rep here; routing decided"]
    assert [(error["column"], error["value"]) for error in second["errors"]] == [("Tel", "12")]
    assert (last["row"], last["is_rejected"], last["values"]) == (5, True, {})
    wrong = {(one["column"], one["count"], len(one["examples"])) for one in told["errors"]}
    assert wrong == {("Rep", 1, 1), ("Tel", 1, 1), ("", 1, 1)}
    assert (told["rows_read"], told["rows_rejected"]) == (4, 1)
    assert (told["rows_total_estimate"], told["is_total_exact"]) == (4, True)
    assert told["duplicates_seen"] == {"on_record": 0, "repeated": 1}


def test_persons_on_record_are_counted(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path
) -> None:
    send(client, a_file(tmp_path, [HEADINGS, *people(3)]), campaign_id)
    server.work()
    told = look(client, a_file(tmp_path, [HEADINGS, *people(4, start=2)], name="more.csv"))
    assert told["duplicates_seen"] == {"on_record": 2, "repeated": 0}


def test_a_long_file_is_looked_at_only_at_its_beginning(client: TestClient, tmp_path: Path) -> None:
    path = a_file(tmp_path, [HEADINGS, *people(ROWS_READ + 700)])
    told = look(client, path)
    assert (told["rows_read"], len(told["rows"]), told["is_total_exact"]) == (ROWS_READ, 20, False)
    assert ROWS_READ + 690 < told["rows_total_estimate"] < ROWS_READ + 710


def test_a_workbook_tells_its_sheets(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    workbook = openpyxl.Workbook()
    first = workbook.active
    assert first is not None
    first.title = "Read me"
    first.append(["Nothing here"])
    workbook.create_sheet("People").append(["Email"])
    workbook["People"].append(["ada@engines.example"])
    workbook.save(path)
    told = look(client, path)
    assert (told["sheet"], told["sheets"], told["encoding"]) == ("Read me", ["Read me", "People"], None)
    assert told["cannot_start"].startswith("No column says who somebody is")
    told = look(client, path, sheet="People")
    assert (told["sheet"], columns(told), told["cannot_start"]) == (
        "People",
        {"Email": ("email", "heading")},
        None,
    )


def test_a_file_by_which_nobody_is_known_is_shown_so_that_it_can_be_mapped(
    client: TestClient, campaign_id: str, tmp_path: Path
) -> None:
    path = a_file(tmp_path, [["A", "B"], ["x1", "y1"]])
    assert "map one to e-mail address" in look(client, path)["cannot_start"]
    told = look(client, path, map=["A=external_id"])
    assert (told["cannot_start"], told["rows"][0]["values"]["external_id"]) == (None, "a:x1")
    assert told["rows"][0]["attributes"] == {"B": "y1"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0 old", "before 2007"),
        (b"ada@engines.example,Ada\n", "no headings"),
        (b"PK\x03\x04 broken", "broken or encrypted workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_is_wrong(
    client: TestClient, content: bytes, told: str
) -> None:
    answer = client.post("/api/v1/imports/preview", params={"file_name": "a.csv"}, content=content)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_wrong_options_are_refused_by_name(client: TestClient, tmp_path: Path) -> None:
    path = a_file(tmp_path, [HEADINGS, *people(1)])
    for options, field in (
        ({"map": "Emial=email"}, "mapping.Emial"),
        ({"map": "Email=adress"}, "mapping.Email"),
        ({"region": "Atlantis"}, "region"),
        ({"area_code": "x1"}, "area_code"),
    ):
        answer = client.post(
            "/api/v1/imports/preview", params={"file_name": "a.csv", **options}, content=path.read_bytes()
        )
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == field
    bomb = client.post(
        "/api/v1/imports/preview", params={"file_name": "b.xlsx"}, content=a_zip_bomb(tmp_path).read_bytes()
    )
    assert bomb.status_code == 422


def test_what_the_preview_agreed_on_is_what_is_imported(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path, begin: Begin
) -> None:
    path = a_file(tmp_path, MESSY)
    agreed = {"Plan": "ignore", "Rep": "attribute", "Tel": "phone"}
    mapped = [f"{name}={field}" for name, field in agreed.items()]
    assert look(client, path, map=mapped)["columns"][6]["field"] is None
    sent = send(client, path, campaign_id, map=mapped)
    assert {name: sent["mapping"][name] for name in agreed} == agreed
    assert (sent["phase"], sent["position"], sent["share"]) == ("waiting", 0, 0)
    server.work()
    done = client.get(f"/api/v1/imports/{sent['id']}").json()
    assert (done["phase"], done["position"], done["share"], done["rows_with_errors"]) == ("done", 5, 1, 2)
    with begin() as tx:
        kept = tx.scalars(dict, "SELECT attributes FROM person WHERE last_name = 'Lovelace'")
    assert kept == [{"Rep": "who@here.example"}]
    assert columns(look(client, path))["Plan"] == ("ignore", "remembered")


def test_the_errors_of_an_import_come_as_a_file_to_mend_and_import_again(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path, begin: Begin
) -> None:
    sent = send(client, a_file(tmp_path, MESSY), campaign_id, map=["Plan=content"])
    server.work()
    answer = client.get(f"/api/v1/imports/{sent['id']}/errors")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="errors-{sent["id"]}.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == [*MESSY[0], *REPORT_HEADINGS]
    assert [row[-4:-1] for row in rows[1:]] == [
        ["2", "Rep", "who@here.example"],
        ["3", "Tel", "12"],
        ["5", "", ""],
    ]
    assert rows[3][-1].startswith("tells of nobody")
    rows[2][3] = "+1 212 555 0199"
    mended = a_file(tmp_path, rows, name="mended.csv")
    proposed = columns(look(client, mended))
    assert {proposed[heading] for heading in REPORT_HEADINGS} == {("ignore", "heading")}
    assert proposed["Plan"] == ("content", "remembered"), "though there are more columns now"
    send(client, mended, campaign_id)
    server.work()
    with begin() as tx:
        assert tx.scalars(str, "SELECT value FROM contact_point WHERE value = '+12125550199'") == ["+12125550199"]
        assert tx.scalar(int, "SELECT count(*) FROM person WHERE attributes ? 'Offhook row'") == 0
    workbook = client.get(f"/api/v1/imports/{sent['id']}/errors", params={"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == [*MESSY[0], *REPORT_HEADINGS]


def test_an_import_without_errors_has_an_empty_report(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path
) -> None:
    sent = send(client, a_workbook(tmp_path, [HEADINGS, *people(2)]), campaign_id)
    server.work()
    answer = client.get(f"/api/v1/imports/{sent['id']}/errors")
    (headings,) = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (sorted(headings[:-4]), headings[-4:]) == (sorted(HEADINGS), [*REPORT_HEADINGS])
    assert client.get("/api/v1/imports/00000000-0000-0000-0000-000000000000/errors").status_code == 404


def test_only_who_may_import_looks_at_files(sign_in: SignIn, tmp_path: Path) -> None:
    path = a_file(tmp_path, [HEADINGS, *people(1)])
    for role, status in ((Role.DEMAND_GENERATION, 200), (Role.ADMIN, 200), (Role.REP, 403), (Role.AE, 403)):
        answer = sign_in(role).post(
            "/api/v1/imports/preview", params={"file_name": "a.csv"}, content=path.read_bytes()
        )
        assert answer.status_code == status, role
