"""The summary for the note: read back from plain text and from RTF, for every example, story and design."""

import copy
import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from striprtf.striprtf import rtf_to_text

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.schemas.answer import write
from afofit.schemas.request import read
from afofit.summary import WIDTH, as_rtf, as_text, clean, escaped
from afofit.words.note import Standing
from afofit.words.numbers import dimension, length
from afofit.words.tongue import speaking
from tests.examples import EXAMPLES, STORIES, request_of

Json = dict[str, Any]
DAY = date(2026, 11, 28)
DOCUMENTS = [one["request"] for one in (*EXAMPLES, *STORIES)]
NAMES = [one.get("name") or one["id"] for one in (*EXAMPLES, *STORIES)]
every = pytest.mark.parametrize("asked", DOCUMENTS, ids=NAMES)


def fitted(asked: Json, *overrides: Override) -> Fitting:
    return fit(read(asked, today=DAY), today=DAY, overrides=overrides)


def both_legs() -> Json:
    asked = request_of("E2")
    (side, limb) = next(iter(asked["limbs"].items()))
    asked["limbs"] = {"left": copy.deepcopy(limb), "right": limb}
    assert side in asked["limbs"]
    return asked


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def rtf_text(content: bytes) -> str:
    # The reader gives the two units of a rare letter by themselves.
    return str(rtf_to_text(content.decode("ascii"))).encode("utf-16", "surrogatepass").decode("utf-16")


def rows(text: str) -> dict[str, str]:
    """The tables of a plain summary, by label; of both legs the last."""
    return dict(re.findall(r"^([^\n:]+): (.*)$", text, re.MULTILINE))


@every
def test_every_line_is_short_and_none_holds_a_sign(asked: Json) -> None:
    text = as_text(fitted(asked))
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert all(line == line.rstrip() for line in text.splitlines())
    assert text.endswith("\n")
    assert "\n\n\n" not in text
    # People are shown words, never signs: a minus stands before no number.
    assert not re.search(r"(?<![\w–])[−-]\d", text)


@every
def test_a_draft_says_so_first_and_keeps_the_fixed_sentence(asked: Json) -> None:
    fitting = fitted(asked)
    for text in (as_text(fitting), rtf_text(as_rtf(fitting))):
        assert text.strip().startswith("DRAFT, NOT APPROVED\n")
        assert "Starting specification; to be verified by an orthotist on the limb, cast or scan." in unwrapped(text)
        assert f"afofit {fitting.engine_version}, protocol “default”, version 1" in unwrapped(text)
        assert "28 Nov 2026" in text


@every
def test_every_number_is_that_of_the_answer_rounded_as_everywhere(asked: Json) -> None:
    fitting = fitted(asked)
    answer = write(fitting, asked)
    text, rich = unwrapped(as_text(fitting)), unwrapped(rtf_text(as_rtf(fitting)))
    for limb in answer["limbs"].values():
        for one in limb["dimensions"]:
            label = f"{one['code']} {one['label']}{' (estimated)' if one['estimated'] else ''}"
            number = one["value"]
            if number < 0 and one["name"] in ("heel_build_up_mm", "shoe_pitch_deg"):
                continue
            said = dimension(one["name"], number, one["unit"])
            if "outer_value" in one:
                said += f", outside {length(one['outer_value'])}"
            assert f"{label}: {said} (" in text
            assert f"{label}|{said} (" in rich
    found = re.findall(r"\bD\d\d (?=\w)", text)
    assert len(found) == sum(len(limb["dimensions"]) for limb in answer["limbs"].values())


@every
def test_findings_come_severity_first_and_word_for_word(asked: Json) -> None:
    fitting = fitted(asked)
    text, rich = unwrapped(as_text(fitting)), unwrapped(rtf_text(as_rtf(fitting)))
    for limb in write(fitting, asked)["limbs"].values():
        for one in limb["findings"]:
            said = unwrapped(f"- {one['severity'].capitalize()}: {one['title']}. {one['message']}")
            assert said in text
            assert said in rich


def test_the_first_example_by_hand() -> None:
    asked = request_of("E1")
    asked["patient"] |= {"reference": "A-1027"}
    said = rows(as_text(fitted(asked)))
    # 455 − clamp(0.085 · 455, 20, 38) = 417 mm; from outside 417 + 4 (shell) + 0 (liner) = 421 mm.
    assert said["D02 Top edge, sides"] == "417 mm, outside 421 mm (± 6 mm, evidence D)"
    assert said["D09 Ankle edge, to the malleoli"] == "6 mm behind (evidence C)"
    assert said["D22 Ankle in the brace"] == "90° (± 2°, evidence D)"
    assert said["Patient"] == "reference A-1027"
    assert said["Diagnosis"] == "Peroneal nerve injury"
    assert said["Measured"] == "right leg"
    assert said["US men"] == "10.5, width D"


def test_an_ankle_short_of_the_right_angle_is_told_in_words() -> None:
    # E3: dorsiflexion −6 with the knee straight: the brace follows the ankle.
    fitting = fitted(request_of("E3"))
    (limb,) = fitting.limbs.values()
    number = limb.dimensions["ankle_angle_deg"].magnitude
    assert number < 0
    assert f"{abs(number):g}° plantarflexed" in rows(as_text(fitting))["D22 Ankle in the brace"]


def test_a_heel_that_is_too_high_is_told_in_words() -> None:
    asked = request_of("E2")
    asked["shoe"]["heel_sole_differential"] = 40
    fitting = fitted(asked)
    (limb,) = fitting.limbs.values()
    # 131.61 · tan 11° = 25.58 mm needed, 40 − 25.58 = 14.42 mm too much.
    assert limb.dimensions["heel_build_up_mm"].magnitude == pytest.approx(-14.42, abs=0.01)
    assert rows(as_text(fitting))["D27 Heel build-up"].startswith("none: the heel of this shoe is 14 mm too high (")
    asked["shoe"]["heel_sole_differential"] = -8
    # atan(−8 / 131.61) = −3.48°
    assert rows(as_text(fitted(asked)))["D24 Pitch of the shoe"].startswith("3°, heel lower than the ball (")


def test_both_legs_are_told_apart() -> None:
    text = as_text(fitted(both_legs()))
    assert text.index("LEFT LEG: ") < text.index("RIGHT LEG: ") < text.index("\nSHOE\n")
    assert rows(text)["Measured"] == "left and right legs"
    assert "Left foot\n" in text
    assert text.count("D02 Top edge, sides") == 2


def test_a_stop_gives_no_dimension_and_says_whom_to_call() -> None:
    asked = request_of("E1")
    asked["clinical"]["skin"] = "wound"
    fitting = fitted(asked)
    for text in (as_text(fitting), rtf_text(as_rtf(fitting))):
        said = unwrapped(text)
        assert "Nothing here is a specification for making one." in said
        assert "Stop: Wound where the brace would lie" in said
        assert "Who to call: Call whoever treats the wound, today." in said
        assert not re.search(r"\bD\d\d\b", said)


def test_an_unbraced_leg_is_measured_for_its_shoe() -> None:
    asked = both_legs()
    asked["limbs"]["left"] = {"braced": False, "foot_length": 245, "forefoot_width": 92}
    text = as_text(fitted(asked))
    assert "No brace: measured for the shoe." in text[: text.index("RIGHT LEG")]


def test_an_approval_names_who_and_when() -> None:
    at = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    record = UUID("6f0c1f5e-3f61-4bb0-9d3f-2f4be3f7a001")
    standing = Standing(record=record, revision=3, approved_by="Olga of North", approved_at=at)
    fitting = fitted(request_of("E4"))
    for text in (as_text(fitting, standing), rtf_text(as_rtf(fitting, standing))):
        assert "DRAFT" not in text
        assert "approved by Olga of North, 28 Nov 2026 09:30 UTC" in text
        assert f"{record}, revision 3" in text
        assert "Nothing is stored" not in text


def test_a_chosen_dimension_stands_with_the_computed_one_and_the_reason() -> None:
    at = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    chosen = Override(
        side="right", dimension="proximal_trim_height_mm", chosen=410.0, reason="Scar {below}", by="O\\K", at=at
    )
    fitting = fitted(request_of("E1"), chosen)
    for text in (as_text(fitting), rtf_text(as_rtf(fitting))):
        said = unwrapped(text)
        assert "D02 410 mm (computed 417 mm). Scar {below}. O\\K, 28 Nov 2026 09:30 UTC" in said
        assert "D02 Top edge, sides (changed)" in said
        assert BY_NAME["proximal_trim_height_mm"].code == "D02"


@pytest.mark.parametrize("name", ["O{Ne}il \\par", "Łukasz Żółć", "李小龍", "नमस्ते", "😀 Kim", "x" * 200])
def test_any_name_comes_back_as_it_was(name: str) -> None:
    asked = request_of("E1")
    asked["patient"]["name"] = name
    fitting = fitted(asked)
    expected = " ".join(name.split())
    # What is longer than a line is broken; nothing of it is lost.
    assert expected.replace(" ", "") in "".join(as_text(fitting).split())
    assert f"Patient|{expected}" in rtf_text(as_rtf(fitting))
    assert as_rtf(fitting).isascii()


def test_a_name_cannot_turn_the_numbers_around_or_break_the_encoding() -> None:
    assert clean("K\u202eim\u0000\r\n\u2028 \ud800Doe") == "Kim \ufffdDoe"
    asked = request_of("E1")
    asked["patient"]["name"] = "K\u202eim \u2066Doe"
    assert rows(as_text(fitted(asked)))["Patient"] == "Kim Doe"


@settings(max_examples=200, deadline=None)
@for_all(st.text(max_size=60))
def test_whatever_is_typed_is_one_line_of_balanced_rtf(typed: str) -> None:
    rich = escaped(typed)
    assert rich.isascii()
    assert "\n" not in rich
    bare = re.sub(r"\\[\\{}]", "", rich)
    assert "{" not in bare
    assert "}" not in bare
    assert len(clean(typed).splitlines()) <= 1
    lines = r"{\rtf1\ansi\uc1 " + rich + "}"
    assert rtf_text(lines.encode()).strip() == clean(typed)


def test_the_note_speaks_the_language_of_who_reads() -> None:
    with speaking("es"):
        text = as_text(fitted(request_of("E1")))
    assert "417 mm" in text
    for english in ("Starting specification", "Findings", "Top edge", "wear plan", "Computed on", "evidence D"):
        assert english not in text
