"""Exports: no cell is a formula where it is opened, and nothing else is changed."""

from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.export import neutral, write_table

FORMULAS = (
    '=HYPERLINK("http://evil.example")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "=1+1",
    "\n=1+1",
    "\r",
    "\t12",
    "＝1+1",
)
HARMLESS = ("+1 (303) 555-0143", "-12.5", "- ", "Ada", "", "a=b", "1-2", "+49 30 23125-014", "'quoted'")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@given(st.text())
def test_no_text_is_left_that_computes(text: str) -> None:
    written = neutral(text)
    assert written in {text, f"'{text}"}
    assert written[:1] not in set("=@\t\r\n＝＋－＠")
    if written[:1] in set("+-"):
        assert not any(sign.isalpha() or sign in "=!|@\"'" for sign in written)


def test_a_csv_file_holds_no_formula_and_says_that_it_is_utf8(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_table(path, ["=heading", "note"], [[FORMULAS[0], None], ["Łódź", 12]])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    text = path.read_text(encoding="utf-8-sig")
    assert text == '\'=heading,note\n"\'=HYPERLINK(""http://evil.example"")",\nŁódź,12\n'


def test_a_workbook_holds_text_alone(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_table(path, ["name", "=note"], [[text, text] for text in FORMULAS] + [["x" * 40_000, None]])
    with ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    cells = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))  # pyright: ignore[reportOptionalMemberAccess]
    assert cells[0] == ("name", "=note")
    assert cells[1] == (FORMULAS[0], FORMULAS[0])
    assert len(str(cells[-1][0])) == 32_767
