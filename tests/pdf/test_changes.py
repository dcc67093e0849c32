"""What an orthotist changed, on paper: chosen first, computed kept, with reason, who and when."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.fitting.values import Side
from afofit.pdf.layout import MARGIN, Paper
from afofit.pdf.order import order_form
from afofit.pdf.patient import patient_sheet
from afofit.pdf.record import content_hash
from afofit.pdf.sheet import fitting_sheet
from afofit.pdf.template import template
from tests.examples import request_of
from tests.fitting import people
from tests.fitting.people import TODAY, document
from tests.pdf.reading import inked_margins, pages_of, rows_of, text_of

AT = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
WHO = "Dr Anna Kowalczyk"
LONG = " ".join(["A mark that came back after every trial."] * 200)
DOCUMENTS: tuple[Callable[..., bytes], ...] = (fitting_sheet, order_form, template)


def override(dimension: str, chosen: float, side: Side = "right", reason: str = "scar under the edge") -> Override:
    return Override(side=side, dimension=dimension, chosen=chosen, reason=reason, by=WHO, at=AT)


def fitted(asked: dict[str, Any], *overrides: Override) -> Fitting:
    return fit(people.request_of(asked), today=TODAY, overrides=overrides)


@cache
def edge_lowered() -> Fitting:
    """E1 with the top edge at 410 for 417, and the plate 195 for 188 long."""
    return fitted(
        request_of("E1"), override("proximal_trim_height_mm", 410), override("footplate_length_medial_mm", 195)
    )


@cache
def all_changed() -> Fitting:
    """Both legs with every dimension changed, one reason too long for any page."""
    asked = document(prescription={"design": "solid"}, other={})
    chosen = [
        override(name, value.magnitude + 1, side, LONG if name == "heel_seat_width_mm" else "as on the cast")
        for side, limb in fitted(asked).limbs.items()
        for name, value in limb.dimensions.items()
    ]
    return fitted(asked, *chosen)


def test_the_sheet_shows_the_chosen_value_and_a_table_of_changes() -> None:
    data = fitting_sheet(edge_lowered(), paper="a4")
    rows = rows_of(data, "D02")
    assert rows[0].startswith("D02 Top edge, sides (changed) 410 mm 414 mm 6 B")
    assert "D02 Top edge, sides 417 mm 410 mm scar under the edge Dr Anna Kowalczyk" in " ".join(rows)
    text = text_of(data)
    assert "RIGHT brace, changed by the orthotist" in text
    assert "25 Nov 2026 10:30 UTC" in text
    assert "D16 Calf strap, centre D02 − 25 385 mm" in text


def test_the_working_keeps_the_rule_and_says_that_it_was_replaced() -> None:
    text = text_of(fitting_sheet(edge_lowered(), paper="a4"))
    assert "455 − 38 = 417 mm Replaced by 410 mm, chosen by the orthotist" in text
    assert "410 − 25 = 385 mm" in text
    both = text_of(fitting_sheet(all_changed(), paper="a4"))
    assert "Left: replaced by" in both
    assert "Right: replaced by" in both


def test_the_order_form_marks_and_lists_what_was_changed() -> None:
    text = text_of(order_form(edge_lowered(), paper="letter"))
    assert "D02 Top edge, sides (changed) 410 mm 414 mm 6 B" in text
    listed = "Changed by the orthotist D02 410 mm (computed 417 mm), D12 195 mm (computed 188 mm)"
    assert listed in text


@pytest.mark.hazard("H01")
def test_an_order_that_needs_a_second_page_keeps_its_side() -> None:
    pages = pages_of(order_form(all_changed(), paper="letter"))
    assert len(pages) >= 2
    for page in pages:
        assert ("LEFT" in page) != ("RIGHT" in page)


def test_the_template_is_cut_from_the_chosen_values_and_names_them() -> None:
    plain, changed = (pages_of(template(one, paper="a4")) for one in (fitted(request_of("E1")), edge_lowered()))
    assert "D12 188 mm" in plain[0]
    assert "D12 195 mm" in changed[0]
    assert "Changed by the orthotist: D12 195 mm (computed 188 mm)." in " ".join(changed[0].split())
    # The strap page shows nothing that was changed.
    assert "Changed by" not in changed[1]


@pytest.mark.parametrize("make", DOCUMENTS)
def test_no_word_of_changes_where_nothing_was_changed(make: Callable[..., bytes]) -> None:
    assert "hanged" not in text_of(make(fitted(request_of("E1")), paper="a4"))


def test_the_patient_sheet_uses_the_chosen_values_and_does_not_speak_of_it() -> None:
    # Wall 6 + 0 for 4 + 0: inside length 270 + 6 + 15 for 289.
    chosen = override("shell_thickness_mm", 6)
    text = text_of(patient_sheet(fitted(request_of("E1"), chosen), paper="a4", language="en"))
    assert "291 mm" in text
    assert "289 mm" not in text
    assert WHO not in text
    assert "scar" not in text


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("make", DOCUMENTS)
def test_many_changes_and_long_reasons_stay_on_the_paper(make: Callable[..., bytes], paper: Paper) -> None:
    data = make(all_changed(), paper=paper, approved_by="W" * 80, approved_at=AT)
    assert inked_margins(data, MARGIN - 8 if make is not template else 27) == []
    assert data == make(all_changed(), paper=paper, approved_by="W" * 80, approved_at=AT)


def test_strange_letters_of_a_reason_do_not_print_as_boxes() -> None:
    chosen = override("proximal_trim_height_mm", 410, reason="rubs\nhere 漢 ☂")
    text = text_of(fitting_sheet(fitted(request_of("E1"), chosen), paper="a4"))
    assert "rubs here [U+6F22]" in text


def test_equal_marks_mean_equal_results() -> None:
    plain = fitted(request_of("E1"))
    marks = {content_hash(plain), content_hash(edge_lowered())}
    edge = "proximal_trim_height_mm"
    for other in (
        override(edge, 410),
        override(edge, 411),
        override(edge, 417),
        override(edge, 410, reason="another"),
    ):
        marks.add(content_hash(fitted(request_of("E1"), other)))
    assert len(marks) == 6
    assert content_hash(edge_lowered()) == content_hash(
        fitted(request_of("E1"), override(edge, 410), override("footplate_length_medial_mm", 195))
    )


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("make", DOCUMENTS)
def test_every_page_of_an_approved_document_says_who_and_when(make: Callable[..., bytes], paper: Paper) -> None:
    pages = pages_of(make(edge_lowered(), paper=paper, approved_by=WHO, approved_at=AT))
    for page in pages:
        text = " ".join(page.split())
        assert f"Approved by {WHO}, 25 Nov 2026 10:30 UTC" in text
        assert "DRAFT" not in text
        assert "Starting specification; to be verified by an orthotist" in text


@pytest.mark.parametrize("make", DOCUMENTS)
def test_a_long_name_is_cut_and_never_the_moment(make: Callable[..., bytes]) -> None:
    name = "Prof. Dr. Maximiliane-Alexandra von Hohenstein-Wolkenbrück zu Donaueschingen und Villingen"
    for page in pages_of(make(edge_lowered(), paper="letter", approved_by=name, approved_at=AT)):
        text = " ".join(page.split())
        assert "Approved by Prof. Dr. Max" in text
        assert "…, 25 Nov 2026 10:30 UTC" in text


@pytest.mark.parametrize("make", [fitting_sheet, order_form])
def test_the_signature_line_gets_only_the_name(make: Callable[..., bytes]) -> None:
    data = make(edge_lowered(), paper="a4", approved_by=WHO, approved_at=AT)
    pages = [page for page in pages_of(data) if "Orthotist" in page.split()]
    text = " ".join(pages[-1].split())
    after = text.split("Orthotist ", 1)[1]
    assert WHO in after[:40]
    assert "UTC" not in after[:60]
