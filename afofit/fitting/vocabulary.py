"""Every field of a request that is not a limb measurement, declared once with its allowed values.

Lengths and masses are limited in mm and kg here; the schemas convert them from the units asked.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "choice", "choices", "length", "mass", "angle", "grade", "count", "years", "flag", "text", "date", "moment", "size"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One declared field: its words, what kind of thing it is and what is allowed."""

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None
    hint: str = ""
    unknown: bool = False

    @property
    def quantity(self) -> str:
        """The attribute of the request that holds it, with its unit."""
        return self.name + {"length": "_mm", "mass": "_kg"}.get(self.kind, "")

    @property
    def values(self) -> tuple[str, ...]:
        """The codes of the choices."""
        return tuple(code for code, _ in self.choices)


SIDE_CHOICES = (("left", "Left"), ("right", "Right"))
SEX_CHOICES = (("female", "Female"), ("male", "Male"), ("unspecified", "Not stated"))

DIAGNOSES = (
    ("peroneal_nerve_injury", "Peroneal nerve injury"),
    ("multiple_sclerosis", "Multiple sclerosis"),
    ("stroke", "Stroke"),
    ("charcot_marie_tooth", "Charcot-Marie-Tooth"),
    ("cerebral_palsy", "Cerebral palsy"),
    ("als", "Amyotrophic lateral sclerosis"),
    ("muscular_dystrophy", "Muscular dystrophy"),
    ("lumbar_radiculopathy", "Lumbar radiculopathy"),
    ("diabetic_neuropathy", "Diabetic neuropathy"),
    ("spina_bifida", "Spina bifida"),
    ("poliomyelitis", "Poliomyelitis, post-polio"),
    ("other", "Other"),
)

URGENT_SIGNS = (
    ("calf_pain_swelling", "Calf newly painful, swollen or warm"),
    ("new_back_pain_with_foot_drop", "Foot drop began with new back pain"),
    ("saddle_numbness", "Numb between the legs (saddle area)"),
    ("bladder_bowel_change", "Change of bladder or bowel control"),
    ("recent_trauma", "Recent injury to the leg or back"),
    ("rapidly_progressive_weakness", "Weakness getting worse within days or weeks"),
    ("hot_swollen_foot", "Hot, red or swollen foot"),
)
CLEARABLE_SIGNS = ("recent_trauma", "new_back_pain_with_foot_drop")

DESIGNS = (
    ("posterior_leaf_spring", "Posterior leaf spring"),
    ("semi_solid", "Semi-solid"),
    ("solid", "Solid"),
    ("hinged", "Hinged"),
    ("ground_reaction", "Ground reaction"),
    ("carbon_anterior", "Carbon, anterior shell (prefabricated)"),
)
FOOTPLATES = (("three_quarter", "Three-quarter"), ("sulcus", "Sulcus"), ("full", "Full"))
PARTIAL_FEET = (
    ("none", "Whole foot"),
    ("toes", "Toes missing"),
    ("transmetatarsal", "Transmetatarsal"),
    ("more", "More than that"),
)
FOOT_LOADINGS = (("standing", "Standing"), ("seated", "Seated"))
SHOE_SYSTEMS = (
    ("us_men", "US men"),
    ("us_women", "US women"),
    ("us_child", "US child"),
    ("uk", "UK"),
    ("uk_child", "UK child"),
    ("eu", "EU"),
    ("eu_child", "EU child"),
    ("mondopoint", "Mondopoint (mm)"),
    ("jp", "Japan (cm)"),
)
WIDTHS = tuple((letter, letter) for letter in ("4A", "2A", "B", "D", "2E", "4E", "6E", "N", "M", "W", "XW"))
DEPTHS = (
    ("ordinary", "Ordinary"),
    ("depth", "Depth"),
    ("extra_depth", "Extra depth"),
    ("double_depth", "Double depth"),
    ("custom", "Custom"),
)

PATIENT: tuple[Field, ...] = (
    Field(name="reference", label="Reference", kind="text", hint="your own number for this person"),
    Field(name="name", label="Name", kind="text", hint="printed on the sheet; optional"),
    Field(name="birth_date", label="Date of birth", kind="date"),
    Field(name="age_years", label="Age", kind="years", low=0, high=120, hint="years, or give the date of birth"),
    Field(name="sex", label="Sex", kind="choice", choices=SEX_CHOICES, hint="for shoe scales"),
    Field(name="height", label="Height", kind="length", low=600, high=2500, hint="optional; helps to find slips"),
    Field(name="weight", label="Weight", kind="mass", low=6, high=350, hint="decides the shell thickness"),
)
ADULT_HEIGHT_MM = (900.0, 2500.0)
ADULT_WEIGHT_KG = (20.0, 350.0)

CLINICAL: tuple[Field, ...] = (
    Field(
        name="urgent_signs",
        label="Urgent signs",
        kind="choices",
        choices=URGENT_SIGNS,
        unknown=True,
        hint="ask each one",
    ),
    Field(name="diagnosis", label="Diagnosis", kind="choice", choices=DIAGNOSES, unknown=True),
    Field(name="affected_sides", label="Affected side", kind="choices", choices=SIDE_CHOICES, unknown=True),
    Field(
        name="skin",
        label="Skin where the brace lies",
        kind="choice",
        choices=(("intact", "Intact"), ("fragile", "Fragile"), ("wound", "Wound")),
        unknown=True,
    ),
    Field(
        name="circulation",
        label="Circulation",
        kind="choice",
        choices=(("normal", "Normal"), ("reduced", "Reduced"), ("critical", "Critical")),
        unknown=True,
    ),
    Field(
        name="sensation",
        label="Sensation of the sole",
        kind="choice",
        choices=(("normal", "Normal"), ("reduced", "Reduced"), ("absent", "Absent")),
        unknown=True,
        hint="10 g monofilament; unknown counts as reduced",
    ),
    Field(
        name="oedema",
        label="Oedema",
        kind="choice",
        choices=(("none", "None"), ("stable", "Stable"), ("fluctuating", "Fluctuating")),
        unknown=True,
    ),
    Field(
        name="ashworth",
        label="Spasticity (modified Ashworth)",
        kind="choice",
        choices=tuple((grade, grade) for grade in ("0", "1", "1+", "2", "3", "4")),
        unknown=True,
        hint="plantarflexors",
    ),
    Field(
        name="mediolateral_instability",
        label="Ankle leans sideways under load",
        kind="choice",
        choices=(("none", "No"), ("flexible", "Yes, correctable"), ("fixed", "Yes, fixed")),
        unknown=True,
        hint="mediolateral instability",
    ),
    Field(
        name="deformity_direction",
        label="Which way",
        kind="choice",
        choices=(("varus", "Varus (outward)"), ("valgus", "Valgus (inward)")),
        unknown=True,
    ),
    Field(
        name="knee",
        label="Knee in stance",
        kind="choice",
        choices=(("stable", "Stable"), ("hyperextension", "Hyperextends"), ("crouch", "Crouch")),
        unknown=True,
    ),
    Field(
        name="knee_flexion_contracture",
        label="Knee flexion contracture",
        kind="angle",
        low=0,
        high=90,
        unknown=True,
        hint="0 if the knee straightens fully",
    ),
    Field(name="quadriceps_grade", label="Quadriceps", kind="grade", low=0, high=5, unknown=True),
    Field(name="plantarflexor_grade", label="Plantarflexors", kind="grade", low=0, high=5, unknown=True),
    Field(name="dorsiflexor_grade", label="Dorsiflexors", kind="grade", low=0, high=5, unknown=True),
    Field(name="ambulant", label="Walks", kind="flag", unknown=True, hint="with or without aids"),
    Field(
        name="activity",
        label="Activity",
        kind="choice",
        choices=(("low", "Low"), ("moderate", "Moderate"), ("high", "High")),
        unknown=True,
    ),
    Field(
        name="self_check",
        label="Who checks the skin",
        kind="choice",
        choices=(("self", "The person"), ("carer", "A carer"), ("nobody", "Nobody")),
        unknown=True,
    ),
)

SHOE: tuple[Field, ...] = (
    Field(name="system", label="Size system", kind="choice", choices=SHOE_SYSTEMS),
    Field(name="size", label="Size", kind="size", hint="as on the shoe; children's 13.5, 1C, 1Y"),
    Field(name="width", label="Width", kind="choice", choices=WIDTHS),
    Field(
        name="heel_sole_differential",
        label="Heel-sole differential",
        kind="length",
        low=-10,
        high=60,
        hint="heel height minus sole height at the ball",
    ),
    Field(name="insole_thickness", label="Insole thickness", kind="length", low=0, high=15, hint="of the loose insole"),
    Field(name="insole_removable", label="Insole comes out", kind="flag"),
    Field(name="inside_length", label="Inside length", kind="length", low=80, high=400, hint="measured; beats a label"),
    Field(
        name="base_length",
        label="Base length",
        kind="length",
        low=40,
        high=260,
        hint="heel centre to ball line on the sole; else estimated",
    ),
    Field(name="depth_class", label="Depth", kind="choice", choices=DEPTHS),
)

PRESCRIPTION: tuple[Field, ...] = (
    Field(name="design", label="Design", kind="choice", choices=(("engine", "Choose for me"), *DESIGNS)),
    Field(name="footplate", label="Footplate", kind="choice", choices=(("engine", "Choose for me"), *FOOTPLATES)),
    Field(
        name="target_shank_angle",
        label="Target shank angle",
        kind="angle",
        low=0,
        high=15,
        hint="rigid designs; else 11°, spina bifida 7°",
    ),
    Field(name="shell_thickness", label="Shell thickness", kind="length", low=2, high=8, hint="else by weight, design"),
    Field(
        name="liner_thickness",
        label="Liner thickness",
        kind="length",
        low=0,
        high=10,
        hint="else 3 mm; leaf spring 0 mm, 3 mm if insensate",
    ),
    Field(
        name="sock_thickness", label="Sock thickness", kind="length", low=0, high=5, hint="else 1.5 mm; child 1.2 mm"
    ),
    Field(
        name="growth_allowance",
        label="Growth allowance",
        kind="length",
        low=0,
        high=15,
        hint="children, full footplate; else 8 mm",
    ),
    Field(
        name="side_wall_at_ball",
        label="Side wall at the ball",
        kind="length",
        low=0,
        high=10,
        hint="else the shell thickness; leaf spring and carbon 0 mm",
    ),
    Field(
        name="dorsal_pad",
        label="Dorsal pad",
        kind="length",
        low=0,
        high=15,
        hint="else 3 mm; leaf spring and carbon 0 mm",
    ),
    Field(name="lowered_edge", label="Top edge lowered (nerve-sparing)", kind="flag"),
)

STOPS = (("fixed", "Fixed"), ("adjustable", "Adjustable"), ("free", "Free"))
EDGES = (("medial", "Medial (inner)"), ("lateral", "Lateral (outer)"))

ORDER: tuple[Field, ...] = (
    Field(name="practitioner", label="Practitioner", kind="text"),
    Field(name="facility", label="Facility", kind="text"),
    Field(name="order_number", label="Order number", kind="text"),
    Field(name="quantity", label="Quantity", kind="count", low=1, high=99),
    Field(name="date_needed", label="Date needed", kind="date"),
    Field(
        name="material",
        label="Material",
        kind="choice",
        choices=(
            ("polypropylene_homopolymer", "Polypropylene, homopolymer"),
            ("polypropylene_copolymer", "Polypropylene, copolymer"),
            ("polyethylene", "Polyethylene"),
            ("carbon_composite", "Carbon composite"),
            ("other", "Other, see note"),
        ),
    ),
    Field(
        name="liner_material",
        label="Liner material",
        kind="choice",
        choices=(
            ("polyethylene_foam", "Closed-cell polyethylene foam"),
            ("eva", "EVA"),
            ("other", "Other, see note"),
            ("none", "None"),
        ),
    ),
    Field(
        name="liner_extent",
        label="Liner extent",
        kind="choice",
        choices=(("full", "Full"), ("calf", "Calf"), ("foot", "Foot"), ("malleoli", "Malleoli"), ("none", "None")),
    ),
    Field(name="colour", label="Colour or pattern", kind="text"),
    Field(
        name="joint_type",
        label="Joint type",
        kind="choice",
        choices=(("flexure", "Flexure"), ("single_axis", "Single axis"), ("other", "Other, see note")),
        hint="hinged braces",
    ),
    Field(name="plantarflexion_stop", label="Plantarflexion stop", kind="choice", choices=STOPS),
    Field(name="dorsiflexion_stop", label="Dorsiflexion stop", kind="choice", choices=STOPS),
    Field(
        name="correction_strap",
        label="Correction strap",
        kind="choice",
        choices=(("varus", "Against varus"), ("valgus", "Against valgus"), ("none", "None")),
    ),
    Field(name="correction_strap_side", label="Correction strap on", kind="choice", choices=EDGES),
    Field(name="metatarsal_pad", label="Metatarsal pad", kind="flag"),
    Field(name="closure_side", label="Straps close on", kind="choice", choices=EDGES),
    Field(
        name="one_handed",
        label="One-handed closure",
        kind="choice",
        choices=(("left", "Left hand"), ("right", "Right hand"), ("no", "No")),
        hint="which hand closes it",
    ),
    Field(name="heel_posting_side", label="Heel posting", kind="choice", choices=EDGES),
    Field(name="heel_posting_angle", label="Heel posting angle", kind="angle", low=0, high=15),
    Field(name="forefoot_posting_side", label="Forefoot posting", kind="choice", choices=EDGES),
    Field(name="forefoot_posting_angle", label="Forefoot posting angle", kind="angle", low=0, high=15),
    Field(name="arch_fill", label="Arch fill", kind="flag"),
    Field(name="ribs", label="Ribs", kind="flag"),
    Field(name="cast_reference", label="Cast or scan reference", kind="text"),
    Field(name="casting_angle", label="Casting angle", kind="angle", low=-60, high=45, hint="ankle in cast or scan"),
    Field(
        name="allergies",
        label="Allergies",
        kind="choices",
        choices=(("latex", "Latex"), ("neoprene", "Neoprene"), ("nickel", "Nickel")),
        unknown=True,
    ),
    Field(name="previous_brace", label="Previous brace", kind="text"),
    Field(name="previous_brace_failure", label="What failed on it", kind="text"),
    Field(name="note", label="Note to the workshop", kind="text"),
)
"""Recorded and printed, never computed with."""

LIMB: tuple[Field, ...] = (
    Field(name="braced", label="Braced", kind="flag"),
    Field(name="partial_foot", label="Partial foot", kind="choice", choices=PARTIAL_FEET),
    Field(name="foot_loading", label="Foot measured", kind="choice", choices=FOOT_LOADINGS),
    Field(name="measured_at", label="Measured at", kind="moment", hint="time of day matters with swelling"),
)

GROUPS: dict[str, tuple[Field, ...]] = {
    "patient": PATIENT,
    "clinical": CLINICAL,
    "shoe": SHOE,
    "prescription": PRESCRIPTION,
    "order": ORDER,
    "limb": LIMB,
}
