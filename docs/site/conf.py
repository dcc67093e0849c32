"""How the site is built from the pages as they stand: make docs.

The tree itself is the source, so that a link between two pages is the same on the site and in the files as they stand.
"""

from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from afofit import __version__

ROOT = Path(__file__).parents[2]
HOME = "docs/index"
PARTS = {
    "Begin": ("docs/install", "docs/first-fitting"),
    "For whom": ("docs/orthotists", "docs/patients", "docs/pacientes", "docs/administrators", "docs/developers"),
    "Other systems": ("docs/emr", "docs/charts"),
    "Running it": ("deploy/README", "docs/operations", "docs/endurance", "docs/security", "docs/components"),
    "Reference": ("docs/reference", "docs/contract", "docs/screens"),
    "Where the numbers come from": ("docs/clinical-reference", "docs/shoe-reference", "docs/plausibility"),
    "May it be used": ("docs/hazards", "docs/security", "docs/validation", "CHANGELOG"),
}
"""The menu. A page of docs/ that is named nowhere stands under "More"."""
TITLES = {
    "docs/emr": "Integration (EMR)",
    "docs/plausibility": "Plausibility",
    "docs/clinical-reference": "Clinical reference",
    "docs/shoe-reference": "Shoe reference",
    "docs/pacientes": "Para pacientes",
}
"""Shorter than the headings of these pages."""
SPANISH = {"docs/pacientes"}

project = "afofit"
author = "afofit"
release = version = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = HOME
include_patterns = ["docs/*.md", "deploy/README.md", "CHANGELOG.md"]
exclude_patterns = [".*", "afofit", "bench", "build", "dist", "node_modules", "requirements", "tests", "var"]
language = "en"
nitpicky = True
myst_heading_anchors = 4
myst_enable_extensions = ["html_image"]
html_theme = "furo"
html_title = f"afofit {release}"
html_baseurl = ""
templates_path = ["templates"]
html_static_path = ["site.css", "site.js"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_extra_path = ["index.html"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_theme_options = {"top_of_page_buttons": []}


def pages() -> dict[str, list[str]]:
    """The parts of the menu with those of their pages that there are."""
    found = [f"docs/{path.stem}" for path in sorted((ROOT / "docs").glob("*.md"))] + ["deploy/README", "CHANGELOG"]
    named = {page for part in PARTS.values() for page in part}
    parts = {part: [page for page in listed if page in found] for part, listed in PARTS.items()}
    return parts | {"More": [page for page in found if page not in named | {HOME}]}


def menu() -> str:
    """The menu as the directives of the first page; its file has none, so that it reads well anywhere."""
    lines = []
    for part, listed in pages().items():
        if listed:
            entries = (f"{TITLES[page]} </{page}>" if page in TITLES else f"/{page}" for page in listed)
            lines += ["", "```{toctree}", ":hidden:", f":caption: {part}", "", *entries, "```"]
    return "\n".join(lines) + "\n"


def add_menu(_app: Sphinx, page: str, source: list[str]) -> None:
    """Put the menu below the first page."""
    if page == HOME:
        source[0] += menu()


def set_language(_app: Sphinx, page: str, _template: str, context: dict[str, object], _tree: object) -> None:
    """Say in which language a page is."""
    if page in SPANISH:
        context["language"] = "es"


def setup(app: Sphinx) -> None:
    """What is done beside the settings."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", add_menu)
    app.connect("html-page-context", set_language)
