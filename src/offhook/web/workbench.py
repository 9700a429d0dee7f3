"""Serves the workbench: the front end's build (`frontend/`, made by `make setup`), from memory, compressed once.

What the build names by its content (`/assets/…`) may be kept for a year; the page itself is asked for again each
time. Where a browser goes to an address that is nobody else's, it gets the page, which shows the screen of that
address. Without a build the plain start page stands in (`pages.py`), so that the API works from a bare checkout.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from offhook.kernel.errors import NotFound
from offhook.web.pages import home

router = APIRouter(include_in_schema=False)

BUILT = Path(__file__).parent / "dist"
"""Where `npm run build` puts it (frontend/vite.config.ts)."""

FOREVER = "public, max-age=31536000, immutable"
COMPRESSED = frozenset({".js", ".css", ".html", ".svg", ".json"})

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self'; frame-src 'self'; media-src 'self' blob:; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
"""No script but our own files. Inline styles are let in as charts and lists place their parts by them; a blob is
sound that was just recorded in the browser; a frame is a received mail, on a page without scripts."""

mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the build."""

    body: bytes
    zipped: bytes | None
    media_type: str
    tag: str


def _asset(path: Path) -> Asset:
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _changed: int) -> Asset:
    body = path.read_bytes()
    zipped = gzip.compress(body, 9) if path.suffix in COMPRESSED else None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, zipped, kind, f'"{hashlib.sha256(body).hexdigest()[:20]}"')


def _answer(request: Request, asset: Asset, caching: str) -> Response:
    headers = {"cache-control": caching, "etag": asset.tag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == asset.tag:
        return Response(status_code=304, headers=headers)
    body = asset.body
    if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = asset.zipped
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers, media_type=asset.media_type)


@router.get("/assets/{name}")
def asset(name: str, request: Request) -> Response:
    """A script, style, font or picture; its name changes with its content."""
    path = BUILT / "assets" / name
    if not path.is_file():
        raise NotFound(f"There is no {name}; it may belong to an earlier version. Load the page again.")
    return _answer(request, _asset(path), FOREVER)


@router.get("/icon.svg")
def icon(request: Request) -> Response:
    """The picture in the browser's tab."""
    return _answer(request, _asset(BUILT / "icon.svg"), "public, max-age=86400")


@router.get("/")
def page(request: Request) -> Response:
    """The workbench."""
    built = BUILT / "index.html"
    if not built.is_file():
        return home(request)
    response = _answer(request, _asset(built), "no-cache")
    response.headers["content-security-policy"] = POLICY
    response.headers["x-frame-options"] = "DENY"
    return response


NOT_SCREENS = frozenset({"api", "assets", "f", "hooks"})
"""What begins so is no screen: an unknown address there stays unknown."""


def show_screens(app: FastAPI) -> None:
    """Answer browsers with the page where no route matches."""
    unknown = app.router.default

    async def screen(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope) if scope["type"] == "http" else None
        if request is not None and _is_screen(request):
            await page(request)(scope, receive, send)
        else:
            await unknown(scope, receive, send)

    app.router.default = screen


def _is_screen(request: Request) -> bool:
    """Whether a browser goes there; programs that ask for unknown addresses are told so."""
    first = request.url.path.split("/")[1]
    wants_page = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and wants_page and first not in NOT_SCREENS
