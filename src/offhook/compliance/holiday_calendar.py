"""Public holidays of countries and US states, from the kept data of `holidays`: pure, by region and year."""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=512)
def holidays_of(region: str, year: int) -> frozenset[date]:
    """The public holidays of a region (ISO 3166-1, or 3166-2 such as `US-LA`) in a year.

    Empty for a region whose holidays we do not know.
    """
    country, _, part = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        return frozenset()
