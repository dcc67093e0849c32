"""A cover as a picture: bars as wide as the shares, words beside them, the same bytes for the same people."""

import re
from xml.etree import ElementTree

import pytest

from afofit.cover.counting import Cover, cover
from afofit.cover.people import of
from afofit.cover.picture import Bar, bars, chart_bars, cover_file, whole_bars
from afofit.words.tongue import speaking
from tests.fitting.charts import chart, person, size
from tests.test_cover import LEAF, TALL, TEN

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  it is our own


@pytest.fixture
def ten() -> Cover:
    return cover([LEAF, TALL], [of(TEN)])


def widths(svg: str, kind: str) -> list[float]:
    return [float(found) for found in re.findall(rf'<rect class="{kind}" [^>]*width="([\d.]+)%"', svg)]


def test_a_bar_is_as_wide_as_its_share(ten: Cover) -> None:
    """Of ten people S serves four, two of them with M, which serves two; L serves none and has no bar."""
    rows = chart_bars(ten.charts[0])
    assert rows[:3] == (
        Bar("size S", "served", 4, 2),
        Bar("size M", "served", 2, 2),
        Bar("size L", "served", 0, 0),
    )
    drawn = bars(rows, ten.people, name="one", title="Leaf")
    assert widths(drawn, "served") == [40, 20]
    assert re.findall(r'<rect class="part" x="([\d.]+)%"[^>]* width="([\d.]+)%"', drawn)[:2] == [
        ("20", "20"),
        ("0", "20"),
    ]
    assert widths(drawn, "outside") == [10, 10, 10, 10, 10, 10]
    assert widths(drawn, "unknown") == [20, 10]
    assert drawn.count('class="track"') == len(rows)


def test_the_whole_counts_everybody_once(ten: Cover) -> None:
    assert sum(bar.people for bar in whole_bars(ten)) == 10


def test_who_does_not_see_it_is_told_the_same(ten: Cover) -> None:
    drawn = parsed(bars(chart_bars(ten.charts[0]), 10, name="one", title="Leaf & co"))
    assert drawn.get("role") == "img"
    title, told = drawn[0], drawn[1]
    assert drawn.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}" == "one-t one-d"
    assert title.text == "Leaf & co"
    assert (told.text or "").startswith("Of 10 people: size S 4 (40 %); size M 2 (20 %); size L 0 (0 %); ")
    assert "foot length: below every size 1 (10 %)" in (told.text or "")


def test_a_file_is_whole_and_the_same_each_time(ten: Cover) -> None:
    file = cover_file(ten)
    assert file == cover_file(ten)
    drawn = parsed(file)
    assert drawn.tag == f"{SVG}svg"
    ids = [one.get("id") for one in drawn.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert not {"script", "foreignObject", "image", "a"} & {one.tag.removeprefix(SVG) for one in drawn.iter()}
    assert "prefers-color-scheme:dark" in file
    assert "href" not in file
    said = "".join(drawn.itertext())
    for text in ("Nobody Leaf, version 1: served 4 (40 %)", "Nobody Tall", "size S", "foot length: above every size"):
        assert text in said
    bottom = max(float(one.get("y", 0)) for one in drawn.iter(f"{SVG}text"))
    assert bottom < float(drawn.get("height", 0)) - 24


def test_long_words_go_on_below(ten: Cover) -> None:
    with speaking("es"):
        drawn = parsed(bars(chart_bars(ten.charts[0]), 10, name="one", title="x"))
    assert max(len(one.text or "") for one in drawn.iter("text")) <= 30
    bad = chart(size('<b>&"', foot_length=(220, 260)), model="<script>")
    shown = cover([bad], [of([person(foot_length=240.0)])])
    assert "<script>" not in cover_file(shown)
    parsed(cover_file(shown))


def test_nobody_is_drawn_as_nobody() -> None:
    drawn = bars(whole_bars(cover([LEAF], [])), 0, name="one", title="x")
    assert "0 (–)" in drawn
    parsed(drawn)
