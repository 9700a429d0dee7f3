"""Routes of intake around the import of a file: a look at it before, the report of its errors afterwards."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook.intake import service
from offhook.intake.api import (
    FILE_BODY,
    AreaCode,
    Corrections,
    DayFirst,
    ErrorOut,
    FileName,
    Region,
    Sheet,
    plain_name,
    sent_file,
)
from offhook.intake.fields import FIELDS, About, Identifies, Target
from offhook.intake.mapping import ATTRIBUTE, Why, read_corrections
from offhook.intake.model import ImportOptions
from offhook.intake.preview import (
    EXAMPLES,
    MOST_KINDS_OF_ERROR,
    ROWS_READ,
    ROWS_SHOWN,
    SAMPLES,
    Column,
    ErrorCount,
    Known,
    Preview,
    PreviewRow,
    preview_file,
)
from offhook.intake.reading import LARGEST_FILE, MOST_COLUMNS, SUFFIXES
from offhook.kernel.database import Transaction
from offhook.kernel.export import FILE_ANSWER, FileFormat, Table
from offhook.kernel.http import CALL, Call, FileAnswer

router = APIRouter(tags=["intake"])


class ColumnOut(BaseModel):
    """A column of the file."""

    name: str = Field(description="Its heading; name it so in `map`")
    field: Target | None = Field(description="What it is taken for; null: kept as a custom attribute")
    why: Why = Field(
        description="`given` in `map`; `remembered` from an earlier file with these headings; told by its"
        " `heading` or by its `values`; `left_over`: nothing tells, or another column has that field"
    )
    samples: list[str] = Field(description=f"Its first different values, at most {SAMPLES}")

    @classmethod
    def of(cls, column: Column) -> "ColumnOut":
        """The answer's shape."""
        field = column.proposal.field
        return cls(
            name=column.name,
            field=None if field == ATTRIBUTE else Target(field),
            why=column.proposal.why,
            samples=list(column.samples),
        )


class FieldOut(BaseModel):
    """One thing that a column may be."""

    name: Target = Field(description="As `map` takes it")
    label: str
    about: About
    description: str
    identifies: Identifies = Field(
        description="Whether it says who somebody is: `alone`, only `together` with another such (name and"
        " company), or `no`. A file needs one `alone`, or a name with `company`"
    )


class PreviewRowOut(BaseModel):
    """A row as it would be understood."""

    row: int = Field(description="As a person counts the file's rows; the first is 1")
    is_rejected: bool = Field(description="It tells of nobody, and would not go in")
    values: dict[Target, str] = Field(description="Normalised values by field")
    attributes: dict[str, str] = Field(description="Custom attributes by heading")
    errors: list[ErrorOut] = Field(description="What could not be used; the rest of the row goes in")

    @classmethod
    def of(cls, row: PreviewRow) -> "PreviewRowOut":
        """The answer's shape."""
        return cls(
            row=row.number,
            is_rejected=row.is_rejected,
            values=dict(row.values),
            attributes=dict(row.attributes),
            errors=[ErrorOut.of(error) for error in row.errors],
        )


class ErrorCountOut(BaseModel):
    """How often one thing is wrong with one column."""

    column: str = Field(description="The heading as received; empty: rows as a whole")
    reason: str
    count: int
    examples: list[ErrorOut] = Field(description=f"The first ones, at most {EXAMPLES}")

    @classmethod
    def of(cls, count: ErrorCount) -> "ErrorCountOut":
        """The answer's shape."""
        return cls(
            column=count.column,
            reason=count.reason,
            count=count.count,
            examples=[ErrorOut.of(error) for error in count.examples],
        )


class KnownOut(BaseModel):
    """How many of the rows read are about somebody known, judged by e-mail address and id alone."""

    on_record: int = Field(description="Rows about a person on record already")
    repeated: int = Field(description="Rows about a person of an earlier row")

    @classmethod
    def of(cls, known: Known) -> "KnownOut":
        """The answer's shape."""
        return cls(on_record=known.on_record, repeated=known.repeated)


class PreviewOut(BaseModel):
    """A file as it would be imported."""

    file_name: str
    encoding: str | None = Field(
        description="How its letters are written; null for a workbook", examples=["utf-8"]
    )
    delimiter: str | None = Field(description="What stands between its cells; null for a workbook", examples=[","])
    sheet: str | None = Field(description="Which sheet was read; null for a file that is no workbook")
    sheets: list[str] = Field(description="The sheets there are, in order; empty for a file that is no workbook")
    notes: list[str] = Field(description="What had to be assumed or changed to read it")
    columns: list[ColumnOut]
    fields: list[FieldOut] = Field(description="All that a column may be, in the order to offer them")
    cannot_start: str | None = Field(
        description="Why an import with this mapping would be refused; null: it would not"
    )
    rows: list[PreviewRowOut] = Field(description=f"The first rows as understood, at most {ROWS_SHOWN}")
    errors: list[ErrorCountOut] = Field(
        description=f"What could not be used of the rows read, most frequent first, at most {MOST_KINDS_OF_ERROR}"
    )
    rows_read: int = Field(description=f"How many rows were looked at, at most {ROWS_READ:,}")
    rows_rejected: int = Field(description="How many of them tell of nobody")
    rows_total_estimate: int = Field(description="How many rows the file has, about")
    is_total_exact: bool = Field(description="Whether `rows_total_estimate` is no guess: all rows were read")
    duplicates_seen: KnownOut

    @classmethod
    def of(cls, found: Preview, name: str) -> "PreviewOut":
        """The answer's shape."""
        table = found.table
        return cls(
            file_name=name,
            encoding=None if table.sheets else table.encoding.removesuffix("-sig"),
            delimiter=None if table.sheets else table.delimiter,
            sheet=table.sheets.read if table.sheets else None,
            sheets=list(table.sheets.names) if table.sheets else [],
            notes=list(table.notes),
            columns=[ColumnOut.of(column) for column in found.columns],
            fields=[FieldOut.model_validate(one, from_attributes=True) for one in FIELDS],
            cannot_start=found.cannot_start,
            rows=[PreviewRowOut.of(row) for row in found.rows],
            errors=[ErrorCountOut.of(count) for count in found.errors],
            rows_read=found.rows_read,
            rows_rejected=found.rejected,
            rows_total_estimate=found.rows_total,
            is_total_exact=found.is_total_exact,
            duplicates_seen=KnownOut.of(found.known),
        )


class FileLimits(BaseModel):
    """What a file to import may be."""

    largest_bytes: int = Field(description="So large may it be, as sent")
    most_columns: int
    suffixes: list[str] = Field(description="What its name usually ends in; what it is is told by its content")


@router.get("/imports/limits", response_model=FileLimits)
def show_limits(call: Call = CALL) -> Response:
    """Tell what a file to import may be, for whoever is about to choose one."""

    def work(tx: Transaction) -> FileLimits:
        tx.require("intake:write")
        return FileLimits(largest_bytes=LARGEST_FILE, most_columns=MOST_COLUMNS, suffixes=list(SUFFIXES))

    return call.read(work)


@router.post("/imports/preview", response_model=PreviewOut, openapi_extra=FILE_BODY)
def preview_import(
    file_name: FileName,
    campaign_id: Annotated[
        UUID | None, Query(description="What they responded to: its region reads national phone numbers")
    ] = None,
    mapping: Corrections = None,
    region: Region = None,
    sheet: Sheet = None,
    day_first: DayFirst = None,
    area_code: AreaCode = None,
    call: Call = CALL,
) -> Response:
    """Look at a file before it is imported: its columns, its first rows as understood, what is wrong with them.

    Nothing is written. Send the same file and the mapping agreed on to `POST /imports` to import it.
    """
    options = ImportOptions(read_corrections(mapping or ()), region, sheet, day_first, area_code)
    name = plain_name(file_name)

    def work(tx: Transaction) -> PreviewOut:
        tx.require("intake:write")
        with sent_file(call, name) as path:
            return PreviewOut.of(preview_file(tx, path, campaign_id, options, name=name), name)

    return call.once(work)


@router.get("/imports/{import_id}/errors", responses=FILE_ANSWER, response_class=FileAnswer)
def download_errors(
    import_id: UUID,
    file_format: Annotated[FileFormat, Query(alias="format", description="What kind of file")] = FileFormat.CSV,
    call: Call = CALL,
) -> Response:
    """Download the rows of an import of which something could not be used, to mend and import again.

    They stand as received, each followed by its number, the columns, the values and the reasons; those last
    columns are ignored when the mended file is imported. Of an import that still runs: the rows so far.
    """
    return call.download(
        file_format, lambda tx: Table(f"errors-{import_id}", *service.error_report(tx, import_id))
    )
