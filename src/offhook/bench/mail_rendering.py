"""Mails rendered a second on one core: subject, plain text and sanitised HTML, of one template for many leads.

Rates are per second of processor time of this process, so that neighbours do not count. Every mail has values of
its own; each third lacks some, so that conditions and defaults take their turns.
"""

import time
from collections.abc import Iterable

from offhook.bench.model import Figure, at_least, fact
from offhook.mail.templates.rendering import Mail
from offhook.mail.templates.variables import Values

MAILS = 5_000
GOAL = 2_000

SUBJECT = "{{ person.first_name }}, a word on {{ lead.content | default: 'your question' | truncate: 60 }}"
BODY = """\
Hello {{ person.first_name | default: "there" }},

thank you for your interest in **{{ lead.campaign }}**.
{% if account.employees >= 500 -%}
Companies of your size, {{ account.employees }} people, ask us how to
{%- else -%}
Teams in {{ account.industry | downcase | default: "your field" }} ask us how to
{%- endif %}

- answer *every* responder within minutes,
- forget nothing that {{ account.name }} was promised,
- and see what became of it.

{% unless person.title == "CEO" -%}
Would a quarter of an hour this week suit you as {{ person.title }}?
{%- endunless %}
[Choose a time](https://ours.example/book?for={{ person.email | url_encode }})

{% render "closing" %}
"""
SNIPPETS = {"closing": "Best regards,\n{{ rep.name }}, {{ rep.team }}\n*{{ organisation.name }}*"}


def figures() -> Iterable[Figure]:
    """Mails a second, and how long it takes to parse a template."""
    begun = time.process_time()
    mail = Mail(SUBJECT, BODY, SNIPPETS)
    parsing = time.process_time() - begun
    everybody = [_values(nth) for nth in range(MAILS)]
    begun = time.process_time()
    characters = sum(len(made.text) + len(made.html) for made in map(mail.render, everybody))
    rate = MAILS / (time.process_time() - begun)
    detail = f"{MAILS:,} mails of {characters // MAILS:,} characters in both parts, each with values of its own"
    yield at_least("mail: rendered a second, one core", rate, "mails/s", GOAL, detail)
    yield fact("mail: parsing a template", parsing * 1_000, "ms", "once, with its snippet")


def _values(nth: int) -> Values:
    is_thin = nth % 3 == 0
    return {
        "person": {
            "first_name": None if is_thin else f"Ada {nth}",
            "title": "CEO" if nth % 5 == 0 else "Head of <Operations>",
            "email": f"ada.{nth}@acme.example",
        },
        "account": {
            "name": f"Acme {nth} & Sons",
            "industry": None if is_thin else "Food",
            "employees": None if is_thin else nth,
        },
        "lead": {"campaign": "Spring webinar", "content": None if is_thin else f"Guide {nth} to shorter queues"},
        "rep": {"name": "Sam Rivera", "team": "Team South"},
        "organisation": {"name": "Ours Ltd"},
    }
