"""Invented charts for the tests, marked as such, and people to hold against them."""

from datetime import date
from typing import Any

from afofit.fitting.chart import Chart, Part, Product, Range, Size
from afofit.fitting.stock import Person


def product(model: str = "Invented", **more: Any) -> Product:
    given: dict[str, Any] = {
        "maker": "Nobody",
        "model": model,
        "version": "1",
        "design": "posterior_leaf_spring",
        "worn": "inside",
        "hcpcs": None,
        "document": "made up for a test",
        "page": "1",
        "address": "none",
        "licence": "none",
        "read_on": date(2026, 11, 1),
        "grade": "D",
        "invented": True,
    }
    return Product(**given | more)


def chart(*sizes: Size, model: str = "Invented", side: Any = "either", **more: Any) -> Chart:
    own = {name: more.pop(name) for name in ("weight_limit_kg", "parts") if name in more}
    return Chart(product=product(model, **more), side=side, sizes=sizes, **{"weight_limit_kg": 120.0} | own)


def size(code: str, side: Any = None, weight_limit_kg: float | None = None, **ranges: tuple[float, float]) -> Size:
    return Size(
        code=code,
        side=side,
        weight_limit_kg=weight_limit_kg,
        ranges={name: Range(*ends) for name, ends in ranges.items()},
    )


def part(measure: str, above: float, name: str) -> Part:
    return Part(measure=measure, above=above, part=name)


def person(
    side: Any = "right", weight_kg: float | None = 80.0, *, outside: dict[str, float] | None = None, **inside: float
) -> Person:
    return Person(side, weight_kg, inside, outside or {})
