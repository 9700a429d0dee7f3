"""Demand generation's plan: campaigns that follow one another, each with its pull and its answers' warmth."""

from datetime import date, timedelta
from random import Random

from offhook.simulator.world.model import Campaign

_KINDS: tuple[tuple[str, tuple[str, ...], int, float, float], ...] = (
    (
        "webinar",
        (
            "Webinar: From response to first call in five minutes",
            "Webinar: What sales should agree with marketing",
            "Webinar: Qualifying without a script",
            "Webinar: Forecasting pipeline from the first touch",
            "Webinar: Hand-offs that do not come back",
        ),
        12,
        1.0,
        0.55,
    ),
    (
        "trade_show",
        (
            "Trade show: Revenue Leaders Forum",
            "Trade show: Inside Sales World",
            "Trade show: SaaS & Cloud Expo",
            "Trade show: Vertriebskongress",
        ),
        4,
        1.6,
        0.4,
    ),
    (
        "content",
        (
            "Guide: The speed-to-lead handbook",
            "Report: State of sales development",
            "Template: Qualification scorecard",
            "Checklist: Clean lead lists",
        ),
        45,
        0.5,
        0.25,
    ),
    ("email", ("Newsletter: Customer stories", "Newsletter: Field notes", "Newsletter: Benchmarks"), 10, 0.5, 0.2),
    ("social", ("Social: Customer stories", "Social: Ask a rep anything"), 30, 0.35, 0.2),
)


def plan_campaigns(rng: Random, starts_on: date, ends_on: date) -> list[Campaign]:
    """The campaigns between two days: two that always run, and a calendar of single ones."""
    found = [
        Campaign("Website: Request a demo", "demo_request", starts_on, ends_on, 0.3, 0.95),
        Campaign("Search: Sales development software", "search", starts_on, ends_on, 0.3, 0.45),
    ]
    for kind, names, lasts, pull, warmth in _KINDS:
        slots = max(1, (ends_on - starts_on).days // max(lasts, 24))
        for number in range(slots):
            share = (number + rng.uniform(0.05, 0.6)) / slots
            begins = starts_on + timedelta(days=round((ends_on - starts_on).days * share))
            name = names[number % len(names)] + (f", {begins:%B %Y}" if number >= len(names) else "")
            found.append(Campaign(name, kind, begins, min(ends_on, begins + timedelta(days=lasts)), pull, warmth))
    return sorted(found, key=lambda campaign: (campaign.starts_on, campaign.name))
