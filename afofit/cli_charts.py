"""Commands about size charts of ready-made braces: flask charts check."""

import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from afofit.fitting.chart import Chart
from afofit.fitting.chart_file import BrokenFile, read_csv, read_toml
from afofit.words import charts as words
from afofit.words import stock

CANNOT = 2
charts = AppGroup("charts", help="Size charts of ready-made braces.")


@charts.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check the chart in FILE (TOML, or CSV with one row a size) and say everything that is wrong with it."""
    try:
        found = read_file(file.name, file.read_text("utf-8"))
    except UnicodeDecodeError as error:
        click.echo(f"This file is not UTF-8: byte {error.start + 1} cannot be read. Save it as UTF-8.", err=True)
        sys.exit(CANNOT)
    except BrokenFile as broken:
        for fault in broken.faults:
            click.echo(words.fault(fault), err=True)
        sys.exit(CANNOT)
    for chart in found:
        click.echo(told(chart))


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
