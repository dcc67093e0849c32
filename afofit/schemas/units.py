"""Units of a request and what they are in millimetres and kilograms."""

from dataclasses import dataclass

from afofit.fitting.units import LENGTHS_MM, MASSES_KG

__all__ = ["LENGTHS_MM", "LENGTH_WORDS", "MASSES_KG", "Units"]
LENGTH_WORDS = {"mm": "millimetres", "cm": "centimetres", "in": "inches"}


@dataclass(frozen=True, slots=True)
class Units:
    """The units in which one request was typed."""

    length: str
    mass: str

    def factor(self, kind: str) -> float:
        """What one of a kind ("length", "mass", else no unit) is in mm or kg."""
        if kind == "length":
            return LENGTHS_MM[self.length]
        return MASSES_KG[self.mass] if kind == "mass" else 1.0

    def name(self, kind: str) -> str | None:
        """The unit in which a kind was typed."""
        return {"length": self.length, "mass": self.mass, "angle": "deg", "deg": "deg", "years": "years"}.get(kind)
