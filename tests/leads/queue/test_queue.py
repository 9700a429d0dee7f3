"""The queue on the real database: its order, its claims, and that no two reps ever hold the same lead."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from uuid import UUID

import pytest

from conftest import Begin
from identity.factories import a_team, a_user
from leads.work_factories import a_lead, a_person, a_qualified_lead, a_rep, as_user
from offhook import identity
from offhook.activities import Disposition, Kind
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database, Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from offhook.kernel.ids import new_id
from offhook.leads.model import Lead, Stage, Verdict
from offhook.leads.queue import claim, claim_next, claims, give_back, queue_of, snooze
from offhook.leads.queue.model import TouchBecause
from offhook.leads.store import insert_leads, load_lead
from offhook.leads.touch import log_activity


def test_the_queue_shows_the_most_pressing_first_and_says_why(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        dull = a_lead(tx, rep, fit=5.0, score=5.0)
        good = a_lead(tx, rep, fit=40.0, score=40.0, person_id=a_person(tx, "Grace Hopper", title="CTO"))
        promised = a_lead(tx, rep, fit=5.0, score=5.0, due_at=tx.now + timedelta(minutes=5))
        qualified = a_qualified_lead(tx, rep)
        found = queue_of(tx, rep.id, 10)
        assert [item.lead.id for item in found] == [qualified.id, promised.id, good.id, dull.id]
        assert found[0].reasons[0].text == "Qualified: hand it off."
        assert found[2].contact.name == "Grace Hopper"
        assert found[2].contact.title == "CTO"
        assert found[2].points == pytest.approx(sum(reason.points for reason in found[2].reasons), abs=0.1)
        assert found[0].claimed_until is None, "looking claims nothing"
        assert len(queue_of(tx, rep.id, 2)) == 2


def test_the_head_is_the_best_of_many_that_are_due(begin: Begin) -> None:
    """Whatever lies before and after it in its bucket: longer due, later due, of a better or a worse score."""
    with begin() as tx:
        rep = a_rep(tx)
        sample = a_lead(tx, rep, fit=20.0, score=20.0)
        chance = Random(7)
        insert_leads(tx, [_due(sample, chance, tx.now) for _ in range(400)])
        wide = queue_of(tx, rep.id, 200)
        assert [item.lead.id for item in queue_of(tx, rep.id, 5)] == [item.lead.id for item in wide[:5]]


def test_a_lead_that_was_given_back_comes_first_however_many_touches_are_due(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        sample = a_lead(tx, rep, fit=20.0, score=20.0)
        chance = Random(8)
        insert_leads(tx, [_due(sample, chance, tx.now) for _ in range(200)])
        returned = a_lead(
            tx, rep, score=1.0, next_touch_at=tx.now - timedelta(days=5), next_touch_because="returned"
        )
        assert queue_of(tx, rep.id, 1)[0].lead.id == returned.id


def test_the_index_stands_leads_in_the_order_of_their_points(begin: Begin) -> None:
    """The numbers of the column `standing` are those of the ranking, but for what the clock changes."""
    with begin() as tx:
        rep = a_rep(tx)
        sample = replace(a_lead(tx, rep), mql_at=tx.now - timedelta(days=9), next_touch_at=tx.now)
        kinds = product(Verdict, TouchBecause, (0, 3, 12), (0.0, 40.0))
        leads = [
            replace(
                sample,
                id=new_id(),
                person_id=new_id(),
                verdict=verdict,
                next_touch_because=because.value,
                attempts=attempts,
                fit=score,
                score=score,
            )
            for verdict, because, attempts, score in kinds
        ]
        insert_leads(tx, leads)
        standing = dict(
            tx.rows(lambda lead_id, standing: (lead_id, standing), "SELECT id AS lead_id, standing FROM lead")
        )
        apart = {
            because: {
                round(item.points - standing[item.lead.id], 6)
                for item in queue_of(tx, rep.id, 200)
                if item.lead.next_touch_because == because
            }
            for because in TouchBecause
        }
    assert all(len(differences) == 1 for differences in apart.values()), apart


def _due(sample: Lead, chance: Random, now: datetime) -> Lead:
    """A follow-up that has been due for three to eight days: long enough that how long hardly counts."""
    fit = chance.uniform(0, 100)
    due = now - timedelta(days=chance.uniform(3, 8))
    return replace(
        sample,
        id=new_id(),
        person_id=new_id(),
        fit=fit,
        score=fit,
        attempts=chance.randrange(9),
        next_touch_at=due,
        next_touch_because="follow_up",
    )


def test_a_lead_claimed_before_its_time_is_not_said_to_be_due(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        tomorrow = tx.now + timedelta(days=1)
        early = a_lead(tx, rep, next_touch_at=tomorrow, next_touch_because="call_back")
        due = a_lead(tx, rep, next_touch_at=tx.now, next_touch_because="call_back")
        told = {lead.id: {reason.kind for reason in claim(tx, rep.id, lead.id).reasons} for lead in (early, due)}
    assert "call_back" not in told[early.id]
    assert "call_back" in told[due.id]


def test_a_queue_holds_ones_own_leads_and_the_teams_pool_and_no_others(begin: Begin) -> None:
    with begin() as tx:
        team = a_team(tx)
        rep, colleague = a_rep(tx, team), a_rep(tx, team)
        mine = a_lead(tx, rep)
        pooled = a_lead(tx, team_id=team.id)
        nobodys = a_lead(tx)
        a_lead(tx, colleague)
        a_lead(tx, team_id=a_team(tx).id)
        for stage in set(Stage) - {Stage.MQL, Stage.WORKING}:
            a_lead(tx, rep, stage=stage)
        found = {item.lead.id for item in queue_of(tx, rep.id, 50)}
        assert found == {mine.id, pooled.id, nobodys.id}


def test_who_may_not_be_called_comes_after_who_may(begin: Begin, clock: SetClock) -> None:
    clock.at = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    with begin() as tx:
        rep = a_rep(tx)
        asleep = a_lead(tx, rep, fit=90.0, time_zone="America/Los_Angeles")
        refuses = a_lead(tx, rep, fit=90.0, person_id=a_person(tx, do_not_call=True))
        awake = a_lead(tx, rep, fit=1.0, time_zone="Europe/London")
        found = queue_of(tx, rep.id, 10)
        assert found[0].lead.id == awake.id
        assert {item.lead.id: item.may_call for item in found[1:]} == {asleep.id: False, refuses.id: False}
        assert "01:30" in next(item for item in found if item.lead.id == asleep.id).reasons[0].text


def test_a_claim_keeps_others_off_until_it_ends(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        team = a_team(tx)
        ada, grace = a_rep(tx, team), a_rep(tx, team)
        lead = a_lead(tx, team_id=team.id)
    with begin(as_user(ada)) as tx:
        item = claim_next(tx, ada.id)
        assert item
        assert item.lead.id == lead.id
        assert item.claimed_until == tx.now + timedelta(minutes=15)
        assert [held.lead.id for held in claims(tx, ada.id)] == [lead.id]
    with begin(as_user(grace)) as tx:
        assert queue_of(tx, grace.id) == []
        assert claim_next(tx, grace.id) is None
        with pytest.raises(Conflict, match="Another rep"):
            claim(tx, grace.id, lead.id)
    clock.advance(timedelta(minutes=15))
    with begin(as_user(grace)) as tx:
        taken = claim_next(tx, grace.id)
        assert taken
        assert taken.lead.claimed_by == grace.id
        assert claims(tx, ada.id) == []


def test_asking_again_gives_the_same_lead_until_it_is_touched(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        first, second = a_lead(tx, rep, fit=50.0), a_lead(tx, rep, fit=10.0)
    with begin(as_user(rep)) as tx:
        for _ in range(2):
            item = claim_next(tx, rep.id)
            assert item
            assert item.lead.id == first.id
        log_activity(tx, kind=Kind.CALL, lead_id=first.id, disposition=Disposition.NO_ANSWER)
        item = claim_next(tx, rep.id)
        assert item
        assert item.lead.id == second.id
        assert [held.lead.id for held in claims(tx, rep.id)] == [second.id]


def test_a_lead_given_back_is_free_for_others(begin: Begin) -> None:
    with begin() as tx:
        team = a_team(tx)
        ada, grace = a_rep(tx, team), a_rep(tx, team)
        lead = a_lead(tx, team_id=team.id)
        claim(tx, ada.id, lead.id)
        assert give_back(tx, grace.id) == []
        assert give_back(tx, ada.id, lead.id) == [lead.id]
        assert claim_next(tx, grace.id)


def test_what_is_snoozed_comes_back_when_its_time_has_come(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep)
        claim(tx, rep.id, lead.id)
        snoozed = snooze(tx, lead.id, tx.now + timedelta(hours=3))
        assert (snoozed.claimed_by, snoozed.next_touch_because) == (None, "snoozed")
        assert queue_of(tx, rep.id) == []
        for wrong in (tx.now, tx.now + timedelta(days=400), datetime(2026, 3, 3)):  # noqa: DTZ001 # as a user may send it
            with pytest.raises(Invalid, match="until when"):
                snooze(tx, lead.id, wrong)
    clock.advance(timedelta(hours=3))
    with begin() as tx:
        assert [item.lead.id for item in queue_of(tx, rep.id)] == [lead.id]


def test_a_rep_claims_a_lead_that_is_not_due_yet_by_name(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep, next_touch_at=tx.now + timedelta(days=3), next_touch_because="follow_up")
        item = claim(tx, rep.id, lead.id, minutes=60)
        assert item.claimed_until == tx.now + timedelta(hours=1)
        assert item.lead.next_touch_at == lead.next_touch_at
        with pytest.raises(Invalid, match="minute"):
            claim(tx, rep.id, lead.id, minutes=0)
        with pytest.raises(Conflict, match="no rep's queue"):
            claim(tx, rep.id, a_lead(tx, rep, stage=Stage.SQL).id)


def test_claims_are_ones_own(begin: Begin) -> None:
    with begin() as tx:
        rep, colleague = a_rep(tx), a_rep(tx)
        a_lead(tx, colleague)
        gone = a_user(tx)
        identity.change_user(tx, gone.id, gone.version, {"is_active": False})
        with pytest.raises(Conflict, match="deactivated"):
            claim_next(tx, gone.id)
        with pytest.raises(NotFound):
            queue_of(tx, new_id())
        with pytest.raises(Invalid, match="at a time"):
            queue_of(tx, rep.id, 0)
    with begin(as_user(rep)) as tx:
        assert queue_of(tx, colleague.id), "who works here may look"
        with pytest.raises(Forbidden):
            claim_next(tx, colleague.id)
        with pytest.raises(Forbidden):
            give_back(tx, colleague.id)
    with begin(as_user(a_user_of(begin, Role.AE))) as tx, pytest.raises(Forbidden):
        claim_next(tx, rep.id)


def a_user_of(begin: Begin, role: Role) -> identity.User:
    with begin() as tx:
        return a_user(tx, role)


def at_once(workers: int, work: Callable[[int], None]) -> None:
    """Run `work` in so many threads that begin together, and raise what went wrong in any."""
    ready = threading.Barrier(workers)

    def begin_together(number: int) -> None:
        ready.wait(30)
        work(number)

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(begin_together, number) for number in range(workers)]:
            done.result(60)


def test_no_two_reps_ever_hold_the_same_lead(begin: Begin, database: Database) -> None:
    """Twelve reps take from one pool at once until it is empty: every lead goes to exactly one."""
    leads = 60
    with begin() as tx:
        team = a_team(tx)
        reps = [a_rep(tx, team) for _ in range(12)]
        pool = {a_lead(tx, team_id=team.id, fit=float(number)).id for number in range(leads)}
    taken: list[tuple[UUID, UUID]] = []

    def work(number: int) -> None:
        rep = reps[number]
        while True:
            with begin(as_user(rep)) as tx:
                item = claim_next(tx, rep.id)
            if item is None:
                return
            taken.append((rep.id, item.lead.id))
            with begin(as_user(rep)) as tx:
                held = load_lead(tx, item.lead.id)
                assert held.claimed_by == rep.id, "another rep has it"
                log_activity(tx, kind=Kind.CALL, lead_id=held.id, disposition=Disposition.NO_ANSWER)

    at_once(12, work)
    times = Counter(lead for _, lead in taken)
    assert times.keys() == pool, "every lead was worked"
    assert set(times.values()) == {1}, "and none by two"
    with begin() as tx:
        owners = {lead: load_lead(tx, lead).owner_id for lead in pool}
        assert owners == {lead: rep for rep, lead in taken}


def test_many_at_once_on_a_single_lead_and_one_gets_it(begin: Begin) -> None:
    with begin() as tx:
        team = a_team(tx)
        reps = [a_rep(tx, team) for _ in range(12)]
        lead = a_lead(tx, team_id=team.id)
    got: list[UUID] = []

    def work(number: int) -> None:
        with begin(as_user(reps[number])) as tx:
            if claim_next(tx, reps[number].id):
                got.append(reps[number].id)

    at_once(12, work)
    assert len(got) == 1
    with begin() as tx:
        assert load_lead(tx, lead.id).claimed_by == got[0]


def test_more_reps_than_were_looked_at_still_each_get_one(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may take all that a rep looked at: they look again, wider, and are not sent away."""
    from offhook.leads.queue import service

    monkeypatch.setattr(service, "FEW", 1)
    with begin() as tx:
        team = a_team(tx)
        reps = [a_rep(tx, team) for _ in range(10)]
        for number in range(40):
            a_lead(tx, team_id=team.id, fit=float(number), score=float(number))
    got: list[UUID] = []

    def work(number: int) -> None:
        with begin(as_user(reps[number])) as tx:
            item = claim_next(tx, reps[number].id)
            assert item, "there are leads for all"
            got.append(item.lead.id)

    at_once(10, work)
    assert len(set(got)) == 10


def test_the_cost_of_the_queue_does_not_grow_with_the_leads(begin: Begin, database: Database) -> None:
    """What is read is bounded by zones and buckets: no statement of the queue scans the table."""
    with begin() as tx:
        rep = a_rep(tx)
        sample = a_lead(tx, rep)
        later = tx.now + timedelta(days=1)
        insert_leads(
            tx,
            [
                replace(sample, id=new_id(), person_id=new_id(), score=float(number % 100), next_touch_at=due)
                for number in range(3_000)
                for due in (None if number % 2 else later,)
            ],
        )
        tx.execute("ANALYZE lead")
        scanned, fetched = _read(tx)
        queue_of(tx, rep.id, 1)
        scanned, fetched = (after - before for after, before in zip(_read(tx), (scanned, fetched), strict=True))
        assert scanned == 0, "read through the table"
        assert 0 < fetched < 600, f"{fetched} rows of 3,000 read"


def _read(tx: Transaction) -> tuple[int, int]:
    """Rows of `lead` read in this transaction by scanning the table, and by an index."""
    return (
        tx.scalar(int, "SELECT seq_tup_read FROM pg_stat_xact_all_tables WHERE relname = 'lead'") or 0,
        tx.scalar(int, "SELECT idx_tup_fetch FROM pg_stat_xact_all_tables WHERE relname = 'lead'") or 0,
    )
