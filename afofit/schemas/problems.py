"""What is wrong with a request: every problem with its field, what came, its unit and what is allowed."""

from dataclasses import dataclass
from typing import Any

from afofit.fitting.values import SIDES
from afofit.words import sides
from afofit.words.fields import name

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. ``message`` is a whole sentence; ``suggestion`` is a value to offer, as it would be typed."""

    path: Path
    message: str
    received: object = None
    unit: str | None = None
    allowed: object = None
    suggestion: str | None = None

    @property
    def pointer(self) -> str:
        """JSON pointer (RFC 6901) to the place in the request."""
        return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in self.path)

    @property
    def field(self) -> str:
        """The name of the form field: "limbs.left.forefoot_width"."""
        steps = [str(step) for step in self.path if not isinstance(step, int)]
        return ".".join(step for step in steps if step != "readings")

    def as_json(self) -> dict[str, Any]:
        """The shape of one entry of a problem document."""
        return {
            "pointer": self.pointer,
            "message": self.message,
            "received": self.received,
            "unit": self.unit,
            "allowed": self.allowed,
        }


class Refused(Exception):
    """A request that cannot be worked on, with everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def where(path: Path) -> str:
    """The beginning of a message: "Left leg, forefoot width", "Weight"."""
    named = [step for step in path if isinstance(step, str)]
    last = next((step for step in reversed(named) if step != "readings"), named[-1])
    words = name(last) if last.strip() else f"“{last}”"
    if path[0] == "limbs" and len(path) > 2:
        return f"{_leg(str(path[1]))}, {words}"
    return words[0].upper() + words[1:]


def _leg(side: str) -> str:
    """A leg as a message begins; what is no side is said as it came."""
    return sides.leg(side) if side in SIDES else f"{side.capitalize()} leg"
