"""Named accounts: a while into the history each rep team is told which companies to open; reps then open some.

They are chosen as a manager would: companies that are known, of the size that the product suits.
"""

from datetime import timedelta

from offhook.identity import User
from offhook.kernel.database import Transaction
from offhook.leads.named.service import add_named_list, name_accounts, named_accounts, open_named_leads
from offhook.simulator.play import staff
from offhook.simulator.play.scene import Scene

ACCOUNTS_PER_LIST = 30
OPENED_AT_ONCE = 2


def tell_lists(tx: Transaction, scene: Scene) -> None:
    """Put companies that have answered so far on one list of each rep team."""
    suiting: dict[bool, list[str]] = {True: [], False: []}
    for prospect in scene.prospects.values():
        company = prospect.company
        found = suiting[company.place.country in staff.EUROPEAN]
        if 80 <= company.employees <= 6000 and company.domain not in found:
            found.append(company.domain)
    for team, is_european in ((staff.AMERICAS, False), (staff.EUROPE, True)):
        domains = sorted(suiting[is_european])[:ACCOUNTS_PER_LIST]
        if domains:
            one = add_named_list(tx, name=f"{team}: accounts to open", team_id=scene.floor.teams[team])
            name_accounts(tx, one.id, domains=domains)
            scene.lists[scene.floor.teams[team]] = one.id


def open_some(tx: Transaction, scene: Scene, rep: User) -> None:
    """A rep opens outbound leads at one or two accounts of their team's list, by chance."""
    list_id = scene.lists.get(rep.team_id) if rep.team_id else None
    if list_id is None or scene.rng.random() > 0.12:
        return
    there = named_accounts(tx, list_id, tx.now - timedelta(days=30), tx.now, limit=ACCOUNTS_PER_LIST)
    without_lead = [one.account_id for one in there if not one.open_leads]
    chosen = scene.rng.sample(without_lead, min(OPENED_AT_ONCE, len(without_lead)))
    if chosen:
        open_named_leads(tx, list_id, rep_id=rep.id, account_ids=chosen)
