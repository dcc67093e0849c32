"""A cover as a picture: a bar for each size, and for each measure by which people are left outside.

SVG without script. On a page its looks come from the style sheet, and it is as wide as its place: bars are shares of
that width, letters keep their size. As a file it carries its looks, for light and dark.
"""

from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap
from typing import Literal, NamedTuple

from afofit.cover.counting import Cover, OfChart
from afofit.cover.told import size_name, unknown
from afofit.words import cover as words
from afofit.words.tongue import _

Kind = Literal["served", "outside", "unknown"]
LINE, BAR, GAP = 19, 14, 11
"""Heights (px) of a line of words, of a bar, and of what parts two rows."""
ON_A_PAGE, IN_A_FILE = 30, 58
"""Letters of a label that stand beside a number, on the narrowest screen and in a file."""
LONGEST_LINE = 78
FILE_WIDTH, MARGIN = 720, 24
LOOKS = """
svg{background:#fff;color:#14212b;font:15px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
text{fill:#14212b}.heading{font-weight:700}.soft{fill:#475763}.track{fill:#eff3f5}.grid{stroke:#cbd5db}
.served{fill:#17603a}.outside{fill:#b87400}.unknown{fill:none;stroke:#5a6b77;stroke-width:2;stroke-dasharray:4 3}
.part{fill:#fff;fill-opacity:.55}
@media (prefers-color-scheme:dark){svg{background:#18232b;color:#eaf0f3}text{fill:#eaf0f3}.soft{fill:#b3c0c9}
.track{fill:#0e161c}.grid{stroke:#34444f}.served{fill:#8fdcae}.outside{fill:#d99a2b}.unknown{stroke:#8fa1ad}
.part{fill:#18232b}}
"""


class Bar(NamedTuple):
    """One row: what it is about, how many people, and how many of them the hollow end stands for."""

    label: str
    kind: Kind
    people: int
    part: int = 0


def whole_bars(cover: Cover) -> tuple[Bar, ...]:
    """Everybody, each once."""
    return (
        Bar(_("served by at least one"), "served", cover.served),
        Bar(_("outside of every chart"), "outside", cover.outside),
        *((Bar(_("a finding speaks against it"), "outside", cover.unsuited),) if cover.unsuited else ()),
        Bar(_("not known"), "unknown", cover.unknown),
    )


def chart_bars(one: OfChart) -> tuple[Bar, ...]:
    """Size by size, then by which measure people are outside, then of whom nothing is known."""
    bars = [Bar(size_name(size.code, size.side), "served", size.people, size.shared) for size in one.sizes]
    bars += [Bar(words.outside(code, way), "outside", count, count - alone) for code, way, count, alone in one.outside]
    bars += [Bar(_(words.TOGETHER), "outside", one.together, one.together)] if one.together else []
    if one.statuses["unsuited"]:
        bars.append(Bar(_("a finding speaks against it"), "outside", one.statuses["unsuited"]))
    bars += [Bar(unknown(code), "unknown", count) for code, count in one.unknown.items()]
    return tuple(bars)


def bars(rows: Sequence[Bar], people: int, *, name: str, title: str) -> str:
    """Bars for a page, as wide as their place; ``name`` tells its parts from those of others on the page."""
    drawn, height = _rows(rows, people, 0, ON_A_PAGE)
    height += LINE
    return (
        f'<svg class="bars" width="100%" height="{height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(described(rows, people))}</desc>'
        f"{drawn}{_scale(height)}</svg>"
    )


def cover_file(cover: Cover) -> str:
    """The whole cover as a file of its own."""
    y, parts = 0, []
    for heading, rows in _parts(cover):
        for line in wrap(heading, LONGEST_LINE - 8):
            y += LINE
            parts.append(f'<text class="heading" x="0" y="{y}">{escape(line)}</text>')
        drawn, below = _rows(rows, cover.people, y + GAP, IN_A_FILE)
        parts += [drawn, _scale(below + LINE)]
        y = below + LINE + 2 * GAP
    for line in wrap(legend(), LONGEST_LINE):
        y += LINE
        parts.append(f'<text class="soft" x="0" y="{y}">{escape(line)}</text>')
    width, height = FILE_WIDTH, y + 2 * MARGIN
    inside = FILE_WIDTH - 2 * MARGIN
    title = escape(_("Whom the charts serve"))
    said = escape(" ".join(f"{heading}: {described(rows, cover.people)}" for heading, rows in _parts(cover)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="t d"><title id="t">{title}</title><desc id="d">{said}</desc>'
        f"<style>{LOOKS}</style>"
        f'<svg x="{MARGIN}" y="{MARGIN}" width="{inside}" height="{height - MARGIN}">{"".join(parts)}</svg></svg>\n'
    )


def legend() -> str:
    """What the hollow end of a bar means."""
    return _(
        "Hollow end of a size: people whom another size serves too. Hollow end of a measure: people who would be "
        "outside without it as well."
    )


def described(rows: Sequence[Bar], people: int) -> str:
    """The bars as a sentence, for whoever does not see them."""
    return _("Of {people}: {rows}.").format(
        people=words.people(people),
        rows="; ".join(f"{bar.label} {words.share(bar.people, people)}" for bar in rows),
    )


def _parts(cover: Cover) -> Iterator[tuple[str, tuple[Bar, ...]]]:
    yield words.people(cover.people), whole_bars(cover)
    for one in cover.charts:
        if one.product.no_chart is None:
            served = _("served {share}").format(share=words.share(one.served, cover.people))
            name = _("{name}, version {version}").format(name=one.product.name, version=one.product.version)
            yield f"{name}: {served}", chart_bars(one)


def _rows(rows: Sequence[Bar], people: int, y: int, longest: int) -> tuple[str, int]:
    """The rows from a height on, and where they end."""
    drawn = []
    for bar in rows:
        label = wrap(bar.label, longest) or [""]
        for place, line in enumerate(label):
            drawn.append(f'<text x="0" y="{y + LINE * (place + 1) - 5}">{escape(line)}</text>')
        count = escape(words.share(bar.people, people))
        drawn.append(f'<text x="100%" y="{y + LINE - 5}" text-anchor="end">{count}</text>')
        y += LINE * len(label)
        drawn.append(_bar(bar, people, y))
        y += BAR + GAP
    return "".join(drawn), y


def _bar(bar: Bar, people: int, y: int) -> str:
    size = f'y="{y}" height="{BAR}"'
    share, part = _share(bar.people, people), _share(bar.part, people)
    drawn = f'<rect class="track" x="0" {size} width="100%"/>'
    if bar.people:
        drawn += f'<rect class="{bar.kind}" x="0" {size} width="{_number(share)}%"/>'
    if bar.part:
        inner = f'y="{y + 3}" height="{BAR - 6}"'
        drawn += f'<rect class="part" x="{_number(share - part)}%" {inner} width="{_number(part)}%"/>'
    return drawn


def _scale(below: int) -> str:
    """What the width stands for."""
    y = below - 5
    ends = (("0", "start", "0 %"), ("50%", "middle", "50 %"), ("100%", "end", "100 %"))
    return "".join(f'<text class="soft" x="{x}" y="{y}" text-anchor="{end}">{said}</text>' for x, end, said in ends)


def _share(count: int, people: int) -> float:
    return 100 * count / people if people else 0.0


def _number(number: float) -> str:
    """As many digits as the widest screen can show."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
