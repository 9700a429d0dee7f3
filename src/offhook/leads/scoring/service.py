"""Which scoring model is in force, and putting a new version in force."""

from collections.abc import Sequence

from offhook.kernel.database import Transaction
from offhook.kernel.errors import StaleVersion
from offhook.kernel.events import Event, subject
from offhook.leads.scoring import store
from offhook.leads.scoring.model import Rule, ScoringModel
from offhook.leads.scoring.rules import DEFAULT, RuleScorer


def scoring_model(tx: Transaction) -> ScoringModel:
    """The model in force; version 0 is the one that Offhook brings along."""
    return store.newest(tx) or DEFAULT


def scorer(tx: Transaction) -> RuleScorer:
    """What scores leads now."""
    return RuleScorer(scoring_model(tx))


def change_scoring_model(
    tx: Transaction, version: int, *, mql_threshold: float, half_life_days: float, rules: Sequence[Rule]
) -> ScoringModel:
    """Put a new version in force, for responses from now on; leads keep the score they were given until then.

    `version` is that of the model it replaces. Raises `StaleVersion` if that is no more in force, `Invalid` for
    rules that cannot be meant.
    """
    tx.require("campaigns:write")
    if scoring_model(tx).version != version:
        raise StaleVersion("The scoring model was changed meanwhile. Read it again.")
    model = ScoringModel(version + 1, mql_threshold, half_life_days, tuple(rules))
    RuleScorer(model)
    store.insert(tx, model)
    tx.append(
        Event("scoring_model.changed", subject("scoring_model", tx.organisation_id), {"version": version + 1})
    )
    return model
