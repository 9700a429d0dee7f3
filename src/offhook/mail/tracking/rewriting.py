"""Changes to a mail's HTML that leave all else as it was, to the letter: pure.

The standard library's parser tells where each tag stands; only the values of `href` are replaced.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser

from offhook.mail.links import LONGEST_URL

_HREF = re.compile(r"""(\shref\s*=\s*)("[^"]*"|'[^']*'|[^\s>"']+)""", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s\x00-\x20/]+(?:/[^\x00-\x20\x7f]*)?", re.IGNORECASE)
_END = re.compile(r"</body\s*>", re.IGNORECASE)


class _Anchors(HTMLParser):
    """Where the start tags of links stand, as offsets into the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.spans: list[tuple[int, int]] = []
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where it stands."""
        if tag in {"a", "area"}:
            line, column = self.getpos()
            begins = self._lines[line - 1] + column
            self.spans.append((begins, begins + len(self.get_starttag_text() or "")))


def with_followed_links(html: str, followed: Callable[[str], str]) -> str:
    """The HTML with each link to the web leading where `followed` says."""
    pieces, end = list[str](), 0
    for begins, ends in _Anchors(html).spans:
        pieces += [
            html[end:begins],
            _HREF.sub(lambda found: _replaced(found, followed), html[begins:ends], count=1),
        ]
        end = ends
    return "".join([*pieces, html[end:]])


def _replaced(found: re.Match[str], followed: Callable[[str], str]) -> str:
    url = unescape(found[2].strip("\"'")).strip()
    if not _WEB.fullmatch(url) or len(url) > LONGEST_URL:
        return found[0]
    return f'{found[1]}"{escape(followed(url))}"'


def with_last(html: str, piece: str) -> str:
    """The HTML with a piece at the end of its body."""
    ends = list(_END.finditer(html))
    place = ends[-1].start() if ends else len(html)
    return html[:place] + piece + html[place:]
