"""Matching: are two records about one person, about one company? Pure, deterministic, explained.

After Fellegi and Sunter (1969): every field that two records both have speaks for or against their being one, in
bits of evidence that add up; a field that one of them lacks says nothing. One fixed set of weights for persons
and one for accounts (`weights.py`), the same for every list. docs/identity-resolution.md tells the method.
"""

from offhook.people.matching.accounts import compare_accounts
from offhook.people.matching.keys import account_keys, person_keys
from offhook.people.matching.model import Comparison, Reason, Record, Verdict
from offhook.people.matching.persons import compare_persons
from offhook.people.matching.records import account_record, person_record
from offhook.people.matching.weights import contradicted, verdict

__all__ = [
    "Comparison",
    "Reason",
    "Record",
    "Verdict",
    "account_keys",
    "account_record",
    "compare_accounts",
    "compare_persons",
    "contradicted",
    "person_keys",
    "person_record",
    "verdict",
]
