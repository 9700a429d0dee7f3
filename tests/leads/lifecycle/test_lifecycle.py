"""The lifecycle: the table is kept to the letter, and no sequence of commands reaches a forbidden state."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.kernel.errors import Conflict, Invalid
from offhook.leads import (
    Accept,
    Assign,
    Attempt,
    Command,
    Confirm,
    Converse,
    Disqualify,
    HandOff,
    Judge,
    Lead,
    Passed,
    Promote,
    Recount,
    Recycle,
    Reject,
    Reopen,
    Stage,
    Verdict,
    Withdraw,
    decide,
)
from offhook.leads.lifecycle.rules import TABLE, allowed

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
REP, OTHER_REP, TEAM, AE, CRITERIA = (UUID(int=n) for n in range(1, 6))


def an_inquiry(**known: object) -> Lead:
    """A lead that has just been opened."""
    lead = Lead(UUID(int=9), UUID(int=8), None, None, Stage.INQUIRY, "UTC", START, START, START)
    return replace(lead, **known)  # pyright: ignore[reportArgumentType]


def passed(lead: Lead, at: datetime = START) -> Passed:
    """A hand-off of this lead to the AE."""
    return Passed(UUID(int=20), AE, "live", None, lead.owner_id, lead.team_id, at, lead.sal_at is None)


def every_command(lead: Lead) -> Sequence[Command]:
    """One command of each kind."""
    told = passed(lead)
    return (
        Promote(REP, TEAM, "round_robin"),
        Assign(OTHER_REP, TEAM, "manual"),
        Attempt(3.0),
        Converse(),
        Recount(lead.attempts, lead.first_attempt_at, lead.last_attempt_at, lead.conversed_at, None),
        Judge(Verdict.IN, CRITERIA),
        HandOff(told, is_override=True),
        Accept(told),
        Reject(told, "bad_timing"),
        Withdraw(told),
        Confirm(told),
        Recycle("not_now", date(2026, 6, 1)),
        Disqualify("no_need"),
        Reopen(),
    )


def test_the_table_knows_every_command() -> None:
    assert {type(command) for command in every_command(an_inquiry())} == set(TABLE)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("n", range(len(TABLE)))
def test_a_command_is_refused_exactly_where_the_table_does_not_name_its_stage(stage: Stage, n: int) -> None:
    lead = an_inquiry(stage=stage, mql_at=START, assigned_at=START, first_attempt_at=START)
    command = every_command(lead)[n]
    following = TABLE[type(command)].get(stage)
    if following is None:
        with pytest.raises(Conflict, match=f"in stage '{stage}' cannot be"):
            decide(lead, command, START)
    else:
        assert decide(lead, command, START).lead.stage is following


def test_a_confirmed_lead_can_only_be_recounted() -> None:
    assert allowed(Stage.SQL) == {Recount}


def worked(lead: Lead, *commands: Command, at: datetime = START) -> tuple[Lead, list[str]]:
    """The lead after these commands, and the kinds of what happened."""
    kinds: list[str] = []
    for command in commands:
        decision = decide(lead, command, at)
        lead = decision.lead
        kinds += [one.kind for one in decision.happened]
    return lead, kinds


def qualified() -> Lead:
    """A lead that may be handed off."""
    lead, _ = worked(
        an_inquiry(), Promote(REP, TEAM, "manual"), Attempt(), Converse(), Judge(Verdict.IN, CRITERIA)
    )
    return lead


def test_from_response_to_sql() -> None:
    lead, kinds = worked(an_inquiry(), Promote(REP, TEAM, "manual"), Attempt(12.5), Attempt(), Converse())
    assert kinds == ["lead.became_mql", "lead.attempted", "lead.contacted"]
    assert (lead.stage, lead.attempts, lead.attempts_to_contact) == (Stage.WORKING, 2, 2)
    lead = decide(lead, Judge(Verdict.IN, CRITERIA), START).lead
    told = passed(lead)
    lead, kinds = worked(lead, HandOff(told), Accept(told), Confirm(told))
    assert kinds == ["lead.handed_off", "lead.accepted", "lead.confirmed"]
    assert (lead.stage, lead.sal_at, lead.sql_at, lead.ae_id) == (Stage.SQL, START, START, AE)


@pytest.mark.parametrize("verdict", [Verdict.OPEN, Verdict.OUT])
def test_only_a_qualified_lead_is_handed_off_unless_somebody_overrides(verdict: Verdict) -> None:
    lead = replace(qualified(), verdict=verdict)
    with pytest.raises(Conflict, match=f"verdict of this lead is '{verdict}'"):
        decide(lead, HandOff(passed(lead)), START)
    assert decide(lead, HandOff(passed(lead), is_override=True), START).lead.stage is Stage.SAL


def test_a_rejected_hand_off_returns_to_the_rep_and_a_second_one_is_no_second_sal() -> None:
    lead = qualified()
    first = passed(lead)
    lead, _ = worked(lead, HandOff(first))
    back = decide(lead, Reject(first, "bad_timing"), START + timedelta(days=1)).lead
    assert (back.stage, back.ae_id, back.next_touch_because) == (Stage.WORKING, None, "returned")
    again = decide(back, HandOff(passed(back)), START + timedelta(days=2))
    assert again.happened[0].data["first"] is False
    assert again.lead.sal_at == START
    with pytest.raises(Invalid, match="first hand-off"):
        decide(back, HandOff(first), START + timedelta(days=2))


def test_a_reopened_lead_is_where_it_was() -> None:
    inquiry = an_inquiry()
    mql, _ = worked(inquiry, Promote(REP, TEAM, "manual"))
    working, _ = worked(mql, Attempt())
    outbound = an_inquiry(stage=Stage.WORKING, assigned_at=START)
    for lead in (inquiry, mql, working, outbound):
        closed, _ = worked(lead, Disqualify("no_need"))
        again, _ = worked(closed, Reopen())
        assert again == lead


def test_nothing_is_done_before_the_lead_was_opened() -> None:
    with pytest.raises(Invalid, match="nothing was done with it before"):
        decide(an_inquiry(), Promote(REP, TEAM, "manual"), START - timedelta(seconds=1))


def test_a_lead_does_not_come_back_in_the_past() -> None:
    lead, _ = worked(an_inquiry(), Promote(REP, TEAM, "manual"))
    with pytest.raises(Invalid, match="lies in the past"):
        decide(lead, Recycle("not_now", date(2026, 3, 1)), START)


def test_speed_to_lead_is_told_once_and_never_negative() -> None:
    lead, _ = worked(an_inquiry(), Promote(REP, TEAM, "manual"), at=START + timedelta(hours=1))
    decision = decide(lead, Attempt(7.5), START)
    assert (decision.happened[0].data["minutes"], decision.happened[0].data["business_minutes"]) == (0.0, 7.5)
    assert decide(decision.lead, Attempt(), START).happened == ()


def test_attempts_told_out_of_order_keep_the_first_and_the_last() -> None:
    lead, _ = worked(an_inquiry(), Promote(REP, TEAM, "manual"))
    for hours in (5, 1, 3):
        lead = decide(lead, Attempt(), START + timedelta(hours=hours)).lead
    assert (lead.first_attempt_at, lead.last_attempt_at) == (
        START + timedelta(hours=1),
        START + timedelta(hours=5),
    )


def check_invariants(lead: Lead) -> None:
    """What holds of every lead, whatever was done with it."""
    if lead.stage in {Stage.SAL, Stage.SQL}:
        assert lead.sal_at is not None
        assert lead.ae_id is not None
        assert lead.claimed_by is None
    assert (lead.sql_at is not None) == (lead.stage is Stage.SQL)
    assert (lead.closed_at is not None) == (lead.stage in {Stage.RECYCLED, Stage.DISQUALIFIED})
    assert (lead.close_reason is not None) == (lead.closed_at is not None)
    assert lead.stage is Stage.INQUIRY or lead.assigned_at is not None or lead.closed_at is not None
    if lead.stage is Stage.INQUIRY:
        assert lead.mql_at is None
    if lead.mql_at and lead.sal_at:
        assert lead.opened_at <= lead.mql_at <= lead.sal_at
    if lead.sal_at and lead.sql_at:
        assert lead.sal_at <= lead.sql_at
    assert (lead.attempts > 0) == (lead.first_attempt_at is not None)


@settings(max_examples=400, deadline=None)
@given(
    choices=st.lists(st.tuples(st.integers(0, 13), st.booleans()), max_size=40),
    verdicts=st.lists(st.sampled_from(Verdict), min_size=1, max_size=5),
)
def test_no_sequence_of_commands_reaches_a_forbidden_state(
    choices: list[tuple[int, bool]], verdicts: list[Verdict]
) -> None:
    lead, at, counted = an_inquiry(), START, dict.fromkeys(("lead.became_mql", "lead.confirmed"), 0)
    firsts, contacted, attempted = 0, 0, 0
    for nth, (n, is_override) in enumerate(choices):
        command = every_command(lead)[n]
        if isinstance(command, Judge):
            command = Judge(verdicts[nth % len(verdicts)], CRITERIA)
        if isinstance(command, HandOff):
            command = HandOff(command.passed, is_override)
        if isinstance(command, Recount):
            continue
        at += timedelta(hours=1)
        try:
            decision = decide(lead, command, at)
        except Conflict:
            continue
        if isinstance(command, HandOff):
            assert lead.verdict is Verdict.IN or is_override
        lead = decision.lead
        check_invariants(lead)
        for one in decision.happened:
            if one.kind in counted:
                counted[one.kind] += 1
            firsts += one.kind == "lead.handed_off" and one.data["first"] is True
            contacted += one.kind == "lead.contacted"
            attempted += one.kind == "lead.attempted"
    assert max(*counted.values(), firsts, contacted, attempted) <= 1
    assert (firsts == 1) == (lead.sal_at is not None)
