"""The pages of cover and plan: the clinic's own legs, or a table that is counted and let go."""

import re
from io import BytesIO
from typing import Any

import pytest
import werkzeug.formparser
from werkzeug.test import TestResponse

from afofit import demand
from afofit.store import charts
from afofit.web import cover_form, cover_pages
from tests.records.conftest import Browser, Clinic
from tests.records.pages import kind
from tests.records.test_demand import document, fit_leg

__all__ = ["kind"]
Json = dict[str, Any]
PEOPLE = "name,foot_length_mm,weight_kg\nKim Doe,250,80\nLee,270,80\nMax,300,80\n"


@pytest.fixture
def browser(clinic: Clinic) -> Browser:
    with clinic.store.writing(clinic.orthotist) as desk:
        charts.save(desk, [document()])
    signed_in = clinic.browser()
    assert signed_in.get("/charts/cover").status_code == 200
    return signed_in


def send(browser: Browser, table: str | bytes | None = None, **fields: Any) -> TestResponse:
    """Send the form of the page, with a table where there is one."""
    content = table.encode() if isinstance(table, str) else table
    files = {} if content is None else {"people": (BytesIO(content), "people.csv")}
    return browser.post("/charts/cover", **{"chart": "Nobody Leaf", "source": "own"} | fields | files)


def said(page: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_our_own_legs(browser: Browser, clinic: Clinic, other_clinic: Clinic, asked: Json) -> None:
    """250 mm is S, 270 mm M, 300 mm beyond; Ashworth 2 speaks against a leaf spring. The other clinic's is not seen."""
    for place, foot in enumerate((250, 270, 285)):
        fit_leg(clinic, asked, f"A-{place}", foot)
    fit_leg(clinic, asked, "A-9", 250, ashworth="2")
    fit_leg(other_clinic, asked, "B-1", 250)
    page = send(browser)
    assert page.status_code == 200
    words = said(page.text)
    assert "2 (50 %) of 4 people served" in words
    for text in (
        "a finding speaks against what would fit 1 (25 %)",
        "outside of every chart 1 (25 %)",
        "foot length: above every size 1 (25 %)",
        "size S 1 (25 %)",
        "size M 1 (25 %)",
        "Each leg counts as one person, by its latest approved fitting with a brace",
    ):
        assert text in words
    assert page.text.count("<svg") == 2
    assert "style=" not in page.text.partition("<main")[2]
    assert "A-0" not in page.text


def test_a_table_is_counted_and_nothing_of_it_is_kept(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a temporary file is made, however large it is."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a file on disk")

    monkeypatch.setattr(werkzeug.formparser, "SpooledTemporaryFile", refused)
    rows = PEOPLE + "Ann,250,80\n" * 60_000
    assert len(rows) > 600_000
    page = send(browser, rows, source="table")
    assert page.status_code == 200
    words = said(page.text)
    assert "60 002 (over 99.9 %) of 60 003 people served" in words
    assert "Columns read: foot_length_mm, weight_kg." in words
    assert "Columns left out, because no chart goes by them: name." in words
    assert "Kim Doe" not in page.text


def test_every_bad_cell_is_told_and_what_was_chosen_stays(browser: Browser) -> None:
    page = send(browser, "foot_length,weight\n25O,80\n250,5\n", source="table", length_unit="mm", mass_unit="kg")
    assert page.status_code == 422
    words = said(page.text)
    assert "The table cannot be used: 2 problems. Nothing was counted." in words
    assert "Line 2, column 1: “foot_length” is 25O, not a number." in words
    assert "Line 3, column 2: “weight” is 5, read as 5 kg; possible is 6 to 350." in words
    assert 'value="table" checked' in page.text
    assert '<option value="mm" selected>' in page.text
    assert page.text.count('name="chart" value="Nobody Leaf" checked') == 1
    assert 'value="Turbomed Orthotics XTERN SUMMIT" checked' not in page.text


def test_everything_that_is_wrong_with_the_form_is_told_at_once(browser: Browser) -> None:
    page = send(browser, chart="", source="", months="1.5", brace_mm="99")
    assert page.status_code == 422
    for text in (
        "Choose at least one chart.",
        "Say whose measures are held against the charts.",
        "Enter a whole number of months.",
    ):
        assert text in page.text
    page = send(browser, source="table", brace_mm="99")
    assert "Choose a table, a file of the kind CSV." in page.text
    assert "Enter a number from 0 to 30." in page.text
    assert (
        "This says something only where shoe sizes are worked out"
        in send(browser, PEOPLE, source="table", brace_mm="4").text
    )
    assert "Enter a number from 1 to 120." in send(browser, months="0").text


@pytest.mark.parametrize("name", ["people.xlsx", "people.pdf", "people"])
def test_a_file_whose_name_says_that_it_is_no_table_is_not_read(browser: Browser, name: str) -> None:
    browser.get("/charts/cover")
    table = (BytesIO(PEOPLE.encode()), name)
    page = browser.post("/charts/cover", chart="Nobody Leaf", source="table", people=table)
    assert page.status_code == 422
    assert f"{name} is no table of the kind CSV" in page.text


def test_shoe_sizes_are_worked_out_where_that_is_asked_for(browser: Browser) -> None:
    """254 mm: US men 8, on the border of Small and Medium of the XTERN chart."""
    table = "foot_length_mm,sex,age_years\n254,male,50\n"
    fields = {"source": "table", "chart": "Turbomed Orthotics XTERN SUMMIT"}
    assert "0 (0 %) of 1 person served" in said(send(browser, table, **fields).text)
    words = said(send(browser, table, **fields, shoes_from_feet="yes", brace_mm="4,5").text)
    assert "1 (100 %) of 1 person served" in words
    assert "On a border 1 (100 %)" in words
    assert "it was worked out from foot length, sex and age" in words
    assert "the foot was taken as 4.5 mm longer" in words


def test_a_table_that_is_too_long_or_too_large(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover_form, "MOST_ROWS", 2)
    page = send(browser, PEOPLE, source="table")
    assert page.status_code == 422
    assert "Line 4, column 1: The table has more than 2 rows." in said(page.text)
    monkeypatch.setattr(cover_pages, "LARGEST_BYTES", 1_000_000)
    page = send(browser, PEOPLE * 40_000, source="table")
    assert page.status_code == 413
    assert "The table is larger than 1 million bytes." in said(page.text)


def test_another_form_may_not_be_as_large(browser: Browser) -> None:
    assert browser.client.post("/fittings/new", data={"x": "y" * 3_000_000}).status_code == 413


def test_the_sizes_to_keep(browser: Browser, clinic: Clinic, asked: Json) -> None:
    """Three legs of S, one of M, one of none: S and M serve 80 %, S alone 60 %."""
    for place, foot in enumerate((245, 250, 255, 270, 285)):
        fit_leg(clinic, asked, f"A-{place}", foot)
    page = browser.get("/charts/plan?share=60&months=12&chart=Nobody+Leaf")
    words = said(page.text)
    assert "1 size serves 60 %" in words
    assert "Nobody Leaf Invented for trying: no such product is sold. size S" in words
    assert "No smaller set of sizes serves as many." in words
    assert "This is past demand, not a forecast." in words
    never = "Never served, whatever is kept Why People"
    assert f"{never} outside of every chart 1 (20 %) foot length: above every size 1 (20 %)" in words
    words = said(browser.get("/charts/plan?share=90&months=&chart=Nobody+Leaf").text)
    assert "2 sizes serve 80 %" in words
    assert "The wanted share cannot be reached: every size of these charts together serves 4 (80 %)." in words


def test_a_plan_before_and_without_an_answer(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    page = browser.get("/charts/plan")
    assert page.status_code == 200
    assert 'name="share" inputmode="decimal" autocomplete="off" value="90"' in page.text
    assert "sizes serve" not in page.text
    page = browser.get("/charts/plan?share=90&months=12&chart=Nobody+Leaf")
    assert "There is no approved fitting with a brace in this time." in said(page.text)
    page = browser.get("/charts/plan?share=101&months=x&chart=")
    assert page.status_code == 422
    for text in ("Enter a number from 1 to 100.", "Enter a number from 1 to 120.", "Choose at least one chart."):
        assert text in page.text
    assert "Say which share of the legs is to be served." in browser.get("/charts/plan?share=&chart=x").text


def test_of_very_many_legs_it_is_said_how_many_were_not_counted(
    browser: Browser, clinic: Clinic, asked: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demand, "MOST_LEGS", 1)
    for place in range(3):
        fit_leg(clinic, asked, f"A-{place}", 250)
    assert "Only the legs fitted last were counted: 2 earlier ones were not." in said(send(browser).text)


def test_the_pages_speak_spanish(browser: Browser) -> None:
    page = browser.client.get("/charts/plan?share=90&chart=Nobody+Leaf", headers={"Accept-Language": "es"})
    assert "Tallas que conviene tener" in page.text
