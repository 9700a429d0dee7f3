"""Delivery to a real receiver: signed, in order per subject, tried again, given up, never lost."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from offhook import webhooks
from offhook.kernel.database import SYSTEM
from offhook.kernel.sealing import Seal
from offhook.webhooks import DeliveryState, Terms, sender, store
from offhook.webhooks.rules import MOST_ATTEMPTS, PAUSES
from offhook.webhooks.sender import AT_ONCE, LEASE_MARGIN, Sender, clear_log
from webhooks.conftest import A_LEAD, ANOTHER_LEAD, World
from webhooks.receiver import Received, Receiver, Reply


def test_a_message_carries_the_event_and_a_signature_that_the_library_verifies(
    world: World, receiver: Receiver
) -> None:
    _, secret = world.add(receiver.url)
    world.happen("lead.assigned")
    assert world.send() == 1
    (message,) = receiver.received
    told = Webhook(secret).verify(message.body, message.headers)
    assert (told["type"], told["subject"], told["data"]) == ("lead.assigned", A_LEAD, {"nth": 0})
    assert told["id"] == message.headers["webhook-id"]
    assert datetime.fromisoformat(told["timestamp"]) == world.clock.now()
    assert message.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(message.body.replace(b"assigned", b"accepted"), message.headers)


def test_an_endpoint_gets_only_what_it_wants_and_only_what_happened_since(
    world: World, receiver: Receiver
) -> None:
    world.happen("lead.assigned")
    world.add(receiver.url, "lead.accepted", "meeting.*")
    world.happen("lead.assigned", "lead.accepted", "meeting.held", "person.created")
    world.send()
    assert receiver.kinds == ["lead.accepted", "meeting.held"]


def test_messages_about_one_subject_come_in_order_and_those_about_others_side_by_side(
    world: World, receiver: Receiver
) -> None:
    world.add(receiver.url)
    subjects = [f"lead:{nth:032x}" for nth in range(AT_ONCE + 4)]
    for about in subjects:
        world.happen(*(f"lead.step{nth}" for nth in range(5)), about=about)
    receiver.reply = lambda _: time.sleep(0.01) or Reply()
    assert world.send() == 5 * len(subjects)
    for about in subjects:
        assert [one.told["data"]["nth"] for one in receiver.received if one.told["subject"] == about] == [
            *range(5)
        ]
    assert 4 < receiver.most_at_once <= AT_ONCE


def test_a_waiting_message_holds_up_its_subject_and_no_other(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first")
    receiver.answer(500)
    world.send()
    receiver.answer(204)
    world.happen("lead.second")
    world.happen("lead.other", about=ANOTHER_LEAD)
    world.send()
    assert receiver.kinds == ["lead.first", "lead.other"]
    first, second, _ = world.deliveries(endpoint)
    assert second.try_at == first.try_at, "it waits as long, so that looking for due ones passes it by"
    world.later(seconds=7)
    world.send()
    assert receiver.kinds == ["lead.first", "lead.other", "lead.first", "lead.second"]
    assert {one.state for one in world.deliveries(endpoint)} == {DeliveryState.DELIVERED}


def test_a_repeated_message_bears_the_same_id_and_a_new_time(world: World, receiver: Receiver) -> None:
    world.add(receiver.url)
    world.happen("lead.assigned")
    receiver.answer(503, "try later", retry_after="120")
    world.send()
    world.later(seconds=119)
    assert world.send() == 0, "the receiver asked for two minutes"
    world.later(seconds=2)
    receiver.answer(200)
    world.send()
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 121


def test_after_the_last_attempt_a_delivery_is_dead_and_the_next_of_its_subject_goes_out(
    world: World, receiver: Receiver
) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first", "lead.second")
    receiver.reply = lambda message: (
        Reply(500, text="no luck") if message.told["type"] == "lead.first" else Reply()
    )
    begun = world.clock.now()
    for pause in PAUSES:
        assert world.send() == 1
        (first, _) = world.deliveries(endpoint)
        assert pause <= first.try_at - world.clock.now() <= pause * 1.2
        world.clock.at = first.try_at
    assert world.send() == 2
    assert receiver.kinds == ["lead.first"] * MOST_ATTEMPTS + ["lead.second"]
    first, second = world.deliveries(endpoint)
    assert (first.state, first.attempts, first.last_status) == (DeliveryState.DEAD, MOST_ATTEMPTS, 500)
    assert first.last_error == "answered 500 Internal Server Error: no luck"
    assert second.state is DeliveryState.DELIVERED
    assert timedelta(days=3) < world.clock.now() - begun < timedelta(days=4)


def test_the_log_says_what_went_wrong(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    told = {
        "redirects are not followed": lambda: receiver.answer(302, location=receiver.url + "/elsewhere"),
        "answered 404 Not Found: nobody home": lambda: receiver.answer(404, "nobody\n home"),
        "no answer within 0.3 s": lambda: setattr(
            receiver, "reply", lambda _: (receiver.stopping.wait(1) and Reply()) or Reply()
        ),
    }
    for expected, behave in told.items():
        behave()
        world.happen("lead.assigned", about=ANOTHER_LEAD + expected)
        world.send(time_limit_seconds=0.3)
        assert expected in (world.deliveries(endpoint)[-1].last_error or "")
    assert {one.path for one in receiver.received} == {"/hook"}, "the redirect was not followed"


def test_a_receiver_that_drips_is_cut_off_by_the_time_limit(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    receiver.reply = lambda _: Reply(500, text="slow " * 100, drip=0.05)
    world.happen("lead.assigned")
    begun = time.perf_counter()
    world.send(time_limit_seconds=0.4)
    assert time.perf_counter() - begun < 3
    assert world.deliveries(endpoint)[0].last_error == "no answer within 0.4 s"


def test_a_receiver_that_is_away_is_tried_again(world: World) -> None:
    endpoint, _ = world.add("http://127.0.0.1:1/hook")
    world.happen("lead.assigned")
    world.send()
    (delivery,) = world.deliveries(endpoint)
    assert (delivery.state, delivery.last_status) == (DeliveryState.WAITING, None)
    assert "ConnectError" in (delivery.last_error or "")


def test_a_receiver_that_is_gone_gets_nothing_more(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first", "lead.second")
    receiver.answer(410)
    assert world.send() == 1
    found = world.endpoint(endpoint)
    assert (found.is_active, found.inactive_because, found.version) == (False, "answered 410 Gone", 2)
    world.happen("lead.third")
    world.later(days=5)
    assert world.send() == 0
    first, second = world.deliveries(endpoint)
    assert (first.state, second.state) == (DeliveryState.DEAD, DeliveryState.WAITING)
    with world.begin() as tx:
        kinds = tx.scalars(str, "SELECT kind FROM event WHERE subject = %(s)s", s=f"webhook:{endpoint.id}")
        webhooks.change_endpoint(tx, world.terms, endpoint.id, 2, {"is_active": True})
    assert kinds == ["webhook.added", "webhook.deactivated"]
    receiver.answer(200)
    world.send()
    assert receiver.kinds == ["lead.first", "lead.second"], "what waited goes on; what was missed needs a replay"
    assert world.endpoint(endpoint).inactive_because is None


def test_a_sender_that_dies_leaves_its_messages_to_the_next(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first", "lead.second")
    with world.begin() as tx:  # one sender takes the first in hand, and is never heard of again
        claimed = store.claim(tx, endpoint.id, AT_ONCE, LEASE_MARGIN)
    assert [one.kind for one in claimed] == ["lead.first"]
    assert world.send() == 0, "while the lease runs nobody else sends it, nor what stands behind it"
    world.later(seconds=46)
    assert world.send() == 2
    assert receiver.kinds == ["lead.first", "lead.second"]
    assert world.deliveries(endpoint)[0].attempts == 2


def test_what_a_sender_forgotten_says_late_changes_nothing(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.assigned")
    real = sender._note

    def late(*noted: object) -> None:
        monkeypatch.setattr(sender, "_note", real)
        world.later(minutes=2)
        receiver.answer(204)
        another = threading.Thread(target=world.send)  # its lease ran out
        another.start()
        another.join()
        real(*noted)  # pyright: ignore[reportArgumentType] # passed on

    monkeypatch.setattr(sender, "_note", late)
    receiver.answer(500)
    world.send()
    (delivery,) = world.deliveries(endpoint)
    assert (delivery.state, delivery.attempts, delivery.last_error) == (DeliveryState.DELIVERED, 2, None)


def test_several_senders_share_the_work_and_send_nothing_twice(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    for nth in range(40):
        world.happen("lead.first", "lead.second", about=f"lead:{nth:032x}")
    senders = [threading.Thread(target=world.send) for _ in range(4)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    while world.send():
        pass
    sent = Counter((one.told["subject"], one.told["type"]) for one in receiver.received)
    assert {one.last_error for one in world.deliveries(endpoint)} == {None}
    assert len(sent) == 80
    assert set(sent.values()) == {1}
    assert {one.state for one in world.deliveries(endpoint)} == {DeliveryState.DELIVERED}


def test_an_event_brought_twice_is_sent_once(world: World, receiver: Receiver) -> None:
    from offhook.kernel.delivery import rewind

    world.add(receiver.url)
    world.happen("lead.assigned")
    world.send()
    rewind(world.database, "webhooks", world.organisation_id)
    world.bring()
    assert world.send() == 0


def test_private_addresses_are_refused_when_sending_whatever_the_name(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, _ = world.add(receiver.url.replace("127.0.0.1", "localhost"))
    strict = Terms(world.terms.seal, allow_private=False)
    world.happen("lead.assigned")
    webhooks.send_due(world.database, world.organisation_id, strict)
    (delivery,) = world.deliveries(endpoint)
    assert "not an address of the public internet" in (delivery.last_error or "")
    assert receiver.received == []


def test_while_a_secret_is_changed_both_sign(world: World, receiver: Receiver) -> None:
    endpoint, old = world.add(receiver.url)
    with world.begin() as tx:
        _, new = webhooks.rotate_secret(tx, world.terms, endpoint.id, 24)
    world.happen("lead.first")
    world.send()
    message = receiver.received[-1]
    assert Webhook(old).verify(message.body, message.headers) == Webhook(new).verify(message.body, message.headers)
    world.later(hours=24)
    world.happen("lead.second")
    world.send()
    assert len(receiver.received[-1].headers["webhook-signature"].split()) == 1
    with world.begin() as tx:
        _, newest = webhooks.rotate_secret(tx, world.terms, endpoint.id, 0)
    world.clock.at = datetime.now(UTC)
    world.happen("lead.third")
    world.send()
    message = receiver.received[-1]
    assert Webhook(newest).verify(message.body, message.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(message.body, message.headers)


def test_secrets_lie_sealed_and_a_lost_key_is_told_not_hidden(world: World, receiver: Receiver) -> None:
    endpoint, secret = world.add(receiver.url)
    with world.begin() as tx:
        kept = tx.scalar(str, "SELECT secret FROM webhook_endpoint WHERE id = %(id)s", id=endpoint.id)
        events = tx.scalars(str, "SELECT data::text FROM event")
    assert kept is not None
    assert secret[6:] not in kept
    assert not any(secret[6:] in one or receiver.url in one for one in events)
    world.happen("lead.assigned")
    lost = Terms(Seal("another", "webhooks"), allow_private=True)
    webhooks.send_due(world.database, world.organisation_id, lost)
    assert "OFFHOOK_SECRET_KEY" in (world.deliveries(endpoint)[0].last_error or "")
    assert receiver.received == []


def test_a_removed_endpoint_takes_its_deliveries_with_it_even_while_sending(
    world: World, receiver: Receiver
) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first", "lead.second")

    def remove(_: Received) -> Reply:
        with world.begin() as tx:
            webhooks.remove_endpoint(tx, endpoint.id, 1)
        return Reply()

    receiver.reply = remove
    assert world.send() == 1
    with world.begin() as tx:
        assert tx.scalar(int, "SELECT count(*) FROM webhook_delivery") == 0


def test_other_organisations_events_are_not_told(world: World, receiver: Receiver) -> None:
    from offhook.kernel.events import Event
    from offhook.kernel.ids import new_id

    world.add(receiver.url, "*")
    world.bring()
    world.send()
    before = len(receiver.received)
    with world.database.transaction(new_id(), SYSTEM) as tx:
        tx.append(Event("lead.assigned", A_LEAD))
    world.bring()
    world.send()
    assert len(receiver.received) == before


def test_the_log_is_cleared_of_what_ended_long_ago(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.old")
    receiver.answer(410)
    world.send()
    with world.begin() as tx:
        webhooks.change_endpoint(tx, world.terms, endpoint.id, 2, {"is_active": True})
    receiver.answer(200)
    world.happen("lead.delivered", about=ANOTHER_LEAD)
    world.send()
    for days, left in ((29, 2), (2, 1), (58, 1), (2, 0)):
        world.later(days=days)
        with world.begin() as tx:
            clear_log(tx)
        assert len(world.deliveries(endpoint)) == left


def test_the_running_sender_sends_what_happens_and_a_slow_receiver_holds_up_only_itself(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "POLL_SECONDS", 0.05)
    world.add(receiver.url, "lead.slow")
    world.add(receiver.url, "lead.quick")
    let_go = threading.Event()
    receiver.reply = lambda one: ((one.told["type"] == "lead.slow" and let_go.wait(10)) and Reply()) or Reply()
    running = Sender(world.database, world.terms)
    running.start()
    try:
        world.happen("lead.slow")
        for nth in range(3):
            world.happen("lead.quick", about=f"lead:{nth:032x}")
            _until(lambda nth=nth: receiver.kinds.count("lead.quick") == nth + 1)
    finally:
        let_go.set()
        running.stop()
    with world.begin() as tx:
        assert tx.scalar(int, "SELECT count(*) FROM webhook_delivery WHERE state <> 'delivered'") == 0


def _until(holds: object) -> None:
    deadline = time.monotonic() + 10
    while not holds():  # pyright: ignore[reportCallIssue] # a function
        assert time.monotonic() < deadline
        time.sleep(0.02)
