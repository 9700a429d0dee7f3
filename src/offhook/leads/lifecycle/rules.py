"""The state machine, pure: a table of stages by command, and what each command changes.

| stage        | commands that may be given there                                                        |
|--------------|-----------------------------------------------------------------------------------------|
| inquiry      | promote → mql, disqualify                                                               |
| mql          | attempt, converse → working, judge, hand off → sal, assign, recycle, disqualify         |
| working      | the same, staying in working                                                            |
| sal          | accept, reject, withdraw → working, confirm → sql; attempt, converse, judge, assign     |
| sql          | none: the pass has ended well                                                           |
| recycled     | reopen → where it was                                                                   |
| disqualified | reopen → where it was                                                                   |

An outbound lead, or one that comes back after recycling, begins in `working`: a rep opens it to work it, and
marketing did not qualify it, so it never counts as MQL.

A command may be told afterwards (`at` in the past), yet never from before the lead was opened. What has been
counted stays counted: a lead handed off a second time does not become SAL a second time.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast
from uuid import UUID

from offhook.kernel.copying import time_text
from offhook.kernel.errors import Conflict, FieldError, Invalid
from offhook.kernel.events import Json
from offhook.leads.lifecycle.model import (
    Accept,
    Assign,
    Attempt,
    Command,
    Confirm,
    Converse,
    Decision,
    Disqualify,
    HandOff,
    Happening,
    Judge,
    Passed,
    Promote,
    Recount,
    Recycle,
    Reject,
    Reopen,
    Withdraw,
)
from offhook.leads.model import Lead, Stage, Verdict

INQUIRY, MQL, WORKING, SAL, SQL = Stage.INQUIRY, Stage.MQL, Stage.WORKING, Stage.SAL, Stage.SQL
RECYCLED, DISQUALIFIED = Stage.RECYCLED, Stage.DISQUALIFIED

TABLE: Mapping[type[Command], Mapping[Stage, Stage]] = {
    Promote: {INQUIRY: MQL},
    Assign: {MQL: MQL, WORKING: WORKING, SAL: SAL},
    Attempt: {MQL: WORKING, WORKING: WORKING, SAL: SAL},
    Converse: {MQL: WORKING, WORKING: WORKING, SAL: SAL},
    Recount: {stage: stage for stage in Stage},
    Judge: {MQL: MQL, WORKING: WORKING, SAL: SAL},
    HandOff: {MQL: SAL, WORKING: SAL},
    Accept: {SAL: SAL},
    Reject: {SAL: WORKING},
    Withdraw: {SAL: WORKING},
    Confirm: {SAL: SQL},
    Recycle: {MQL: RECYCLED, WORKING: RECYCLED},
    Disqualify: {INQUIRY: DISQUALIFIED, MQL: DISQUALIFIED, WORKING: DISQUALIFIED},
    Reopen: {RECYCLED: WORKING, DISQUALIFIED: WORKING},
}
"""The stage that follows, by command and present stage; what is absent is refused. A reopened lead that was never
worked goes back to `mql` or `inquiry` (`_stage_before`)."""

_NAMES: Mapping[type[Command], str] = {
    Promote: "promoted",
    Assign: "assigned",
    Attempt: "worked",
    Converse: "worked",
    Recount: "recounted",
    Judge: "judged",
    HandOff: "handed off",
    Accept: "accepted",
    Reject: "rejected",
    Withdraw: "withdrawn",
    Confirm: "confirmed",
    Recycle: "recycled",
    Disqualify: "disqualified",
    Reopen: "reopened",
}


def allowed(stage: Stage) -> frozenset[type[Command]]:
    """The commands that may be given in a stage."""
    return frozenset(command for command, stages in TABLE.items() if stage in stages)


def decide(lead: Lead, command: Command, at: datetime) -> Decision:
    """What the command makes of the lead.

    Raises `Conflict` when the stage or the verdict does not allow it, `Invalid` for a value of the command.
    """
    following = TABLE[type(command)].get(lead.stage)
    if following is None:
        raise Conflict(
            f"A lead in stage '{lead.stage}' cannot be {_NAMES[type(command)]}.{_advice(lead, command)}",
            code="stage-does-not-allow",
        )
    if at < lead.opened_at and not isinstance(command, Recount):
        raise Invalid(
            f"The lead was opened on {lead.opened_at.isoformat()}; nothing was done with it before.",
            fields=[FieldError("at", "lies before the lead was opened", at.isoformat())],
        )
    return _CHANGES[type(command)](replace(lead, stage=following), lead, command, at)


def _advice(lead: Lead, command: Command) -> str:
    if lead.stage is SAL and isinstance(command, Recycle | Disqualify | HandOff):
        return " It lies with an AE: have the hand-off rejected or withdraw it first."
    if lead.stage is INQUIRY:
        return " It is below the MQL threshold: promote (assign) it first."
    if lead.stage in {RECYCLED, DISQUALIFIED}:
        return " Reopen it first."
    return ""


def _of(lead: Lead) -> dict[str, Json]:
    """What nearly every event tells of its lead."""
    return {
        "rep_id": _text(lead.owner_id),
        "team_id": _text(lead.team_id),
        "campaign_id": _text(lead.campaign_id),
        "mql_at": _text(lead.mql_at),
    }


def _text(value: UUID | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return time_text(value)
    return str(value) if value else None


def _promote(after: Lead, _: Lead, command: Promote, at: datetime) -> Decision:
    lead = replace(after, owner_id=command.rep_id, team_id=command.team_id, mql_at=at, assigned_at=at)
    return Decision(lead, (became_mql(lead, command.because),))


def became_mql(lead: Lead, because: str) -> Happening:
    """What is told of a lead that has just become an MQL."""
    told = _of(lead) | {
        "person_id": str(lead.person_id),
        "account_id": _text(lead.account_id),
        "score": round(lead.score, 1),
        "because": because,
    }
    return Happening("lead.became_mql", told)


def opened(lead: Lead, origin: str) -> Happening:
    """What is told of a lead that a rep opened (`outbound`), or time (`come_back`): it begins in `working`."""
    told = _of(lead) | {
        "person_id": str(lead.person_id),
        "account_id": _text(lead.account_id),
        "stage": lead.stage.value,
        "origin": origin,
    }
    return Happening("lead.opened", told)


def _assign(after: Lead, before: Lead, command: Assign, at: datetime) -> Decision:
    if (command.rep_id, command.team_id) == (before.owner_id, before.team_id):
        return Decision(after, ())
    lead = replace(
        after,
        owner_id=command.rep_id,
        team_id=command.team_id,
        assigned_at=at,
        claimed_by=None,
        claimed_until=None,
    )
    told = _of(lead) | {
        "previous_rep_id": _text(before.owner_id),
        "because": command.because,
        "stage": lead.stage.value,
    }
    return Decision(lead, (Happening("lead.assigned", told),))


def _attempt(after: Lead, before: Lead, command: Attempt, at: datetime) -> Decision:
    is_first = before.first_attempt_at is None
    lead = replace(
        after,
        attempts=before.attempts + 1,
        first_attempt_at=at if before.first_attempt_at is None else min(at, before.first_attempt_at),
        last_attempt_at=at if before.last_attempt_at is None else max(at, before.last_attempt_at),
    )
    if not is_first or lead.mql_at is None:
        return Decision(lead, ())
    told = _of(lead) | {
        "business_minutes": round(command.business_minutes or 0.0, 2),
        "minutes": round(max(0.0, (at - lead.mql_at).total_seconds() / 60), 2),
    }
    return Decision(lead, (Happening("lead.attempted", told),))


def _converse(after: Lead, before: Lead, _: Converse, at: datetime) -> Decision:
    if before.conversed_at is not None:
        lead = replace(after, conversed_at=min(at, before.conversed_at))
        return Decision(lead, _contact_corrected(lead, before))
    lead = replace(after, conversed_at=at, attempts_to_contact=before.attempts)
    return Decision(lead, (Happening("lead.contacted", _of(lead) | {"attempts": before.attempts}),))


def _contact_corrected(lead: Lead, before: Lead) -> tuple[Happening, ...]:
    """What is told when the first conversation, which was told before, is another one now, or none."""
    known = before.conversed_at, before.attempts_to_contact
    if before.conversed_at is None or known == (lead.conversed_at, lead.attempts_to_contact):
        return ()
    was: dict[str, Json] = {"attempts": before.attempts_to_contact, "conversed_at": _text(before.conversed_at)}
    told: dict[str, Json] = {
        **_of(lead),
        "attempts": lead.attempts_to_contact,
        "conversed_at": _text(lead.conversed_at),
        "corrected": was,
    }
    return (Happening("lead.contacted", told),)


def _recount(after: Lead, before: Lead, command: Recount, at: datetime) -> Decision:
    lead = replace(
        after,
        attempts=command.attempts,
        first_attempt_at=command.first_attempt_at,
        last_attempt_at=command.last_attempt_at,
        conversed_at=command.conversed_at,
        attempts_to_contact=command.attempts_to_contact,
    )
    return Decision(lead, _contact_corrected(lead, before))


def _judge(after: Lead, _: Lead, command: Judge, at: datetime) -> Decision:
    return Decision(replace(after, verdict=command.verdict, criteria_id=command.criteria_id), ())


def _passed(lead: Lead, passed: Passed) -> dict[str, Json]:
    return _of(lead) | {
        "hand_off_id": str(passed.hand_off_id),
        "rep_id": _text(passed.rep_id),
        "team_id": _text(passed.team_id),
        "ae_id": str(passed.ae_id),
        "mode": passed.mode,
        "meeting_at": _text(passed.meeting_at),
        "handed_off_at": passed.handed_off_at.isoformat(),
        "first": passed.is_first,
        "was_accepted": passed.was_accepted,
        "first_acceptance": passed.is_first_acceptance,
    }


def _hand_off(after: Lead, before: Lead, command: HandOff, at: datetime) -> Decision:
    if before.verdict is not Verdict.IN and not command.is_override:
        raise Conflict(
            f"The verdict of this lead is '{before.verdict}': answer the agreed criteria until it is 'in', or "
            "have somebody who may override it say why.",
            code="not-qualified",
        )
    if command.passed.is_first != (before.sal_at is None):
        raise Invalid("Only a lead's first hand-off is its first.")
    lead = replace(
        after,
        ae_id=command.passed.ae_id,
        sal_at=before.sal_at or at,
        next_touch_at=None,
        next_touch_because=None,
        next_touch_note=None,
        claimed_by=None,
        claimed_until=None,
    )
    return Decision(lead, (Happening("lead.handed_off", _passed(lead, command.passed)),))


def _accept(after: Lead, _: Lead, command: Accept, at: datetime) -> Decision:
    return Decision(after, (Happening("lead.accepted", _passed(after, command.passed)),))


def _back_to_the_rep(after: Lead, kind: str, passed: Passed, reason: str, at: datetime) -> Decision:
    lead = replace(after, ae_id=None, next_touch_at=at, next_touch_because="returned", next_touch_note=None)
    return Decision(lead, (Happening(kind, _passed(after, passed) | {"reason": reason}),))


def _reject(after: Lead, _: Lead, command: Reject, at: datetime) -> Decision:
    return _back_to_the_rep(after, "lead.rejected", command.passed, command.reason, at)


def _withdraw(after: Lead, _: Lead, command: Withdraw, at: datetime) -> Decision:
    return _back_to_the_rep(after, "lead.withdrawn", command.passed, command.reason, at)


def _confirm(after: Lead, before: Lead, command: Confirm, at: datetime) -> Decision:
    lead = replace(after, sql_at=at)
    told = _passed(lead, command.passed) | {"sal_at": _text(before.sal_at)}
    return Decision(lead, (Happening("lead.confirmed", told),))


def _close(after: Lead, before: Lead, kind: str, reason: str, at: datetime) -> Decision:
    lead = replace(
        after,
        closed_at=at,
        close_reason=reason,
        next_touch_at=None,
        next_touch_because=None,
        next_touch_note=None,
        claimed_by=None,
        claimed_until=None,
    )
    until = lead.recycle_until.isoformat() if lead.recycle_until else None
    told = _of(lead) | {"stage": before.stage.value, "reason": reason, "until": until}
    return Decision(lead, (Happening(kind, told),))


def _recycle(after: Lead, before: Lead, command: Recycle, at: datetime) -> Decision:
    if command.until is not None and command.until < at.date():
        raise Invalid(
            "The date to come back lies in the past.",
            fields=[FieldError("until", "must not lie in the past", command.until.isoformat())],
        )
    return _close(replace(after, recycle_until=command.until), before, "lead.recycled", command.reason, at)


def _disqualify(after: Lead, before: Lead, command: Disqualify, at: datetime) -> Decision:
    return _close(after, before, "lead.disqualified", command.reason, at)


def _reopen(after: Lead, before: Lead, _: Reopen, at: datetime) -> Decision:
    lead = replace(
        after,
        stage=_stage_before(before),
        closed_at=None,
        close_reason=None,
        recycle_until=None,
    )
    told = _of(lead) | {"stage": before.stage.value, "reason": before.close_reason, "until": None}
    return Decision(lead, (Happening("lead.reopened", told),))


def _stage_before(closed: Lead) -> Stage:
    """Where a closed lead was.

    An outbound one has never been an MQL, and one never given to anybody an inquiry.
    """
    if closed.first_attempt_at or closed.conversed_at or closed.sal_at:
        return WORKING
    if closed.mql_at:
        return MQL
    return WORKING if closed.assigned_at else INQUIRY


_Change = Callable[[Lead, Lead, Command, datetime], Decision]

_CHANGES = cast(
    "Mapping[type[Command], _Change]",  # each takes the command it stands beside
    {
        Promote: _promote,
        Assign: _assign,
        Attempt: _attempt,
        Converse: _converse,
        Recount: _recount,
        Judge: _judge,
        HandOff: _hand_off,
        Accept: _accept,
        Reject: _reject,
        Withdraw: _withdraw,
        Confirm: _confirm,
        Recycle: _recycle,
        Disqualify: _disqualify,
        Reopen: _reopen,
    },
)
