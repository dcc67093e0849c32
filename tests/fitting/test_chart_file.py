"""Chart files: what is right reads back the same, what is broken is told whole, with its places."""

import json
from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afofit.fitting import chart_check, chart_fault, chart_file, chart_table
from afofit.fitting.chart import MEASURES, Chart, Range
from afofit.fitting.chart_check import OPEN, checked
from afofit.fitting.chart_export import as_csv, as_document, as_toml
from afofit.fitting.chart_fault import MOST_FAULTS
from afofit.fitting.chart_file import (
    COLUMNS,
    BrokenFile,
    built_in,
    csv_documents,
    read_csv,
    read_toml,
    row_value,
    toml_document,
)
from afofit.words import charts as words

GOOD = """maker = "Nobody"
model = "Invented"
version = "1"
design = "posterior_leaf_spring"
worn = "inside"
side = "either"
grade = "D"
invented = true
weight_limit = 250

[units]
length = "in"
mass = "lb"

[source]
document = "made up for a test"
page = "1"
address = "none"
licence = "none"
date = 2026-11-01

[[sizes]]
size = "S"
shoe_us_men = [5, 8]
foot_length = [9, 10]

[[sizes]]
size = "M"
shoe_us_men = [8, 11]
foot_length = [10, "open"]
"""


def faults(text: str, read: Callable[[str], object] = read_toml) -> list[tuple[int, int, str]]:
    with pytest.raises(BrokenFile) as broken:
        read(text)
    for one in broken.value.faults:
        assert words.fault(one).startswith(f"Line {one.line}, column {one.column}: ")
    return [(one.line, one.column, one.fault.code) for one in broken.value.faults]


def test_units_are_converted_once() -> None:
    """By hand: 9 in = 228.6 mm, 250 lb = 113.3980925 kg."""
    chart = read_toml(GOOD)
    assert chart.sizes[0].ranges["foot_length"] == Range(pytest.approx(228.6), pytest.approx(254.0))  # type: ignore[arg-type]
    assert chart.sizes[1].ranges["foot_length"].high == inf
    assert chart.sizes[0].ranges["shoe_us_men"] == Range(5, 8)
    assert chart.weight_limit_kg == pytest.approx(113.3980925)


@pytest.mark.parametrize("chart", [*built_in(), read_toml(GOOD)], ids=lambda chart: chart.product.name)
def test_a_chart_written_reads_back_the_same(chart: Chart) -> None:
    document = as_document(chart)
    assert read_toml(as_toml(document)) == chart
    assert read_csv(as_csv([document])) == (chart,)
    assert checked(json.loads(json.dumps(document))) == chart


@pytest.mark.hazard("H35")
def test_what_comes_with_the_program_can_be_traced() -> None:
    assert len(built_in()) == 12
    for chart in built_in():
        one = chart.product
        assert one.document
        assert one.address
        assert one.recheck
        assert not one.invented
        assert chart.sizes or one.no_chart, one.name
    assert sum(1 for chart in built_in() if chart.product.no_chart is None) == 3


@pytest.mark.hazard("H35")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('maker = "Nobody"', 'maker = ""'), [(1, 9, "not_text")]),
        (('worn = "inside"', 'worn = "beside"'), [(5, 8, "not_a_choice")]),
        (("invented = true", 'invented = "no"'), [(8, 12, "not_a_flag")]),
        (("weight_limit = 250", "weight_limit = -1"), [(9, 16, "not_a_number")]),
        (('length = "in"\n', ""), [(11, 1, "no_unit")]),
        (('length = "in"', 'length = "ell"'), [(12, 10, "not_a_choice")]),
        (('page = "1"\n', ""), [(15, 1, "missing")]),
        (("date = 2026-11-01", 'date = "yesterday"'), [(20, 8, "not_a_date")]),
        (("[5, 8]", "[5]"), [(24, 15, "not_a_range")]),
        (("[5, 8]", "[8, 5]"), [(24, 15, "not_ascending")]),
        (("[5, 8]", "[5, inf]"), [(24, 15, "not_a_number")]),
        (("[5, 8]", "[5, 7]"), [(29, 15, "hole")]),
        (('[10, "open"]', "[9.5, 11]"), []),
        (("[9, 10]", "[9, 10]\nshoe_size = [1, 2]"), [(26, 13, "unknown_key")]),
        (('size = "M"', 'size = "S"'), [(28, 8, "twice")]),
        (("shoe_us_men = [5, 8]", "shoe_us_child = [5, 8]"), [(24, 17, "no_suffix"), (24, 17, "no_suffix")]),
        (("[[sizes]]", "[[size]]"), [(1, 1, "no_rows"), (22, 1, "unknown_key")]),
        (('maker = "Nobody"', "maker = Nobody"), [(1, 9, "not_toml")]),
    ],
)
def test_each_fault_is_told_with_its_place(change: tuple[str, str], expected: list[tuple[int, int, str]]) -> None:
    before, after = change
    text = GOOD.replace(before, after) if "[[" in before else GOOD.replace(before, after, 1)
    if expected:
        assert faults(text) == expected
    else:
        read_toml(text)


def test_sizes_that_overlap_contradict_each_other() -> None:
    text = GOOD.replace("[8, 11]", "[7, 11]").replace('[10, "open"]', "[9.5, 11]")
    assert faults(text) == [(27, 1, "overlap")]
    kept = read_toml(text.replace('side = "either"', 'side = "either"\nno_chart = "contradicts itself"'))
    assert len(kept.sizes) == 2


def test_rows_out_of_order_are_a_slip() -> None:
    rows = GOOD.partition("[[sizes]]")[2].split("[[sizes]]")
    text = GOOD.partition("[[sizes]]")[0] + "[[sizes]]" + rows[1] + "\n[[sizes]]" + rows[0]
    assert [code for _, _, code in faults(text)] == ["out_of_order"]


@pytest.mark.hazard("H35")
def test_the_text_is_held_against_the_table() -> None:
    text = GOOD.replace("[[sizes]]", "[stated]\nshoe_us_men = [2.5, 11]\n\n[[sizes]]", 1)
    assert faults(text) == [(23, 15, "text_against_table")]
    read_toml(text.replace('side = "either"', 'side = "either"\nstated_note = "another row reaches 2.5"'))


def test_a_hole_that_is_printed_can_be_kept() -> None:
    text = GOOD.replace("[5, 8]", "[5, 7]").replace('side = "either"', 'side = "either"\nholes = "as printed"')
    assert read_toml(text).sizes[0].ranges["shoe_us_men"] == Range(5, 7)


def test_all_faults_come_at_once() -> None:
    text = GOOD.replace('maker = "Nobody"\n', "").replace('grade = "D"', 'grade = "E"').replace("[5, 8]", '["x", 8]')
    assert [code for _, _, code in faults(text)] == ["missing", "not_a_choice", "not_a_number"]


HEAD = (
    "maker,model,version,design,worn,side,grade,invented,weight_limit,length_unit,mass_unit,source_document,source_page,"
    "source_address,source_licence,source_date,size,shoe_us_men,shoe_us_child,foot_length"
)
FIRST = (
    'Nobody,Invented,1,solid,inside,either,D,true,110,mm,kg,"made up, for a test",1,none,none,2026-11-01,S,5-8,,220-240'
)
SECOND = "Nobody,Invented,1,,,,,,,,,,,,,,M,8 to 11,,240+"


def test_a_csv_file_holds_several_charts() -> None:
    other = FIRST.replace("Invented", "Other").replace("5-8,,220-240", ",13C-1Y,")
    first, second = read_csv("\ufeff" + "\r\n".join([HEAD, FIRST, SECOND, "", other]))
    assert [one.code for one in first.sizes] == ["S", "M"]
    assert first.sizes[1].ranges["foot_length"] == Range(240, inf)
    assert first.product.document == "made up, for a test"
    assert second.sizes[0].ranges == {"shoe_us_child": Range(13, 14)}


def test_a_csv_file_tells_every_fault() -> None:
    rows = [HEAD.replace("foot_length", "foot_length,colour"), FIRST + ",red", "short,row"]
    assert faults("\n".join(rows), read_csv) == [(1, 21, "unknown_key"), (3, 3, "cells")]
    broken = [
        HEAD,
        FIRST.replace("solid", "stiff"),
        SECOND.replace("8 to 11", "8 and more"),
        FIRST.replace("1,solid", "1,hinged"),
    ]
    assert [code for _, _, code in faults("\n".join(broken), read_csv)] == ["not_a_choice", "not_a_range", "differs"]
    assert faults("", read_csv) == [(1, 1, "no_rows")]
    assert faults(HEAD, read_csv) == [(1, 1, "no_rows")]


def test_every_fault_has_its_words() -> None:
    sources = "".join(
        Path(one.__file__ or "").read_text("utf-8") for one in (chart_check, chart_fault, chart_file, chart_table)
    )
    missing = [code for code in words.FAULTS if f'"{code}"' not in sources]
    assert missing == []


lines = st.lists(
    st.sampled_from(
        [*GOOD.splitlines(), "[[sizes]]", "size = 3", "shoe_us_men = true", 'side = ["left"]', "[units]", "parts = 1"]
    ),
    max_size=30,
)


def told(read: Callable[[], object]) -> None:
    """Read, or every fault in words: nothing else may happen."""
    found = ()
    try:
        read()
    except BrokenFile as broken:
        found = broken.faults
    for one in found:
        assert words.fault(one)


@given(lines)
def test_nonsense_is_told_and_never_crashes(text: list[str]) -> None:
    told(lambda: read_toml("\n".join(text)))


@given(st.text(max_size=200), st.lists(st.sampled_from([*COLUMNS, "x"]), max_size=6))
def test_a_csv_of_nonsense_is_told_and_never_crashes(text: str, head: list[str]) -> None:
    told(lambda: read_csv(",".join(head) + "\n" + text))


FULL = """maker = "=Nobody, \\"quoted\\""
model = "'Invented; überlang"
version = "+1"
design = "hinged"
worn = "inside"
side = "left"
grade = "D"
hcpcs = "L1970"
note = "a, b; c\\nd"
holes = "as printed"
stated_note = "the text counts another size"
weight_limit = 250.5
recheck = false

[units]
length = "in"
mass = "lb"

[source]
document = "@made up"
page = "-"
address = "none"
licence = "none"
date = 2026-11-01

[stated]
shoe_us_child = ["4C", "3Y"]

[[parts]]
measure = "calf_circumference"
above = 11.25
part = "=joints"

[[parts]]
measure = "foot_length"
above = 9
part = "long plate"

[[sizes]]
size = "S"
side = "left"
weight_limit = 60
shoe_us_child = ["4C", "10.5C"]
foot_length = [5, 6.5]
footplate_width = [2, "open"]
"""


def test_every_member_of_a_document_is_written_and_read_again() -> None:
    document = toml_document(FULL)
    assert toml_document(as_toml(document)) == document
    # What is one line in a cell was more in the file.
    assert csv_documents(as_csv([document])) == (document | {"note": "a, b; c d"},)
    assert checked(document).product.note == "a, b; c d"
    assert "'=Nobody" in as_csv([document])


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("36,5-38", [36.5, 38.0]),
        ("36,5 to 38,25", [36.5, 38.25]),
        ("12 +", [12.0, OPEN]),
        ("13C-1Y", ["13C", "1Y"]),
        ("1,200-1,300", "1,200-1,300"),
        ("8", "8"),
        ("٣-٤", "٣-٤"),
    ],
)
def test_a_cell_is_read_and_never_guessed(cell: str, read: object) -> None:
    assert row_value("foot_length", cell) == read


def test_a_spreadsheet_may_part_its_cells_by_semicolons() -> None:
    rows = [HEAD.replace(",", ";"), FIRST.replace('"made up, for a test"', "made up").replace(",", ";")]
    (one,) = read_csv("\n".join(rows).replace("220-240", "220,5-240"))
    assert one.sizes[0].ranges["foot_length"] == Range(220.5, 240)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("weight_limit = 250", "weight_limit = 1" + "0" * 400), "not_a_number"),
        (("weight_limit = 250", "weight_limit = 1" + "0" * 5000), "not_toml"),
        (("weight_limit = 250", "weight_limit = " + "[" * 5000), "not_toml"),
        (('maker = "Nobody"', 'maker = "No\\u0007body"'), "not_printable"),
        (('maker = "Nobody"', f'maker = "{"n" * 121}"'), "too_long"),
        (('length = "in"', 'length = ["in"]'), "not_a_choice"),
        (('licence = "none"', 'licence = "none"\nlicense = 1'), "unknown_key"),
        (("[[sizes]]", "[stated]\nheight = [1, 2]\n\n[[sizes]]"), "unknown_key"),
        (('side = "either"', 'side = "either"\nno_chart = "x"\nstated = {shoe_eu = 2020-01-01}'), "not_a_range"),
        (("[[sizes]]", '[[sizes]]\nsize = "x"\nshoe_eu = [1, 2]\n' * 200 + "[[sizes]]"), "too_many"),
    ],
)
def test_what_would_choke_the_service_is_refused(change: tuple[str, str], code: str) -> None:
    assert code in [each for _, _, each in faults(GOOD.replace(*change, 1))]


def test_thousands_of_faults_are_counted_and_not_told_one_by_one() -> None:
    found = faults(GOOD.replace("[units]", "\n".join(f"k{place} = 1" for place in range(2000)) + "\n[units]"))
    assert len(found) == MOST_FAULTS + 1
    assert found[-1][2] == "more_faults"


def test_a_csv_that_cannot_be_read_is_told() -> None:
    assert faults(HEAD + "\n" + "n" * 200_000, read_csv) == [(2, 1, "not_csv")]


def test_every_measure_can_be_written() -> None:
    assert set(MEASURES) <= set(COLUMNS)
    assert OPEN == "open"
