"""A telephone in a process of its own, in the middle of a call, to be killed: `victim DATA SIP_PORT CARRIER`."""

import sys
import time
from pathlib import Path

from starlette.testclient import TestClient

from identity.factories import a_token
from offhook.carrier import Carrier
from offhook.identity import actor_of
from offhook.kernel.installation import open_installation
from offhook.kernel.settings import Settings
from offhook.voice.telephone import Telephone
from offhook.web.app import create_app
from voice.exchange.conftest import WorkingHours, running
from voice.exchange.handset import Handset
from voice.exchange.world import a_lead, a_world


def main(data: Path, sip_port: int, carrier_address: str) -> None:
    """Call, say so, and wait for the end."""
    settings = Settings(data=data, database_url=None, sip_host="127.0.0.1", sip_port=sip_port)
    host, _, port = carrier_address.partition(":")
    with open_installation(settings, clock=WorkingHours()) as database:
        telephone = Telephone(database, settings)
        world = a_world(database, settings, Carrier(data, host=host, port=int(port)))
        with running(telephone):
            rep = world.users["rep"]
            with database.transaction(world.organisation_id, actor_of(rep)) as tx:
                text = a_token(tx, rep)
            app = create_app(database, settings, telephone)
            phone = Handset(TestClient(app, headers={"authorization": f"Bearer {text}"})).__enter__()
            lead_id = str(a_lead(world, "+12125550101"))
            phone.client.post("/api/v1/calls", json={"lead_id": lead_id}).raise_for_status()
            phone.wait_for("talking", 40)
            sys.stdout.write("talking\n")
            sys.stdout.flush()
            time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
