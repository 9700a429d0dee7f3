"""The rule language: what each operator means, and that wrong conditions are refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.errors import Invalid
from offhook.kernel.events import Json
from offhook.kernel.ids import new_id
from offhook.leads.conditions import FIELDS, LeadFacts, parse
from offhook.people import PersonFacts

ADA = LeadFacts(
    PersonFacts(
        new_id(),
        title="Vice President, R&D",
        country="DE",
        employees=450,
        is_free_mail=False,
        has_phone=True,
        attributes={"plan": "Enterprise", "seats": "1,200", "empty": ""},
    ),
    campaign="Spring Webinar",
    campaign_kind="webinar",
    score=61.5,
)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({}, True),
        ({"field": "country", "is": "de"}, True),
        ({"field": "country", "is_not": "DE"}, False),
        ({"field": "city", "is_not": "Berlin"}, True),
        ({"field": "country", "in": ["AT", "DE"]}, True),
        ({"field": "country", "not_in": ["AT", "CH"]}, True),
        ({"field": "city", "not_in": ["Berlin"]}, True),
        ({"field": "city", "in": ["Berlin"]}, False),
        ({"field": "title", "contains": "president"}, True),
        ({"field": "title", "has_word": ["vp", "vice president"]}, True),
        ({"field": "title", "has_word": "ice"}, False),
        ({"field": "title", "has_word": "r&d"}, True),
        ({"field": "title", "starts_with": "VICE"}, True),
        ({"field": "employees", "at_least": 450}, True),
        ({"field": "employees", "at_most": 449}, False),
        ({"field": "attributes.seats", "at_least": 1000}, True),
        ({"field": "attributes.plan", "at_least": 1}, False),
        ({"field": "attributes.plan", "is": "enterprise"}, True),
        ({"field": "attributes.none", "is_known": False}, True),
        ({"field": "attributes.empty", "is_known": True}, False),
        ({"field": "is_free_mail", "is": False}, True),
        ({"field": "campaign_kind", "is": "webinar"}, True),
        ({"field": "score", "at_least": 61.5}, True),
        ({"not": {"field": "country", "is": "DE"}}, False),
        ({"all": [{"field": "country", "is": "DE"}, {"field": "employees", "at_least": 9000}]}, False),
        ({"any": [{"field": "country", "is": "FR"}, {"not": {"field": "has_phone", "is": False}}]}, True),
        ({"all": []}, True),
        ({"any": []}, False),
    ],
)
def test_a_condition_means_what_its_table_says(condition: Json, holds: bool) -> None:
    assert parse(condition).holds(ADA) is holds


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        ([], "conditions"),
        ("country", "conditions"),
        ({"field": "country"}, "conditions"),
        ({"field": "country", "is": "DE", "in": ["DE"]}, "conditions"),
        ({"field": "country", "equals": "DE"}, "conditions"),
        ({"field": "shoe_size", "is": 42}, "conditions.field"),
        ({"field": "attributes.", "is": 42}, "conditions.field"),
        ({"field": 7, "is": 42}, "conditions.field"),
        ({"field": "country", "in": []}, "conditions.in"),
        ({"field": "country", "in": "DE"}, "conditions.in"),
        ({"field": "country", "is": None}, "conditions.is"),
        ({"field": "employees", "at_least": "many"}, "conditions.at_least"),
        ({"field": "employees", "at_least": True}, "conditions.at_least"),
        ({"field": "title", "contains": ""}, "conditions.contains"),
        ({"field": "title", "is_known": "yes"}, "conditions.is_known"),
        ({"all": {"field": "country", "is": "DE"}}, "conditions"),
        ({"all": [{}, {"any": [{"field": "x", "is": 1}]}]}, "conditions.all[1].any[0].field"),
        ({"all": [], "any": []}, "conditions"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_place(condition: Json, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(condition)
    assert refused.value.fields[0].field == where


def test_a_condition_nested_too_deep_is_refused() -> None:
    condition: Json = {}
    for _ in range(20):
        condition = {"not": condition}
    with pytest.raises(Invalid, match="deeper"):
        parse(condition)


_VALUES = st.one_of(st.text(max_size=5), st.integers(), st.booleans(), st.none(), st.lists(st.text(), max_size=2))
_CONDITIONS = st.recursive(
    st.dictionaries(st.sampled_from(["field", "is", "in", "at_least", "has_word", "x"]), _VALUES, max_size=3)
    | st.fixed_dictionaries({"field": st.sampled_from(FIELDS), "is": _VALUES}),
    lambda inner: st.dictionaries(st.sampled_from(["all", "any", "not"]), st.lists(inner, max_size=3) | inner),
    max_leaves=8,
)


@given(_CONDITIONS)
def test_whatever_is_sent_is_either_refused_or_runs(condition: Json) -> None:
    try:
        ready = parse(condition)
    except Invalid:
        return
    assert isinstance(ready.holds(ADA), bool)
    assert parse({"not": condition}).holds(ADA) is not ready.holds(ADA)
