"""Campaign responders by the million: seeded, varied, written as a CSV file as a marketing tool exports them."""

import csv
import random
from pathlib import Path

HEADERS = (
    "First Name",
    "Last Name",
    "Email",
    "Phone",
    "Company",
    "Job Title",
    "City",
    "State",
    "Country",
    "Source",
)

FIRST = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph "
    "Jessica Thomas Karen Carlos Lucia Miguel Ana Wei Mei Raj Priya Omar Fatima Ivan Olga Kenji Yuki Pierre Chloe"
).split()
SYLLABLES = (
    "ba be bo da de do fa ga go ha ka ke ko la le lo ma me mo na ne no pa pe ra re ro sa se so ta te to va".split()
)
TITLES = (
    "VP Sales",
    "Director of Marketing",
    "Sales Manager",
    "CEO",
    "CTO",
    "Engineer",
    "Analyst",
    "Head of Growth",
)
PLACES = (
    ("Chicago", "IL", "US", "312"),
    ("Austin", "TX", "US", "512"),
    ("Denver", "CO", "US", "303"),
    ("Atlanta", "GA", "US", "404"),
    ("Seattle", "WA", "US", "206"),
    ("Boston", "MA", "US", "617"),
)
SOURCES = ("webinar", "paid_search", "organic_search", "trade_show", "referral")
PEOPLE_PER_COMPANY = 8


def write_rows(path: Path, count: int, *, first: int = 0, seed: int = 7) -> None:
    """Write `count` distinct responders, numbered from `first`; the same numbers give the same people."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(_row(number, seed) for number in range(first, first + count))


def _row(number: int, seed: int) -> tuple[str, ...]:
    chance = random.Random(number * 1_000_003 + seed)
    given, family = chance.choice(FIRST), _word(chance, 3).capitalize()
    company_number = number // PEOPLE_PER_COMPANY
    company = _word(random.Random(company_number * 31 + seed), 4)
    city, state, country, area = chance.choice(PLACES)
    phone = f"({area}) {chance.randint(200, 999)}-{chance.randint(0, 9999):04d}"
    email = f"{given}.{family}{number}@{company}{company_number}.com".lower()
    company_name = f"{company.capitalize()} {company_number} Inc"
    title, source = chance.choice(TITLES), chance.choice(SOURCES)
    return given, family, email, phone, company_name, title, city, state, country, source


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(syllables))
