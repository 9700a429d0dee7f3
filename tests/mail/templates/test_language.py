"""What templates may say, and what is told of those that may not."""

import re
from pathlib import Path

import pytest

from offhook.mail.templates.language import FILTERS, Fault, faults, snippets_used
from offhook.mail.templates.variables import VARIABLES


@pytest.mark.parametrize(
    "source",
    [
        "Plain text, without anything.",
        "Hello {{ person.first_name | default: 'there' }},",
        "{% if account.employees >= 500 and person.title == 'CEO' %}large{% else %}small{% endif %}",
        "{% unless person.city %}somewhere{% endunless %}",
        "{% case account.industry %}{% when 'Food', 'Retail' %}yours{% else %}any{% endcase %}",
        "{% comment %} {{ for_nobody }} {% endcomment %}{%- # and this -%}",
        '{{ account.domain | prepend: "https://" }} {{ lead.content | truncate: 20 }}',
        "{{ person.title | default: account.name }}",
        "{% render 'closing' %}",
    ],
)
def test_what_the_language_offers_is_without_fault(source: str) -> None:
    assert faults(source, {"closing"}) == []


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("Hi\n{{ person.frist_name }}", 2, "no variable person.frist_name; did you mean person.first_name?"),
        ("\n\n{{ person }}", 3, "no variable person"),
        ("{{ person[account.name] }}", 1, "no variable person[account.name]"),
        ("{% if secret.key %}x{% endif %}", 1, "no variable secret.key"),
        ("{{ person.city.size }}", 1, "no variable person.city.size"),
        ("a\r\n{% for one in person.city %}{% endfor %}", 2, "unexpected tag 'for'"),
        ("{% assign x = 1 %}", 1, "unexpected tag 'assign'"),
        ("{% include 'closing' %}", 1, "unexpected tag 'include'"),
        ("{{ person.city", 1, "expected '}}'"),
        ("\n{% if person.city %}", 2, ""),
        ("{{ (1..1000000000) }}", 1, "ranges"),
        ("{% if (1..9) contains 3 %}x{% endif %}", 1, "ranges"),
        ("{{ person.city | replace: 'a', 'aaaa' }}", 1, "no filter 'replace'"),
        ("{{ person.city | truncate: account.employees }}", 1, "texts and numbers only"),
        ("{{ person.city | truncate: 'long' }}", 1, "expected an integer"),
        ("{{ person.city" + " | upcase" * 6 + " }}", 1, "more than 5 filters"),
        ("{% if account.employees > 'x' %}a{% endif %}", 1, "not supported between"),
        ("\n{% render 'opening' %}", 2, "no snippet 'opening'"),
        ("{% render closing %}", 1, "by its name alone"),
        ("{% render 'closing' with person.city as x %}", 1, "by its name alone"),
        ("{% render 'closing', x: person.city %}", 1, "by its name alone"),
    ],
)
def test_a_fault_is_told_with_its_line(source: str, line: int, reason: str) -> None:
    found = faults(source, {"closing"})
    assert found, "nothing was found"
    assert found[0].line == line
    assert reason in found[0].reason, found


def test_all_unknown_variables_are_told_at_once() -> None:
    found = faults("{{ a.b }}\n{{ c.d }} {{ person.city }}\n{{ a.b }}", ())
    assert [(one.line, one.reason.split(";")[0]) for one in found] == [
        (1, "there is no variable a.b"),
        (2, "there is no variable c.d"),
        (3, "there is no variable a.b"),
    ]


def test_a_snippet_uses_no_snippet_so_that_there_are_no_cycles() -> None:
    assert faults("{% render 'closing' %}", None) == [Fault(1, "a snippet cannot use a snippet")]
    assert faults("{{ rep.name }}", None) == []


def test_the_snippets_that_a_text_uses_are_known_wherever_they_stand() -> None:
    source = "{% render 'a' %}{% if person.city %}{% render 'b c' %}{% else %}{% render 'a' %}{% endif %}"
    assert snippets_used(source) == {"a", "b c"}


def test_the_examples_of_the_document_are_without_fault_and_its_tables_are_whole() -> None:
    document = (Path(__file__).parents[3] / "docs" / "mail.md").read_text()
    examples = re.findall(r"```liquid\n(.*?)```", document, re.DOTALL)
    assert len(examples) >= 4
    for one in examples:
        assert faults(one, {"closing"}) == [], one
    for variable in VARIABLES:
        row = next(line for line in document.splitlines() if line.startswith(f"| {variable.group}"))
        assert f"`{variable.field}`" in row, variable.name
    for name in FILTERS:
        assert f"`{name}`" in document
