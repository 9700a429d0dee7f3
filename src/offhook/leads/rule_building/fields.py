"""What conditions may ask, in words for the person who builds them; pure tables beside `leads/conditions.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a field is compared; `leads/conditions.py` says when each holds."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    HAS_WORD = "has_word"
    STARTS_WITH = "starts_with"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS_KNOWN = "is_known"


class FieldType(StrEnum):
    """What kind of value a field has."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


class Takes(StrEnum):
    """What stands beside an operator: one value of the field's type, a list, words, a number, or true or false."""

    VALUE = "value"
    VALUES = "values"
    WORDS = "words"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class OperatorTold:
    """An operator in words."""

    name: Operator
    label: str
    takes: Takes
    description: str


@dataclass(frozen=True, slots=True)
class FieldTold:
    """A field in words."""

    name: str
    label: str
    type: FieldType
    description: str


OPERATORS: Sequence[OperatorTold] = (
    OperatorTold(Operator.IS, "is", Takes.VALUE, "Equals the value; text without regard to case"),
    OperatorTold(Operator.IS_NOT, "is not", Takes.VALUE, "Does not equal the value, or is not known"),
    OperatorTold(Operator.IN, "is one of", Takes.VALUES, "Is one of the values"),
    OperatorTold(Operator.NOT_IN, "is none of", Takes.VALUES, "Is none of the values, or is not known"),
    OperatorTold(Operator.CONTAINS, "contains", Takes.TEXT, "Holds the text, anywhere"),
    OperatorTold(
        Operator.HAS_WORD, "has the word", Takes.WORDS, "Holds one of the words or phrases as whole words"
    ),
    OperatorTold(Operator.STARTS_WITH, "starts with", Takes.TEXT, "Begins with the text"),
    OperatorTold(Operator.AT_LEAST, "is at least", Takes.NUMBER, "Is a number not below"),
    OperatorTold(Operator.AT_MOST, "is at most", Takes.NUMBER, "Is a number not above"),
    OperatorTold(Operator.IS_KNOWN, "is known", Takes.BOOLEAN, "Has a value (true), or none (false)"),
)

OPERATORS_OF: Mapping[FieldType, Sequence[Operator]] = {
    FieldType.TEXT: (
        Operator.IS,
        Operator.IS_NOT,
        Operator.IN,
        Operator.NOT_IN,
        Operator.CONTAINS,
        Operator.HAS_WORD,
        Operator.STARTS_WITH,
        Operator.IS_KNOWN,
    ),
    FieldType.NUMBER: (Operator.AT_LEAST, Operator.AT_MOST, Operator.IS, Operator.IS_NOT, Operator.IS_KNOWN),
    FieldType.BOOLEAN: (Operator.IS, Operator.IS_NOT),
}
"""Those that make sense for a type, the most usual first."""

ATTRIBUTE_OPERATORS = tuple(Operator)
"""Custom attributes are text, which counts as a number where it is one: all operators make sense."""

_T, _N, _B = FieldType.TEXT, FieldType.NUMBER, FieldType.BOOLEAN

TOLD: Sequence[FieldTold] = (
    FieldTold("title", "Job title", _T, "What the person does at the company"),
    FieldTold("company_name", "Company", _T, "Name of the company"),
    FieldTold("country", "Country", _T, "Two-letter code (ISO 3166-1), the company's where the person has none"),
    FieldTold("region", "State or region", _T, "Code or name within the country"),
    FieldTold("city", "City", _T, "City or town"),
    FieldTold("time_zone", "Time zone", _T, "IANA name, such as Europe/Berlin"),
    FieldTold("email_domain", "E-mail domain", _T, "What stands behind the @"),
    FieldTold("is_free_mail", "Free mail", _B, "The e-mail address is one that anybody can have"),
    FieldTold("is_disposable_mail", "Throw-away mail", _B, "The e-mail address is one that is thrown away"),
    FieldTold("has_email", "Has e-mail", _B, "An e-mail address is known"),
    FieldTold("has_phone", "Has phone", _B, "A phone number is known"),
    FieldTold("industry", "Industry", _T, "What the company does"),
    FieldTold("employees", "Employees", _N, "How many people the company employs"),
    FieldTold("account_domain", "Company domain", _T, "Domain of the company's website"),
    FieldTold("campaign", "Campaign", _T, "Name of the campaign that was responded to"),
    FieldTold("campaign_kind", "Campaign kind", _T, "By what the campaign reached people"),
    FieldTold("source", "Source", _T, "Channel the response came by"),
    FieldTold("content", "Content", _T, "Asset, page or session that was responded to"),
    FieldTold("score", "Score", _N, "Fit and engagement together, 0 to 100"),
)
"""All fields of `conditions.FIELDS`."""

BANDS: Mapping[str, Sequence[int]] = {
    "employees": (10, 50, 200, 500, 1_000, 5_000),
    "score": (25, 50, 75),
}
"""Limits that are usual for numbers, to choose from."""
