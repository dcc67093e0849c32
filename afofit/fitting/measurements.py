"""Every limb measurement, declared once. Form, schema, drawing and sheet are built from this.

Limits are in mm or degrees and inclusive: ``adult`` and ``any_age`` refuse, ``usual`` asks to look
again (adults). Their origin: 6,068 healthy adults measured in 2012 (ANSUR II, public domain) for
``usual``; judgement, far outside every real row, for the limits that refuse.
"""

from dataclasses import dataclass
from typing import Literal

Posture = Literal["seated", "lying", "standing"]
Unit = Literal["mm", "deg"]
Limits = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One declared input: what it is, how it is taken, what is possible and what is usual."""

    name: str
    code: str
    letter: str
    label: str
    hint: str
    how: str
    tool: str
    posture: Posture
    required: bool = False
    unit: Unit = "mm"
    any_age: Limits | None = None
    adult: Limits | None = None
    usual: Limits | None = None
    repeat_limit: float
    uncertainty: float
    model_key: str | None = None

    @property
    def quantity(self) -> str:
        """The name with its unit, as the rules know it."""
        return f"{self.name}_{self.unit}"


MEASUREMENTS: tuple[Measurement, ...] = (
    Measurement(
        name="fibular_head_height",
        code="M01",
        letter="A",
        label="Fibular head height",
        hint="floor to the highest point of the head",
        how="Seated, hip and knee at 90°, foot flat. Feel the bony knob on the outer side just below the "
        "knee, mark its highest point, measure straight up from the floor. Common error: the joint line, "
        "about 15 mm higher.",
        tool="measuring rod",
        posture="seated",
        required=True,
        any_age=(110, 600),
        adult=(280, 600),
        usual=(330, 565),
        repeat_limit=4,
        uncertainty=6,
    ),
    Measurement(
        name="fibular_neck_height",
        code="M02",
        letter="Y",
        label="Fibular neck height",
        hint="only if the head cannot be felt",
        how="Floor to the hollow just below the fibular head. The head is then estimated from it and the "
        "result says so. Leave it empty when the head was measured: the head wins.",
        tool="measuring rod",
        posture="seated",
        repeat_limit=4,
        uncertainty=6,
    ),
    Measurement(
        name="calf_circumference",
        code="M03",
        letter="B",
        label="Calf circumference",
        hint="largest, tape level, leg relaxed",
        how="Leg hanging or foot flat without load. Move the level tape up and down until it reads most, "
        "mark the level with a pen and read at the mark without indenting the skin.",
        tool="tape",
        posture="seated",
        required=True,
        any_age=(100, 700),
        adult=(160, 700),
        usual=(270, 520),
        repeat_limit=6,
        uncertainty=10,
        model_key="CC",
    ),
    Measurement(
        name="calf_circumference_height",
        code="M04",
        letter="C",
        label="Height of that level",
        hint="floor to the tape at the calf",
        how="Floor to the pen mark of the calf circumference.",
        tool="measuring rod",
        posture="seated",
        any_age=(20, 600),
        adult=(50, 600),
        repeat_limit=4,
        uncertainty=6,
    ),
    Measurement(
        name="ankle_circumference",
        code="M05",
        letter="D",
        label="Ankle circumference",
        hint="smallest, above the malleoli",
        how="Level tape at the narrowest place above both malleoli. With swelling, measure at the largest "
        "time of the day and write the time down.",
        tool="tape",
        posture="seated",
        required=True,
        any_age=(80, 450),
        adult=(120, 450),
        usual=(165, 295),
        repeat_limit=5,
        uncertainty=7,
        model_key="AC",
    ),
    Measurement(
        name="malleolar_width",
        code="M06",
        letter="E",
        label="Malleolar width",
        hint="caliper on both points, light touch",
        how="Caliper over the outermost points of both malleoli, level, in light contact.",
        tool="caliper",
        posture="seated",
        required=True,
        any_age=(28, 120),
        adult=(45, 120),
        usual=(54, 93),
        repeat_limit=2,
        uncertainty=3,
        model_key="BM",
    ),
    Measurement(
        name="medial_malleolus_tip_height",
        code="M07",
        letter="F",
        label="Medial malleolus tip height",
        hint="floor to its lowest point, inner side",
        how="Floor to the lowest point of the inner malleolus. A hinged brace has its axis here.",
        tool="measuring rod",
        posture="seated",
        any_age=(15, 120),
        adult=(30, 120),
        repeat_limit=4,
        uncertainty=6,
    ),
    Measurement(
        name="lateral_malleolus_apex_height",
        code="M08",
        letter="T",
        label="Lateral malleolus apex height",
        hint="floor to its most prominent point",
        how="Floor to the most prominent point of the outer malleolus.",
        tool="measuring rod",
        posture="seated",
        any_age=(15, 120),
        adult=(30, 120),
        usual=(44, 94),
        repeat_limit=4,
        uncertainty=6,
        model_key="MH",
    ),
    Measurement(
        name="foot_length",
        code="M09",
        letter="J",
        label="Foot length",
        hint="back of heel to longest toe",
        how="Standing, weight on both feet, on the foot board: from the back of the heel to the longest "
        "toe, along the line of the second toe. Seated feet measure 3–5 % shorter.",
        tool="foot board",
        posture="standing",
        required=True,
        any_age=(90, 380),
        adult=(120, 380),
        usual=(205, 320),
        repeat_limit=3,
        uncertainty=3,
        model_key="FL",
    ),
    Measurement(
        name="ball_length",
        code="M10",
        letter="M",
        label="Ball length",
        hint="back of heel to first metatarsal head",
        how="Standing: from the back of the heel to the most medial point of the first metatarsal head, "
        "along the same line as the foot length.",
        tool="foot board",
        posture="standing",
        required=True,
        any_age=(60, 290),
        adult=(105, 290),
        usual=(150, 240),
        repeat_limit=3,
        uncertainty=3,
        model_key="BL",
    ),
    Measurement(
        name="lateral_ball_length",
        code="M11",
        letter="N",
        label="Outer ball length",
        hint="back of heel to fifth metatarsal head",
        how="Standing: from the back of the heel to the most lateral point of the fifth metatarsal head. "
        "Without it the length is estimated and the result says so.",
        tool="foot board",
        posture="standing",
        any_age=(30, 290),
        adult=(50, 290),
        repeat_limit=3,
        uncertainty=3,
    ),
    Measurement(
        name="forefoot_width",
        code="M12",
        letter="P",
        label="Forefoot width",
        hint="across the metatarsal heads",
        how="Standing: caliper level across the first and the fifth metatarsal head.",
        tool="caliper",
        posture="standing",
        required=True,
        any_age=(35, 160),
        adult=(55, 160),
        usual=(75, 125),
        repeat_limit=2,
        uncertainty=3,
        model_key="FB",
    ),
    Measurement(
        name="heel_width",
        code="M13",
        letter="K",
        label="Heel width",
        hint="16 % of foot length from the back",
        how="Standing: caliper across the heel, at 16 % of the foot length from the back of the heel "
        "(43 mm for a foot of 270 mm).",
        tool="caliper",
        posture="standing",
        required=True,
        any_age=(25, 120),
        adult=(35, 120),
        usual=(50, 95),
        repeat_limit=3,
        uncertainty=3,
        model_key="HB",
    ),
    Measurement(
        name="ball_girth",
        code="M14",
        letter="W",
        label="Ball girth",
        hint="tape around the metatarsal heads",
        how="Standing: tape around the first and the fifth metatarsal head, snug, not indenting.",
        tool="tape",
        posture="standing",
        any_age=(95, 400),
        adult=(140, 400),
        usual=(185, 308),
        repeat_limit=4,
        uncertainty=6,
        model_key="BC",
    ),
    Measurement(
        name="heel_instep_girth",
        code="M15",
        letter="V",
        label="Heel–instep girth",
        hint="back of heel, over the instep",
        how="Tape from the back of the heel over the bend of the ankle and back.",
        tool="tape",
        posture="seated",
        any_age=(120, 560),
        adult=(200, 560),
        usual=(260, 405),
        repeat_limit=4,
        uncertainty=6,
        model_key="HA",
    ),
    Measurement(
        name="navicular_height",
        code="M16",
        letter="U",
        label="Navicular height",
        hint="floor to the tuberosity, inner side",
        how="Floor to the tuberosity of the navicular on the inner side of the midfoot.",
        tool="ruler",
        posture="seated",
        any_age=(5, 100),
        adult=(5, 100),
        repeat_limit=4,
        uncertainty=6,
    ),
    Measurement(
        name="dorsiflexion_knee_extended",
        code="M17",
        letter="G",
        label="Dorsiflexion, knee straight",
        hint="passive, hindfoot held in neutral",
        how="Knee straight, hindfoot held in neutral so that the midfoot does not give. How far past 90° "
        "does the foot come, or how far short of 90° does it stop?",
        tool="goniometer",
        posture="lying",
        required=True,
        unit="deg",
        any_age=(-60, 45),
        adult=(-60, 45),
        repeat_limit=5,
        uncertainty=6,
    ),
    Measurement(
        name="dorsiflexion_knee_flexed",
        code="M18",
        letter="H",
        label="Dorsiflexion, knee bent",
        hint="the same with the knee bent",
        how="The same with the knee bent to 90°. It is never less than with the knee straight, save for "
        "measuring error.",
        tool="goniometer",
        posture="lying",
        unit="deg",
        any_age=(-60, 50),
        adult=(-60, 50),
        repeat_limit=5,
        uncertainty=6,
    ),
    Measurement(
        name="toe_out",
        code="M19",
        letter="X",
        label="Toe-out",
        hint="foot against the line of walking",
        how="Standing or walking: angle of the foot to the line of progression; outward is toe-out, inward is toe-in.",
        tool="goniometer",
        posture="standing",
        unit="deg",
        any_age=(-45, 60),
        adult=(-45, 60),
        usual=(0, 15),
        repeat_limit=5,
        uncertainty=6,
    ),
)

BY_NAME: dict[str, Measurement] = {measurement.name: measurement for measurement in MEASUREMENTS}

REQUIRED_UNBRACED = ("foot_length", "forefoot_width")
"""All that a limb without a brace needs: it is measured for its shoe."""


def required(*, braced: bool) -> tuple[str, ...]:
    """The names that a limb must bring; the fibular neck may stand in for the head."""
    if not braced:
        return REQUIRED_UNBRACED
    return tuple(measurement.name for measurement in MEASUREMENTS if measurement.required)
