"""The guides are true: their links lead somewhere as the files stand, buttons are named as the pages name them."""

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from afofit.fitting.plan import fit
from afofit.fitting.protocol import default
from afofit.schemas.request import read
from afofit.words import patient_en, patient_es
from afofit.words.reading import EASY_PERSPICUITY, grade, perspicuity
from tests.examples import request_of

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "docs").glob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "deploy/README.md")),
]
LINK = re.compile(r'\]\(([^)\s]+)\)|src="([^"]+)"')
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
EASY_GRADE = 6
GUIDES = ("first-fitting", "orthotists", "administrators")
MEANT = {
    "Attached as JSON",
    "Unknown is an answer.",
    "Urgent signs are asked one by one",
    "Units.",
    "Angles",
    "One leg in a brace, the other not",
    "ankle in the brace",
    "shank to vertical in this shoe",
    "shoe",
    "Ready-made braces",
    "draft",
    "not",
    "The service is away?",
}
"""What is printed bold in a guide without being the name of a button, a field or a page."""


def slug(heading: str) -> str:
    """The anchor that a heading gets: as GitHub makes it."""
    words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """Every anchor of a page."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return {slug(heading) for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("page", FILES, ids=lambda page: page.name)
def test_links_of_a_file_lead_somewhere_without_the_site(page: Path) -> None:
    broken = []
    for found in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        path, _, anchor = (found[0] or found[1]).partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(found)
    assert broken == []


@pytest.fixture(scope="module")
def said() -> set[str]:
    """What stands on the pages of the service, without its fields."""
    with (ROOT / "afofit/translations/es/LC_MESSAGES/messages.po").open("rb") as file:
        ids = [one.id for one in read_po(file, locale="es") if one.id]
    return {text for one in ids for text in ([one] if isinstance(one, str) else one)}


@pytest.mark.parametrize("name", GUIDES)
def test_what_a_guide_names_stands_on_the_pages(name: str, said: set[str]) -> None:
    text = " ".join(CODE.sub("", (ROOT / f"docs/{name}.md").read_text("utf-8")).split())
    bold = {one.rstrip(":") for one in re.findall(r"\*\*(.+?)\*\*", text)}
    assert bold
    plain = {re.sub(r"%\(\w+\)s ?", "", one).strip() for one in said}
    assert sorted(bold - plain - said - MEANT) == []


@pytest.mark.parametrize(("name", "words"), [("patients", patient_en.WORDS), ("pacientes", patient_es.WORDS)])
def test_dangers_are_told_to_patients_in_the_words_of_their_sheet(name: str, words: dict[str, dict[str, str]]) -> None:
    text = (ROOT / f"docs/{name}.md").read_text("utf-8")
    wear = default().wear
    for part in ("stop_and_call", "emergency"):
        for key, sentence in words[part].items():
            if key not in ("heading", "lead"):
                assert f"- {sentence.format(call=wear.call_after_min, stop=wear.stop_after_min)}\n" in text


def test_what_patients_read_is_easy_to_read() -> None:
    def prose(name: str) -> list[str]:
        text = re.sub(r"<[^>]+>|\[[^]]*\]\([^)]*\)|[*#]", "", (ROOT / f"docs/{name}.md").read_text("utf-8"))
        blocks = re.split(r"\n\n|\n(?=\d\. |- )", text)
        return [" ".join(block.split()).lstrip("-0123456789. ") for block in blocks if re.search(r"\w", block)]

    assert grade(prose("patients"), "en") <= EASY_GRADE
    assert grade(prose("pacientes"), "es") <= EASY_GRADE
    assert perspicuity(prose("pacientes")) >= EASY_PERSPICUITY


def test_the_walk_tells_the_numbers_that_its_example_gives() -> None:
    text = (ROOT / "docs/first-fitting.md").read_text("utf-8")
    limb = fit(read(request_of("E1"), today=date(2026, 1, 5)), today=date(2026, 1, 5)).limbs["right"]
    assert limb.verdict == "review"
    assert [one.code for one in limb.findings if one.severity == "caution"] == ["nerve_crossing"]
    assert "**Review**: there is one caution, about the nerve" in text
    top = limb.dimensions["proximal_trim_height_mm"]
    assert f"{round(top.magnitude)} mm ± {top.tolerance:g}, evidence {top.source.grade}*" in text
    assert limb.shoe is not None
    assert (limb.shoe.bare["us_men"], limb.shoe.braced["us_men"]) == (10, 10.5)
    assert "US men 10½ where the bare foot takes a 10" in text
    assert f"an inside length of {round(limb.shoe.values['inside_length_mm'].magnitude)} mm" in text
