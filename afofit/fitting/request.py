"""What an orthotist asks: one patient, one or two limbs; in mm, kg and degrees.

A field that is None is unknown. Unknown is never read as healthy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from afofit.fitting.values import Side

Sex = Literal["female", "male", "unspecified"]
ADULT_YEARS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What measurements are held against, of somebody whose form is half filled: height and weight where known."""

    age_years: float
    weight_kg: float | None = None
    sex: Sex = "unspecified"
    height_mm: float | None = None

    @property
    def is_child(self) -> bool:
        """Under 18."""
        return self.age_years < ADULT_YEARS


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Who is fitted. Weight is required, height is not."""

    age_years: float
    weight_kg: float
    sex: Sex = "unspecified"
    height_mm: float | None = None
    reference: str | None = None
    name: str | None = None
    birth_date: date | None = None
    mass_unit: str = field(default="kg", compare=False)
    """The unit in which masses were typed; findings answer in it."""

    @property
    def is_child(self) -> bool:
        """Under 18."""
        return self.age_years < ADULT_YEARS


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A named person has looked at an urgent sign and cleared it."""

    code: str
    by: str
    date: date
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Somebody has measured again and confirmed an unusual value (mm or degrees); it changes no number."""

    field: str
    value: float
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinical:
    """The clinical picture of one limb."""

    diagnosis: str | None = None
    affected_sides: tuple[Side, ...] | None = None
    ashworth: str | None = None
    sensation: str | None = None
    oedema: str | None = None
    skin: str | None = None
    circulation: str | None = None
    mediolateral_instability: str | None = None
    deformity_direction: str | None = None
    knee: str | None = None
    knee_flexion_contracture: float | None = None
    quadriceps_grade: int | None = None
    plantarflexor_grade: int | None = None
    dorsiflexor_grade: int | None = None
    ambulant: bool | None = None
    activity: str | None = None
    self_check: str | None = None
    urgent_signs: tuple[str, ...] | None = None
    cleared: tuple[Clearance, ...] = ()

    @property
    def insensate(self) -> bool:
        """Sensation reduced, absent or unknown."""
        return self.sensation != "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoe:
    """The shoe worn now. ``size`` is in its own system, the rest in mm."""

    system: str | None = None
    size: str | float | None = None
    width: str | None = None
    inside_length_mm: float | None = None
    heel_sole_differential_mm: float | None = None
    insole_thickness_mm: float | None = None
    base_length_mm: float | None = None
    insole_removable: bool = True
    depth_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """What the prescriber fixed; None leaves it to the protocol, ``engine`` to the rules."""

    design: str = "engine"
    footplate: str = "engine"
    shell_thickness_mm: float | None = None
    liner_thickness_mm: float | None = None
    sock_thickness_mm: float | None = None
    growth_allowance_mm: float | None = None
    side_wall_at_ball_mm: float | None = None
    dorsal_pad_mm: float | None = None
    target_shank_angle_deg: float | None = None
    lowered_edge: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the workshop is told besides; recorded and printed, never computed with."""

    practitioner: str | None = None
    facility: str | None = None
    order_number: str | None = None
    quantity: int | None = None
    date_needed: date | None = None
    material: str | None = None
    liner_material: str | None = None
    liner_extent: str | None = None
    colour: str | None = None
    joint_type: str | None = None
    plantarflexion_stop: str | None = None
    dorsiflexion_stop: str | None = None
    correction_strap: str | None = None
    correction_strap_side: str | None = None
    metatarsal_pad: bool | None = None
    closure_side: str | None = None
    one_handed: str | None = None
    heel_posting_side: str | None = None
    heel_posting_angle_deg: float | None = None
    forefoot_posting_side: str | None = None
    forefoot_posting_angle_deg: float | None = None
    arch_fill: bool | None = None
    ribs: bool | None = None
    cast_reference: str | None = None
    casting_angle_deg: float | None = None
    allergies: tuple[str, ...] | None = None
    previous_brace: str | None = None
    previous_brace_failure: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limb:
    """One leg as measured: means by field name (mm or degrees), and the readings they came from."""

    side: Side
    measurements: Mapping[str, float]
    readings: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    braced: bool = True
    partial_foot: str = "none"
    foot_loading: str | None = None
    measured_at: datetime | None = None
    clinical: Clinical = Clinical()
    shoe: Shoe = Shoe()
    prescription: Prescription = Prescription()
    order: Order = Order()
    confirmed: tuple[Confirmation, ...] = ()
    length_unit: str = field(default="mm", compare=False)
    """The unit in which lengths were typed; findings answer in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One fitting asked for: the patient and the measured limbs, left before right."""

    patient: Patient
    limbs: Mapping[Side, Limb]
