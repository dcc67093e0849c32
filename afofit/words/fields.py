"""Names of fields in running text: "calf circumference", "Ashworth grade"."""

from afofit.fitting.measurements import BY_NAME
from afofit.words.choices import _FIELDS
from afofit.words.tongue import _

SPECIAL = {
    "ashworth": "spasticity (Ashworth)",
    "urgent_signs": "urgent signs",
    "ambulant": "whether the person walks",
    "knee": "the knee in stance",
    "skin": "the skin",
    "sensation": "sensation",
    "age_years": "age",
    "design": "design",
    "mediolateral_instability": "sideways stability",
    "deformity_direction": "varus or valgus",
    "calf_circumference_height": "height of the calf circumference",
    "size": "shoe size",
    "system": "shoe size system",
    "width": "shoe width",
    "activity": "activity",
    "units": "units",
    "length": "length",
    "mass": "mass",
}


def name(field: str) -> str:
    """The field as it stands inside a sentence, in lower case save for names."""
    if field in SPECIAL:
        return _(SPECIAL[field])
    return lowered(_(BY_NAME[field].label if field in BY_NAME else _FIELDS.get(field, field.replace("_", " "))))


def lowered(label: str) -> str:
    """A label as it stands inside a sentence: its first letter small, save of an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def names(fields: tuple[str, ...] | list[str]) -> str:
    """Several fields as "a, b and c"."""
    return listed([name(field) for field in fields])


def listed(words: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    last = words[-1]
    # In Spanish "and" is another word before the sound of an i.
    joined = _("{several} and {last_i}") if last.lower().startswith(("i", "hi")) else _("{several} and {last}")
    return joined.format(several=", ".join(words[:-1]), last=last, last_i=last)
