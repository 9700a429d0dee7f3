"""Valid requests made from the OpenAPI document: for tests that walk every operation.

A sample takes what the document offers first: an example, a default, the first choice, the least value. Where that
is not accepted, the document promises more than the route keeps, and the walking test says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from offhook.kernel.ids import new_id

Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of the API, with what is needed to send it."""

    method: str
    path: str
    is_guarded: bool
    url: str
    body: object
    media: str | None

    def __str__(self) -> str:
        """How tests name it."""
        return f"{self.method.upper()} {self.path}"


def operations(document: Schema) -> Iterator[Operation]:
    """Every operation of the document with a valid request."""
    for path, found in document["paths"].items():
        for method, operation in found.items():
            content = operation.get("requestBody", {}).get("content", {})
            media = next(iter(content), None)
            yield Operation(
                method=method,
                path=path,
                is_guarded="security" in operation,
                url=_url(document, path, operation),
                body=sample(document, content[media]["schema"]) if media else None,
                media=media,
            )


def _url(document: Schema, path: str, operation: Schema) -> str:
    query: list[str] = []
    for one in operation.get("parameters", ()):
        value = sample(document, one["schema"])
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(value))
        elif one["in"] == "query" and one.get("required"):
            query.append(f"{one['name']}={value}")
    return f"{path}?{'&'.join(query)}" if query else path


def sample(document: Schema, schema: Schema) -> object:
    """A value that the schema allows."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return sample(document, document["components"]["schemas"][name])
    for told in ("examples", "example", "const", "enum", "default"):
        if told in schema and (told != "default" or schema[told] is not None):
            return schema[told][0] if told in {"examples", "enum"} else schema[told]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return sample(document, schema[several][0])
    return _by_type(document, schema)


def _by_type(document: Schema, schema: Schema) -> object:
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", ())
            inner = cast("Schema", schema.get("properties", {}))
            return {name: sample(document, inner[name]) for name in wanted}
        case "array":
            return [sample(document, schema["items"]) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return _text(schema)


def _text(schema: Schema) -> str:
    match schema.get("format"):
        case "uuid":
            return str(new_id())
        case "date-time":
            return "2026-03-02T09:00:00Z"
        case "date":
            return "2026-03-02"
        case "uri":
            return "https://receiver.example/hook"
        case "email":
            return "ada@acme.example"
        case _:
            return "x" * max(1, schema.get("minLength", 1))
