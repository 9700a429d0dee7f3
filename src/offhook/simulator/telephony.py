"""The demo's telephony: a virtual carrier on this machine, the trunk to it, a number of its own for every rep.

Nothing leaves the machine, and yet every call is a real one: SIP, sound, and people who answer as people do.
"""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

from offhook import identity
from offhook.carrier import Carrier, missing
from offhook.identity import Role
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.settings import Settings
from offhook.voice import trunks
from offhook.voice.trunks import Ring, RingKind, Trunk

TRUNK = "Virtual carrier"
LOOPBACK = "127.0.0.1"
FIRST_NUMBER = 13_035_550_160
"""The reps' numbers from here on: fictional ones of Denver (555-01XX), where the demo's office is."""
PACE = 3.0
"""People's phones ring this much shorter than in life, for whoever only looks."""


@contextmanager
def calling(database: Database, organisation_id: UUID, settings: Settings) -> Generator[str]:
    """The carrier and the way to it, for as long as the `with` lasts; yields a line that says what is called."""
    absent = missing()
    if absent:
        yield f"no calls: install {', '.join(absent)} (sh .ci/engines), then start again"
        return
    with Carrier(settings.data / "carrier", host=LOOPBACK, pace=PACE) as carrier:
        with database.transaction(organisation_id, SYSTEM) as tx:
            connect(tx, settings, carrier.host, carrier.port)
        yield f"real ones, to a virtual carrier on this machine ({carrier.address}): docs/carrier.md"


def connect(tx: Transaction, settings: Settings, host: str, port: int) -> Trunk:
    """A trunk to the carrier where it is now, and numbers of their own for all reps; what is there is kept."""
    seal = trunks.seal_of(settings)
    there = next((one for one in trunks.trunks(tx) if one.name == TRUNK), None)
    if there is not None:
        return trunks.change_trunk(tx, seal, there.id, there.version, {"host": host, "port": port})
    trunk = trunks.add_trunk(tx, seal, name=TRUNK, host=host, port=port, region="US")
    reps = [user for user in identity.users(tx) if user.role is Role.REP and user.is_active]
    numbers = [
        trunks.add_number(
            tx,
            number=f"+{FIRST_NUMBER + place}",
            label=rep.name,
            trunk_id=trunk.id,
            rings=Ring(RingKind.USER, rep.id),
        )
        for place, rep in enumerate(reps)
    ]
    version = trunks.organisation_calling(tx).version
    trunks.change_organisation_calling(tx, version, {"default_number_id": numbers[0].id})
    return trunk
