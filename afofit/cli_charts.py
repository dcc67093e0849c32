"""Commands about size charts of ready-made braces: flask charts check, cover and plan."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
import orjson
from flask import Flask
from flask.cli import AppGroup

from afofit.fitting.chart import Chart
from afofit.fitting.chart_check import LENGTH_MM, MASS_KG
from afofit.fitting.chart_file import BrokenFile, built_in, read_csv, read_toml
from afofit.words import charts as words
from afofit.words import cover as cover_words
from afofit.words import stock

if TYPE_CHECKING:
    from afofit.cover.counting import Counting
    from afofit.cover.table import Table

CANNOT = 2
LONG_BYTES = 1_000_000
charts = AppGroup("charts", help="Size charts of ready-made braces.")


@charts.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check the chart in FILE (TOML, or CSV with one row a size) and say everything that is wrong with it."""
    for chart in _read(file):
        click.echo(told(chart))


def _read(file: Path) -> tuple[Chart, ...]:
    """The charts of a file; what is wrong with it is said, and the command ends."""
    try:
        return read_file(file.name, file.read_text("utf-8"))
    except UnicodeDecodeError as error:
        click.echo(f"This file is not UTF-8: byte {error.start + 1} cannot be read. Save it as UTF-8.", err=True)
        sys.exit(CANNOT)
    except BrokenFile as broken:
        for fault in broken.faults:
            click.echo(words.fault(fault), err=True)
        sys.exit(CANNOT)


def of_people(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that holds people of a table against charts."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON for a program."),
        click.option(
            "--brace-mm",
            type=click.FloatRange(0, 30),
            help="With --shoes-from-feet: what a brace adds to the foot in the shoe, in mm. Without it, the size of a "
            "shoe over a brace is not known.",
        ),
        click.option(
            "--shoes-from-feet",
            is_flag=True,
            help="Where no shoe size is given, work it out from foot length, sex and age.",
        ),
        click.option("--mass-unit", type=click.Choice(list(MASS_KG)), help="Unit of masses without one in the head."),
        click.option(
            "--length-unit", type=click.Choice(list(LENGTH_MM)), help="Unit of lengths without one in the head."
        ),
        click.option("--people", "table", required=True, type=file, help="Table (CSV) with a row for each person."),
        click.argument("files", nargs=-1, type=file, metavar="[FILE]..."),
    ):
        command = option(command)
    return command


@charts.command("cover")
@of_people
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Write a picture (SVG) here.")
def cover_command(files: tuple[Path, ...], picture: Path | None, as_json: bool, **given: Any) -> None:
    """Say which share of the people in a table the charts in FILE... serve; without FILE, those of the program.

    The columns of the table are named like the fields of a request: side, weight, foot_length,
    calf_circumference, proximal_trim_height, inside_length, shoe_system, shoe_size, braced_us_men and so on. What
    has no column is not known. Units stand in the head (foot_length_mm, weight_kg) or are given.
    """
    from afofit.cover.picture import cover_file
    from afofit.cover.told import cover_document, cover_text

    counting, table = _counted(files, **given)
    cover = counting.cover
    if as_json:
        _print(cover_document(cover), table)
    else:
        _say(cover_text(cover), table)
    if picture is not None:
        picture.write_text(cover_file(cover), "utf-8")
        click.echo(f"Picture written to {picture}", err=True)


@charts.command("plan")
@of_people
@click.option("--share", required=True, type=click.FloatRange(1, 100), help="Share of the people to serve, in percent.")
def plan_command(files: tuple[Path, ...], share: float, as_json: bool, **given: Any) -> None:
    """Say which sizes of the charts in FILE... to keep, so that a share of the people in a table finds one.

    Without FILE, the charts of the program; the table is read as by "cover".
    """
    from afofit.cover.planning import items_of, plan
    from afofit.cover.told import cover_document, left_out, plan_document, plan_text

    counting, table = _counted(files, shelf=True, **given)
    cover = counting.cover
    found = plan(items_of(counting.charts), counting.shelf or {}, people=cover.people, share=share)
    if as_json:
        whole = cover_document(cover)
        never = {name: whole[name] for name in ("unsuited", "unknown", "outside", "why", "mixed")}
        _print(plan_document(found) | {"never_served": never}, table)
    else:
        _say((*plan_text(found), *left_out(cover)), table)


def _say(lines: Sequence[str] | Iterator[str], table: "Table") -> None:
    from afofit.cover.told import of_table

    for line in (*lines, "", *of_table(table)):
        click.echo(line)


def _print(document: dict[str, Any], table: "Table") -> None:
    read = {"used": table.used, "left_out": table.unused, "shoes_from_feet": table.feet is not None}
    click.echo(orjson.dumps(document | {"table": read}, option=orjson.OPT_INDENT_2))


def _counted(
    files: Sequence[Path],
    *,
    table: Path,
    length_unit: str | None,
    mass_unit: str | None,
    shoes_from_feet: bool,
    brace_mm: float | None,
    shelf: bool = False,
) -> "tuple[Counting, Table]":
    """Everybody in the table counted; what is wrong with it is said, and the command ends."""
    # NumPy is loaded for these commands alone.
    from afofit.cover.counting import Counting
    from afofit.cover.table import BrokenTable, Feet, Table, Units

    if brace_mm is not None and not shoes_from_feet:
        raise click.UsageError("--brace-mm says something only with --shoes-from-feet.")
    chosen = tuple(chart for file in files for chart in _read(file)) or built_in()
    counting = Counting(chosen, shelf=shelf)
    feet = Feet(brace_mm) if shoes_from_feet else None
    try:
        with table.open("rb") as file:
            read = Table(_lines(file, table.stat().st_size), Units(length_unit, mass_unit), feet)
            for people in read.blocks():
                counting.add(people)
    except BrokenTable as broken:
        for fault in broken.faults:
            click.echo(cover_words.fault(*fault), err=True)
        if broken.more:
            click.echo(cover_words.more_faults(broken.more), err=True)
        sys.exit(CANNOT)
    return counting, read


def _lines(file: BinaryIO, size: int) -> Iterator[str]:
    """The lines of a table; how far it was read is shown where that takes long enough to be asked."""
    hidden = size < LONG_BYTES or not sys.stderr.isatty()
    with click.progressbar(length=size, label="Reading", file=sys.stderr, hidden=hidden) as bar:
        for line in file:
            yield line.decode("utf-8")
            bar.update(len(line))


def read_file(name: str, text: str) -> tuple[Chart, ...]:
    """The charts of a file, by the ending of its name. Raises BrokenFile."""
    return read_csv(text) if name.lower().endswith(".csv") else (read_toml(text),)


def told(chart: Chart) -> str:
    """A chart as it was understood: every size with its ranges, in mm and kg."""
    one = chart.product
    lines = [f"{one.name}, version {one.version}: {stock.design(one.design)}", f"  {stock.source(one)}"]
    if one.no_chart:
        lines.append(f"  Never matched: {one.no_chart}")
    for size in chart.sizes:
        ranges = ", ".join(
            f"{stock.measure(measure)} {stock.span(measure, each.low, each.open_high)}"
            for measure, each in size.ranges.items()
        )
        lines.append(f"  {size.code}: {ranges}")
    limit = chart.weight_limit_kg
    lines.append(f"  Weight limit: {stock.shown('weight', limit) if limit is not None else 'not stated'}")
    return "\n".join(lines)


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(charts)
