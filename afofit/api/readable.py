"""The description of the REST service prepared for a page: operations in groups, types in words, a call to try."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from afofit.schemas.described import Json

REF = "#/components/"
BASICS = {"integer": "whole number", "boolean": "true or false", "string": "text", "null": "null"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation as the page shows it."""

    method: str
    path: str
    operation: Json
    parameters: tuple[Json, ...]
    body: Mapping[str, str]
    answers: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """When all went well: status, description, content in words, names of headers."""
    problems: tuple[str, ...]
    """Statuses of problem documents."""
    call: str
    """How to call it with curl."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a component."""

    name: str
    kind: str
    needed: bool
    description: str


def groups(document: Json, origin: str) -> Iterator[tuple[Json, tuple[Shown, ...]]]:
    """Each tag with its operations in the order of their paths."""
    for tag in document["tags"]:
        yield (
            tag,
            tuple(
                _shown(document, origin, path, method, item[method], item.get("parameters", []))
                for path, item in document["paths"].items()
                for method in item
                if method != "parameters" and tag["name"] in item[method]["tags"]
            ),
        )


def _shown(document: Json, origin: str, path: str, method: str, operation: Json, in_path: list[Json]) -> Shown:
    parameters = [resolved(document, one) for one in [*in_path, *operation.get("parameters", [])]]
    body = operation.get("requestBody", {}).get("content", {})
    return Shown(
        method=method.upper(),
        path=path,
        operation=operation,
        parameters=tuple(parameters),
        body={kind: words(content["schema"]) for kind, content in body.items()},
        answers=tuple(_answers(document, operation)),
        problems=tuple(status for status in operation["responses"] if status >= "4"),
        call=_call(document, origin, path, method, operation),
    )


def _answers(document: Json, operation: Json) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    for status, answer in operation["responses"].items():
        if status >= "4":
            continue
        content = ", ".join(f"{kind}: {words(one['schema'])}" for kind, one in answer.get("content", {}).items())
        yield status, answer["description"], content, tuple(answer.get("headers", ()))


def _call(document: Json, origin: str, path: str, method: str, operation: Json) -> str:
    lines = [f"curl {origin}{document['servers'][0]['url']}{path}"]
    if method != "get":
        lines[0] = lines[0].replace("curl ", f"curl -X {method.upper()} ", 1)
    if operation["security"]:
        lines.append('-H "Authorization: Bearer $AFOFIT_KEY"')
    content = operation.get("requestBody", {}).get("content", {})
    if content:
        kind = next(iter(content))
        lines += [f'-H "Content-Type: {kind}"', "--data-binary @request" + (".json" if "json" in kind else ".txt")]
    return " \\\n  ".join(lines)


def resolved(document: Json, given: Json) -> Json:
    """What a reference leads to, or the thing itself."""
    if "$ref" not in given:
        return given
    found: Any = document["components"]
    for step in given["$ref"].removeprefix(REF).split("/"):
        found = found[step]
    resolved_to: Json = found
    return resolved_to


def members(schema: Json) -> tuple[Member, ...]:
    """The members of a component."""
    needed = schema.get("required", ())
    return tuple(
        Member(name, words(one), name in needed, one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    )


def marked(text: str) -> Markup:
    """Text in which `this` is code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )


def words(schema: Json) -> str:
    """A type in words; a component by its name."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(words(one) for one in schema[several]))
    if "const" in schema:
        return f"“{schema['const']}”"
    if "enum" in schema:
        return ", ".join("null" if one is None else f"“{one}”" for one in schema["enum"])
    return _kind(schema)


def _kind(schema: Json) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(_kind(schema | {"type": one}) for one in kind)
    if kind == "array":
        return f"list of {words(schema['items'])}" if "items" in schema else "list"
    if kind == "object":
        return _object(schema)
    if kind == "string" and schema.get("format") == "binary":
        return "file"
    form = {"date": "date", "date-time": "moment", "uuid": "UUID", "uri-reference": "address"}
    said = form.get(schema.get("format", "")) if kind == "string" else None
    return said or BASICS.get(str(kind), str(kind) if kind else "anything")


def _object(schema: Json) -> str:
    members = schema.get("properties")
    if members:
        return "{" + ", ".join(members) + "}"
    values = schema.get("additionalProperties")
    return f"object of {words(values)}" if isinstance(values, dict) else "object"
