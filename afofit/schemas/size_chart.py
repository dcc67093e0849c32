"""A size chart as it is sent: JSON of the shape of its TOML file, or a file; refused with everything that is wrong."""

from collections.abc import Mapping
from typing import Any

from afofit.fitting.chart_check import Document, checked
from afofit.fitting.chart_fault import BrokenChart, ChartFault
from afofit.fitting.chart_file import BrokenFile, csv_documents, toml_document
from afofit.schemas.problems import Problem, Refused
from afofit.words import charts as words

PLAIN = (str, int, float, bool, type(None))
UNREADABLE = frozenset({"not_toml", "not_csv"})


class NoFile(Refused):
    """A file that cannot be read at all."""


def read_document(given: Any) -> Document:
    """The document of one chart from JSON, without the members that are null. Raises Refused."""
    document = _without_nulls(given)
    try:
        checked(document)
    except BrokenChart as broken:
        raise Refused(tuple(_problem(fault, words.said(fault)) for fault in broken.faults)) from None
    return dict(document)


def read_file(text: str, kind: str) -> list[Document]:
    """The documents of a file, ``toml`` or ``csv``. Raises NoFile, or Refused with line and column of each fault."""
    try:
        return [toml_document(text)] if kind == "toml" else list(csv_documents(text))
    except BrokenFile as broken:
        problems = tuple(_problem(one.fault, words.fault(one)) for one in broken.faults)
        unreadable = any(one.fault.code in UNREADABLE for one in broken.faults)
        raise (NoFile if unreadable else Refused)(problems) from None


def _without_nulls(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {name: _without_nulls(one) for name, one in given.items() if one is not None}
    return [_without_nulls(one) for one in given] if isinstance(given, list) else given


def _problem(fault: ChartFault, message: str) -> Problem:
    received, allowed = fault.facts.get("received"), fault.facts.get("allowed")
    return Problem(
        fault.path,
        message,
        received if isinstance(received, PLAIN) else words.shown(received),
        None,
        allowed.split(", ") if isinstance(allowed, str) else None,
    )
