"""The demo, made small: its history is believable and bound by the rules; made once, and anew on demand."""

from collections import Counter
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from offhook import identity
from offhook.cadences import service as cadences
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import Conflict, Invalid
from offhook.leads.queue.service import queue_of
from offhook.mail.templates import preview
from offhook.simulator import store
from offhook.simulator.demo import Size, how_to_sign_in, make_demo, prepare
from offhook.simulator.play import staff

END = datetime(2026, 3, 19, 20, 40, tzinfo=UTC)
SMALL = Size(seed=5, responders=170, days=16)
TINY = Size(seed=6, responders=12, days=7)

pytestmark = pytest.mark.slow


def quietly(_: float) -> None:
    """Hear the progress and do nothing about it."""


@pytest.fixture(scope="module")
def demo(session_database: Database) -> Generator[UUID]:
    """A demo that ends on a Thursday afternoon."""
    session_database.clock = SetClock(END)
    organisation_id, is_new = make_demo(session_database, SMALL, is_fresh=True, tell=quietly)
    assert is_new
    yield organisation_id
    session_database.clock = SetClock()


@pytest.fixture
def tx(session_database: Database, demo: UUID) -> Generator[Transaction]:
    """Look into the demo, as of its end."""
    session_database.clock = SetClock(END)
    with session_database.transaction(demo, SYSTEM) as tx:
        yield tx


def counted(tx: Transaction, query: str) -> dict[str, int]:
    """A query of words and their numbers."""
    return dict(tx.connection.execute(query.encode()).fetchall())


def test_its_cadence_is_published_and_its_mails_can_be_sent_to_whoever_is_worked(tx: Transaction) -> None:
    (cadence,) = cadences.cadences_page(tx, limit=10)
    assert cadence.edition == 1
    written = [step.template_id for step in cadence.draft.steps if step.template_id]
    tx.actor = identity.actor_of(next(user for user in identity.users(tx) if user.role is Role.REP))
    worked = tx.scalars(UUID, "SELECT id FROM lead WHERE stage = 'working' ORDER BY id")
    assert worked
    for template_id in written:
        for lead_id in worked:
            rendered = preview(tx, template_id, lead_id=lead_id)
            assert (rendered.fault, rendered.missing) == (None, ())


def test_leads_lie_in_every_stage_and_the_funnel_narrows(tx: Transaction) -> None:
    stages = counted(tx, "SELECT stage, count(*) FROM lead GROUP BY 1")
    assert stages.keys() >= {"inquiry", "working", "sal", "sql", "recycled", "disqualified"}
    kinds = counted(tx, "SELECT kind, count(*) FROM event GROUP BY 1")
    assert (
        kinds["response.received"]
        > kinds["lead.became_mql"]
        > kinds["lead.handed_off"]
        > kinds["lead.confirmed"]
        > 5
    )
    assert kinds["activity.logged"] > 3 * kinds["lead.became_mql"]


def test_the_counts_of_the_event_log_are_those_of_the_leads(tx: Transaction) -> None:
    kinds = counted(tx, "SELECT kind, count(DISTINCT subject) FROM event GROUP BY 1")
    leads = counted(
        tx,
        "SELECT kind, n FROM (SELECT count(sal_at) AS sal, count(sql_at) AS sql, count(first_attempt_at) AS tried"
        " FROM lead) l CROSS JOIN LATERAL (VALUES ('sal', sal), ('sql', sql), ('tried', tried)) v (kind, n)",
    )
    assert leads["sal"] == kinds["lead.handed_off"]
    assert leads["sql"] == kinds["lead.confirmed"]
    assert leads["tried"] >= kinds["lead.attempted"] > 0


def test_nothing_happens_in_the_future_nor_before_its_lead(tx: Transaction) -> None:
    assert tx.scalar(datetime, "SELECT max(at) FROM event") <= END
    early = "SELECT count(*) FROM activity a JOIN lead l ON l.id = a.lead_id WHERE a.at < l.opened_at"
    assert tx.scalar(int, early) == 0
    assert tx.scalar(int, "SELECT count(*) FROM hand_off WHERE decided_at < at OR confirmed_at < decided_at") == 0


def test_people_are_called_within_their_calling_window_and_by_whoever_is_at_work(tx: Transaction) -> None:
    calls = tx.connection.execute(
        "SELECT a.at, l.time_zone, a.user_id FROM activity a JOIN lead l ON l.id = a.lead_id WHERE a.kind = 'call'"
    ).fetchall()
    assert len(calls) > 200
    local = Counter(at.astimezone(ZoneInfo(zone)).hour for at, zone, _ in calls)
    # A slot is played at its end: a call told for its beginning may lie up to a slot before the window opened.
    assert all(6 <= hour <= 21 for hour in local)
    weekdays = Counter(at.weekday() for at, *_ in calls)
    assert weekdays[5] == weekdays[6] == 0
    away = (
        "SELECT count(*) FROM activity a JOIN absence b ON b.user_id = a.user_id"
        " AND a.at >= b.starts_at AND a.at < b.ends_at"
    )
    assert tx.scalar(int, away) == 0


def test_reps_differ_and_there_is_something_to_do_today(tx: Transaction) -> None:
    reps = [user for user in identity.users(tx) if user.role is Role.REP]
    assert len(reps) == 5
    queues = [len(queue_of(tx, rep.id, 20)) for rep in reps]
    assert sum(queues) >= 6, queues
    by_rep = counted(tx, "SELECT rep_id::text, count(*) FROM hand_off GROUP BY 1")
    assert len(by_rep) >= 4
    assert max(by_rep.values()) > min(by_rep.values())


def test_duplicates_became_one_person_and_nobody_was_lost(tx: Transaction) -> None:
    persons = tx.scalar(int, "SELECT count(*) FROM person WHERE merged_into IS NULL") or 0
    assert 0.9 * SMALL.responders <= persons <= 1.06 * SMALL.responders
    assert tx.scalar(int, "SELECT count(*) FROM response") > persons


def test_a_demo_that_is_there_is_kept(session_database: Database, demo: UUID) -> None:
    assert make_demo(session_database, TINY, is_fresh=False, tell=quietly) == (demo, False)


def test_sign_ins_work_and_are_told_again_the_same(
    session_database: Database, demo: UUID, tx: Transaction, tmp_path: Path
) -> None:
    told = how_to_sign_in(session_database, demo, tmp_path)
    assert [one.role for one in told] == ["rep", "ae", "demand_generation", "manager", "admin"]
    for one in told:
        assert identity.is_password(tx, one.email, one.password)
        assert identity.read_authorization(f"Bearer {one.token}").organisation_id == demo
    assert how_to_sign_in(session_database, demo, tmp_path) == told
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0
    (tmp_path / "demo.json").write_text("{")
    renewed = how_to_sign_in(session_database, demo, tmp_path)
    assert {one.token for one in renewed}.isdisjoint(one.token for one in told)


def test_a_fresh_one_replaces_it_and_leaves_others_alone(
    session_database: Database, organisation: UUID, demo: UUID, tmp_path: Path
) -> None:
    session_database.clock = SetClock(END)
    made = prepare(session_database, TINY, tmp_path, is_fresh=True, tell=quietly)
    assert made.is_new
    assert not made.is_alone
    assert made.organisation_id != demo
    assert organisation in session_database.organisations()
    assert demo not in session_database.organisations()
    with session_database.transaction(demo, SYSTEM) as tx:
        assert tx.scalar(int, "SELECT count(*) FROM event") == 0
        assert tx.scalar(int, "SELECT count(*) FROM lead") == 0


def test_one_whose_making_was_broken_off_is_made_again(session_database: Database) -> None:
    session_database.clock = clock = SetClock(END)

    def break_off(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(session_database, TINY, is_fresh=True, tell=break_off)
    assert session_database.clock is clock
    half = store.organisation_of_slug(session_database, staff.SLUG)
    whole, is_new = make_demo(session_database, TINY, is_fresh=False, tell=quietly)
    assert is_new
    assert whole != half


def test_an_organisation_of_that_name_that_is_not_ours_is_left_alone(session_database: Database) -> None:
    there = store.organisation_of_slug(session_database, staff.SLUG)
    if there is not None:
        with session_database.transaction(there, SYSTEM) as tx:
            store.erase(tx)
    own = identity.found_organisation(session_database, name="Ours", slug=staff.SLUG)
    with pytest.raises(Conflict, match="not made by the demo"):
        make_demo(session_database, TINY, is_fresh=True, tell=quietly)
    with session_database.transaction(own, SYSTEM) as tx:
        assert identity.organisation(tx).name == "Ours"
        store.erase(tx)


def test_a_demo_without_history_is_refused(session_database: Database) -> None:
    with pytest.raises(Invalid, match="7 days"):
        make_demo(session_database, Size(days=3), is_fresh=False, tell=quietly)
