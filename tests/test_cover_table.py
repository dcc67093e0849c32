"""People from a table: units, legs, readings, shoe sizes; every bad cell with its line and column."""

import re
from collections.abc import Iterable
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from afofit import demand
from afofit.cover import table
from afofit.cover.people import People
from afofit.cover.table import BrokenTable, Feet, Table, Units
from afofit.fitting.stock import Person
from afofit.web import cover_form
from afofit.words import cover as words


def read(text: str, units: Units = Units(), feet: Feet | None = None) -> list[Person]:  # noqa: B008
    (people,) = Table(text.splitlines(keepends=True), units, feet).blocks()
    return [people.one(place) for place in range(len(people))]


def faults(text: str | Iterable[str], units: Units = Units(), feet: Feet | None = None) -> list[str]:  # noqa: B008
    lines = text.splitlines(keepends=True) if isinstance(text, str) else text
    with pytest.raises(BrokenTable) as broken:
        list(Table(lines, units, feet).blocks())
    return [words.fault(*fault) for fault in broken.value.faults]


@pytest.mark.parametrize(
    "head",
    [
        "side,foot_length_cm,weight_lb",
        "side,foot_length [cm],weight (lb)",
        " Side , Foot_Length_CM , WEIGHT [lb] ",
        "\ufeffside,foot_length_cm,weight_lb",
    ],
)
def test_units_stand_in_the_head(head: str) -> None:
    (one,) = read(f"{head}\nleft,25.4,100\n")
    assert one.side == "left"
    assert one.inside == one.outside == {"foot_length": pytest.approx(254)}
    assert one.weight_kg == pytest.approx(45.359237)


def test_units_are_given_for_columns_that_do_not_say_theirs() -> None:
    (one,) = read("foot_length,calf_circumference_mm,weight\n10,380,80\n", Units("in", "kg"))
    assert one.inside == {"foot_length": 254.0, "calf_circumference": 380.0}
    assert (one.side, one.weight_kg) == (None, 80.0)


def test_a_table_of_requests_says_its_units_and_its_legs() -> None:
    """Each leg with anything in a column of its own is one person; several readings count as their mean."""
    text = (
        "reference,units.length,units.mass,patient.weight,limbs.left.foot_length,limbs.right.foot_length,"
        "limbs.right.calf_circumference,limbs.right.calf_circumference.2,limbs.right.calf_circumference.3,"
        "shoe.system,shoe.size,limbs.right.shoe.inside_length\n"
        "A,cm,kg,80,26,26.5,38,39,40,eu,43,28\n"
        "B,in,lb,180,,10,,,,,,\n"
    )
    left, right, other = read(text)
    assert (left.side, left.outside) == ("left", {"foot_length": 260.0, "shoe_eu": 43.0})
    assert right.inside == {"foot_length": 265.0, "calf_circumference": 390.0, "footplate_length": 280.0}
    assert (other.side, other.inside["foot_length"], other.weight_kg) == ("right", 254.0, pytest.approx(81.6466266))


def test_what_is_not_there_is_not_known() -> None:
    people = read("side,foot_length_mm,weight_kg,shoe_system,shoe_size\n,,,,\nunknown,260,unknown,,\n,,82,,\n")
    assert people == [
        Person(None, None, {"foot_length": 260.0}, {"foot_length": 260.0}),
        Person(None, 82.0, {}, {}),
    ]


def test_the_measures_of_a_chart_under_the_names_of_the_contract() -> None:
    text = "proximal_trim_height_mm,inside_length_mm,braced_us_men,braced.us_child,shoe_system,shoe_size\n"
    (one,) = read(f"{text}417,282,10.5,1Y,us_men,10\n")
    assert one.inside == {
        "brace_height": 417.0,
        "footplate_length": 282.0,
        "shoe_us_men": 10.5,
        "shoe_us_child": 14.0,
    }
    assert one.outside == {"brace_height": 417.0, "shoe_us_men": 10.0}


def test_columns_that_no_chart_goes_by_are_named() -> None:
    read_table = Table("name,foot_length_mm,sex,forefoot_width_mm\nKim,260,M,102\n".splitlines(keepends=True))
    assert len(list(read_table.blocks())) == 1
    assert read_table.used == ("foot_length_mm",)
    assert read_table.unused == ("name", "sex", "forefoot_width_mm")


def test_every_bad_cell_is_told_with_line_and_column_all_at_once() -> None:
    text = (
        "side,foot_length_mm,weight_kg,shoe_system,shoe_size,age_years\n"
        "links,260,80,,,\n"
        "left,26O,80,,,\n"
        'left,"26\n0",80,,,\n'
        "left,26,80,,,\n"
        "left,260,-5,,,\n"
        "left,nan,1e2,,,\n"
        "left,260,80,us,10,\n"
        "left,260,80,,10,\n"
        "left,,80,us_child,1,\n"
        "left,260,80,us_men,99,\n"
        "left,260\n"
    )
    assert faults(text) == [
        "Line 2, column 1: “side” is links, not one of left, right. Correct it, or leave it empty: not known.",
        "Line 3, column 2: “foot_length” is 26O, not a number. Write it with digits and a point, or leave it empty.",
        "Line 5, column 2: “foot_length” is 26 0, not a number. Write it with digits and a point, or leave it empty.",
        "Line 6, column 2: “foot_length” is 26, read as 26 mm; possible is 90 to 380. Check number and unit.",
        "Line 7, column 3: “weight” is -5, read as −5 kg; possible is 6 to 350. Check number and unit.",
        "Line 8, column 2: “foot_length” is nan, not a number. Write it with digits and a point, or leave it empty.",
        "Line 8, column 3: “weight” is 1e2, not a number. Write it with digits and a point, or leave it empty.",
        "Line 9, column 4: “shoe_system” is us, not one of us_men, us_women, us_child, uk, uk_child, eu, eu_child, "
        "mondopoint, jp. Correct it, or leave it empty: not known.",
        "Line 9, column 5: The shoe size 10 has no size system, and none is assumed. Write it in “shoe_system”. "
        "The same in lines 10.",
        "Line 11, column 5: The shoe size 1 needs its letter, 13.5C or 1Y, or a foot length: children's numbers begin "
        "again.",
        "Line 12, column 5: 99 is not a size of us_men (0 to 24). Check size and system.",
        "Line 13, column 3: This row has 2 cells, the head has 6. Check commas and quotation marks.",
    ]


def test_a_length_in_another_unit_than_said_is_impossible_and_never_converted() -> None:
    """10.25 in are 260 mm; read as mm they are told, and nothing is guessed."""
    said = faults("foot_length_mm\n10.25\n10.5\n")
    assert len(said) == 2
    assert "read as 10.25 mm; possible is 90 to 380" in said[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1, column 1: There is no person in the table. Add a row for each."),
        ("foot_length_mm\n\n", "Line 1, column 1: There is no person in the table. Add a row for each."),
        ("foot_length;weight\n260;80\n", "Line 1, column 1: The columns are parted by semicolons or tabs."),
        ("foo,bar\n1,2\n", "Line 1, column 1: No column is known here. Name them as the fields are called: "),
        ("foot_length\n260\n", "Line 1, column 1: “foot_length” has no unit, and none is assumed."),
        ("foot_length_kg\n260\n", "Line 1, column 1: “foot_length” is in kg, not in one of mm, cm, in. Convert it."),
        ("side,side\nleft,left\n", "Line 1, column 2: The column “side” is there a second time. Keep one of them."),
        ("side,limbs.left.foot_length_mm\nleft,260\n", "Line 1, column 1: The columns of limbs.left and limbs.right"),
        ("units.length,foot_length\n,260\n", "Line 2, column 2: “foot_length” has no unit, and none is assumed."),
        ('foot_length_mm\n"260\n', "Line 2, column 1: The table cannot be read here: unexpected end of data."),
    ],
)
def test_what_is_wrong_with_the_whole(text: str, said: str) -> None:
    assert faults(text)[0].startswith(said)


def test_a_line_that_is_not_utf_8() -> None:
    def lines() -> Iterable[str]:
        yield "foot_length_mm\n"
        yield b"26\xff\n".decode("utf-8")

    assert faults(lines()) == [
        "Line 2, column 1: This line is not UTF-8. Save the table as UTF-8; what follows was not read."
    ]


def test_the_same_fault_again_and_again_is_one_sentence() -> None:
    (said,) = faults("sex,foot_length_mm\n" + "M,260\n" * 1500, feet=Feet())
    assert said.startswith("Line 2, column 1: “sex” is M, not one of female, male, unspecified.")
    assert said.endswith("The same in lines 3, 4, 5, 6, 7, 8, 9, 10, 11 and 1\u202f490 more.")


def test_faults_without_end_are_counted() -> None:
    with pytest.raises(BrokenTable) as broken:
        list(Table(["foot_length_mm\n", *(f"x{number}\n" for number in range(500))]).blocks())
    assert (len(broken.value.faults), broken.value.more) == (200, 300)
    assert words.more_faults(300) == "and 300 faults more"


def test_people_come_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "A_BLOCK", 4)
    text = ["foot_length_mm\n", *(f"{200 + number}\n" for number in range(10))]
    blocks: list[People] = list(Table(text).blocks())
    assert [len(one) for one in blocks] == [4, 4, 2]
    assert [one.one(0).inside["foot_length"] for one in blocks] == [200.0, 204.0, 208.0]


def feet(row: str, brace_mm: float | None = None) -> Person:
    (one,) = read(f"sex,age_years,foot_length_mm,shoe_system,shoe_size\n{row}\n", feet=Feet(brace_mm))
    return one


def test_shoe_sizes_from_feet_are_the_sizes_to_buy() -> None:
    """Contract 4, 270 mm: 270 / (25.4/3) - 22 = 9.89, so US men 10; 0.15 * 270 + 2 = 42.5, so EU 42.5."""
    one = feet("male,46,270,,")
    assert {name: one.outside[name] for name in ("shoe_us_men", "shoe_eu")} == {"shoe_us_men": 10.0, "shoe_eu": 42.5}
    assert "shoe_us_women" not in one.outside
    assert not any(name.startswith("shoe_") for name in one.inside)


def test_sizes_over_a_brace_need_what_it_adds() -> None:
    """274 / (25.4/3) - 22 = 10.36: the smallest half size that takes it is 10.5."""
    assert feet("male,46,270,,", 4.0).inside["shoe_us_men"] == 10.5


def test_a_size_that_is_given_is_not_replaced() -> None:
    one = feet("male,46,270,eu,45")
    assert {name for name in one.outside if name.startswith("shoe_")} == {"shoe_eu"}
    assert one.outside["shoe_eu"] == 45.0


@pytest.mark.parametrize(
    ("row", "systems"),
    [
        ("female,46,240,,", {"us_women", "uk", "eu", "mondopoint", "jp"}),
        (",46,240,,", {"us_men", "us_women", "uk", "eu", "mondopoint", "jp"}),
        ("female,8,200,,", {"us_child", "uk_child", "eu_child", "mondopoint", "jp"}),
        ("female,18,240,,", {"us_women", "uk", "eu", "mondopoint", "jp"}),
        (
            "female,17.9,240,,",
            {"us_women", "uk", "eu", "mondopoint", "jp", "us_child", "uk_child", "eu_child"},
        ),
        # Without an age: a foot that gets adult sizes at any age, and one of which nothing can be said.
        ("female,,240,,", {"us_women", "uk", "eu", "mondopoint", "jp"}),
        ("female,,200,,", set()),
    ],
)
def test_the_systems_are_those_of_age_and_sex(row: str, systems: set[str]) -> None:
    assert {name.removeprefix("shoe_") for name in feet(row).outside if name.startswith("shoe_")} == systems


def test_the_guide_names_every_column_and_its_example_is_read() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "charts.md").read_text("utf-8")
    _, example = re.findall(r"```csv\n(.*?)```", guide, re.DOTALL)
    assert [one.side for one in read(example)] == ["left", "right", None]
    for name in table.KNOWN:
        assert f"`{name}`" in guide, name
    assert f"at most {cover_form.LARGEST_BYTES // 1_000_000} million bytes and {cover_form.MOST_ROWS:,} rows" in guide
    assert f"the {demand.MOST_LEGS:,}\nfitted last" in guide


def test_nan_never_leaves_a_table_as_a_number() -> None:
    (people,) = Table(["foot_length_mm,calf_circumference_mm\n", "260,\n", ",380\n"]).blocks()
    columns: dict[str, Any] = dict(people.inside)
    assert [isnan(value) for value in columns["foot_length"]] == [False, True]
    assert people.one(1).inside == {"calf_circumference": 380.0}
