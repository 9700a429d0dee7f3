"""Pages that anybody may open, written by the server: one look, nothing loaded from elsewhere, no script.

The one style is named by its hash (Content Security Policy, level 3). Whoever calls escapes what they put in.
"""

import base64
import hashlib
from html import escape
from pathlib import Path

from fastapi import Response

_STYLE = (Path(__file__).parent / "public_page.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'"

_PAGE = """\
<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title><style>{style}</style></head>
<body>{body}</body>
</html>
"""


def public_page(
    title: str, body: str, *, status: int = 200, language: str = "en", framed_by: str = "'none'"
) -> Response:
    """A page; `body` is HTML, `framed_by` the sites that may frame it, as `frame-ancestors` has them."""
    policy = f"{_POLICY}; frame-ancestors {framed_by}"
    html = _PAGE.format(title=escape(title), style=_STYLE, body=body, language=escape(language))
    return Response(html, status, {"content-security-policy": policy}, "text/html; charset=utf-8")
