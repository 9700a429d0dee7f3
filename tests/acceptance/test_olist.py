"""A real company's funnel played through: MQLs imported, deals qualified by SDRs and confirmed by closers.

What the product then counts must be what the files say: the funnel, the hand-offs of every SDR and closer, and the
cohorts by month. Olist's 422 deals are told afterwards, each step at a time between first contact and the win.
"""

import json
from collections import Counter as Counted
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from acceptance.importing import Imported, counted, import_whole
from acceptance.olist import HOME, Deal, Olist, read_olist
from offhook import goals, identity, leads
from offhook.activities import Disposition, Kind
from offhook.goals import Counter
from offhook.identity import Role, User
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.delivery import deliver
from offhook.leads import Mode, Verdict
from offhook.leads.campaigns.service import campaign_figures
from offhook.leads.qualification.documents import read_document
from offhook.leads.qualification.service import draft
from offhook.web.consumers import CONSUMERS

pytestmark = pytest.mark.slow

AFTERWARDS = datetime(2018, 12, 1, 12, tzinfo=UTC)
COLUMNS = {"first_contact_date": "mql_at"}
"""What has to be told of the file: the rest of its columns is guessed."""

CRITERIA = {
    "name": "What Olist's SDRs noted",
    "questions": [
        {"key": "business_segment", "text": "What do they sell?", "kind": "text"},
        {"key": "lead_type", "text": "Online or offline, and how big?", "kind": "text", "is_required": False},
    ],
}


@dataclass(frozen=True)
class Played:
    """Olist in the product, and what the files said."""

    brought: Imported
    told: Olist
    sdrs: dict[str, User]
    closers: dict[str, User]


@pytest.fixture(scope="module")
def olist(
    data_sets: Path, session_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Played]:
    """Import and play the whole of it once."""
    folder = data_sets / "olist-mql"
    told = read_olist(folder)
    session_database.clock = SetClock(AFTERWARDS)
    organisation_id = identity.found_organisation(
        session_database, name="Olist", slug="olist", time_zone=str(HOME), region="BR"
    )
    with session_database.transaction(organisation_id, SYSTEM) as tx:
        sdrs = {one: _hire(tx, one, Role.REP, "SDRs") for one in sorted({deal.sdr for deal in told.deals})}
        closers = {one: _hire(tx, one, Role.AE, "Closers") for one in sorted({deal.closer for deal in told.deals})}
        leads.publish(tx, draft(tx, read_document(json.dumps(CRITERIA))).id, agreed_with="the closers")
    brought = import_whole(
        session_database,
        organisation_id,
        folder / "marketing_qualified_leads.csv",
        tmp_path_factory.mktemp("imports"),
        mapping=COLUMNS,
        are_mql=True,
    )
    played = Played(brought, told, sdrs, closers)
    for number in range(0, len(told.deals), 40):
        with session_database.transaction(organisation_id, SYSTEM) as tx:
            lead_of = _leads_by_mql(tx, [deal.mql.id for deal in told.deals[number : number + 40]])
            for deal in told.deals[number : number + 40]:
                _play(tx, played, deal, lead_of[deal.mql.id])
    deliver(session_database, CONSUMERS, organisation_id)
    yield played
    session_database.clock = SetClock()


def _hire(tx: Transaction, name: str, role: Role, team: str) -> User:
    """Some of Olist's people both qualified and closed: as two users, since a user has one role."""
    there = {one.name: one.id for one in identity.teams(tx)}
    team_id = there.get(team) or identity.add_team(tx, name=team).id
    return identity.add_user(tx, email=f"{name}@{role}.olist.example", name=name, role=role, team_id=team_id)


def _leads_by_mql(tx: Transaction, ids: list[str]) -> dict[str, UUID]:
    found = tx.connection.execute(
        "SELECT split_part(c.value, ':', 2), l.id FROM contact_point c JOIN lead l ON l.person_id = c.person_id"
        " WHERE c.kind = 'external_id' AND split_part(c.value, ':', 2) = ANY(%s)",
        (ids,),
    ).fetchall()
    return dict(found)


def _play(tx: Transaction, played: Played, deal: Deal, lead_id: UUID) -> None:
    """From assignment to SQL, each step at its share of the time between first contact and the win."""
    sdr, closer = played.sdrs[deal.sdr], played.closers[deal.closer]
    length = deal.won_at - deal.mql.on

    def after(share: float) -> datetime:
        return deal.mql.on + length * share

    leads.assign(tx, lead_id, user_id=sdr.id, at=after(0.1))
    tx.actor = identity.actor_of(sdr)
    talk = leads.log_activity(
        tx, kind=Kind.CALL, lead_id=lead_id, disposition=Disposition.CONVERSATION, seconds=240, at=after(0.3)
    )
    answers = {"business_segment": deal.segment, "lead_type": deal.lead_type or None}
    judged = leads.answer_all(tx, lead_id, answers, activity_id=talk.id, at=after(0.4))
    assert judged.judgement.verdict is Verdict.IN
    offered = leads.hand_off(tx, lead_id, Mode.LIVE, ae_id=closer.id, at=after(0.5))
    tx.actor = identity.actor_of(closer)
    leads.accept(tx, offered.id, at=after(0.6))
    leads.confirm(tx, offered.id, at=deal.won_at)
    tx.actor = SYSTEM


@pytest.fixture
def tx(session_database: Database, olist: Played) -> Generator[Transaction]:
    """Look at what was played."""
    session_database.clock = SetClock(AFTERWARDS)
    with session_database.transaction(olist.brought.organisation_id, SYSTEM) as tx:
        yield tx


def test_the_funnel_is_that_of_the_files(olist: Played, tx: Transaction) -> None:
    figures = campaign_figures(tx, olist.brought.campaign_id)
    assert figures.responses == figures.leads == figures.mqls == len(olist.told.mqls) == 3942
    assert figures.sals == figures.sqls == len(olist.told.deals) == 422
    stages = counted(tx, "SELECT stage, count(*) FROM lead GROUP BY 1")
    assert stages == {"mql": 3942 - 422, "sql": 422}


def test_every_mql_is_a_person_known_only_by_an_id(olist: Played, tx: Transaction) -> None:
    assert tx.scalar(int, "SELECT count(*) FROM person") == len(olist.told.mqls)
    assert counted(tx, "SELECT kind, count(*) FROM contact_point GROUP BY 1") == {"external_id": 3942}


WHOLE = (date(2017, 6, 1), date(2018, 11, 30))


def board(tx: Transaction, counter: Counter) -> dict[str, int]:
    """The scoreboard of a counter over the whole time: users by name, without those who have none."""
    rows = goals.kpi_rows(tx, *WHOLE, by="user")
    return {row.name: row.counts[counter] for row in rows if row.key and row.counts[counter]}


def test_the_scoreboards_of_sdrs_and_closers_are_those_of_the_file(olist: Played, tx: Transaction) -> None:
    by_sdr = Counted(deal.sdr for deal in olist.told.deals)
    assert board(tx, Counter.SALS) == board(tx, Counter.SQLS) == by_sdr
    assert board(tx, Counter.AE_SQLS) == Counted(deal.closer for deal in olist.told.deals)
    assert board(tx, Counter.DIALS) == board(tx, Counter.CONVERSATIONS) == by_sdr


def test_the_funnel_of_every_month_is_that_of_the_files(olist: Played, tx: Transaction) -> None:
    for month, (mqls, won) in olist.told.cohorts().items():
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        counts = goals.kpi_rows(tx, first, last)[0].counts
        assert (month, counts[Counter.MQLS], counts[Counter.COHORT_SALS]) == (month, mqls, won)


def test_counting_the_whole_record_anew_finds_nothing_amiss(olist: Played, tx: Transaction) -> None:
    assert goals.recount(tx) == []


def test_the_pairs_of_sdr_and_closer_are_those_of_the_file(olist: Played, tx: Transaction) -> None:
    pairs = counted(
        tx,
        "SELECT r.name || ' ' || a.name, count(*) FROM hand_off h JOIN app_user r ON r.id = h.rep_id"
        " JOIN app_user a ON a.id = h.ae_id WHERE h.status = 'confirmed' GROUP BY 1",
    )
    assert pairs == Counted(f"{deal.sdr} {deal.closer}" for deal in olist.told.deals)


def test_conversion_by_month_of_the_mql_is_that_of_the_files(olist: Played, tx: Transaction) -> None:
    cohorts = {
        month: (mqls, won)
        for month, mqls, won in tx.connection.execute(
            "SELECT to_char(mql_at AT TIME ZONE 'America/Sao_Paulo', 'YYYY-MM'), count(*), count(sql_at)"
            " FROM lead GROUP BY 1"
        ).fetchall()
    }
    assert cohorts == olist.told.cohorts()


def test_the_file_is_understood_almost_without_help(olist: Played) -> None:
    assert olist.brought.report.mapping == {
        "mql_id": "external_id",
        "first_contact_date": "mql_at",
        "landing_page_id": "content",
        "origin": "source",
    }
    report = olist.brought.report
    assert (report.rows, report.imported, report.merged, report.rejected) == (3942, 3942, 0, 0)
    assert report.errors == []


def test_every_mql_keeps_its_origin_and_landing_page(olist: Played, tx: Transaction) -> None:
    told = olist.told.mqls.values()
    origins = counted(tx, "SELECT coalesce(source, ''), count(*) FROM response GROUP BY 1")
    assert origins == Counted(one.origin for one in told)
    pages = counted(tx, "SELECT content, count(*) FROM response GROUP BY 1")
    assert pages == Counted(one.landing_page for one in told)


def test_wins_come_when_the_file_says(olist: Played, tx: Transaction) -> None:
    first, last = olist.told.deals[0], olist.told.deals[-1]
    span = tx.connection.execute("SELECT min(sql_at), max(sql_at) FROM lead").fetchone()
    assert span == (first.won_at, last.won_at)
    days = tx.scalar(
        float, "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM sql_at - mql_at)) FROM lead"
    )
    lengths = sorted((deal.won_at - deal.mql.on) / timedelta(seconds=1) for deal in olist.told.deals)
    assert days == pytest.approx((lengths[210] + lengths[211]) / 2, abs=1)
