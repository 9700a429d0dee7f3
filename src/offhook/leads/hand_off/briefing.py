"""Writes the briefing of a hand-off, pure: the same facts always make the same briefing.

It holds who the person is, why now, every answer with its evidence, what is still open, what was noted of
conversations, what the person agreed to, the history, newest first, and the next step. Everything in it is on
record elsewhere; it is kept so that what the AE was told stays what they were told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from offhook.activities import OUTCOMES, Activity, Kind
from offhook.leads.hand_off.model import (
    Agreed,
    BriefedAnswer,
    Briefing,
    Evidence,
    Happened,
    Mode,
    Noted,
    Who,
)
from offhook.leads.qualification.model import Agreement, Answer, Effect, Judgement, Value
from offhook.leads.qualification.rules import last_answers
from offhook.people import Consent

MOST_HISTORY = 20
LONGEST_EXCERPT = 280
MOST_NOTES = 5
LONGEST_NOTED = 4_000
"""Letters of a note; a briefing is one page."""


@dataclass(frozen=True, slots=True)
class CameBy:
    """One response of the person: to which campaign, when, by what."""

    campaign: str
    at: datetime
    source: str | None
    content: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a briefing is made of."""

    who: Who
    mode: Mode
    meeting_at: datetime | None
    score: float
    score_reasons: Sequence[str]
    responses: Sequence[CameBy]
    criteria_name: str | None
    agreement: Agreement | None
    answers: Sequence[Answer]
    judgement: Judgement | None
    evidence: Mapping[UUID, Activity]
    history: Sequence[Activity]
    user_names: Mapping[UUID, str]
    ae_name: str
    note: str = ""
    override: str | None = None
    consents: Sequence[Consent] = ()
    person_id: UUID | None = None
    account_id: UUID | None = None
    rep_name: str | None = None


def brief(facts: Facts) -> Briefing:
    """The briefing of these facts."""
    return Briefing(
        who=facts.who,
        why_now=_why_now(facts),
        criteria=facts.criteria_name,
        answers=_answers(facts),
        open_questions=_open_questions(facts),
        history=_history(facts),
        next_step=_next_step(facts),
        note=facts.note,
        override=facts.override,
        notes=_notes(facts),
        consents=tuple(Agreed(c.purpose, c.wording, c.obtained_by, c.obtained_at) for c in facts.consents),
        person_id=facts.person_id,
        account_id=facts.account_id,
        rep_name=facts.rep_name,
        ae_name=facts.ae_name,
    )


def plain(briefing: Briefing) -> Mapping[str, object]:
    """The briefing as JSON has it: what is kept with the hand-off."""
    return _BRIEFING.dump_python(briefing, mode="json")


_BRIEFING = TypeAdapter(Briefing)


def _why_now(facts: Facts) -> tuple[str, ...]:
    lines: list[str] = []
    if facts.judgement:
        lines.append(facts.judgement.explanation)
    if facts.override:
        lines.append(f"Handed off without the verdict 'in': {facts.override}")
    newest = sorted(facts.responses, key=lambda response: response.at, reverse=True)
    lines += [f"{response.at:%Y-%m-%d}: {_came_by(response)}" for response in newest[:3]]
    if facts.score_reasons:
        lines.append(f"Score {facts.score:.0f}: {'; '.join(facts.score_reasons[:5])}")
    return tuple(lines)


def _came_by(response: CameBy) -> str:
    by = f" by {response.source.replace('_', ' ')}" if response.source else ""
    what = f": {response.content}" if response.content else ""
    return f"responded to {response.campaign}{by}{what}"


def _answers(facts: Facts) -> tuple[BriefedAnswer, ...]:
    if facts.agreement is None:
        return ()
    last = last_answers(facts.answers)
    return tuple(
        BriefedAnswer(
            question=question.text,
            answer=_said(last[question.key].value),
            note=last[question.key].note,
            evidence=_evidence(facts, last[question.key].activity_id),
        )
        for question in facts.agreement.questions
        if question.key in last
    )


def _said(value: Value) -> str:
    if value is None:
        return "not known yet"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _evidence(facts: Facts, activity_id: UUID | None) -> Evidence | None:
    entry = facts.evidence.get(activity_id) if activity_id else None
    if entry is None:
        return None
    return Evidence(entry.id, entry.at, entry.kind.value, _excerpt(entry.body or entry.subject))


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"


def _open_questions(facts: Facts) -> tuple[str, ...]:
    if facts.agreement is None or facts.judgement is None:
        return ()
    text = {question.key: question.text for question in facts.agreement.questions}
    return tuple(
        text[finding.question]
        for finding in facts.judgement.findings
        if finding.effect not in {Effect.MET, Effect.DISQUALIFIES}
    )


def _history(facts: Facts) -> tuple[Happened, ...]:
    lines = [Happened(entry.at, _told(facts, entry)) for entry in facts.history]
    lines += [Happened(response.at, _came_by(response).capitalize()) for response in facts.responses]
    return tuple(sorted(lines, key=lambda line: (line.at, line.text), reverse=True)[:MOST_HISTORY])


def _told(facts: Facts, entry: Activity) -> str:
    by = facts.user_names.get(entry.user_id, "") if entry.user_id else ""
    how = f"{entry.kind.value} {entry.direction.value}" if entry.kind.value != "note" else "note"
    ended = OUTCOMES[entry.disposition].meaning if entry.disposition else ""
    lasted = f"{entry.seconds // 60}:{entry.seconds % 60:02d} min" if entry.seconds else ""
    said = _excerpt(entry.body or entry.subject)
    return ": ".join(part for part in (", ".join(p for p in (how, by, lasted) if p), ended, said) if part)


def _notes(facts: Facts) -> tuple[Noted, ...]:
    """What was written down of the last conversations and beside them, in full, newest first."""
    told = [entry for entry in facts.history if entry.body and (entry.is_conversation or entry.kind is Kind.NOTE)]
    newest = sorted(told, key=lambda entry: (entry.at, entry.id), reverse=True)[:MOST_NOTES]
    return tuple(
        Noted(
            entry.id,
            entry.at,
            facts.user_names.get(entry.user_id) if entry.user_id else None,
            entry.is_conversation,
            entry.body[:LONGEST_NOTED],
        )
        for entry in newest
    )


def _next_step(facts: Facts) -> str:
    if facts.mode is Mode.LIVE:
        return f"{facts.ae_name} takes over the running call."
    if facts.meeting_at is None:
        return f"{facts.ae_name} meets {facts.who.name} at a time still to be chosen."
    return f"{facts.ae_name} meets {facts.who.name} on {facts.meeting_at:%A %Y-%m-%d %H:%M} UTC."
