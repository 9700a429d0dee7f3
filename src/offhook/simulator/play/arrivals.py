"""What arrives from outside: responses through intake's own path, and who they turned out to be."""

from collections.abc import Sequence

from offhook import leads, people
from offhook.kernel.database import Transaction
from offhook.leads import NewResponse
from offhook.simulator.play.scene import Scene
from offhook.simulator.world import Sent


def receive(tx: Transaction, scene: Scene, arrived: Sequence[Sent]) -> int:
    """Take these responses in, and return how many persons were new."""
    understood = [people.understand(one.fields, one.attributes, "US")[0] for one in arrived]
    usable = [
        (sent, record) for sent, record in zip(arrived, understood, strict=True) if record.emails or record.phones
    ]
    found = people.resolve(tx, [record for _, record in usable])
    new: list[NewResponse] = []
    for (sent, record), who in zip(usable, found, strict=True):
        if sent.prospect is not None:
            scene.prospects.setdefault(who.person_id, sent.prospect)
        new.append(
            NewResponse(
                campaign_id=scene.floor.campaigns[sent.campaign.name],
                person_id=who.person_id,
                account_id=who.account_id,
                facts=who.facts,
                responded_at=sent.at,
                source=sent.campaign.kind,
                attributes=record.attributes,
            )
        )
    leads.receive_responses(tx, new)
    return sum(who.is_new_person for who in found)
