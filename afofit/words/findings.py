"""Every finding in words: a title of a few words and a message that says what, against what, and what to do."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from afofit.fitting.values import EPSILON, Finding
from afofit.fitting.vocabulary import URGENT_SIGNS
from afofit.words import doubts
from afofit.words.choices import label
from afofit.words.entered import entered, limit
from afofit.words.fields import listed, name, names
from afofit.words.numbers import day, length, plain, quantity, reach, thickness
from afofit.words.reasons import reason
from afofit.words.tongue import N_, _, gettext

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
    "open_wound": "There is a wound on the part to be braced, and a brace lies on intact skin only. No brace until it "
    "has healed; ask the wound team.",
    "critical_circulation": "The circulation is critical. No brace before a vascular opinion; ask for one.",
    "severe_equinus": "The ankle stops {reach} (limit {limit}). No brace before a medical opinion on the contracture; "
    "ask for one.",
    "neutral_not_attainable": "The foot stops {reach} with the knee straight (limit {limit}). This brace cannot hold "
    "a right angle: it follows the ankle. Ask for an opinion on stretching, casting or surgery.",
    "neutral_borderline": "The foot stops {reach} with the knee straight, within the error of a goniometer ({error}). "
    "Measure again; if it stays, the brace follows the ankle.",
    "gastrocnemius_tightness": "Knee straight {extended}, knee bent {flexed} ({because}): the gastrocnemius is tight. "
    "Build to the knee straight; forcing 90° would bend the knee or break the midfoot.",
    "positioning_device": "The person does not walk. Consider a static positioning device, which is another thing; a "
    "walking brace is computed only where one is prescribed.",
    "contracture": "Knee flexion contracture of {angle_deg}° (above {limit_deg}°). An ankle brace cannot straighten "
    "the knee; ask for an opinion.",
    "muscular_dystrophy": "In muscular dystrophy a brace can take walking away. The neuromuscular team decides; ask "
    "it first.",
    "insensate": "Sensation is {sensation}. Use a full liner and the slow wear plan; eyes instead of pain: {eyes} the "
    "skin after every wear.",
    "liner_recommended": "A liner of 0 is prescribed, though sensation is {sensation}. Prescribe a full liner of 3 mm "
    "or more, or record why not.",
    "oedema": "Oedema is {oedema}. Measure at the largest time of day and write the time down{extremes}.",
    "spasticity": "Ashworth {ashworth} (2 or more): the brace must hold against the calf. Check that the heel stays "
    "seated.",
    "severe_spasticity": "Ashworth {ashworth} (3 or more): a brace alone may not be worn. Refer for treatment of the "
    "spasticity.",
    "fragile_skin": "The skin is fragile. Use a soft liner, wide flares and short wears, and look at the skin after "
    "each.",
    "reduced_circulation": "The circulation is reduced. Keep the pressure low and the wears short, and ask the "
    "physician.",
    "weak_quadriceps": "Quadriceps grade {grade} (below 3): the knee may buckle. Consider a knee-ankle-foot orthosis.",
    "fixed_deformity": "The sideways deformity is fixed and must be accommodated. Take a cast; do not build from "
    "numbers.",
    "direction_unknown": "Sideways instability is {instability}, but varus or valgus is not stated. State it: the "
    "side of the correcting strap depends on it.",
    "leaf_spring_mismatch": "A leaf spring yields; against it speak: {against}. Consider a stiffer design.",
    "hinge_mismatch": "A free hinge lets the shank fall forward; against it speak: {against}. Consider a rigid design.",
    "carbon_mismatch": "Makers limit anterior carbon frames; against it speak: {against}. Consider a moulded design.",
    "over_weight_limit": "Body weight {weight} is at or above {limit_weight}. Thermoplastic is not computed there: "
    "refer for a reinforced, composite or metal brace.",
    "thickness_capped": "At {weight} one sheet more than {thickness} was asked, but {thickness} is the thickest. Add "
    "ribs or choose a composite.",
    "nerve_crossing": "The top edge lies {offset} below the apex of the fibular head. The common peroneal nerve "
    "crosses at about 22–47 mm; neither edge setting clears it. Build in relief and flare; check the pressure on the "
    "limb.",
    "edge_on_malleolus": "The edge of a semi-solid brace runs over the malleoli. Pad or flare it, and check the skin.",
    "anterior_shell_not_computed": "Of a ground reaction brace, the anterior shell, its closure and height are not "
    "computed. Take them from the cast.",
    "heel_build_up_withheld": "No heel build-up is given: {because}. {then}",
    "heel_build_up_trial": "A build-up of {build_up} would lean the shank to {target}°. Try it standing with loose "
    "wedges first, and measure again.",
    "large_heel_build_up": "{build_up} of build-up is large (limit {limit_height}): unstable, and it lengthens the "
    "leg. {refer}Lower the target angle{calf}, and raise the other side.",
    "heel_too_high": "The heel of this shoe ({differential}) is {build_up} too high for the target of {target}° "
    "(limit {limit_height}). Choose a lower heel.",
    "size_increase_large": "The shoe would be {increase} longer than the foot (limit {cap}): people trip. Use width "
    "and depth first, and ask whether the footplate is too long.",
    "size_increase_near_limit": "The shoe would be {increase} longer than the foot, close to the limit of {cap}. Try "
    "it on, and watch for tripping.",
    "seated_foot": "The foot was measured seated: 3–5 % shorter than standing. Measure it standing if possible.",
    "very_young": "Age {age} years (below 3): the figures were made for older people and are coarse. Check each on "
    "the child.",
    "activity_review": "Activity is high, and a plastic leaf spring tires with it. Consider carbon, or review at 6 "
    "weeks.",
}
SENSATION = {
    "reduced": N_("reduced"),
    "absent": N_("absent"),
    "unknown": N_("not assessed and counts as reduced"),
}
WHO_LOOKS = {
    "self": N_("the person looks at"),
    "carer": N_("a carer looks at"),
    "nobody": N_("nobody has been named to look at"),
    None: N_("somebody must look at"),
}
INSTABILITY = {"flexible": N_("flexible"), "fixed": N_("fixed")}
KNEE = {"crouch": N_("crouch"), "hyperextension": N_("knee hyperextension")}
WITHHELD = {
    "quadriceps_unknown": N_("quadriceps not assessed"),
    "quadriceps_weak": N_("quadriceps grade {grade} (below 4)"),
    "crouch": N_("crouch"),
    "contracture": N_("knee flexion contracture of {angle}° (above {contracture}°)"),
    "differential_unknown": N_("heel-sole differential of the shoe not known"),
    "too_high": N_("more than {highest} mm would be needed"),
}
PARTIAL_FOOT = {
    "toes": N_("The toes are missing"),
    "transmetatarsal": N_("The foot ends at the metatarsals"),
    "more": N_("More than the forefoot is missing"),
}
MOST_ASHWORTH = {"leaf_spring_mismatch": "1", "hinge_mismatch": "1+", "carbon_mismatch": "1+"}
STAND_INS = {"fibular_head_height": N_("fibular neck"), "lateral_ball_length": N_("foot and ball length")}


class _Recorded(dict[str, object]):
    """Facts in words; what a fitting of an older version did not record is said to be so."""

    def __missing__(self, word: str) -> str:
        return _("not recorded")


def title(finding: Finding) -> str:
    """A few words that name the finding."""
    return titled(finding.code)


def titled(code: str) -> str:
    """A few words that name the findings of a code."""
    return _(TITLES[code])


def message(finding: Finding) -> str:
    """What was found, against what, and what to do; lengths and weights as they were entered, angles in words."""
    composed = COMPOSED.get(finding.code)
    if composed is not None:
        return composed(finding)
    return _(MESSAGES[finding.code]).format_map(_shown(finding.facts))


Facts = Mapping[str, Any]
SHOWN: Mapping[str, tuple[str, Callable[[Any, Facts], str]]] = {
    "reach": ("dorsiflexion_deg", lambda number, _: reach(number)),
    "limit": ("limit_deg", lambda number, _: reach(number)),
    "limit_deg": ("limit_deg", lambda number, _: plain(number, 1)),
    "error": ("limit_deg", lambda number, _: f"{plain(abs(number), 1)}°"),
    "angle_deg": ("angle_deg", lambda number, _: plain(number, 1)),
    "target": ("target_deg", lambda number, _: plain(number, 1)),
    "grade": ("grade", lambda number, _: str(number)),
    "ashworth": ("ashworth", lambda grade, _: str(grade)),
    "weight": ("weight_kg", lambda number, facts: entered(number, "kg", facts)),
    "limit_weight": ("limit_kg", lambda number, facts: limit(number, "kg", facts)),
    "thickness": ("thickness_mm", lambda number, _: thickness(number)),
    "offset": ("offset_mm", lambda number, _: length(number)),
    "build_up": ("build_up_mm", lambda number, _: length(abs(number))),
    "differential": ("differential_mm", lambda number, facts: entered(number, "mm", facts)),
    "limit_height": ("limit_mm", lambda number, _: length(number)),
    "increase": ("increase_mm", lambda number, _: quantity(number, "mm")),
    "cap": ("cap_mm", lambda number, _: quantity(number, "mm")),
    "age": ("age_years", lambda number, _: plain(number, 1)),
    "instability": ("instability", lambda code, _: gettext(INSTABILITY[code])),
    "sensation": ("sensation", lambda code, _: gettext(SENSATION[code])),
    "eyes": ("self_check", lambda code, _: gettext(WHO_LOOKS[code])),
    "oedema": ("oedema", lambda code, _: label("oedema", code).lower()),
    "extremes": ("oedema", lambda code, _: gettext(", and at the smallest") if code == "fluctuating" else ""),
}
"""Words of the messages: the fact that each shows, and how: rounded, with unit, angles in words."""


def _shown(facts: Facts) -> _Recorded:
    return _Recorded({word: show(facts[fact], facts) for word, (fact, show) in SHOWN.items() if fact in facts})


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _urgent(finding: Finding) -> str:
    facts: Any = finding.facts
    words = {sign: label("urgent_signs", sign) for sign, _label in URGENT_SIGNS}
    signs = listed([_small(words[sign]) for sign in facts["signs"]])
    cleared = listed(
        [
            _("{sign} by {by} on {day}").format(sign=_small(words[one.code]), by=one.by, day=day(one.date))
            for one in facts["cleared"]
        ]
    )
    parts = [_("Cleared: {cleared}.").format(cleared=cleared)] if cleared else []
    if finding.severity == "stop":
        parts.insert(
            0, _("Refer today: {signs}. No brace is computed before a doctor has seen this.").format(signs=signs)
        )
    else:
        parts.append(_("Ask again at the fitting."))
    return " ".join(parts)


def _hinge(finding: Finding) -> str:
    facts: Any = finding.facts
    then = (
        _("No hinged brace; choose a rigid one.")
        if finding.severity == "stop"
        else _("Block the hinge at 90° or choose a rigid brace.")
    )
    text = _(
        "The ankle comes {reach}; a free hinge needs {needed}° past 90° with the knee straight. The movement would "
        "come from the midfoot. {then}"
    )
    return text.format(reach=reach(facts["dorsiflexion_deg"]), needed=plain(facts["needed_deg"], 1), then=then)


def _gastrocnemius(finding: Finding) -> str:
    facts: Any = finding.facts
    extended, flexed = facts["extended_deg"], facts["flexed_deg"]
    because = _("only the bent knee reaches 90°")
    gain = facts.get("gain_deg", flexed - extended)
    if flexed - extended >= gain - EPSILON:
        because = _("{apart}° apart, limit {gain}°").format(apart=plain(flexed - extended, 1), gain=plain(gain, 1))
    text = _(MESSAGES["gastrocnemius_tightness"])
    return text.format(extended=reach(extended), flexed=reach(flexed), because=because)


def _declined(finding: Finding) -> str:
    reasons: Any = finding.facts["reasons"]
    text = _("The rules do not choose here: {because}. Prescribe a design to have it computed, with its cautions.")
    return text.format(because="; ".join(reason(one) for one in reasons))


def _mismatch(finding: Finding) -> str:
    facts: Any = finding.facts
    values = facts.get("values")
    against = [_against(finding.code, field, values[field]) for field in facts["against"]] if values else []
    said = "; ".join(against) or names(facts["against"])
    return _(MESSAGES[finding.code]).format(against=said)


def _against(code: str, field: str, value: Any) -> str:
    """One field that speaks against a design: what it is, and what the design asks."""
    if field == "ashworth":
        return _("Ashworth {grade} (at most {most})").format(grade=value, most=MOST_ASHWORTH[code])
    if field == "plantarflexor_grade":
        return _("plantarflexors grade {grade} (at least 4)").format(grade=value)
    if field == "mediolateral_instability":
        return _("sideways instability, {kind}").format(kind=_(INSTABILITY[value]))
    if field == "dorsiflexion_knee_extended":
        return _("the ankle stops {reach}").format(reach=reach(value))
    if field == "knee":
        return _(KNEE[value])
    # What is not known of the sensation counts as reduced.
    return f"{name(field)}: {label(field, value).lower()}"


def _large_build_up(finding: Finding) -> str:
    facts: Any = finding.facts
    shown = _shown(facts)
    refer = _("Above {height} refer. ").format(height=quantity(facts["refer_mm"], "mm"))
    shown["refer"] = refer if facts["refer"] else ""
    shown["calf"] = _(", treat the calf first") if facts["short_deg"] else ""
    return _(MESSAGES["large_heel_build_up"]).format_map(shown)


def _withheld(finding: Finding) -> str:
    facts: Any = finding.facts
    reasons = facts["reasons"]
    then = (
        _("Measure the shoe at heel and ball.")
        if reasons == ("differential_unknown",)
        else _("Leaning the shank asks more of the knee; an orthotist decides with the person standing.")
    )
    known = {"grade": "grade", "angle": "angle_deg", "contracture": "contracture_deg", "highest": "highest_mm"}
    shown = _Recorded({word: f"{facts[fact]:g}" for word, fact in known.items() if facts.get(fact) is not None})
    because = listed([_(WITHHELD[one]).format_map(shown) for one in reasons])
    return _(MESSAGES["heel_build_up_withheld"]).format(because=because, then=then)


def _partial(finding: Finding) -> str:
    missing = str(finding.facts["partial_foot"])
    text = _(
        "{missing}. Use a firm full plate, filler and rocker sole; plate and shoe follow the length of the other foot."
    )
    ask = _("Ask a prosthetist.")
    return text.format(missing=_(PARTIAL_FOOT[missing])) + (f" {ask}" if missing == "more" else "")


def _estimated(finding: Finding) -> str:
    parts = [
        _("{field} from the {source}").format(field=name(field), source=_(STAND_INS[field])) for field in finding.about
    ]
    text = _("Estimated: {parts}. The dimensions built on it are marked; measure it to be sure.")
    return text.format(parts=listed(parts))


def _not_assessed(finding: Finding) -> str:
    text = _("Not known: {fields}. Unknown is not read as healthy; assess before approving.")
    return text.format(fields=names(finding.about))


def _growth(finding: Finding) -> str:
    facts: Any = finding.facts
    on: date = facts["on"]
    if not facts["months"]:
        return _("The footplate leaves no room to grow: measure again at every visit.")
    why = _("children grow out of a brace")
    if facts["plate_decides"]:
        why = _("the {room} of room in the footplate end by then").format(room=thickness(facts["allowance_mm"]))
    return _("Measure again by {day}: {why}.").format(day=day(on), why=why)


COMPOSED: dict[str, Callable[[Finding], str]] = {
    "urgent_referral": _urgent,
    "hinge_needs_range": _hinge,
    "gastrocnemius_tightness": _gastrocnemius,
    "no_engine_design": _declined,
    "leaf_spring_mismatch": _mismatch,
    "hinge_mismatch": _mismatch,
    "carbon_mismatch": _mismatch,
    "heel_build_up_withheld": _withheld,
    "large_heel_build_up": _large_build_up,
    "measurement_unusual": doubts.unusual,
    "sides_differ": doubts.sides,
    "side_check": doubts.side,
    "reading_spread": doubts.spread,
    "partial_foot": _partial,
    "estimated_input": _estimated,
    "not_assessed": _not_assessed,
    "growth": _growth,
}
