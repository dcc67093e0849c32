"""Commands: flask fit."""

import sys
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson
from flask import Flask

from afofit.documents import NoAttachment, document, request_in, result_in
from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.override import Overridden
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting, LimbFitting
from afofit.schemas.answer import write
from afofit.schemas.printing import Printing
from afofit.schemas.problems import Refused
from afofit.schemas.request import read
from afofit.words import changes
from afofit.words.choices import label
from afofit.words.findings import message, title
from afofit.words.numbers import dimension
from afofit.words.reasons import reason
from afofit.words.sheet import CHOSEN_BY, DRAFT, SEVERITIES, SIDES, STARTING_SPECIFICATION, VERDICTS

CANNOT = 2


@click.command("fit")
@click.argument("request_file", type=click.File("rb"))
@click.option("--sheet", type=click.Path(dir_okay=False, path_type=Path), help="Write the draft sheet (PDF) here.")
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True)
def fit_command(request_file: BinaryIO, sheet: Path | None, paper: str) -> None:
    """Compute the fitting of REQUEST_FILE and print it as a table.

    REQUEST_FILE is JSON, or a PDF made with its data attached; - reads standard input.
    """
    today = date.today()
    content = request_file.read()
    try:
        given, before = request_in(content), result_in(content)
        fitting = fit(read(given, today=today), today=today)
    except orjson.JSONDecodeError as error:
        click.echo(f"This is not readable JSON: {error}", err=True)
        sys.exit(CANNOT)
    except NoAttachment as error:
        click.echo(f"{str(error).capitalize()}.", err=True)
        sys.exit(CANNOT)
    except Refused as refused:
        for problem in refused.problems:
            click.echo(f"{problem.pointer or '/'}: {problem.message}", err=True)
        sys.exit(CANNOT)
    click.echo(as_text(fitting))
    if before is not None:
        click.echo(f"\n{compared(write(fitting, given), before)}")
    if sheet is not None:
        printing = Printing(paper="letter" if paper == "letter" else "a4", attach=True)
        sheet.write_bytes(document("sheet", fitting, given, printing))
        click.echo(f"Sheet written to {sheet}")


def compared(now: dict[str, Any], before: dict[str, Any]) -> str:
    """Whether the numbers on a sheet are those that come out today; each that differs is named."""
    changes = []
    for side in now["limbs"]:
        new, old = (_numbers(result, side) for result in (now, before))
        for name in sorted(new.keys() | old.keys()):
            if new.get(name) != old.get(name):
                changes.append(f"  {SIDES[side]} {name}: {old.get(name)} on the sheet, {new.get(name)} now")
    if not changes:
        return "Every number is the same as on the sheet."
    return "\n".join(["These differ from the sheet:", *changes])


def _numbers(result: dict[str, Any], side: str) -> dict[str, float]:
    limb = result.get("limbs", {}).get(side, {})
    shoe = {name: value for name, value in limb.get("shoe", {}).items() if isinstance(value, int | float)}
    return {one["name"]: one["value"] for one in limb.get("dimensions", [])} | shoe


def as_text(fitting: Fitting) -> str:
    """A fitting as plain text: findings, then dimensions, limb by limb."""
    blocks = [f"{DRAFT}. {STARTING_SPECIFICATION}"]
    blocks += [_limb(SIDES[side], limb) for side, limb in fitting.limbs.items()]
    protocol = f"protocol {fitting.protocol_name} {fitting.protocol_version}"
    blocks.append(f"afofit {fitting.engine_version}, {protocol}, {fitting.computed_on.isoformat()}")
    return "\n\n".join(blocks)


def _limb(side: str, limb: LimbFitting) -> str:
    design = limb.design
    lines = [f"{side.upper()} LEG: {VERDICTS[limb.verdict]}"]
    if design.code:
        chosen = f"{label('design', design.code)}, footplate {label('footplate', design.footplate).lower()}"
        lines.append(f"{chosen}, {CHOSEN_BY[design.chosen_by]}. {' '.join(map(reason, design.reasons))}")
    for finding in limb.findings:
        lines.append(f"  {SEVERITIES[finding.severity]:8} {title(finding)} [{finding.code}]: {message(finding)}")
    for name, value in limb.dimensions.items():
        declared = BY_NAME[name]
        shown = dimension(name, value.magnitude, declared.unit)
        tolerance = "" if value.tolerance is None else f"± {value.tolerance:g}"
        estimated = "  estimated" if value.estimated else ""
        lines.append(
            f"  {declared.code}  {declared.label:50} {shown:>20} {tolerance:6} {value.source.grade}{estimated}"
        )
        if name in limb.overridden:
            lines.append(f"       {_changed(limb.overridden[name])}")
    return "\n".join(lines)


def _changed(one: Overridden) -> str:
    return f"{changes.computed(one)}; changed by {changes.signed(one.override)}: {one.override.reason}"


def register(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(fit_command)
