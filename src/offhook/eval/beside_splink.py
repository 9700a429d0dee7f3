"""The same records resolved by `splink` (Linacre and others 2022), with the configuration its own guides give.

Its ready-made comparisons with term-frequency adjustments, its usual blocking rules, u from random sampling, m by
expectation maximisation, clusters by connected components. Of its thresholds the one is taken that judges best
on the truth: a favour that we do not take ourselves.
"""

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from offhook.eval.comparable import Row, rows_of
from offhook.eval.identity import Judged, Labelled
from offhook.eval.pairwise import Quality, judge
from offhook.people.model import RecordKind

if TYPE_CHECKING:
    from splink import DuckDBAPI, Linker
    from splink.internals.comparison_creator import ComparisonCreator
    from splink.internals.splink_dataframe import SplinkDataFrame

THRESHOLDS = (0.001, 0.01, 0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.999999)

_BLOCKING: dict[RecordKind, tuple[tuple[str, ...], ...]] = {
    RecordKind.PERSON: (
        ("first_name", "last_name"),
        ("last_name", "born_on"),
        ("first_name", "born_on"),
        ("last_name", "postal_code"),
        ("first_name", "postal_code"),
        ("postal_code", "born_on"),
        ("last_name", "city"),
        ("first_name", "city"),
        ("street",),
        ("external_id",),
        ("email",),
        ("phone",),
    ),
    RecordKind.ACCOUNT: (
        ("company",),
        ("substr(company,1,6)",),
        ("first_word",),
        ("phone",),
        ("street",),
        ("domain",),
        ("email",),
    ),
}
_TRAINING: dict[RecordKind, tuple[tuple[str, ...], ...]] = {
    RecordKind.PERSON: (("first_name", "last_name"), ("born_on",), ("postal_code",), ("email",)),
    RecordKind.ACCOUNT: (("company",), ("phone",), ("street",), ("first_word",)),
}
_CERTAIN: dict[RecordKind, tuple[tuple[str, ...], ...]] = {
    RecordKind.PERSON: (
        ("first_name", "last_name", "born_on"),
        ("first_name", "last_name", "postal_code"),
        ("external_id",),
        ("email",),
    ),
    RecordKind.ACCOUNT: (("company", "street"), ("company", "phone"), ("street", "phone")),
}


def judged_by_splink(data: Labelled, kind: RecordKind) -> Judged:
    """How well splink does on the same normalised records."""
    began = time.perf_counter()
    rows = rows_of(data.records, kind)
    columns = {name for row in rows for name, value in row.items() if value is not None} - {"unique_id"}
    linker = _trained(rows, columns, kind)
    predictions = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    judgements: list[tuple[Quality, float]] = []
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold)
        label: dict[int, str] = {
            int(row["unique_id"]): str(row["cluster_id"]) for row in clusters.as_record_list()
        }
        judgements.append((judge([label[number] for number in range(len(rows))], data.truth), threshold))
    quality, threshold = max(judgements, key=lambda judgement: judgement[0].f1)
    setting = f"threshold {threshold}, the best of {len(THRESHOLDS)} on the truth"
    return Judged("splink", quality, time.perf_counter() - began, setting)


def _trained(rows: Sequence[Row], columns: set[str], kind: RecordKind) -> "Linker":
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    usable = {*columns, *(f"substr({column},1,6)" for column in columns)}

    def rules(candidates: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        return [rule for rule in candidates if usable.issuperset(rule)]

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=_comparisons(columns, kind),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules(_BLOCKING[kind])],
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(_registered(DuckDBAPI(), rows), settings, log_level=logging.ERROR)
    certain = rules(_CERTAIN[kind]) or rules((("company",),))
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in certain], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    compared = {column for column in columns if column != "first_word"}
    for rule in rules(_TRAINING[kind]):
        if compared <= set(rule):
            continue  # nothing would be left to learn
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    return linker


def _registered(api: "DuckDBAPI", rows: Sequence[Row]) -> "SplinkDataFrame":
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return api.register(columns)  # pyright: ignore[reportUnknownMemberType] # its other kinds of table are untyped


def _comparisons(columns: set[str], kind: RecordKind) -> "list[ComparisonCreator | dict[str, Any]]":
    import splink.comparison_library as library

    offered: dict[str, ComparisonCreator] = {
        "born_on": library.DateOfBirthComparison("born_on", input_is_string=True),
        "email": library.EmailComparison("email"),
        "phone": library.LevenshteinAtThresholds("phone", [1]),
        "external_id": library.LevenshteinAtThresholds("external_id", [1, 2]),
        "postal_code": library.LevenshteinAtThresholds("postal_code", [1, 2]),
        "street": library.JaroWinklerAtThresholds("street", [0.95, 0.88]),
        "city": library.JaroWinklerAtThresholds("city", [0.9]).configure(term_frequency_adjustments=True),
        "region": library.ExactMatch("region"),
        "title": library.ExactMatch("title").configure(term_frequency_adjustments=True),
        "domain": library.ExactMatch("domain").configure(term_frequency_adjustments=True),
        "company": library.JaroWinklerAtThresholds("company", [0.95, 0.88, 0.8]).configure(
            term_frequency_adjustments=True
        ),
    }
    chosen: list[ComparisonCreator | dict[str, Any]] = [
        comparison for column, comparison in offered.items() if column in columns
    ]
    if kind is RecordKind.PERSON and {"first_name", "last_name"} <= columns:
        names = (library.NameComparison(column) for column in ("first_name", "last_name"))
        chosen.extend(name.configure(term_frequency_adjustments=True) for name in names)
    return chosen
