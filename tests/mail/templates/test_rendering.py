"""Mails made of templates, with any values: whole, harmless, of one subject line and bounded length."""

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from offhook.mail.templates.language import LONGEST_OUTPUT, faults
from offhook.mail.templates.rendering import LONGEST_SUBJECT, Mail, parts_of
from offhook.mail.templates.variables import GROUPS, VARIABLES, Value, examples

SUBJECT = "{{ lead.campaign | default: 'Hello' }}: a word, {{ person.first_name }}{{ account.name | upcase }}"
SNIPPETS = {"closing": "*Regards*,\n{{ rep.name }}"}
BODY = """\
Hi **{{ person.first_name | default: "there" }}**,

{% if account.employees >= 500 -%}
You are {{ account.employees }} at {{ account.name }}.
{%- else %}You are few.{% endif %}

- *{{ lead.content }}*
- [their page](https://{{ account.domain }}/?q={{ person.title | url_encode }})
- [as they say]({{ lead.source }})

{% render "closing" %}
"""
EVERYTHING = "\n".join(f"{{{{ {one.name} }}}}" for one in VARIABLES)

HOSTILE = st.sampled_from(
    [
        "\r\nBcc: all@them.example",
        "a\nb\x0bc\x85d\u2028e",
        "<script>alert(1)</script>",
        "javascript:alert(1)",
        '"><img src=x onerror=alert(1)>',
        "](javascript:alert(1))",
        "**bold** _it_ `code` # no",
        "{{ rep.email }}{% for x in y %}",
        "\ue0000\ue001",
        "\ud800",
        "\x00",
        "&lt;b&gt;",
        "\u202egnp.exe",
        "  ",
    ]
)
TEXT = st.text() | HOSTILE | st.text(min_size=1).map(lambda text: text * 500)
VALUE: st.SearchStrategy[Value] = st.none() | st.integers() | TEXT
VALUES = st.fixed_dictionaries(
    {},
    optional={
        group: st.dictionaries(st.sampled_from([v.field for v in of]), VALUE) for group, of in GROUPS.items()
    },
)


class Reading(HTMLParser):
    """Collects the tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        """Read it."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def is_surely_shown(value: Value) -> bool:
    """Whether nothing of cleaning could leave this empty."""
    if isinstance(value, int):
        return abs(value) < 10**6
    return any(sign.isalnum() for sign in (value or "")[:1000])


def a_mail(subject: str = SUBJECT, body: str = BODY) -> Mail:
    """A mail that is ready to be rendered."""
    assert faults(subject, ()) == []
    assert faults(body, SNIPPETS) == []
    return Mail(subject, body, SNIPPETS)


WHOLE = a_mail()
OPEN = a_mail("x", "Hi {{ person.first_name }}, {{ lead.content }}\n\n{{ account.name }}\n{{ rep.name }} *so*")
PLAIN_TAGS = Reading(WHOLE.render(examples()).html).tags


def test_a_mail_says_what_its_template_says() -> None:
    made = WHOLE.render(examples())
    assert made.subject == "Spring webinar: a word, AdaACME FOODS"
    assert made.text == (
        "Hi Ada,\n\nYou are 850 at Acme Foods.\n\n- Guide to shorter queues\n"
        "- their page (https://acme.example/?q=Head+of+Operations)\n- as they say (LinkedIn)\n\n"
        "Regards,\nSam Rivera"
    )
    assert "<p>Hi <strong>Ada</strong>,</p>" in made.html
    assert '<a href="https://acme.example/?q=Head+of+Operations">their page</a>' in made.html
    assert (made.missing, made.fault) == ((), None)


def test_what_is_missing_is_told_unless_there_is_a_default_or_it_is_only_asked_for() -> None:
    made = WHOLE.render({"rep": {"name": "Sam"}, "person": {"title": " "}})
    assert made.missing == (
        "person.first_name",
        "account.name",
        "lead.content",
        "account.domain",
        "person.title",
        "lead.source",
    )
    assert made.subject.startswith("Hello: a word,")
    assert "Hi there,\n\nYou are few." in made.text


def test_where_a_value_is_missing_no_marks_are_left_over() -> None:
    made = a_mail("x", "You read **{{ lead.content }}** and *{{ person.city }}*.").render({})
    assert made.text == "You read  and ."
    assert Reading(made.html).text.strip() == "You read  and ."


def test_gaps_that_conditions_leave_are_closed() -> None:
    made = a_mail("x", "One\n\n{% if person.city %}\nTwo\n{% endif %}\n\n\nThree").render({})
    assert made.text == "One\n\nThree"


@given(VALUES)
def test_any_values_make_a_whole_mail_of_bounded_length(values: dict[str, dict[str, Value]]) -> None:
    made = WHOLE.render(values)
    assert made.fault is None
    for part in (made.subject, made.text, made.html):
        part.encode("utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ue000\ue001]", part)
    assert len(made.subject) <= LONGEST_SUBJECT
    assert len(made.text) <= 2 * LONGEST_OUTPUT
    assert len(made.html) <= 20 * LONGEST_OUTPUT


@given(VALUES, st.sampled_from([SUBJECT, EVERYTHING, "a\r\nb\u2028{{ person.city }}\x85c"]))
def test_no_value_brings_a_line_end_into_the_subject(values: dict[str, dict[str, Value]], subject: str) -> None:
    made = a_mail(subject).render(values)
    assert len(made.subject.splitlines()) <= 1
    assert not {"\r", "\n"} & set(made.subject)


@given(VALUES)
def test_hostile_values_stay_text(values: dict[str, dict[str, Value]]) -> None:
    read = Reading(WHOLE.render(values).html)
    assert set(read.tags) <= set(PLAIN_TAGS), "a value has made a tag"
    assert {name for name, _ in read.attributes} <= {"href"}
    for _, address in read.attributes:
        assert re.match(r"(https?|mailto|tel):", address or "", re.IGNORECASE), address


@given(HOSTILE)
def test_a_value_reads_the_same_in_both_parts(value: str) -> None:
    made = a_mail("x", "{{ person.city }}").render({"person": {"city": value}})
    assert Reading(made.html).text.strip() == made.text


@given(VALUES)
def test_what_a_variable_lacks_is_told_and_nothing_else(values: dict[str, dict[str, Value]]) -> None:
    made = a_mail("x", EVERYTHING).render(values)
    for one in VARIABLES:
        told = values.get(one.group, {}).get(one.field)
        if told is None:
            assert one.name in made.missing
        elif is_surely_shown(told):
            assert one.name not in made.missing


def test_a_mail_that_becomes_too_long_says_so_and_stops() -> None:
    made = a_mail("x", "{{ person.city }}" * 200).render({"person": {"city": "y" * 5_000}})
    assert made.fault is not None
    assert len(made.text) <= LONGEST_OUTPUT


def test_html_in_a_template_is_text_and_bad_links_lead_nowhere() -> None:
    body = "<b>x</b> [go](javascript:alert(1)) [on](/here) ![p](https://x.example/p.png) <https://ok.example>"
    made = a_mail("x", body).render({})
    read = Reading(made.html)
    assert "b" not in read.tags
    assert "img" not in read.tags
    assert "<b>x</b>" in read.text
    assert ("href", "https://ok.example") in read.attributes
    assert not [one for one in read.attributes if "javascript" in (one[1] or "")]


@given(VALUES)
def test_what_one_goes_on_writing_from_says_the_same_until_it_is_changed(
    values: dict[str, dict[str, Value]],
) -> None:
    made = OPEN.render(values)
    again = parts_of(made.source)

    assert again.text == made.text
    assert set(Reading(again.html).tags) - {"br", "p"} == {"em"}
    assert Reading(again.html).text.split() == Reading(made.html).text.split()


@given(TEXT)
def test_what_somebody_writes_becomes_two_harmless_parts(text: str) -> None:
    made = parts_of(text)

    assert not {"script", "img", "iframe", "style"} & set(Reading(made.html).tags)
    assert all(
        value is None or not value.lower().startswith("javascript:") for _, value in Reading(made.html).attributes
    )
    assert "\x00" not in made.text + made.html


def test_light_markdown_and_marks_that_are_meant_as_text() -> None:
    made = parts_of("**Yes** \\*no\\* a_b [x](https://a.example/c_d) 2\\. <b>")

    assert made.text == "Yes *no* a_b x (https://a.example/c_d) 2. <b>"
    assert "<strong>Yes</strong> *no* a_b" in made.html
    assert "&lt;b&gt;" in made.html
