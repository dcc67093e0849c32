"""The ways to make the sheet, by name, and how each is called."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from afofit.fitting.result import Fitting
from bench.peers.content import Content

OURS = "afofit"
INSTALL = "pip install -r requirements/peers.txt"
"""WeasyPrint also needs Pango and HarfBuzz of the system, of which pip knows nothing."""
PACKAGES = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


@dataclass(frozen=True, slots=True)
class Way:
    """One way: what it is called, and where its function is."""

    name: str
    label: str
    place: str


WAYS = (
    Way(OURS, "afofit, tagged", "afofit.pdf.sheet:fitting_sheet"),
    Way("weasyprint", "WeasyPrint, PDF/UA", "bench.peers.weasyprint_sheet:weasyprint_sheet"),
    Way("platypus", "platypus, untagged", "bench.peers.platypus_sheet:platypus_sheet"),
    Way("paragraphs", "platypus, all cells paragraphs", "bench.peers.platypus_sheet:paragraph_sheet"),
    Way("floor", "by hand, core fonts, untagged", "bench.peers.floor_sheet:floor_sheet"),
)


class NotInstalled(Exception):
    """A way whose library is not there; says how to install it."""


def maker(way: Way, fitting: Fitting | None, content: Content | None) -> Callable[[], bytes]:
    """Makes one sheet a call: ours from the fitting, the others from the finished content. Raises NotInstalled."""
    module, function = way.place.split(":")
    try:
        make = getattr(import_module(module), function)
    except ModuleNotFoundError as error:
        raise NotInstalled(f"{way.label} is not installed ({error.name}): {INSTALL}") from error
    except OSError as error:
        raise NotInstalled(f"{way.label} lacks a library of the system ({error}): {PACKAGES}") from error
    if way.name == OURS:
        return lambda: bytes(make(fitting, paper="a4"))
    return lambda: bytes(make(content))
