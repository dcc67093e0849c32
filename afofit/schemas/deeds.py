"""What is said with a deed: which cautions were read with an approval, why a fitting is withdrawn."""

from typing import Any

from marshmallow import ValidationError, missing

from afofit.schemas.described import Json
from afofit.schemas.faults import problems_of
from afofit.schemas.fields import LONGEST_TEXT, PLAIN_TEXT, Own, Text, fault
from afofit.schemas.problems import Problem, Refused
from afofit.schemas.shape import Strict
from afofit.words.problems import sentence

APPROVAL: Json = {
    "type": "object",
    "required": ["acknowledged"],
    "properties": {
        "acknowledged": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The code of every caution of the fitting: that it was read.",
        }
    },
    "additionalProperties": False,
    "examples": [{"acknowledged": ["nerve_crossing"]}],
}
WITHDRAWAL: Json = {
    "type": "object",
    "required": ["reason"],
    "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": PLAIN_TEXT}},
    "additionalProperties": False,
    "examples": [{"reason": "Measured the wrong leg"}],
}


class Codes(Own):
    """A list of codes as text; an empty one where there are none, and nothing said is no list."""

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The codes, or a fault: also of what is left out or null."""
        return self.read(None if value is missing else value)

    def read(self, value: Any) -> list[str]:
        """The codes, or a fault."""
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise fault("not_codes")
        return value


class ApprovalShape(Strict):
    """What comes with an approval."""

    acknowledged = Codes()


class WithdrawalShape(Strict):
    """What comes with a withdrawal."""

    reason = Text(required=True)


def read_approval(document: Any) -> list[str]:
    """The codes of the cautions that were read. Raises Refused."""
    codes: list[str] = _read(ApprovalShape(), document)["acknowledged"]
    return codes


def read_withdrawal(document: Any) -> str:
    """The reason. Raises Refused."""
    reason: str | None = _read(WithdrawalShape(), document)["reason"]
    if reason is None:
        raise Refused((Problem(("reason",), sentence("no_reason")),))
    return reason


def _read(shape: Strict, document: Any) -> dict[str, Any]:
    try:
        read: dict[str, Any] = shape.load(document)
    except ValidationError as error:
        raise Refused(tuple(problems_of(error.messages_dict, document))) from None
    return read
