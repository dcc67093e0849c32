"""A changed dimension on the result page: chosen first, what was computed below, with who, when and why."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict

from afofit.app import create_app
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.settings import Settings
from afofit.web.form_page import FormPage
from afofit.web.result_page import ResultPage, result_page
from tests.examples import request_of
from tests.fitting import people

CELLS = """{% from "result.html" import table with context %}{{ table(result.rows, result, "Dimensions") }}"""


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(Settings())


def page(*overrides: Override) -> ResultPage:
    fitting = fit(people.request_of(request_of("E1")), today=date(2026, 11, 23), overrides=overrides)
    return result_page(fitting, FormPage(MultiDict()), {})


def edge(reason: str) -> Override:
    return Override(
        side="right",
        dimension="proximal_trim_height_mm",
        chosen=410,
        reason=reason,
        by="Dr Anna Kowalczyk",
        at=datetime(2026, 11, 25, 10, 30, tzinfo=UTC),
    )


def test_the_chosen_value_comes_first_and_the_working_is_that_of_the_rule() -> None:
    row = next(row for row in page(edge("scar")).rows if row.code == "D02")
    cell = row.cells["right"]
    assert cell is not None
    assert cell.shown == "410 mm"
    assert cell.changed == ("computed 417 mm", "Dr Anna Kowalczyk, 25 Nov 2026 10:30 UTC", "scar")
    assert row.working[0].numbers == ("455 − 38 = 417 mm",)
    others = (row for row in page(edge("scar")).rows if row.code != "D02")
    assert not any(cell.changed for row in others for cell in row.cells.values() if cell)
    strap = next(row for row in page(edge("scar")).rows if row.code == "D16")
    assert "proximal_trim_height_mm = 410 (chosen by the orthotist)" in strap.working[0].inputs


def test_the_row_says_it_and_escapes_the_reason(app: Flask) -> None:
    with app.test_request_context("/"):
        html = render_template_string(CELLS, result=page(edge("<b>scar</b> & rub")))
        plain = render_template_string(CELLS, result=page())
    said = html[html.index("410 mm") :]
    assert said.index("computed 417 mm") < said.index("25 Nov 2026 10:30 UTC") < said.index("&lt;b&gt;scar&lt;/b&gt;")
    assert "changed" not in plain
