"""What templates may speak of: one table of variables, each with its kind and an example.

Nothing else exists in a template. The names are those of the API; a screen translates them by their names.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int | None
Values = Mapping[str, Mapping[str, Value]]
"""By group and field: `{"person": {"first_name": "Ada"}}`."""


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that a template may name, as `group.field`; its `example` says whether it is text or a number."""

    group: str
    field: str
    label: str
    example: str | int

    @property
    def name(self) -> str:
        """As a template names it."""
        return f"{self.group}.{self.field}"


VARIABLES: tuple[Variable, ...] = (
    Variable("person", "first_name", "First name", "Ada"),
    Variable("person", "last_name", "Last name", "Moreno"),
    Variable("person", "full_name", "Full name", "Ada Moreno"),
    Variable("person", "title", "Job title", "Head of Operations"),
    Variable("person", "email", "E-mail address", "ada.moreno@acme.example"),
    Variable("person", "city", "City", "Valencia"),
    Variable("person", "country", "Country code", "ES"),
    Variable("account", "name", "Company", "Acme Foods"),
    Variable("account", "domain", "Company's domain", "acme.example"),
    Variable("account", "industry", "Industry", "Food"),
    Variable("account", "employees", "Number of employees", 850),
    Variable("account", "city", "Company's city", "Madrid"),
    Variable("lead", "campaign", "Campaign of the lead", "Spring webinar"),
    Variable("lead", "content", "Content last responded to", "Guide to shorter queues"),
    Variable("lead", "source", "Source of the last response", "LinkedIn"),
    Variable("rep", "name", "Your name", "Sam Rivera"),
    Variable("rep", "email", "Your e-mail address", "sam.rivera@ours.example"),
    Variable("rep", "team", "Your team", "Team South"),
    Variable("organisation", "name", "Our organisation", "Ours Ltd"),
)

BY_NAME: Mapping[str, Variable] = {one.name: one for one in VARIABLES}

GROUPS: Mapping[str, tuple[Variable, ...]] = {
    group: tuple(one for one in VARIABLES if one.group == group)
    for group in dict.fromkeys(one.group for one in VARIABLES)
}


def examples() -> Values:
    """A value for every variable, for looking at a template without a lead."""
    return {group: {one.field: one.example for one in found} for group, found in GROUPS.items()}
