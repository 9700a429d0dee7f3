"""The roll-up equals a recount: from the events, and from the record itself, for whatever happens in any order."""

from collections import Counter as Tally
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Begin
from leads.factories import Desk, a_desk, respond
from leads.work_factories import QUALIFYING, agreed_criteria
from offhook.activities import Direction, Disposition, Kind
from offhook.goals import Counter, kpi_rows, recount
from offhook.goals.jobs import CONSUMERS
from offhook.goals.model import NIL, Key
from offhook.goals.rollup import OF_TABLES, differences, recount_tables
from offhook.goals.store import add_counts, all_counts, sums
from offhook.identity import SalCountsAt, add_team, add_user, change_team
from offhook.identity.model import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.delivery import deliver
from offhook.kernel.errors import OffhookError
from offhook.leads import Lead, Stage, leads_page, load_lead
from offhook.leads.hand_off import service as hand_offs
from offhook.leads.hand_off.model import MeetingOutcome, Mode
from offhook.leads.qualification import service as qualification
from offhook.leads.touch import correct_activity, log_activity

SOME_IDS = (NIL, UUID(int=1), UUID(int=2))

Step = Callable[[Transaction, Desk, int], object]


def a_lead(tx: Transaction, n: int, *stages: Stage) -> Lead:
    """One of the leads in these stages."""
    found = [lead for lead in leads_page(tx, limit=50) if lead.stage in stages]
    if not found:
        raise StopIteration
    return found[n % len(found)]


def somebody_responds(tx: Transaction, desk: Desk, n: int) -> None:
    respond(tx, desk.campaign, is_mql=n % 3 > 0, owner_id=desk.reps[n % 3].id if n % 2 else None)


def somebody_calls(tx: Transaction, desk: Desk, n: int) -> None:
    lead = a_lead(tx, n, Stage.MQL, Stage.WORKING, Stage.SAL)
    ends = (Disposition.NO_ANSWER, Disposition.CONVERSATION, Disposition.GATEKEEPER, Disposition.CONNECTED)
    is_told_later = n % 7 == 0 and lead.opened_at < tx.now - timedelta(hours=1)
    log_activity(
        tx,
        kind=Kind.CALL,
        lead_id=lead.id,
        disposition=ends[n % 4],
        seconds=(None, 5, 45)[n % 3],
        direction=Direction.INBOUND if n % 5 == 0 else Direction.OUTBOUND,
        user_id=desk.reps[n % 3].id,
        at=tx.now - timedelta(minutes=n % 50) if is_told_later else None,
    )


def somebody_writes(tx: Transaction, desk: Desk, n: int) -> None:
    lead = a_lead(tx, n, Stage.MQL, Stage.WORKING)
    ends = (Disposition.SENT, Disposition.BOUNCED, Disposition.REPLIED)
    log_activity(tx, kind=Kind.EMAIL, lead_id=lead.id, disposition=ends[n % 3], user_id=desk.reps[n % 3].id)


def somebody_corrects(tx: Transaction, desk: Desk, n: int) -> None:
    entries = tx.scalars(
        UUID,
        "SELECT id FROM activity a WHERE kind = 'call' AND NOT EXISTS"
        " (SELECT FROM activity later WHERE later.corrects = a.id) ORDER BY id",
    )
    if entries:
        ends = (Disposition.CONVERSATION, Disposition.NO_ANSWER)
        changes = {"disposition": ends[n % 2], "seconds": (60, None)[n % 2]}
        correct_activity(tx, entries[n % len(entries)], changes)


def somebody_hands_off(tx: Transaction, desk: Desk, n: int) -> None:
    lead = a_lead(tx, n, Stage.MQL, Stage.WORKING)
    qualification.answer_all(tx, lead.id, QUALIFYING)
    mode, at = (Mode.LIVE, None) if n % 2 else (Mode.SCHEDULED, tx.now + timedelta(hours=1 + n % 90))
    hand_offs.hand_off(tx, lead.id, mode, at, desk.aes[n % 2].id)


def somebody_decides(tx: Transaction, desk: Desk, n: int) -> None:
    lead = a_lead(tx, n, Stage.SAL)
    last = hand_offs.last_hand_off(tx, lead.id)
    if n % 3 == 0:
        hand_offs.reject(tx, last.id, "bad_timing")
    elif n % 3 == 1 and last.status == "accepted":
        hand_offs.confirm(tx, last.id)
    else:
        hand_offs.accept(tx, last.id)


def somebody_meets(tx: Transaction, desk: Desk, n: int) -> None:
    lead = a_lead(tx, n, Stage.SAL, Stage.SQL)
    last = hand_offs.last_hand_off(tx, lead.id)
    hand_offs.record_meeting_outcome(tx, last.id, list(MeetingOutcome)[n % 2])


STEPS: Sequence[Step] = (
    somebody_responds,
    somebody_calls,
    somebody_writes,
    somebody_corrects,
    somebody_hands_off,
    somebody_decides,
    somebody_meets,
)


def test_every_step_can_be_taken(begin: Begin, clock: SetClock) -> None:
    """So that none of them is left out of what follows because it always fails."""
    with begin() as tx:
        agreed_criteria(tx)
        desk = a_desk(tx)
        for n in range(1, 4):
            somebody_responds(tx, desk, n)
    for step in STEPS:
        with begin() as tx:
            step(tx, desk, 2)
        clock.advance(timedelta(hours=4))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 40), st.booleans()), min_size=5, max_size=40),
    at_acceptance=st.booleans(),
)
def test_the_rollup_equals_a_recount_from_events_and_from_the_record(
    database: Database,
    begin: Begin,
    organisation: UUID,
    clock: SetClock,
    steps: list[tuple[int, int, bool]],
    at_acceptance: bool,
) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        agreed_criteria(tx)
        if at_acceptance:
            change_team(tx, desk.team.id, desk.team.version, {"sal_counts_at": SalCountsAt.ACCEPTANCE})
        somebody_responds(tx, desk, 1)
    for which, n, is_delivered in steps:
        with suppress(OffhookError, StopIteration), begin() as tx:
            STEPS[which](tx, desk, n)
        clock.advance(timedelta(minutes=17 * n))
        if is_delivered:
            deliver(database, CONSUMERS, organisation)
    deliver(database, CONSUMERS, organisation)
    with begin() as tx:
        counted = all_counts(tx)
        assert recount(tx) == []
        of_tables = {key: count for key, count in counted.items() if key.counter in OF_TABLES}
        assert differences(of_tables, recount_tables(tx)) == []


def test_counts_are_cut_in_the_teams_own_zone(
    database: Database, begin: Begin, organisation: UUID, clock: SetClock
) -> None:
    with begin() as tx:
        team = add_team(tx, name="Auckland", time_zone="Pacific/Auckland")
        rep = add_user(tx, email="kiwi@offhook.example", name="Kiwi", role=Role.REP, team_id=team.id)
        desk = a_desk(tx)
        lead = load_lead(tx, respond(tx, desk.campaign, owner_id=rep.id).lead_id)
    clock.advance(timedelta(hours=3))
    with begin() as tx:
        log_activity(tx, kind=Kind.CALL, lead_id=lead.id, disposition=Disposition.NO_ANSWER, user_id=rep.id)
        day = (tx.now + timedelta(hours=13)).date()
    deliver(database, CONSUMERS, organisation)
    with begin() as tx:
        rows = kpi_rows(tx, day, day, by="user", user_id=rep.id)
        assert [row.counts[Counter.DIALS] for row in rows] == [1]
        assert day > tx.now.date()


def test_a_conversation_that_was_none_after_all_counts_no_contact(
    database: Database, begin: Begin, organisation: UUID, clock: SetClock
) -> None:
    def contacts() -> list[tuple[float | None, int | None]]:
        deliver(database, CONSUMERS, organisation)
        with begin() as tx:
            assert recount(tx) == []
            rows = kpi_rows(tx, date(2026, 3, 1), date(2026, 3, 31))
        return [(k.value, k.denominator) for row in rows for k in row.kpis if k.name == "attempts_to_contact"]

    with begin() as tx:
        desk = a_desk(tx)
        lead_id = respond(tx, desk.campaign, owner_id=desk.reps[0].id).lead_id

    def call(disposition: Disposition) -> UUID:
        clock.advance(timedelta(days=1))
        with begin() as tx:
            rep = desk.reps[0].id
            return log_activity(
                tx, kind=Kind.CALL, lead_id=lead_id, disposition=disposition, seconds=90, user_id=rep
            ).id

    first = call(Disposition.CONVERSATION)
    assert contacts() == [(1, 1)]
    with begin() as tx:
        correct_activity(tx, first, {"disposition": Disposition.NO_ANSWER, "seconds": None})
    assert contacts() == [(None, 0)]
    call(Disposition.CONVERSATION)
    assert contacts() == [(2, 1)], "the second call was the first conversation"


def test_a_wrong_count_is_found_and_mended(database: Database, begin: Begin, organisation: UUID) -> None:
    with begin() as tx:
        respond(tx, a_desk(tx).campaign)
    deliver(database, CONSUMERS, organisation)
    with begin() as tx:
        tx.execute("UPDATE kpi_count SET count = count + 5 WHERE counter = 'mqls'")
        assert [(one.rolled_up, one.recounted) for one in recount(tx, mend=True)] == [(6, 1)]
        assert recount(tx) == []


def test_a_wrong_sum_of_a_span_is_found_and_mended(database: Database, begin: Begin, organisation: UUID) -> None:
    with begin() as tx:
        respond(tx, a_desk(tx).campaign)
    deliver(database, CONSUMERS, organisation)
    with begin() as tx:
        tx.execute(
            "UPDATE kpi_span SET counts[2] = counts[2] + 5 WHERE of = 'rep' AND days = 64 AND counts[2] > 0"
        )
        found = recount(tx, mend=True)
        assert [(one.key.counter, one.rolled_up, one.recounted) for one in found] == [(Counter.MQLS, 6, 1)]
        assert recount(tx) == []


def test_a_median_is_read_as_it_was_counted(
    database: Database, begin: Begin, organisation: UUID, clock: SetClock
) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        leads = [respond(tx, desk.campaign, owner_id=desk.reps[0].id).lead_id for _ in range(3)]
    for lead_id, minutes in zip(leads, (7, 13, 400), strict=True):
        clock.advance(timedelta(minutes=minutes))
        with begin() as tx:
            log_activity(
                tx,
                kind=Kind.CALL,
                lead_id=lead_id,
                disposition=Disposition.NO_ANSWER,
                user_id=desk.reps[0].id,
            )
    deliver(database, CONSUMERS, organisation)
    with begin() as tx:
        first, last = tx.now.date() - timedelta(days=40), tx.now.date() + timedelta(days=2)
        for by in ("user", "team", "campaign", "none"):
            rows = kpi_rows(tx, first, last, by=by)
            medians = [kpi.value for row in rows for kpi in row.kpis if kpi.name == "speed_to_lead_minutes"]
            assert 20.0 in medians, by
        rows = kpi_rows(tx, first, last, by="campaign", user_id=desk.reps[0].id)
        assert 20.0 in [kpi.value for row in rows for kpi in row.kpis if kpi.name == "speed_to_lead_minutes"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.dictionaries(
        st.builds(
            Key,
            st.sampled_from([Counter.DIALS, Counter.SALS, Counter.MQLS]),
            st.dates(date(2025, 1, 1), date(2026, 12, 31)),
            st.sampled_from(SOME_IDS),
            st.sampled_from(SOME_IDS),
            st.sampled_from(SOME_IDS),
        ),
        st.integers(-3, 9),
        max_size=60,
    ),
    first=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    length=st.integers(0, 700),
)
def test_sums_over_spans_equal_sums_over_days(
    database: Database, organisation: UUID, counts: dict[Key, int], first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    with database.transaction(organisation, SYSTEM) as tx:
        add_counts(tx, counts)
        for by in ("user", "team", "campaign", "none"):
            expected: Tally[tuple[str, UUID]] = Tally()
            for key, count in counts.items():
                if first <= key.day <= last:
                    expected[key.counter.value, NIL if by == "none" else getattr(key, f"{by}_id")] += count
            found = {
                (one.counter.value, whose): one.cases
                for whose, part in sums(tx, first, last, by).items()
                for one in part
            }
            assert found == {whose: count for whose, count in expected.items() if count}
        tx.undo()
