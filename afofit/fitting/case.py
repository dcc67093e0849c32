"""One limb in its clinical picture: what the decisions and the findings read."""

from dataclasses import dataclass
from functools import cached_property

from afofit.fitting.protocol import Protocol
from afofit.fitting.request import Clinical, Limb, Patient, Prescription
from afofit.fitting.values import EPSILON

ASHWORTH = ("0", "1", "1+", "2", "3", "4")
RIGID = ("solid", "ground_reaction")
PREFABRICATED = "carbon_anterior"


@dataclass(frozen=True)
class Case:
    """A braced limb with its patient, its protocol and, where it was measured, the other limb."""

    patient: Patient
    limb: Limb
    other: Limb | None
    protocol: Protocol

    @property
    def clinical(self) -> Clinical:
        """The clinical picture of this limb."""
        return self.limb.clinical

    @property
    def prescription(self) -> Prescription:
        """What the prescriber fixed for this limb."""
        return self.limb.prescription

    @cached_property
    def dorsiflexion_deg(self) -> float:
        """Passive dorsiflexion with the knee extended, degrees."""
        return self.limb.measurements["dorsiflexion_knee_extended"]

    @cached_property
    def short_of_right_angle(self) -> bool:
        """The ankle does not reach 90°."""
        return self.dorsiflexion_deg < -EPSILON

    @cached_property
    def dorsiflexion_flexed_deg(self) -> float | None:
        """Passive dorsiflexion with the knee flexed, degrees."""
        return self.limb.measurements.get("dorsiflexion_knee_flexed")

    @cached_property
    def insensate(self) -> bool:
        """Sensation reduced, absent or unknown."""
        return self.clinical.insensate

    @cached_property
    def unstable(self) -> bool:
        """Mediolateral instability known to be there."""
        return self.clinical.mediolateral_instability in ("flexible", "fixed")

    @cached_property
    def over_weight(self) -> bool:
        """At or above the weight that thermoplastic is computed for."""
        return self.patient.weight_kg >= self.protocol.number("over_weight_kg") - EPSILON

    @cached_property
    def contracted(self) -> bool:
        """Knee flexion contracture known and above the limit."""
        contracture = self.clinical.knee_flexion_contracture
        return contracture is not None and contracture > self.protocol.number("contracture_limit_deg") + EPSILON

    @cached_property
    def thin_calf(self) -> bool:
        """An adult calf under the limit."""
        calf = self.limb.measurements["calf_circumference"]
        return not self.patient.is_child and calf < self.protocol.number("lowered_edge_calf_mm") - EPSILON

    @cached_property
    def nerve_at_risk(self) -> bool:
        """Peroneal injury, insensate or a thin adult calf: the top edge is lowered by default."""
        return self.clinical.diagnosis == "peroneal_nerve_injury" or self.insensate or self.thin_calf

    @cached_property
    def edge_lowered(self) -> bool:
        """Whether the top edge is lowered: as prescribed, else where the nerve is at risk."""
        prescribed = self.prescription.lowered_edge
        return self.nerve_at_risk if prescribed is None else prescribed

    def ashworth_at_least(self, grade: str) -> bool:
        """Spasticity known and at this grade or above."""
        known = self.clinical.ashworth
        return known is not None and ASHWORTH.index(known) >= ASHWORTH.index(grade)

    def quadriceps_below(self, grade: int) -> bool:
        """Quadriceps known and under this grade."""
        known = self.clinical.quadriceps_grade
        return known is not None and known < grade

    def plantarflexors_below(self, grade: int) -> bool:
        """Plantarflexors known and under this grade."""
        known = self.clinical.plantarflexor_grade
        return known is not None and known < grade

    @cached_property
    def shoe_foot_length_mm(self) -> float | None:
        """The foot length that full plate and shoe follow: of a partial foot, the other foot's; else None."""
        if self.limb.partial_foot == "none":
            return self.limb.measurements["foot_length"]
        if self.other is None or self.other.partial_foot != "none":
            return None
        return self.other.measurements.get("foot_length")
