"""The frozen code table: every code of others that is written or read, with its meaning, its source and its other side.

No validator checks that a code means what its display says; this table is the one place where that is decided. Codes of
our own are declared by the domain and only named here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from afofit.fhir.elements import Json, coding
from afofit.fitting.values import SIDES, Side

BASE: Final = "urn:afofit:fhir"
"""The root of every canonical address of ours.

A code in a chart must mean the same wherever and however long it is kept. The service is installed by many, each under
an address of its own, and owns no domain: a web address would belong to somebody else one day. So the names are those
of the project, as the problem types of REST are, and every installation answers them by ``?url=``.
"""
LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
ICD_10_CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"
HCPCS: Final = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def canonical(kind: str, name: str) -> str:
    """The address of a definition of ours: canonical("CodeSystem", "afo-measure")."""
    return f"{BASE}:{kind}:{name}"


def system(name: str) -> str:
    """The system of codes of ours."""
    return canonical("CodeSystem", name)


def field_system(group: str, field: str) -> str:
    """The system of the choices of one field of a request."""
    return system(f"afo-{group}-{field}".replace("_", "-"))


MEASURE: Final = system("afo-measure")
"""One code for each name of the contract: measurements, dimensions, fields, shoe numbers."""
SIDE: Final = system("afo-side")
RESULT: Final = system("afo-result")
VERDICT: Final = system("afo-verdict")
FINDING: Final = system("afo-finding")
WEAR_PLAN: Final = system("afo-wear-plan")
DESIGN: Final = field_system("prescription", "design")
FOOTPLATE: Final = field_system("prescription", "footplate")
DIAGNOSIS: Final = field_system("clinical", "diagnosis")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the meaning of a code was read: document, address, date."""

    document: str
    address: str
    read_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of others. ``partner`` is the concept of the other side, where there is one."""

    concept: str
    system: str
    code: str
    display: str
    origin: Origin
    partner: str | None = None

    @property
    def coding(self) -> Json:
        """The code as it stands in a resource."""
        return coding(self.system, self.code, self.display)


_READ_ON = date(2026, 11, 28)
_VITAL_SIGNS = Origin(
    "FHIR R4, vital signs profiles and value set of vital sign measurements, which quote LOINC",
    "http://hl7.org/fhir/R4/observation-vitalsigns.html",
    _READ_ON,
)
_DOCUMENT_TYPES = Origin(
    "FHIR R4, value set of document types, which quotes LOINC",
    "http://hl7.org/fhir/R4/valueset-c80-doc-typecodes.html",
    _READ_ON,
)
_FOOT_DROP = Origin(
    "ICD-10-CM 2026, in force from 1 October 2025, as quoted by LegalClarity",
    "https://legalclarity.org/right-foot-drop-icd-10-code-m21-371-guidelines-and-sequencing/",
    _READ_ON,
)


def _snomed(code: str) -> Origin:
    """SNOMED CT's own address of a concept; the names were read where published value sets quote them."""
    return Origin(
        "SNOMED CT, International Edition, body structures; names as quoted by published FHIR value sets",
        f"http://snomed.info/id/{code}",
        _READ_ON,
    )


def _loinc(concept: str, code: str, display: str, origin: Origin) -> Code:
    return Code(concept=concept, system=LOINC, code=code, display=display, origin=origin)


def _pair(site: str, words: str, left: str, right: str) -> tuple[Code, Code]:
    of_side = {"left": left, "right": right}
    made = [
        Code(
            concept=f"{side}_{site}",
            system=SNOMED,
            code=of_side[side],
            display=f"Structure of {side} {words}",
            origin=_snomed(of_side[side]),
            partner=f"{other}_{site}",
        )
        for side, other in (("left", "right"), ("right", "left"))
    ]
    return made[0], made[1]


def _foot_drop(concept: str, code: str, display: str, partner: str | None = None) -> Code:
    return Code(concept=concept, system=ICD_10_CM, code=code, display=display, origin=_FOOT_DROP, partner=partner)


CODES: Final[tuple[Code, ...]] = (
    _loinc("body_height", "8302-2", "Body height", _VITAL_SIGNS),
    _loinc("body_height_lying", "8306-3", "Body height --lying", _VITAL_SIGNS),
    _loinc("body_weight", "29463-7", "Body weight", _VITAL_SIGNS),
    _loinc("body_weight_measured", "3141-9", "Body weight Measured", _VITAL_SIGNS),
    _loinc("progress_note", "11506-3", "Progress note", _DOCUMENT_TYPES),
    *_pair("foot", "foot", "22335008", "7769000"),
    *_pair("ankle", "ankle", "51636004", "6685009"),
    *_pair("lower_leg", "lower leg", "48979004", "32696007"),
    _foot_drop("foot_drop_right", "M21.371", "Foot drop, right foot", "foot_drop_left"),
    _foot_drop("foot_drop_left", "M21.372", "Foot drop, left foot", "foot_drop_right"),
    _foot_drop("foot_drop_unspecified", "M21.379", "Foot drop, unspecified foot"),
)
TABLE: Final[Mapping[str, Code]] = MappingProxyType({one.concept: one for one in CODES})
"""The table by concept."""

HEIGHT_CODES: Final = (TABLE["body_height"].code, TABLE["body_height_lying"].code)
WEIGHT_CODES: Final = (TABLE["body_weight"].code, TABLE["body_weight_measured"].code)
"""What is read as height and weight; written is the first."""
SITES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("fibular_head_height", "fibular_neck_height", "calf_circumference", "calf_circumference_height"),
            "lower_leg",
        ),
        **dict.fromkeys(
            (
                "ankle_circumference",
                "malleolar_width",
                "medial_malleolus_tip_height",
                "lateral_malleolus_apex_height",
                "dorsiflexion_knee_extended",
                "dorsiflexion_knee_flexed",
            ),
            "ankle",
        ),
        **dict.fromkeys(
            (
                "foot_length",
                "ball_length",
                "lateral_ball_length",
                "forefoot_width",
                "heel_width",
                "ball_girth",
                "heel_instep_girth",
                "navicular_height",
                "toe_out",
            ),
            "foot",
        ),
    }
)
"""Where each limb measurement is taken."""
SIDE_OF: Final[Mapping[tuple[str, str], Side]] = MappingProxyType(
    {
        (TABLE[f"{side}_{site}"].system, TABLE[f"{side}_{site}"].code): side
        for side in SIDES
        for site in set(SITES.values())
    }
    | {(SIDE, side): side for side in SIDES}
)
"""The side that a body site code says."""


def body_site(side: Side, site: str, *, snomed: bool) -> Json:
    """Where something was measured or will be worn: our side, and SNOMED CT's structure where its use is allowed."""
    codings = [TABLE[f"{side}_{site}"].coding] if snomed else []
    codings.append(coding(SIDE, side, side.capitalize()))
    return {"coding": codings, "text": f"{side.capitalize()} {site.replace('_', ' ')}"}
