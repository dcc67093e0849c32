"""What an orthotist changed, as people read it."""

from collections.abc import Iterable

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.override import Overridden, Override
from afofit.fitting.result import LimbFitting
from afofit.fitting.values import Value
from afofit.words import numbers
from afofit.words.tongue import N_, _

HEADING = N_("Changed by the orthotist")


def labelled(limb: LimbFitting, name: str, *remarks: str) -> str:
    """The label of a dimension with remarks, whether it was changed, and whether it stands on an estimate."""
    extra = [*remarks]
    extra += [_("changed")] if name in limb.overridden else []
    extra += [_("estimated")] if limb.dimensions[name].estimated else []
    label = _(BY_NAME[name].label)
    return f"{label} ({', '.join(extra)})" if extra else label


def shown(value: Value) -> str:
    """A dimension with its unit, rounded."""
    return numbers.dimension(value.name, value.magnitude, BY_NAME[value.name].unit)


def computed(one: Overridden) -> str:
    """What the rule gave: "computed 417 mm"."""
    return _("computed {value}").format(value=shown(one.computed))


def chosen(one: Overridden) -> str:
    """What was chosen instead: "410 mm"."""
    return shown(one.computed._replace(magnitude=one.override.chosen))


def signed(override: Override) -> str:
    """Who changed it, and when."""
    return f"{override.by}, {numbers.moment(override.at)}"


def listed(overridden: Iterable[Overridden]) -> str:
    """Changes in a line: "D02 410 mm (computed 417 mm), D20 4.8 mm (computed 4 mm)"."""
    return ", ".join(f"{BY_NAME[one.computed.name].code} {chosen(one)} ({computed(one)})" for one in overridden)
