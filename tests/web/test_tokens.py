"""Contrast of the colours of the style sheet, light and dark: the pairs of the guide, worked out from the CSS."""

import re
from pathlib import Path

import pytest

import afofit

SHEET = Path(afofit.__file__).parent / "static" / "afofit.css"
DARK = "@media (prefers-color-scheme:dark)"
TEXT, EDGE = 4.5, 3.0
PAIRS = (
    ("ink", "paper", TEXT),
    ("soft", "paper", TEXT),
    ("soft", "ground", TEXT),
    ("edge", "paper", EDGE),
    ("brand", "paper", TEXT),
    ("link", "paper", TEXT),
    ("left", "left-tint", TEXT),
    ("right", "right-tint", TEXT),
    ("stop", "stop-tint", TEXT),
    ("caution", "caution-tint", TEXT),
    ("caution-edge", "paper", EDGE),
    ("ready", "ready-tint", TEXT),
    ("focus", "paper", EDGE),
)
BESIDES = (
    ("ink", "ground", TEXT),
    ("ink", "tint", TEXT),
    ("soft", "tint", TEXT),
    ("soft", "stop-tint", TEXT),
    ("soft", "caution-tint", TEXT),
    ("soft", "advice-tint", TEXT),
    ("caution", "tint", TEXT),
    ("caution", "paper", TEXT),
    ("stop", "paper", TEXT),
    ("link", "ground", TEXT),
    ("link", "stop-tint", TEXT),
    ("link", "caution-tint", TEXT),
    ("link", "advice-tint", TEXT),
    ("advice", "advice-tint", TEXT),
    ("left", "paper", TEXT),
    ("right", "paper", TEXT),
    ("paper", "left", TEXT),
    ("paper", "right", TEXT),
    ("brand-ink", "brand", TEXT),
    ("edge", "ground", EDGE),
)
"""Pairs of the result page that the guide does not list: text on tints, letters in badges and on buttons."""
Tokens = dict[str, str]


def tokens(scheme: str) -> Tokens:
    """The colours of a scheme by name; dark ones stand on the light ones they replace."""
    text = SHEET.read_text("utf-8")
    start = text.index(DARK)
    found = dict(re.findall(r"--([\w-]+):(#[0-9a-fA-F]{3,6})\b", text[:start]))
    if scheme == "dark":
        block = text[start : text.index("}}", start)]
        found |= dict(re.findall(r"--([\w-]+):(#[0-9a-fA-F]{3,6})\b", block))
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    """Black on white is 21 to 1; #777 on white 4.48, the well-known grey just below the limit."""
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), [*PAIRS, *BESIDES])
def test_the_pair_can_be_told_apart(front: str, back: str, least: float, scheme: str) -> None:
    found = tokens(scheme)
    assert contrast(found[front], found[back]) >= least


def test_the_schemes_differ() -> None:
    light, dark = tokens("light"), tokens("dark")
    assert {front for front, _, _ in PAIRS} <= set(light)
    assert [
        name for name in ("ink", "paper", "ground", "left", "right", "stop", "focus") if light[name] == dark[name]
    ] == []


@pytest.mark.parametrize(
    ("front", "back", "light", "dark"),
    [
        ("ink", "paper", 16.4, 13.9),
        ("edge", "paper", 5.5, 6.0),
        ("link", "paper", 8.9, 9.8),
        ("left", "left-tint", 6.0, 8.0),
        ("right", "right-tint", 7.9, 8.0),
        ("stop", "stop-tint", 6.9, 8.9),
        ("caution", "caution-tint", 6.9, 10.0),
        ("caution-edge", "paper", 3.8, 6.5),
        ("ready", "ready-tint", 6.7, 8.5),
    ],
)
def test_the_ratios_are_those_of_the_guide(front: str, back: str, light: float, dark: float) -> None:
    for scheme, ratio in (("light", light), ("dark", dark)):
        found = tokens(scheme)
        assert contrast(found[front], found[back]) == pytest.approx(ratio, abs=0.15), scheme
