"""Units in which people type, and what one of each is in the units of the domain."""

from collections.abc import Mapping
from types import MappingProxyType

LENGTHS_MM: Mapping[str, float] = MappingProxyType({"mm": 1.0, "cm": 10.0, "in": 25.4})
MASSES_KG: Mapping[str, float] = MappingProxyType({"kg": 1.0, "lb": 0.45359237})
