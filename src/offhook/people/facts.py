"""What rules, routing and filters may ask about persons, from records at hand or from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.people.model import PersonFacts, Understood
from offhook.people.normalise.domains import ascii_domain, is_disposable_mail, is_free_mail


def facts_from(
    person_id: UUID, account_id: UUID | None, person: Understood, account: Understood | None
) -> PersonFacts:
    """The facts about a person as known; what the person lacks is the account's, where that makes sense."""
    domain, is_free, is_disposable = (
        _mail_of(person.emails[0].rpartition("@")[2]) if person.emails else (None, False, False)
    )
    if account is None:
        account = _NO_ACCOUNT
    return PersonFacts(
        person_id,
        account_id,
        person.title,
        person.company_name or account.company_name,
        person.country or account.country,
        person.region or (None if person.country else account.region),
        person.city,
        person.time_zone,
        domain,
        is_free,
        is_disposable,
        bool(person.emails),
        bool(person.phones),
        account.industry or person.industry,
        person.employees if account.employees is None else account.employees,
        account.domain,
        person.attributes,
    )


_NO_ACCOUNT = Understood()


@lru_cache(maxsize=65536)
def _mail_of(domain: str) -> tuple[str, bool, bool]:
    """A mail domain in ASCII, and whether anybody can have an address there, and whether those are thrown away."""
    host = ascii_domain(domain)
    return host, is_free_mail(host), is_disposable_mail(host)


@dataclass(frozen=True, slots=True)
class _Row:
    person_id: UUID
    account_id: UUID | None
    title: str | None
    company_name: str | None
    country: str | None
    region: str | None
    city: str | None
    time_zone: str | None
    attributes: Mapping[str, str]
    email: str | None
    has_phone: bool
    account_name: str | None
    account_country: str | None
    account_region: str | None
    own_industry: str | None
    own_employees: int | None
    industry: str | None
    employees: int | None
    account_domain: str | None


def facts_of(tx: Transaction, person_ids: Sequence[UUID]) -> dict[UUID, PersonFacts]:
    """The facts about persons, by the id asked for; absorbed ones answer for their survivor, unknown are absent.

    Indexes: the primary keys of person, contact_point and account.
    """
    from offhook.people.store import survivors

    if not person_ids:
        return {}
    stands_for = survivors(tx, "person", person_ids)
    rows = tx.rows(
        _Row,
        "SELECT p.id AS person_id, p.account_id, p.title, p.company_name, p.country, p.region, p.city,"
        " p.time_zone, p.attributes,"
        " (SELECT value FROM contact_point AS c WHERE c.person_id = p.id AND c.kind = 'email'"
        "  ORDER BY is_primary DESC, created_at, value LIMIT 1) AS email,"
        " EXISTS (SELECT FROM contact_point AS c WHERE c.person_id = p.id AND c.kind = 'phone') AS has_phone,"
        " a.name AS account_name, a.country AS account_country, a.region AS account_region, a.industry,"
        " p.industry AS own_industry, p.employees AS own_employees,"
        " a.employees, a.domain AS account_domain"
        " FROM person AS p LEFT JOIN account AS a ON a.id = p.account_id WHERE p.id = ANY(%(ids)s)",
        ids=list(set(stands_for.values())),
    )
    facts = {row.person_id: _facts(row) for row in rows}
    return {asked: facts[now] for asked, now in stands_for.items() if now in facts}


def _facts(row: _Row) -> PersonFacts:
    person = Understood(
        title=row.title,
        company_name=row.company_name,
        country=row.country,
        region=row.region,
        city=row.city,
        time_zone=row.time_zone,
        industry=row.own_industry,
        employees=row.own_employees,
        emails=(row.email,) if row.email else (),
        phones=("",) if row.has_phone else (),
        attributes=dict(row.attributes),
    )
    account = Understood(
        company_name=row.account_name,
        country=row.account_country,
        region=row.account_region,
        industry=row.industry,
        employees=row.employees,
        domain=row.account_domain,
    )
    return facts_from(row.person_id, row.account_id, person, account if row.account_id else None)
