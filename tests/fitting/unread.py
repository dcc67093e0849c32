"""Every combination of what a decision reads, tried once: what it never read cannot have changed it.

A record whose fields get their values when they are first read goes through the decision again and again until every
combination of the values that were read has been tried. The classes so found make up the whole product.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

Choices = Mapping[str, Sequence[Any]]


class Reading:
    """What was read so far in one run of the decision, and the value of what is read next."""

    def __init__(self, choices: Choices, path: list[tuple[str, int]]) -> None:
        self.choices, self._path = choices, path
        self.values = {name: choices[name][place] for name, place in path}

    def __call__(self, name: str) -> Any:
        if name not in self.values:
            self._path.append((name, 0))
            self.values[name] = self.choices[name][0]
        return self.values[name]


def every(choices: Choices, decide: Callable[[Reading], Any]) -> Iterator[tuple[dict[str, Any], int, Any]]:
    """Each class of the product: the values that were read, of how many combinations it is, and what was decided."""
    path: list[tuple[str, int]] = []
    """What was read, in this order, and which of its choices is being tried. The last one moves first."""
    whole = prod(map(len, choices.values()))
    while True:
        reading = Reading(choices, path)
        decided = decide(reading)
        yield reading.values, whole // prod([len(choices[name]) for name in reading.values]), decided
        while path and path[-1][1] + 1 == len(choices[path[-1][0]]):
            path.pop()
        if not path:
            return
        name, place = path.pop()
        path.append((name, place + 1))


class Unread:
    """Stands for a record: a field that has choices gets one when it is read, the others are as in the record."""

    def __init__(self, record: Any, reading: Reading, **parts: Any) -> None:
        self.__dict__ = reading.values | parts
        self._record, self._reading = record, reading

    def __getattr__(self, name: str) -> Any:
        computed = getattr(type(self._record), name)
        if isinstance(computed, property):
            return computed.__get__(self)
        value = self._reading(name) if name in self._reading.choices else getattr(self._record, name)
        self.__dict__[name] = value
        return value


class UnreadMapping(Mapping[str, Any]):
    """Stands for a mapping in the same way."""

    def __init__(self, record: Mapping[str, Any], reading: Reading) -> None:
        self._record, self._reading = record, reading

    def __getitem__(self, name: str) -> Any:
        return self._reading(name) if name in self._reading.choices else self._record[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._record)

    def __len__(self) -> int:
        return len(self._record)
