"""What is wrong with an entry, in words: what came, what is allowed, what to do."""

from collections.abc import Mapping
from typing import Any

from afofit.words.tongue import _

SENTENCES: Mapping[str, str] = {
    "missing": "{where}: nothing is entered, but it is needed. Enter it.",
    "unknown_field": "{where}: “{field}” is not a field of a request. Check its name against /api/v1/measurements.",
    "not_an_object": '{where}: {received} is not an object with fields. Send {{"name": value}}.',
    "not_a_number": "{where}: {received} is not a number. Type digits, such as 388.5.",
    "not_finite": "{where}: {received} is not a number that can be measured. Measure again.",
    "not_whole": "{where}: {received} is not a whole number. Choose one without decimals.",
    "not_readings": '{where}: {received} is neither one number nor up to three readings. Send 388 or {{"readings": '
    "[388, 391]}}.",
    "not_a_choice": "{where}: {received} is not one of {allowed}. Choose one of them.",
    "not_a_list": "{where}: {received} is not a list. Send a list of {allowed}.",
    "not_a_flag": "{where}: {received} is neither true nor false. Send one of them, or leave it out.",
    "not_text": "{where}: {received} is not one line of at most 200 letters. Write one short line.",
    "not_a_date": "{where}: {received} is not a date. Write it as year-month-day, 1980-02-28.",
    "not_a_moment": "{where}: {received} is not a date and time. Write it as 2026-02-28T14:30.",
    "no_zone": "{where}: {received} has no time zone. Write it as 2026-02-28T14:30+01:00.",
    "below": "{where}: {received} is below {low}.{instead}",
    "above": "{where}: {received} is above {high}.{instead}",
    "estimate_outside": "{where}: {received} would put the fibular head at {head}, outside {low} to {high}. Measure "
    "again.",
    "order": "{where}: {received} is not below the {against} ({against_value}). Were the two swapped? Check both.",
    "ratio": "{where}: {received} and the {against} ({against_value}) do not fit one leg. Check both.",
    "too_wide": "{where}: {received} is more than half of the {against} ({against_value}). Check both.",
    "units": "All lengths typed in {typed} are off by one factor: these look like {units}. Choose {units} as the "
    "unit, or correct the lengths; nothing is converted by itself.",
    "ages_differ": "{where}: {received} is more than a year from the {age} years that the date of birth gives. "
    "Correct one of them.",
    "age_missing": "Age: nothing is entered, but the age or the date of birth is needed. Enter one of them.",
    "born_later": "Date of birth: {received} lies after today, {today}. Correct it.",
    "no_limb": "Legs: nothing is given, but at least one leg is needed. Measure the left, the right or both.",
    "head_or_neck": "{where}: nothing is entered, but it is needed. Enter it, or the fibular neck height instead.",
    "no_system": "{where}: {received} has no size system, and none is assumed. Choose the system in which it is "
    "printed.",
    "not_a_size": "{where}: {received} is not a size of {system} ({low} to {high}). Check size and system.",
    "not_clearable": "{where}: {received} cannot be cleared; only recent injury and new back pain can. Leave it out, "
    "and refer.",
    "unclear_comma": "{where}: {received} is unclear: one thousand or a decimal? Write it without the comma, or with "
    "a point.",
    "letter_o": "{where}: {received} is not a number. Is one of its signs a letter O? Type a zero.",
    "other_unit": "{where}: {received} is typed in {typed}, but the unit chosen is {unit}. Change one of them.",
    "no_direction": "{where}: {received} has no direction. Say whether the foot passes 90° or stops short of it.",
    "two_directions": "{where}: the sign of {received} and the choice “{chosen}” contradict each other. Change one of "
    "them.",
    "none_and_some": "{where}: none and {signs} are both ticked. Untick one of them.",
    "no_legs": "Legs measured: {received} is chosen. Choose left, both or right.",
    "no_unit": "{where}: {received} is chosen, and no unit is assumed. Choose {units}.",
    "date_incomplete": "{where}: {received} is not a real date. Give day, month and year as numbers.",
    "no_brace": "No brace was computed, and only a brace is printed here. Read the findings first.",
    "not_json": "The body is not readable JSON: {detail}. Correct it, and send it again.",
    "not_a_measurement": "{where}: {received} is not a measurement of a leg. Check its name.",
    "confirmed_nothing": "{where}: {received} was confirmed, but nothing is entered. Enter it, or leave the "
    "confirmation out.",
    "confirmed_other": "{where}: {received} was confirmed, but {entered} is entered. Confirm again.",
    "confirmed_twice": "{where}: {received} is confirmed twice, and once is enough. Leave one of them out.",
    "incomplete_clearing": "{where}, {part}: nothing is entered, but who cleared a sign, and when, is kept and "
    "printed. Enter it.",
    "stopped_leg": "{where}: a finding stops it, and what is stopped is not approved. Do first what the finding says.",
    "signs_not_asked": "{where}: the urgent signs were not asked, and approving needs them. Ask; then change the "
    "fitting.",
    "unread_caution": "Caution “{title}” ({caution}) is not acknowledged. Read it, then acknowledge it.",
    "no_such_caution": "{received} is no caution of this fitting. Leave it out.",
    "no_reason": "Reason: nothing is entered, but a withdrawal is kept with its reason. Say why.",
    "key_length": "Idempotency-Key: {received} characters came; 1 to {high} are allowed. Send another key.",
    "page_limit": "limit: {received} is not a whole number from 1 to {high}. Send one that is.",
    "not_given_here": "{where}: {received} is not one that the service gave. Send one from an answer.",
    "not_codes": "{where}: {received} is not a list of codes. Send a list; an empty one where there are none.",
}
"""Every sentence names what came, what is allowed or compared, and what to do (a test holds each to that)."""


def sentence(code: str, **facts: Any) -> str:
    """The whole sentence for a code of a problem."""
    return _(SENTENCES[code]).format(**facts)


def shown(received: object) -> str:
    """A received value as it stands in a sentence, long ones cut."""
    if isinstance(received, bool):
        return "true" if received else "false"
    if received is None or received == "":
        return _("nothing")
    if isinstance(received, float) and received.is_integer() and abs(received) < 1e15:
        received = int(received)
    text = f"“{received}”" if isinstance(received, str) else str(received)
    if isinstance(received, list | dict):
        text = "a list" if isinstance(received, list) else "an object"
    return text if len(text) <= 60 else f"{text[:57]}…"
