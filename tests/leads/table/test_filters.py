"""What each filter of the table means."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch
from uuid import UUID

import pytest

from conftest import Begin, an_organisation
from leads.factories import a_desk, respond
from leads.table.world import called
from leads.work_factories import a_lead, a_person, a_rep, an_account
from offhook.identity import change_organisation, organisation
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import Forbidden
from offhook.leads.lifecycle.model import Recycle
from offhook.leads.lifecycle.service import advance
from offhook.leads.model import Stage
from offhook.leads.table import service, store
from offhook.leads.table.model import Count, Filter, NextTouch, Sort, SortKey
from offhook.leads.table.service import meant_at_once, table_count, table_page


def found(tx: Transaction, wanted: Filter) -> set[UUID]:
    """The leads on the page, in every order and way to read; as many are counted, and meant in bulk."""
    rows = {row.id for _, row in table_page(tx, wanted)}
    for key in SortKey:
        for few in (0, 1_000):
            with patch.object(service, "FEW", few), patch.object(store, "ENOUGH", few or 1):
                assert {row.id for _, row in table_page(tx, wanted, Sort(key))} == rows
    assert table_count(tx, wanted) == Count(len(rows), True)
    assert set(meant_at_once(tx, wanted)) == rows
    return rows


def test_open_leads_are_shown_unless_stages_are_named(begin: Begin) -> None:
    with begin() as tx:
        leads = {stage: a_lead(tx, stage=stage).id for stage in Stage}
        assert found(tx, Filter()) == {leads[s] for s in (Stage.INQUIRY, Stage.MQL, Stage.WORKING, Stage.SAL)}
        assert found(tx, Filter(stages=frozenset({Stage.MQL}))) == {leads[Stage.MQL]}
        both = frozenset({Stage.SAL, Stage.RECYCLED})
        assert found(tx, Filter(stages=both)) == {leads[Stage.SAL], leads[Stage.RECYCLED]}
        assert found(tx, Filter(stages=frozenset(Stage))) == set(leads.values())


def test_owners_teams_and_nobody(begin: Begin) -> None:
    with begin() as tx:
        ann, ben = a_rep(tx), a_rep(tx)
        of_ann, of_ben, of_nobody = a_lead(tx, ann).id, a_lead(tx, ben).id, a_lead(tx, team_id=ann.team_id).id
        assert found(tx, Filter(owner_ids=(ann.id,))) == {of_ann}
        assert found(tx, Filter(owner_ids=(ann.id, ben.id))) == {of_ann, of_ben}
        assert found(tx, Filter(without_owner=True)) == {of_nobody}
        assert found(tx, Filter(owner_ids=(ben.id,), without_owner=True)) == {of_ben, of_nobody}
        assert found(tx, Filter(team_id=ann.team_id)) == {of_ann, of_nobody}
        assert found(tx, Filter(team_id=ann.team_id, without_owner=True)) == {of_nobody}


def test_a_campaign_means_the_leads_that_it_opened_or_fed(begin: Begin) -> None:
    with begin() as tx:
        first, second = a_desk(tx).campaign, a_desk(tx).campaign
        opened = respond(tx, first, email="ada@acme.example").lead_id
        other = respond(tx, second, email="bob@acme.example").lead_id
        assert respond(tx, second, email="ada@acme.example").lead_id == opened
        assert found(tx, Filter(campaign_id=first.id)) == {opened}
        assert found(tx, Filter(campaign_id=second.id)) == {opened, other}


def test_scores_days_and_accounts(begin: Begin) -> None:
    with begin() as tx:
        account = an_account(tx)
        low = a_lead(tx, score=10.0).id
        high = a_lead(tx, score=33.3, account_id=account).id
        assert found(tx, Filter(score_from=33.3)) == {high}
        assert found(tx, Filter(score_to=33.2)) == {low}
        assert found(tx, Filter(score_from=10, score_to=40)) == {low, high}
        assert found(tx, Filter(account_id=account)) == {high}


def test_days_are_cut_in_the_organisations_zone(begin: Begin) -> None:
    with begin() as tx:
        change_organisation(tx, organisation(tx).version, {"time_zone": "America/Chicago"})
        midnight = tx.now.replace(hour=6)  # in Chicago
        before = a_lead(tx, opened_at=midnight - timedelta(microseconds=1)).id
        after = a_lead(tx, opened_at=midnight).id
        today, yesterday = date(2026, 3, 2), date(2026, 3, 1)
        assert found(tx, Filter(opened_from=today)) == {after}
        assert found(tx, Filter(opened_to=yesterday)) == {before}
        assert found(tx, Filter(opened_from=yesterday, opened_to=today)) == {before, after}
        assert found(tx, Filter(opened_from=today, opened_to=yesterday)) == set()
        assert found(tx, Filter(opened_from=date.min, opened_to=date.max)) == {before, after}


def test_untouched_and_overdue(begin: Begin) -> None:
    with begin() as tx:
        an_hour = timedelta(hours=1)
        untouched = a_lead(tx, due_at=tx.now - an_hour).id
        touched = a_lead(tx, last_attempt_at=tx.now - an_hour, attempts=1, due_at=tx.now + an_hour).id
        promised_nothing = a_lead(tx).id
        assert found(tx, Filter(is_untouched=True)) == {untouched, promised_nothing}
        assert found(tx, Filter(is_untouched=False)) == {touched}
        assert found(tx, Filter(is_overdue=True)) == {untouched}
        assert found(tx, Filter(is_overdue=False)) == {touched, promised_nothing}


def test_countries_of_persons(begin: Begin) -> None:
    with begin() as tx:
        german = a_lead(tx, person_id=called(tx, "Koch", country="DE")).id
        a_lead(tx, person_id=called(tx, "Byron", country="GB"))
        a_lead(tx)
        assert found(tx, Filter(country="DE")) == {german}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("byr", "ada"),
        ("Byron", "ada"),
        ("byron ada", "ada"),
        ("byron, ada", "ada"),
        ("ada by", "ada"),
        ("bob by", ""),
        ("acm", "koch"),
        ("Acme, Inc", "koch"),
        ("a", "koch"),
        ("k", "koch"),
        ("%", ""),
        ("z", ""),
        (" ", "ada koch"),
    ],
)
def test_names_are_found_by_their_beginning(begin: Begin, name: str, expected: str) -> None:
    with begin() as tx:
        leads = {
            "ada": a_lead(tx, person_id=called(tx, "Byron", "Ada"), account_id=an_account(tx, "Engines")).id,
            "koch": a_lead(tx, person_id=called(tx, "Koch", "Robert"), account_id=an_account(tx, "Acme, Inc.")).id,
        }
        assert found(tx, Filter(name=name)) == {leads[who] for who in expected.split()}


def test_a_lead_found_by_person_and_account_is_shown_once(begin: Begin) -> None:
    with begin() as tx:
        account = an_account(tx, "Koch AG")
        lead = a_lead(tx, person_id=called(tx, "Koch", "Robert"), account_id=account).id
        for key in SortKey:
            assert [row.id for _, row in table_page(tx, Filter(name="koch"), Sort(key))] == [lead]


def test_filters_narrow_together(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        person = called(tx, "Koch", country="DE")
        lead = a_lead(tx, rep, person_id=person, score=50.0)
        a_lead(tx, rep, score=50.0)
        wanted = Filter(owner_ids=(rep.id,), country="DE", name="koch", score_from=40, is_untouched=True)
        assert found(tx, wanted) == {lead.id}
        assert found(tx, replace(wanted, score_from=60)) == set()


def test_a_row_tells_whom_it_is_about(begin: Begin) -> None:
    with begin() as tx:
        account = an_account(tx, "Engines Ltd")
        ada = a_person(tx, "Ada Byron", account_id=account, email="ada@engines.example", title="Countess")
        for value, extension, is_primary in (("+441632960000", "", False), ("+441632960001", "12", True)):
            tx.execute(
                "INSERT INTO contact_point (person_id, kind, value, extension, is_primary, created_at)"
                " VALUES (%(person)s, 'phone', %(value)s, %(extension)s, %(primary)s, %(now)s)",
                person=ada,
                value=value,
                extension=extension,
                primary=is_primary,
                now=tx.now,
            )
        a_lead(tx, person_id=ada, account_id=account, next_touch_at=tx.now, next_touch_because="snoozed")
        nameless = called(tx, "")
        a_lead(tx, person_id=nameless)
        rows = {row.person.id: row for _, row in table_page(tx, Filter())}
        row = rows[ada]
        assert (row.person.full_name, row.person.title) == ("Ada Byron", "Countess")
        assert (row.person.email, row.person.phone) == ("ada@engines.example", "+441632960001;ext=12")
        assert row.account is not None
        assert (row.account.id, row.account.name) == (account, "Engines Ltd")
        assert row.next_touch_because is NextTouch.SNOOZED
        assert (rows[nameless].account, rows[nameless].person.email) == (None, None)


def test_a_closed_lead_leaves_the_table_of_open_ones(begin: Begin) -> None:
    with begin() as tx:
        lead = a_lead(tx)
        assert found(tx, Filter()) == {lead.id}
        advance(tx, lead, Recycle("not now", None))
        assert found(tx, Filter()) == set()
        assert found(tx, Filter(stages=frozenset({Stage.RECYCLED}))) == {lead.id}


def test_no_more_than_so_many_are_counted(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_COUNTED", 2)
    with begin() as tx:
        a_lead(tx)
        a_lead(tx)
        assert table_count(tx, Filter()) == Count(2, True)
        a_lead(tx)
        assert table_count(tx, Filter()) == Count(2, False)


@pytest.mark.parametrize(
    "use",
    [
        lambda tx: table_page(tx, Filter()),
        lambda tx: table_count(tx, Filter()),
        lambda tx: [*service.table_rows(tx, Filter())],
        lambda tx: meant_at_once(tx, Filter()),
    ],
)
def test_the_table_needs_leave_to_read_leads(begin: Begin, use: Callable[[Transaction], object]) -> None:
    nobody = replace(SYSTEM, permissions=frozenset[str]())
    with begin(nobody) as tx, pytest.raises(Forbidden):
        use(tx)


def test_a_page_takes_as_many_statements_with_many_rows_as_with_few(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    rows_of = Transaction.rows

    def counted(self: Transaction, *args: object, **named: object) -> list[object]:
        nonlocal asked
        asked += 1
        return rows_of(self, *args, **named)  # pyright: ignore[reportArgumentType] # passed on

    monkeypatch.setattr(Transaction, "rows", counted)
    taken: list[int] = []
    with begin() as tx:
        for _ in range(2):
            for _ in range(10):
                a_lead(tx, due_at=tx.now)
            asked = 0
            assert table_page(tx, Filter(), Sort(SortKey.DUE_AT), limit=50)
            taken.append(asked)
    assert taken == [3, 3]


def test_other_organisations_are_not_seen(begin: Begin, database: Database) -> None:
    with begin() as tx:
        ours = a_lead(tx).id
    with database.transaction(an_organisation(database), SYSTEM) as tx:
        theirs = a_lead(tx).id
        assert found(tx, Filter()) == {theirs}
    with begin() as tx:
        assert found(tx, Filter()) == {ours}
