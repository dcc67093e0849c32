"""Ready-made braces on the fitting sheet: what may fit with size, reason and source, the rest in a line."""

import re
from typing import Any

from afofit.fitting.chart import Chart
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.pdf.sheet import fitting_sheet
from afofit.schemas.request import read
from tests.examples import request_of
from tests.fitting.charts import chart, part, size
from tests.fitting.people import TODAY, document
from tests.pdf.reading import text_of
from tests.pdf.test_every_document import check


def fitted(key: str, *charts: Chart) -> Fitting:
    return fit(read(request_of(key), today=TODAY), today=TODAY, charts=charts or None)


def block(key: str, *charts: Chart, **more: Any) -> str:
    """What stands between the heading and the next part."""
    text = " ".join(text_of(fitting_sheet(fitted(key, *charts), paper="a4", **more)).split())
    found = re.search(r"Ready-made braces (.*?)Delivery", text)
    return found[1] if found else ""


def test_a_product_that_may_fit_stands_with_size_reason_and_source() -> None:
    """E1 wears US men 10, the printed row is 8 to 11."""
    text = block("E1")
    for said in (
        "Turbomed Orthotics XTERN CLASSIC+, XTERN FRONTIER, XTERN SUMMIT: size Medium. Fits as far as the chart says.",
        "Medium: shoe size US men 10 lies in 8 to 11. The nearest other size is Large.",
        "lines 430 to 462; read on 23 Nov 2026; evidence C. Re-check with the maker before ordering.",
        "the computed brace: top edge 417 mm, length of the footplate 188 mm and width in the shoe 102 mm",
        "No usable chart was found for 9 other products: ask the supplier.",
    ):
        assert said in text, said


def test_the_others_stand_in_a_line() -> None:
    """E1: the foot is 270 mm long."""
    text = block(
        "E1",
        chart(size("S", foot_length=(100, 200)), model="Short"),
        chart(size("S", shoe_eu_child=(20, 30)), model="Child"),
        chart(size("S", foot_length=(200, 300)), model="Girth", parts=(part("calf_circumference", 300, "joint 2"),)),
        chart(model="None", no_chart="nothing printed"),
    )
    assert "Nobody Girth: size S. Fits. Posterior leaf spring, worn in the shoe." in text
    assert "Order with it: joint 2." in text
    assert "Outside the chart: Nobody Short (nearest S)." in text
    assert "Not enough is known of the leg for the chart of: Nobody Child." in text
    assert "No usable chart was found for 1 other product: ask the supplier." in text


def test_two_legs_stand_apart_where_something_fits_and_together_where_nothing_does() -> None:
    """S01: a left foot of 235 mm; the right ankle is too stiff for a leaf spring (contract 3.2)."""
    apart = block("S01", chart(size("S", foot_length=(200, 220)), size("M", foot_length=(220, 240))))
    assert re.search(r"Left leg .*Invented: size M\. .*Right leg A finding speaks against: Nobody Invented\.", apart)
    together = block("S01", chart(size("S", foot_length=(100, 120)), design="external"))
    assert "leg" not in together.replace("checked on the leg", "")
    assert together.count("Outside the chart: Nobody Invented (nearest S).") == 1


def test_where_no_brace_is_computed_there_is_no_block() -> None:
    asked = document(clinical={"skin": "wound"})
    stopped = fitting_sheet(fit(read(asked, today=TODAY), today=TODAY), paper="a4")
    assert "Ready-made" not in text_of(stopped)


def test_a_chart_of_any_length_and_script_makes_a_sound_file() -> None:
    many = [size("X" * 110 + str(place), **{"foot_length": (200, 300)}) for place in range(60)]
    long = chart(*many, model="Ö" * 100, document="W" * 900, page="第一頁", address="none", note="ليس " * 200)
    check(fitting_sheet(fitted("E1", long), paper="letter"))
