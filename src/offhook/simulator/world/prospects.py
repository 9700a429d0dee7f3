"""People at the made-up companies: name, title, work address, direct line, and how much they want to buy."""

from random import Random

from offhook.simulator.world.companies import plain
from offhook.simulator.world.model import Company, Prospect
from offhook.simulator.world.names import pick_name
from offhook.simulator.world.places import PhoneBook

TITLES: tuple[tuple[str, int, int], ...] = (
    ("Chief Executive Officer", 5, 3),
    ("Managing Director", 5, 3),
    ("Chief Revenue Officer", 5, 3),
    ("Founder", 5, 2),
    ("Chief Operating Officer", 5, 2),
    ("Vice President, Sales", 4, 8),
    ("VP of Sales Operations", 4, 5),
    ("VP Marketing", 4, 5),
    ("VP of Customer Success", 4, 3),
    ("Head of Business Development", 4, 6),
    ("Director of Sales Development", 3, 9),
    ("Director of Demand Generation", 3, 6),
    ("Director, Inside Sales", 3, 6),
    ("Director of IT", 3, 6),
    ("Regional Sales Manager", 2, 9),
    ("Sales Operations Manager", 2, 9),
    ("SDR Manager", 2, 7),
    ("Marketing Manager", 2, 9),
    ("IT Manager", 2, 6),
    ("CRM Administrator", 1, 6),
    ("Business Development Representative", 1, 6),
    ("Marketing Specialist", 1, 6),
    ("Account Manager", 1, 6),
    ("Business Analyst", 1, 4),
    ("Office Manager", 1, 2),
    ("Student", 0, 3),
    ("Consultant", 1, 3),
)
"""Title, how high it stands (0 to 5), and how often it answers our campaigns."""

_ADDRESSES = ("{first}.{last}", "{first}.{last}", "{f}{last}", "{first}", "{first}_{last}", "{f}.{last}")


def make_prospects(rng: Random, book: PhoneBook, companies: list[Company], how_many: int) -> list[Prospect]:
    """So many people; bigger companies have more of them, and a company keeps one manner of addresses."""
    weights = [company.employees**0.35 for company in companies]
    taken: set[str] = set()
    found: list[Prospect] = []
    for company in rng.choices(companies, weights, k=how_many):
        first, last = pick_name(rng, company.place.country)
        title, level, _ = rng.choices(TITLES, [weight for *_, weight in TITLES])[0]
        email = _address(first, last, company, taken)
        number = company.phone if rng.random() < 0.12 else book.number(company.place)
        interest = _interest(rng, company, level)
        found.append(Prospect(len(found), first, last, title, level, email, number, company, interest))
    return found


def _address(first: str, last: str, company: Company, taken: set[str]) -> str:
    manner = _ADDRESSES[sum(company.domain.encode()) % len(_ADDRESSES)]
    parts = {"first": plain(first).replace("-", ""), "last": plain(last).replace("-", "")}
    local = manner.format(f=parts["first"][0], **parts)
    address, more = f"{local}@{company.domain}", 2
    while address in taken:
        address, more = f"{local}{more}@{company.domain}", more + 1
    taken.add(address)
    return address


def _interest(rng: Random, company: Company, level: int) -> float:
    """Those whom the product suits want it more, but nobody's wish can be read off their card alone."""
    size = 1.0 if 80 <= company.employees <= 4000 else 0.45
    wish = 0.45 * company.industry.suits * size + 0.3 * min(level, 4) / 4 + 0.25 * rng.random()
    return round(max(0.0, min(1.0, rng.gauss(wish, 0.12))), 3)
