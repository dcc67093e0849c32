"""Which size of a ready-made brace: every edge, every trap, and the promise that no size that fits is missed."""

from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afofit.fitting.chart import OF_THE_BRACE, SHOES, Chart
from afofit.fitting.chart_file import built_in
from afofit.fitting.plan import fit
from afofit.fitting.stock import Person, match, matches
from afofit.schemas.request import read
from afofit.words import stock as words
from tests.examples import request_of
from tests.fitting.charts import chart, part, person, size
from tests.fitting.people import TODAY

XTERN = [one for one in built_in() if one.product.maker == "Turbomed Orthotics" and one.product.no_chart is None]
LENGTHS = chart(
    size("S", foot_length=(220, 240)),
    size("M", foot_length=(240, 260)),
    size("L", foot_length=(260, inf)),
)


@pytest.mark.hazard("H34")
@pytest.mark.parametrize(
    ("length", "status", "sizes", "nearest"),
    [
        (219.9, "outside", (), "S"),
        (220, "match", ("S",), "M"),
        (220.1, "match", ("S",), "M"),
        (239.9, "match", ("S",), "M"),
        (240, "boundary", ("S", "M"), "L"),
        (240.1, "match", ("M",), "S"),
        (259.9, "match", ("M",), "L"),
        (260, "boundary", ("M", "L"), "S"),
        (260.1, "match", ("L",), "M"),
        (400, "match", ("L",), "M"),
    ],
)
def test_every_edge_of_a_length(length: float, status: str, sizes: tuple[str, ...], nearest: str) -> None:
    found = match(person(foot_length=length), LENGTHS)
    assert (found.status, found.sizes, found.nearest) == (status, sizes, nearest)


@pytest.mark.hazard("H34")
@pytest.mark.parametrize("one", XTERN, ids=lambda one: one.product.model)
@pytest.mark.parametrize(
    ("system", "worn", "sizes"),
    [
        ("us_men", 4.5, ()),
        ("us_men", 5, ("Small",)),
        ("us_men", 7.5, ("Small",)),
        ("us_men", 8, ("Small", "Medium")),
        ("us_men", 8.5, ("Medium",)),
        ("us_men", 11, ("Medium", "Large")),
        ("us_men", 16, ("Large",)),
        ("us_men", 16.5, ()),
        ("us_women", 5.5, ()),
        ("us_women", 6, ("Small",)),
        ("us_women", 9, ("Small", "Medium")),
        ("us_women", 12, ("Medium", "Large")),
        ("us_women", 12.5, ("Large",)),
        ("us_women", 20, ("Large",)),
    ],
)
def test_every_edge_of_the_xtern_charts(one: Chart, system: str, worn: float, sizes: tuple[str, ...]) -> None:
    """The printed table: men 5-8, 8-11, 11-16; women 6-9, 9-12, 12+. No weight limit is printed."""
    found = match(person(outside={f"shoe_{system}": worn}), one)
    assert found.sizes == sizes
    assert found.status == ("outside" if not sizes else "boundary" if len(sizes) == 2 else "partial")
    assert found.unknown == ("weight_limit",)


def test_a_worn_shoe_in_another_system_is_not_converted() -> None:
    found = match(person(outside={"shoe_eu": 43.0}), XTERN[0])
    assert (found.status, found.sizes) == ("no_chart", ())
    assert found.unknown == ("shoe_us_men", "shoe_us_women", "weight_limit")


def test_columns_that_disagree_name_both_sizes() -> None:
    """A chart whose women's column is men's + 1.5 beside a person whose sizes are men's + 1."""
    both = chart(
        size("S", shoe_us_men=(6, 8), shoe_us_women=(7.5, 9.5)),
        size("M", shoe_us_men=(8.5, 10), shoe_us_women=(10, 11.5)),
    )
    assert match(person(shoe_us_men=8.0, shoe_us_women=9.0), both).sizes == ("S",)
    found = match(person(shoe_us_men=8.5, shoe_us_women=9.5), both)
    assert (found.status, found.sizes) == ("boundary", ("S", "M"))


@pytest.mark.hazard("H12", "H36")
def test_the_weight_gate() -> None:
    """On an invented chart: 22.7 kg (50 lb) for the ready-made part."""
    gate = chart(size("S", foot_length=(150, 170)), weight_limit_kg=22.7)
    assert match(person(weight_kg=22.7, foot_length=160), gate).status == "match"
    found = match(person(weight_kg=23, foot_length=160), gate)
    assert (found.status, found.sizes) == ("outside", ())
    assert [(one.measure, round(one.beyond, 9)) for one in found.reasons] == [("foot_length", 0.0), ("weight", 0.3)]


def test_a_limit_of_a_row_goes_before_that_of_the_chart() -> None:
    rows = chart(
        size("S", foot_length=(200, 250), weight_limit_kg=60), size("L", foot_length=(250, 300)), weight_limit_kg=90
    )
    assert match(person(weight_kg=70, foot_length=220), rows).status == "outside"
    assert match(person(weight_kg=70, foot_length=270), rows).status == "match"


@pytest.mark.hazard("H36")
def test_a_weight_that_is_not_known_concludes_nothing() -> None:
    gate = chart(size("S", foot_length=(150, 170)), weight_limit_kg=22.7)
    found = match(person(weight_kg=None, foot_length=160), gate)
    assert (found.status, found.sizes, found.unknown) == ("partial", ("S",), ("weight",))
    assert [one.measure for one in found.reasons] == ["foot_length"]
    assert match(person(weight_kg=None, foot_length=180), gate).status == "outside"
    light = chart(size("S", foot_length=(150, 170)), weight_limit_kg=None)
    assert match(person(weight_kg=None, foot_length=160), light).unknown == ("weight_limit",)


def test_a_side_that_is_not_known_matters_only_where_the_chart_has_sides() -> None:
    sided = chart(size("L-S", side="left", foot_length=(220, 260)), size("R-S", side="right", foot_length=(220, 260)))
    found = match(person(None, foot_length=240), sided)
    assert (found.status, found.sizes, found.unknown) == ("no_chart", (), ("side",))
    assert match(person(None, foot_length=240), chart(size("S", foot_length=(220, 260)), side="left")).unknown == (
        "side",
    )
    assert match(person(None, foot_length=240), LENGTHS).sizes == ("S", "M")


def test_among_sizes_equally_far_the_neighbour_of_one_that_fits_is_named() -> None:
    """Worked by hand: 240 fits M and lies 15 mm from S as from L, whose rows are beside it and two away."""
    rows = chart(
        size("S", foot_length=(215, 225)),
        size("other", calf_circumference=(1, 2)),
        size("M", foot_length=(238, 242)),
        size("L", foot_length=(255, 265)),
    )
    found = match(person(foot_length=240, calf_circumference=300), rows)
    assert (found.sizes, found.nearest) == (("M",), "L")


def test_a_girth_that_changes_a_part_is_said() -> None:
    """On an invented chart: beyond 279.4 mm (11 in) other joints are ordered."""
    jointed = chart(
        size("M", calf_circumference=(250, 320)), parts=(part("calf_circumference", 279.4, "joints HEKO-2"),)
    )
    assert match(person(calf_circumference=279.4), jointed).parts == ()
    found = match(person(calf_circumference=280), jointed)
    assert found.parts == ("joints HEKO-2",)
    assert "Order with it: joints HEKO-2." in words.reasons(found)


def test_a_brace_above_the_edge_or_longer_than_the_shoe_is_outside() -> None:
    tall = chart(size("M", foot_length=(240, 260), brace_height=(400, 420), footplate_length=(250, 270)))
    assert match(person(foot_length=250, brace_height=400, footplate_length=250), tall).status == "match"
    assert match(person(foot_length=250, brace_height=399, footplate_length=250), tall).status == "outside"
    assert match(person(foot_length=250, brace_height=500, footplate_length=249), tall).status == "outside"
    assert match(person(foot_length=250, brace_height=500, footplate_length=300), tall).status == "match"


def test_the_ready_made_stands_beside_the_computed_brace() -> None:
    one = chart(size("M", foot_length=(240, 260), brace_height=(380, 400), footplate_width=(85, 95)))
    someone = Person(
        "right", 80, {"foot_length": 250, "brace_height": 417}, {}, {"brace_height": 417, "footplate_width": 106}
    )
    assert [tuple(each) for each in match(someone, one).beside] == [
        ("brace_height", "M", 380, 400, 417),
        ("footplate_width", "M", 85, 95, 106),
    ]


@pytest.mark.hazard("H34")
def test_what_was_not_measured_is_named_and_chooses_nothing() -> None:
    both = chart(
        size("S", shoe_us_men=(6, 8), calf_circumference=(300, 360)),
        size("M", shoe_us_men=(8, 10), calf_circumference=(300, 360)),
    )
    found = match(person(calf_circumference=330), both)
    assert (found.status, found.sizes, found.unknown) == ("partial", ("S", "M"), ("shoe_us_men",))
    assert match(person(), both).status == "no_chart"


@pytest.mark.hazard("H34")
def test_a_size_of_the_other_side_is_never_named() -> None:
    sided = chart(size("L-S", side="left", foot_length=(220, 260)), size("R-S", side="right", foot_length=(220, 260)))
    assert match(person("left", foot_length=240), sided).sizes == ("L-S",)
    assert match(person("right", foot_length=240), sided).sizes == ("R-S",)
    only = chart(size("S", foot_length=(220, 260)), side="left")
    assert match(person("right", foot_length=240), only).status == "no_chart"


@pytest.mark.hazard("H35")
def test_a_chart_that_contradicts_itself_is_kept_and_never_matched() -> None:
    child = next(one for one in built_in() if one.product.model == "XTERN Pediatric")
    assert len(child.sizes) == 1
    found = match(person(outside={"shoe_us_men": 3.0}), child)
    assert (found.status, found.sizes, found.nearest) == ("no_chart", (), None)
    assert "contradicts itself" in words.reasons(found)[0]


@pytest.mark.hazard("H36")
def test_a_finding_speaks_against_a_design() -> None:
    """Ashworth 2: contract 3.2 leaf_spring_mismatch; a frame outside the shoe has no such rule."""
    asked = request_of("E1")
    asked["clinical"]["ashworth"] = "2"
    charts = (
        chart(size("M", foot_length=(200, 300)), model="Leaf"),
        chart(size("M", foot_length=(200, 300)), model="Frame", design="external"),
    )
    (limb,) = fit(read(asked, today=TODAY), today=TODAY, charts=charts).limbs.values()
    assert [(one.product.model, one.status, one.against) for one in limb.stock] == [
        ("Frame", "match", ()),
        ("Leaf", "unsuited", ("leaf_spring_mismatch",)),
    ]


@pytest.mark.hazard("H09", "H36")
def test_a_stop_names_no_brace() -> None:
    asked = request_of("E1")
    asked["clinical"]["urgent_signs"] = ["saddle_numbness"]
    (limb,) = fit(read(asked, today=TODAY), today=TODAY).limbs.values()
    assert limb.stock == ()


def test_the_best_comes_first() -> None:
    someone = person(foot_length=240)
    charts = [
        chart(model="None", no_chart="nothing printed"),
        chart(size("S", foot_length=(100, 200)), model="Short"),
        chart(size("S", foot_length=(200, 300)), model="Light", weight_limit_kg=None),
        LENGTHS,
        chart(size("S", foot_length=(200, 300)), model="Good"),
        chart(size("S", foot_length=(200, 300)), model="Against", design="solid"),
    ]
    found = matches(someone, charts, {"solid": ("fixed_deformity",)})
    assert [one.status for one in found] == ["match", "boundary", "partial", "outside", "unsuited", "no_chart"]


def test_a_braced_size_is_used_inside_the_shoe_and_the_worn_one_outside() -> None:
    """E1: US men 10 worn; over the brace 274 / (25.4/3) - 22 = 10.36, the smallest half size that takes it 10.5."""
    inside = chart(size("A", shoe_us_men=(10, 10.4)), size("B", shoe_us_men=(10.5, 11)), model="In")
    outside = chart(size("A", shoe_us_men=(10, 10.4)), size("B", shoe_us_men=(10.5, 11)), model="Out", worn="outside")
    (limb,) = fit(read(request_of("E1"), today=TODAY), today=TODAY, charts=(inside, outside)).limbs.values()
    assert {one.product.model: one.sizes for one in limb.stock} == {"In": ("B",), "Out": ("A",)}


ranges = st.tuples(st.integers(1, 60), st.integers(1, 20)).map(lambda one: (float(one[0]), float(one[0] + one[1])))
measures = st.sampled_from(
    ["shoe_us_men", "shoe_eu", "foot_length", "calf_circumference", "brace_height", "footplate_length"]
)


@st.composite
def charts(draw: Any) -> Chart:
    rows = draw(st.lists(st.dictionaries(measures, ranges, min_size=1), min_size=1, max_size=4))
    limits = draw(st.lists(st.none() | st.integers(20, 90), min_size=len(rows), max_size=len(rows)))
    sides = draw(st.lists(st.sampled_from([None, "left", "right"]), min_size=len(rows), max_size=len(rows)))
    made = zip(rows, limits, sides, strict=True)
    return chart(
        *(size(f"S{place}", side=side, weight_limit_kg=limit, **row) for place, (row, limit, side) in enumerate(made)),
        weight_limit_kg=draw(st.none() | st.integers(20, 90)),
    )


@pytest.mark.hazard("H34")
@given(
    charts(),
    st.dictionaries(measures, st.integers(0, 80).map(float)),
    st.integers(10, 100),
    st.sampled_from(["left", "right"]),
)
def test_no_size_that_fits_is_missed_and_none_that_does_not_is_named(
    one: Chart, known: dict[str, float], weight: int, side: Any
) -> None:
    """Against the plain meaning of the words, written anew."""
    found = match(Person(side, weight, known, {}), one)
    expected = []
    for row in one.sizes:
        limit = row.weight_limit_kg or one.weight_limit_kg
        shoes = [
            row.ranges[name].low <= known[name] <= row.ranges[name].high
            for name in SHOES
            if name in row.ranges and name in known
        ]
        others = [
            known[name] >= row.ranges[name].low and (name in OF_THE_BRACE or known[name] <= row.ranges[name].high)
            for name in ("foot_length", "calf_circumference", "brace_height", "footplate_length")
            if name in row.ranges and name in known
        ]
        if (
            row.side in (None, side)
            and all(others)
            and (any(shoes) or not shoes)
            and (limit is None or weight <= limit)
        ):
            expected.append(row.code)
    if found.status == "no_chart":
        person_measures = {*SHOES, "foot_length", "calf_circumference"} & set(one.measures) & set(known)
        assert not person_measures or not one.sizes_of(side)
    else:
        assert list(found.sizes) == expected
        assert found.nearest not in found.sizes
        assert (found.status == "outside") == (not expected)
