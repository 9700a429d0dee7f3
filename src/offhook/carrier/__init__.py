"""The virtual carrier: a SIP trunk on this machine that answers as people do, for demonstrations and tests.

Numbers ring, answer with speech, are busy or out of service by a plan of number and seed (`plan`); `Carrier` runs
it on sipp, a SIP stack that is not ours, and calls us as well (`Carrier.ring`). It knows the kernel and no slice.
"""

from offhook.carrier.carrier import DEFAULT_SEED, Carrier
from offhook.carrier.personas import BEHAVIOUR, MAGIC, SHARES, Kind, Persona, plan
from offhook.carrier.programs import missing
from offhook.carrier.ringing import Outcome, Ringing

__all__ = [
    "BEHAVIOUR",
    "DEFAULT_SEED",
    "MAGIC",
    "SHARES",
    "Carrier",
    "Kind",
    "Outcome",
    "Persona",
    "Ringing",
    "missing",
    "plan",
]
