"""The made-up world: companies, people, campaigns, and what people send with all its mess.

Pure and seeded: `make_world(Random(seed), …)` gives the same world for the same seed and days, on every machine.
"""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from offhook.simulator.world.campaigns import plan_campaigns
from offhook.simulator.world.companies import make_companies
from offhook.simulator.world.mess import COUNTRIES, NONSENSE, Fields, spoil, written_phone
from offhook.simulator.world.model import Campaign, Company, Industry, Place, Prospect, Sent, World
from offhook.simulator.world.places import PhoneBook
from offhook.simulator.world.prospects import make_prospects

__all__ = ["Campaign", "Company", "Industry", "Place", "Prospect", "Sent", "World", "make_world"]

RESPONSES_PER_PROSPECT = 1.35
COMPANIES_PER_PROSPECT = 0.42
NONSENSE_SHARE = 0.012
MESS = 0.3

_HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 14, 22, 24, 22, 15, 18, 22, 20, 15, 10, 7, 5, 4, 3, 2, 1)
"""How likely a response comes in each hour of the sender's day."""
_WEEKDAYS = (1.0, 1.15, 1.1, 1.0, 0.75, 0.2, 0.22)

_INTERESTS = ("Routing", "Qualification", "Dialing", "Reporting", "Data quality", "Just looking")
_TIMELINES = ("This quarter", "Next quarter", "This year", "No plans", "")


def make_world(rng: Random, *, prospects: int, starts_on: date, ends_at: datetime) -> World:
    """A world of so many people, whose responses fall between the first day and the last moment, in order of time.

    Days are weighed: campaigns open strongly and fade, weekends are quiet, people write in their own daytime.
    """
    book = PhoneBook(rng)
    companies = make_companies(rng, book, max(1, round(prospects * COMPANIES_PER_PROSPECT)))
    people = make_prospects(rng, book, companies, prospects)
    campaigns = plan_campaigns(rng, starts_on, ends_at.astimezone(UTC).date())
    moments = _campaign_days(campaigns)
    sent = [_send(rng, one, _pick_day(rng, moments), ends_at) for one in _senders(rng, people)]
    sent += [_nonsense(rng, _pick_day(rng, moments), ends_at) for _ in range(round(len(sent) * NONSENSE_SHARE))]
    sent.sort(key=lambda one: (one.at, one.campaign.name, one.fields.get("email", "")))
    return World(tuple(companies), tuple(people), tuple(campaigns), tuple(sent))


def _senders(rng: Random, people: Sequence[Prospect]) -> list[Prospect]:
    """Everybody once, and the interested again and again."""
    more = round(len(people) * (RESPONSES_PER_PROSPECT - 1))
    return [*people, *rng.choices(people, [0.15 + one.interest**2 for one in people], k=more)]


def _campaign_days(campaigns: Sequence[Campaign]) -> tuple[list[tuple[Campaign, date]], list[float]]:
    """Every campaign on every day that it runs, and how much it draws then."""
    days: list[tuple[Campaign, date]] = []
    weights: list[float] = []
    for campaign in campaigns:
        length = (campaign.ends_on - campaign.starts_on).days + 1
        for offset in range(length):
            day = campaign.starts_on + timedelta(days=offset)
            fades = 1.0 if length > 60 else math.exp(-2.5 * offset / length)  # permanent ones do not fade
            days.append((campaign, day))
            weights.append(campaign.pull * fades * _WEEKDAYS[day.weekday()])
    return days, weights


def _pick_day(rng: Random, moments: tuple[list[tuple[Campaign, date]], list[float]]) -> tuple[Campaign, date]:
    return rng.choices(*moments)[0]


def _moment(rng: Random, day: date, zone: str, ends_at: datetime) -> datetime:
    """Some time of that day where the sender is, never after the end."""
    hour = rng.choices(range(24), _HOURS)[0]
    local = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), ZoneInfo(zone))
    return min(local.astimezone(UTC), ends_at - timedelta(seconds=rng.randrange(60, 3600)))


def _send(rng: Random, who: Prospect, when: tuple[Campaign, date], ends_at: datetime) -> Sent:
    campaign, day = when
    place = who.company.place
    fields: Fields = {
        "first_name": who.first_name,
        "last_name": who.last_name,
        "email": who.email,
        "phone": written_phone(rng, who.phone),
        "company": who.company.legal_name if rng.random() < 0.6 else who.company.name,
        "title": who.title,
        "city": place.city,
        "region": place.region,
        "country": rng.choice(COUNTRIES[place.country]),
    }
    if rng.random() < 0.5:
        fields["industry"] = who.company.industry.name
    if rng.random() < 0.6:
        fields["employees"] = str(who.company.employees)
    if rng.random() < 0.3:
        fields["website"] = rng.choice(("www.{}", "https://www.{}", "{}", "http://{}/about")).format(
            who.company.domain
        )
    untidy = MESS * (1.6 if campaign.kind == "trade_show" else 1.0)
    at = _moment(rng, day, place.time_zone, ends_at)
    return Sent(campaign, at, spoil(rng, fields, untidy), _attributes(rng, who, campaign), who)


def _attributes(rng: Random, who: Prospect, campaign: Campaign) -> dict[str, str]:
    warm = 0.5 * who.interest + 0.5 * campaign.warmth
    interest = rng.choice(_INTERESTS[:5]) if rng.random() < 0.3 + warm else _INTERESTS[5]
    timeline = rng.choices(_TIMELINES, (4 * warm, 3 * warm, 2, 3 * (1 - warm), 2))[0]
    found = {"Interest": interest, "Timeline": timeline, "Pages seen": str(1 + int(rng.expovariate(1.4 - warm)))}
    return {name: text for name, text in found.items() if text}


def _nonsense(rng: Random, when: tuple[Campaign, date], ends_at: datetime) -> Sent:
    campaign, day = when
    return Sent(campaign, _moment(rng, day, "UTC", ends_at), dict(rng.choice(NONSENSE)))
