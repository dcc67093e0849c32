"""HCPCS candidates of one brace, from dated data: an aid for whoever codes, not billing advice."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from afofit.fitting.result import LimbFitting

Provenance = Literal["list", "recalled"]
CONFIRM = "to be confirmed"
"""Said beside a code that was not read in a published list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code: what it means, and what a brace must be or have for it to come into question."""

    code: str
    text: str
    kind: str
    source: str
    provenance: Provenance
    designs: tuple[str, ...] = ()
    needs: str = ""
    when: str = ""

    @property
    def sentence(self) -> str:
        """What people read beside the code."""
        parts = [f"{self.text} ({self.kind})"]
        parts += [self.when] if self.when else []
        parts += [CONFIRM] if self.provenance == "recalled" else []
        return "; ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """The codes with the date up to which they were looked at."""

    as_of: date
    publisher: str
    statement: str
    mapping: str
    codes: tuple[Code, ...]


def _has_liner(limb: LimbFitting) -> bool:
    """Shell and liner lie under the heel; what they are thicker than the shell is the liner."""
    shell = limb.dimensions.get("shell_thickness_mm")
    if shell is None or limb.sole_thickness_mm is None:
        return False
    return limb.sole_thickness_mm > shell.magnitude + 1e-9


NEEDS: Mapping[str, Callable[[LimbFitting], bool]] = {
    "": lambda limb: True,
    "liner": _has_liner,
    "correction_strap": lambda limb: limb.limb.order.correction_strap in ("varus", "valgus"),
    "carbon": lambda limb: limb.limb.order.material == "carbon_composite",
}
"""What an addition waits for. A prefabricated carbon brace takes none of them."""


@cache
def code_list() -> CodeList:
    """The codes as data. Raises ValueError where an entry names an unknown source, need or provenance."""
    return read(files("afofit.fitting").joinpath("tables", "hcpcs.toml").read_text("utf-8"))


def read(text: str) -> CodeList:
    """A list of codes from TOML. Raises ValueError where an entry is not understood."""
    data = tomllib.loads(text)
    sources = data["sources"]
    codes = []
    for entry in data["code"]:
        fields = dict(entry)
        if fields["source"] not in sources or fields.get("needs", "") not in NEEDS:
            raise ValueError(f"unknown source or need: {entry}")
        if fields["provenance"] not in ("list", "recalled"):
            raise ValueError(f"unknown provenance: {entry}")
        if not (fields.get("designs") or fields.get("needs")):
            raise ValueError(f"a code for nothing: {entry}")
        fields["source"] = sources[fields["source"]]
        fields["designs"] = tuple(fields.get("designs", ()))
        codes.append(Code(**fields))
    return CodeList(
        as_of=data["as_of"],
        publisher=data["publisher"],
        statement=data["statement"],
        mapping=data["mapping"],
        codes=tuple(codes),
    )


def candidates(limb: LimbFitting) -> tuple[Code, ...]:
    """The codes that come into question for a braced limb, base codes first; none without a design."""
    design = limb.design.code
    if design is None:
        return ()
    found = []
    for one in code_list().codes:
        suits = design in one.designs if one.designs else design != "carbon_anterior"
        if suits and NEEDS[one.needs](limb):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.kind == "addition"))
