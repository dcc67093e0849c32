"""The shoe for one foot as people read it."""

from dataclasses import dataclass

from afofit.fitting.result import CurrentShoe, ShoeFit
from afofit.words import numbers, shoes
from afofit.words.tongue import N_, _

CURRENT = {
    True: N_("The shoe worn now takes the brace."),
    False: N_("The shoe worn now does not take the brace."),
    None: N_("The shoe worn now cannot be judged."),
}
LINES = (
    ("inside_length_mm", N_("Inside length to look for")),
    ("length_increase_mm", N_("Longer than for the bare foot")),
    ("width_in_brace_mm", N_("Width in the brace")),
    ("extra_depth_mm", N_("Depth needed above ordinary")),
    ("limb_raise_mm", N_("The brace raises the leg by")),
    ("limb_raise_with_build_up_mm", N_("with the heel build-up")),
)


@dataclass(frozen=True, slots=True)
class CurrentShoeWords:
    """Whether the shoe worn now serves, in words."""

    verdict: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShoeWords:
    """The shoe for one foot in words: sizes by system, then what to measure in the shop."""

    sizes: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    without_brace: str
    features: tuple[str, ...]
    current: CurrentShoeWords | None


def shoe_words(fit: ShoeFit) -> ShoeWords:
    """The shoe over the brace, or over the bare foot of a leg without one."""
    lines = [_line(label, fit.values[name].magnitude, name) for name, label in LINES if name in fit.values]
    if fit.depth_class:
        lines.append((_("Depth"), shoes.depth(fit.depth_class)))
    return ShoeWords(
        sizes=sizes(fit),
        lines=tuple(lines),
        without_brace=_("Without a brace: {sizes}.").format(sizes=_bare(fit)) if fit.braced else "",
        features=tuple(map(shoes.feature, fit.features)),
        current=_current(fit.current) if fit.current else None,
    )


def _line(label: str, number_mm: float, name: str) -> tuple[str, str]:
    """A length with its label; people are shown words, never signs."""
    if round(number_mm) >= 0:
        return _(label), numbers.length(number_mm)
    if name == "extra_depth_mm":
        return _(label), _("none, {length} to spare").format(length=numbers.length(-number_mm))
    return _(label), _("{length} less").format(length=numbers.length(-number_mm))


def sizes(fit: ShoeFit) -> tuple[tuple[str, str], ...]:
    """By system the size to buy, with its width letter where the scale has one: ("US men", "10.5, width D")."""
    return tuple((shoes.system(system), _size(fit, system, size)) for system, size in (fit.braced or fit.bare).items())


def _bare(fit: ShoeFit) -> str:
    return ", ".join(f"{shoes.system(system)} {shoes.size_label(system, size)}" for system, size in fit.bare.items())


def _size(fit: ShoeFit, system: str, size: float) -> str:
    label = shoes.size_label(system, size)
    width = fit.widths.get(system)
    return _("{size}, width {width}").format(size=label, width=width.width) if width else label


def _current(current: CurrentShoe) -> CurrentShoeWords:
    return CurrentShoeWords(_(CURRENT[current.fits]), tuple(map(shoes.current_reason, current.reasons)))
