"""The wear plan for a patient, in the words of a language: day by day, minutes and hours as people say them."""

from afofit.fitting.protocol import WearStep

Words = dict[str, dict[str, str]]


def day_by_day(words: Words, plan: tuple[WearStep, ...]) -> tuple[tuple[str, str], ...]:
    """The wear plan day by day; a fixed step more each day is counted out, so that nobody has to add."""
    wear = words["wear"]
    rows: list[tuple[str, str]] = []
    before: tuple[int, int] | None = None
    for step in plan:
        first, last = step.days
        more = step.more_each_day_minutes
        if more is not None and more[0] == more[1] and before is not None:
            for day in range(first, last + 1):
                before = (before[0] + more[0], before[1] + more[0])
                rows.append((wear["day"].format(first=day), _between(words, *before)))
        else:
            label = wear["day" if first == last else "days"].format(first=first, last=last)
            rows.append((label, _step(words, step)))
            before = step.minutes
    last = plan[-1].days[1]
    return (*rows, (wear["after"].format(last=last), wear["after_text"]))


def _step(words: Words, step: WearStep) -> str:
    if step.more_each_day_minutes is not None:
        return words["wear"]["more"].format(time=_between(words, *step.more_each_day_minutes))
    if step.minutes is None:
        raise ValueError(f"the wear plan says nothing for the days {step.days}")
    total = _between(words, *step.minutes)
    if step.sessions == 1:
        return total
    each = _between(words, step.minutes[0] // step.sessions, step.minutes[1] // step.sessions)
    return words["wear"]["sessions"].format(total=total, times=times(words, step.sessions), each=each)


def _between(words: Words, low: int, high: int) -> str:
    """A span of minutes: "15 to 30 minutes", "45 minutes to 1 hour", "5 to 6 hours"."""
    time = words["time"]
    if low == high:
        return _minutes(words, low)
    if high < 60:
        return time["few"].format(low=low, high=_minutes(words, high))
    if low % 60 == 0 and high % 60 == 0:
        return time["few"].format(low=low // 60, high=_minutes(words, high))
    short = any(minutes > 60 and minutes % 60 for minutes in (low, high))
    return time["between"].format(low=_minutes(words, low, short=short), high=_minutes(words, high, short=short))


def _minutes(words: Words, minutes: int, *, short: bool = False) -> str:
    """Whole words where they are few; hours with minutes are short, and so is what stands beside them."""
    time = words["time"]
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return time["short"].format(hours=hours, minutes=rest)
    if hours and short:
        return time["short_hours"].format(hours=hours)
    if hours:
        return time["hour" if hours == 1 else "hours"].format(number=hours)
    return time["minute" if rest == 1 else "minutes"].format(number=rest)


def times(words: Words, number: int) -> str:
    """How often: "once", "twice", "3 times"."""
    name = {1: "once", 2: "twice"}.get(number, "times")
    return words["time"][name].format(number=number)
