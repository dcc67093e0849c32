"""The guide to size charts: its examples are charts, the two of them the same, and it names every key there is."""

import re
from pathlib import Path

from afofit.fitting.chart import DESIGN_CODES, MEASURES
from afofit.fitting.chart_check import KNOWN
from afofit.fitting.chart_file import read_csv, read_toml
from afofit.fitting.result import Status
from afofit.store.charts import MOST_IN_USE

TEXT = (Path(__file__).parents[1] / "docs" / "charts.md").read_text("utf-8")


def example(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_examples_are_the_same_chart() -> None:
    chart = read_toml(example("toml"))
    assert read_csv(example("csv")) == (chart,)
    assert chart.product.invented
    assert [size.code for size in chart.sizes] == ["Small", "Large"]


def test_every_key_measure_design_and_status_is_named() -> None:
    for name in (*KNOWN, *MEASURES, *DESIGN_CODES, *Status.__args__):  # type: ignore[attr-defined]
        assert re.search(rf"\b{name}\b", TEXT), name
    assert f"At most {MOST_IN_USE} charts" in TEXT
