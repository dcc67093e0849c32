"""One tap that confirms an unusual value: who did it and when is noted in the form, and posted with it."""

from datetime import UTC, datetime

from afofit.web.entry import Typed

BUTTON = "confirm"


def confirmed(typed: Typed, asked: str, by: str) -> tuple[Typed, str]:
    """The form with one value confirmed, and the field to go to.

    ``asked`` is what the button sent, ``limbs.left.calf_circumference=388``. Only a measurement of a leg is noted;
    whether the value is still the one that is typed, the reading of the form decides.
    """
    name, _, value = asked.partition("=")
    after: Typed = typed.copy()
    after.poplist(BUTTON)
    limb, _, field = name.rpartition(".")
    if limb in ("limbs.left", "limbs.right") and field:
        start = f"{limb}.{BUTTON}ed.{field}"
        at = datetime.now(UTC).isoformat(timespec="minutes")
        for part, text in (("value", value), ("by", by), ("at", at)):
            after[f"{start}.{part}"] = text
    return after, name
