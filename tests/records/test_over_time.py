"""One person over time: columns by day, differences of what is shown, growth of a child's foot; numbers by hand."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.schemas.request import read
from afofit.words.over_time import Cell, Leg, growth, legs, rounded
from tests.examples import request_of
from tests.records.conftest import Browser, Clinic
from tests.records.pages import kind
from tests.records.test_pages import approve, made

__all__ = ["kind"]

Json = dict[str, Any]
Make = Callable[..., Fitting]


def fitted(on: date, name: str = "E1", **measurements: float) -> Fitting:
    asked = request_of(name)
    for limb in asked["limbs"].values():
        limb.update(measurements)
    return fit(read(asked, today=on), today=on)


def cells(found: tuple[Leg, ...], label: str) -> tuple[Cell | None, ...]:
    return next(row.cells for row in (*found[-1].measured, *found[-1].made) if row.label == label)


def test_a_cell_that_changed_says_by_how_much() -> None:
    seen = [fitted(date(2026, month, 1), calf_circumference=calf) for month, calf in ((1, 388), (3, 395), (5, 395))]
    found = legs(seen)
    assert cells(found, "Calf circumference") == (Cell("388 mm"), Cell("395 mm", "+7"), Cell("395 mm"))
    # 388 + 2π(1.5 + 0) = 397.4 → 397; 395 + 9.42 = 404.4 → 404
    assert cells(found, "Shell girth at the calf, inside") == (Cell("397 mm"), Cell("404 mm", "+7"), Cell("404 mm"))
    assert cells(found, "Ankle in the brace") == (Cell("90°"),) * 3
    hidden = legs(seen, first=1, last=2)
    assert cells(hidden, "Calf circumference") == (Cell("395 mm", "+7"),)


def test_a_fall_and_a_gap() -> None:
    first, last = (fitted(date(2026, 1, day), ankle_circumference=ankle) for day, ankle in ((1, 228), (9, 224.5)))
    found = legs([first, last])
    assert cells(found, "Ankle circumference")[1] == Cell("224.5 mm", "−3.5")
    assert "Ball girth" not in [row.label for row in found[0].measured]
    assert "Growth of the foot" not in [row.label for row in found[0].measured]


def test_the_foot_of_a_child_grows_by_the_month() -> None:
    # 4 mm in 91 days: 4 · 30.4375 / 91 = 1.34 mm a month
    assert growth(180, 184, date(2026, 1, 1), date(2026, 4, 2)) == pytest.approx(1.338, abs=0.001)
    assert growth(180, 184, date(2026, 1, 1), date(2026, 1, 28)) is None
    child = request_of("S10")
    foot = next(iter(child["limbs"].values()))["foot_length"]
    seen = [fitted(date(2026, month, 1), "S10", foot_length=foot + more) for month, more in ((1, 0), (4, 3))]
    # 3 mm in 90 days: 3 · 30.4375 / 90 = 1.01 mm a month
    assert cells(legs(seen), "Growth of the foot") == (None, Cell("1 mm a month"))


def test_differences_are_those_of_the_numbers_shown() -> None:
    assert [rounded(one, 0) for one in (388.5, -0.5, 388.4)] == [389, -1, 388]
    assert rounded(4.85, 1) == 4.9


@pytest.fixture
def browser(clinic: Clinic) -> Browser:
    return clinic.browser()


def test_the_page_shows_the_latest_revision_of_each_fitting_and_older_ones_by_link(
    clinic: Clinic, browser: Browser, asked: Json
) -> None:
    calves = (388, 389, 390, 391, 392, 393, 401)
    addresses = []
    for calf in calves:
        again = copy.deepcopy(asked)
        again["limbs"]["right"]["calf_circumference"] = calf
        addresses.append(made(browser, again))
    approve(browser, addresses[-1])
    browser.post(f"{addresses[-1]}/reorder")
    person = next(part for part in browser.get(addresses[0]).text.split('"') if part.startswith("/patients/"))
    page = browser.get(person).text
    assert "388 mm" not in page
    # The change against the column that is hidden: 389 − 388; and 401 − 393.
    assert "389 mm, <b>+1</b>" in page
    assert "401 mm, <b>+8</b>" in page
    assert page.count("401 mm, <b>+8</b>") == 1
    assert f"{person}?before=6" in page
    older = browser.get(f"{person}?before=6").text
    assert "388 mm" in older
    assert ">Newer</a>" in older
    browser.get(addresses[1])
    browser.post(f"{addresses[1]}/withdraw", reason="wrong leg")
    assert "388 mm" in browser.get(person).text
    assert browser.get(f"{person}?before=-x").status_code == 200
