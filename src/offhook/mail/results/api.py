"""Route of results: how the variants of a template do."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.http import CALL, Call
from offhook.mail.results.comparing import Conclusion
from offhook.mail.results.service import Results, VariantResults, results

router = APIRouter(tags=["mail templates"])


class VariantResultsOut(BaseModel):
    """How a variant does, by the mails that say what it says."""

    variant_id: UUID
    name: str
    weight: int
    sent: int
    bounced: int
    delivered: int
    replied: int = Field(description="Of those delivered, by somebody, not by a machine")
    reply_rate: float | None = Field(description="Replied of delivered; null of none")
    reply_rate_low: float = Field(description="In between lies the true rate, 95 times in a hundred (Wilson)")
    reply_rate_high: float
    opened: int = Field(description="As far as opens are tracked")
    clicked: int = Field(description="As far as links are tracked")
    edited: int = Field(description="Mails that their users changed; they count nowhere else")

    @classmethod
    def of(cls, one: VariantResults) -> "VariantResultsOut":
        """The answer's shape."""
        counted = one.numbers
        return cls(
            variant_id=one.variant.id,
            name=one.variant.name,
            weight=one.variant.weight,
            sent=counted.sent,
            bounced=counted.bounced,
            delivered=one.counts.delivered,
            replied=counted.replied,
            reply_rate=one.counts.rate if one.counts.delivered else None,
            reply_rate_low=one.interval.low,
            reply_rate_high=one.interval.high,
            opened=counted.opened,
            clicked=counted.clicked,
            edited=counted.edited,
        )


class ResultsOut(BaseModel):
    """How the variants of a template do."""

    since: datetime = Field(description="All in use say what they say since then; only later mails count")
    variants: list[VariantResultsOut]
    conclusion: Conclusion = Field(
        description="`alone`, `too_few` to tell, `alike`, or one is `better` than each other"
    )
    best_variant_id: UUID | None

    @classmethod
    def of(cls, found: Results) -> "ResultsOut":
        """The answer's shape."""
        best = found.verdict.best
        return cls(
            since=found.since,
            variants=[VariantResultsOut.of(one) for one in found.variants],
            conclusion=found.verdict.conclusion,
            best_variant_id=None if best is None else found.variants[best].variant.id,
        )


@router.get("/mail/templates/{template_id}/results", response_model=ResultsOut)
def show_results(template_id: UUID, call: Call = CALL) -> Response:
    """Show how often each variant of a template was replied to, and whether one can be said to do better."""
    return call.read(lambda tx: ResultsOut.of(results(tx, template_id)))
