"""Where calls leave and arrive: trunks, the numbers we own, extensions, and how everybody calls.

What decides is pure: `hops_for` says which trunks carry a call and in which order, `caller_number` which of our
numbers is shown, `read_dialled` what a typed number means, `called_number` and `caller_of` who calls whom. Whether
a trunk answers is no row of a table but known to the process that speaks to it.
"""

from offhook.voice.trunks.api import HealthLookUp, unknown_health
from offhook.voice.trunks.arriving import Caller, called_number, caller_of, who_rings
from offhook.voice.trunks.caller_id import caller_number
from offhook.voice.trunks.calling import (
    Outgoing,
    caller_for,
    change_organisation_calling,
    dialled,
    organisation_calling,
    outgoing,
    settings_of,
)
from offhook.voice.trunks.dialing import (
    Dialled,
    Emergency,
    Internal,
    Outside,
    Refusal,
    Refused,
    read_dialled,
)
from offhook.voice.trunks.model import (
    CallerPreference,
    CallingSettings,
    Extension,
    Health,
    HealthState,
    Line,
    OrganisationCalling,
    OwnedNumber,
    Rate,
    Ring,
    RingKind,
    Transport,
    Trunk,
)
from offhook.voice.trunks.owning import add_number, extensions, owned_numbers
from offhook.voice.trunks.routing import emergency_hops, hops_for
from offhook.voice.trunks.service import add_trunk, change_trunk, lines, seal_of, trunks

__all__ = [
    "Caller",
    "CallerPreference",
    "CallingSettings",
    "Dialled",
    "Emergency",
    "Extension",
    "Health",
    "HealthLookUp",
    "HealthState",
    "Internal",
    "Line",
    "OrganisationCalling",
    "Outgoing",
    "Outside",
    "OwnedNumber",
    "Rate",
    "Refusal",
    "Refused",
    "Ring",
    "RingKind",
    "Transport",
    "Trunk",
    "add_number",
    "add_trunk",
    "called_number",
    "caller_for",
    "caller_number",
    "caller_of",
    "change_organisation_calling",
    "change_trunk",
    "dialled",
    "emergency_hops",
    "extensions",
    "hops_for",
    "lines",
    "organisation_calling",
    "outgoing",
    "owned_numbers",
    "read_dialled",
    "seal_of",
    "settings_of",
    "trunks",
    "unknown_health",
    "who_rings",
]
