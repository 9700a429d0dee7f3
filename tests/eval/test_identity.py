"""`offhook eval identity` on a small file of its own: what it reads, what it finds, what it refuses."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from offhook.eval.cli import app
from offhook.eval.identity import judged, labelled
from offhook.kernel.errors import Invalid
from offhook.people.model import RecordKind

RESPONDERS = Path(__file__).parent / "responders.csv"


def evaluate(*arguments: str) -> dict[str, object]:
    ran = CliRunner().invoke(app, ["identity", *arguments, "--json"], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_a_small_list_of_responders_is_resolved_without_a_mistake() -> None:
    answer = evaluate("--kind", "person", "--data", str(RESPONDERS), "--truth", "person")

    assert (answer["precision"], answer["recall"], answer["f1"]) == (1.0, 1.0, 1.0)
    assert answer["true_pairs"] == 5
    assert answer["records"] == 10


def test_the_truth_is_never_used_to_resolve() -> None:
    fields = {"person": "external_id"}

    with_truth = labelled([RESPONDERS], "person", RecordKind.PERSON, fields, "US")

    assert "person" not in with_truth.fields
    assert all(record.external_ids == () for record in with_truth.records)


def test_a_column_can_be_told_and_left_out() -> None:
    fields = {"Last Name": "ignore", "Company": "industry"}

    answer = labelled([RESPONDERS], "person", RecordKind.PERSON, fields, "US")

    assert "Last Name" not in answer.fields
    assert answer.records[0].industry == "Acme Inc."
    assert answer.records[0].company_name is None


def test_a_spreadsheet_is_read_as_the_same_list(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in RESPONDERS.read_text(encoding="utf-8").splitlines():
        sheet.append(line.split(","))
    book.save(tmp_path / "responders.xlsx")

    answer = evaluate("--kind", "person", "--data", str(tmp_path / "responders.xlsx"), "--truth", "person")

    assert answer["f1"] == 1.0


def test_files_repeated_are_one_list(tmp_path: Path) -> None:
    lines = RESPONDERS.read_text(encoding="utf-8").splitlines()
    for name, part in (("a.csv", lines[:4]), ("b.csv", lines[:1] + lines[4:])):
        (tmp_path / name).write_text("\n".join(part), encoding="utf-8")

    both = labelled([tmp_path / "a.csv", tmp_path / "b.csv"], "person", RecordKind.PERSON, {}, "US")

    assert judged(both, RecordKind.PERSON).quality.f1 == 1.0


def test_companies_without_an_area_code_are_told_apart_by_their_local_numbers(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(
        "Id,Site name,Address,Phone\n1,Teddy Bear School,5160 S Pulaski,2847030\n"
        "1,El Valor 5,5160 S. Pulaski Rd,2847030\n2,Waters,4540 N. Campbell,5345090\n",
        encoding="utf-8",
    )

    data = labelled([path], "Id", RecordKind.ACCOUNT, {}, "US")

    assert all(record.phones for record in data.records)
    assert judged(data, RecordKind.ACCOUNT).quality.f1 == 1.0


def test_of_a_febrl_id_the_number_is_the_truth(tmp_path: Path) -> None:
    path = tmp_path / "febrl.csv"
    path.write_text(
        "rec_id, given_name, surname\nrec-7-org,ann,lee\nrec-7-dup-0,ann,lee\nrec-70-org,bo,li\n", "utf-8"
    )

    assert labelled([path], "rec_id", RecordKind.PERSON, {}, "AU").truth == ("7", "7", "70")


@pytest.mark.parametrize(
    ("truth", "fields", "told"),
    [
        ("nobody", {}, "no column 'nobody'"),
        ("person", {"Nickname": "first_name"}, "no such column"),
        ("person", {"City": "planet"}, "'planet' is no known field"),
    ],
)
def test_what_does_not_fit_the_file_is_named(truth: str, fields: dict[str, str], told: str) -> None:
    with pytest.raises(Invalid) as refused:
        labelled([RESPONDERS], truth, RecordKind.PERSON, fields, "US")

    assert told in " ".join(error.reason for error in refused.value.fields)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("", "utf-8")
    (tmp_path / "torn.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (tmp_path / "latin.csv").write_bytes(b"person,name\n1,Zo\xeb\n")

    for name in ("missing.csv", "empty.csv", "torn.xlsx", "latin.csv"):
        with pytest.raises(Invalid, match=name):
            labelled([tmp_path / name], "person", RecordKind.PERSON, {}, "US")


def test_a_folder_without_labelled_sets_is_refused(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["--folder", str(tmp_path)])

    assert isinstance(ran.exception, Invalid)
