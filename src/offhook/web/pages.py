"""The few plain pages: what this is at `/`, and the API's description, without anything loaded from elsewhere.

Pages are written by the server and hold no script. They tell nothing of any organisation.
"""

from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, cast

from fastapi import APIRouter, Request, Response

from offhook import __version__

router = APIRouter(include_in_schema=False)

STYLE = (Path(__file__).parent / "style.css").read_text()

_STEPS = (
    (
        "Respond",
        "Campaign responses come in from files, forms, hooks and programs.",
        "offhook import FILE --campaign NAME",
    ),
    ("Resolve", "Each becomes one person at one account, however it was spelt.", "offhook people list"),
    ("Route", "Scored, assigned by territory and turn, promised a first call on time.", "offhook leads list"),
    (
        "Work",
        "The next best lead for every rep, and one record of what was done.",
        "offhook queue next --rep EMAIL",
    ),
    (
        "Qualify",
        "Questions agreed with sales, answers with their evidence, a verdict.",
        "offhook qualify show --person EMAIL",
    ),
    (
        "Hand off",
        "Briefed, booked, accepted by the AE, confirmed after the first talk.",
        "offhook hand-off offer --person EMAIL",
    ),
    ("Count", "Goals, attainment and pace, every figure from the record of events.", "offhook goals"),
)
"""The main job in its order: what happens, and the word of the command line that does it."""

_HOME = """\
<p class="lead">One open, self-hosted system for sales-development teams: from campaign responder to documented
hand-off.</p>
<section aria-labelledby="job">
<h2 id="job">The main job</h2>
<ol class="steps">
{steps}
</ol>
</section>
<section aria-labelledby="in">
<h2 id="in">Signing in</h2>
<p>Programs show an API token: <code>Authorization: Bearer oh_…</code>. An administrator issues one with
<code>offhook tokens issue EMAIL --name …</code> on the machine where this server runs; <code>offhook demo</code>
prints one for every role of its generated organisation. Signing in on screen comes with the screens.</p>
<p>Try it: <code>curl -H "Authorization: Bearer oh_…" {base}/api/v1/me</code></p>
</section>
<section aria-labelledby="runs">
<h2 id="runs">What runs here</h2>
<p>Offhook {version}, with {operations} operations in its <a href="/api/v1/docs">API</a>, described for generators
in <a href="/api/v1/openapi.json">OpenAPI 3.1</a>:</p>
<ul class="parts">
{parts}
</ul>
<p>Is it well? <a href="/healthz">/healthz</a> tells that the server is alive, <a href="/readyz">/readyz</a> that
its database answers too.</p>
</section>
"""


def home(request: Request) -> Response:
    """What this is, what it does and where to go."""
    paths = cast("dict[str, dict[str, Any]]", request.app.openapi().get("paths", {}))
    tags = Counter((one.get("tags") or ["other"])[0] for methods in paths.values() for one in methods.values())
    body = _HOME.format(
        steps="\n".join(
            f"<li><b>{escape(name)}</b> <span>{escape(told)}</span> <code>{escape(word)}</code></li>"
            for name, told, word in _STEPS
        ),
        parts="\n".join(
            f'<li><a href="/api/v1/docs#{_anchor(tag)}">{escape(tag)}</a> <small>{count}</small></li>'
            for tag, count in tags.items()
        ),
        operations=tags.total(),
        version=escape(__version__),
        base=escape(request.app.state.settings.base_url),
    )
    return _page("Offhook", body)


@router.get("/style.css")
def style() -> Response:
    """The pages' looks."""
    return Response(STYLE, media_type="text/css", headers={"cache-control": "public, max-age=3600"})


def description_page(document: dict[str, Any]) -> Response:
    """The OpenAPI document for readers."""
    return _page("Offhook API", "\n".join(_description(document)))


def _anchor(tag: str) -> str:
    """A section's name as the id of its heading, which has no spaces."""
    return escape(tag.replace(" ", "-"))


def _page(title: str, body: str) -> Response:
    html = (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="stylesheet" href="/style.css">\n</head>\n'
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n"
        f'<footer>Offhook {__version__} · <a href="/">start</a> · <a href="/api/v1/docs">API</a></footer>\n'
        "</body>\n</html>\n"
    )
    return Response(html, media_type="text/html")


def _description(document: dict[str, Any]) -> Iterator[str]:
    yield f"<pre>{escape(str(document['info']['description']))}</pre>"
    yield '<p><a href="/api/v1/openapi.json">OpenAPI 3.1 document</a></p>'
    by_tag: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            by_tag.setdefault((operation.get("tags") or ["other"])[0], []).append((method, path, operation))
    yield '<nav aria-label="Sections">'
    yield " · ".join(f'<a href="#{_anchor(tag)}">{escape(tag)}</a>' for tag in by_tag) + "</nav>"
    for tag, found in by_tag.items():
        yield f'<h2 id="{_anchor(tag)}">{escape(tag)}</h2>'
        for method, path, operation in found:
            yield from _operation(method, path, operation)
    yield "<h2>Shapes</h2>"
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        yield from _shape(name, schema)


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    address = f"{method.upper()} {escape(path)}"
    yield f"<details><summary><code>{address}</code> {escape(operation['summary'])}</summary>"
    if operation.get("description"):
        yield f"<p>{escape(operation['description'])}</p>"
    rows = [
        (one["name"], one["in"], _kind(one["schema"]), one.get("required", False), one.get("description", ""))
        for one in operation.get("parameters", ())
    ]
    rows += [
        ("body", media, _kind(content.get("schema", {})), True, "")
        for media, content in operation.get("requestBody", {}).get("content", {}).items()
    ]
    rows += [
        (status, "answer", _kind(content.get("schema", {})), False, answer.get("description", ""))
        for status, answer in operation.get("responses", {}).items()
        for content in answer.get("content", {}).values()
    ]
    if rows:
        yield "<table><tr><th>name</th><th>where</th><th>type</th><th>meaning</th></tr>"
        for name, where, kind, is_required, meaning in rows:
            must = " (required)" if is_required else ""
            yield f"<tr><td><code>{escape(name)}</code>{must}</td><td>{escape(where)}</td>"
            yield f"<td>{kind}</td><td>{escape(meaning)}</td></tr>"
        yield "</table>"
    yield "</details>"


def _shape(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f'<details id="shape-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
    if schema.get("description"):
        yield f"<p>{escape(schema['description'])}</p>"
    if "enum" in schema:
        yield "<p>one of " + ", ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"]) + "</p>"
    required = set(schema.get("required", ()))
    if schema.get("properties"):
        yield "<table><tr><th>field</th><th>type</th><th>meaning</th></tr>"
        for field, inner in schema["properties"].items():
            must = " (required)" if field in required else ""
            yield f"<tr><td><code>{escape(field)}</code>{must}</td><td>{_kind(inner)}</td>"
            yield f"<td>{escape(inner.get('description', ''))}</td></tr>"
        yield "</table>"
    yield "</details>"


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words, as HTML; shapes are links."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f'<a href="#shape-{name}">{name}</a>'
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_kind(cast("dict[str, Any]", one)) for one in schema[several])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    return escape(str(schema.get("format") or schema.get("type") or "any"))
