"""A mail's HTML made fit to be shown: pure. Whoever wrote it may run nothing, leave no trace and cover nothing.

Three walls, each enough by itself for scripts: the sanitiser keeps what looks and takes what acts (`nh3`, an
allow-list), the page's own Content-Security-Policy allows no script, and the screen shows it in a sandboxed frame.
Images from elsewhere tell their owner when and where the mail was read: they are left out until asked for.
"""

import re
from dataclasses import dataclass

import nh3

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:{images}; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""Of the page: no script, no request to anybody, unless images were asked for. `allow-same-origin` lets the screen
around it measure how high it is; without scripts the page itself can do nothing with it."""

_TAGS = frozenset(
    "a abbr b blockquote br caption center code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img"
    " ins li ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr u ul".split()
)
_PLACING = {"align", "valign", "width", "height", "bgcolor", "color", "style", "dir"}
_ATTRIBUTES: dict[str, set[str]] = {
    **{tag: set(_PLACING) for tag in _TAGS},
    "a": {"href", "title", "style"},
    "img": {"src", "alt", "title", "width", "height", "style"},
    "td": _PLACING | {"colspan", "rowspan"},
    "th": _PLACING | {"colspan", "rowspan"},
    "table": _PLACING | {"border", "cellpadding", "cellspacing"},
    "font": _PLACING | {"face", "size"},
    "ol": _PLACING | {"start", "type"},
}
_STYLES = frozenset(
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right"
    " border-spacing border-style border-top border-width color direction display font font-family font-size"
    " font-style font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left"
    " margin-right margin-top max-width min-width padding padding-bottom padding-left padding-right padding-top"
    " text-align text-decoration text-indent text-transform vertical-align white-space width".split()
)
"""No place of its own on the page, nothing that is fetched."""
_INLINE_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_REMOTE = re.compile(r"https?://|//", re.IGNORECASE)
_FETCHES = re.compile(r"url\s*\(|expression|@import|\\", re.IGNORECASE)

_FRAME = """<!doctype html>
<html><head><meta charset="utf-8"><title>Mail</title><base target="_blank"><style>
html {{ background: #fff; color: #1a1c20; font: 14px/1.5 system-ui, sans-serif; }}
body {{ margin: 12px; overflow-wrap: anywhere; }}
img, table {{ max-width: 100%; }} img {{ height: auto; }}
pre {{ white-space: pre-wrap; }}
blockquote {{ margin: 8px 0; padding-left: 12px; border-left: 3px solid #d5d8de; }}
</style></head><body>{body}</body></html>
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, and how many images from elsewhere the mail has, shown or not."""

    page: str
    remote_images: int


def shown(html: str, *, with_images: bool) -> Shown:
    """The page of a mail's HTML; `with_images`: those from elsewhere too."""
    found = 0

    def kept(tag: str, attribute: str, value: str) -> str | None:
        nonlocal found
        if attribute == "href" and value.strip().lower().startswith("data:"):
            return None
        if attribute == "style":
            return None if _FETCHES.search(value) else value
        if (tag, attribute) != ("img", "src"):
            return value
        if _INLINE_IMAGE.match(value.strip()):
            return value
        if not _REMOTE.match(value.strip()):
            return None
        found += 1
        return value if with_images else None

    body = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    return Shown(_FRAME.format(body=body), found)


def policy(*, with_images: bool) -> str:
    """The Content-Security-Policy of such a page."""
    return POLICY.format(images=" https: http:" if with_images else "")
