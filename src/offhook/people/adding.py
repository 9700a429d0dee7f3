"""Making records by hand beside those that are alike: whoever adds one knows better than matching.

One record at a time, by the same code as batches (`resolve`); both hold the organisation's lock on persons.
"""

from uuid import UUID

from offhook.kernel.batches import index_probes
from offhook.kernel.database import Transaction
from offhook.people import store
from offhook.people.model import RecordKind, Understood
from offhook.people.resolve import give_accounts, known_accounts, known_persons, write
from offhook.people.resolving import company_of, incoming_person
from offhook.people.reviews import store as reviews


def add_another_person(tx: Transaction, understood: Understood) -> UUID:
    """Make a person, whoever is like them; they are remembered as distinct from those who are."""
    store.lock(tx)
    incoming = incoming_person(understood)
    with index_probes(tx):
        persons = known_persons(tx, [incoming])
        made, alike = persons.make_another(incoming)
        company = company_of(understood)
        accounts = known_accounts(tx, [company] if company else [])
        give_accounts([made], accounts)
        write(tx, persons, accounts)
    reviews.remember_distinct(tx, RecordKind.PERSON, made.id, [one.id for one in alike])
    return made.id


def add_account_unless_known(
    tx: Transaction, company: Understood, *, is_another: bool = False
) -> tuple[UUID, bool]:
    """The account that a company is, and whether it was made.

    With `is_another` it always is, and is remembered as distinct from those that are like it.
    """
    store.lock(tx)
    with index_probes(tx):
        accounts = known_accounts(tx, [company])
        if is_another:
            made, alike = accounts.make_another(company)
            is_new = True
        else:
            made, is_new = accounts.resolve(company)
            alike = []
        write(tx, known_persons(tx, []), accounts)
    reviews.remember_distinct(tx, RecordKind.ACCOUNT, made.id, [one.id for one in alike])
    return made.id, is_new
