"""What was understood from what was typed, said back beside the field."""

from collections.abc import Iterator

from afofit.fitting.measurements import BY_NAME
from afofit.fitting.request import Limb, Request
from afofit.fitting.result import Fitting
from afofit.web.entry import Typed
from afofit.words.numbers import plain, quantity, reach


def echoes(request: Request, typed: Typed) -> dict[str, str]:
    """By field name: the mean that counts, and millimetres where another unit was typed."""
    foreign = typed.get("units.length", "mm") != "mm"
    return {name: text for limb in request.limbs.values() for name, text in _of_limb(limb, foreign=foreign)}


def _of_limb(limb: Limb, *, foreign: bool) -> Iterator[tuple[str, str]]:
    for name, value in limb.measurements.items():
        measurement = BY_NAME[name]
        mean = name in limb.readings
        if mean or (foreign and measurement.unit == "mm"):
            ankle = measurement.unit == "deg" and name != "toe_out"
            shown = reach(value) if ankle else quantity(value, measurement.unit)
            count = f" (mean of {plain(len(limb.readings[name]))})" if mean else ""
            yield f"limbs.{limb.side}.{name}", f"uses {shown}{count}"


def thirds(fitting: Fitting) -> frozenset[str]:
    """Fields whose readings lie so far apart that a third one is asked for."""
    return frozenset(
        f"limbs.{side}.{name}"
        for side, limb in fitting.limbs.items()
        for finding in limb.findings
        if finding.code == "reading_spread"
        for name in finding.about
    )
