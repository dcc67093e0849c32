"""The wear plan in words."""

from afofit.fitting.protocol import Wear, WearStep
from afofit.words.tongue import _


def _duration(minutes: int) -> str:
    if minutes < 60 or minutes % 60:
        return f"{minutes} min"
    return f"{minutes // 60} h"


def _between(low: int, high: int) -> str:
    if low == high:
        return _duration(low)
    if high < 60:
        return f"{low}–{high} min"
    return f"{_duration(low).removesuffix(' h')}–{_duration(high)}"


def _hours(step: WearStep) -> str:
    if step.more_each_day_minutes is not None:
        low, high = step.more_each_day_minutes
        return _("{time} more each day").format(time=_between(low, high))
    if step.minutes is None:
        return ""
    low, high = step.minutes
    text = _between(low, high)
    if step.sessions > 1:
        text += f" ({step.sessions} × {_duration(high // step.sessions)})"
    return text


def days(plan: str, wear: Wear) -> list[tuple[str, str]]:
    """The plan as rows: ("Day 1", "1 h (2 × 30 min)"), ("Days 5–7", "5–6 h") …"""
    rows = []
    for step in wear.plans[plan]:
        first, last = step.days
        day = _("Day {first}") if first == last else _("Days {first}–{last}")
        rows.append((day.format(first=first, last=last), _hours(step)))
    return rows


def notes(plan: str, wear: Wear) -> list[str]:
    """What goes with the plan: how often to look, and when to call or stop."""
    often = _("Look at the skin twice in every wear; no increase after a mark that lasts.")
    usual = _("Look at the skin after every wear.")
    mark = _("A mark still there after {call} min: call. After {stop} min: stop and call.")
    return [
        often if plan == "slow" else usual,
        mark.format(call=wear.call_after_min, stop=wear.stop_after_min),
        _("A mark may be red, dark, purple, warm, hard or sore."),
    ]


NAMES = {"normal": "Normal wear plan", "slow": "Slow wear plan"}
