"""The worked examples that fill the form: invented people, packaged with the program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Example:
    """One invented patient: the key of the address, a title for the menu, and the request document."""

    key: str
    title: str
    request: Mapping[str, object]


@cache
def examples() -> tuple[Example, ...]:
    """All examples in the order of the menu."""
    text = files("afofit").joinpath("examples.json").read_text("utf-8")
    return tuple(Example(**row) for row in json.loads(text)["examples"])


def find(key: str) -> Example | None:
    """The example of that key, or None."""
    return next((example for example in examples() if example.key == key), None)
