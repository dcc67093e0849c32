"""Ready-made braces as the result page shows them: what may fit of each leg, why, and whom to ask about the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from afofit.fitting.chart import Product
from afofit.fitting.result import Fitting, LimbFitting, Stock
from afofit.fitting.stock import computed
from afofit.fitting.values import Side
from afofit.words import sides, stock
from afofit.words.stock import Told
from afofit.words.tongue import _, ngettext

CHIPS = {"match": "no_flags", "boundary": "review", "partial": "review"}
"""How a status looks; the others are told without colour."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One product, or several of one family, held against one leg."""

    told: Told
    chip: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegStock:
    """The products that have a chart, of one leg, best first, and the computed brace to hold them against."""

    side: Side
    suggestions: tuple[Suggestion, ...]
    computed: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A product without a chart that could be used: why, and what was looked at."""

    product: str
    why: tuple[str, ...]
    source: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPart:
    """Everything about ready-made braces."""

    notice: str
    legs: tuple[LegStock, ...]
    unknown: tuple[Unknown, ...]
    ask: str
    """How many products without a chart there are, and what to do."""


def stock_part(fitting: Fitting) -> StockPart | None:
    """The ready-made braces of a fitting; None where no leg was held against any."""
    limbs = {side: limb for side, limb in fitting.limbs.items() if limb.stock}
    if not limbs:
        return None
    unknown = tuple(_unknown(limbs))
    ask = ngettext(
        "No chart found for {count} product: ask the supplier",
        "No chart found for {count} products: ask the supplier",
        len(unknown),
    )
    return StockPart(
        notice=_(stock.NOTICE),
        legs=tuple(leg for side, limb in limbs.items() if (leg := _leg(side, limb)).suggestions),
        unknown=unknown,
        ask=ask.format(count=len(unknown)),
    )


def _leg(side: Side, limb: LimbFitting) -> LegStock:
    suggestions = (
        Suggestion(told, CHIPS.get(told.code, "waiting"), links(told.address)) for told in stock.told(limb.stock)
    )
    return LegStock(side, tuple(suggestions), stock.computed(computed(limb.dimensions, limb.shoe)))


def links(address: str) -> tuple[str, ...]:
    """The addresses of a chart's source that a browser can open."""
    return tuple(one for one in address.split() if one.startswith(("https://", "http://")))


def _unknown(limbs: Mapping[Side, LimbFitting]) -> Iterator[Unknown]:
    """Each product once, with what speaks against it on a leg."""
    found: dict[Product, dict[Side, Stock]] = {}
    for side, limb in limbs.items():
        for one in limb.stock:
            if one.product.no_chart is not None:
                found.setdefault(one.product, {})[side] = one
    for product, by_side in found.items():
        first = next(iter(by_side.values()))
        against = [(side, said) for side, one in by_side.items() for said in stock.against(one)]
        named = [f"{sides.leg(side)}. {said}" if len(limbs) > 1 else said for side, said in against]
        yield Unknown(product.name, (stock.no_chart(first), *named), stock.source(product), links(product.address))
