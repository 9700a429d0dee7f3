"""Routes of reading: how far each mailbox is read, and whether it can be."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.edge import Cursor, Limit, id_in
from offhook.mail.incoming import service
from offhook.mail.incoming.model import Reading

router = APIRouter(prefix="/mail/readings", tags=["mail"])


class ReadingOut(BaseModel):
    """How far a mailbox's inbox is read."""

    mailbox_id: UUID
    read_at: datetime | None = Field(description="When it was last looked into; null: not yet")
    kept: int = Field(description="Mails that concern somebody here")
    others: int = Field(description="Mails that do not: they are counted and never kept")
    problem: str = Field(description="Why it cannot be read; empty otherwise")
    refusing_since: datetime | None
    retry_at: datetime | None = Field(description="When it is tried again")

    @classmethod
    def of(cls, reading: Reading) -> "ReadingOut":
        """The answer's shape."""
        return cls.model_validate(reading, from_attributes=True)


@router.get("", response_model=Page[ReadingOut])
def list_readings(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List how far the mailboxes that are read have been read, and which cannot be."""

    def work(tx: Transaction) -> Page[ReadingOut]:
        rows = service.readings(tx, id_in(cursor), limit + 1)
        return page_of([ReadingOut.of(row) for row in rows], limit, lambda row: [str(row.mailbox_id)])

    return call.read(work)
