"""Where a page in a state is declared, by name. A page that can look different has a name for each look."""

from collections.abc import Callable

from werkzeug.test import TestResponse

from tests.accessibility.world import Shown, World
from tests.records.conftest import Browser

STATES: dict[str, Callable[[World], Shown]] = {}
Made = Callable[[World], Shown]
WRONG, SHORT = "wrong horse battery", "short"
CALF, FOREFOOT, WEIGHT = "limbs.right.calf_circumference", "limbs.right.forefoot_width", "patient.weight"


def state(name: str) -> Callable[[Made], Made]:
    """Declare a page in a state."""

    def declare(made: Made) -> Made:
        assert name not in STATES
        STATES[name] = made
        return made

    return declare


def seen(browser: Browser, answer: TestResponse, *codes: int) -> Shown:
    """The answer, which must be what the state expects."""
    assert answer.status_code in (codes or (200,)), answer.text[:2000]
    return Shown(browser.client, answer)
