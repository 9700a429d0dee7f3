"""Who works in the generated organisation: a company that sells to sales teams on both sides of the Atlantic.

The people are made up and always the same, so that documents and walk-throughs can name them. `Temper` is what
sets them apart on the scoreboards: nobody in the product knows it.
"""

from dataclasses import dataclass

from offhook.identity import Role

NAME = "Northlight Systems (demo)"
SLUG = "demo"
TIME_ZONE = "America/New_York"
REGION = "US"

AMERICAS = "ADR Americas"
EUROPE = "ADR Europe"
SALES = "Account executives"

TEAM_ZONES = {AMERICAS: TIME_ZONE, EUROPE: "Europe/London", SALES: TIME_ZONE}
EUROPEAN = ("GB", "IE", "DE", "AT", "CH", "FR", "SE", "NL", "ES")
"""Countries whose leads the team in London works."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How somebody works: `pace` touches in two hours, `charm` adds to the chance of a good talk."""

    pace: int = 0
    charm: float = 0.0


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff, what routing is told of them, and how many SALs a week are expected of them."""

    name: str
    role: Role
    team: str | None
    temper: Temper = Temper()
    weight: int = 1
    capacity: int | None = None
    weekly_sals: int = 0

    @property
    def email(self) -> str:
        """Their address at work: the sign-in."""
        return f"{self.name.split()[0].lower()}@northlight.example"


STAFF: tuple[Member, ...] = (
    Member("Ada Lindqvist", Role.ADMIN, None),
    Member("Ruth Okafor", Role.MANAGER, None),
    Member("Ben Carter", Role.DEMAND_GENERATION, None),
    Member("Maya Brooks", Role.REP, AMERICAS, Temper(7, 0.12), weight=3, weekly_sals=9),
    Member("Daniel Kim", Role.REP, AMERICAS, Temper(6, 0.0), weight=2, weekly_sals=6),
    Member("Priya Nair", Role.REP, AMERICAS, Temper(5, 0.06), weight=2, capacity=120, weekly_sals=5),
    Member("Tom Gallagher", Role.REP, EUROPE, Temper(6, -0.04), weight=1, weekly_sals=6),
    Member("Lena Hoffmann", Role.REP, EUROPE, Temper(6, 0.08), weight=1, weekly_sals=6),
    Member("Sofia Alvarez", Role.AE, SALES, Temper(charm=0.08), capacity=25),
    Member("Marcus Reed", Role.AE, SALES, Temper(charm=0.0), capacity=25),
    Member("Claire Dubois", Role.AE, SALES, Temper(charm=0.04), capacity=25),
)

TEAM_AIMS = {AMERICAS: (18, 42), EUROPE: (11, 28)}
"""SALs a week and SQLs a month of each rep team."""
DAILY_DIALS, WEEKLY_CONVERSATIONS = 16, 16

DEMAND_GENERATION = "ben@northlight.example"
EUROPEAN_AE = "claire@northlight.example"


def member(email: str) -> Member:
    """The member of the staff with this address."""
    return next(one for one in STAFF if one.email == email)
