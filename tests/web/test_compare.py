"""Designs side by side: what another design would change, marked in words; nothing where a finding stops."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from afofit.fitting.compare import CODES, compare, nearest
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.web.compare_page import LegColumns, leg_columns
from afofit.web.fill import flatten
from tests.fitting.people import TODAY, document, fitted, request_of, severities
from tests.web.conftest import Fields, Page

Filled = Callable[..., Fields]
SPRING = {"design": "posterior_leaf_spring", "footplate": "engine"}


def columns(asked: Any, *chosen: str) -> LegColumns:
    """The right leg of a document, side by side."""
    compared = compare(fitted(asked))
    return leg_columns(compared, chosen, flatten(asked))[-1]


def cells(leg: LegColumns, code: str) -> dict[str, tuple[str, str]]:
    """By label what a design gives and how it differs."""
    column = next(one for one in leg.columns if one.code == code)
    return {cell.label: (cell.shown, cell.differs) for cell in column.cells}


def test_a_hinged_brace_beside_a_leaf_spring() -> None:
    """Calf 388, sock 1.5: leaf spring of 4 mm without liner, 0.50 · (388 + 2π · 5.5) = 211.28; hinged of 4.8 mm with
    its liner of 3 mm, 0.45 · (388 + 2π · 9.3) = 200.90: 201 beside 211 is 10 mm less."""
    leg = columns(document(prescription=SPRING), "posterior_leaf_spring", "hinged")
    assert cells(leg, "posterior_leaf_spring")["Opening at the calf, outside"] == ("211 mm", "")
    assert cells(leg, "hinged")["Opening at the calf, outside"] == ("201 mm", "10 mm less")
    assert cells(leg, "hinged")["Shell thickness"] == ("4.8 mm", "0.8 mm more")
    # three-quarter beside sulcus: 200 − 12 = 188, 200 + 0.07 · 270 = 218.9
    assert cells(leg, "hinged")["Footplate"] == ("Sulcus", "differs")
    assert cells(leg, "hinged")["Footplate length, inner edge"] == ("219 mm", "31 mm more")
    assert cells(leg, "hinged")["Ankle in the brace"] == ("90°", "")


def test_the_column_of_the_result_is_not_marked_as_different() -> None:
    leg = columns(document(prescription=SPRING))
    now = next(one for one in leg.columns if one.current)
    assert now.code == "posterior_leaf_spring"
    assert [cell for cell in now.cells if cell.differs or cell.sign] == []


def test_every_difference_has_a_sign_and_a_word() -> None:
    leg = columns(document(prescription=SPRING), *CODES)
    marked = [cell for column in leg.columns for cell in column.cells if cell.sign or cell.differs]
    assert marked
    assert all(cell.sign in ("≠", "▲", "▼") and cell.differs for cell in marked)
    assert all(item.words for column in leg.columns for cell in column.cells for item in cell.items if item.sign)


def test_cautions_that_come_and_go_are_named() -> None:
    """Ashworth 2: a leaf spring is spoken against, the solid one that the rules choose (line 6) is not."""
    leg = columns(document(clinical={"ashworth": "2"}, prescription=SPRING), "posterior_leaf_spring", "solid")
    solid = next(one for one in leg.columns if one.code == "solid")
    assert solid.engine
    first = solid.cells[0]
    assert ("−", "gone") in [(item.sign, item.words) for item in first.items if "eaf spring" in item.title]


def test_the_choice_of_the_rules_comes_first_and_is_marked() -> None:
    leg = columns(document(clinical={"ashworth": "2"}, prescription=SPRING))
    assert [(one.code, one.engine, one.current) for one in leg.columns][:2] == [
        ("solid", True, False),
        ("posterior_leaf_spring", False, True),
    ]


@pytest.mark.parametrize(
    ("design", "others"),
    [
        ("posterior_leaf_spring", ("carbon_anterior", "hinged")),
        ("hinged", ("posterior_leaf_spring", "semi_solid")),
        ("ground_reaction", ("solid", "semi_solid")),
        ("carbon_anterior", ("posterior_leaf_spring", "hinged")),
    ],
)
def test_the_nearest_designs_are_shown_unless_others_are_asked_for(design: str, others: tuple[str, ...]) -> None:
    assert nearest(design) == others
    leg = columns(document(prescription={"design": design, "footplate": "engine"}))
    assert {design, *others} <= {one.code for one in leg.columns}
    assert [code for code, _, on in leg.choices if on] == [one.code for one in leg.columns]
    assert {code for code, _, _ in leg.choices} == set(CODES)


def test_each_column_is_what_that_design_gives_alone() -> None:
    asked = document(prescription=SPRING)
    compared = compare(fitted(asked))["right"]
    for code, limb in compared.limbs.items():
        alone = fitted(document(prescription={"design": code, "footplate": "engine"})).limbs["right"]
        assert (limb.dimensions, limb.shoe, limb.design) == (alone.dimensions, alone.shoe, alone.design), code
        assert severities(limb) == severities(alone), code


def test_a_design_that_a_finding_stops_has_no_column_but_its_reason() -> None:
    """3° short of 90°: no free hinge."""
    leg = columns(document(limb={"dorsiflexion_knee_extended": -3}, prescription=SPRING), *CODES)
    assert "hinged" not in {one.code for one in leg.columns}
    assert [one.name for one in leg.declined] == ["Hinged"]
    assert leg.declined[0].call


@pytest.mark.hazard("H09")
def test_a_finding_that_stops_every_design_leaves_no_column() -> None:
    leg = columns(document(clinical={"urgent_signs": ["saddle_numbness"]}, prescription=SPRING), *CODES)
    assert leg.columns == ()
    assert leg.choices == ()
    assert len(leg.declined) == 1


def test_what_was_chosen_by_hand_counts_in_the_column_of_the_result_only() -> None:
    """The top edge 417 mm was chosen as 410; a hinged brace computed anew has its 417."""
    request = request_of(document(prescription=SPRING | {"lowered_edge": True}))
    chosen = Override(
        side="right",
        dimension="proximal_trim_height_mm",
        chosen=410,
        reason="scar",
        by="Ada",
        at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    compared = compare(fit(request, today=TODAY, overrides=(chosen,)))
    leg = leg_columns(compared, ("posterior_leaf_spring", "hinged"), {})[0]
    assert cells(leg, "posterior_leaf_spring")["Top edge, sides"][0] == "410 mm"
    assert cells(leg, "hinged")["Top edge, sides"] == ("417 mm", "7 mm more")


def test_the_page_offers_each_other_design_and_fills_the_form_with_it(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/compare", data=filled("E1", {"compare": ["hinged", "solid"]})).text)
    assert page.text("h1") == "Designs side by side"
    offered = [own["value"] for own in page.all("button", name="apply")]
    assert sorted(offered) == ["prescription.design=hinged", "prescription.design=solid"]
    answer = client.post("/", data=filled("E1", {"apply": "prescription.design=hinged"}))
    assert answer.status_code == 200
    assert Page(answer.text).shown()["prescription.design"] == ["hinged"]


def test_of_two_legs_the_design_of_each_is_its_own(client: FlaskClient, stories: dict[str, Any]) -> None:
    page = Page(client.post("/compare", data=flatten(stories["S01"]["request"])).text)
    offered = {own["value"].partition("=")[0] for own in page.all("button", name="apply")}
    assert offered == {"limbs.left.prescription.design", "limbs.right.prescription.design"}
    assert len(page.all("section", class_="card panel compared left")) == 1


def test_the_result_leads_to_it_and_posts_its_values(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/", data=filled("E1")).text)
    assert [own["form"] for own in page.all("button", formaction="/compare")] == ["again"]
    stopped = Page(client.post("/", data=filled("E1", {"clinical.urgent_signs": ["saddle_numbness"]})).text)
    assert stopped.all("button", formaction="/compare") == []


def test_wrong_values_are_the_form_with_its_errors(client: FlaskClient, filled: Filled) -> None:
    for path in ("/compare", "/card"):
        assert client.post(path, data=filled("E1", {"limbs.right.foot_length": "2700"})).status_code == 422
