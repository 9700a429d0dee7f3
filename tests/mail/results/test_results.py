"""How a template's variants do: by mails that say what they say, and by what events tell of those."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from leads.factories import respond
from mail.conftest import NewWriter, Writer
from mail.messages.test_mail_routes import rep
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM
from offhook.kernel.delivery import deliver
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.mail import Mail, send_template
from offhook.mail.jobs import CONSUMERS
from offhook.mail.messages import store
from offhook.mail.messages.settling import as_sent

__all__ = ["rep"]

TEMPLATES = "/api/v1/mail/templates"


@pytest.fixture
def offline(new_writer: NewWriter) -> Writer:
    """A writer whose mailbox is at a server that nobody asks here."""
    return new_writer(587, 993)


def a_template(rep: TestClient) -> dict[str, Any]:
    """A template of two variants."""
    variants = [{"name": name, "subject": name, "body": "Hello"} for name in "AB"]
    answer = rep.post(TEMPLATES, json={"name": new_id().hex, "variants": variants})
    assert answer.status_code == 201, answer.text
    return answer.json()


def sent(writer: Writer, template: dict[str, Any]) -> Mail:
    """A mail of the template to somebody new, taken by the server."""
    with writer.begin() as tx:
        lead = respond(tx, writer.desk.campaign, email=f"{new_id().hex}@x.example", owner_id=writer.actor.id)
    with writer.begin(writer.actor) as tx:
        mail = send_template(tx, template_id=UUID(str(template["id"])), lead_id=lead.lead_id)
    with writer.begin(SYSTEM) as tx:
        as_sent(tx, mail, tx.now, file_at=None)
    return mail


def tell(writer: Writer, happened: str, about: UUID, **data: Json) -> None:
    """An event of one of the slices beside, delivered."""
    with writer.begin(SYSTEM) as tx:
        tx.append(Event(happened, subject("mail", about), data))
    deliver(writer.database, CONSUMERS, writer.organisation)


def results(rep: TestClient, template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By the variant's name."""
    answer = rep.get(f"{TEMPLATES}/{template['id']}/results")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["variants"]}


def test_replies_opens_and_bounces_count_once_for_the_variant_of_their_mail(
    rep: TestClient, offline: Writer
) -> None:
    template = a_template(rep)
    mails = [sent(offline, template) for _ in range(6)]
    names = {one["id"]: one["name"] for one in template["variants"]}
    name = names[str(mails[0].variant_id)]
    before = results(rep, template)
    reply: dict[str, Json] = {"answers_mail_id": str(mails[0].id)}

    for _ in range(2):
        tell(offline, "mail.received", new_id(), kind="reply", **reply)
        tell(offline, "mail.opened", mails[0].id)
        tell(offline, "mail.clicked", mails[0].id, url="https://x.example")
    tell(offline, "mail.received", new_id(), kind="out_of_office", answers_mail_id=str(mails[1].id))
    tell(offline, "mail.received", new_id(), kind="reply", answers_mail_id=None)
    tell(offline, "mail.bounced", mails[2].id, is_permanent=False)

    after = results(rep, template)
    assert before[name]["replied"] == 0
    assert [after[name][what] for what in ("replied", "opened", "clicked", "bounced")] == [1, 1, 1, 0]
    assert sum(one["replied"] for one in after.values()) == 1
    assert sum(one["sent"] for one in after.values()) == 6
    tell(offline, "mail.bounced", mails[0].id, is_permanent=True)
    gone = results(rep, template)[name]
    assert (gone["bounced"], gone["replied"]) == (1, 0)
    assert gone["delivered"] == gone["sent"] - 1


def test_what_users_changed_is_no_test_of_a_variant(rep: TestClient, offline: Writer) -> None:
    template = a_template(rep)
    made = rep.post(
        "/api/v1/mail/messages",
        json={
            "lead_id": str(offline.lead.lead_id),
            "template_id": template["id"],
            "subject": "Mine",
            "text": "My own words",
        },
    ).json()
    with offline.begin(SYSTEM) as tx:
        mail = store.by_id(tx, UUID(made["id"]), lock=True)
        assert mail is not None
        as_sent(tx, mail, tx.now, file_at=None)

    found = results(rep, template)

    assert sum(one["sent"] for one in found.values()) == 0
    assert sum(one["edited"] for one in found.values()) == 1


def test_variants_are_compared_since_they_say_what_they_say(
    rep: TestClient, offline: Writer, clock: SetClock
) -> None:
    template = a_template(rep)
    sent(offline, template)
    clock.advance(timedelta(days=1))
    told = [
        {key: one[key] for key in ("id", "name", "weight", "subject")} | {"body": "Hi"}
        for one in template["variants"]
    ]
    rep.patch(f"{TEMPLATES}/{template['id']}", json={"variants": told}, headers={"if-match": '"1"'})

    answer = rep.get(f"{TEMPLATES}/{template['id']}/results").json()

    assert answer["since"].startswith("2026-03-03")
    assert [one["sent"] for one in answer["variants"]] == [0, 0]
    assert [one["reply_rate"] for one in answer["variants"]] == [None, None]
    assert (answer["conclusion"], answer["best_variant_id"]) == ("too_few", None)


def test_a_snippet_has_no_results(rep: TestClient) -> None:
    made = rep.post(TEMPLATES, json={"kind": "snippet", "name": "x", "variants": [{"body": "x"}]}).json()

    assert rep.get(f"{TEMPLATES}/{made['id']}/results").status_code == 422
