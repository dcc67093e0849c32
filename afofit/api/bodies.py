"""Reading a request body: JSON only, with its faults named."""

import json
from typing import Any

import orjson
from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from afofit.schemas.problems import Problem, Refused
from afofit.words.problems import sentence

LONGEST_KEY = 255


class Unreadable(Refused):
    """A body that is no JSON at all."""


def read_json(request: Request) -> Any:
    """The JSON document of a request; raises Unreadable, or 415 for another content type."""
    if not request.is_json:
        raise UnsupportedMediaType
    body = request.get_data(cache=False)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return _slowly(body, str(error))


def _slowly(body: bytes, detail: str) -> Any:
    """NaN and Infinity are no JSON, but are read here so that the field that holds them can be named."""
    try:
        return json.loads(body)
    except RecursionError:
        detail = "it is nested too deeply"
    except ValueError:
        detail = detail.rsplit(": line", 1)[0] if ": line" not in detail else detail
    raise Unreadable((Problem((), sentence("not_json", detail=detail.rstrip(".")), None, None, "JSON"),))


def retry_key(request: Request) -> str | None:
    """The Idempotency-Key of a request, where it has one; raises Refused of an empty or an endless one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        text = sentence("key_length", received=len(key), high=LONGEST_KEY)
        raise Refused((Problem(("Idempotency-Key",), text, len(key), "characters", [1, LONGEST_KEY]),))
    return key
