"""Routes of templates: the list, one, changes, what they may speak of, and what becomes of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of, read_cursor
from offhook.leads.edge import Cursor, Limit, Sent
from offhook.mail.templates import rules, service
from offhook.mail.templates.model import Template, TemplateKind
from offhook.mail.templates.rendering import Rendered
from offhook.mail.templates.variables import VARIABLES

router = APIRouter(tags=["mail templates"])

Name = Annotated[str, Field(min_length=1, max_length=rules.LONGEST_NAME)]
Folder = Annotated[str, Field(max_length=rules.LONGEST_FOLDER, description="Where it lies; empty: in none")]
Subject = Annotated[str, Field(max_length=rules.LONGEST_SUBJECT, description="Empty for a snippet")]
Body = Annotated[
    str,
    Field(
        max_length=rules.LONGEST_BODY, description="Plain text with light Markdown, in the language of templates"
    ),
]
Shared = Annotated[bool, Field(description="Everybody sees it; needs `templates:share`")]
ForLead = Annotated[UUID | None, Field(description="To whom; left out: an example")]


class VariantIn(Sent):
    """One of the texts of a template."""

    id: UUID | None = Field(default=None, description="Of a variant that is there already; left out for a new one")
    name: Annotated[str, Field(min_length=1, max_length=rules.LONGEST_VARIANT_NAME)] = "A"
    weight: Annotated[
        int, Field(ge=0, le=rules.LARGEST_WEIGHT, description="How often it is sent, among all weights")
    ] = 1
    subject: Subject = Field(default="", examples=["A word on {{ lead.content }}"])
    body: Body = Field(examples=['Hello {{ person.first_name | default: "there" }},'])


Variants = Annotated[
    list[VariantIn],
    Field(min_length=1, max_length=rules.MOST_VARIANTS, description="A snippet has exactly one"),
]


class NewTemplate(Sent):
    """A template to add."""

    kind: TemplateKind = Field(default=TemplateKind.EMAIL, examples=[TemplateKind.SNIPPET])
    name: Name
    folder: Folder = ""
    is_shared: Shared = False
    variants: Variants


class TemplateChange(Sent):
    """What is to change; what is left out or null stays. `variants` replaces all of them."""

    name: Name | None = None
    folder: Folder | None = None
    is_shared: Shared | None = None
    is_archived: bool | None = Field(default=None, description="Out of use; false brings it back")
    variants: Variants | None = None


class VariantOut(BaseModel):
    """One of the texts of a template."""

    id: UUID
    name: str
    weight: int
    subject: str
    body: str


class TemplateOut(BaseModel):
    """A template or snippet."""

    id: UUID
    kind: TemplateKind
    name: str
    folder: str
    owner_id: UUID = Field(description="Who made it")
    is_shared: bool
    is_archived: bool
    variants: list[VariantOut]
    may_change: bool = Field(description="Whether you may change it")
    created_at: datetime
    changed_at: datetime
    version: int

    @classmethod
    def of(cls, tx: Transaction, one: Template) -> "TemplateOut":
        """The answer's shape."""
        plain = {name: getattr(one, name) for name in one.__slots__}
        told = plain | {"may_change": service.may_change(tx, one)}
        return cls.model_validate(told, from_attributes=True)


class MailVariableOut(BaseModel):
    """Something that templates may name."""

    name: str = Field(description="As a template names it", examples=["person.first_name"])
    group: str
    label: str = Field(description="In English")
    example: str | int


class MailVariablesOut(BaseModel):
    """All that templates may name."""

    items: list[MailVariableOut]


class TextToSee(Sent):
    """A text that is not saved, to be looked at."""

    kind: TemplateKind = Field(default=TemplateKind.EMAIL, examples=[TemplateKind.SNIPPET])
    subject: Subject = ""
    body: Body
    is_shared: bool = Field(default=False, description="It may use shared snippets only")
    lead_id: ForLead = None


class ToSee(Sent):
    """Whom a template is to be looked at for."""

    lead_id: ForLead = None
    variant_id: UUID | None = Field(default=None, description="Left out: the first variant")


class MailPreviewOut(BaseModel):
    """What a mail says."""

    subject: str
    text: str = Field(description="The plain-text part")
    html: str = Field(description="The HTML part, sanitised")
    missing: list[str] = Field(description="Variables that have nothing to say here and no default")
    fault: str | None = Field(description="Why the mail is not whole and could not be sent; null: it is")

    @classmethod
    def of(cls, made: Rendered) -> "MailPreviewOut":
        """The answer's shape."""
        return cls.model_validate(made, from_attributes=True)


@router.get("/mail/variables", response_model=MailVariablesOut)
def list_variables(call: Call = CALL) -> Response:
    """List what templates may speak of."""

    def work(tx: Transaction) -> MailVariablesOut:
        tx.require("templates:read")
        return MailVariablesOut(
            items=[MailVariableOut.model_validate(one, from_attributes=True) for one in VARIABLES]
        )

    return call.read(work)


@router.get("/mail/templates", response_model=Page[TemplateOut])
def list_templates(
    kind: Annotated[TemplateKind | None, Query(description="Only templates of mails, or only snippets")] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Only with these words in name, folder or a subject")
    ] = None,
    archived: Annotated[bool, Query(description="Those out of use instead")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List your own templates and the shared ones, by name."""

    def work(tx: Transaction) -> Page[TemplateOut]:
        rows = service.templates_page(
            tx, kind=kind, is_archived=archived, words=_words(q), after=_place_in(cursor), limit=limit + 1
        )
        return page_of([TemplateOut.of(tx, row) for row in rows], limit, lambda row: [row.name, str(row.id)])

    return call.read(work)


def _words(q: str | None) -> str | None:
    return q.replace("\0", "").strip() if q else None


def _place_in(cursor: str | None) -> tuple[str, UUID] | None:
    key = read_cursor(cursor, 2)
    try:
        return (str(key[0]), UUID(str(key[1]))) if key else None
    except ValueError as error:
        wrong = FieldError("cursor", "not a cursor of this list", cursor)
        raise Invalid("The cursor is not one of this list.", fields=[wrong]) from error


@router.post("/mail/templates", status_code=201, response_model=TemplateOut)
def add_template(body: NewTemplate, call: Call = CALL) -> Response:
    """Add a template or snippet, of your own or of the organisation."""
    return call.once(
        lambda tx: TemplateOut.of(
            tx,
            service.add_template(
                tx,
                kind=body.kind,
                name=body.name,
                folder=body.folder,
                is_shared=body.is_shared,
                variants=_variants(body.variants),
            ),
        ),
        status=201,
    )


@router.post("/mail/templates/preview", response_model=MailPreviewOut)
def preview_text(body: TextToSee, call: Call = CALL) -> Response:
    """Show what a text that is not saved would say to a lead. Every fault of it is told with its line."""
    return call.once(
        lambda tx: MailPreviewOut.of(
            service.preview_text(
                tx,
                kind=body.kind,
                subject_text=body.subject,
                body=body.body,
                is_shared=body.is_shared,
                lead_id=body.lead_id,
            )
        )
    )


@router.get("/mail/templates/{template_id}", response_model=TemplateOut)
def show_template(template_id: UUID, call: Call = CALL) -> Response:
    """Show one template, your own or a shared one."""
    return call.read(lambda tx: TemplateOut.of(tx, service.template(tx, template_id)))


@router.patch("/mail/templates/{template_id}", response_model=TemplateOut)
def change_template(template_id: UUID, body: TemplateChange, call: Call = CALL) -> Response:
    """Change, share or archive a template; bring an archived one back."""
    told: dict[str, object] = body.model_dump(exclude_unset=True, exclude={"variants"})
    changes = {name: value for name, value in told.items() if value is not None}
    if body.variants is not None:
        changes["variants"] = _variants(body.variants)
    return call.edit(
        lambda tx, version: TemplateOut.of(tx, service.change_template(tx, template_id, version, changes))
    )


@router.post("/mail/templates/{template_id}/preview", response_model=MailPreviewOut)
def preview_template(template_id: UUID, body: ToSee, call: Call = CALL) -> Response:
    """Show what a template says to a lead, and which variables have nothing to say there."""
    return call.once(
        lambda tx: MailPreviewOut.of(
            service.preview(tx, template_id, lead_id=body.lead_id, variant_id=body.variant_id)
        )
    )


def _variants(told: list[VariantIn]) -> list[service.VariantTold]:
    return [
        service.VariantTold(id=one.id, name=one.name, weight=one.weight, subject=one.subject, body=one.body)
        for one in told
    ]
