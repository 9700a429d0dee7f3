"""The made-up world in plain immutable data: places, companies, people, campaigns and what people send.

Nothing here is real: companies live under the reserved top-level domain .example (RFC 2606), phone numbers come
from ranges kept for fiction (`phones.py`). What a `Prospect` is like (`interest`) is known to the world only; the
product sees what arrives in a `Sent`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A city. `dial` are the beginnings of its fictional phone numbers, `postal` a pattern (# is a digit)."""

    city: str
    region: str
    country: str
    time_zone: str
    dial: tuple[str, ...]
    postal: str


@dataclass(frozen=True, slots=True)
class Industry:
    """A trade: what companies in it are called, how many work there at most, and how well our product suits."""

    name: str
    nouns: tuple[str, ...]
    largest: int
    suits: float


@dataclass(frozen=True, slots=True)
class Company:
    """A made-up company; `domain` is under .example and nobody else's. `phone` is in E.164."""

    name: str
    legal_form: str
    domain: str
    industry: Industry
    employees: int
    place: Place
    street: str
    phone: str

    @property
    def legal_name(self) -> str:
        """With its legal form, as in a register."""
        return f"{self.name} {self.legal_form}".strip()


@dataclass(frozen=True, slots=True)
class Prospect:
    """A made-up human being at a company. `interest` (0 to 1) is how likely they are to want to buy."""

    number: int
    first_name: str
    last_name: str
    title: str
    level: int
    email: str
    phone: str
    company: Company
    interest: float


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as demand generation runs it. `pull` is its share of all responses while it runs."""

    name: str
    kind: str
    starts_on: date
    ends_on: date
    pull: float
    warmth: float


@dataclass(frozen=True, slots=True)
class Sent:
    """One response as it arrives: keyed by the field names of intake, with the mess of the way it came.

    `fields` holds only what was filled in; `attributes` what maps to no known field. `prospect` is who really
    sent it, None for nonsense; it is for judging, never for the product.
    """

    campaign: Campaign
    at: datetime
    fields: Mapping[str, str]
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    prospect: Prospect | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Everything made up from one seed, in the order of time."""

    companies: tuple[Company, ...]
    prospects: tuple[Prospect, ...]
    campaigns: tuple[Campaign, ...]
    sent: tuple[Sent, ...]
