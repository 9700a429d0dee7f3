"""Rule scoring, pure: fit by who they are, engagement by what they did, halved every half-life, all explained.

Engagement decays exponentially, so that yesterday's value is all that need be kept: after a further response it is
the old value, decayed to now, plus the new points. The rules that a fresh organisation starts with are `DEFAULT`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.events import Json
from offhook.leads.conditions import Condition, LeadFacts, parse, reader_of
from offhook.leads.scoring.model import Rule, RuleKind, Score, ScoringModel

MOST_RULES = 200
MOST_REMEMBERED = 20_000
LARGEST_POINTS = 100.0


def decayed(engagement: float, since: datetime, now: datetime, half_life: timedelta) -> float:
    """What is left of engagement after the time between; times before `since` change nothing."""
    age = now - since
    return engagement * 0.5 ** (age / half_life) if age > timedelta() else engagement


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rule with its condition checked, and the reason it gives."""

    condition: Condition
    points: float
    reason: Mapping[str, object]


Earned = tuple[float, tuple[Mapping[str, object], ...]]
"""Points and the reasons for them."""


class _Rules:
    """Rules of one kind, with what they came to for facts that were asked before: in a file, titles repeat."""

    def __init__(self, rules: Sequence[_Ready]) -> None:
        self._rules = rules
        fields = sorted(frozenset[str]().union(*(rule.condition.fields for rule in rules)))
        self._readers = [reader_of(field) for field in fields]
        self._known: dict[tuple[object, ...], Earned] = {}

    def earned(self, facts: LeadFacts) -> Earned:
        """What these facts earn."""
        asked = tuple([read(facts) for read in self._readers])
        earned = self._known.get(asked)
        if earned is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            met = [rule for rule in self._rules if rule.condition.holds(facts)]
            earned = sum(rule.points for rule in met), tuple(rule.reason for rule in met)
            self._known[asked] = earned
        return earned


class RuleScorer:
    """Scores by the rules of a model."""

    def __init__(self, model: ScoringModel) -> None:
        """Make the rules ready. Raises `Invalid` naming the rule that is wrong."""
        check(model)
        self.model = model
        ready = [(rule.kind, _ready(rule, n)) for n, rule in enumerate(model.rules)]
        self._fit = _Rules([one for kind, one in ready if kind is RuleKind.FIT])
        self._engagement = _Rules([one for kind, one in ready if kind is RuleKind.ENGAGEMENT])

    @property
    def mql_threshold(self) -> float:
        """From this total on a lead is an MQL."""
        return self.model.mql_threshold

    def score(self, facts: LeadFacts, engagement: float, since: datetime, at: datetime) -> Score:
        """The score after one more response; one told afterwards (`at` before `since`) is decayed to `since`."""
        later = max(since, at)
        fit, reasons = self._fit.earned(facts)
        earned, because = self._engagement.earned(facts)
        before = decayed(engagement, since, later, self.model.half_life) if engagement else 0.0
        left = decayed(1.0, at, later, self.model.half_life)
        told = reasons + _earlier(before) + _faded(because, left)
        return Score(fit, max(before + earned * left, 0.0), later, told)

    def fit_only(self, facts: LeadFacts, engagement: float, since: datetime, at: datetime) -> Score:
        """The score when somebody becomes better known, without having responded again."""
        fit, reasons = self._fit.earned(facts)
        before = decayed(engagement, since, at, self.model.half_life)
        return Score(fit, before, max(since, at), reasons + _earlier(before))


def _earlier(engagement: float) -> tuple[Mapping[str, object], ...]:
    """What is left of earlier responses, where it is worth telling."""
    if engagement < 1:
        return ()
    return ({"name": "earlier responses", "kind": "engagement", "points": round(engagement, 1)},)


def _faded(because: tuple[Mapping[str, object], ...], left: float) -> tuple[Mapping[str, object], ...]:
    """The reasons with what is left of their points, so that what is told adds up to the score."""
    if left == 1:
        return because
    faded = ((reason, round(cast("float", reason["points"]) * left, 1)) for reason in because)
    return tuple([{**reason, "points": points} for reason, points in faded if points])


def _ready(rule: Rule, n: int) -> _Ready:
    reason = {"name": rule.name, "kind": rule.kind.value, "points": rule.points}
    return _Ready(parse(rule.when, f"rules[{n}].when"), rule.points, reason)


def check(model: ScoringModel) -> None:
    """Raise `Invalid` for a threshold, half-life or rule that cannot be meant."""
    if not 0 < model.mql_threshold <= 100:
        raise _invalid("mql_threshold", "must lie above 0 and at most at 100", model.mql_threshold)
    if not 0.1 <= model.half_life_days <= 3650:
        raise _invalid("half_life_days", "must be 0.1 to 3650 days", model.half_life_days)
    if len(model.rules) > MOST_RULES:
        raise _invalid("rules", f"are more than {MOST_RULES}", len(model.rules))
    for n, rule in enumerate(model.rules):
        if not rule.name.strip():
            raise _invalid(f"rules[{n}].name", "must not be empty", rule.name)
        if abs(rule.points) > LARGEST_POINTS:
            raise _invalid(f"rules[{n}].points", "must be -100 to 100", rule.points)


def _invalid(field: str, reason: str, value: object) -> Invalid:
    return Invalid(f"The scoring model's {field} {reason}.", fields=[FieldError(field, reason, str(value))])


def _has(name: str, points: float, *words: str) -> Rule:
    return Rule(name, RuleKind.FIT, points, {"field": "title", "has_word": list(words)})


def _fit(name: str, points: float, when: Json) -> Rule:
    return Rule(name, RuleKind.FIT, points, when)


def _came(name: str, points: float, when: Json) -> Rule:
    return Rule(name, RuleKind.ENGAGEMENT, points, when)


DECIDES = (
    *("ceo", "cto", "cfo", "coo", "cio", "cmo", "cro", "chief", "owner", "founder", "co-founder", "president"),
    *("partner", "managing director", "geschäftsführer"),
)
LEADS = ("vp", "vice president", "director", "head", "leiter", "directeur")
MANAGES = ("manager", "lead", "supervisor", "principal")
"""Words of a title by which somebody decides, leads or manages; the first of the three that holds is the level."""

DEFAULT = ScoringModel(
    version=0,
    mql_threshold=50,
    half_life_days=30,
    rules=(
        _has("decides: chief or owner", 25, *DECIDES),
        _has("leads: director or head", 20, *LEADS),
        _has("manages", 12, *MANAGES),
        _has("no buyer: student or job seeker", -30, "student", "intern", "trainee", "retired", "unemployed"),
        _fit(
            "company address",
            10,
            {"all": [{"field": "has_email", "is": True}, {"field": "is_free_mail", "is": False}]},
        ),
        _fit("throw-away address", -40, {"field": "is_disposable_mail", "is": True}),
        _fit("can be called", 10, {"field": "has_phone", "is": True}),
        _fit("company known", 5, {"field": "company_name", "is_known": True}),
        _fit("200 employees or more", 10, {"field": "employees", "at_least": 200}),
        _came("asked for contact", 40, {"field": "campaign_kind", "in": ["contact_request", "demo_request"]}),
        _came("met at a trade show", 25, {"field": "campaign_kind", "is": "trade_show"}),
        _came("came to a webinar", 25, {"field": "campaign_kind", "is": "webinar"}),
        _came("read something", 15, {"field": "campaign_kind", "is": "content"}),
        _came("searched", 20, {"field": "campaign_kind", "is": "search"}),
        _came(
            "responded",
            10,
            {
                "field": "campaign_kind",
                "not_in": ["contact_request", "demo_request", "trade_show", "webinar", "content", "search"],
            },
        ),
    ),
)
"""What a fresh organisation scores by, until it writes its own."""
