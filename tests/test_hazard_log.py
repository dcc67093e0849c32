"""Every hazard of the log has a test that shows its control, and the known limits stand where people read them."""

from pathlib import Path

import pytest

from afofit.app import create_app
from afofit.pdf.sheet import fitting_sheet
from afofit.settings import Settings
from afofit.words.sheet import INTENDED_USE, LIMITS, NOT_FOR, STARTING_SPECIFICATION
from docs.hazard_tests import LOG, hazards, marked
from tests.fitting.people import document, fitted
from tests.pdf.reading import pages_of

TESTS = Path(__file__).parent
SAID = (INTENDED_USE, NOT_FOR, *LIMITS)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_hazard_has_a_test_and_every_marker_a_hazard() -> None:
    log, tests = hazards(LOG.read_text("utf-8")), marked(TESTS)
    assert list(log) == [f"H{place:02d}" for place in range(1, len(log) + 1)]
    assert set(log) - set(tests) == set(), "hazards without a test"
    assert set(tests) - set(log) == set(), "tests of hazards that are not in the log"


def test_a_hazard_without_a_test_is_found(tmp_path: Path) -> None:
    log = "| H01 | wrong side made | a | b |\n| H02 | wrong patient | a | b |\n"
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_side.py").write_text(
        'import pytest\n\n\n@pytest.mark.hazard("H01", "H09")\ndef test_side():\n    pass\n\n\n'
        '@pytest.mark.hazard("H02")\ndef helper():\n    pass\n'
    )
    assert hazards(log) == {"H01": "wrong side made", "H02": "wrong patient"}
    assert marked(tmp_path / "tests") == {
        "H01": ["tests/test_side.py::test_side"],
        "H09": ["tests/test_side.py::test_side"],
    }
    with pytest.raises(ValueError, match="twice"):
        hazards(log + log)


def test_every_row_of_the_log_is_whole() -> None:
    rows = [line for line in LOG.read_text("utf-8").splitlines() if line.startswith("| H")]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 8, row
        assert all(cells), row
        assert cells[4] in ("C", "Ma", "Co", "Si"), row


@pytest.mark.hazard("H17", "H26")
def test_intended_use_and_limits_stand_in_the_log_on_the_form_and_on_every_sheet() -> None:
    log = one_line(LOG.read_text("utf-8"))
    page = one_line(create_app(Settings()).test_client().get("/").text)
    sheets = [
        one_line(" ".join(pages_of(fitting_sheet(fitted(asked), paper="a4"))))
        for asked in (document(), document(clinical={"urgent_signs": ["hot_swollen_foot"]}))
    ]
    for words in (*SAID, STARTING_SPECIFICATION):
        assert words in log
        assert words in page
        assert all(words in sheet for sheet in sheets), words
