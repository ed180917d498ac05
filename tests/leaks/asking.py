"""Requests to every route of an OpenAPI document: paths, queries and bodies made from what the document says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

Json = dict[str, Any]
Choose = Callable[[str], str | None]
"""An id for a name such as `contact_id`; None where nothing of that name is known."""

ORDER = ("get", "patch", "put", "post", "delete")
"""What changes the world most comes last."""

SAID: dict[str, Any] = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "email": "otto@quillandsons.example",
    "uri": "http://127.0.0.1:9/hook",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "binary": b"no photo",
}
BY_ROUTE: dict[str, dict[str, Any]] = {
    "patch /v1/contacts/{contact_id}": {"name": "Harmless"},
    "patch /v1/users/{user_id}": {"name": "Harmless"},
    "patch /v1/organization": {"name": "Harmless"},
    "post /v1/crm-connections/{connection_id}/push": {},
}
"""Whole bodies, where not everything may be said at once."""
BY_NAME: dict[str, Any] = {
    "url": "http://127.0.0.1:9/hook",
    "token_digest": "0" * 64,
    "digest": "0" * 64,
    "size": 64,
    "source": "user",
    "fields": "name",
    "from": f"{datetime.now(UTC):%Y-%m-%d}",
    "to": f"{datetime.now(UTC):%Y-%m-%d}",
    "needs_review": False,
}
"""What is asked for in words that no schema has."""
ASKED_BY_NAME: dict[str, Any] = {"place": "Zqxwordville"}
"""What is asked for in a query, and told in no body: where the victim was."""


@dataclass(frozen=True, eq=False)
class Operation:
    """One route with one method."""

    method: str
    path: str
    said: Json
    document: Json

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def parameters(self, place: str) -> dict[str, Json]:
        """What may stand in `path`, `query` or `header`, with its schema."""
        return {each["name"]: each["schema"] for each in self.said.get("parameters", ()) if each["in"] == place}

    @property
    def is_public(self) -> bool:
        """Whether it asks for no key."""
        return "security" not in self.said

    def body(self, choose: Choose, text: str) -> Json:
        """Arguments for the client that send a body with all there is to say."""
        if f"{self.method} {self.path}" in BY_ROUTE:
            return {"json": BY_ROUTE[f"{self.method} {self.path}"]}
        content = self.said.get("requestBody", {}).get("content", {})
        for kind, said in content.items():
            made = self._value("", said.get("schema", {}), choose, text)
            if kind == "multipart/form-data":
                files = {name: value for name, value in made.items() if isinstance(value, bytes)}
                return {"files": files, "data": {name: value for name, value in made.items() if name not in files}}
            if kind in ("application/json", "application/merge-patch+json"):
                return {"json": made}
            return {"content": text.encode(), "headers": {"Content-Type": kind}}
        return {}

    def query(self, choose: Choose, text: str) -> Json:
        """All that may be asked for at once, but how much and where to go on."""
        asked = {name: each for name, each in self.parameters("query").items() if name not in ("cursor", "limit")}
        said = {name: self._value(name, schema, choose, text) for name, schema in asked.items()}
        return said | {name: value for name, value in ASKED_BY_NAME.items() if name in said}

    def _value(self, name: str, schema: Json, choose: Choose, text: str) -> Any:
        schema = self._resolved(schema)
        if (name.endswith("_id") or name == "around") and schema.get("type") == "string" and choose(name):
            return choose(name)
        if schema.get("type") == "object" or "properties" in schema:
            parts = schema.get("properties", {}).items()
            return {key: self._value(key, each, choose, text) for key, each in parts if not key.startswith("_")}
        if schema.get("type") == "array":
            item = "_".join(filter(None, [name.removesuffix("s")]))
            return [self._value(item, schema.get("items", {}), choose, text)]
        return _plain(name, schema, text)

    def _resolved(self, schema: Json) -> Json:
        while True:
            if "$ref" in schema:
                schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
            elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                schema = next(each for each in options if each.get("type") != "null")
            else:
                return schema


def _plain(name: str, schema: Json, text: str) -> Any:
    if name in BY_NAME:
        return BY_NAME[name]
    for key in ("const", "default", "enum"):
        if schema.get(key) not in (None, ""):
            return schema[key][0] if key == "enum" else schema[key]
    if schema.get("contentMediaType") or schema.get("format") == "binary":
        return SAID["binary"]
    if schema.get("format") in SAID:
        return SAID[schema["format"]]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("type") == "boolean":
        return True
    if schema.get("type") in ("integer", "number"):
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    return text[: schema.get("maxLength", 100)]


def operations(document: Json) -> Iterator[Operation]:
    """Every route of the document, those that change nothing first."""
    for method in ORDER:
        for path, methods in sorted(document["paths"].items()):
            if method in methods:
                yield Operation(method, path, methods[method], document)


def ways(names: list[str], known: Mapping[str, tuple[list[str], list[str]]]) -> Iterator[dict[str, tuple[str, bool]]]:
    """Every way to fill in the names with ids of (mine, theirs): what, and whether it is theirs; a few of each."""
    options = [
        [(each, False) for each in known[name][0][:1]] + [(each, True) for each in known[name][1][:3]] for name in names
    ]
    for chosen in product(*options):
        yield dict(zip(names, chosen, strict=True))
