"""Fixed sentences that every screen and sheet shares."""

STARTING_SPECIFICATION = "Starting specification; to be verified by an orthotist on the limb, cast or scan."
INTENDED_USE = (
    "For qualified orthotists: turns the measurements and findings of one person with foot drop into a starting "
    "specification for an ankle-foot brace and its shoe."
)
NOT_FOR = (
    "Not for diagnosis, self-fitting or release to manufacture; not for knee braces, night splints, partial-foot "
    "prostheses, healing wounds or fractures."
)
LIMITS = (
    "It sees only what is entered: a sign that nobody looked for is not found.",
    "A tape gives lengths and girths, not the shape of a limb: a shell is made on a cast, model or scan.",
    "A number is no better than its measurement: the tolerance beside it is that of the rule alone.",
    "Rules of grade C and D come from weak sources or from judgement; no rule was tried on patients with this program.",
    "The strength of the brace is not computed: a sheet thickness is named up to 120 kg of body weight.",
    "Plausible values come from adults of one country; for children the limits are wider and say less.",
)
"""What the service cannot do, as people are told on the form, the fitting sheet and in the hazard log."""
DRAFT = "DRAFT, NOT APPROVED"
NOTHING_STORED = "Nothing is stored."
GRADES = {
    "A": "standard, regulator or peer-reviewed study",
    "B": "maker's, hospital or clinical manual",
    "C": "weaker published source, such as course notes",
    "D": "derived here by geometry or judgement, not published",
}
VERDICTS = {"no_flags": "No flags", "review": "Review", "stop": "Stop"}
SEVERITIES = {"stop": "Stop", "caution": "Caution", "advice": "Advice"}
SIDES = {"left": "Left", "right": "Right"}
CHOSEN_BY = {"prescriber": "chosen by the prescriber", "engine": "chosen by the rules"}
