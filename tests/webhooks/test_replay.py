"""Replays: one delivery, what was given up, everything since a time; and tests of an endpoint."""

from datetime import timedelta

import pytest

from offhook import webhooks
from offhook.kernel.errors import Conflict, NotFound
from offhook.kernel.ids import new_id
from offhook.webhooks import DeliveryState, Endpoint
from webhooks.conftest import ANOTHER_LEAD, World
from webhooks.receiver import Receiver


def exhaust(world: World, endpoint: Endpoint) -> None:
    """Go through the whole schedule."""
    while world.deliveries(endpoint, DeliveryState.WAITING):
        world.send()
        world.later(hours=30)


def test_one_delivery_is_sent_again_whatever_became_of_it(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first", "lead.second")
    world.send()
    position = world.deliveries(endpoint)[0].position
    with world.begin() as tx:
        again = webhooks.replay_delivery(tx, endpoint.id, position)
    assert (again.state, again.attempts) == (DeliveryState.WAITING, 0)
    world.send()
    assert receiver.kinds == ["lead.first", "lead.second", "lead.first"]
    assert receiver.received[0].headers["webhook-id"] == receiver.received[2].headers["webhook-id"]


def test_a_replay_of_a_waiting_delivery_does_not_wait_for_its_pause(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first", "lead.second")
    receiver.answer(500)
    world.send()
    world.later(seconds=10)
    world.send()
    receiver.answer(200)
    with world.begin() as tx:
        webhooks.replay_delivery(tx, endpoint.id, world.deliveries(endpoint)[0].position)
    assert world.send() == 2, "nor does what stands behind it"


def test_all_that_was_given_up_is_sent_again_in_order(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first", "lead.second")
    world.happen("lead.other", about=ANOTHER_LEAD)
    receiver.answer(500)
    exhaust(world, endpoint)
    with world.begin() as tx:
        assert webhooks.backlog(tx, endpoint.id).dead == 3
    receiver.received.clear()
    receiver.answer(200)
    with world.begin() as tx:
        assert webhooks.replay_dead(tx, endpoint.id) == 3
    world.happen("lead.third")
    assert world.send() == 4
    lead = [kind for kind in receiver.kinds if kind != "lead.other"]
    assert lead == ["lead.first", "lead.second", "lead.third"]
    with world.begin() as tx:
        assert (webhooks.backlog(tx, endpoint.id).dead, webhooks.replay_dead(tx, endpoint.id)) == (0, 0)


def test_everything_since_a_time_is_sent_whether_it_was_sent_before_or_not(
    world: World, receiver: Receiver
) -> None:
    world.happen("lead.ancient")
    world.later(hours=1)
    since = world.clock.now()
    world.happen("lead.before", "person.created")
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.after")
    world.send()
    assert receiver.kinds == ["lead.after"]
    with world.begin() as tx:
        assert webhooks.replay_since(tx, endpoint.id, since) == 2
    world.send()
    assert receiver.kinds == ["lead.after", "lead.before", "lead.after"]


def test_a_replay_leaves_to_the_event_log_what_that_has_not_brought_yet(world: World, receiver: Receiver) -> None:
    from offhook.kernel.events import Event
    from webhooks.conftest import A_LEAD

    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first")
    with world.begin() as tx:
        tx.append(Event("lead.second", A_LEAD))
    with world.begin() as tx:
        assert webhooks.replay_since(tx, endpoint.id, tx.now - timedelta(hours=1)) == 1
    world.bring()
    world.send()
    assert receiver.kinds == ["lead.first", "lead.second"]


def test_a_test_goes_the_way_of_all_messages_to_the_tested_endpoint_alone(
    world: World, receiver: Receiver
) -> None:
    endpoint, _ = world.add(receiver.url + "/tested", "lead.*")
    world.add(receiver.url + "/other", "*")
    world.bring()
    world.send()
    receiver.received.clear()
    with world.begin() as tx:
        webhooks.request_test(tx, endpoint.id)
    world.bring()
    world.send()
    (message,) = receiver.received
    assert (message.path, message.told["type"]) == ("/hook/tested", "webhook.tested")
    assert world.deliveries(endpoint)[-1].last_status == 204


def test_nothing_is_replayed_to_an_inactive_endpoint_or_an_absent_one(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    with world.begin() as tx:
        webhooks.change_endpoint(tx, world.terms, endpoint.id, 1, {"is_active": False})
        for refused in (
            lambda: webhooks.replay_dead(tx, endpoint.id),
            lambda: webhooks.replay_since(tx, endpoint.id, tx.now),
            lambda: webhooks.replay_delivery(tx, endpoint.id, 1),
            lambda: webhooks.request_test(tx, endpoint.id),
        ):
            with pytest.raises(Conflict, match="inactive"):
                refused()
        for absent in (
            lambda: webhooks.replay_dead(tx, new_id()),
            lambda: webhooks.delivery(tx, endpoint.id, 10**12),
            lambda: webhooks.rotate_secret(tx, world.terms, new_id()),
        ):
            with pytest.raises(NotFound):
                absent()
