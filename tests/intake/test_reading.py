"""Tables as they come: encodings, delimiters, ragged rows, quotes, workbooks, and files that are none."""

import csv
import io
import random
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from offhook.intake.model import Row
from offhook.intake.reading import MOST_COLUMNS, Table, opened_table
from offhook.kernel.errors import Invalid

PEOPLE = "Name,City\nZoë,Łódź\nJürgen,Köln\nAda,東京\n"
WESTERN = "Name;Ort\nZoë;Köln\nJürgen;Düsseldorf\nAda;Genève\n"


def rows_of(path: Path, sheet: str | None = None) -> list[Row]:
    """All rows of a file."""
    with opened_table(path, sheet) as table:
        return list(table.rows())


def read(tmp_path: Path, content: bytes | str, name: str = "file.csv") -> list[Row]:
    """The rows of a file with this content."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return rows_of(path)


def table_of(tmp_path: Path, content: bytes | str) -> Table:
    """What is found out about a CSV file."""
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with opened_table(path) as table:
        return table


def values(rows: Sequence[Row]) -> list[list[str]]:
    """The cells alone."""
    return [list(row.cells.values()) for row in rows]


def refused(tmp_path: Path, content: bytes | str, name: str = "file.csv") -> str:
    """Why a file is refused."""
    with pytest.raises(Invalid) as caught:
        read(tmp_path, content, name)
    return caught.value.message


# Encodings


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_unicode_reads_however_it_is_written(tmp_path: Path, encoding: str) -> None:
    rows = read(tmp_path, PEOPLE.encode(encoding))
    assert values(rows) == [["Zoë", "Łódź"], ["Jürgen", "Köln"], ["Ada", "東京"]]
    assert list(rows[0].cells) == ["Name", "City"]


def test_utf16_with_its_mark_reads_in_either_byte_order(tmp_path: Path) -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert values(read(tmp_path, mark + PEOPLE.encode(encoding)))[0] == ["Zoë", "Łódź"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_western_bytes_read_and_the_guess_is_told(tmp_path: Path, encoding: str) -> None:
    content = WESTERN.encode(encoding)
    assert values(read(tmp_path, content))[1] == ["Jürgen", "Düsseldorf"]
    assert "Windows-1252" in table_of(tmp_path, content).notes[0]


def test_a_letter_that_only_comes_late_still_decides_the_encoding(tmp_path: Path) -> None:
    content = "Name,City\n" + "Ada,Paris\n" * 120_000 + "Zoë,Köln\n"
    assert values(read(tmp_path, content.encode("cp1252")))[-1] == ["Zoë", "Köln"]
    assert values(read(tmp_path, content.encode()))[-1] == ["Zoë", "Köln"]


def test_bytes_that_windows_1252_does_not_know_cost_no_more_than_themselves(tmp_path: Path) -> None:
    assert values(read(tmp_path, b"Name,City\nZo\xeb\x81,Paris\n")) == [["Zoë\N{REPLACEMENT CHARACTER}", "Paris"]]


def test_null_bytes_in_text_are_no_sixteen_bit_text(tmp_path: Path) -> None:
    rows = read(tmp_path, b"Name,City\nAda\0 Byron,Lon\0don\nBob,Paris\n")
    assert values(rows) == [["Ada\0 Byron", "Lon\0don"], ["Bob", "Paris"]]


def test_a_file_cut_within_a_sixteen_bit_letter_tells_where(tmp_path: Path) -> None:
    told = refused(tmp_path, "Name,City\nAda,Paris\n".encode("utf-16") + b"A")
    assert "breaks off after row 2" in told


# Delimiters and quotes


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["Name", "Company", "Note"], ["Ada", "Engines, Ltd", "a; b"], ["Bob", "Koch | Co", "x\ty"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    assert values(read(tmp_path, text.getvalue())) == lines[1:]


def test_one_column_is_a_table(tmp_path: Path) -> None:
    assert values(read(tmp_path, "Email\na@engines.example\nb@engines.example\n")) == [
        ["a@engines.example"],
        ["b@engines.example"],
    ]


def test_quoted_line_ends_belong_to_their_cell_and_count_as_one_row(tmp_path: Path) -> None:
    rows = read(tmp_path, 'Name,Note\r\nAda,"one\r\ntwo, ""three"""\r\nBob,\r\n')
    assert values(rows) == [["Ada", 'one\r\ntwo, "three"'], ["Bob", ""]]
    assert [row.number for row in rows] == [2, 3]


def test_a_quote_that_is_never_closed_costs_its_own_row_alone(tmp_path: Path) -> None:
    text = 'Name,City\nAda,"Paris\nBob,Rome\nCy,"Rio, Brazil"\nDan,"a\nb"\nEve,"Oslo\n'
    rows = read(tmp_path, text)
    assert values(rows) == [
        ["Ada", '"Paris'],
        ["Bob", "Rome"],
        ["Cy", "Rio, Brazil"],
        ["Dan", "a\nb"],
        ["Eve", '"Oslo'],
    ]
    assert ["quote" in (row.fault or "") for row in rows] == [True, False, False, False, True]
    assert [row.number for row in rows] == [2, 3, 4, 5, 6]


def test_a_quote_in_the_first_row_is_no_loss_of_a_million_letters(tmp_path: Path) -> None:
    rows = read(tmp_path, 'Name,City\nAda,"Paris\n' + "Bob,Rome\n" * 150_000)
    assert len(rows) == 150_001
    assert [row.number for row in rows if row.fault] == [2]


def test_headings_with_a_quote_that_is_never_closed_are_refused(tmp_path: Path) -> None:
    assert "The headings of file.csv cannot be read: row 1 opens a quote" in refused(
        tmp_path, 'Name,"City\nAda,Paris\n'
    )


def test_a_quote_within_a_cell_is_a_letter(tmp_path: Path) -> None:
    assert values(read(tmp_path, 'Name,Item\nAda,5" pipe\nBob,the "best"\n')) == [
        ["Ada", '5" pipe'],
        ["Bob", 'the "best"'],
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_row(tmp_path: Path, line_end: str) -> None:
    assert values(read(tmp_path, line_end.join(["Name,City", "Ada,Paris", "Bob,Rome"]))) == [
        ["Ada", "Paris"],
        ["Bob", "Rome"],
    ]


# Rows


def test_rows_are_counted_as_a_person_counts_them_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    rows = read(tmp_path, "\n,,\nName,City,\n\nAda,Paris\n , ,\nBob,Rome\n\n")
    assert [(row.number, row.cells["Name"]) for row in rows] == [(5, "Ada"), (7, "Bob")]


def test_short_rows_lack_their_last_cells(tmp_path: Path) -> None:
    rows = read(tmp_path, "Name,City,Phone\nAda\nBob,Rome\n")
    assert [(dict(row.cells), row.fault) for row in rows] == [
        ({"Name": "Ada"}, None),
        ({"Name": "Bob", "City": "Rome"}, None),
    ]


def test_a_row_with_more_cells_than_headings_is_at_fault_and_loses_nothing(tmp_path: Path) -> None:
    rows = read(tmp_path, "Name,City\nAda,Engines, Ltd,Paris\nBob,Rome,,\n")
    assert rows[0].fault
    assert "4 cells under 2 headings" in rows[0].fault
    assert list(rows[0].cells.values()) == ["Ada", "Engines", " Ltd", "Paris"]
    assert rows[1].fault is None


def test_headings_are_made_unique_and_never_empty_and_that_is_told(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Email,,Email,Email (2),\na,b,c,d,e\n")
    assert table.headings == ("Email", "Column 2", "Email (2)", "Email (2) (2)", "Column 5")
    assert len(table.notes) == 4
    assert list(table.sample[0].cells.values()) == ["a", "b", "c", "d", "e"]


def test_empty_columns_at_the_end_are_none(tmp_path: Path) -> None:
    assert table_of(tmp_path, "Name,City,,,\nAda,Paris,,,\n").headings == ("Name", "City")


def test_a_file_without_headings_is_refused(tmp_path: Path) -> None:
    assert "no headings" in refused(tmp_path, "Ada,ada@engines.example\nBob,bob@engines.example\n")


def test_going_on_begins_behind_the_row_reached(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("\nName\n\nAda\n\nBob\nCy\n")
    with opened_table(path) as table:
        everything = [row.number for row in table.rows()]
        assert everything == [4, 6, 7]
        assert [[row.number for row in table.rows(after)] for after in (0, 4, 5, 6, 7)] == [
            [4, 6, 7],
            [6, 7],
            [6, 7],
            [7],
            [],
        ]


def test_names_of_five_thousand_letters_are_read_whole(tmp_path: Path) -> None:
    assert values(read(tmp_path, f"Name,City\n{'x' * 5_000},Paris\n")) == [["x" * 5_000, "Paris"]]


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    assert f"at most {MOST_COLUMNS:,}" in refused(tmp_path, ",".join(f"c{n}" for n in range(MOST_COLUMNS + 1)))


# What is no table


@pytest.mark.parametrize("content", [b"", b"\n\n", b" \t\r\n", b"\0\0\0"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path, content) == "file.csv is empty."


def test_bare_delimiters_are_no_rows(tmp_path: Path) -> None:
    assert refused(tmp_path, ",,,\n,,,\n") == "file.csv holds no rows."


def test_binary_content_is_refused(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(10_000).replace(b"\0", b"\1") + b"\0" * 500
    assert "is no text" in refused(tmp_path, b"\x89PNG\r\n" + noise, "picture.csv")


def test_an_old_or_locked_workbook_says_what_to_do(tmp_path: Path) -> None:
    told = refused(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.xls")
    assert "before 2007" in told
    assert "Save it as .xlsx or CSV" in told


def test_a_folder_or_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(Invalid, match="cannot be read"):
            rows_of(path)


# Workbooks


def workbook(path: Path, rows: Sequence[Sequence[object]], title: str = "People", *, first_row: int = 1) -> Path:
    """A workbook with one sheet of these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for number, row in enumerate(rows, start=first_row):
        for column, cell in enumerate(row, start=1):
            sheet.cell(number, column, cell)  # pyright: ignore[reportArgumentType] # its stub
    book.save(path)
    return path


def test_cells_of_a_workbook_read_as_a_person_sees_them(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "people.xlsx",
        [
            ["Name", "Phone", "Zip", "Rate", "Joined", "Called", "Active", "Empty"],
            ["Ada", 13035550143, 80202, 2.5, date(2026, 3, 2), datetime(2026, 3, 2, 9, 30), True, None],  # noqa: DTZ001 # as sheets have them
            ["Bob", 13035550144.0, "00501", 1e20, None, None, False, "x"],
        ],
    )
    assert values(rows_of(path)) == [
        ["Ada", "13035550143", "80202", "2.5", "2026-03-02", "2026-03-02 09:30:00", "true", ""],
        ["Bob", "13035550144", "00501", "1e+20", "", "", "false", "x"],
    ]


def test_rows_of_a_workbook_are_counted_as_its_program_counts_them(tmp_path: Path) -> None:
    path = workbook(tmp_path / "people.xlsx", [["Name"], ["Ada"], [None], ["Bob"]], first_row=4)
    assert [(row.number, row.cells["Name"]) for row in rows_of(path)] == [(5, "Ada"), (7, "Bob")]


def test_a_formula_counts_by_its_result_alone(tmp_path: Path) -> None:
    path = workbook(tmp_path / "people.xlsx", [["Name", "Link"], ["Ada", '=HYPERLINK("http://evil.example")']])
    assert values(rows_of(path)) == [["Ada", ""]]


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title, name in (("One", "Ada"), ("Two", "Bob")):
        sheet = book.create_sheet(title)
        sheet.append(["Name"])
        sheet.append([name])
    book.remove(book["Sheet"])
    path = tmp_path / "people.xlsx"
    book.save(path)
    assert values(rows_of(path)) == [["Ada"]]
    assert values(rows_of(path, "Two")) == [["Bob"]]
    with pytest.raises(Invalid, match="no sheet 'Three'; its sheets are One, Two"):
        rows_of(path, "Three")


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("people.csv", "Name\nAda\n")
    with pytest.raises(Invalid, match="an archive, but no workbook"):
        rows_of(path)


def test_an_archive_of_other_xml_is_a_broken_workbook(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("feed.xml", "<feed/>")
    with pytest.raises(Invalid, match="broken"):
        rows_of(path)


def test_a_cut_or_damaged_workbook_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", [["Name"], *([f"name {n}"] for n in range(500))]).read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    damaged = tmp_path / "damaged.xlsx"
    middle = len(whole) // 3
    damaged.write_bytes(whole[:middle] + bytes(200) + whole[middle + 200 :])
    for path in (cut, damaged):
        with pytest.raises(Invalid, match="broken"):
            rows_of(path)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "locked.xlsx", [["Name"], ["Ada"]])
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            content[at + flags] |= 1
    path.write_bytes(content)
    with pytest.raises(Invalid, match="broken or encrypted"):
        rows_of(path)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", [["Name"], ["Ada"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/more.xml", "w") as part:
        for _ in range(40):
            part.write(b"0" * (1 << 20))
    assert path.stat().st_size < 100_000
    with pytest.raises(Invalid, match="unpacks to far more"):
        rows_of(path)


def test_a_sheet_of_two_cells_far_apart_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "wide.xlsx", [["Name"], ["Ada"]])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet.cell(1_048_576, 16_384, "far")  # pyright: ignore[reportArgumentType] # its stub
    book.save(path)
    with pytest.raises(Invalid, match="unpacks to far more"):
        rows_of(path)


# Whatever it is


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).map(str.strip)
ALONE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=",;|"), max_size=8).map(
    str.strip
)
"""Of a single column nothing tells whether a lone ";" is a delimiter."""
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(CELLS if width > 1 else ALONE, min_size=width, max_size=width).filter(any), max_size=6
    ).map(lambda rows: (width, rows))
)


@given(
    TABLES,
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"]),
    st.sampled_from(list(",;\t|")),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_any_table_reads_back_as_it_was_written(
    table: tuple[int, list[list[str]]], encoding: str, delimiter: str, line_end: str, quoting: int
) -> None:
    width, rows = table
    rows = [[cell.encode(encoding, "ignore").decode(encoding) for cell in row] for row in rows]
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    headings = [f"Heading {n}" for n in range(width)]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows([headings, *rows])
    content = text.getvalue().encode(encoding)
    assume(encoding != "cp1252" or content.isascii() or not is_utf8(content))
    with TemporaryDirectory() as folder:
        found = read(Path(folder), content)
    assert values(found) == rows


def is_utf8(content: bytes) -> bool:
    """Whether bytes happen to be proper UTF-8: then nothing tells that they are anything else."""
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8") is not None
    return False


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder, suppress(Invalid):
        assert all(row.number > 1 for row in read(Path(folder), content))
