"""From a template and values to a mail: subject, plain text and HTML. Pure, and total: it renders with any values.

A body is written as plain text with light Markdown (CommonMark): paragraphs, line breaks, **bold**, *italic*,
lists, quotes, links. The HTML part is made of it and sanitised; the plain-text part says the same without the
marks. Markdown is read while marks stand for the values (`language.py`), and kept: mails of one template differ in
little else than their values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt

from offhook.mail.templates.language import LONGEST_OUTPUT, Filled, Outputs, Text, clean_source, one_line, scope_of
from offhook.mail.templates.variables import Values

LONGEST_SUBJECT = 250
"""Characters of a rendered subject; longer ones are cut by all mail programs."""
KEPT_PAGES = 128

_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_LEFT_OUT = (
    "image",
    "html_block",
    "html_inline",
    "heading",
    "lheading",
    "code",
    "fence",
    "reference",
    "backticks",
)
"""Of CommonMark: what a mail to a person has no use for, or what would read a signature's `--` as a heading."""

_LINK = re.compile(r"\[([^\[\]\n]+)\]\(<?([^()\s<>]+)>?\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
"""Backslash escapes (CommonMark 0.31, section 2.4)."""
_MARKS = re.compile(r"[\\*`\[\]<>]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_OPENING = re.compile(r"^(\d*)([-+.)])")
"""What at the beginning of a line would make it an item of a list."""
_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's parts. `missing`: variables that had nothing to put out and no default, in the order of the text.

    `fault`: why the parts are not whole; such a mail is not to be sent.
    """

    subject: str
    text: str
    html: str
    missing: tuple[str, ...]
    fault: str | None
    source: str = ""
    """The text to go on writing from: Markdown, the values escaped where that could take them for marks."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The two parts of a mail that say the same."""

    text: str
    html: str


def parts_of(source: str) -> Parts:
    """The parts of a text that somebody wrote in light Markdown. A mark behind a backslash is text."""
    outputs = Outputs()
    marked = _ESCAPED.sub(lambda found: outputs.mark(found[1]), clean_source(source)[:LONGEST_OUTPUT])
    return Parts(_tidy(outputs.fill(_plain(marked))), _sanitised(outputs.fill(_MARKDOWN.render(marked), escape)))


class Mail:
    """A template that is without fault, ready to be rendered for one lead after the other."""

    def __init__(self, subject: str, body: str, snippets: Mapping[str, str]) -> None:
        """Parse both; `snippets` by name, at least those that they use."""
        self._subject = Text(subject, snippets)
        self._body = Text(body, snippets)

    def render(self, values: Values) -> Rendered:
        """The mail for these values. Never raises, has no line end in its subject, and is of bounded length."""
        scope = scope_of(values)
        subject, body = self._subject.fill(scope), self._body.fill(scope)
        return Rendered(
            one_line(subject.outputs.fill(subject.text))[:LONGEST_SUBJECT].rstrip(),
            _tidy(body.outputs.fill(_plain(body.text))),
            _html(body),
            tuple(subject.outputs.missing | body.outputs.missing),
            subject.fault or body.fault,
            _tidy(body.outputs.fill(body.text, _as_written)),
        )


def _html(body: Filled) -> str:
    return _sanitised(body.outputs.fill(_page(body.text), escape))


def _as_written(value: str) -> str:
    """A value as one would have to type it, so that Markdown takes it for nothing but text."""
    return _OPENING.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", value))


def _sanitised(page: str) -> str:
    return nh3.clean(
        page, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, url_relative="deny", link_rel=None
    )


@lru_cache(KEPT_PAGES)
def _page(text: str) -> str:
    return _MARKDOWN.render(text)


@lru_cache(KEPT_PAGES)
def _plain(text: str) -> str:
    told = _LINK.sub(lambda found: found[1] if found[1] == found[2] else f"{found[1]} ({found[2]})", text)
    return _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", told))


def _tidy(text: str) -> str:
    """Without spaces at the ends of lines and without gaps, such as conditions and missing values leave."""
    return _GAP.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n")


def _reader() -> MarkdownIt:
    """Links are left as they are written, marks and all: what they may lead to is judged when they are filled."""
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable([*_LEFT_OUT])
    reader.normalizeLink = _same  # pyright: ignore[reportAttributeAccessIssue] # overloaded to keep None
    reader.validateLink = _is_there
    return reader


def _same(url: str) -> str:
    return url


def _is_there(url: str) -> bool:
    return url != ""


_MARKDOWN = _reader()
