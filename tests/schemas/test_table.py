"""Many requests in one body: what is read of CSV, JSON and JSON lines, and what is refused of them, all at once."""

import csv
import io
import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afofit.schemas.columns import columns, document_of
from afofit.schemas.problems import Refused
from afofit.schemas.request import read
from afofit.schemas.table import CSV, FORMS, JSON, NDJSON, NotRead, TooMany, asked_in, rows_of
from afofit.web.fill import flatten
from tests.examples import EXAMPLES, STORIES, request_of

DAY = date(2026, 11, 28)
ALL = [one["request"] for one in (*EXAMPLES, *STORIES)]
NOT_OF_A_TABLE = {"two_readings"}
"""Switches of the page alone."""


def cells_of(document: dict[str, Any]) -> dict[str, str]:
    fields = flatten(document)
    return {name: "|".join(values) for name, values in fields.items() if name not in NOT_OF_A_TABLE}


def table(*rows: dict[str, str], head: list[str] | None = None) -> bytes:
    names = head or list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def problems_of(body: bytes, form: str = CSV) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        rows_of(body, form, most=99)
    return [(one.pointer, one.message) for one in caught.value.problems]


@pytest.mark.parametrize("document", ALL, ids=range(len(ALL)))
def test_a_row_asks_for_the_same_as_its_document(document: dict[str, Any]) -> None:
    (row,) = rows_of(table(cells_of(document)), CSV, most=1)
    assert read(asked_in(row.content, today=DAY), today=DAY) == read(document, today=DAY)


def test_columns_are_those_of_the_form() -> None:
    assert all(set(cells_of(document)) <= columns() for document in ALL)
    assert {"patient.height", "limbs.right.foot_length", "units.length"} <= columns()


def test_the_legs_need_no_column_where_the_cells_say_them() -> None:
    cells = cells_of(request_of("E1"))
    del cells["legs"]
    assert list(document_of(cells, today=DAY)["limbs"]) == ["right"]
    with pytest.raises(Refused) as caught:
        document_of(cells | {"legs": "left"}, today=DAY)
    assert any("the right leg has cells" in one.message for one in caught.value.problems)


@pytest.mark.hazard("H04", "H33")
def test_an_angle_without_sign_or_direction_is_not_guessed() -> None:
    cells = cells_of(request_of("E1"))
    del cells["limbs.right.dorsiflexion_knee_extended_direction"]
    with pytest.raises(Refused) as caught:
        document_of(cells, today=DAY)
    assert [one.pointer for one in caught.value.problems] == ["/limbs/right/dorsiflexion_knee_extended"]
    signed = cells | {"limbs.right.dorsiflexion_knee_extended": "+8"}
    assert document_of(signed, today=DAY)["limbs"]["right"]["dorsiflexion_knee_extended"] == 8


@pytest.mark.hazard("H33")
def test_several_values_stand_in_one_cell_and_flags_as_spreadsheets_write_them() -> None:
    cells = cells_of(request_of("E1"))
    cells |= {"clinical.urgent_signs": "recent_trauma|hot_swollen_foot", "clinical.ambulant": "TRUE"}
    cells |= {"patient.reference": "TRUE"}
    document = document_of(cells, today=DAY)
    assert document["clinical"]["urgent_signs"] == ["recent_trauma", "hot_swollen_foot"]
    assert document["clinical"]["ambulant"] is True
    assert document["patient"]["reference"] == "TRUE"


@pytest.mark.hazard("H33")
def test_everything_wrong_with_a_head_is_told_at_once() -> None:
    body = b"units.length,patient.hight,,units.length,nonsense\nmm,1,2,3,4\n"
    found = dict(problems_of(body))
    assert set(found) == {"/header/patient.hight", "/header/2", "/header/units.length", "/header/nonsense"}
    assert "2 times" in found["/header/units.length"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"units.length;units.mass\nmm;kg\n", "semicolons"),
        (b"units.length\tunits.mass\nmm\tkg\n", "tabs"),
        (b"sep=;\nunits.length;units.mass\n", "semicolons"),
        ("units.length,patient.name\nmm,Müller\n".encode("latin-1"), "not UTF-8: byte 31, in line 2"),
        ("units.length\nmm\n".encode("utf-16"), "UTF-16"),
        (b'units.length,patient.name\nmm,"Kim\n', "line"),
        (b"units.length\n" + b"m" * 200_000 + b"\n", "field"),
        (b"\nunits.length\nmm\n", "The first line is empty"),
        (b"units.length,units.mass\n", "no row"),
        (b"units.length,units.mass\n,\n\n,\n", "no row"),
        (b"", "no row"),
    ],
)
def test_what_is_no_table_of_ours_is_said_in_words(body: bytes, said: str) -> None:
    ((_, message),) = problems_of(body)
    assert said in message


def test_marks_line_ends_and_empty_rows_do_not_matter() -> None:
    cells = cells_of(request_of("E1"))
    body = b"\xef\xbb\xbf" + table(cells, {}, cells | {"patient.name": 'Kim "K", Doe\r\nJr'})
    rows = rows_of(body, CSV, most=9)
    # Empty rows count, so that a number is that of the spreadsheet less its head.
    assert [row.number for row in rows] == [1, 3]
    assert json.loads(rows[1].content)[1]["patient.name"] == 'Kim "K", Doe\r\nJr'
    unix = rows_of(table(cells).replace(b"\r\n", b"\n"), CSV, most=9)
    assert unix == rows[:1]


@pytest.mark.hazard("H33")
def test_a_row_of_another_length_stands_alone() -> None:
    rows = rows_of(b"units.length,units.mass\nmm\nmm,kg\nmm,kg,x\n", CSV, most=9)
    assert [row.problem is None for row in rows] == [False, True, False]
    assert rows[0].problem is not None
    assert "1 cells" in rows[0].problem.message


def test_json_as_a_list_or_by_name_and_json_lines() -> None:
    one, two = request_of("E1"), request_of("E2")
    for form, body in (
        (JSON, json.dumps([one, two])),
        (JSON, json.dumps({"rows": [one, two]})),
        (NDJSON, f"{json.dumps(one)}\r\n{json.dumps(two)}\n\n"),
    ):
        rows = rows_of(body.encode(), form, most=2)
        assert [asked_in(row.content, today=DAY) for row in rows] == [one, two]
        assert [row.number for row in rows] == [1, 2]
        with pytest.raises(TooMany):
            rows_of(body.encode(), form, most=1)


@pytest.mark.parametrize("body", [b"{}", b"null", b'"x"', b'{"rows": 1}', b'{"rows": [], "more": 1}', b"[]"])
def test_json_that_is_no_list(body: bytes) -> None:
    assert problems_of(body, JSON)


def test_a_line_that_is_no_json_stands_alone() -> None:
    good = json.dumps(request_of("E1"))
    rows = rows_of(f"{good}\n{{\n{good}\nNaN\n".encode(), NDJSON, most=9)
    assert [row.problem is None for row in rows] == [True, False, True, True]
    with pytest.raises(NotRead):
        rows_of(b"[{", JSON, most=9)


def test_what_json_cannot_hold_comes_back_as_it_came() -> None:
    for text in ('{"a": NaN}', '{"a": "\\ud800"}', '{"a": 123456789012345678901234567890}'):
        (row,) = rows_of(f"[{text}]".encode(), JSON, most=1)
        assert row.content.isascii()
        assert repr(asked_in(row.content, today=DAY)) == repr(json.loads(text, parse_int=float))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.sampled_from(FORMS))
def test_nonsense_is_refused_or_read_and_nothing_else(body: bytes, form: str) -> None:
    try:
        rows = rows_of(body, form, most=20)
    except (Refused, TooMany):
        return
    for row in rows:
        if row.problem is None:
            with suppress(Refused):
                read(asked_in(row.content, today=DAY), today=DAY)
