"""What is wrong with an entry, in words: what came, what is allowed, what to do."""

from collections.abc import Mapping
from typing import Any

SENTENCES: Mapping[str, str] = {
    "missing": "{where}: enter it; it is needed.",
    "unknown_field": "{where}: this field does not exist. Check its name.",
    "not_an_object": "{where}: {received} is not an object with fields.",
    "not_a_number": "{where}: {received} is not a number.",
    "not_finite": "{where}: {received} is not a number that can be measured.",
    "not_whole": "{where}: {received} is not a whole number.",
    "not_readings": "{where}: give one number, or up to three readings as numbers.",
    "not_a_choice": "{where}: {received} is not one of {allowed}.",
    "not_a_list": "{where}: {received} is not a list.",
    "not_a_flag": "{where}: {received} is neither true nor false.",
    "not_text": "{where}: give a line of text of at most 200 letters.",
    "not_a_date": "{where}: {received} is not a date; write it as year-month-day, 1980-02-28.",
    "not_a_moment": "{where}: {received} is not a date and time; write it as 2026-02-28T14:30.",
    "below": "{where}: {received} is below {low}.{instead}",
    "above": "{where}: {received} is above {high}.{instead}",
    "estimate_outside": "{where}: {received} would put the fibular head at {head}, outside {low} to {high}. Measure "
    "again.",
    "order": "{where}: {received} is not below the {against} ({against_value}). Were the two swapped? Check both.",
    "ratio": "{where}: {received} and the {against} ({against_value}) do not fit one leg. Check both.",
    "too_wide": "{where}: {received} is more than half of the {against} ({against_value}). Check both.",
    "units": "All lengths are off by one factor: these look like {units}. Choose {units} as the unit, or correct the "
    "lengths; nothing is converted by itself.",
    "ages_differ": "{where}: {received} does not agree with the date of birth, which gives {age} years. Correct one.",
    "age_missing": "Age: enter the age or the date of birth; it is needed.",
    "born_later": "Date of birth: {received} lies in the future.",
    "no_limb": "Legs: measure the left, the right or both; at least one is needed.",
    "head_or_neck": "{where}: enter it, or the fibular neck height instead.",
    "no_system": "{where}: say in which size system {received} is.",
    "not_a_size": "{where}: {received} is not a size of {system} ({low} to {high}).",
    "not_clearable": "{where}: {received} cannot be cleared; only recent injury and new back pain can.",
    "unclear_comma": "{where}: {received} is unclear: one thousand or a decimal? Write it without the comma, or with a "
    "point.",
    "letter_o": "{where}: {received} is not a number. Is one of its signs a letter O?",
    "other_unit": "{where}: {received} is typed in {typed}, but the unit chosen is {unit}. Change one of them.",
    "no_direction": "{where}: say whether the foot passes 90° or stops short of it.",
    "two_directions": "{where}: the sign of {received} and the choice past or short of 90° contradict each other.",
    "none_and_some": "{where}: none present and a sign are both ticked. Untick one.",
    "no_legs": "Legs measured: choose left, both or right.",
    "no_unit": "{where}: choose the unit; none is assumed.",
    "date_incomplete": "{where}: give day, month and year as numbers of a real date.",
    "no_brace": "No brace was computed, so there is nothing to print here. Read the findings first.",
    "not_json": "The body is not readable JSON: {detail}.",
    "no_zone": "{where}: {received} has no time zone; write it as 2026-02-28T14:30+01:00.",
    "not_a_measurement": "{where}: {received} is not a measurement of a leg. Check its name.",
    "confirmed_nothing": "{where}: {received} was confirmed, but nothing is entered. Enter it, or leave the "
    "confirmation out.",
    "confirmed_other": "{where}: {received} was confirmed, but {entered} is entered. Confirm again.",
    "confirmed_twice": "{where}: it is confirmed twice. Leave one of them out.",
    "incomplete_clearing": "{where}: enter it; who cleared a sign, and when, is kept and printed.",
}


def sentence(code: str, **facts: Any) -> str:
    """The whole sentence for a code of a problem."""
    return SENTENCES[code].format(**facts)


def shown(received: object) -> str:
    """A received value as it stands in a sentence, long ones cut."""
    if isinstance(received, bool):
        return "true" if received else "false"
    text = f"“{received}”" if isinstance(received, str) else str(received)
    if isinstance(received, list | dict):
        text = "a list" if isinstance(received, list) else "an object"
    return text if len(text) <= 60 else f"{text[:57]}…"
