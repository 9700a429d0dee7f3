"""Mails that templates say: rendered for their lead, by one variant, once."""

from datetime import datetime, timedelta

import pytest

from identity.factories import a_user
from leads.factories import respond
from mail.conftest import NewWriter, Writer
from offhook.identity import Role, actor_of
from offhook.kernel.clock import SetClock
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from offhook.kernel.ids import new_id
from offhook.mail import Mail, send_template
from offhook.mail.templates import Template, TemplateKind, add_template, change_template
from offhook.mail.templates.service import VariantTold


@pytest.fixture
def offline(new_writer: NewWriter) -> Writer:
    """A writer whose mailbox is at a server that nobody asks here."""
    return new_writer(587, 993)


def says(body: str, subject: str = "For {{ person.first_name }}", name: str = "A") -> VariantTold:
    return VariantTold(id=None, name=name, weight=1, subject=subject, body=body)


def a_template(writer: Writer, *variants: VariantTold, kind: TemplateKind = TemplateKind.EMAIL) -> Template:
    """A template of the writer's own."""
    with writer.begin(writer.actor) as tx:
        return add_template(tx, kind=kind, name=new_id().hex, variants=variants)


def send(writer: Writer, template: Template, **told: object) -> Mail:
    """The template, sent to the writer's lead."""
    given = {"template_id": template.id, "lead_id": writer.lead.lead_id} | told
    with writer.begin(writer.actor) as tx:
        return send_template(tx, **given)  # pyright: ignore[reportArgumentType] # by name


def test_a_mail_says_what_its_template_says_to_its_lead(offline: Writer) -> None:
    template = a_template(offline, says("Hello **{{ person.first_name }}**,\n\n{{ rep.name }}"))

    mail = send(offline, template)

    assert (mail.subject, mail.state.value) == ("For Ada", "queued")
    assert mail.body_text.startswith("Hello Ada,\n\n")
    assert "<strong>Ada</strong>" in (mail.body_html or "")
    assert (mail.template_id, mail.variant_id) == (template.id, template.variants[0].id)
    assert not mail.is_edited


def test_a_job_sends_in_its_users_name_with_the_users_eyes(offline: Writer) -> None:
    template = a_template(offline, says("{{ rep.email }}"))
    with offline.begin() as tx:
        rep = offline.desk.reps[0]
        mail = send_template(tx, template_id=template.id, lead_id=offline.lead.lead_id, user_id=rep.id)
        other = a_user(tx)
        with pytest.raises(NotFound):
            send_template(tx, template_id=template.id, lead_id=offline.lead.lead_id, user_id=other.id)
    assert (mail.body_text, mail.user_id) == (rep.email, rep.id)


def test_asked_for_twice_by_one_key_it_is_one_mail_whatever_became_of_the_template(offline: Writer) -> None:
    template = a_template(offline, says("Hello"))
    first = send(offline, template, key="step 1")
    with offline.begin(offline.actor) as tx:
        change_template(tx, template.id, 1, {"is_archived": True})

    assert send(offline, template, key="step 1").id == first.id
    with pytest.raises(Conflict, match="archived"):
        send(offline, template, key="step 2")


def test_a_variable_with_nothing_to_say_is_named_and_nothing_is_sent(offline: Writer) -> None:
    template = a_template(offline, says("{{ lead.content }} {{ person.city }} {{ person.title | default: 'x' }}"))

    with pytest.raises(Invalid) as refused:
        send(offline, template)

    assert refused.value.code == "missing-variables"
    assert [one.field for one in refused.value.fields] == ["lead.content", "person.city"]


def test_what_goes_on_from_a_mail_stands_in_its_thread(offline: Writer) -> None:
    template = a_template(offline, says("Did you see it?"))
    first = offline.write(subject_line="Engines")

    second = send(offline, template, answers_mail_id=first.id)
    third = send(offline, template, answers_mail_id=second.id)

    assert (second.subject, second.in_reply_to) == ("Re: Engines", first.message_id)
    assert (third.subject, third.reference_ids) == ("Re: Engines", (first.message_id, second.message_id))


def test_nobody_goes_on_from_a_mail_to_somebody_else(offline: Writer) -> None:
    template = a_template(offline, says("Hello"))
    mail = offline.write()
    with offline.begin() as tx:
        other = respond(tx, offline.desk.campaign, email=f"{new_id().hex}@x.example", owner_id=offline.actor.id)

    with pytest.raises(NotFound, match="no mail"):
        send(offline, template, lead_id=other.lead_id, answers_mail_id=mail.id)


def test_a_snippet_is_no_mail(offline: Writer) -> None:
    snippet = a_template(offline, says("Regards", subject=""), kind=TemplateKind.SNIPPET)

    with pytest.raises(Invalid, match="snippet"):
        send(offline, snippet)


def test_who_may_not_send_or_not_in_that_name_is_refused(offline: Writer) -> None:
    template = a_template(offline, says("Hello"))
    with offline.begin() as tx:
        reader, other = actor_of(a_user(tx, Role.DEMAND_GENERATION)), actor_of(a_user(tx))

    for actor, user_id in ((reader, None), (other, offline.actor.id)):
        with offline.begin(actor) as tx, pytest.raises(Forbidden):
            send_template(tx, template_id=template.id, lead_id=offline.lead.lead_id, user_id=user_id)


def test_a_variant_that_mails_were_made_from_stays_when_it_is_taken_out(offline: Writer) -> None:
    template = a_template(offline, says("Hello", name="A"))
    mail = send(offline, template)
    with offline.begin(offline.actor) as tx:
        changed = change_template(tx, template.id, 1, {"variants": [says("Bye", name="B")]})
        kept = tx.scalar(str, "SELECT body FROM mail_template_variant WHERE id = %(id)s", id=mail.variant_id)
    assert kept == "Hello"
    assert [one.name for one in changed.variants] == ["B"]
    assert send(offline, template).body_text == "Bye"


def test_a_wording_counts_from_when_it_was_changed_last(offline: Writer, clock: SetClock) -> None:
    template = a_template(offline, says("Hello", name="A"), says("Hi", name="B"))
    written = clock.now()
    changed = clock.advance(timedelta(days=1))
    told = [
        VariantTold(id=one.id, name=one.name, weight=2, subject=one.subject, body=body)
        for one, body in zip(template.variants, ["Hello", "Hi!"], strict=True)
    ]
    with offline.begin(offline.actor) as tx:
        change_template(tx, template.id, 1, {"variants": told})
        worded = tx.scalars(
            datetime,
            "SELECT worded_at FROM mail_template_variant WHERE template_id = %(id)s ORDER BY position",
            id=template.id,
        )
    assert worded == [written, changed]
