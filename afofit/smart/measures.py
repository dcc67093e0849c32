"""Height and weight of a chart: the newest, with its unit and day, and why an older or doubtful one is not taken."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from afofit.fhir.codes import HEIGHT_CODES, LOINC, WEIGHT_CODES
from afofit.fhir.elements import UCUM
from afofit.fhir.ucum import READ, SHOWN, converted
from afofit.fitting.vocabulary import PATIENT
from afofit.smart.facts import Doubt, Fact, Field, Json, codes, doubted, text

Moment = tuple[str, float]
"""A day and, where it is known, the seconds since 1970."""
SOUGHT: dict[Field, tuple[str, ...]] = {"height": HEIGHT_CODES, "weight": WEIGHT_CODES}
ADULT_DAYS, CHILD_DAYS, OF_AGE = 365, 92, 18
"""How many days a height or weight holds: a year, of a child three months."""
MOST = 3
"""How many of each are shown."""
KINDS = {"height": "length", "weight": "mass"}
DROPPED = frozenset({"entered-in-error", "cancelled"})
FINAL = frozenset({"final", "amended", "corrected"})
LIMITS = {field.name: (field.low or 0.0, field.high or 0.0) for field in PATIENT}
DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def query() -> str:
    """The codes to search for, as the parameter ``code`` takes them."""
    return ",".join(f"{LOINC}|{code}" for sought in SOUGHT.values() for code in sought)


def facts(observations: Iterable[Json], born: date | None, today: date) -> list[Fact]:
    """The newest heights and weights, the first of each ready to be taken where nothing speaks against it."""
    given = list(observations)
    return [fact for name in SOUGHT for fact in _newest(name, given, born, today)]


def _newest(name: Field, observations: list[Json], born: date | None, today: date) -> list[Fact]:
    found = [(_moment(one), _fact(name, one, born, today)) for one in observations if _is(name, one)]
    found.sort(key=lambda pair: pair[0], reverse=True)
    # The same value noted twice for one moment is one value.
    found = list({(fact.value, fact.shown, fact.on): (moment, fact) for moment, fact in reversed(found)}.values())[::-1]
    leading = _leading(found)
    # Two values of one moment: the chart contradicts itself, and nobody here can say which holds.
    against = len({fact.value for _, fact in leading}) > 1
    for_leading: Doubt = "several" if against else ""
    return [
        *doubted([fact for _, fact in leading], for_leading),
        *doubted([fact for _, fact in found[len(leading) :]], "earlier"),
    ][:MOST]


def _leading(found: list[tuple[Moment, Fact]]) -> list[tuple[Moment, Fact]]:
    """The values of the last moment; of the whole last day where one of them does not say its time."""
    if not found:
        return []
    day = [one for one in found if one[0][0] == found[0][0][0]]
    if any(not at for (_, at), _ in day):
        return day
    return [one for one in day if one[0] == found[0][0]]


def _is(name: Field, observation: Json) -> bool:
    wanted = {(LOINC, code) for code in SOUGHT[name]}
    return text(observation, "status") not in DROPPED and bool(wanted & set(codes(observation.get("code"))))


def _effective(observation: Json) -> str:
    period = observation.get("effectivePeriod")
    ends = [text(period, "end"), text(period, "start")] if isinstance(period, dict) else []
    said = (text(observation, "effectiveDateTime"), text(observation, "effectiveInstant"), *ends)
    return next(filter(None, said), "")


def _moment(observation: Json) -> Moment:
    """By what observations are put in order: the day, then the moment where it is known."""
    said = _effective(observation)
    day = day_of(said)
    try:
        at = datetime.fromisoformat(said).timestamp() if "T" in said else 0.0
    except ValueError:
        at = 0.0
    return (day.isoformat() if day else "", at)


def day_of(said: str) -> date | None:
    """The day of a FHIR dateTime; of a year or month its first day, so that nothing looks younger than it is."""
    found = DAY.match(said)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def _fact(name: Field, observation: Json, born: date | None, today: date) -> Fact:
    said = observation.get("valueQuantity")
    quantity = said if isinstance(said, dict) else {}
    value = _value(name, quantity)
    on = _effective(observation) or None
    return Fact(
        name,
        value,
        _shown(quantity),
        on,
        f"Observation/{text(observation, 'id')}",
        _doubt(name, value, observation, quantity, born, today),
    )


def _value(name: Field, quantity: Json) -> float | None:
    """The value in mm or kg; None without a number and a UCUM unit of the right kind."""
    number, code = quantity.get("value"), text(quantity, "code")
    unit = READ.get(code)
    if isinstance(number, bool) or not isinstance(number, int | float) or text(quantity, "system") != UCUM:
        return None
    # Where people read another unit than the code says, one of the two is wrong.
    if unit is None or unit.kind != KINDS[name] or SHOWN.get(text(quantity, "unit"), code) != code:
        return None
    return converted(float(number), code, Decimal(1))


def _shown(quantity: Json) -> str:
    number = quantity.get("value")
    written = f"{number:g}" if isinstance(number, int | float) else "?"
    parts = (text(quantity, "comparator"), written, text(quantity, "unit") or text(quantity, "code"))
    return " ".join(filter(None, parts))


def _doubt(
    name: Field, value: float | None, observation: Json, quantity: Json, born: date | None, today: date
) -> Doubt:
    low, high = LIMITS[name]
    day = day_of(_effective(observation))
    child = born is None or _years(born, today) < OF_AGE
    limit = timedelta(days=CHILD_DAYS if child else ADULT_DAYS)
    against: tuple[tuple[bool, Doubt], ...] = (
        (value is None, "no_unit"),
        (bool(text(quantity, "comparator")), "about"),
        (value is not None and not low <= value <= high, "implausible"),
        (text(observation, "status") not in FINAL, "preliminary"),
        (day is None, "undated"),
        (day is not None and day > today + timedelta(days=1), "future"),
        (day is not None and today - day > limit, "old"),
    )
    return next((doubt for holds, doubt in against if holds), "")


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
