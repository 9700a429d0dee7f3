"""What the demo's manager wrote for everybody: templates of mails, one of them in two variants, and a cadence."""

from uuid import UUID

from offhook import cadences
from offhook.cadences import Delay, Plan, Step, StepKind
from offhook.kernel.database import Transaction
from offhook.mail.templates import TemplateKind, VariantTold, add_template

CADENCE = "After a response"
FOLDER = "First contact"

_BODY = "Hello {{{{ person.first_name | default: 'there' }}}},\n\n{words}\n\n{{{{ rep.name }}}}"
_THANKS = (
    "thank you for"
    " {% if lead.content %}your interest in “{{ lead.content }}”{% else %}getting in touch{% endif %}."
)
_WHY = _THANKS + (
    " What makes it a topic at {{ account.name | default: 'your company' }} now?\n\n"
    "If you like, I show you in fifteen minutes how other teams go about it."
)
_WHEN = _THANKS + " Would fifteen minutes this week suit you?"
_AGAIN = "I tried to reach you by phone. Is this still a topic for you? A yes or a no by return is all I ask."


def write(tx: Transaction) -> None:
    """Write it all as whoever acts: somebody who may share templates and plan cadences."""
    first = _template(
        tx,
        "First word",
        ("Asks why", "{{ lead.content | default: 'Your question to us' }}", _WHY),
        ("Asks for a time", "Fifteen minutes this week?", _WHEN),
    )
    again = _template(tx, "Second word", ("Asks again", "Still a topic?", _AGAIN))
    plan = Plan(
        (
            Step(StepKind.EMAIL, template_id=first),
            Step(StepKind.CALL, Delay(1), instructions="Ask about the mail, then the first open question."),
            Step(StepKind.EMAIL, Delay(2), template_id=again, continues_thread=True),
            Step(StepKind.LINKEDIN, Delay(2), instructions="Connect, without a pitch."),
            Step(StepKind.CALL, Delay(3), instructions="The last attempt: leave a voicemail."),
        )
    )
    added = cadences.add_cadence(
        tx, name=CADENCE, description="Five touches in eight working days, until they answer.", draft=plan
    )
    cadences.publish(tx, added.id, added.version)


def _template(tx: Transaction, name: str, *variants: tuple[str, str, str]) -> UUID:
    told = [
        VariantTold(id=None, name=label, weight=1, subject=subject, body=_BODY.format(words=words))
        for label, subject, words in variants
    ]
    return add_template(tx, kind=TemplateKind.EMAIL, name=name, variants=told, folder=FOLDER, is_shared=True).id
