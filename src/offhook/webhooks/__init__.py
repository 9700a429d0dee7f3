"""Who wants to be told of which events, and telling them: signed messages by the Standard Webhooks specification.

An endpoint subscribes to kinds of events; each event becomes a delivery that is sent at least once, in order per
subject, again and again over three days until the receiver takes it, and kept as dead letter when it never does.
Nobody above needs this slice to be told of: they append events, and this slice listens.
"""

from offhook.webhooks.model import Backlog, Delivery, DeliveryState, Endpoint
from offhook.webhooks.sender import Sender, send_due
from offhook.webhooks.service import (
    add_endpoint,
    backlog,
    change_endpoint,
    deliveries_page,
    delivery,
    endpoint,
    endpoints_page,
    put_in_line,
    remove_endpoint,
    replay_dead,
    replay_delivery,
    replay_since,
    request_test,
    rotate_secret,
)
from offhook.webhooks.terms import Terms

__all__ = [
    "Backlog",
    "Delivery",
    "DeliveryState",
    "Endpoint",
    "Sender",
    "Terms",
    "add_endpoint",
    "backlog",
    "change_endpoint",
    "deliveries_page",
    "delivery",
    "endpoint",
    "endpoints_page",
    "put_in_line",
    "remove_endpoint",
    "replay_dead",
    "replay_delivery",
    "replay_since",
    "request_test",
    "rotate_secret",
    "send_due",
]
