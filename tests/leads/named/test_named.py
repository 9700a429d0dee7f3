"""Named accounts on the real database: who opens them, how far they are reached, leads opened from them."""

from datetime import timedelta
from uuid import UUID

import pytest

from activities.factories import a_call
from conftest import Begin
from identity.factories import a_team, a_user
from leads.work_factories import a_lead, a_person, a_rep, an_account, as_user
from offhook import activities, identity
from offhook.activities import Direction, Disposition, Kind
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.ids import new_id
from offhook.leads.model import Stage
from offhook.leads.named import service, store
from offhook.leads.named.model import NamedList, Reach

DAY = timedelta(days=1)


def a_list(tx: Transaction, *accounts: UUID, name: str = "Targets", **owner: UUID) -> NamedList:
    """A list with these accounts, a new team's unless an owner is given."""
    made = service.add_named_list(tx, name=name, **(owner or {"team_id": a_team(tx).id}))
    if accounts:
        service.name_accounts(tx, made.id, account_ids=accounts)
    return made


def reached(tx: Transaction, one: NamedList, days: int = 7) -> Reach:
    return service.reach(tx, tx.now - days * DAY, tx.now + DAY, list_id=one.id)


def test_a_list_is_one_teams_or_one_reps(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        assert rep.team_id
        for owner in ({}, {"team_id": rep.team_id, "user_id": rep.id}):
            with pytest.raises(Invalid, match="one team's or one rep's"):
                service.add_named_list(tx, name="Both", **owner)
        made = service.add_named_list(tx, name="  Big   ones ", team_id=rep.team_id)
        assert service.named_list_by_name(tx, "big ones") == made
        given = service.change_named_list(tx, made.id, made.version, {"user_id": rep.id})
        assert (given.team_id, given.user_id, given.version) == (None, rep.id, 2)
        with pytest.raises(StaleVersion):
            service.change_named_list(tx, made.id, made.version, {"name": "Huge ones"})
        with pytest.raises(Invalid, match="can be changed"):
            service.change_named_list(tx, made.id, 2, {"colour": "red"})
        with pytest.raises(NotFound):
            service.add_named_list(tx, name="Nobody's", team_id=new_id())
    with pytest.raises(Conflict, match="already"), begin() as tx:
        service.add_named_list(tx, name="BIG ONES", user_id=rep.id)


def test_accounts_are_named_by_domain_name_or_id_and_what_is_not_found_is_told(begin: Begin) -> None:
    with begin() as tx:
        acme = an_account(tx, "Acme", domain="acme.example")
        globex, twin = an_account(tx, "Globex GmbH"), an_account(tx, "Globex GmbH")
        initech = an_account(tx, "Initech")
        made = a_list(tx)
        done = service.name_accounts(
            tx,
            made.id,
            account_ids=[initech],
            domains=["https://www.acme.example/about", "nowhere.example"],
            names=["globex  gmbh", "INITECH"],
        )
        assert (done.added, done.unknown, done.ambiguous) == (2, ("nowhere.example",), ("globex  gmbh",))
        assert store.lists_of(tx, [acme, initech, globex, twin]) == {acme: made.id, initech: made.id}
        again = service.name_accounts(tx, made.id, account_ids=[acme])
        assert again.added == 0, "it was on the list"
        with pytest.raises(NotFound):
            service.name_accounts(tx, made.id, account_ids=[new_id()])
        with pytest.raises(Invalid, match="1 to"):
            service.name_accounts(tx, made.id)


def test_an_account_is_on_one_list_at_a_time(begin: Begin) -> None:
    with begin() as tx:
        acme = an_account(tx)
        first, second = a_list(tx, acme), a_list(tx, name="Others")
        with pytest.raises(Conflict, match="on other lists"):
            service.name_accounts(tx, second.id, account_ids=[acme])
        assert service.name_accounts(tx, second.id, account_ids=[acme], is_moving=True).added == 1
        assert reached(tx, first).accounts == 0
        assert service.named_lists(tx, account_id=acme) == [second]
        assert service.named_lists(tx, account_id=new_id()) == []
        assert service.unname_accounts(tx, second.id, [acme, new_id()]) == [acme]


def test_coverage_and_penetration_count_accounts_not_activities(begin: Begin, clock: SetClock) -> None:
    """Two engaged people make a penetrated account, unless the team says otherwise."""
    with begin() as tx:
        team = a_team(tx)
        talked, called, quiet, old = (an_account(tx, name) for name in ("Talked", "Called", "Quiet", "Old"))
        made = a_list(tx, talked, called, quiet, old, team_id=team.id)
        for name in ("Ada One", "Ada Two"):
            person = a_person(tx, name, account_id=talked)
            for _ in range(3):
                activities.log(tx, a_call(person, Disposition.CONVERSATION))
        missed = a_person(tx, "Bob", account_id=called)
        activities.log(tx, a_call(missed, Disposition.NO_ANSWER))
        wrong = activities.log(tx, a_call(a_person(tx, "Cid", account_id=quiet)))
        activities.correct(tx, wrong.id, {"kind": Kind.NOTE, "direction": Direction.INTERNAL, "disposition": None})
        activities.log(tx, a_call(a_person(tx, "Dan", account_id=old), at=tx.now - 20 * DAY))
        found = reached(tx, made)
        assert (found.accounts, found.touched, found.penetrated) == (4, 2, 1)
        assert (found.coverage, found.penetration) == (0.5, 0.25)
        assert reached(tx, made, days=30).touched == 3
        rows = {row.name: row for row in service.named_accounts(tx, made.id, tx.now - DAY, tx.now + DAY, limit=9)}
        assert [name for name, row in rows.items() if row.is_covered] == ["Called", "Talked"]
        assert (rows["Talked"].people, rows["Talked"].engaged) == (2, 2)
        assert (rows["Quiet"].people, rows["Quiet"].engaged) == (1, 0)
        identity.change_team(tx, team.id, team.version, {"engaged_people": 3})
        assert reached(tx, made).penetrated == 0
        assert service.reach(tx, tx.now - DAY, tx.now, team_id=team.id).accounts == 4
        assert service.reach(tx, tx.now - DAY, tx.now, team_id=a_team(tx).id).coverage is None
        with pytest.raises(Invalid, match="begin before"):
            service.reach(tx, tx.now, tx.now)


def test_a_response_and_an_incoming_message_engage_too(begin: Begin) -> None:
    with begin() as tx:
        acme = an_account(tx)
        made = a_list(tx, acme)
        responder, writer = (a_person(tx, name, account_id=acme) for name in ("Ada", "Bob"))
        tx.execute(
            "INSERT INTO response (id, campaign_id, person_id, lead_id, responded_at, recorded_at)"
            " VALUES (%(id)s, %(id)s, %(person)s, %(id)s, %(now)s, %(now)s)",
            id=new_id(),
            person=responder,
            now=tx.now,
        )
        activities.log(tx, a_call(writer, Disposition.REPLIED, kind=Kind.EMAIL, direction=Direction.INBOUND))
        found = reached(tx, made)
        assert (found.touched, found.penetrated) == (0, 1)


def test_a_merged_account_keeps_its_place_and_an_undone_merge_gives_it_back(begin: Begin) -> None:
    with begin() as tx:
        absorbed, survivor = an_account(tx, "Acme Inc"), an_account(tx, "Acme")
        made = a_list(tx, absorbed)
        store.follow_merge(tx, survivor, absorbed)
        tx.execute("UPDATE account SET merged_into = %(s)s WHERE id = %(a)s", s=survivor, a=absorbed)
        shown = service.named_accounts(tx, made.id, tx.now - DAY, tx.now, limit=9)
        assert [row.account_id for row in shown] == [survivor]
        assert reached(tx, made).accounts == 1
        assert service.name_accounts(tx, made.id, account_ids=[absorbed]).added == 0, "it stands for the survivor"
        tx.execute("UPDATE account SET merged_into = NULL WHERE id = %(a)s", a=absorbed)
        store.follow_unmerge(tx, survivor, absorbed)
        shown = service.named_accounts(tx, made.id, tx.now - DAY, tx.now, limit=9)
        assert [row.account_id for row in shown] == [absorbed]


def test_leads_are_opened_on_people_who_can_be_reached_and_have_none(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        acme, globex = an_account(tx, "Acme"), an_account(tx, "Globex")
        made = a_list(tx, acme, globex, user_id=rep.id)
        boss = a_person(tx, "Ada Boss", account_id=acme, title="CEO")
        a_person(tx, "Bob Clerk", account_id=acme)
        busy = a_person(tx, "Cid Busy", account_id=globex, title="CTO")
        a_lead(tx, rep, person_id=busy)
        gone = a_person(tx, "Dan Gone", account_id=globex, title="CFO")
        a_lead(tx, rep, person_id=gone, stage=Stage.DISQUALIFIED)
        free = a_person(tx, "Eve Free", account_id=globex)
    with begin(as_user(rep)) as tx:
        opened = service.open_named_leads(tx, made.id)
        assert {lead.person_id for lead in opened} == {boss, free}
        assert {(lead.owner_id, lead.stage) for lead in opened} == {(rep.id, Stage.WORKING)}
        assert len(service.open_named_leads(tx, made.id, per_account=5)) == 1, "only the clerk is left"
        assert service.open_named_leads(tx, made.id) == []
        with pytest.raises(Invalid, match="an account"):
            service.open_named_leads(tx, made.id, per_account=0)


def test_persons_can_be_opened_by_name_and_only_from_the_list(begin: Begin) -> None:
    with begin() as tx:
        rep, colleague = a_rep(tx), a_rep(tx)
        acme = an_account(tx)
        made = a_list(tx, acme, user_id=rep.id)
        ada = a_person(tx, account_id=acme)
        stranger = a_person(tx, account_id=an_account(tx, "Elsewhere"))
    with begin(as_user(colleague)) as tx, pytest.raises(Forbidden, match="theirs"):
        service.open_named_leads(tx, made.id, person_ids=[ada])
    with begin(as_user(rep)) as tx:
        with pytest.raises(Invalid, match="people of the list"):
            service.open_named_leads(tx, made.id, person_ids=[ada, stranger])
        assert len(service.open_named_leads(tx, made.id, person_ids=[ada, ada])) == 1
        with pytest.raises(Conflict, match="open lead"):
            service.open_named_leads(tx, made.id, person_ids=[ada])


def test_a_teams_list_is_opened_by_its_reps_for_themselves(begin: Begin) -> None:
    with begin() as tx:
        team = a_team(tx)
        rep, manager = a_rep(tx, team), a_user(tx, Role.MANAGER)
        acme = an_account(tx)
        made = a_list(tx, acme, team_id=team.id)
        ada = a_person(tx, account_id=acme)
        with pytest.raises(Invalid, match="which rep"):
            service.open_named_leads(tx, made.id)
    with begin(as_user(manager)) as tx:
        assert service.open_named_leads(tx, made.id, rep_id=rep.id)[0].owner_id == rep.id
    with begin(as_user(rep)) as tx:
        assert service.open_named_leads(tx, made.id) == []
        with pytest.raises(Forbidden):
            service.open_named_leads(tx, made.id, rep_id=manager.id, person_ids=[ada])


def test_lists_are_kept_by_who_may_and_go_with_their_accounts(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        acme = an_account(tx)
        made = a_list(tx, acme)
    with begin(as_user(rep)) as tx:
        assert service.named_lists(tx) == [made]
        for change in (
            lambda: service.add_named_list(tx, name="Mine", user_id=rep.id),
            lambda: service.name_accounts(tx, made.id, account_ids=[acme]),
            lambda: service.unname_accounts(tx, made.id, [acme]),
            lambda: service.remove_named_list(tx, made.id, 1),
        ):
            with pytest.raises(Forbidden, match="accounts:write"):
                change()
    with begin() as tx:
        with pytest.raises(StaleVersion):
            service.remove_named_list(tx, made.id, 7)
        service.remove_named_list(tx, made.id, 1)
        assert store.lists_of(tx, [acme]) == {}
        with pytest.raises(NotFound):
            service.named_list(tx, made.id)


def test_the_accounts_of_a_list_come_by_name_in_pages(begin: Begin) -> None:
    with begin() as tx:
        made = a_list(tx, *(an_account(tx, name) for name in ("beta", "Alpha", "ÉTÉ", "alpha")))
        seen: list[str] = []
        after: tuple[str, UUID] | None = None
        while rows := service.named_accounts(tx, made.id, tx.now - DAY, tx.now, after=after, limit=1):
            seen.append(rows[0].name)
            after = rows[0].name, rows[0].account_id
        assert seen == ["Alpha", "alpha", "beta", "ÉTÉ"]
