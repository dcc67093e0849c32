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
