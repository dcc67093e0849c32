"""The form of a delivery: read as typed, with everything that is wrong with it at once."""

from collections.abc import Mapping
from datetime import date

from flask import request

from afofit.fitting.result import LimbFitting
from afofit.fitting.values import Side
from afofit.records import Record
from afofit.schemas.numbers import Unreadable, has_sign, read_number
from afofit.store.deliveries import Delivery, Kept
from afofit.web.plain_form import PlainForm
from afofit.words.delivery import CHECK_WORDS, OUTCOMES, REASONS, heel_asks, heel_remark
from afofit.words.numbers import day, plain
from afofit.words.tongue import N_, _

LONGEST_NOTE = 2000
ANKLE_LIMITS, SHANK_LIMITS, HEEL_LIMITS = (-60.0, 45.0), (-30.0, 45.0), (-10.0, 60.0)
REACH = {"past": (1, N_("past 90°")), "short": (-1, N_("short of 90°"))}
LEAN = {"forward": (1, N_("forward")), "backward": (-1, N_("backward"))}
HEEL_MEANT = "heel_meant"
"""The tick that answers a heel height which differs by more than 5 mm."""


def braced(record: Record) -> dict[Side, LimbFitting]:
    """The legs of a fitting for which a brace was made."""
    return {side: limb for side, limb in record.fitting.limbs.items() if limb.dimensions}


def set_up(limb: LimbFitting, earlier: list[Kept]) -> float | None:
    """The heel height (mm) in which the brace of a leg was set up; before any visit that of the shoe planned for.

    A visit at which the brace was made anew begins again with its own heel height.
    """
    height = None
    for one in earlier:
        said = one.delivery.measured.get("heel_mm")
        if said is not None and (height is None or one.delivery.outcome == "anew" or heel_asks(height, said)):
            height = said
    return limb.limb.shoe.heel_sole_differential_mm if height is None else height


class DeliveryForm(PlainForm):
    """One posted delivery."""

    def read(self, record: Record, kept: list[Kept], *, today: date) -> Delivery:
        """The delivery as typed; good only where ``faults`` stays empty."""
        limbs = braced(record)
        side = self._chosen("side", limbs, _("Side: choose the leg."))
        outcome = self._chosen("outcome", OUTCOMES, _("Outcome: choose how it went."))
        on = self._day(record.fitting.computed_on, today)
        measured = {
            "ankle_deg": self._angle("ankle", _("Ankle as made"), ANKLE_LIMITS, REACH),
            "ankle_in_shoe_deg": self._angle("in_shoe", _("Ankle in the shoe"), ANKLE_LIMITS, REACH),
            "shank_deg": self._angle("shank", _("Shank in the shoe"), SHANK_LIMITS, LEAN),
            "heel_mm": self._number("heel", _("Heel height"), HEEL_LIMITS, "mm"),
        }
        self._needed(outcome, measured)
        limb = next((limb for name, limb in limbs.items() if name == side), None)
        if limb is not None:
            earlier = [one for one in kept if one.delivery.side == side and one.delivery.on <= on]
            self._ask(set_up(limb, earlier), measured["heel_mm"], outcome)
        return Delivery(
            side=side,
            on=on,
            outcome=outcome,
            reason=self._reason(outcome),
            design=limb.design.code if limb else None,
            measured={name: value for name, value in measured.items() if value is not None},
            checks=tuple(code for code in CHECK_WORDS if code in request.form.getlist("checks")),
            note=self._note(),
        )

    def _chosen(self, name: str, allowed: Mapping[str, object] | Mapping[Side, object], missing: str) -> str:
        said = request.form.get(name, "")
        if said not in allowed:
            self.faults[name] = missing
        return said

    def _day(self, first: date, today: date) -> date:
        typed = self.text("on")
        try:
            on = date.fromisoformat(typed)
        except ValueError:
            self.faults["on"] = _("Date: write it as year-month-day, 2026-02-28.")
            return today
        if not first <= on <= today:
            self.faults["on"] = _("Date: from the day of the fitting, {day}, to today.").format(day=day(first))
        return on

    def _number(self, name: str, label: str, limits: tuple[float, float], unit: str) -> float | None:
        typed = request.form.get(name, "").strip()
        if not typed:
            return None
        shown = "°" if unit == "deg" else f" {unit}"
        allowed = _("{low} to {high}").format(low=plain(limits[0]), high=f"{plain(limits[1])}{shown}")
        try:
            number = read_number(typed, unit)
        except Unreadable:
            self.faults[name] = _("{label}: write it as a number from {allowed}.").format(label=label, allowed=allowed)
            return None
        if not limits[0] <= number <= limits[1]:
            said = _("{label}: {received} is not within {allowed}.")
            self.faults[name] = said.format(label=label, received=f"{plain(number)}{shown}", allowed=allowed)
        return number

    def _angle(
        self, name: str, label: str, limits: tuple[float, float], directions: Mapping[str, tuple[int, str]]
    ) -> float | None:
        """An angle with the direction chosen, or with a sign typed before it."""
        number = self._number(name, label, limits, "deg")
        if number is None or name in self.faults:
            return number
        chosen = directions.get(request.form.get(f"{name}_direction", ""))
        words = _(" or ").join(_(direction[1]) for direction in directions.values())
        if has_sign(request.form.get(name, "")):
            if chosen and number * chosen[0] < 0:
                said = _("{label}: the sign that was typed says the opposite of “{direction}”.")
                self.faults[name] = said.format(label=label, direction=_(chosen[1]))
            return number
        if chosen is None:
            if number:
                self.faults[name] = _("{label}: say whether it is {directions}.").format(label=label, directions=words)
            return number
        signed = number * chosen[0]
        if not limits[0] <= signed <= limits[1]:
            allowed = f"{plain(abs(limits[1] if chosen[0] > 0 else limits[0]))}°"
            said = _("{label}: {received} is more than the {allowed} that are allowed.")
            received = f"{plain(number)}° {_(chosen[1])}"
            self.faults[name] = said.format(label=label, received=received, allowed=allowed)
        return signed + 0.0

    def _needed(self, outcome: str, measured: Mapping[str, float | None]) -> None:
        """A brace that is handed over was measured."""
        if outcome != "delivered":
            return
        if measured["ankle_deg"] is None:
            self.faults.setdefault("ankle", _("Ankle as made: needed when the brace is delivered, in degrees."))
        if measured["heel_mm"] is None:
            self.faults.setdefault("heel", _("Heel height: needed when the brace is delivered, in mm."))

    def _ask(self, before: float | None, now: float | None, outcome: str) -> None:
        if outcome != "anew" and "heel" not in self.faults and heel_asks(before, now):
            self.values["heel_asked"] = "1"
            if HEEL_MEANT not in request.form:
                then = _("Tick that this is done, or correct the number.")
                self.faults[HEEL_MEANT] = f"{heel_remark(before, now)} {then}"

    def _reason(self, outcome: str) -> str | None:
        said = request.form.get("reason", "")
        if outcome == "delivered":
            if said:
                self.faults["reason"] = _("Reason: only where the brace was not delivered. Leave it empty.")
            return None
        if said not in REASONS:
            self.faults["reason"] = _("Reason: needed where the brace was not delivered. Choose one of the list.")
            return None
        return said

    def _note(self) -> str:
        note = request.form.get("note", "").strip()
        if len(note) > LONGEST_NOTE:
            self.faults["note"] = _("Note: at most {longest} characters.").format(longest=LONGEST_NOTE)
        return note
