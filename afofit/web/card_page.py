"""What a person takes along to buy shoes: both feet on one card, in plain words, without anything about health."""

from dataclasses import dataclass

from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Side
from afofit.words import numbers, shoes
from afofit.words.shoe_lines import sizes
from afofit.words.tongue import N_, _

HEEL_WITHIN_MM = 3
"""How far the heel of another shoe may lie from the one in which the brace was set up (contract 4)."""
NOT_OF_THE_SHOP = frozenset({"same_heel_height", "never_barefoot"})
"""Said by the row of the heel, or of no use in a shop."""
FEET = {"left": N_("Left foot"), "right": N_("Right foot")}
SHOES = {"left": N_("left shoe"), "right": N_("right shoe")}
TRY = (
    N_("Put the brace on first, with the sock that is worn with it."),
    N_("Try both shoes, left and right, standing and walking."),
    N_("Try late in the day: feet are larger in the evening."),
    N_("The size is where to start. Try the next size too."),
)
NONE = "–"


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of the card: what, and for each foot how much; ``size`` marks the sizes."""

    label: str
    cells: tuple[str, ...]
    size: bool = False


@dataclass(frozen=True, slots=True)
class Features:
    """What the shoe must have: one shoe, or both."""

    shoe: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCard:
    """Everything on the card."""

    reference: str
    feet: tuple[tuple[Side, str], ...]
    rows: tuple[CardRow, ...]
    pair: str
    features: tuple[Features, ...]
    trying: tuple[str, ...]
    computed_on: str


def shop_card(fitting: Fitting) -> ShopCard:
    """The card of a fitting; without a row where no leg has a shoe."""
    limbs = {side: limb for side, limb in fitting.limbs.items() if limb.shoe}
    return ShopCard(
        reference=fitting.request.patient.reference or "",
        feet=tuple((side, _(FEET[side])) for side in limbs),
        rows=_rows(tuple(limbs.values())),
        pair=shoes.pair(fitting.pair.reason) if limbs else "",
        features=_features(limbs),
        trying=tuple(map(_, TRY)),
        computed_on=numbers.day(fitting.computed_on),
    )


def _rows(limbs: tuple[LimbFitting, ...]) -> tuple[CardRow, ...]:
    by_foot = [dict(sizes(limb.shoe)) for limb in limbs if limb.shoe]
    systems = dict.fromkeys(system for foot in by_foot for system in foot)
    rows = [CardRow(system, tuple(foot.get(system, NONE) for foot in by_foot), size=True) for system in systems]
    rows += [
        CardRow(_("Length inside the shoe"), tuple(_about(limb, "inside_length_mm") for limb in limbs)),
        CardRow(_("Width with the brace, at the ball"), tuple(_about(limb, "width_in_brace_mm") for limb in limbs)),
        CardRow(_("Depth"), tuple(_depth(limb) for limb in limbs)),
        CardRow(_("Heel, higher than under the ball"), tuple(_heel(limb) for limb in limbs)),
        CardRow(_("Added under the heel by the clinic"), tuple(_added(limb) for limb in limbs)),
    ]
    return tuple(row for row in rows if any(cell != NONE for cell in row.cells))


def _about(limb: LimbFitting, name: str) -> str:
    value = limb.shoe.values.get(name) if limb.shoe else None
    return numbers.length(value.magnitude) if value else NONE


def _depth(limb: LimbFitting) -> str:
    """The class of depth, and by how much it is more than an ordinary shoe has."""
    if not limb.shoe or not limb.shoe.depth_class:
        return NONE
    named, more = shoes.depth(limb.shoe.depth_class), limb.shoe.values.get("extra_depth_mm")
    if limb.shoe.depth_class == "ordinary" or more is None:
        return named
    return _("{named}: {more} more than ordinary").format(named=named, more=numbers.length(more.magnitude))


def _heel(limb: LimbFitting) -> str:
    """The heel to keep, and the range that will do; of a leg without a brace nothing."""
    if not limb.limb.braced:
        return NONE
    heel = limb.limb.shoe.heel_sole_differential_mm
    if heel is None:
        return _("not measured: take the shoe along in which the brace was tried")
    low, high = (numbers.whole(heel + by) for by in (-HEEL_WITHIN_MM, HEEL_WITHIN_MM))
    return _("{heel}; from {low} to {high} mm will do").format(heel=numbers.length(heel), low=low, high=high)


def _added(limb: LimbFitting) -> str:
    added = limb.dimensions.get("heel_build_up_mm")
    return numbers.length(added.magnitude) if added and added.magnitude > 0 else NONE


def _features(limbs: dict[Side, LimbFitting]) -> tuple[Features, ...]:
    """What to look for: what both shoes need once, then what only one of them needs."""
    found = {
        side: tuple(code for code in limb.shoe.features if code not in NOT_OF_THE_SHOP)
        for side, limb in limbs.items()
        if limb.shoe
    }
    common = tuple(code for code in next(iter(found.values()), ()) if all(code in codes for codes in found.values()))
    both = _("both shoes") if len(found) > 1 else _(SHOES[next(iter(found))]) if found else ""
    lists = [(both, common)]
    lists += [(_(SHOES[side]), tuple(code for code in codes if code not in common)) for side, codes in found.items()]
    return tuple(Features(shoe, tuple(map(shoes.feature, codes))) for shoe, codes in lists if codes)
