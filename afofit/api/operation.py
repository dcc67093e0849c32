"""How one operation of the REST service is described: what goes in, what comes out, what can go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from afofit.schemas.described import Json, ref
from afofit.schemas.printing import ATTACHMENTS, LANGUAGES, PAPERS, SIZES

JSON = "application/json"
PDF = "application/pdf"
PROBLEM = "application/problem+json"
BINARY: Json = {"type": "string", "format": "binary"}
"""A file as it is, in the words that makers of clients know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered when all went well: by content type, with the headers that it always has."""

    description: str
    content: Mapping[str, Json]
    headers: tuple[str, ...] = ()
    links: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one route; its summary is the first line of the view's docstring."""

    name: str
    """The operationId, of which generated clients make the name of a function."""
    tag: str
    answers: Mapping[int, Answer]
    body: Mapping[str, Json] = field(default_factory=dict)
    """The request body by content type; a body is always needed where there is one."""
    examples: bool = False
    """Whether the worked examples are examples of the body."""
    parameters: tuple[str, ...] = ()
    """Names of the parameters of the query and of the headers."""
    problems: tuple[int, ...] = ()
    """Statuses of problem documents, beside those that follow from access and body."""


def one(description: str, schema: Json, *headers: str, content: str = JSON, links: Any = None) -> Answer:
    """An answer of one content type."""
    return Answer(description=description, content={content: schema}, headers=headers, links=links or {})


def named(description: str, component: str, *headers: str, links: Any = None) -> Answer:
    """A JSON answer that is a component."""
    return one(description, ref(component), *headers, links=links)


def _query(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _header(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "description": description, "schema": schema}


def _choice(values: Mapping[str, object], usual: str) -> Json:
    return {"type": "string", "enum": list(values), "default": usual}


PARAMETERS: dict[str, Json] = {
    "paper": _query("paper", "Size of the sheet.", _choice(PAPERS, "a4")),
    "lang": _query("lang", "Language of the patient's sheet; the others are English.", _choice(LANGUAGES, "en")),
    "size": _query("size", "Size of print of the patient's sheet.", _choice(SIZES, "normal")),
    "attach": _query("attach", "Whether request and result are attached to the PDF.", _choice(ATTACHMENTS, "none")),
    "Idempotency-Key": _header(
        "Idempotency-Key",
        "Any text of your own for this one deed. Sent again with the same content, the first answer is given and "
        "nothing is stored twice; with other content it is refused.",
        {"type": "string", "minLength": 1, "maxLength": 255, "examples": ["order-2026-0815"]},
    ),
    "If-Match": _header(
        "If-Match",
        "The ETag of the record you looked at; if it was changed since, nothing is done (412).",
        {"type": "string", "examples": ['"0123456789abcdef0123456789abcdef-draft"']},
    ),
    "If-None-Match": _header(
        "If-None-Match", "An ETag you have; if the record is still the same, 304 without a body.", {"type": "string"}
    ),
}
HEADERS: dict[str, Json] = {
    "Location": {"description": "Address of what was stored.", "schema": {"type": "string", "format": "uri-reference"}},
    "ETag": {"description": "Changes when anything of the answer changes.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "`true` where the answer is of an earlier try with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Allow": {"description": "The methods that the address takes.", "schema": {"type": "string"}},
    "Link": {
        "description": 'Address of the next page, `rel="next"`; missing on the last.',
        "schema": {"type": "string"},
    },
    "Preference-Applied": {"description": "That the wish not to wait was met.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before the next try.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to say who you are.", "schema": {"type": "string"}},
}
PROBLEMS = {
    400: "What was sent cannot be read.",
    401: "No key, or one that is unknown or over.",
    403: "The key does not have the scope.",
    404: "There is no such thing in this clinic.",
    405: "The address is that of another operation, which has another method.",
    406: "None of the content types that you accept can be given.",
    409: "It does not fit what is stored.",
    412: "The record was changed since you read it.",
    413: "The body is too large.",
    415: "The content type is not read here.",
    422: "Refused, with every field that is wrong, what was received, its unit and what is allowed.",
    429: "Too many requests.",
    503: "The database cannot be reached; nothing was stored.",
}
PRINTED = ("paper", "lang", "size", "attach")
SAME = Answer(description="Still the same.", content={}, headers=("ETag",))
