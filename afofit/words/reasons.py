"""Why a design or a footplate was chosen, in words."""

from afofit.fitting.result import Reason
from afofit.words.choices import label
from afofit.words.numbers import mass, plain, reach
from afofit.words.tongue import _

REASONS = {
    "stopped": "A stop finding comes before any brace.",
    "not_braced": "Measured for its shoe only.",
    "not_ambulant": "The person does not walk: a positioning device is another thing than a walking brace.",
    "prescribed": "Prescribed.",
    "engine_agrees": "The rules would choose the same (line {line}).",
    "engine_differs": "The rules would choose {design} (line {line}).",
    "engine_declines": "The rules would leave the design to an orthotist (line {line}).",
    "weak_quadriceps": "quadriceps grade {grade}: an ankle brace alone can let the knee buckle; consider a knee-ankle-"
    "foot orthosis",
    "contracture": "knee flexion contracture of {angle_deg}°: consider treatment, or a ground reaction brace after a "
    "trial",
    "crouch_not_assessed": "crouch with quadriceps or knee contracture not assessed: assess both, then a ground "
    "reaction brace may suit",
    "hyperextension_quadriceps_unknown": "knee hyperextension with quadriceps not assessed: grade the quadriceps first",
    "hyperextension_weak_quadriceps": "knee hyperextension with quadriceps grade {grade}: locking back may be what "
    "keeps the person upright; a brace that stops it needs a trial by an orthotist",
    "plantarflexors_unknown": "plantarflexors not graded: they decide between a leaf spring and a solid or dorsal "
    "carbon brace",
    "muscular_dystrophy": "muscular dystrophy: the neuromuscular team decides on bracing for walking",
    "fluctuating_oedema": "fluctuating oedema: no close plastic; an orthotist may prescribe an adjustable, a metal "
    "double-upright or an anterior carbon brace, measured at the smallest and the largest time of day",
    "fixed_deformity": "fixed deformity: accommodate it over a cast",
    "over_weight": "body weight {weight}: a reinforced, composite or metal brace",
    "partial_foot_more": "partial foot beyond the metatarsals: a prosthetist should be asked",
    "too_young": "under 18 months: an orthotist decides on the foot itself",
    "ashworth_4": "Ashworth 4: refer for treatment of the spasticity first",
    "ashworth_unknown": "spasticity not assessed: grade it by Ashworth",
    "knee_unknown": "knee in stance not assessed: watch the knee in standing and walking",
    "mediolateral_instability_unknown": "sideways stability not assessed: look at the ankle under load",
    "short_of_right_angle": "the ankle stops {reach}: a rigid brace at the angle attained",
    "crouch": "crouch: the shell in front of the shin pushes the knee straight",
    "spasticity": "Ashworth {ashworth}: a rigid ankle",
    "hyperextension": "knee hyperextension: a rigid ankle with a full plate",
    "weak_plantarflexors": "plantarflexors grade {grade}: a spring alone does not hold the shank",
    "instability": "the ankle leans sideways and can be corrected",
    "instability_and_spasticity": "the ankle leans sideways, with Ashworth 1+: a rigid ankle",
    "mild_spasticity": "Ashworth 1+: more than a leaf spring",
    "child_with_range": "a child with {reach}, a stable knee and strong plantarflexors: a free hinge",
    "isolated_foot_drop": "foot drop alone: ankle and knee are stable and tone is low",
    "footplate_prescribed": "Footplate as prescribed.",
    "footplate_partial_foot": "Full footplate: part of the foot is missing.",
    "footplate_rigid": "Full footplate: it belongs to a rigid ankle.",
    "footplate_insensate": "Full footplate: sensation is not intact, no plate edge under the foot.",
    "footplate_by_design": "Footplate by design.",
    "footplate_prefabricated": "Full footplate: the brace is prefabricated.",
    "footplate_prefabricated_not_prescribed": "Full footplate: the brace is prefabricated, so the prescribed shorter "
    "plate was not taken; trim by the maker's instructions only.",
}


def reason(given: Reason) -> str:
    """One reason as a sentence or, of a refusal to choose, as a part of one."""
    facts = dict(given.facts)
    if "weight_kg" in facts:
        facts["weight"] = mass(float(str(facts["weight_kg"])))
    if "dorsiflexion_deg" in facts:
        facts["reach"] = reach(float(str(facts["dorsiflexion_deg"])))
    if "angle_deg" in facts:
        facts["angle_deg"] = plain(float(str(facts["angle_deg"])), 1)
    if "design" in facts:
        facts["design"] = label("design", str(facts["design"])).lower()
    return _(REASONS[given.code]).format(**facts)
