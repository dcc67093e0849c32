"""Every finding in words: a title of a few words and a message that says what, against what, and what to do."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from afofit.fitting.measurements import BY_NAME
from afofit.fitting.plausibility import Doubt
from afofit.fitting.values import Finding
from afofit.fitting.vocabulary import URGENT_SIGNS
from afofit.words.choices import label
from afofit.words.fields import listed, name, names
from afofit.words.numbers import day, length, mass, moment, plain, quantity, reach, thickness, whole
from afofit.words.reasons import reason

TITLES = {
    "urgent_referral": "Urgent sign: medical opinion first",
    "open_wound": "Wound where the brace would lie",
    "critical_circulation": "Critical circulation",
    "severe_equinus": "Severe equinus",
    "hinge_needs_range": "A hinge needs range",
    "neutral_not_attainable": "90° cannot be reached",
    "neutral_borderline": "90° is not quite reached",
    "gastrocnemius_tightness": "Tight gastrocnemius",
    "positioning_device": "Not walking",
    "no_engine_design": "No design chosen",
    "contracture": "Knee flexion contracture",
    "muscular_dystrophy": "Muscular dystrophy",
    "insensate": "Sensation not intact",
    "liner_recommended": "Liner recommended",
    "oedema": "Oedema",
    "spasticity": "Spasticity",
    "severe_spasticity": "Severe spasticity",
    "fragile_skin": "Fragile skin",
    "reduced_circulation": "Reduced circulation",
    "weak_quadriceps": "Weak quadriceps",
    "fixed_deformity": "Fixed deformity",
    "direction_unknown": "Varus or valgus not stated",
    "leaf_spring_mismatch": "A leaf spring may not hold this ankle",
    "hinge_mismatch": "A hinge may not suit this leg",
    "carbon_mismatch": "Anterior carbon may not suit this leg",
    "over_weight_limit": "Above the weight limit",
    "thickness_capped": "Thickest sheet reached",
    "nerve_crossing": "Nerve under the top edge",
    "edge_on_malleolus": "Edge over the malleoli",
    "anterior_shell_not_computed": "Anterior shell not computed",
    "heel_build_up_withheld": "No heel build-up given",
    "heel_build_up_trial": "Heel build-up: try it first",
    "large_heel_build_up": "Large heel build-up",
    "heel_too_high": "Heel of this shoe is too high",
    "size_increase_large": "Shoe much longer than the foot",
    "size_increase_near_limit": "Shoe length near the limit",
    "measurement_unusual": "Unusual measurement",
    "sides_differ": "The two legs differ",
    "side_check": "Check the side",
    "reading_spread": "Readings apart",
    "seated_foot": "Foot measured seated",
    "partial_foot": "Partial foot",
    "very_young": "Very young child",
    "estimated_input": "A measurement was estimated",
    "not_assessed": "Not assessed",
    "growth": "Measure again",
    "activity_review": "High activity",
}

MESSAGES = {
    "open_wound": "There is a wound on the part to be braced. No brace until it has healed; ask the wound team.",
    "critical_circulation": "The circulation is critical. No brace before a vascular opinion.",
    "severe_equinus": "The ankle stops {reach}. No brace before a medical opinion on the contracture.",
    "neutral_not_attainable": "The foot stops {reach} with the knee straight. This brace cannot hold a right angle: it "
    "follows the ankle. Ask for an opinion on stretching, casting or surgery.",
    "neutral_borderline": "The foot stops {reach} with the knee straight, within the error of a goniometer. Measure "
    "again; if it stays, the brace follows the ankle.",
    "gastrocnemius_tightness": "Knee straight {extended}, knee bent {flexed}: the gastrocnemius is tight. The value "
    "with the knee straight decides; forcing 90° would bend the knee or break the midfoot.",
    "positioning_device": "The person does not walk. A static positioning device is another thing; a walking brace is "
    "computed only where one is prescribed.",
    "contracture": "Knee flexion contracture of {angle_deg}° (above {limit_deg}°). An ankle brace cannot straighten "
    "the knee; ask for an opinion.",
    "muscular_dystrophy": "In muscular dystrophy a brace can take walking away. The neuromuscular team decides.",
    "insensate": "Sensation is {sensation}. Full liner and slow wear plan; eyes instead of pain: {eyes} the skin after "
    "every wear.",
    "liner_recommended": "No liner is prescribed though sensation is not intact. Prescribe a full liner of 3 mm or "
    "more, or record why not.",
    "oedema": "Oedema is {oedema}. Measure at the largest time of day and write the time down{extremes}.",
    "spasticity": "Ashworth {ashworth}: the brace must hold against the calf. Check the heel stays seated.",
    "severe_spasticity": "Ashworth {ashworth}: refer for treatment of the spasticity; a brace alone may not be worn.",
    "fragile_skin": "The skin is fragile. Soft liner, wide flares, short wears and a look after each.",
    "reduced_circulation": "The circulation is reduced. Low pressure, short wears, and ask the physician.",
    "weak_quadriceps": "Quadriceps grade {grade} (below 3): the knee may buckle. Consider a knee-ankle-foot orthosis.",
    "fixed_deformity": "The deformity is fixed. It must be accommodated: take a cast, do not build from numbers.",
    "direction_unknown": "Varus or valgus is not stated. The side of the correcting strap depends on it; state it.",
    "leaf_spring_mismatch": "A leaf spring yields; against it speak: {against}. Consider a stiffer design.",
    "hinge_mismatch": "A free hinge lets the shank fall forward; against it speak: {against}. Consider a rigid design.",
    "carbon_mismatch": "Makers limit anterior carbon frames; against it speak: {against}. Consider a moulded design.",
    "over_weight_limit": "Body weight {weight} is at or above {limit}. Thermoplastic is not computed there: refer for "
    "a reinforced, composite or metal brace.",
    "thickness_capped": "One sheet more was asked, but {thickness} is the thickest. Add ribs or choose a composite.",
    "nerve_crossing": "The top edge lies {offset} below the apex of the fibular head. The common peroneal nerve "
    "crosses at about 22–47 mm: neither edge setting clears it. Build in the relief and the flare, and check the "
    "pressure on the limb.",
    "edge_on_malleolus": "The edge of a semi-solid brace runs over the malleoli. Pad or flare it, and check the skin.",
    "anterior_shell_not_computed": "The anterior shell, its closure and height are not computed. Take them from the "
    "cast.",
    "heel_build_up_withheld": "No heel build-up is given: {because}. {then}",
    "heel_build_up_trial": "A build-up of {build_up} would lean the shank to {target}°. Try it standing with loose "
    "wedges first, and measure again.",
    "large_heel_build_up": "{build_up} of build-up is large: unstable, and it lengthens the leg. {refer}Lower the "
    "target angle{calf}, and raise the other side.",
    "heel_too_high": "The heel of this shoe is {build_up} too high for the target. Choose a lower heel.",
    "size_increase_large": "The shoe would be {increase} longer than the foot (limit {cap}): people trip. Use width "
    "and depth first, and ask whether the footplate is too long.",
    "size_increase_near_limit": "The shoe would be {increase} longer than the foot, close to the limit of {cap}.",
    "seated_foot": "A seated foot measures 3–5 % shorter than a standing one. Measure it standing if possible.",
    "very_young": "Age {age} years: the figures were made for older people and are coarse. Check each on the child.",
    "activity_review": "A plastic leaf spring tires with high activity. Consider carbon, or review at 6 weeks.",
}
SENSATION = {"reduced": "reduced", "absent": "absent", "unknown": "not assessed and counts as reduced"}
WHO_LOOKS = {
    "self": "the person looks at",
    "carer": "a carer looks at",
    "nobody": "nobody has been named to look at",
    None: "somebody must look at",
}
WITHHELD = {
    "quadriceps_unknown": "quadriceps not assessed",
    "quadriceps_weak": "quadriceps below grade 4",
    "crouch": "crouch",
    "contracture": "knee flexion contracture above {contracture_deg:g}°",
    "differential_unknown": "heel-sole differential of the shoe not known",
    "too_high": "more than {highest_mm:g} mm would be needed",
}
PARTIAL_FOOT = {
    "toes": "The toes are missing",
    "transmetatarsal": "The foot ends at the metatarsals",
    "more": "More than the forefoot is missing",
}


def title(finding: Finding) -> str:
    """A few words that name the finding."""
    return TITLES[finding.code]


def message(finding: Finding) -> str:
    """What was found, against what, and what to do; whole millimetres, angles in words."""
    facts = finding.facts
    composed = COMPOSED.get(finding.code)
    if composed is not None:
        return composed(finding)
    return MESSAGES[finding.code].format(**_shown(facts))


def _shown(facts: Mapping[str, Any]) -> dict[str, object]:
    """Facts as the templates show them: rounded, with units, angles in words."""
    shown: dict[str, object] = dict(facts)
    rounded: dict[str, tuple[str, Callable[[float], str]]] = {
        "dorsiflexion_deg": ("reach", reach),
        "extended_deg": ("extended", reach),
        "flexed_deg": ("flexed", reach),
        "weight_kg": ("weight", mass),
        "thickness_mm": ("thickness", thickness),
        "offset_mm": ("offset", length),
        "build_up_mm": ("build_up", lambda number: length(abs(number))),
        "increase_mm": ("increase", lambda number: quantity(number, "mm")),
        "target_deg": ("target", lambda number: plain(number, 1)),
        "angle_deg": ("angle_deg", lambda number: plain(number, 1)),
        "limit_deg": ("limit_deg", lambda number: plain(number, 1)),
        "limit_kg": ("limit", mass),
        "cap_mm": ("cap", lambda number: quantity(number, "mm")),
        "age_years": ("age", lambda number: plain(number, 1)),
    }
    for fact, (word, show) in rounded.items():
        if fact in facts:
            shown[word] = show(facts[fact])
    if "against" in facts:
        shown["against"] = names(facts["against"])
    if "refer" in facts:
        shown["refer"] = f"Above {quantity(facts['refer_mm'], 'mm')} refer. " if facts["refer"] else ""
        shown["calf"] = ", treat the calf first" if facts["short_deg"] else ""
    if "sensation" in facts:
        shown["sensation"] = SENSATION[facts["sensation"]]
        shown["eyes"] = WHO_LOOKS[facts["self_check"]]
    if "oedema" in facts:
        shown["oedema"] = label("oedema", facts["oedema"]).lower()
        shown["extremes"] = ", and at the smallest" if facts["oedema"] == "fluctuating" else ""
    return shown


def _urgent(finding: Finding) -> str:
    signs = listed([dict(URGENT_SIGNS)[sign].lower() for sign in finding.facts["signs"]])  # type: ignore[attr-defined]
    cleared: Any = finding.facts["cleared"]
    by = listed([f"{dict(URGENT_SIGNS)[one.code].lower()} by {one.by} on {day(one.date)}" for one in cleared])
    if finding.severity == "stop":
        return f"Refer today: {signs}. No brace is computed before a doctor has seen this." + (
            f" Cleared: {by}." if by else ""
        )
    return f"Cleared: {by}. Ask again at the fitting."


def _hinge(finding: Finding) -> str:
    text = reach(float(str(finding.facts["dorsiflexion_deg"])))
    needed = plain(float(str(finding.facts["needed_deg"])), 1)
    then = "No hinged brace." if finding.severity == "stop" else "Block the hinge at 90° or choose a rigid brace."
    return (
        f"The ankle comes {text}; a free hinge needs {needed}° past 90° with the knee straight. The movement would "
        f"come from the midfoot. {then}"
    )


def _declined(finding: Finding) -> str:
    reasons: Any = finding.facts["reasons"]
    return (
        f"The rules do not choose here: {'; '.join(reason(one) for one in reasons)}. "
        "A design that an orthotist prescribes is computed, with its cautions."
    )


def _withheld(finding: Finding) -> str:
    reasons: Any = finding.facts["reasons"]
    then = (
        "Measure the shoe at heel and ball."
        if reasons == ("differential_unknown",)
        else "Leaning the shank asks more of the knee; an orthotist decides with the person standing."
    )
    because = listed([WITHHELD[one].format(**finding.facts) for one in reasons])
    return MESSAGES["heel_build_up_withheld"].format(because=because, then=then)


def _unit(field: str) -> str:
    if field == "weight":
        return "kg"
    return BY_NAME[field].unit if field in BY_NAME else "mm"


def _doubt(doubt: Doubt) -> str:
    value = quantity(doubt.value, _unit(doubt.field))
    field = name(doubt.field)
    if doubt.kind == "range" and doubt.low is not None and doubt.high is not None:
        usual = f"{whole(doubt.low)} to {quantity(round(doubt.high), _unit(doubt.field))}"
        return f"{field} {value} is unusual (usual: {usual})"
    if doubt.kind == "age" and doubt.low is not None and doubt.high is not None:
        return f"{field} {value} is unusual at this age ({whole(doubt.low)} to {length(doubt.high)})"
    if doubt.kind == "flexed":
        return f"{field} is unusual: {reach(doubt.value)}, less than with the knee straight ({reach(doubt.low or 0)})"
    if doubt.against:
        return f"{field} {value} is unusual beside the {name(doubt.against)}"
    return f"{field} {value} is unusual beside the other measurements"


def _unusual(finding: Finding) -> str:
    doubts: Any = finding.facts["doubts"]
    text = "; ".join(_doubt(doubt) for doubt in doubts)
    return f"{text[0].upper()}{text[1:]}. {_then(finding, 'Measure again; if it stays, keep it.')}"


def _then(finding: Finding, again: str, anyway: str = "") -> str:
    """What to do about a doubt, or who has already done it; ``anyway`` holds after that too."""
    confirmed: Any = finding.facts.get("confirmed", ())
    if not confirmed:
        return again
    alone = len(finding.about) == 1
    said = "; ".join(("" if alone else f"{name(one.field)}, ") + _who(one.by, one.at) for one in confirmed)
    left = {*finding.about} - {one.field for one in confirmed}
    parts = [f"{said[0].upper()}{said[1:].rstrip('.')}.", "Measure the others again." if left else "", anyway]
    return " ".join(part for part in parts if part)


def _who(by: str | None, at: datetime | None) -> str:
    return f"measured again and confirmed{f' by {by}' if by else ''}{f' on {moment(at)}' if at else ''}"


def _sides(finding: Finding) -> str:
    apart: Any = finding.facts["apart"]
    left_first = finding.facts["side"] == "left"
    parts = []
    for field, (here, there) in apart.items():
        left, right = (here, there) if left_first else (there, here)
        parts.append(f"{name(field)} left {length(left)}, right {length(right)}")
    text = "; ".join(parts)
    then = _then(finding, "Measure both again at a pen mark; note why they differ.", "Note why they differ.")
    return f"{text[0].upper()}{text[1:]}. {then}"


def _side(finding: Finding) -> str:
    side = str(finding.facts["side"])
    parts = []
    reasons: Any = finding.facts["reasons"]
    if "not_affected" in reasons:
        parts.append(f"the {side} leg is braced but not named as affected")
    if "thicker_calf" in reasons:
        share = plain(100 * float(str(finding.facts["share"])), 1)
        parts.append(f"the {side} calf is more than {share} % thicker than the other, though a weak leg usually wastes")
    text = listed(parts)
    return f"{text[0].upper()}{text[1:]}. Is this the right leg?"


def _spread(finding: Finding) -> str:
    readings: Any = finding.facts["readings"]
    parts = []
    for field, values in readings.items():
        unit = _unit(field)
        apart = quantity(max(values) - min(values), unit)
        limit = quantity(BY_NAME[field].repeat_limit, unit)
        shown = listed([plain(value, 1) for value in values])
        parts.append(f"{name(field)}: readings {shown} are {apart} apart (limit {limit})")
    text = "; ".join(parts)
    then = _then(finding, "Measure a third time; the mean was used.", "The mean was used.")
    return f"{text[0].upper()}{text[1:]}. {then}"


def _partial(finding: Finding) -> str:
    missing = str(finding.facts["partial_foot"])
    ask = " Ask a prosthetist." if missing == "more" else ""
    return (
        f"{PARTIAL_FOOT[missing]}. Firm full plate, filler and rocker sole; plate and shoe follow the length of the "
        f"other foot.{ask}"
    )


def _estimated(finding: Finding) -> str:
    stand_ins = {"fibular_head_height": "fibular neck", "lateral_ball_length": "foot and ball length"}
    parts = listed([f"{name(field)} from the {stand_ins[field]}" for field in finding.about])
    return f"Estimated: {parts}. The dimensions built on it are marked; measure it to be sure."


def _not_assessed(finding: Finding) -> str:
    return f"Not known: {names(finding.about)}. Unknown is not read as healthy; assess before approving."


def _growth(finding: Finding) -> str:
    facts: Any = finding.facts
    on: date = facts["on"]
    if not facts["months"]:
        return "The footplate leaves no room to grow: measure again at every visit."
    why = (
        f"the {thickness(facts['allowance_mm'])} of room in the footplate end by then"
        if facts["plate_decides"]
        else "children grow out of a brace"
    )
    return f"Measure again by {day(on)}: {why}."


COMPOSED: dict[str, Callable[[Finding], str]] = {
    "urgent_referral": _urgent,
    "hinge_needs_range": _hinge,
    "no_engine_design": _declined,
    "heel_build_up_withheld": _withheld,
    "measurement_unusual": _unusual,
    "sides_differ": _sides,
    "side_check": _side,
    "reading_spread": _spread,
    "partial_foot": _partial,
    "estimated_input": _estimated,
    "not_assessed": _not_assessed,
    "growth": _growth,
}
