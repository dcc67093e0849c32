"""How the service logs: one line of JSON each for machines, or plain text for people. No message of a fault, in which a
patient's form may stand, no address and no query is in a line.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any, TextIO

import orjson
from flask import has_request_context

from afofit.watching.reference import reference

OURS = "afofit"
FIELDS = "fields"
"""Under which name a record brings fields of its own."""
URI_LOGGED = "Error handling request"
"""How gunicorn begins a line that ends with an address, which may be the link of a patient."""
REFUSED_HEAD = "Invalid request from"
"""How gunicorn begins a line that tells what was wrong with a head, and with it a part of the head."""


class Lines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the request where there is one, and fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": said(record),
            "process": record.process,
        }
        fields = vars(record).get(FIELDS)
        if fields:
            line |= fields
        elif has_request_context() and reference():
            line["request_id"] = reference()
        try:
            return orjson.dumps(line, option=orjson.OPT_UTC_Z).decode()
        except TypeError:
            # A half of a letter in what another program logs.
            return json.dumps(line, default=str)


class Text(logging.Formatter):
    """The same for people: time, level, message, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        given = getattr(record, FIELDS, {}).items()
        fields = " ".join(f"{name}={_visible(str(value))}" for name, value in given if value is not None)
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        # What goes on over several lines is set in, so that none of them can pass for a record of its own.
        message = "\n  ".join(_visible(line) for line in said(record).splitlines())
        return f"{time} {record.levelname.lower()} {message} {fields}".rstrip()


def _visible(text: str) -> str:
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)


def said(record: logging.LogRecord) -> str:
    """The message of a record without what it may tell of a request; of a fault only its kind and the way to it."""
    told = str(record.msg)
    if told.startswith((URI_LOGGED, REFUSED_HEAD)):
        told = URI_LOGGED if told.startswith(URI_LOGGED) else f"{REFUSED_HEAD} an address: its head cannot be read"
    elif not isinstance(record.msg, BaseException):
        told = record.getMessage()
    else:
        told = type(record.msg).__name__
    if record.exc_info and record.exc_info[0] is not None:
        way = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(record.exc_info[2])]
        told = "\n  ".join([f"{told}: {record.exc_info[0].__name__}", *way])
    return told


class ToStderr(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Where lines go."""
        return sys.stderr


FORMS: dict[str, type[logging.Formatter]] = {"json": Lines, "text": Text}


def install(form: str) -> None:
    """Log to standard error in a form of ``FORMS``; a second application of the process changes the form for both."""
    logger = logging.getLogger(OURS)
    ours = [handler for handler in logger.handlers if isinstance(handler, ToStderr)]
    handler = ours[0] if ours else ToStderr()
    handler.setFormatter(FORMS[form]())
    if not ours:
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def of_gunicorn(form: str) -> dict[str, Any]:
    """The ``logconfig_dict`` with which gunicorn's own lines have the same form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"own": {"()": f"{__name__}.{FORMS[form].__name__}"}},
        "handlers": {"own": {"class": f"{__name__}.{ToStderr.__name__}", "formatter": "own"}},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["own"], "propagate": False},
            # Its lines hold addresses, and with them the links of patients; each request has its own line already.
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
        "root": {"level": "WARNING", "handlers": []},
    }
