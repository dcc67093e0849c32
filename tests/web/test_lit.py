"""The generated stylesheet and the tokens of the hand-written one."""

import re
from pathlib import Path

import pytest

from afofit.fitting.measurements import MEASUREMENTS
from afofit.web import lit

STYLES = (Path(lit.FILE).parent / "afofit.css").read_text("utf-8")


def test_the_stylesheet_in_the_tree_is_the_generated_one() -> None:
    assert lit.FILE.read_text("utf-8") == lit.rules()


def test_each_measurement_lights_its_own_line() -> None:
    for measurement in MEASUREMENTS:
        name = measurement.name
        rule = f".posture:has([data-for={name}] :focus) :is([data-m={name}],[data-for={name}] .code)"
        assert lit.rules().count(rule) == 1


def tokens(dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root\{(.*?)\}", STYLES, re.DOTALL)
    found = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", blocks[0]))
    return {**found, **dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", blocks[1]))} if dark else found


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2 (1.4.3)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, deep = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (deep + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("ink", "ground"),
        ("soft", "paper"),
        ("soft", "ground"),
        ("link", "paper"),
        ("brand-ink", "brand"),
        ("left", "left-tint"),
        ("right", "right-tint"),
        ("stop", "stop-tint"),
        ("stop", "paper"),
        ("caution", "caution-tint"),
        ("advice", "advice-tint"),
        ("soft", "caution-tint"),
        ("soft", "advice-tint"),
        ("soft", "stop-tint"),
    ],
)
def test_text_can_be_read(text: str, ground: str, dark: bool) -> None:
    assert contrast(tokens(dark)[text], tokens(dark)[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("edge", ["edge", "caution-edge", "stop", "focus", "left", "right"])
def test_edges_can_be_seen(edge: str, dark: bool) -> None:
    assert contrast(tokens(dark)[edge], tokens(dark)["paper"]) >= 3
