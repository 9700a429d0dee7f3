"""Do-not-call: the organisation's own list of numbers, and lists of registries that were imported.

A number on any of them is refused by the policy, whoever it belongs to. Every change says who, when and why.
"""

from offhook.compliance.do_not_call.service import add_number, is_listed, remove_number

__all__ = ["add_number", "is_listed", "remove_number"]
