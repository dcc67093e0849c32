"""The exact snapshot of a fitting: what was computed is shown and printed years later as it was.

The document names its format and, for each class, its fields; then come the nodes, each a row: the number of its
class and the value of each field. What stands in several places stands once and is pointed at; a node points only at
nodes before it, and the last is the fitting. A tuple is an array, a mapping with words as keys an object; whatever
else JSON lacks is an object with one key that begins with the sign ``~``.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from math import isfinite
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from afofit.fitting.chart import Product
from afofit.fitting.override import Overridden, Override
from afofit.fitting.plausibility import Doubt
from afofit.fitting.protocol import Wear, WearStep
from afofit.fitting.request import (
    Clearance,
    Clinical,
    Confirmation,
    Limb,
    Order,
    Patient,
    Prescription,
    Request,
    Shoe,
)
from afofit.fitting.result import (
    Beside,
    CurrentShoe,
    DesignChoice,
    Fitting,
    LimbFitting,
    Measured,
    Pair,
    Reason,
    ShoeFit,
    Stock,
    Width,
)
from afofit.fitting.values import Basis, Finding, Grade, Source, Value

FORMAT = 1
SIGN = "~"
NODE, LIST, MAP, DATE, DATETIME = SIGN, "~list", "~map", "~date", "~datetime"
NESTED = frozenset({list, dict})
PLAIN = frozenset({str, int, bool, type(None)})


class Unfreezable(ValueError):
    """Something in a fitting that a snapshot cannot hold exactly."""


class Unthawable(ValueError):
    """A snapshot that cannot be read: damaged, or of a version that this one does not know."""


Pointer = dict[str, int]


class _Kind(NamedTuple):
    """A class of the domain: how its objects are taken apart and made."""

    number: int
    fields: tuple[str, ...]
    taken: Callable[[Any], tuple[Any, ...]]
    made: Callable[..., Any]


def _kind(number: int, made: Any) -> _Kind:
    if issubclass(made, tuple):
        return _Kind(number, made._fields, tuple, made)
    fields = tuple(made.__dataclass_fields__)
    get = attrgetter(*fields)
    return _Kind(number, fields, get if len(fields) > 1 else lambda one: (get(one),), made)


CLASSES: tuple[type, ...] = (
    Fitting,
    LimbFitting,
    Limb,
    Patient,
    Clinical,
    Clearance,
    Shoe,
    Prescription,
    Order,
    Request,
    Value,
    Source,
    Finding,
    Doubt,
    DesignChoice,
    Reason,
    Width,
    CurrentShoe,
    ShoeFit,
    Pair,
    Override,
    Overridden,
    Wear,
    WearStep,
    Confirmation,
    Stock,
    Product,
    Measured,
    Beside,
)
KINDS: Mapping[type, _Kind] = {made: _kind(number, made) for number, made in enumerate(CLASSES)}
BY_NAME: Mapping[str, _Kind] = {kind.made.__name__: kind for kind in KINDS.values()}
NAMES = [[name, *kind.fields] for name, kind in BY_NAME.items()]
OPENING = b'{"format":%d,"classes":%b,"nodes":[' % (FORMAT, orjson.dumps(NAMES))
CLOSING = b"]}"


def freeze(fitting: Fitting) -> bytes:
    """The snapshot of a fitting; equal fittings give equal bytes. Raises Unfreezable."""
    freezer = _Freezer()
    freezer.pointer(fitting)
    return OPENING + b",".join(freezer.rows) + CLOSING


class _Freezer:
    """The rows written so far: by content, so that what is equal is written once, and by object, to be quick."""

    def __init__(self) -> None:
        self.rows: dict[bytes, Pointer] = {}
        self.seen: dict[int, Pointer] = {}

    def pointer(self, one: Any) -> Pointer:
        """Where an object of the domain stands; written first where it does not stand yet."""
        known = self.seen.get(id(one))
        if known is None:
            write = ROWS.get(type(one))
            text = self.row(one) if write is None else write(self, one)
            known = self.seen[id(one)] = self.rows.setdefault(text, {NODE: len(self.rows)})
        return known

    def row(self, one: Any) -> bytes:
        """The class and the fields of an object, after the rows of whatever it points at."""
        number, _, taken, _ = KINDS[type(one)]
        try:
            return orjson.dumps([number, *self.written(taken(one))])
        except TypeError as error:
            raise Unfreezable(str(error)) from None

    def written(self, values: Iterable[Any]) -> list[Any]:
        """Values as JSON that keeps their type."""
        return [
            value
            if (kind := type(value)) in PLAIN or (kind is float and isfinite(value))
            else WRITERS[kind](self, value)
            for value in values
        ]

    def mapping(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        """An object in its order; as pairs where a key is no word or begins with the sign."""
        if all(type(key) is str and not key.startswith(SIGN) for key in value):
            return dict(zip(value, self.written(value.values()), strict=True))
        return {MAP: [self.written(pair) for pair in value.items()]}


_Writer = Callable[[_Freezer, Any], Any]


class _Writers(dict[type, _Writer]):
    """How a type is written."""

    def __missing__(self, kind: type) -> _Writer:
        if issubclass(kind, Mapping):
            return _Freezer.mapping
        raise Unfreezable("a snapshot cannot hold " + ("nan or inf" if kind is float else kind.__name__))


_BY_TYPE: Mapping[type, _Writer] = {
    tuple: _Freezer.written,
    list: lambda freezer, value: {LIST: freezer.written(value)},
    dict: _Freezer.mapping,
    date: lambda _, value: {DATE: value.isoformat()},
    datetime: lambda _, value: {DATETIME: value.isoformat()},
}
WRITERS = _Writers({**_BY_TYPE, **dict.fromkeys(CLASSES, _Freezer.pointer)})


@lru_cache(maxsize=1024)
def _source(source: Source | Product) -> bytes:
    """The row of a source or a product; there are few of them, and each is written over and over."""
    return _Freezer().row(source)


def _value(freezer: _Freezer, value: Value) -> bytes:
    """The row of a value, as ``row`` gives it, without asking for the type of each field: most rows are values."""
    name, magnitude, source, formula, inputs, tolerance, estimated, clause = value
    if not isfinite(magnitude):
        raise Unfreezable("a snapshot cannot hold nan or inf")
    at = freezer.pointer
    # The inputs come after the source, in the order of the fields.
    fields = (VALUE, name, magnitude, at(source), formula, [at(one) for one in inputs], tolerance, estimated, clause)
    return orjson.dumps(fields)


VALUE = KINDS[Value].number
ROWS: Mapping[type, Callable[[_Freezer, Any], bytes]] = {
    Source: lambda _, source: _source(source),
    Product: lambda _, product: _source(product),
    Value: _value,
}


def thaw(frozen: bytes) -> Fitting:
    """The fitting of a snapshot; a field that it lacks takes the default of today. Raises Unthawable."""
    try:
        document = orjson.loads(frozen)
        if document["format"] != FORMAT:
            raise Unthawable(f"the snapshot has the unknown format {document['format']!r}")
        fitting = _thawed(document["nodes"], _makers(document["classes"]))
    except Unthawable:
        raise
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        # What the error says may hold words of the patient.
        raise Unthawable(f"the snapshot is damaged: {type(error).__name__}") from None
    if not isinstance(fitting, Fitting):
        raise Unthawable("the snapshot ends in something else than a fitting")
    return fitting


_Maker = Callable[[list[Any]], Any]


def _makers(classes: list[list[str]]) -> tuple[_Maker, ...]:
    """What makes the object of a row, by class and fields as the snapshot declares them."""
    return MAKERS if classes == NAMES else tuple(_maker(name, tuple(fields)) for name, *fields in classes)


def _maker(name: str, fields: tuple[str, ...]) -> _Maker:
    kind = BY_NAME.get(name)
    if kind is None:
        raise Unthawable(f"the snapshot holds the unknown class {name!r}")
    unknown = sorted(set(fields) - set(kind.fields))
    if unknown:
        raise Unthawable(f"the snapshot holds unknown fields of {name}: {', '.join(unknown)}")
    made = kind.made
    if fields == kind.fields and made is Value:
        return Value._make
    if fields == kind.fields and made is Source:
        return lambda values: _one_source(*values)
    return lambda values: made(**dict(zip(fields, values, strict=True)))


@lru_cache(maxsize=1024)
def _one_source(text: str, grade: Grade, basis: Basis) -> Source:
    """One object for a source, however many snapshots hold it."""
    return Source(text, grade, basis)


MAKERS = tuple(_maker(name, tuple(fields)) for name, *fields in NAMES)


def _place(number: int) -> int:
    if number < 0:
        raise IndexError
    return number


def _thawed(rows: list[list[Any]], makers: tuple[_Maker, ...]) -> Any:
    nodes: list[Any] = []

    def read(written: Any) -> Any:
        kind = type(written)
        if kind is list:
            return tuple([read(one) for one in written])
        if kind is not dict:
            return written
        if len(written) == 1:
            ((key, one),) = written.items()
            if key == NODE:
                return nodes[_place(one)]
            if key.startswith(SIGN):
                return readers[key](one)
        return {key: read(one) for key, one in written.items()}

    readers: dict[str, Callable[[Any], Any]] = {
        LIST: lambda written: [read(one) for one in written],
        MAP: lambda written: {read(key): read(one) for key, one in written},
        DATE: date.fromisoformat,
        DATETIME: datetime.fromisoformat,
    }
    for number, *values in rows:
        nodes.append(makers[_place(number)]([read(one) if type(one) in NESTED else one for one in values]))
    return nodes[-1]
