"""Many requests in one body: CSV, a JSON list, or a JSON document a line. Rows are read one by one, later.

What is wrong with the whole is told at once; what is wrong with one row stays with it. Texts are English, as every
answer of the API.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from afofit.schemas.columns import columns, document_of
from afofit.schemas.problems import Problem, Refused
from afofit.words.problems import sentence, shown

CSV, NDJSON, JSON = "text/csv", "application/x-ndjson", "application/json"
FORMS = (CSV, JSON, NDJSON)
UTF16 = (b"\xff\xfe", b"\xfe\xff")
DOCUMENT, CELLS = "document", "cells"


class NotRead(Refused):
    """A body of which no row can be read."""


class TooMany(Exception):
    """More rows than one batch may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} rows")
        self.most = most


@dataclass(frozen=True, slots=True)
class Row:
    """One request as it came: its number, the first being 1, its content, and why it cannot be read, where so."""

    number: int
    content: bytes = b""
    problem: Problem | None = None


def rows_of(body: bytes, form: str, *, most: int) -> tuple[Row, ...]:
    """The rows of a body. Raises NotRead, Refused with all that is wrong with the whole, and TooMany."""
    rows = READERS[form](body)
    found: list[Row] = []
    for row in rows:
        if len(found) == most:
            raise TooMany(most)
        found.append(row)
    if not found:
        raise Refused((_whole("There is no row in the body: nothing would be done. Send at least one request."),))
    return tuple(found)


def asked_in(content: bytes, *, today: date) -> Any:
    """The request document of a row; it is not checked yet where it came as JSON. Raises Refused of cells."""
    kind, said = json.loads(content)
    return said if kind == DOCUMENT else document_of(said, today=today)


def _whole(text: str, received: object = None, allowed: object = None) -> Problem:
    return Problem((), text, received, None, allowed)


def _kept(kind: str, said: object) -> bytes:
    """A row's content as it is kept until its turn: JSON in ASCII, which holds whatever came, NaN among it."""
    return json.dumps([kind, said], separators=(",", ":")).encode("ascii")


def _document(number: int, said: object) -> Row:
    try:
        return Row(number, _kept(DOCUMENT, said))
    except RecursionError:
        return Row(number, problem=_not_json("it is nested too deeply"))


def _not_json(detail: str) -> Problem:
    return _whole(sentence("not_json", detail=detail.partition(": line")[0].rstrip(".")), allowed="JSON")


def _loaded(content: bytes) -> Any:
    """JSON, with NaN and Infinity, so that the field that holds them can be named. Raises Refused."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        detail = str(error)
    try:
        return json.loads(content)
    except RecursionError:
        detail = "it is nested too deeply"
    except ValueError:
        pass
    raise NotRead((_not_json(detail),))


def _json(body: bytes) -> Iterator[Row]:
    said = _loaded(body)
    if isinstance(said, dict) and set(said) == {"rows"}:
        said = said["rows"]
    if not isinstance(said, list):
        text = f'The body: {shown(said)} is neither a list of requests nor {{"rows": [requests]}}. Send one of them.'
        raise Refused((_whole(text, allowed='[requests] or {"rows": [requests]}'),))
    for number, one in enumerate(said, start=1):
        yield _document(number, one)


def _ndjson(body: bytes) -> Iterator[Row]:
    for number, line in enumerate(_text(body).split("\n"), start=1):
        content = line.strip().encode()
        if not content:
            continue
        try:
            yield _document(number, _loaded(content))
        except Refused as refused:
            yield Row(number, problem=refused.problems[0])


def _text(body: bytes) -> str:
    if body.startswith(UTF16):
        raise NotRead((_whole("The body is UTF-16. Save it as UTF-8, and send it again.", allowed="UTF-8"),))
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        text = f"The body is not UTF-8: byte {error.start + 1}, in line {line}. Save it as UTF-8, and send it again."
        raise NotRead((_whole(text, allowed="UTF-8"),)) from None


def _csv(body: bytes) -> Iterator[Row]:
    """A row a request; empty ones count but are left out, so that numbers stay those of the table below its head."""
    reader = csv.reader(io.StringIO(_text(body), newline=""), strict=True)
    head: list[str] | None = None
    try:
        for number, cells in enumerate(reader):
            if head is None:
                head = _head(cells)
            elif any(cell.strip() for cell in cells):
                yield _row(number, head, cells)
    except csv.Error as error:
        text = f"The table cannot be read in line {reader.line_num}: {error}. Correct it, and send it again."
        raise NotRead((_whole(text, reader.line_num, "RFC 4180"),)) from None


def _row(number: int, head: list[str], cells: list[str]) -> Row:
    if len(cells) != len(head):
        text = (
            f"The row has {len(cells)} cells, but the head has {len(head)} columns. Is a comma left out or not quoted?"
        )
        return Row(number, problem=_whole(text, len(cells), len(head)))
    said = {name: cell for name, cell in zip(head, cells, strict=True) if cell.strip()}
    return Row(number, _kept(CELLS, said))


def _head(cells: list[str]) -> list[str]:
    """The names of the columns. Raises Refused with everything that is wrong with them."""
    head = [cell.strip() for cell in cells]
    if not any(head):
        raise Refused((Problem(("header",), "The first line is empty. Begin with a line of column names."),))
    if len(head) == 1:
        for sign, words in ((";", "semicolons"), ("\t", "tabs")):
            if sign in head[0]:
                text = f"The columns are parted by {words}. Part them by commas, and write decimals with a point."
                raise Refused((Problem(("header",), text, words, None, "commas"),))
    problems = tuple(_wrong_names(head))
    if problems:
        raise Refused(problems)
    return head


def _wrong_names(head: list[str]) -> Iterator[Problem]:
    for place, name in enumerate(head, start=1):
        if not name:
            text = f"Column {place}: the head has no name for it. Name it, or leave the column out."
            yield Problem(("header", place - 1), text, name)
    for name, often in Counter(filter(None, head)).items():
        if often > 1:
            yield Problem(
                ("header", name), f"Column {shown(name)} is there {often} times. Keep one of them.", often, None, 1
            )
        if name not in columns():
            text = f"Column {shown(name)} is not a field of a request. Check its name, or leave the column out."
            yield Problem(("header", name), text, name[:60])


READERS = {CSV: _csv, JSON: _json, NDJSON: _ndjson}
