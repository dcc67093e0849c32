"""A fitting as ORU^R01, read back by two parsers that know nothing of this program: every value, and nothing else."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import hl7
import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message
from hypothesis import given
from hypothesis import strategies as st

from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import BY_NAME as MEASUREMENTS
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.fitting.vocabulary import DESIGNS
from afofit.hl7.message import Told, oru
from afofit.hl7.observed import SHOE_NUMBERS
from afofit.hl7.segments import text
from afofit.schemas.answer import write
from afofit.schemas.request import read
from afofit.words.note import Standing
from afofit.words.tongue import speaking
from tests.examples import EXAMPLES, STORIES, request_of

Json = dict[str, Any]
TODAY = date(2026, 11, 23)
PDF = b"%PDF-1.7 " + bytes(range(256))
DRAFT = Told(
    standing=Standing(record=UUID(int=7), revision=2),
    created_at=datetime(2026, 11, 23, 10, 30, 5, tzinfo=UTC),
    patient_id=UUID(int=9),
    reference="A-1027",
    name="Kim Doe",
    birth_date=date(1980, 2, 28),
    clinic_id=UUID(int=1),
    clinic_name="North",
    sheet=PDF,
)
APPROVED = replace(
    DRAFT,
    standing=Standing(
        record=UUID(int=7), revision=2, approved_by="Olga Ruiz", approved_at=datetime(2026, 11, 24, 8, tzinfo=UTC)
    ),
)
NORTH = "North&00000000-0000-0000-0000-000000000001&UUID"
UCUM = {"mm": "mm", "deg": "deg", "Nm": "N.m", "Nm/deg": "N.m/deg"}


def fitted(request: Json, overrides: tuple[Override, ...] = ()) -> Fitting:
    return fit(read(request, today=TODAY), today=TODAY, overrides=overrides)


@dataclass(frozen=True)
class Read:
    """A message as it was read: by hl7 its fields without escapes, by order group and segment."""

    message: Any

    def text(self, field: Any) -> str:
        return str(hl7.util.unescape(self.message, str(field)))

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """Each OBR with the OBX after it."""
        found: list[tuple[Any, list[Any]]] = []
        for segment in self.message:
            if str(segment[0]) == "OBR":
                found.append((segment, []))
            elif str(segment[0]) == "OBX":
                found[-1][1].append(segment)
        return found

    @property
    def notes(self) -> list[str]:
        return [self.text(segment[3]) for segment in self.message if str(segment[0]) == "NTE"]

    def leg(self, letter: str) -> list[Any]:
        return next(rows for head, rows in self.groups if str(head[4]).startswith(f"AFO_{letter}^"))

    def values(self, rows: list[Any], code: str) -> dict[str, str]:
        """What was told under a code, by sub-id."""
        return {str(row[4]): self.text(row[5]) for row in rows if code_of(row) == code}


def code_of(row: Any) -> str:
    return str(row[3]).split("^")[0]


def read_back(fitting: Fitting, told: Told = DRAFT) -> Read:
    """The message as hl7 reads it."""
    message = oru(fitting, told)
    assert message.endswith("\r")
    assert "\n" not in message
    return Read(hl7.parse(message))


def conforms(message: str) -> None:
    """The standard's structure, data types and lengths of ORU^R01 hold of the message."""
    # The parser holds OBX-5 to the 199 characters of an ST whatever OBX-2 says; FT and ED have 65536 and more.
    short = re.sub(r"Base64\^[^|\r]*", "Base64^AAAA", re.sub(r"(\|FT\|[^|]*\|[^|]*\|)[^|]*", r"\1text", message))
    parsed = parse_message(short, validation_level=VALIDATION_LEVEL.STRICT, find_groups=True)
    assert parsed.validate()
    assert parsed.version == "2.5.1"
    (result,) = parsed.oru_r01_patient_result
    assert next(one.name for one in result.children) == "ORU_R01_PATIENT"
    assert len(result.oru_r01_order_observation) == message.count("\rOBR|")


def cases() -> Iterator[tuple[str, Json]]:
    """Every design on either leg and both, of an adult and of a child; the examples and the stories."""
    for example in EXAMPLES:
        yield example["name"].split()[0], example["request"]
    for story in STORIES:
        yield story["id"], story["request"]
    for design, _ in DESIGNS:
        for key in ("E1", "E4"):
            for legs in (("left",), ("right",), ("left", "right")):
                request = request_of(key)
                (limb,) = request["limbs"].values()
                request["limbs"] = dict.fromkeys(legs, limb)
                request["clinical"]["affected_sides"] = list(legs)
                request["prescription"] = request["prescription"] | {"design": design}
                yield f"{key}-{design}-{'-'.join(legs)}", request


CASES = dict(cases())


@pytest.mark.hazard("H16")
@pytest.mark.parametrize("name", CASES)
def test_every_value_is_told_and_nothing_else(name: str) -> None:
    fitting = fitted(CASES[name])
    answer = write(fitting, {})
    told = read_back(fitting)
    assert [str(head[1]) for head, _ in told.groups] == [str(place) for place in range(1, 2 + len(answer["limbs"]))]
    for _, rows in told.groups:
        assert [str(row[1]) for row in rows] == [str(place) for place in range(1, len(rows) + 1)]
        assert {str(row[2]) for row in rows} <= {"NM", "ST", "FT", "ED"}
    for side, limb in answer["limbs"].items():
        rows, letter = told.leg(side[0].upper()), side[0].upper()
        found = {code_of(row): row for row in rows if str(row[2]) == "NM"}
        wanted = dict(numbers(limb, fitting.limbs[side].limb.measurements))
        assert found.keys() == wanted.keys()
        for code, (value, unit) in wanted.items():
            assert float(str(found[code][5])) == pytest.approx(value, abs=5.1e-5)
            assert str(found[code][6]) == f"{UCUM[unit]}^{UCUM[unit]}^UCUM"
            assert str(found[code][4]) == letter
            assert f"{side} leg" in str(found[code][3])
        texts_match(told, rows, limb, letter)


def numbers(limb: Json, measured: Any) -> Iterator[tuple[str, tuple[float, str]]]:
    """By code, the numbers of a leg with their units, from the answer of REST."""
    for name, value in measured.items():
        yield MEASUREMENTS[name].code, (value, MEASUREMENTS[name].unit)
    for one in limb["dimensions"]:
        yield one["code"], (one["value"], one["unit"])
    for name, (code, _) in SHOE_NUMBERS.items():
        if name in limb["shoe"]:
            yield code, (limb["shoe"][name], "mm")


def texts_match(told: Read, rows: list[Any], limb: Json, letter: str) -> None:
    verdicts = {"no_flags": "No flags", "review": "Review", "stop": "Stop"}
    assert told.values(rows, "VERDICT") == {letter: verdicts[limb["verdict"]]}
    said = told.values(rows, "FINDING")
    assert list(said) == [f"{letter}.{place}" for place in range(1, len(limb["findings"]) + 1)]
    for words, finding in zip(said.values(), limb["findings"], strict=True):
        severity = finding["severity"].capitalize()
        assert words == f"{severity}: {finding['title']}. {finding['message']} ({finding['code']})"
    for code, kind in (("SHOE_SIZE_BARE", "bare_labels"), ("SHOE_SIZE_BRACED", "braced_labels")):
        sizes = limb["shoe"].get(kind, {})
        assert told.values(rows, code) == {f"{letter}.{scale}": size for scale, size in sizes.items()}
    widths = {f"{letter}.{scale}": one["width"] for scale, one in limb["shoe"].get("widths", {}).items()}
    assert told.values(rows, "SHOE_WIDTH") == widths
    assert told.values(rows, "WEAR_PLAN").keys() == ({letter} if limb["wear_plan"] else set())


@pytest.mark.parametrize("name", [name for name in CASES if "-" not in name or re.match("E1-.*-left-right", name)])
def test_it_is_what_the_standard_says(name: str) -> None:
    conforms(oru(fitted(CASES[name]), APPROVED))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("\rOBR|1|", "\rZZZ|1|"),
        ("19800228", "yesterday"),
        ("|mm^mm^UCUM|", "|mm^mm^UCUM^^^^more|"),
        ("ORU^R01^ORU_R01", "ORU^R01^ADT_A01"),
    ],
)
def test_what_the_standard_does_not_say_is_found(right: str, wrong: str) -> None:
    message = oru(fitted(request_of("E1")), DRAFT)
    assert right in message
    with pytest.raises((HL7apyException, ValueError)):
        conforms(message.replace(right, wrong, 1))


def test_the_cases_have_every_design_on_both_sides() -> None:
    found = {(limb.design.code, side) for request in CASES.values() for side, limb in fitted(request).limbs.items()}
    assert {(design, side) for design, _ in DESIGNS if design != "engine" for side in ("left", "right")} <= found


def test_the_first_example_by_hand() -> None:
    """Contract R1 with the lowered edge: 455 - clamp(0.085 * 455, 20, 38) = 455 - 38 = 417; outside: + 4 of shell."""
    told = read_back(fitted(request_of("E1")), APPROVED)
    assert told.values(told.leg("R"), "D02") == {"R": "417"}
    assert told.values(told.leg("R"), "M03") == {"R": "388"}
    assert "417 mm, outside 421 mm, ± 6 mm; evidence D" in told.notes
    assert "Starting specification; to be verified by an orthotist on the limb, cast or scan." in told.notes


def test_the_head_and_the_person() -> None:
    request = request_of("E1")
    request["patient"]["height"] = 1785
    told = read_back(fitted(request), APPROVED)
    head, person = told.message.segment("MSH"), told.message.segment("PID")
    assert [str(head[place]) for place in (3, 4, 7, 9, 11, 12, 18)] == [
        "AFOFIT",
        "North^00000000-0000-0000-0000-000000000001^UUID",
        "20261124080000+0000",
        "ORU^R01^ORU_R01",
        "P",
        "2.5.1",
        "UNICODE UTF-8",
    ]
    assert 1 <= len(str(head[10])) <= 20
    known = [f"A-1027^^^{NORTH}^PI", "Kim Doe^^^^^^D", "19800228", "M"]
    assert [str(person[place]) for place in (3, 5, 7, 8)] == known
    whole, rows = told.groups[0]
    assert str(whole[3]) == "00000000-0000-0000-0000-000000000007^AFOFIT"
    assert str(whole[32]) == "&Olga Ruiz"
    by_code = {code_of(row): str(row[5]) for row in rows}
    assert (by_code["8302-2"], by_code["29463-7"], by_code["AGE"]) == ("178.5", "82", "46")


@pytest.mark.hazard("H31")
@pytest.mark.parametrize(("told", "status"), [(DRAFT, "P"), (APPROVED, "F")])
def test_only_what_was_approved_is_final(told: Told, status: str) -> None:
    read = read_back(fitted(request_of("E2")), told)
    assert {str(row[11]) for _, rows in read.groups for row in rows} == {status}
    assert {str(head[25]) for head, _ in read.groups} == {status}
    assert ("DRAFT, NOT APPROVED" in read.notes) == (status == "P")


def test_the_sheet_comes_back_byte_for_byte() -> None:
    (row,) = [row for row in read_back(fitted(request_of("E1"))).groups[0][1] if str(row[2]) == "ED"]
    source, kind, form, encoding, data = str(row[5]).split("^")
    assert (source, kind, form, encoding) == ("AFOFIT", "AP", "PDF", "Base64")
    assert base64.b64decode(data, validate=True) == PDF


NAMES = [
    "O'Brien-Smith",
    "Doe | Kim ^ & ~ \\ end\\",
    "\\F\\ is no bar",
    "Zoë Łukasiewicz 山田太郎 🦶",
    "x" * 190,
    "MSH|^~\\&|EVIL\rPID|1",
    "Ann\x1c\rMSH",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_what_they_are_and_where_they_are(name: str) -> None:
    told = replace(APPROVED, name=name, reference=name, clinic_name=name)
    conforms(oru(fitted(request_of("E1")), told))
    read = read_back(fitted(request_of("E1")), told)
    assert [str(segment[0]) for segment in read.message][:3] == ["MSH", "PID", "OBR"]
    person = read.message.segment("PID")
    for field in (str(person[5]), str(person[3])):
        assert read.text(field.split("^")[0]) == name
    clinic = str(read.message.segment("MSH")[4]).split("^")
    # HD-1 holds 20 characters: a longer name is left out, the id stays.
    assert read.text(clinic[0]) == (name if len(text(name)) <= 20 else "")
    assert clinic[1:] == [str(told.clinic_id), "UUID"]


@given(st.text())
def test_any_text_survives(typed: str) -> None:
    written = text(typed)
    assert not set("|^&~\r\n\x0b\x1c\u2028") & set(written)
    back = str(hl7.util.unescape(hl7.parse("MSH|^~\\&|\r"), written))
    plain = typed.replace("\r\n", "\r").replace("\n", "\r").replace("\u2028", "\r").replace("\u2029", "\r")
    # The parser reads the bytes of an escape as Latin-1, and halves of letters cannot be sent at all.
    if not any("\x80" <= one < "\xa0" or "\ud800" <= one < "\ue000" for one in plain):
        assert back == plain


def test_control_characters_beyond_ascii_are_their_bytes_in_the_charset_of_the_message() -> None:
    assert text("a\x85b") == "a\\XC285\\b"
    assert text("a\ud800b") == "a\ufffdb"


def test_a_person_without_name_and_reference_is_known_by_our_id() -> None:
    told = replace(DRAFT, name=None, reference=None, birth_date=None)
    person = read_back(fitted(request_of("E1")), told).message.segment("PID")
    assert str(person[3]) == "00000000-0000-0000-0000-000000000009^^^AFOFIT^PI"
    assert (str(person[5]), str(person[7])) == ("^^^^^^S", "")


@pytest.mark.parametrize(("sex", "letter"), [("female", "F"), ("male", "M"), ("unspecified", "U")])
def test_the_sex(sex: str, letter: str) -> None:
    request = request_of("E1")
    request["patient"]["sex"] = sex
    assert str(read_back(fitted(request)).message.segment("PID")[8]) == letter


def test_the_control_id_tells_contents_apart() -> None:
    fitting = fitted(request_of("E1"))
    assert oru(fitting, DRAFT) == oru(fitting, DRAFT)
    ids = [str(read_back(fitting, told).message.segment("MSH")[10]) for told in (DRAFT, APPROVED, DRAFT)]
    assert ids[0] == ids[2] != ids[1]


def test_directions_are_words_beside_the_signed_number() -> None:
    read = read_back(fitted(request_of("E3")))
    assert float(read.values(read.leg("L"), "D22")["L"]) < 0
    assert any("plantarflexed" in note for note in read.notes)
    assert any("short of 90°" in note for note in read.notes)
    thin = read_back(fitted(request_of("E1")))
    assert thin.values(thin.leg("R"), "S06") == {"R": "-1"}
    assert "1 mm less" in thin.notes


def test_a_changed_dimension_says_what_was_computed_who_changed_it_and_why() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    override = Override(
        side="right", dimension="proximal_trim_height_mm", chosen=410, reason="scar | below", by="Olga", at=at
    )
    read = read_back(fitted(request_of("E1"), (override,)))
    assert read.values(read.leg("R"), "D02") == {"R": "410"}
    said = "Changed by the orthotist (computed 417 mm): scar | below. Olga, 23 Nov 2026 09:00 UTC"
    assert said in read.notes


def test_a_stopped_leg_has_no_numbers_of_a_brace() -> None:
    request = request_of("E1")
    request["clinical"]["urgent_signs"] = ["saddle_numbness"]
    read = read_back(fitted(request))
    assert not {one.code for one in DIMENSIONS} & {code_of(row) for row in read.leg("R")}
    assert read.values(read.leg("R"), "VERDICT") == {"R": "Stop"}
    assert any(note.startswith("No brace is computed for this leg.") for note in read.notes)


def test_the_order_number_and_the_practitioner() -> None:
    request = request_of("E1") | {"order": {"order_number": "2026|15", "practitioner": "Dr Ada & Co"}}
    read = read_back(fitted(request))
    for head, _ in read.groups:
        assert read.text(head[2]) == "2026|15"
        assert read.text(str(head[16]).split("^")[1]) == "Dr Ada & Co"


def test_it_is_english_whoever_reads() -> None:
    fitting = fitted(request_of("E1"))
    english = oru(fitting, DRAFT)
    with speaking("es"):
        assert oru(fitting, DRAFT) == english


def test_every_code_is_short_enough_and_stands_for_one_thing() -> None:
    """CE-1 of 2.5.1 holds 20 characters, OBX-4 holds 20."""
    meanings: dict[str, set[str]] = {}
    for name in [name for name in CASES if "-left-right" in name]:
        for _, rows in read_back(fitted(CASES[name])).groups:
            for row in rows:
                assert len(code_of(row)) <= 20
                assert len(str(row[4])) <= 20
                meanings.setdefault(code_of(row), set()).add(str(row[3]).split("^")[1])
    assert len(meanings) > 60
    for code, words in meanings.items():
        # Of a size the words name the system too; what is estimated says so.
        kept = {re.sub(r" \((estimated|changed)\)|,? (left|right) leg", "", word) for word in words}
        assert len(kept) == 1 or code.startswith("SHOE_"), (code, words)
