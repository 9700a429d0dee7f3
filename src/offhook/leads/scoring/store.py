"""The SQL of scoring models (table scoring_model): versions that never change; the highest is in force."""

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.kernel.errors import StaleVersion
from offhook.kernel.events import Json
from offhook.leads.scoring.model import Rule, RuleKind, ScoringModel


def _model(rules: list[dict[str, Json]], **columns: object) -> ScoringModel:
    return ScoringModel(rules=tuple(rule_of(rule) for rule in rules), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def rule_of(stored: dict[str, Json]) -> Rule:
    """A rule from JSON that was checked when it was saved."""
    return Rule(str(stored["name"]), RuleKind(str(stored["kind"])), float(str(stored["points"])), stored["when"])


def rule_json(rule: Rule) -> dict[str, Json]:
    """A rule as JSON."""
    return {"name": rule.name, "kind": rule.kind.value, "points": rule.points, "when": rule.when}


def newest(tx: Transaction) -> ScoringModel | None:
    """The model in force; None before the organisation wrote its own."""
    return tx.first(
        _model,
        "SELECT version, mql_threshold, half_life_days, rules FROM scoring_model ORDER BY version DESC LIMIT 1",
    )


def insert(tx: Transaction, model: ScoringModel) -> None:
    """Add a version. Raises `StaleVersion` when somebody else has added it meanwhile."""
    try:
        tx.execute(
            "INSERT INTO scoring_model (version, mql_threshold, half_life_days, rules, created_at, created_by)"
            " VALUES (%(version)s, %(threshold)s, %(half_life)s, %(rules)s, %(now)s, %(by)s)",
            version=model.version,
            threshold=model.mql_threshold,
            half_life=model.half_life_days,
            rules=Jsonb([rule_json(rule) for rule in model.rules]),
            now=tx.now,
            by=str(tx.actor),
        )
    except UniqueViolation as error:
        raise StaleVersion("The scoring model was changed meanwhile. Read it again.") from error
