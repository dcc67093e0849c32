"""The design of a brace in words: what it is, who chose it, and why."""

from dataclasses import dataclass

from afofit.fitting.result import DesignChoice
from afofit.words import choices
from afofit.words.reasons import reason
from afofit.words.sheet import CHOSEN_BY
from afofit.words.tongue import _


@dataclass(frozen=True, slots=True)
class Design:
    """Design and footplate in words, who chose them and why."""

    words: str
    chosen: str
    reasons: tuple[str, ...]


def designed(choice: DesignChoice) -> Design:
    """The choice of a design in words; of none, only the reasons."""
    reasons = tuple(_sentence(reason(one)) for one in choice.reasons)
    if choice.code is None:
        return Design(_("No brace design."), "", reasons)
    words = _("{design}, {footplate} footplate").format(
        design=choices.label("design", choice.code), footplate=choices.label("footplate", choice.footplate).lower()
    )
    chosen = _(CHOSEN_BY[choice.chosen_by])
    if choice.rule and choice.chosen_by == "engine":
        chosen = _("{chosen}, line {line} of the decision").format(chosen=chosen, line=choice.rule)
    return Design(words, chosen, reasons)


def _sentence(text: str) -> str:
    text = f"{text[0].upper()}{text[1:]}"
    return text if text.endswith(".") else f"{text}."
