"""Children: how old, and when to measure again."""

import calendar
from datetime import date

from afofit.fitting.case import Case
from afofit.fitting.values import EPSILON, Finding, Source

SOURCE = Source(
    "Clinical reference 1.4: the foot grows about 9 mm a year (Krebs, J ACPOC); intervals derived", "A", "published"
)
MONTH_DAYS = 365.25 / 12


def age_in_years(birth_date: date, today: date) -> float:
    """Age in years and fraction; exactly whole on each birthday."""
    years = today.year - birth_date.year
    last = _birthday(birth_date, today.year)
    if last > today:
        years -= 1
        last = _birthday(birth_date, today.year - 1)
    following = _birthday(birth_date, last.year + 1)
    return years + (today - last).days / (following - last).days


def _birthday(birth_date: date, year: int) -> date:
    if (birth_date.month, birth_date.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return birth_date.replace(year=year)


def add_months(start: date, months: float) -> date:
    """The date so many months on: whole months by the calendar, the rest by days."""
    whole = int(months + EPSILON)
    month = start.month - 1 + whole
    year, month = start.year + month // 12, month % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return date.fromordinal(date(year, month, day).toordinal() + round((months - whole) * MONTH_DAYS))


def review_months(case: Case) -> int:
    """Months until a child is measured again, by age."""
    months = case.protocol.review_months
    if case.patient.age_years < 5:
        return months["under_5"]
    return months["to_12"] if case.patient.age_years <= 12 else months["over_12"]


def growth_finding(case: Case, *, today: date, full_plate: bool) -> Finding | None:
    """When to measure a child again: by age, sooner when the room in a full footplate ends."""
    if not case.patient.is_child:
        return None
    by_age = review_months(case)
    months = float(by_age)
    allowance = case.prescription.growth_allowance_mm
    if allowance is None:
        allowance = case.protocol.number("growth_allowance_mm")
    if full_plate:
        months = min(months, allowance / case.protocol.number("foot_growth_mm_per_month"))
    facts = {
        "months": months,
        "on": add_months(today, months),
        "allowance_mm": allowance,
        "plate_decides": months < by_age - EPSILON,
    }
    return Finding("growth", "advice", ("foot_length",), SOURCE, facts)
