"""What was seen of a mail, over the API."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.http import CALL, Call
from offhook.mail.tracking import service
from offhook.mail.tracking.model import Seen, SeenKind

router = APIRouter(prefix="/mail/messages", tags=["mail"])


class SeenOut(BaseModel):
    """One thing that happened to a mail at its reader's, however often."""

    kind: SeenKind
    url: str = Field(description="The link that was followed; empty for opens")
    by_machine: bool = Field(
        description="By a program, as far as can be told: proxies that load ahead, scanners, previews"
    )
    because: str = Field(description="By what; empty for persons")
    first_at: datetime
    last_at: datetime
    times: int

    @classmethod
    def of(cls, seen: Seen) -> "SeenOut":
        """The answer's shape."""
        return cls.model_validate(seen, from_attributes=True)


class MailSeenOut(BaseModel):
    """All that was seen of a mail, in order."""

    items: list[SeenOut]


@router.get("/{mail_id}/seen", response_model=MailSeenOut)
def show_seen(mail_id: UUID, call: Call = CALL) -> Response:
    """Show what was seen of a mail, by persons and by programs apart."""
    return call.read(lambda tx: MailSeenOut(items=[SeenOut.of(one) for one in service.seen_of(tx, mail_id)]))
