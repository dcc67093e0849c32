"""How long ago something was, and how old somebody is, as people say it."""

from datetime import datetime

from afofit.fitting.request import Patient
from afofit.words import choices, numbers
from afofit.words.tongue import _, ngettext

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


def ago(then: datetime, now: datetime) -> str:
    """The time from then to now in its largest whole unit: "2 hours ago", "just now" under a minute."""
    seconds = int((now - then).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        minutes = seconds // MINUTE
        return ngettext("{count} minute ago", "{count} minutes ago", minutes).format(count=minutes)
    if seconds < DAY:
        hours = seconds // HOUR
        return ngettext("{count} hour ago", "{count} hours ago", hours).format(count=hours)
    days = seconds // DAY
    return ngettext("{count} day ago", "{count} days ago", days).format(count=days)


def lived(patient: Patient) -> str:
    """Sex and age: "Male, 46 years"; young children to a tenth of a year."""
    # An age is the years that are over: 46.7 years are 46.
    over = int(patient.age_years) if patient.age_years >= 6 else int(patient.age_years * 10) / 10
    years = _("{age} years").format(age=numbers.plain(over, 1))
    return years if patient.sex == "unspecified" else f"{choices.label('sex', patient.sex)}, {years}"
