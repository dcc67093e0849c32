"""The parsers of what comes from outside: each takes any bytes and reads them or refuses them in its own words."""

import json
import math
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from afofit.fhir.reading import read_call
from afofit.fitting import chart_file
from afofit.fitting.chart_export import as_csv
from afofit.fitting.chart_file import BrokenFile, documents_built_in, read_csv, read_toml
from afofit.schemas.numbers import Unreadable, read_number
from afofit.schemas.problems import Refused
from afofit.schemas.request import read
from afofit.schemas.table import CSV, JSON, NDJSON, TooMany, asked_in, rows_of
from afofit.words.problems import SENTENCES
from tests.fhir.test_nonsense import GOOD, damaged
from tests.schemas.test_table import ALL, cells_of, table

DAY = date(2026, 11, 28)
UNITS = (None, "mm", "cm", "in", "kg", "lb", "deg", "years")
MOST = 50
CHARTS = Path(chart_file.__file__).parent / "tables" / "charts"


def readings(data: bytes) -> None:
    """Numbers as people type them: 10 1/4, 388,5 mm, −8°."""
    text = data.decode("utf-8", "replace")
    for unit in UNITS:
        code, number = "", 0.0
        try:
            number = read_number(text, unit)
        except Unreadable as refused:
            code = refused.code
        assert not code or code in SENTENCES, code
        assert math.isfinite(number), text
        assert abs(number) < 1e41, text


def tables(data: bytes) -> None:
    """Batches: a table, a list or lines, each row read as a request."""
    form = (CSV, JSON, NDJSON)[data[0] % 3] if data else CSV
    try:
        rows = rows_of(data[1:], form, most=MOST)
    except (Refused, TooMany):
        return
    assert [row.number for row in rows] == sorted({row.number for row in rows})
    for row in rows:
        if row.problem is None:
            with suppress(Refused):
                read(asked_in(row.content, today=DAY), today=DAY)
        else:
            assert row.problem.as_json()["message"]


def charts(data: bytes) -> None:
    """Size charts, as TOML or as a table."""
    text = data[1:].decode("utf-8", "replace")
    lines = [1]
    try:
        read_toml(text) if data[:1] > b"\x7f" else read_csv(text)
    except BrokenFile as broken:
        lines = [fault.line for fault in broken.faults]
    assert lines
    assert all(line >= 0 for line in lines)


def resources(data: bytes) -> None:
    """FHIR: any JSON, or a good resource damaged in places that the bytes choose."""
    if data[:1] > b"\x7f":
        given = damaged(random.Random(data[1:]))  # noqa: S311
    else:
        try:
            given = json.loads(data[1:])
        except (ValueError, RecursionError):
            return
    with suppress(Refused):
        call = read_call(given, today=DAY)
        assert call.asked.request.limbs


TARGETS: dict[str, Callable[[bytes], None]] = {
    "readings": readings,
    "tables": tables,
    "charts": charts,
    "resources": resources,
}
TYPED = ["10 1/4", '17-7/8"', "388,5 mm", "−8°", "1.200,5", "1/0", "O8", ".5", "+8", "9" * 40, "1 2 / 3 lb"]


def seeds(name: str) -> list[bytes]:
    """Well-formed bytes to begin with."""
    if name == "readings":
        return [text.encode() for text in TYPED]
    if name == "tables":
        whole = table(*map(cells_of, ALL[:3]))
        lines = "\n".join(map(json.dumps, ALL[:3])).encode()
        return [b"\x00" + whole, b"\x01" + json.dumps(ALL[:2]).encode(), b"\x02" + lines]
    if name == "charts":
        files = [path.read_bytes() for path in sorted(CHARTS.glob("*.toml"))[:6]]
        return [b"\x80" + one for one in files] + [
            b"\x00" + as_csv([one]).encode() for one in list(documents_built_in().values())[:6]
        ]
    return [b"\x00" + json.dumps(one).encode() for one in GOOD[:12]] + [b"\x80" + bytes([one]) for one in range(8)]
