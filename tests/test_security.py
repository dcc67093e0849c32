"""docs/security.md answers every requirement of OWASP ASVS 5.0 level 2, and what it names is there."""

from pathlib import Path

import pytest

from afofit.web.passwords import OUR_WORDS
from docs.security_tests import LIST, PAGE, all_pages, all_tests, anchors, faults, main, required, rows_of

ASKED = {"V1.1.1": 1, "V1.1.2": 2}
GOOD = """
## Keys

| id | L | what is asked | state | shown by, or why |
|---|---|---|---|---|
| V1.1.1 | 1 | one thing | met | `tests/test_a.py::test_it` |
| V1.1.2 | 2 | another | met | documented: [keys](#keys) |
"""
TESTS = {"tests/test_a.py::test_it"}


def told(page: str) -> list[str]:
    return faults(page, ASKED, TESTS, {"": anchors(page), "operations.md": {"back-up"}})


def test_every_requirement_has_its_row_and_every_row_its_reason() -> None:
    asked = required(LIST.read_text("utf-8"))
    assert faults(PAGE.read_text("utf-8"), asked, all_tests(), all_pages()) == []


def test_the_list_is_that_of_the_standard() -> None:
    text = LIST.read_text("utf-8")
    assert len(required(text)) == 70 + 183
    assert sum(line.endswith(",3") for line in text.splitlines()) == 92
    chapters = [name.partition(".")[0] for name in required(text)]
    assert list(dict.fromkeys(chapters)) == [f"V{number}" for number in range(1, 18)]


def test_rows_stand_in_the_order_of_the_standard() -> None:
    asked = list(required(LIST.read_text("utf-8")))
    assert [row.id for row in rows_of(PAGE.read_text("utf-8"))] == asked


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("| V1.1.2 | 2 | another | met | documented: [keys](#keys) |\n", "", "V1.1.2 is missing"),
        ("V1.1.2", "V1.1.9", "V1.1.9 is not asked for"),
        ("V1.1.2", "V1.1.1", "V1.1.1 stands 2 times"),
        ("| V1.1.2 | 2", "| V1.1.2 | 1", "V1.1.2: its level is 2"),
        ("`tests/test_a.py::test_it`", "it is so, we think", "neither a test nor a section"),
        ("test_it`", "test_that`", "there is no tests/test_a.py::test_that"),
        ("(#keys)", "(#locks)", "there is no #locks"),
        ("(#keys)", "(operations.md#keys)", "there is no operations.md#keys"),
        ("met | documented", "not met | documented", "V1.1.2: has no reason"),
        ("met | `tests/test_a.py::test_it` |", "does not apply | |", "V1.1.1: has no reason"),
        ("| met | `", "| partly | `", "'partly' is none of"),
        ("| one thing |", "| |", "does not say what is asked"),
    ],
)
def test_what_is_wrong_is_found(old: str, new: str, said: str) -> None:
    assert told(GOOD) == []
    assert old in GOOD
    assert any(said in one for one in told(GOOD.replace(old, new))), told(GOOD.replace(old, new))


def test_a_row_with_a_cell_too_many_is_found() -> None:
    with pytest.raises(ValueError, match=r"V1\.1\.1 has 6 cells"):
        list(rows_of(GOOD.replace("one thing", "one | thing")))


def test_another_page_may_document_it_and_a_reason_may_stand_for_a_test() -> None:
    assert told(GOOD.replace("(#keys)", "(operations.md#back-up)")) == []
    assert told(GOOD.replace("met | documented: [keys](#keys)", "does not apply | there is none here")) == []


def test_headings_are_anchors_as_they_are_written_in_addresses() -> None:
    assert anchors('# One\n### V9 Self-contained: "tokens"\n') == {"one", "v9-self-contained-tokens"}


def test_the_words_that_make_no_password_stand_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    assert [word for word in OUR_WORDS if word not in page] == []


def test_the_command_counts_and_names_what_is_not_met(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    printed = capsys.readouterr().out
    rows = list(rows_of(PAGE.read_text("utf-8")))
    assert f"{sum(row.state == 'met' for row in rows)} met" in printed
    for row in rows:
        assert (f"\n{row.id} (level" in printed) == (row.state == "not met")


def test_the_page_is_found_from_the_first_page_and_from_operations() -> None:
    root = Path(PAGE).parents[1]
    assert "(docs/security.md)" in (root / "README.md").read_text("utf-8")
    assert "(security.md" in (root / "docs" / "operations.md").read_text("utf-8")
