"""Put a request document into the fields of the form: what the examples and a copied fitting need."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from werkzeug.datastructures import MultiDict

from afofit.web.entry import DIRECTIONS

Document = Mapping[str, object]


def flatten(document: Document) -> dict[str, list[str]]:
    """The form fields, by name, that say the same as a request document (units as they stand in it)."""
    fields: MultiDict[str, str] = MultiDict(_fields(document, ""))
    legs = list(cast(Document, document.get("limbs") or {}))
    if legs:
        fields["legs"] = legs[0] if len(legs) == 1 else "both"
    if any(name.endswith(".2") for name in fields):
        fields["two_readings"] = "on"
    return fields.to_dict(flat=False)


def _fields(part: Document, path: str) -> Iterator[tuple[str, str]]:
    for key, value in part.items():
        name = f"{path}.{key}" if path else key
        if value is None:
            continue
        if key == "birth_date":
            yield from zip((f"{name}.year", f"{name}.month", f"{name}.day"), str(value).split("-"), strict=True)
        elif key == "cleared":
            yield from _clearances(cast(Sequence[Mapping[str, str]], value), name)
        elif key == "confirmed":
            yield from _confirmations(cast(Sequence[Document], value), name)
        elif isinstance(value, Mapping):
            yield from _readings(value["readings"], key, name) if "readings" in value else _fields(value, name)
        elif isinstance(value, list):
            yield from ((name, str(item)) for item in value or ["none"])
        elif key in DIRECTIONS:
            yield from _angle(cast(float, value), key, name)
        else:
            yield name, _text(value)


def _clearances(rows: Sequence[Mapping[str, str]], name: str) -> Iterator[tuple[str, str]]:
    for row in rows:
        for part in ("by", "date", "note"):
            if row.get(part):
                yield f"{name}.{row['code']}.{part}", row[part]


def _confirmations(rows: Sequence[Document], name: str) -> Iterator[tuple[str, str]]:
    for row in rows:
        for part in ("value", "by", "at"):
            if row.get(part) is not None:
                yield f"{name}.{row['field']}.{part}", _text(row[part])


def _readings(readings: Sequence[float], key: str, name: str) -> Iterator[tuple[str, str]]:
    """Two or three readings; angles keep their sign in the box, for each may have its own."""
    for place, reading in enumerate(readings, start=1):
        signed = f"+{_text(reading)}" if key in DIRECTIONS and reading > 0 else _text(reading)
        yield (name if place == 1 else f"{name}.{place}"), signed


def _angle(degrees: float, key: str, name: str) -> Iterator[tuple[str, str]]:
    """The size of an angle, and its sign as the words of its direction."""
    positive, negative = (code for code, _ in DIRECTIONS[key])
    yield name, _text(abs(degrees))
    if degrees:
        yield f"{name}_direction", positive if degrees > 0 else negative


def _text(value: object) -> str:
    """A value as somebody would type it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
