"""The description of the REST service as OpenAPI 3.1, made from the routes, the schemas and the list of operations."""

import re
from collections.abc import Iterable
from functools import cache

from flask import Blueprint, Flask, Response, current_app, render_template, request
from werkzeug.routing import Rule

from afofit import __version__
from afofit.access import Access, access_of, public, settings
from afofit.api.operation import HEADERS, PARAMETERS, PROBLEM, PROBLEMS, Answer, Operation
from afofit.api.operations import MORE_PARAMETERS, OPERATIONS, TAGS
from afofit.api.problems import json_response
from afofit.api.readable import groups, marked, members, words
from afofit.examples import examples
from afofit.schemas.described import Json, ref, request_schemas
from afofit.schemas.described_answer import answer_schemas
from afofit.schemas.described_charts import chart_schemas
from afofit.schemas.described_exchange import exchange_schemas
from afofit.store.keys import SCOPES
from afofit.words.sheet import STARTING_SPECIFICATION

blueprint = Blueprint("openapi", __name__, url_prefix="/api/v1")
BASE = "/api/v1"
ABOUT = f"""
Computes the fit of an ankle-foot orthosis: send leg and foot measurements and the shoe size, get the dimensions of a
brace that holds the foot at 90°, advice on shoes, and documents to print.

{STARTING_SPECIFICATION}

Every length and mass is in the `units` of the request; there is no default. Answers are in mm, kg and degrees,
unrounded. Whatever is wrong is said at once, as problem details (RFC 9457).
"""
LICENCE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
SCOPED = {
    "type": "oauth2",
    "description": "A token for five minutes that a registered system gets with a signed assertion (private_key_jwt).",
    "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": SCOPES}},
}
KEY = {"type": "http", "scheme": "bearer", "description": "A key made on the page “API keys” of a clinic."}
ALWAYS_SENT = {401: ("WWW-Authenticate",), 405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",)}
FORMATS = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer"}, "default": {"type": "string"}}
IDS = {
    "fitting_id": "The id of the stored fitting.",
    "kind": "Which document.",
    "batch_id": "The id of the batch.",
    "protocol_id": "The id of the clinic's version.",
    "chart_id": "The name of a chart of the program, or the id of one of the clinic.",
    "ending": "Plain text, or RTF for systems that refuse a PDF.",
}


@blueprint.get("/openapi.json")
@public("describes the service, the same for everybody")
def openapi() -> Response:
    """This description of the service."""
    response = json_response(document(), media_type="application/vnd.oai.openapi+json;version=3.1")
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/")
@public("describes the service, the same for everybody")
def readable() -> str:
    """The description of the service as a page."""
    described = document()
    return render_template(
        "openapi.html",
        document=described,
        groups=tuple(groups(described, request.host_url.rstrip("/"))),
        example=next(iter(described["components"]["examples"].values())),
        words=words,
        marked=marked,
        members=members,
    )


def document() -> Json:
    """The whole description; what is behind a key follows the settings."""
    return _document(current_app._get_current_object(), settings().calculator)  # type: ignore[attr-defined]


@cache
def _document(app: Flask, calculator: bool) -> Json:
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "afofit",
            "version": __version__,
            "summary": "The fit of an ankle-foot orthosis from measurements",
            "description": ABOUT.strip(),
            "contact": {"name": "Whoever runs this service"},
            "license": LICENCE,
        },
        "servers": [{"url": BASE, "description": "This service"}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": dict(sorted(_paths(app, calculator).items())),
        "components": {
            "schemas": request_schemas() | answer_schemas() | exchange_schemas() | chart_schemas(),
            "parameters": PARAMETERS | MORE_PARAMETERS,
            "headers": HEADERS,
            "responses": {str(status): _problem(status) for status in PROBLEMS},
            "securitySchemes": {"key": KEY, "backend": SCOPED},
            "examples": {one.key: {"summary": one.title, "value": one.request} for one in examples()},
        },
    }


def described_routes(app: Flask) -> Iterable[Rule]:
    """The routes that the description has to hold."""
    return (
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{BASE}/") and not rule.endpoint.startswith("openapi.")
    )


def _paths(app: Flask, calculator: bool) -> dict[str, Json]:
    paths: dict[str, Json] = {}
    for rule in described_routes(app):
        view = app.view_functions[rule.endpoint]
        access = access_of(view)
        assert access is not None  # noqa: S101
        path = re.sub(r"<[^>]*?(\w+)>", r"{\1}", rule.rule.removeprefix(BASE))
        item = paths.setdefault(path, {"parameters": _in_path(rule)} if rule.arguments else {})
        summary = (view.__doc__ or "").partition("\n")[0].replace("``", "`")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            item[method.lower()] = _operation(OPERATIONS[rule.endpoint], summary, access, calculator, rule)
    return paths


def _in_path(rule: Rule) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "description": IDS[name], "schema": _converted(rule, name)}
        for name in sorted(rule.arguments)
    ]


def _converted(rule: Rule, name: str) -> Json:
    converter = rule._converters[name]
    choices = getattr(converter, "items", None)
    if choices:
        return {"type": "string", "enum": sorted(choices)}
    return FORMATS[re.search(rf"<(?:(\w+)(?:\([^)]*\))?:)?{name}>", rule.rule)[1] or "default"]  # type: ignore[index]


def _operation(one: Operation, summary: str, access: Access, calculator: bool, rule: Rule) -> Json:
    open_to_all = access.kind == "public" or (access.kind == "calculator" and calculator)
    description: Json = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": summary,
        "description": _who(access, open_to_all),
        "security": _security(access, open_to_all),
    }
    if one.parameters:
        description["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in one.parameters]
    if one.body:
        description["requestBody"] = {"required": True, "content": _body(one)}
    answers = {str(status): _answer(answer) for status, answer in one.answers.items()}
    problems = {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in _failing(one, rule, access, open_to_all)
    }
    return description | {"responses": answers | dict(sorted(problems.items()))}


def _security(access: Access, open_to_all: bool) -> list[Json]:
    """How callers say who they are: not at all, where everybody may call, or also so, where they are told more then."""
    if open_to_all:
        return []
    known: list[Json] = [{"key": []}, {"backend": [access.scope] if access.scope else []}]
    return [{}, *known] if access.kind == "either" else known


def _who(access: Access, open_to_all: bool) -> str:
    if access.kind == "either":
        return f"Needs no key. With one of the scope `{access.scope}`, what is the clinic's own is there too."
    if open_to_all:
        return "Needs no key."
    return f"Needs a key with the scope `{access.scope}`." if access.scope else "Needs a key."


def _body(one: Operation) -> Json:
    named = {example.key: {"$ref": f"#/components/examples/{example.key}"} for example in examples()}
    return {
        kind: {"schema": schema} | ({"examples": named} if one.examples else {}) for kind, schema in one.body.items()
    }


def _failing(one: Operation, rule: Rule, access: Access, open_to_all: bool) -> set[int]:
    """Every status of a problem document that the operation can answer."""
    failing = set(one.problems)
    if one.body:
        failing |= {400, 413, 415}
    if rule.arguments:
        failing |= {404, 405}  # 405: what stands for the id may be a word of another address, such as "preview"
    if access.kind != "public":
        failing |= {429}
    if not open_to_all:
        failing |= {401, 403, 503}
    return failing


def _answer(answer: Answer) -> Json:
    described: Json = {"description": answer.description}
    if answer.headers:
        described["headers"] = {name: _header(name) for name in answer.headers}
    if answer.content:
        described["content"] = {kind: {"schema": schema} for kind, schema in answer.content.items()}
    if answer.links:
        described["links"] = dict(answer.links)
    return described


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}


def _problem(status: int) -> Json:
    described: Json = {"description": PROBLEMS[status], "content": {PROBLEM: {"schema": ref("Problem")}}}
    if status in ALWAYS_SENT:
        described["headers"] = {name: _header(name) for name in ALWAYS_SENT[status]}
    return described
