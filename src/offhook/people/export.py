"""Accounts as a file: all that one looks for, by name."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.export import Table, shown_details, shown_time
from offhook.people.finding import Place, Wanted
from offhook.people.model import Account
from offhook.people.service import accounts

BLOCK = 1_000
"""Accounts that are held at a time."""


def accounts_as_file(tx: Transaction, wanted: Wanted) -> Table:
    """All accounts that one looks for, by name. Needs `people:read`."""
    tx.require("people:read")
    zone = identity.organisation(tx).time_zone
    headings = (
        "Account",
        "Domain",
        "Phone",
        "Street",
        "City",
        "Postal code",
        "Region",
        "Country",
        "Industry",
        "Employees",
        "Other details",
        f"Added ({zone})",
        f"Changed ({zone})",
        "Account id",
    )
    return Table(f"accounts-{tx.now:%Y-%m-%d}", headings, _rows(tx, wanted, ZoneInfo(zone)))


def _rows(tx: Transaction, wanted: Wanted, zone: ZoneInfo) -> Iterator[Sequence[object]]:
    after: Place | None = None
    while block := accounts(tx, wanted, after, BLOCK):
        yield from (_cells(account, zone) for _, account in block)
        after = block[-1][0]


def _cells(account: Account, zone: ZoneInfo) -> Sequence[object]:
    return (
        account.name,
        account.domain,
        account.phone,
        account.street,
        account.city,
        account.postal_code,
        account.region,
        account.country,
        account.industry,
        account.employees,
        shown_details(account.attributes),
        shown_time(account.created_at, zone),
        shown_time(account.updated_at, zone),
        str(account.id),
    )
