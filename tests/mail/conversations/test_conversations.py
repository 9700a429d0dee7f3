"""Conversations: what waits for an answer, what is done about it, and what the lead's queue says meanwhile."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from leads.factories import a_desk
from mail.incoming.conftest import Desk, an_answer
from mail.incoming.test_reading import a_report
from offhook import leads, people
from offhook.identity import actor_of, issue_token
from offhook.kernel.delivery import deliver
from offhook.kernel.errors import Conflict, Forbidden, Invalid
from offhook.mail.conversations import service
from offhook.mail.conversations.jobs import CONSUMERS, wake_due
from offhook.mail.conversations.model import Conversation, ConversationState, Opened
from offhook.mail.conversations.rules import answer_subject
from offhook.mail.incoming.model import MailKind
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import withdraw
from web.conftest import nobody

__all__ = ["nobody"]


def the_one(desk: Desk) -> Conversation:
    """The only conversation there is."""
    with desk.writer.begin() as tx:
        (found,) = service.conversations_page(tx, limit=50).items
    return found.conversation


def opened(desk: Desk) -> Opened:
    """It, with its mails."""
    identifier = the_one(desk).id
    with desk.writer.begin() as tx:
        return service.conversation(tx, identifier)


def answered(desk: Desk) -> Conversation:
    """A conversation in which the person has answered."""
    desk.come(an_answer(desk.sent(), text="Yes, gladly.").as_bytes())
    desk.read()
    return the_one(desk)


def because(desk: Desk) -> str | None:
    """Why the lead's next touch is due."""
    with desk.writer.begin() as tx:
        return leads.load_lead(tx, desk.writer.lead.lead_id).next_touch_because


def follow(desk: Desk) -> None:
    """Let the consumer hear what happened."""
    deliver(desk.writer.database, CONSUMERS, desk.writer.organisation)


def test_a_reply_waits_to_be_answered_with_the_mail_that_it_answers(desk: Desk) -> None:
    conversation = answered(desk)
    assert (conversation.state, conversation.subject) == (ConversationState.TO_ANSWER, "Engines")
    assert conversation.assignee_id == desk.writer.actor.id
    found = opened(desk)
    assert [one.body_text for one in found.sent] == ["Hello."]
    assert [one.body_text for one in found.received] == ["Yes, gladly."]
    assert (found.listed.person_name, found.listed.snippet, found.listed.mails) == ("Ada Byron", "Yes, gladly.", 2)


def test_an_answer_goes_in_the_thread_from_ones_own_mailbox_and_ends_the_waiting(desk: Desk) -> None:
    conversation = answered(desk)
    with desk.writer.begin(desk.writer.actor) as tx:
        mail = service.reply(tx, conversation.id, text="Monday at ten?", key="once")
        again = service.reply(tx, conversation.id, text="Monday at ten?", key="once")
    theirs = opened(desk).received[0]
    assert again.id == mail.id
    assert (mail.subject, mail.in_reply_to) == ("Re: Engines", theirs.message_id)
    assert mail.reference_ids == (*theirs.reference_ids, theirs.message_id)
    assert mail.to_address == desk.writer.to
    assert the_one(desk).state is ConversationState.WAITING
    assert because(desk) == "replied", "until it is sent"
    send_due(desk.writer.database, desk.seal, desk.links, desk.writer.organisation)
    assert because(desk) == "follow_up"

    desk.come(an_answer(mail, text="Fine.").as_bytes())
    desk.read()
    assert [one.body_text for one in opened(desk).received] == ["Yes, gladly.", "Fine."]
    assert the_one(desk).state is ConversationState.TO_ANSWER


def test_a_mail_written_elsewhere_belongs_to_its_thread_and_one_taken_back_leaves_it_to_be_answered(
    desk: Desk,
) -> None:
    answered(desk)
    theirs = opened(desk).received[0]
    mail = desk.writer.write(in_reply_to=theirs.message_id)
    follow(desk)
    assert mail.id in {one.id for one in opened(desk).sent}
    assert the_one(desk).state is ConversationState.WAITING

    with desk.writer.begin(desk.writer.actor) as tx:
        withdraw(tx, mail.id)
    follow(desk)
    assert the_one(desk).state is ConversationState.TO_ANSWER


def test_what_is_done_or_put_off_is_so_in_the_queue_too_and_a_snooze_ends_by_itself(desk: Desk) -> None:
    conversation = answered(desk)
    with desk.writer.begin(desk.writer.actor) as tx:
        later = tx.now + timedelta(hours=3)
        service.snooze(tx, conversation.id, later)
    assert (the_one(desk).state, the_one(desk).snoozed_until) == (ConversationState.SNOOZED, later)
    assert because(desk) == "snoozed"

    wake_due(desk.writer.database, desk.writer.organisation)
    assert the_one(desk).state is ConversationState.SNOOZED
    desk.clock.advance(timedelta(hours=3))
    wake_due(desk.writer.database, desk.writer.organisation)
    assert the_one(desk).state is ConversationState.TO_ANSWER

    with desk.writer.begin(desk.writer.actor) as tx:
        service.done(tx, conversation.id)
    assert the_one(desk).state is ConversationState.DONE
    states = [event.data["state"] for event in desk.events("mail_conversation.changed")]
    assert states == ["snoozed", "to_answer", "done"]


def test_done_without_an_answer_takes_the_lead_from_the_top_of_the_queue(desk: Desk) -> None:
    conversation = answered(desk)
    with desk.writer.begin(desk.writer.actor) as tx:
        service.done(tx, conversation.id)
    assert because(desk) == "follow_up"
    with desk.writer.begin(desk.writer.actor) as tx:
        assert service.open_again(tx, conversation.id).state is ConversationState.TO_ANSWER


def test_a_new_mail_brings_back_what_was_done_and_an_absence_does_not(desk: Desk) -> None:
    conversation = answered(desk)
    with desk.writer.begin(desk.writer.actor) as tx:
        service.done(tx, conversation.id)
    first = opened(desk).sent[0]
    desk.come(an_answer(first, subject="Automatic reply", headers={"Auto-Submitted": "auto-replied"}).as_bytes())
    desk.read()
    assert the_one(desk).state is ConversationState.DONE
    desk.come(an_answer(first, text="One more thing.").as_bytes())
    desk.read()
    assert the_one(desk).state is ConversationState.TO_ANSWER


def test_a_bounce_has_to_be_seen_to(desk: Desk) -> None:
    mail = desk.sent()
    desk.come(a_report(desk.writer.to, mail.message_id))
    desk.read()
    assert the_one(desk).state is ConversationState.TO_ANSWER
    assert opened(desk).received[0].kind is MailKind.BOUNCE


def test_a_colleague_acts_once_it_is_theirs(desk: Desk) -> None:
    conversation = answered(desk)
    with desk.writer.begin() as tx:
        colleague = a_desk(tx, reps=1, aes=0).reps[0]
    with pytest.raises(Forbidden), desk.writer.begin(actor_of(colleague)) as tx:
        service.done(tx, conversation.id)
    with desk.writer.begin(desk.writer.actor) as tx:
        service.assign(tx, conversation.id, colleague.id)
    with desk.writer.begin(actor_of(colleague)) as tx:
        mine = service.conversations_page(tx, assignee_id=colleague.id, limit=50).items
        team = service.conversations_page(tx, team_id=colleague.team_id, limit=50).items
        assert [one.conversation.id for one in mine] == [one.conversation.id for one in team] == [conversation.id]
        assert service.done(tx, conversation.id).state is ConversationState.DONE


def test_times_that_make_no_sense_are_refused(desk: Desk) -> None:
    conversation = answered(desk)
    with desk.writer.begin(desk.writer.actor) as tx:
        for until in (tx.now, tx.now + timedelta(days=400)):
            with pytest.raises(Invalid):
                service.snooze(tx, conversation.id, until)


def test_another_address_counts_once_somebody_says_that_it_is_theirs(desk: Desk) -> None:
    desk.come(an_answer(desk.sent(), sender="ada@private.example").as_bytes())
    desk.read()
    assert because(desk) != "replied"
    (forged,) = opened(desk).received
    with desk.writer.begin(desk.writer.actor) as tx:
        assert service.note_theirs(tx, forged.id).kind is MailKind.REPLY
        person = people.person(tx, desk.person_id)
    assert "ada@private.example" in person.emails
    assert because(desk) == "replied"
    assert [event.data["kind"] for event in desk.events("mail.received")] == ["other", "reply"]
    with pytest.raises(Conflict), desk.writer.begin(desk.writer.actor) as tx:
        service.note_theirs(tx, forged.id)


def test_a_subject_is_answered_once() -> None:
    subjects = ("Engines", "Re: Engines", "AW: RE: Engines", "Re:", "Reply wanted")
    assert [answer_subject(one) for one in subjects] == [
        "Re: Engines",
        "Re: Engines",
        "Re: Engines",
        "Re:",
        "Re: Reply wanted",
    ]


def test_the_inbox_over_the_api(desk: Desk, nobody: TestClient) -> None:
    mail = desk.sent()
    answer = an_answer(mail, text="Yes.")
    answer.add_alternative('<p>Yes.</p><script>x</script><img src="https://t.example/x.gif">', subtype="html")
    desk.come(answer.as_bytes())
    desk.read()
    with desk.writer.begin() as tx:
        _, token = issue_token(tx, desk.writer.desk.reps[0].id, name="test", scopes=["*"])
    client = nobody
    client.headers["authorization"] = f"Bearer {token}"

    page = client.get("/api/v1/mail/conversations", params={"state": "to_answer"}).json()
    (listed,) = page["items"]
    assert (listed["person_name"], listed["last_kind"], listed["snippet"]) == ("Ada Byron", "reply", "Yes.")
    found = client.get(f"/api/v1/mail/conversations/{listed['id']}").json()
    (received,) = found["received"]
    assert (received["has_page"], received["remote_images"], found["answers_to"]) == (True, 1, desk.writer.to)
    shown = client.get(f"/api/v1/mail/received/{received['id']}/page")
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]
    assert "script" not in shown.text
    assert "t.example" not in shown.text
    replied = client.post(f"/api/v1/mail/conversations/{listed['id']}/reply", json={"text": "Fine."})
    assert (replied.status_code, replied.json()["subject"]) == (201, "Re: Engines")
    for deed, body in (("open-again", None), ("done", None)):
        answered = client.post(f"/api/v1/mail/conversations/{listed['id']}/{deed}", json=body)
        assert answered.status_code == 200, answered.text
    assert (
        client.get("/api/v1/mail/conversations", params={"state": "done"}).json()["items"][0]["id"] == listed["id"]
    )
    (reading,) = client.get("/api/v1/mail/readings").json()["items"]
    assert (reading["kept"], reading["problem"]) == (1, "")
