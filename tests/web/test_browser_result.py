"""The result, the card and the comparison in a real browser: printed, narrow, by keyboard, without script."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from afofit.web.fill import flatten
from tests.examples import request_of
from tests.web.test_browser import SMALL, too_wide

Visit = Callable[..., Page]
LIGHT = "/health"
"""A page to begin on that costs nothing."""


SEND = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  for (const [name, values] of Object.entries(fields))
    for (const value of values)
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
}"""


def post(page: Page, path: str, key: str, **changes: str) -> None:
    """Post a worked example to a page of the calculator, as its buttons do."""
    fields = flatten(request_of(key)) | {name.replace("__", "."): [value] for name, value in changes.items()}
    with page.expect_navigation():
        page.evaluate(SEND, [path, fields])


def printed(page: Page) -> tuple[list[str], Any]:
    """The text of each printed page."""
    reader = PdfReader(io.BytesIO(page.pdf(format="A4")))
    return [" ".join(sheet.extract_text().split()) for sheet in reader.pages], reader


SOLID = {"prescription__design": "solid", "prescription__footplate": "engine"}


def test_the_printed_result_says_draft_and_has_no_button(visit: Visit) -> None:
    page = visit(LIGHT)
    post(page, "/", "E1", **SOLID)
    buttons = [text for text in page.locator("button:visible, a.btn:visible").all_inner_texts() if text.strip()]
    sheets, _ = printed(page)
    text = " ".join(sheets)
    assert "DRAFT, NOT APPROVED" in sheets[0]
    assert "Top edge, sides 417 mm" in text
    assert "Starting specification" in text
    assert "How the right leg stands" in text
    assert len(buttons) > 5
    for said in (*buttons, "Sign in", "Go to", "Show working", "What was entered", "Skip to"):
        assert not re.search(rf"\b{re.escape(said.strip())}\b", text), said
    page.emulate_media(media="print")
    assert page.locator("button:visible, .btn:visible, .dock:visible, header.top:visible").count() == 0


def test_only_opened_working_is_printed(visit: Visit) -> None:
    page = visit(LIGHT)
    post(page, "/", "E1")
    closed = " ".join(printed(page)[0])
    assert "With your numbers" not in closed
    page.locator("tr:has(> th):has-text('Shell girth at the calf') + tr summary").click()
    opened = " ".join(printed(page)[0])
    assert opened.count("With your numbers") == 1
    assert "397.4248, shown as 397 mm" in opened


def test_the_head_of_the_table_is_repeated_and_no_row_is_split(visit: Visit) -> None:
    page = visit(LIGHT)
    post(page, "/", "S01")
    sheets, _ = printed(page)
    with_rows = [text for text in sheets if "Relief, navicular" in text or "Top edge, sides" in text]
    assert len(with_rows) == 2
    assert all("Dimension" in text and "Evidence" in text for text in with_rows)


def test_the_card_is_one_printed_page_and_nothing_else(visit: Visit) -> None:
    page = visit(LIGHT)
    post(page, "/card", "S01")
    sheets, _ = printed(page)
    assert len(sheets) == 1
    assert "DRAFT, NOT APPROVED" in sheets[0]
    assert "US women 7.5, width B 6.5, width 2E" in sheets[0]
    for said in ("Print the card", "Back to the result", "Sign in", "Español"):
        assert said not in sheets[0]


def test_the_print_button_prints_and_needs_script(visit: Visit) -> None:
    page = visit(LIGHT)
    post(page, "/card", "E1")
    page.evaluate("window.print = () => { document.title = 'printing' }")
    page.get_by_role("button", name="Print the card").click()
    expect(page).to_have_title("printing")
    plain = visit(LIGHT, java_script_enabled=False)
    post(plain, "/card", "E1")
    expect(plain.locator("[data-print]")).to_be_hidden()
    expect(plain.get_by_text("use the print command")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_the_result_over_the_comparison_to_another_design(visit: Visit, script: bool) -> None:
    page = visit(LIGHT, java_script_enabled=script)
    post(page, "/", "E1")
    page.get_by_role("button", name="Compare designs side by side").click()
    expect(page.get_by_role("heading", name="Designs side by side")).to_be_visible()
    page.get_by_label("Solid", exact=True).check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("heading", name="Solid", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("Use this design ?: Solid, Right leg")).click()
    expect(
        page.locator('[name="prescription.design"][value=solid], [name="prescription.design"]').first
    ).to_be_attached()
    page.locator("form.fitting .btn:visible").first.click()
    expect(page.locator(".design")).to_contain_text("Solid, three-quarter footplate")


@pytest.mark.parametrize(
    ("path", "key", "changes"),
    [
        ("/", "E1", SOLID),
        ("/compare", "S01", {}),
        ("/card", "S01", {}),
        ("/", "E1", {"clinical__urgent_signs": "saddle_numbness"}),
    ],
    ids=["result", "compare", "card", "stop"],
)
def test_nothing_scrolls_sideways(visit: Visit, path: str, key: str, changes: dict[str, str]) -> None:
    page = visit(LIGHT)
    post(page, path, key, **changes)
    assert too_wide(page) == []


@pytest.mark.parametrize("path", ["/compare", "/card"])
def test_targets_are_large_enough_for_a_finger(visit: Visit, path: str) -> None:
    page = visit(LIGHT, width=390, height=844, has_touch=True, is_mobile=True)
    post(page, path, "S01")
    assert page.evaluate(SMALL) == []


def test_columns_of_a_comparison_stand_level(visit: Visit) -> None:
    """The same row of every design begins at the same height, whatever stands above it."""
    page = visit(LIGHT)
    post(page, "/compare", "E1")
    tops = page.locator("dt", has_text="Ankle in the brace").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
    )
    assert len(tops) >= 3
    assert len(set(tops)) == 1


def test_the_words_of_the_pictures_can_be_read_on_a_phone(visit: Visit) -> None:
    page = visit(LIGHT, width=390)
    post(page, "/", "E1", **SOLID)
    heights = page.locator(".stance text").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert len(heights) == 3
    assert min(heights) >= 11
