"""How long ago something was, as people say it."""

from datetime import datetime

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
