"""Routes of attachments: send a file in, list those of a mail, read one."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.objects import ObjectStore
from offhook.kernel.serving import Stored
from offhook.kernel.settings import Settings
from offhook.mail.attachments import service
from offhook.mail.attachments.model import Attachment
from offhook.mail.messages.service import mail_by_id

router = APIRouter(prefix="/mail", tags=["mail"])

ANYTHING = "application/octet-stream"
BODY = {
    "requestBody": {
        "required": True,
        "content": {ANYTHING: {"schema": {"type": "string", "format": "binary"}}},
    }
}


class AttachmentOut(BaseModel):
    """A file that goes with mails."""

    id: UUID
    name: str = Field(description="Cleaned: no path, no characters that some systems do not take")
    media_type: str
    size: int = Field(description="In bytes")

    @classmethod
    def of(cls, one: Attachment) -> "AttachmentOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class AttachmentsOut(BaseModel):
    """The files of a mail, in their order."""

    items: list[AttachmentOut]


def _objects(call: Call) -> ObjectStore:
    return service.objects_of(cast("Settings", call.request.app.state.settings))


@router.post("/attachments", status_code=201, response_model=AttachmentOut, openapi_extra=BODY)
def add_attachment(
    name: Annotated[str, Query(min_length=1, max_length=500, examples=["One-pager.pdf"])], call: Call = CALL
) -> Response:
    """Send a file in: the body is the file itself, up to 15 MB. It goes with the mails that name it."""
    objects = _objects(call)
    return call.once(lambda tx: AttachmentOut.of(service.add_attachment(tx, objects, name, call.body)), status=201)


@router.get("/messages/{mail_id}/attachments", response_model=AttachmentsOut)
def list_attachments(mail_id: UUID, call: Call = CALL) -> Response:
    """List the files of a mail."""

    def work(tx: Transaction) -> AttachmentsOut:
        mail = mail_by_id(tx, mail_id)
        return AttachmentsOut(items=[AttachmentOut.of(one) for one in service.attachments_of(tx, mail.id)])

    return call.read(work)


@router.get("/attachments/{attachment_id}/file", response_class=FileAnswer)
def read_attachment(attachment_id: UUID, call: Call = CALL) -> Response:
    """Read a file. It is answered as bytes to keep, whatever it is."""
    objects = _objects(call)

    def work(tx: Transaction) -> Stored:
        file = service.attachment(tx, attachment_id)
        content = service.content_of(objects, tx.organisation_id, file)
        return Stored(ANYTHING, len(content), lambda begin, end: iter([content[begin:end]]), file.name)

    return call.serve(work)
