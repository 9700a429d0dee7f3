"""Routes of intake.

Files, single responses and batches, forms, inbound webhooks, and what was received verbatim.
"""

import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from offhook.intake import doors, service
from offhook.intake.mapping import read_corrections
from offhook.intake.model import ImportOptions, ImportRun, Outcome, Phase, Record, RowError, RunStatus
from offhook.intake.public import FieldKind, Form, FormField, Hook
from offhook.intake.receive import Taken
from offhook.intake.responding import MOST_RECORDS, receive_records
from offhook.intake.run import start_run
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of, read_cursor
from offhook.kernel.settings import Settings
from offhook.leads import Stage

router = APIRouter(tags=["intake"])

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]
FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself: CSV or XLSX",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


def settings_of(call: Call) -> Settings:
    """The settings of the server that answers."""
    return cast("Settings", call.request.app.state.settings)


# Files


class ErrorOut(BaseModel):
    """One value that could not be used."""

    row: int = Field(description="As a person counts the file's rows; the first is 1")
    column: str = Field(description="The heading as received; empty: the row as a whole")
    value: str
    reason: str

    @classmethod
    def of(cls, error: RowError) -> "ErrorOut":
        """The answer's shape."""
        return cls.model_validate(error, from_attributes=True)


class ImportOut(BaseModel):
    """The import of one file into one campaign."""

    id: UUID
    campaign_id: UUID
    file_name: str
    status: RunStatus = Field(description="`running` until all rows are in, even while the server is down")
    mapping: dict[str, str] = Field(description="What each column was taken for")
    rows_total: int | None = Field(description="About how many rows there are; null: not known beforehand")
    rows: int = Field(description="Rows handled so far")
    position: int = Field(description="Number in the file of the last row handled; 0: none yet")
    phase: Phase = Field(
        description="`waiting`: no row is in yet; `importing`: rows are being taken in; else as `status`"
    )
    share: float | None = Field(
        ge=0, le=1, description="How much of the file is in, for a bar of progress; null: not known beforehand"
    )
    rows_with_errors: int | None = Field(
        description="Rows so far of which something could not be used; null: begun before they were counted"
    )
    imported: int = Field(description="Rows of new persons")
    merged: int = Field(description="Rows of persons who were known")
    rejected: int = Field(description="Rows that tell of nobody")
    error: str | None = Field(description="Why a failed one failed")
    started_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, run: ImportRun) -> "ImportOut":
        """The answer's shape."""
        return cls.model_validate(run, from_attributes=True)


FileName = Annotated[str, Query(min_length=1, max_length=200, examples=["responders.csv"])]
Corrections = Annotated[
    list[str] | None,
    Query(
        alias="map",
        description="What a column is, as `Column=field`; may be repeated. `Column=attribute` keeps it as a custom"
        " attribute, `Column=ignore` leaves it out",
    ),
]
Region = Annotated[
    str | None, Query(max_length=100, description="Country whose national phone numbers the file holds")
]
Sheet = Annotated[str | None, Query(max_length=100, description="Of a workbook; the first if left out")]
DayFirst = Annotated[
    bool | None, Query(description="Whether 03/04/2026 is the 3rd of April, where the file does not tell")
]
AreaCode = Annotated[
    str | None, Query(max_length=10, description="Completes phone numbers that were written without one")
]


@router.post("/imports", status_code=202, response_model=ImportOut, openapi_extra=FILE_BODY)
def start_import(
    campaign_id: Annotated[UUID, Query(description="What they responded to")],
    file_name: FileName,
    mapping: Corrections = None,
    region: Region = None,
    sheet: Sheet = None,
    day_first: DayFirst = None,
    area_code: AreaCode = None,
    call: Call = CALL,
) -> Response:
    """Send a file of responders to import: it is kept, and taken in by the server in the background.

    Sending a file again whose import broke off goes on with that one; one that is in already changes nothing.
    """
    options = ImportOptions(read_corrections(mapping or ()), region, sheet, day_first, area_code)
    name = plain_name(file_name)

    def work(tx: Transaction) -> ImportOut:
        tx.require("intake:write")
        with sent_file(call, name) as path:
            kept_in = service.files_folder(settings_of(call))
            run, _ = start_run(tx, path, campaign_id, options, kept_in, name=name)
        return ImportOut.of(run)

    return call.once(work, status=202)


@contextmanager
def sent_file(call: Call, name: str) -> Generator[Path]:
    """What was sent as the body, as a file of that kind, within the `with`."""
    with tempfile.TemporaryDirectory(prefix="offhook-sent-") as folder:
        path = Path(folder) / f"sent{Path(name).suffix}"[:20]
        path.write_bytes(call.body)
        yield path


def plain_name(name: str) -> str:
    """A file's name without folders."""
    plain = name.replace("\\", "/").rpartition("/")[2].replace("\0", "").strip(". ")
    if not plain:
        raise Invalid("The file needs a name.", fields=[FieldError("file_name", "is no name of a file", name)])
    return plain


@router.get("/imports", response_model=Page[ImportOut])
def list_imports(
    campaign_id: Annotated[UUID | None, Query(description="Only those into this campaign")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List the imports, the newest first."""

    def work(tx: Transaction) -> Page[ImportOut]:
        rows = service.runs_page(tx, _id_in(cursor), limit + 1, campaign_id)
        return page_of([ImportOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


def _id_in(cursor: str | None) -> UUID | None:
    key = read_cursor(cursor, 1)
    try:
        return UUID(str(key[0])) if key else None
    except ValueError as error:
        raise Invalid(
            "The cursor is not one of this list.", fields=[FieldError("cursor", "not ours", cursor)]
        ) from error


@router.get("/imports/{import_id}", response_model=ImportOut)
def show_import(import_id: UUID, call: Call = CALL) -> Response:
    """Show an import and how far it has come."""
    return call.read(lambda tx: ImportOut.of(service.run(tx, import_id)))


@router.post("/imports/{import_id}/cancel", response_model=ImportOut)
def cancel_import(import_id: UUID, call: Call = CALL) -> Response:
    """Stop an import; what is in stays in."""
    return call.once(lambda tx: ImportOut.of(service.cancel(tx, import_id)))


@router.post("/imports/{import_id}/resume", response_model=ImportOut)
def resume_import(import_id: UUID, call: Call = CALL) -> Response:
    """Let a failed or cancelled import go on where it was."""
    return call.once(lambda tx: ImportOut.of(service.resume(tx, import_id)))


class RecordOut(BaseModel):
    """One received row, verbatim, and what became of it."""

    source_id: UUID = Field(description="The import, form, inbound webhook or batch it came by")
    row_number: int
    received: str = Field(description="As it was received: JSON of heading and cell")
    outcome: Outcome
    person_id: UUID | None
    errors: list[dict[str, str]] = Field(description="`column`, `value` and `reason` of what could not be used")
    received_at: datetime

    @classmethod
    def of(cls, record: Record) -> "RecordOut":
        """The answer's shape."""
        return cls.model_validate(record, from_attributes=True)


@router.get("/received/{source_id}", response_model=Page[RecordOut])
def list_received(
    source_id: UUID,
    only_wrong: Annotated[bool, Query(description="Only rows of which something could not be used")] = False,
    newest_first: Annotated[bool, Query(description="From the newest back instead of in order")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List what came in by an import, form, inbound webhook or batch, verbatim.

    Rows of forms, webhooks and batches are numbered from 1, so that the newest tells how many there are.
    """

    def work(tx: Transaction) -> Page[RecordOut]:
        key = read_cursor(cursor, 1)
        last = int(str(key[0])) if key and str(key[0]).isdecimal() else None
        if newest_first:
            rows = service.newest_records_page(tx, source_id, before=last, only_wrong=only_wrong, limit=limit + 1)
        else:
            rows = service.records_page(tx, source_id, after=last or 0, only_wrong=only_wrong, limit=limit + 1)
        return page_of([RecordOut.of(row) for row in rows], limit, lambda row: [row.row_number])

    return call.read(work)


class ReceivedOut(BaseModel):
    """All that was received about a person, the newest first."""

    items: list[RecordOut]


@router.get("/persons/{person_id}/received", response_model=ReceivedOut)
def list_received_of_person(person_id: UUID, call: Call = CALL) -> Response:
    """Tell all that was received about a person, verbatim."""

    def work(tx: Transaction) -> ReceivedOut:
        return ReceivedOut(items=[RecordOut.of(one) for one in service.records_of_person(tx, person_id)])

    return call.read(work)


# Single responses and batches

Cells = Annotated[
    dict[str, str],
    Field(
        description="Known fields (docs/api.md) such as `email`, `first_name`, `company`; all others are kept as"
        " custom attributes",
        examples=[
            {"email": "ada@engines.example", "first_name": "Ada", "company": "Engines", "plan": "Enterprise"}
        ],
    ),
]


class NewResponseIn(Sent):
    """One response."""

    campaign_id: UUID
    record: Cells


class NewResponses(Sent):
    """A batch of responses to one campaign."""

    campaign_id: UUID
    records: Annotated[list[Cells], Field(min_length=1, max_length=MOST_RECORDS)]


class TakenOut(BaseModel):
    """What became of one record."""

    outcome: Outcome = Field(description="`imported`: a new person; `merged`: a known one; `rejected`: of nobody")
    person_id: UUID | None
    response_id: UUID | None
    lead_id: UUID | None
    is_new_response: bool = Field(description="false: the person had responded to this campaign before")
    stage: Stage | None
    rep_id: UUID | None
    errors: list[ErrorOut]

    @classmethod
    def of(cls, taken: Taken) -> "TakenOut":
        """The answer's shape."""
        got = taken.received
        return cls(
            outcome=taken.outcome,
            person_id=taken.person_id,
            response_id=got.response_id if got else None,
            lead_id=got.lead_id if got else None,
            is_new_response=got.is_new_response if got else False,
            stage=got.stage if got else None,
            rep_id=got.rep_id if got else None,
            errors=[ErrorOut.of(error) for error in taken.errors],
        )


class BatchOut(BaseModel):
    """What became of each record, in order."""

    items: list[TakenOut]


@router.post("/responses", status_code=201, response_model=TakenOut)
def add_response(body: NewResponseIn, call: Call = CALL) -> Response:
    """Take in one response. A record that tells of nobody is refused."""

    def work(tx: Transaction) -> TakenOut:
        taken = receive_records(tx, body.campaign_id, [_checked(body.record)])[0]
        if taken.outcome is Outcome.REJECTED:
            wrong = [FieldError(f"record.{e.column}".rstrip("."), e.reason, e.value) for e in taken.errors]
            raise Invalid(f"The record {taken.errors[-1].reason}.", fields=wrong)
        return TakenOut.of(taken)

    return call.once(work, status=201)


@router.post("/responses/batch", response_model=BatchOut)
def add_responses(body: NewResponses, call: Call = CALL) -> Response:
    """Take in up to 1,000 responses at once; good ones go in whatever becomes of the others."""

    def work(tx: Transaction) -> BatchOut:
        taken = receive_records(tx, body.campaign_id, [_checked(record) for record in body.records])
        return BatchOut(items=[TakenOut.of(one) for one in taken])

    return call.once(work)


def _checked(record: dict[str, str]) -> dict[str, str]:
    return {name.strip(): value for name, value in record.items() if name.strip()}


# Forms


class FormFieldBody(Sent):
    """One question of a form."""

    field: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="A known field, else the name of a custom attribute",
            examples=["email"],
        ),
    ]
    label: Annotated[str, Field(min_length=1, max_length=200, examples=["Work e-mail"])]
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = Field(default=False, examples=[True])
    choices: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=200)] = Field(
        default_factory=list[str]
    )

    def understood(self) -> FormField:
        """As the core has it."""
        return FormField(self.field, self.label, self.kind, self.is_required, tuple(self.choices))


Wording = Annotated[
    str, Field(max_length=doors.LONGEST_WORDING, description="What a responder must agree to; empty: nothing")
]
Origins = Annotated[
    list[Annotated[str, Field(max_length=300)]],
    Field(max_length=100, description="Sites that may embed it, such as https://www.your.example; empty: any"),
]


class NewForm(Sent):
    """A form to add."""

    name: Annotated[str, Field(min_length=1, max_length=doors.LONGEST_NAME)]
    campaign_id: UUID
    fields: Annotated[list[FormFieldBody], Field(max_length=doors.MOST_FIELDS)] | None = Field(
        default=None, description="Name, e-mail, phone and company if left out"
    )
    consent_wording: Wording = ""
    thanks: Annotated[str, Field(max_length=doors.LONGEST_WORDING)] = "Thank you. We will be in touch."
    allowed_origins: Origins = Field(default_factory=list[str])


class FormChange(Sent):
    """What is to change; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=doors.LONGEST_NAME)] | None = None
    campaign_id: UUID | None = None
    fields: Annotated[list[FormFieldBody], Field(max_length=doors.MOST_FIELDS)] | None = None
    consent_wording: Wording | None = None
    thanks: Annotated[str, Field(max_length=doors.LONGEST_WORDING)] | None = None
    allowed_origins: Origins | None = None
    is_active: bool | None = None


class FormOut(BaseModel):
    """A hosted form."""

    id: UUID
    name: str
    campaign_id: UUID
    fields: list[FormFieldBody]
    consent_wording: str
    thanks: str
    allowed_origins: list[str]
    is_active: bool
    address: str = Field(description="Where it is hosted")
    snippet: str = Field(description="HTML that embeds it in a page of yours")
    created_at: datetime
    version: int

    @classmethod
    def of(cls, form: Form, tx: Transaction, settings: Settings) -> "FormOut":
        """The answer's shape."""
        address = doors.address_of_form(settings.base_url, tx, form.id)
        plain = {name: getattr(form, name) for name in form.__slots__ if name != "fields"}
        fields = [FormFieldBody.model_validate(field, from_attributes=True) for field in form.fields]
        return cls(**plain, fields=fields, address=address, snippet=doors.snippet(address))


def _fields(bodies: Sequence[FormFieldBody]) -> tuple[FormField, ...]:
    return tuple(body.understood() for body in bodies)


@router.get("/forms", response_model=Page[FormOut])
def list_forms(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the hosted forms in the order in which they were added."""

    def work(tx: Transaction) -> Page[FormOut]:
        rows = doors.forms_page(tx, _id_in(cursor), limit + 1)
        return page_of([FormOut.of(row, tx, settings_of(call)) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("/forms", status_code=201, response_model=FormOut)
def add_form(body: NewForm, call: Call = CALL) -> Response:
    """Add a hosted form; the answer tells its address and the snippet that embeds it."""
    told = body.model_dump(exclude={"fields"})
    fields = _fields(body.fields) if body.fields is not None else doors.DEFAULT_FIELDS
    return call.once(
        lambda tx: FormOut.of(doors.add_form(tx, **told, fields=fields), tx, settings_of(call)), status=201
    )


@router.get("/forms/{form_id}", response_model=FormOut)
def show_form(form_id: UUID, call: Call = CALL) -> Response:
    """Show one form."""
    return call.read(lambda tx: FormOut.of(doors.form(tx, form_id), tx, settings_of(call)))


@router.patch("/forms/{form_id}", response_model=FormOut)
def change_form(form_id: UUID, body: FormChange, call: Call = CALL) -> Response:
    """Change a form; `is_active: false` closes it. Consent wordings agreed to before stay on record."""
    told = body.model_dump(exclude_unset=True, exclude={"fields"})
    changes: dict[str, object] = {name: value for name, value in told.items() if value is not None}
    if body.fields is not None:
        changes["fields"] = _fields(body.fields)
    return call.edit(
        lambda tx, version: FormOut.of(doors.change_form(tx, form_id, version, changes), tx, settings_of(call))
    )


# Inbound webhooks

HookMapping = Annotated[
    dict[str, str],
    Field(
        description="What the message's fields are: dotted name → known field, `attribute` or `ignore`; others are"
        " guessed from their names",
        examples=[{"lead.mail": "email"}],
    ),
]


class NewHook(Sent):
    """An inbound webhook to add."""

    name: Annotated[str, Field(min_length=1, max_length=doors.LONGEST_NAME)]
    campaign_id: UUID
    mapping: HookMapping = Field(default_factory=dict[str, str])


class HookChange(Sent):
    """What is to change; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=doors.LONGEST_NAME)] | None = None
    campaign_id: UUID | None = None
    mapping: HookMapping | None = None
    is_active: bool | None = None


class HookOut(BaseModel):
    """An inbound webhook."""

    id: UUID
    name: str
    campaign_id: UUID
    mapping: dict[str, JsonValue]
    is_active: bool
    address: str = Field(description="Where messages are sent, signed by Standard Webhooks")
    created_at: datetime
    version: int

    @classmethod
    def of(cls, hook: Hook, tx: Transaction, settings: Settings) -> "HookOut":
        """The answer's shape."""
        plain = {name: getattr(hook, name) for name in hook.__slots__}
        return cls(**plain, address=doors.address_of_hook(settings.base_url, tx, hook.id))


class HookMade(HookOut):
    """An inbound webhook, with its signing secret."""

    secret: str | None = Field(description="Signs the messages; told only now")


@router.get("/hooks", response_model=Page[HookOut])
def list_hooks(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the inbound webhooks in the order in which they were added."""

    def work(tx: Transaction) -> Page[HookOut]:
        rows = doors.hooks_page(tx, _id_in(cursor), limit + 1)
        return page_of([HookOut.of(row, tx, settings_of(call)) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("/hooks", status_code=201, response_model=HookMade)
def add_hook(body: NewHook, call: Call = CALL) -> Response:
    """Add an inbound webhook; its signing secret is told only in this answer."""

    def work(tx: Transaction) -> HookMade:
        settings = settings_of(call)
        made, secret = doors.add_hook(tx, settings.secret, **dict(body))
        return HookMade(**HookOut.of(made, tx, settings).model_dump(), secret=secret)

    return call.once(work, status=201, told_once=("secret",))


@router.get("/hooks/{hook_id}", response_model=HookOut)
def show_hook(hook_id: UUID, call: Call = CALL) -> Response:
    """Show one inbound webhook."""
    return call.read(lambda tx: HookOut.of(doors.hook(tx, hook_id), tx, settings_of(call)))


@router.patch("/hooks/{hook_id}", response_model=HookOut)
def change_hook(hook_id: UUID, body: HookChange, call: Call = CALL) -> Response:
    """Change an inbound webhook; `is_active: false` closes it."""
    told = body.model_dump(exclude_unset=True)
    changes: dict[str, object] = {name: value for name, value in told.items() if value is not None}
    return call.edit(
        lambda tx, version: HookOut.of(doors.change_hook(tx, hook_id, version, changes), tx, settings_of(call))
    )


class ConsentOut(BaseModel):
    """What a person agreed to, when, how and in which words."""

    id: UUID
    purpose: str
    wording: str
    obtained_by: str
    obtained_at: datetime
    evidence: dict[str, JsonValue]


class ConsentsOut(BaseModel):
    """What a person agreed to, the newest first."""

    items: list[ConsentOut]


@router.get("/persons/{person_id}/consents", response_model=ConsentsOut)
def list_consents(person_id: UUID, call: Call = CALL) -> Response:
    """Tell what a person agreed to, when, how and in which words."""

    def work(tx: Transaction) -> ConsentsOut:
        found = service.consents_of_person(tx, person_id)
        return ConsentsOut(items=[ConsentOut.model_validate(one, from_attributes=True) for one in found])

    return call.read(work)
