"""The language of templates: Liquid with outputs, conditions and snippets, and nothing that could run away.

Pure. What is left out of Liquid is what makes it a program: loops, assignments, ranges, and filters by which a
text grows more than in step with the template. So the work of rendering is bounded by the length of the template,
and a template that was found without fault here can be rendered with any values. A snippet uses no other snippet,
hence there are no cycles.

Where an output stands, a mark is written first and the value kept beside (`Outputs`): whatever is made of the text
afterwards, Markdown into HTML for one, sees the template alone, and no value can pass for a part of it.

Source: the Liquid reference (Shopify), as python-liquid implements it in its strict mode.
"""

import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TextIO, cast

from liquid import BoundTemplate, CachingDictLoader, Environment, Mode, RenderContext
from liquid.ast import Node
from liquid.builtin.content import Literal as TextTag
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral
from liquid.builtin.expressions.primitive import FloatLiteral, IntegerLiteral, RangeLiteral
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import (
    append,
    capitalize,
    downcase,
    prepend,
    remove,
    strip,
    truncate,
    truncatewords,
    upcase,
    url_encode,
)
from liquid.builtin.illegal import Illegal
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.case_tag import CaseTag
from liquid.builtin.tags.comment_tag import CommentTag
from liquid.builtin.tags.if_tag import IfTag
from liquid.builtin.tags.inline_comment_tag import InlineCommentTag
from liquid.builtin.tags.render_tag import RenderNode, RenderTag
from liquid.builtin.tags.unless_tag import UnlessTag
from liquid.exceptions import LiquidError, OutputStreamLimitError
from liquid.expression import Expression
from liquid.output import LimitedStringIO
from liquid.stringify import to_liquid_string
from liquid.tag import Tag

from offhook.mail.templates.variables import BY_NAME, GROUPS, Value, Values, examples

LONGEST_VALUE = 1_000
"""Characters of one value; what is longer is cut."""
LONGEST_OUTPUT = 100_000
"""Characters that all values of a text may come to, and bytes of the text around them."""
LARGEST_NUMBER = 10**15
MOST_FILTERS = 5
"""In one output."""

_TAGS: tuple[type[Tag], ...] = (
    TextTag, Output, Illegal, IfTag, UnlessTag, CaseTag, CommentTag, InlineCommentTag, RenderTag,
)  # fmt: skip
_WORDS = "if, unless, case, render, comment"
FILTERS: Mapping[str, Callable[..., object]] = {
    "append": append,
    "capitalize": capitalize,
    "default": default,
    "downcase": downcase,
    "prepend": prepend,
    "remove": remove,
    "strip": strip,
    "truncate": truncate,
    "truncatewords": truncatewords,
    "upcase": upcase,
    "url_encode": url_encode,
}

BEGIN, END = "\ue000", "\ue001"
"""Between them stands the number of an output; both are for private use, and taken out of all that comes in."""
_MARK = re.compile(f"{BEGIN}(\\d+){END}")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000\ue001]+")
_CONTROLS_BUT_LINES = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000\ue001]"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps a template from being used; lines count from 1."""

    line: int
    reason: str


@dataclass(slots=True)
class Outputs:
    """The values that were put out so far, and the variables that had none to put out."""

    values: list[str] = field(default_factory=list[str])
    missing: dict[str, None] = field(default_factory=dict[str, None])
    size: int = 0

    def mark(self, text: str) -> str:
        """The mark that stands for this text. Raises `OutputStreamLimitError` when all become too long."""
        self.size += len(text)
        if self.size > LONGEST_OUTPUT:
            raise OutputStreamLimitError("the values are too long", token=None)
        self.values.append(text)
        return f"{BEGIN}{len(self.values) - 1}{END}"

    def fill(self, text: str, written: Callable[[str], str] = str) -> str:
        """Put the values, each as `written` writes it, where their marks stand."""
        return _MARK.sub(lambda found: written(self.values[int(found[1])]), text)


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with marks in place of its values; `fault`: why it ends before its end."""

    text: str
    outputs: Outputs
    fault: str | None = None


_OUTPUTS = "\0outputs"
"""Under this name, which no template can write, a rendering finds its `Outputs`."""


class _MarkedNode(OutputNode):
    """An output that writes a mark and keeps its value."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        outputs = cast("Outputs", context.globals[_OUTPUTS])
        text = to_liquid_string(self.expression.evaluate(context), autoescape=False)
        named = cast("FilteredExpression", self.expression).left
        if not text.strip() and isinstance(named, Path):
            outputs.missing[str(named)] = None
        return buffer.write(outputs.mark(text.strip() and text))


class _Marked(Output):
    node_class = _MarkedNode


class _Language(Environment):
    block_nesting_limit = 10
    context_depth_limit = 4

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in _TAGS:
            self.add_tag(_Marked if tag is Output else tag)
        self.filters.update(FILTERS)


class Text:
    """A parsed template that is without fault; may be filled as often as one likes."""

    def __init__(self, source: str, snippets: Mapping[str, str]) -> None:
        """Parse it. Raises `LiquidError` for what `faults` finds."""
        clean = {name: clean_source(text) for name, text in snippets.items()}
        language = _Language(tolerance=Mode.STRICT, loader=CachingDictLoader(clean))
        self.parsed: BoundTemplate = language.from_string(clean_source(source))

    def fill(self, scope: Mapping[str, object]) -> Filled:
        """Fill it with what `scope_of` made of values. Never raises: a fault is told in the answer."""
        outputs = Outputs()
        buffer = LimitedStringIO(LONGEST_OUTPUT)
        context = RenderContext(self.parsed, globals={**scope, _OUTPUTS: outputs})
        try:
            self.parsed.render_with_context(context, buffer)
        except LiquidError as error:
            return Filled(buffer.getvalue(), outputs, str(error.message))
        return Filled(buffer.getvalue(), outputs)


def scope_of(values: Values) -> dict[str, dict[str, Value]]:
    """Of these values those that templates may name, each cleaned and in one line; what is empty is None."""
    return {
        group: {one.field: clean_value(values.get(group, {}).get(one.field)) for one in variables}
        for group, variables in GROUPS.items()
    }


def clean_value(value: Value) -> Value:
    """One value: text in one line without control characters, cut to its longest; numbers within reason."""
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_NUMBER else None
    return one_line(value[: LONGEST_VALUE * 2])[:LONGEST_VALUE] or None if value else None


def one_line(text: str) -> str:
    """The text in one line, without control characters, so that it may stand in a header (RFC 5322, 2.2)."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def clean_source(text: str) -> str:
    """A template's text with line ends as `\\n` and no other control characters than tabs."""
    return _CONTROLS_BUT_LINES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


# What is wrong with a template


def faults(source: str, snippets: Collection[str] | None) -> list[Fault]:
    """All that keeps this text from being a template; empty if nothing does.

    `snippets`: the names of those that it may use; None: it is one itself and may use none.
    """
    clean = clean_source(source)
    blank = dict.fromkeys(snippets or (), "")
    try:
        text = Text(clean, blank)
    except LiquidError as error:
        return [Fault(_line_of_error(error, clean), _told(error))]
    found = [*_unknown_variables(text.parsed, clean)]
    for node in _nodes(text.parsed.nodes, RenderContext(text.parsed)):
        line = _line(clean, node.token.start_index)
        found += [Fault(line, reason) for reason in _wrong_in(node, snippets)]
    if not found:
        found += _faults_when_filled(text, clean)
    return sorted(dict.fromkeys(found), key=lambda one: one.line)


def snippets_used(source: str) -> set[str]:
    """The names of the snippets that a text without fault uses."""
    text = Text(source, {})
    nodes = _nodes(text.parsed.nodes, RenderContext(text.parsed))
    return {
        node.name.value for node in nodes if isinstance(node, RenderNode) and isinstance(node.name, StringLiteral)
    }


def _told(error: LiquidError) -> str:
    reason = str(error.message)
    if reason.startswith("unexpected tag"):
        return f"{reason}; there are {_WORDS}"
    return reason


def _line_of_error(error: LiquidError, source: str) -> int:
    """Where it is; what is missing is missing at the end."""
    index = error.token.start_index if error.token else -1
    return _line(source, index if index >= 0 else len(source))


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1


def _unknown_variables(parsed: BoundTemplate, source: str) -> Generator[Fault]:
    for variables in parsed.analyze(include_partials=False).variables.values():
        for one in variables:
            name = str(one)
            if name not in BY_NAME:
                close = get_close_matches(name, BY_NAME, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                yield Fault(_line(source, one.span.index), f"there is no variable {name}{hint}")


def _nodes(nodes: Iterable[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _nodes(node.children(context, include_partials=False), context)


def _wrong_in(node: Node, snippets: Collection[str] | None) -> Generator[str]:
    if isinstance(node, RenderNode):
        yield from _wrong_snippet(node, snippets)
    for expression in node.expressions():
        yield from _wrong_expression(expression)


def _wrong_snippet(node: RenderNode, snippets: Collection[str] | None) -> Generator[str]:
    if snippets is None:
        yield "a snippet cannot use a snippet"
    elif not isinstance(node.name, StringLiteral) or node.var or node.args:
        yield 'a snippet is used by its name alone: {% render "name" %}'
    elif node.name.value not in snippets:
        yield f"there is no snippet '{node.name.value}'"


def _wrong_expression(expression: Expression) -> Generator[str]:
    if isinstance(expression, RangeLiteral):
        yield "ranges are not for templates"
    if isinstance(expression, FilteredExpression):
        yield from _wrong_filters(expression)
    for part in expression.children():
        yield from _wrong_expression(part)


def _wrong_filters(expression: FilteredExpression) -> Generator[str]:
    used = expression.filters or []
    if len(used) > MOST_FILTERS:
        yield f"more than {MOST_FILTERS} filters in one place"
    for one in used:
        if one.name not in FILTERS:
            yield f"there is no filter '{one.name}'; there are {', '.join(FILTERS)}"
        elif one.name != "default" and not all(
            isinstance(arg.value, (StringLiteral, IntegerLiteral, FloatLiteral)) for arg in one.args
        ):
            yield f"the filter '{one.name}' takes texts and numbers only"
        elif any(
            not isinstance(arg.value, (StringLiteral, IntegerLiteral, FloatLiteral, Path)) for arg in one.args
        ):
            yield f"the filter '{one.name}' takes texts, numbers and variables only"


def _faults_when_filled(text: Text, source: str) -> Generator[Fault]:
    """What shows only when it is filled, such as a filter that lacks its argument."""
    nothing: Values = {}
    for values in (examples(), nothing):
        context = RenderContext(text.parsed, globals={**scope_of(values), _OUTPUTS: Outputs()})
        try:
            text.parsed.render_with_context(context, LimitedStringIO(LONGEST_OUTPUT))
        except LiquidError as error:
            yield Fault(_line_of_error(error, source), str(error.message))
