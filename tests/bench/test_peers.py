"""The comparison compares like with like: every peer prints our words, and the check notices where not."""

import sys
from collections import Counter
from dataclasses import replace

import pytest

from afofit.pdf import layout, sheet_head
from bench.peers import content as peers
from bench.peers.content import Cell, Content, Table, Views
from bench.peers.making import WAYS, NotInstalled, Way, maker
from bench.peers.reading import content_of
from bench.sheets import SAME_WORDS, share_of_words, words_of
from tests.examples import request_of
from tests.fitting.people import fitted
from tests.pdf.reading import kept


@pytest.fixture(scope="module", params=["E2", "S01"])
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def content(key: str) -> Content:
    return content_of(kept(key), fitted(request_of(key)))


def way(name: str) -> Way:
    return next(way for way in WAYS if way.name == name)


@pytest.mark.parametrize("name", ["platypus", "paragraphs", "floor"])
def test_a_peer_prints_our_words(name: str, key: str, content: Content) -> None:
    assert share_of_words(kept(key), maker(way(name), None, content)()) >= SAME_WORDS


def test_the_content_holds_every_limb_measured_and_drawn(key: str, content: Content) -> None:
    drawn = [block.side for block in content.blocks if isinstance(block, Views)]
    assert drawn == [side for side, limb in fitted(request_of(key)).limbs.items() if limb.dimensions]


def test_cells_to_be_written_in_are_framed_and_keep_their_column(content: Content) -> None:
    table = next(block for block in content.blocks if isinstance(block, Table) and _heads(block)[:1] == ["Code"])
    place = _heads(table).index("As made")
    rows = table.rows[table.heads :]
    assert all(len(row) == len(table.columns) for row in rows)
    assert all(row[place] == Cell(None, framed=True) for row in rows)


def _heads(table: Table) -> list[str]:
    return [cell.words.text for cell in table.rows[table.heads - 1] if cell.words] if table.heads else []


def test_columns_are_as_wide_as_the_page(content: Content) -> None:
    widest = max(sum(column.width for column in block.columns) for block in content.blocks if isinstance(block, Table))
    assert widest == pytest.approx(content.inner, abs=0.5)


def test_a_sheet_that_lacks_a_tenth_of_its_tables_is_noticed(key: str, content: Content) -> None:
    tables = [place for place, block in enumerate(content.blocks) if isinstance(block, Table)]
    longest = max(tables, key=lambda place: len(content.blocks[place].rows))  # type: ignore[union-attr]
    shorter = replace(content, blocks=content.blocks[:longest] + content.blocks[longest + 1 :])
    assert share_of_words(kept(key), maker(way("floor"), None, shorter)()) < SAME_WORDS


def test_the_room_of_head_and_foot_is_that_of_our_sheet() -> None:
    assert (peers.MARGIN, peers.HEAD, peers.FOOT) == (layout.MARGIN, sheet_head.HEAD, sheet_head.FOOT)


def test_words_are_counted_as_often_as_they_stand() -> None:
    words, pages = words_of(kept("E2"))
    assert isinstance(words, Counter)
    assert words["DRAFT"] == pages


def test_a_missing_library_is_named_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bench.peers.weasyprint_sheet", raising=False)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(NotInstalled, match=r"weasyprint.*pip install -r requirements/peers\.txt"):
        maker(way("weasyprint"), None, None)
