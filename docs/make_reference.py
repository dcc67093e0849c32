"""Writes docs/reference.md from the declarations: python -m docs.make_reference."""

from collections.abc import Iterator
from inspect import getdoc, getsource
from pathlib import Path
from re import findall

import click

from afofit.access import access_of
from afofit.app import create_app
from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS, Limits
from afofit.fitting.protocol import default
from afofit.fitting.vocabulary import GROUPS
from afofit.settings import FILE, SECRET, Settings, variable
from afofit.words.findings import TITLES
from afofit.words.numbers import plain
from docs import rules_told

PAGE = Path(__file__).parent / "reference.md"


def _limits(limits: Limits | None) -> str:
    return "" if limits is None else f"{plain(limits[0])} to {plain(limits[1])}"


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield "# Reference"
    yield ""
    yield "Written from the declarations in the code by `python -m docs.make_reference`; a test keeps it up to date."
    yield "The rules in words, with what decides between them, stand in [the contract](contract.md)."
    yield from _measurements()
    yield from _taken()
    yield from _fields()
    yield from _confirmed()
    yield from _dimensions()
    yield from rules_told.lines()
    yield from _findings()
    yield from _protocol()
    yield from _routes()
    yield from _settings()
    yield from _commands()


def _measurements() -> Iterator[str]:
    yield from ("", "## Measurements", "")
    yield "mm or degrees, inclusive. A limb holds them under `limbs.left` or `limbs.right`."
    yield from ("", "| code | letter | name | landmark | refused outside, adult | any age | unusual, adult |")
    yield "|---|---|---|---|---|---|---|"
    for one in MEASUREMENTS:
        limits = f"{_limits(one.adult)} | {_limits(one.any_age)} | {_limits(one.usual)}"
        yield f"| {one.code} | {one.letter} | `{one.name}` | {one.hint} | {limits} |"


def _taken() -> Iterator[str]:
    yield from ("", "### How each is taken", "", "Two readings further apart than the last column ask for a third.", "")
    yield from ("| letter | measurement | posture | tool | how | readings apart |", "|---|---|---|---|---|---|")
    for one in MEASUREMENTS:
        unit = "°" if one.unit == "deg" else " mm"
        apart = "" if one.repeat_limit is None else f"{plain(one.repeat_limit)}{unit}"
        yield f"| {one.letter} | {one.label} | {one.posture} | {one.tool} | {one.how} | {apart} |"


def _fields() -> Iterator[str]:
    for group, fields in GROUPS.items():
        yield from ("", f"## Fields of `{group}`", "", "| name | meaning | values or limits |", "|---|---|---|")
        for field in fields:
            values = ", ".join(f"`{value}`" for value in field.values)
            if field.low is not None and field.high is not None:
                unit = {"length": " mm", "mass": " kg", "angle": "°", "years": " years"}.get(field.kind, "")
                values = f"{plain(field.low)} to {plain(field.high)}{unit}"
            unknown = "; may be `unknown`" if field.unknown else ""
            yield f"| `{field.name}` | {field.label} | {values}{unknown} |"


def _confirmed() -> Iterator[str]:
    yield from ("", "## `confirmed`, of a limb", "")
    yield "Who measured an unusual value again and confirmed it: a list of `{field, value, by, at}`. `field` is a"
    yield "measurement of that limb, `value` its number as entered (the mean of readings; degrees for angles), `by` a"
    yield "name, `at` a moment with its zone; the last two may be left out. Another value than the one entered is"
    yield "refused. The cautions `measurement_unusual`, `reading_spread` and `sides_differ` stay and say who confirmed;"
    yield "no number changes. In the form: `limbs.<side>.confirmed.<field>.value`, `.by`, `.at`; the button"
    yield "`confirm=limbs.<side>.<field>=<value>` fills them in."


def _dimensions() -> Iterator[str]:
    yield from ("", "## Dimensions", "", "| code | name | label | unit |", "|---|---|---|---|")
    for one in DIMENSIONS:
        yield f"| {one.code} | `{one.name}` | {one.label} | {one.unit} |"


def _findings() -> Iterator[str]:
    yield from ("", "## Findings", "", "When each appears: contract, section 3.2.", "", "| code | title |", "|---|---|")
    for code, title in TITLES.items():
        yield f"| `{code}` | {title} |"


def _protocol() -> Iterator[str]:
    protocol = default()
    yield from ("", f"## Protocol `{protocol.name}`, version {protocol.version}", "")
    yield from ("| rule | name | value by case | grade | source |", "|---|---|---|---|---|")
    for one in protocol.parameters.values():
        values = ", ".join(f"{case} {plain(value, 4)}" for case, value in one.values.items())
        yield f"| {one.clause} | `{one.name}` | {values} | {one.source.grade} | {one.source.text} |"


def _routes() -> Iterator[str]:
    app = create_app(Settings())
    yield from ("", "## Routes", "", "| route | methods | what | access |", "|---|---|---|---|")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        if rule.endpoint == "static":
            continue
        view = app.view_functions[rule.endpoint]
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        what = next(iter((getdoc(view) or "").splitlines()), "")
        access = access_of(view)
        who = "" if access is None else f"{access.kind}: {' or '.join(access.roles) or access.scope or access.why}"
        yield f"| `{rule.rule}` | {methods} | {what} | {who} |"


def _settings() -> Iterator[str]:
    yield from ("", "## Settings", "")
    yield "All are variables of the environment. Yes and no are written `yes`, `no` (or `1`, `0`, `true`, `false`, `on`"
    yield "or `off`). What is wrong is said, all at once, before the service starts. A secret may stand in a file"
    yield f"instead, named by the same variable with `{FILE}` at its end: the last column says which."
    yield from ("", "| variable | default | what | or from a file |", "|---|---|---|---|")
    told = dict(findall(r'^    (\w+): .*\n    """(.*)"""', getsource(Settings), flags=8))
    for name, field in Settings.__dataclass_fields__.items():
        default = {"True": "`yes`", "False": "`no`", "": ""}.get(str(field.default), f"`{field.default}`")
        file = f"`{variable(name)}{FILE}`" if name in SECRET else ""
        yield f"| `{variable(name)}` | {default} | {told[name]} | {file} |"
    yield "| `PORT` | `8000` | Port of `make serve`. |  |"
    counted = "Folder in which the workers of one start count together; not set: one is made."
    yield f"| `PROMETHEUS_MULTIPROC_DIR` |  | {counted} |  |"


def _commands() -> Iterator[str]:
    yield from ("", "## Commands", "")
    yield "`afofit …` where the wheel is installed, `.venv/bin/flask --app wsgi …` in a checkout; `--help` after any of"
    yield "them says more."
    yield from ("", "| command | what |", "|---|---|")
    own = create_app(Settings()).cli
    for name, what in sorted(_commands_of(own, "")):
        yield f"| `{name}` | {what} |"


def _commands_of(group: click.Group, before: str) -> Iterator[tuple[str, str]]:
    """Those of this program; libraries bring some for their own tables."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands_of(command, f"{before}{name} ")
        elif command.callback and command.callback.__module__.startswith("afofit."):
            context = click.Context(command)
            arguments = [one.make_metavar(context) for one in command.params if isinstance(one, click.Argument)]
            said = (getdoc(command.callback) or "").split("\n\n")[0]
            yield " ".join((f"{before}{name}", *arguments)), " ".join(said.split())


def page() -> str:
    """The whole page."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
