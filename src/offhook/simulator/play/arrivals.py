"""What arrives from outside: responses through intake, as the API takes them, and who they turned out to be."""

from collections.abc import Sequence

from offhook.intake.responding import receive_records
from offhook.kernel.database import Transaction
from offhook.simulator.play.scene import Scene
from offhook.simulator.world import Campaign, Sent


def receive(tx: Transaction, scene: Scene, arrived: Sequence[Sent]) -> int:
    """Take these responses in, campaign by campaign, and return how many were of somebody."""
    by_campaign: dict[Campaign, list[Sent]] = {}
    for one in arrived:
        by_campaign.setdefault(one.campaign, []).append(one)
    known = 0
    for campaign, sent in by_campaign.items():
        taken = receive_records(tx, scene.floor.campaigns[campaign.name], [_record(one) for one in sent])
        for one, became in zip(sent, taken, strict=True):
            if became.person_id is None:
                continue
            known += 1
            if one.prospect is not None:
                scene.prospects.setdefault(became.person_id, one.prospect)
    return known


def _record(one: Sent) -> dict[str, str]:
    source = one.campaign.kind.replace("_", " ")
    return {**one.fields, **one.attributes, "source": source, "responded_at": one.at.isoformat()}
