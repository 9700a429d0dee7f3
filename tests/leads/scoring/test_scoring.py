"""Rule scoring: explained, decaying by half-lives, and independent of how responses are batched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Begin
from offhook.kernel.errors import Invalid, StaleVersion
from offhook.kernel.ids import new_id
from offhook.leads.conditions import LeadFacts
from offhook.leads.scoring.model import Rule, RuleKind
from offhook.leads.scoring.rules import DEFAULT, RuleScorer, decayed
from offhook.leads.scoring.service import change_scoring_model, scoring_model
from offhook.people import PersonFacts

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHIEF = PersonFacts(new_id(), title="Chief Executive Officer", has_email=True, has_phone=True, employees=900)


def test_the_default_rules_tell_a_chief_at_a_webinar_from_a_student() -> None:
    scorer = RuleScorer(DEFAULT)
    chief = scorer.score(LeadFacts(CHIEF, campaign_kind="webinar"), 0, NOW, NOW)
    student = scorer.score(
        LeadFacts(PersonFacts(new_id(), title="Student", is_disposable_mail=True), campaign_kind="webinar"),
        0,
        NOW,
        NOW,
    )
    assert chief.total >= scorer.mql_threshold > student.total == 0
    assert sum(float(str(reason["points"])) for reason in chief.reasons) == chief.fit + chief.engagement


def test_engagement_halves_every_half_life_and_fit_stays() -> None:
    scorer = RuleScorer(DEFAULT)
    facts = LeadFacts(CHIEF, campaign_kind="webinar")
    first = scorer.score(facts, 0, NOW, NOW)
    later = scorer.fit_only(facts, first.engagement, first.at, NOW + timedelta(days=30))
    assert later.engagement == pytest.approx(first.engagement / 2)
    assert later.fit == first.fit
    assert any(reason["name"] == "earlier responses" for reason in later.reasons)


@given(days=st.floats(0, 400), engagement=st.floats(0, 60))
def test_the_points_of_the_reasons_add_up_to_the_score(days: float, engagement: float) -> None:
    clerk = replace(CHIEF, title="Clerk", employees=9)
    told = RuleScorer(DEFAULT).score(
        LeadFacts(clerk, campaign_kind="webinar"), engagement, NOW, NOW - timedelta(days=days)
    )
    assert sum(float(str(reason["points"])) for reason in told.reasons) == pytest.approx(
        told.fit + told.engagement, abs=1.1
    )
    assert [reason["name"] for reason in told.reasons if reason["points"] == 0] == []


@given(days=st.lists(st.floats(0, 400), min_size=1, max_size=12))
def test_engagement_is_the_same_in_whatever_order_responses_are_told(days: list[float]) -> None:
    scorer = RuleScorer(DEFAULT)
    facts = LeadFacts(CHIEF, campaign_kind="webinar")
    end = NOW + timedelta(days=400)

    def after(moments: list[float]) -> float:
        engagement, since = 0.0, NOW
        for day in moments:
            score = scorer.score(facts, engagement, since, NOW + timedelta(days=day))
            engagement, since = score.engagement, score.at
        return decayed(engagement, since, end, DEFAULT.half_life)

    assert after(days) == pytest.approx(after(sorted(days)))


def test_a_new_version_is_put_in_force_by_whoever_read_the_last(begin: Begin) -> None:
    rules = [Rule("anybody", RuleKind.FIT, 5, {})]
    with begin() as tx:
        assert scoring_model(tx) == DEFAULT
        changed = change_scoring_model(tx, 0, mql_threshold=4, half_life_days=10, rules=rules)
        assert scoring_model(tx) == changed
        with pytest.raises(StaleVersion):
            change_scoring_model(tx, 0, mql_threshold=4, half_life_days=10, rules=rules)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mql_threshold": 0}, "mql_threshold"),
        ({"half_life_days": 0}, "half_life_days"),
        ({"rules": (Rule(" ", RuleKind.FIT, 5, {}),)}, "rules[0].name"),
        ({"rules": (Rule("x", RuleKind.FIT, 500, {}),)}, "rules[0].points"),
        ({"rules": (Rule("x", RuleKind.FIT, 5, {"field": "x", "is": 1}),)}, "rules[0].when.field"),
    ],
)
def test_a_model_that_cannot_be_meant_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        RuleScorer(replace(DEFAULT, **changes))  # pyright: ignore[reportArgumentType]
    assert refused.value.fields[0].field == field
