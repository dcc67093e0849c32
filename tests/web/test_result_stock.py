"""Ready-made braces on the result page: what may fit, why, from which chart; and whom to ask about the rest."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from afofit.fitting.chart import Chart
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.schemas.request import read
from afofit.web.form_page import FormPage
from afofit.web.result_page import ResultPage, result_page
from afofit.web.stock_part import StockPart, links
from afofit.words.stock import Told
from tests.examples import request_of
from tests.fitting.charts import chart, size
from tests.fitting.people import TODAY
from tests.web.conftest import Fields, Page

Filled = Callable[..., Fields]


def section(client: FlaskClient, fields: Fields) -> str:
    page = client.post("/", data=fields)
    assert page.status_code == 200
    return " ".join(Page(page.text).text("section", class_="card panel readymade").split())


def fitted(key: str, *charts: Chart, **asked: Any) -> Fitting:
    return fit(read(request_of(key) | asked, today=TODAY), today=TODAY, charts=charts)


def shown(key: str, *charts: Chart) -> ResultPage:
    return result_page(fitted(key, *charts), FormPage(MultiDict()), {})


def part(key: str, *charts: Chart) -> StockPart:
    made = shown(key, *charts).stock
    assert made is not None
    return made


def suggested(key: str, *charts: Chart) -> list[Told]:
    (leg,) = part(key, *charts).legs
    return [one.told for one in leg.suggestions]


def test_the_size_its_reason_and_its_source_are_told(client: FlaskClient, filled: Filled) -> None:
    """E1 wears US men 10; the printed row is men 8 to 11: Medium. Computed: see the worked example, 417 mm."""
    text = section(client, filled("E1"))
    for said in (
        "Turbomed Orthotics XTERN CLASSIC+, XTERN FRONTIER, XTERN SUMMIT Fits as far as the chart says Size Medium",
        "Medium: shoe size US men 10 lies in 8 to 11.",
        "The nearest other size is Large.",
        "Not known, so nothing is concluded from it: a weight limit.",
        "XTERN FRONTIER: Women's Large is printed as 12+ only. The page of this model gives",
        "read on 23 Nov 2026; evidence C. Re-check with the maker before ordering.",
        "top edge 417 mm, length of the footplate 188 mm and width in the shoe 102 mm",
        "not tried on",
    ):
        assert said in text, said


def test_what_has_no_chart_stands_in_one_closed_part(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/", data=filled("E1")).text)
    (own,) = page.all("details", class_="ask")
    assert "open" not in own
    text = page.text("details", class_="ask")
    assert "No chart found for 9 products: ask the supplier" in text
    assert "Source contradicts itself" in text
    assert text.count("Ask the supplier.") == 9


def test_a_chart_in_another_system_says_what_to_measure(client: FlaskClient, stories: dict[str, Any]) -> None:
    (left, right) = part("S01", *(chart(size("S", shoe_us_men=(5, 8)), worn="outside"),)).legs
    assert (left.side, right.side) == ("left", "right")
    said = "The chart goes by shoe size US men, and nothing of that is known of this leg: measure it, or ask the"
    assert left.suggestions[0].told.reasons[0].startswith(said)
    assert left.suggestions[0].told.status == "Ask the supplier"


def test_the_best_come_first_and_those_that_do_not_fit_after_them() -> None:
    charts = (
        chart(size("S", foot_length=(100, 200)), model="Short"),
        chart(size("M", foot_length=(200, 300)), model="Good"),
        chart(size("A", foot_length=(200, 270)), size("B", foot_length=(270, 300)), model="Border"),
        chart(size("M", foot_length=(200, 300)), model="Light", weight_limit_kg=None),
    )
    found = suggested("E1", *charts)
    assert [(one.models, one.sizes, one.fits) for one in found] == [
        (("Good",), "M", True),
        (("Border",), "A or B", True),
        (("Light",), "M", True),
        (("Short",), "–", False),
    ]
    short = found[-1]
    assert short.nearest == "S"
    # E1: the foot is 270 mm long.
    assert short.reasons[0] == "S: foot length 270 mm is 70 mm above 100 mm to 200 mm; body weight 82 kg, limit 120 kg."


def test_a_ready_made_brace_stands_beside_the_computed_one() -> None:
    """E1: top edge 417 mm, three-quarter plate 188 mm, 102 mm wide in the shoe."""
    sized = size("M", foot_length=(200, 300), brace_height=(380, 400), footplate_width=(85, 95))
    (one,) = suggested("E1", chart(sized))
    assert one.beside == (
        ("Top edge", "380 mm to 400 mm; computed 417 mm"),
        ("Width in the shoe", "85 mm to 95 mm; computed 102 mm"),
    )


def test_products_are_told_together_only_where_everything_is_the_same() -> None:
    one, other = (chart(size("M", foot_length=(200, 300)), model=model) for model in ("A", "B"))
    assert [each.models for each in suggested("E1", one, other)] == [("A", "B")]
    another = chart(size("M", foot_length=(200, 301)), model="C")
    assert [each.models for each in suggested("E1", one, another)] == [("A",), ("C",)]


def test_only_addresses_that_a_browser_opens_are_links() -> None:
    assert links("https://a.example/x ; http://b.example none") == ("https://a.example/x", "http://b.example")
    assert links("javascript:alert(1)") == ()


def test_where_no_brace_is_computed_none_is_suggested(client: FlaskClient, filled: Filled) -> None:
    answer = client.post("/", data=filled("E1", {"clinical.urgent_signs": ["saddle_numbness"]}))
    assert "Ready-made braces" not in answer.text
    assert shown("E1").stock is None
