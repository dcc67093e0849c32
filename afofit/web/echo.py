"""What was understood from what was typed, said back beside the field."""

from collections.abc import Iterator, Mapping

from afofit.fitting.measurements import BY_NAME
from afofit.fitting.request import Limb
from afofit.fitting.values import Side
from afofit.web.entry import Typed
from afofit.words.numbers import quantity, reach
from afofit.words.tongue import _


def echoes(limbs: Mapping[Side, Limb], typed: Typed) -> dict[str, str]:
    """By field name: the mean that counts and how far its readings lie apart; else mm where another unit was typed."""
    foreign = typed.get("units.length", "mm") != "mm"
    return {name: text for limb in limbs.values() for name, text in _of_limb(limb, foreign=foreign)}


def _of_limb(limb: Limb, *, foreign: bool) -> Iterator[tuple[str, str]]:
    for name, value in limb.measurements.items():
        measurement = BY_NAME[name]
        readings = limb.readings.get(name)
        ankle = measurement.unit == "deg" and name != "toe_out"
        shown = reach(value) if ankle else quantity(value, measurement.unit)
        field = f"limbs.{limb.side}.{name}"
        if readings:
            apart = quantity(max(readings) - min(readings), measurement.unit)
            yield field, _("uses {mean} · {apart} apart").format(mean=shown, apart=apart)
        elif foreign and measurement.unit == "mm":
            yield field, f"= {shown}"
