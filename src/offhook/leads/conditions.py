"""The rule language of scoring, routing and filters: conditions on a person and on how they came, as JSON.

    {"all": [{"field": "country", "in": ["DE", "AT", "CH"]}, {"field": "employees", "at_least": 200}]}
    {"any": [{"field": "title", "has_word": ["ceo", "founder"]}, {"field": "attributes.plan", "is": "Enterprise"}]}
    {"not": {"field": "is_free_mail", "is": true}}
    {}                                                        (always holds)

| operator              | holds when the field …                                                   |
|-----------------------|--------------------------------------------------------------------------|
| `is`, `is_not`        | equals the value, or does not; text without regard to case               |
| `in`, `not_in`        | is one of the values, or none of them                                    |
| `contains`            | holds the text, anywhere                                                 |
| `has_word`            | holds one of the words or phrases as whole words                         |
| `starts_with`         | begins with the text                                                     |
| `at_least`, `at_most` | is a number not below, or not above; text that is a number counts as one |
| `is_known`            | has a value (`true`), or none (`false`)                                  |

A field without a value fulfils only `is_not`, `not_in` and `is_known: false`. Fields are those of `FIELDS` and
`attributes.<name>`, the custom attributes. Conditions are checked once (`parse`) and then run as closures, since
an import asks them millions of times.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import cast

from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.events import Json
from offhook.kernel.plain import plain
from offhook.people import PersonFacts


@plain
class LeadFacts:
    """What conditions may ask: the person's facts, and how they came."""

    person: PersonFacts
    campaign: str | None = None
    campaign_kind: str | None = None
    source: str | None = None
    content: str | None = None
    score: float = 0.0


Value = str | int | float | bool | None
Reader = Callable[[LeadFacts], Value]
Test = Callable[[LeadFacts], bool]

_OWN = ("campaign", "campaign_kind", "source", "content", "score")
_PERSON = (
    "title",
    "company_name",
    "country",
    "region",
    "city",
    "time_zone",
    "email_domain",
    "is_free_mail",
    "is_disposable_mail",
    "has_email",
    "has_phone",
    "industry",
    "employees",
    "account_domain",
)
FIELDS: tuple[str, ...] = (*_PERSON, *_OWN)
"""What conditions may name, besides `attributes.<name>`."""

ATTRIBUTES = "attributes."
MOST_DEPTH = 8
MOST_VALUES = 1_000
LARGEST_NUMBER = 1e15
"""Farther from 0, and not a number at all, are refused: JSON lets both pass, no fact is so large."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition: whether it holds, how to say it, and which fields it asks for."""

    holds: Test
    text: str
    fields: frozenset[str] = frozenset()


def parse(condition: Json, where: str = "conditions") -> Condition:
    """Check a condition and make it ready to run. Raises `Invalid` naming the part that is wrong."""
    return _parse(condition, where, 0)


def _parse(condition: Json, where: str, depth: int) -> Condition:
    if not isinstance(condition, dict):
        raise _invalid(where, 'must be an object such as {"field": "country", "is": "DE"}', condition)
    if depth > MOST_DEPTH:
        raise _invalid(where, f"is nested deeper than {MOST_DEPTH} levels", None)
    if not condition:
        return Condition(lambda _: True, "always")
    if "field" in condition:
        return _comparison(condition, where)
    if len(condition) != 1:
        raise _invalid(where, "needs exactly one of 'all', 'any', 'not', or a 'field' with its operator", None)
    word, inner = next(iter(condition.items()))
    if word == "not":
        return _not(_parse(inner, f"{where}.not", depth + 1))
    if word not in {"all", "any"} or not isinstance(inner, list):
        raise _invalid(where, f"has '{word}', which is not 'all', 'any' (with a list), 'not' or 'field'", None)
    parts = [_parse(part, f"{where}.{word}[{n}]", depth + 1) for n, part in enumerate(inner)]
    return _all(parts) if word == "all" else _any(parts)


def _not(part: Condition) -> Condition:
    holds = part.holds
    return Condition(lambda facts: not holds(facts), f"not ({part.text})", part.fields)


def _all(parts: Sequence[Condition]) -> Condition:
    tests = [part.holds for part in parts]
    text = " and ".join(map(_bracketed, parts))
    return Condition(lambda facts: all(test(facts) for test in tests), text, _fields(parts))


def _any(parts: Sequence[Condition]) -> Condition:
    tests = [part.holds for part in parts]
    text = " or ".join(map(_bracketed, parts))
    return Condition(lambda facts: any(test(facts) for test in tests), text, _fields(parts))


def _fields(parts: Sequence[Condition]) -> frozenset[str]:
    return frozenset[str]().union(*(part.fields for part in parts))


def _bracketed(part: Condition) -> str:
    return f"({part.text})" if " and " in part.text or " or " in part.text else part.text


def _comparison(condition: Mapping[str, Json], where: str) -> Condition:
    name = condition["field"]
    operators = [key for key in condition if key != "field"]
    if len(operators) != 1 or operators[0] not in _OPERATORS:
        raise _invalid(where, f"needs one operator of {', '.join(_OPERATORS)}", None)
    if not isinstance(name, str):
        raise _invalid(f"{where}.field", "must be the name of a field", name)
    read = reader_of(name, f"{where}.field")
    operator, wanted = operators[0], condition[operators[0]]
    test = _OPERATORS[operator](wanted, f"{where}.{operator}")
    text = _said(name.removeprefix(ATTRIBUTES).replace("_", " "), operator, wanted)
    return Condition(lambda facts: test(read(facts)), text, frozenset({name}))


def _said(name: str, operator: str, wanted: Json) -> str:
    """A comparison in words."""
    if operator == "is_known":
        return f"{name} is known" if wanted else f"{name} is not known"
    if isinstance(wanted, bool):
        return name if wanted is (operator == "is") else f"not {name}"
    said = ", ".join(str(one) for one in wanted) if isinstance(wanted, list) else str(wanted)
    return f"{name} {operator.replace('_', ' ')} {said}"


def reader_of(name: str, where: str = "field") -> Reader:
    """What reads a field of the facts. Raises `Invalid` for a name that is none."""
    if name in _OWN:
        return attrgetter(name)
    if name in _PERSON:
        return attrgetter(f"person.{name}")
    attribute = name.removeprefix(ATTRIBUTES)
    if attribute == name or not attribute:
        raise _invalid(where, f"is no field; those are {', '.join(FIELDS)} and attributes.<name>", name)
    return lambda facts: facts.person.attributes.get(attribute)


_Compare = Callable[[Value], bool]


def _plain(wanted: Json, where: str) -> str | float | bool:
    if isinstance(wanted, str):
        return wanted.casefold()
    if isinstance(wanted, bool | int | float) and abs(wanted) <= LARGEST_NUMBER:
        return wanted
    raise _invalid(where, "must be a text, a number, true or false", wanted)


def _same(value: Value) -> str | float | bool | None:
    return value.casefold() if isinstance(value, str) else value


def _is(wanted: Json, where: str) -> _Compare:
    plain = _plain(wanted, where)
    return lambda value: value is not None and _same(value) == plain


def _is_not(wanted: Json, where: str) -> _Compare:
    test = _is(wanted, where)
    return lambda value: not test(value)


def _in(wanted: Json, where: str) -> _Compare:
    if not isinstance(wanted, list) or not 0 < len(wanted) <= MOST_VALUES:
        raise _invalid(where, f"must be a list of 1 to {MOST_VALUES} values", None)
    plain = frozenset(_plain(one, where) for one in wanted)
    return lambda value: value is not None and _same(value) in plain


def _not_in(wanted: Json, where: str) -> _Compare:
    test = _in(wanted, where)
    return lambda value: not test(value)


def _text(wanted: Json, where: str) -> str:
    if not isinstance(wanted, str) or not wanted:
        raise _invalid(where, "must be a text", wanted)
    return wanted.casefold()


def _contains(wanted: Json, where: str) -> _Compare:
    text = _text(wanted, where)
    return lambda value: isinstance(value, str) and text in value.casefold()


def _starts_with(wanted: Json, where: str) -> _Compare:
    text = _text(wanted, where)
    return lambda value: isinstance(value, str) and value.casefold().startswith(text)


def _has_word(wanted: Json, where: str) -> _Compare:
    words = wanted if isinstance(wanted, list) else [wanted]
    if not 0 < len(words) <= MOST_VALUES:
        raise _invalid(where, f"must be a word or a list of up to {MOST_VALUES} words", None)
    choice = "|".join(re.escape(_text(word, where)) for word in words)
    found = re.compile(rf"(?<!\w)(?:{choice})(?!\w)").search
    return lambda value: isinstance(value, str) and found(value.casefold()) is not None


def _number(value: Value) -> float | None:
    if isinstance(value, str):
        try:
            return float(value.replace(",", ""))
        except ValueError:
            return None
    return value


def _limit(wanted: Json, where: str) -> float:
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not abs(wanted) <= LARGEST_NUMBER:
        raise _invalid(where, "must be a number", wanted)
    return wanted


def _at_least(wanted: Json, where: str) -> _Compare:
    limit = _limit(wanted, where)
    return lambda value: (number := _number(value)) is not None and number >= limit


def _at_most(wanted: Json, where: str) -> _Compare:
    limit = _limit(wanted, where)
    return lambda value: (number := _number(value)) is not None and number <= limit


def _is_known(wanted: Json, where: str) -> _Compare:
    if not isinstance(wanted, bool):
        raise _invalid(where, "must be true or false", wanted)
    return lambda value: (value is not None and value != "") is wanted


_OPERATORS: Mapping[str, Callable[[Json, str], _Compare]] = {
    "is": _is,
    "is_not": _is_not,
    "in": _in,
    "not_in": _not_in,
    "contains": _contains,
    "has_word": _has_word,
    "starts_with": _starts_with,
    "at_least": _at_least,
    "at_most": _at_most,
    "is_known": _is_known,
}


def _invalid(where: str, reason: str, value: Json) -> Invalid:
    told = None if value is None else str(cast("object", value))[:100]
    return Invalid(f"The condition at {where} {reason}.", fields=[FieldError(where, reason, told)])
