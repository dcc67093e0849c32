"""The sheet by WeasyPrint: HTML and a style sheet to a tagged PDF/UA, the same fonts, the drawings as SVG."""

import re
from base64 import b64encode
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path

import weasyprint
from PIL import Image
from weasyprint.text.fonts import FontConfiguration

import afofit.pdf
from afofit import svg
from bench.peers.content import (
    FOOT,
    GAP,
    HEAD,
    HIGHEST,
    MARGIN,
    Block,
    Cell,
    Content,
    Finding,
    Heading,
    PageBreak,
    Paragraph,
    Table,
    Views,
    Words,
    hexadecimal,
)

LOOK = re.compile(r"\bw\d+[br][0-9a-f]{6}\b")
FONTS = Path(afofit.pdf.__file__).parent / "fonts"
VARIANT = "pdf/ua-1"
DRAWN = """<style>
.limbshape{fill:#eff3f5;stroke:#5a6b77;stroke-width:1.4}.thin{fill:none;stroke:#5a6b77;stroke-width:1.4}
.dash{stroke-dasharray:5 5}.shell{fill:none;stroke:#0b4f6c;stroke-width:3}.shellfill{fill:#0b4f6c;fill-opacity:.18}
text{text-anchor:middle}
.ln{fill:none;stroke:#14212b;stroke-width:1.4}.ext{fill:none;stroke:#475763;stroke-dasharray:3 4}
.dot{fill:#5a6b77}text{font-family:Peer;font-size:17px;font-weight:700;fill:#14212b}.note{font-weight:400}
</style>"""
STYLE = """
@font-face{font-family:Peer;src:url(%(fonts)s/AtkinsonHyperlegible-Regular.ttf)}
@font-face{font-family:Peer;font-weight:700;src:url(%(fonts)s/AtkinsonHyperlegible-Bold.ttf)}
@page{size:%(width).2fpt %(height).2fpt;margin:%(top)ipt 36pt %(bottom)ipt;
@top-left{content:element(head);width:%(inner).2fpt;height:%(top)ipt}
@bottom-left{content:element(foot);width:%(inner).2fpt;height:%(bottom)ipt}}
#head{position:running(head)}#foot{position:running(foot)}
#head>div,#foot>div{position:relative;width:%(inner).2fpt;height:%(top)ipt}#foot>div{height:%(bottom)ipt}
#head span,#foot span,#head i,#foot img{position:absolute;white-space:nowrap;line-height:1}
#page::before{content:"Page " counter(page) " of " counter(pages)}
body{margin:0;font-family:Peer;font-size:8pt;line-height:1.25}p,h1,h2,h3,ul,li{margin:0;padding:0}
h2,h3{break-after:avoid;padding-top:5pt}p{padding:2pt 0}b{font-weight:700}
li{list-style:none;background:#fff3d6;border-left:3pt solid #b87400;padding:2pt 5pt 3pt 19pt;margin-bottom:2pt}
table{table-layout:fixed;border-collapse:collapse;margin-bottom:6pt}tr{break-inside:avoid}
td,th{border-bottom:.5pt solid #cbd5db;padding:1pt 3pt 2pt;font-weight:400;vertical-align:top}
thead th{background:#eff3f5}.strong{font-weight:700}.left{text-align:left}.right{text-align:right}
.center{text-align:center}.framed{border:.5pt solid #5a6b77}
.break{break-before:page}
.views{break-inside:avoid}figure{display:inline-block;margin:0 %(gap)ipt 0 0;vertical-align:bottom}
figcaption{text-align:center}
"""


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style(width: float, height: float) -> weasyprint.CSS:
    """The style sheet, read once for each paper."""
    values = {
        "fonts": FONTS.as_uri(),
        "width": width,
        "height": height,
        "top": MARGIN + HEAD,
        "bottom": MARGIN + FOOT,
        "inner": width - 2 * MARGIN,
        "gap": GAP - 6,
    }
    return weasyprint.CSS(string=STYLE % values, font_config=_fonts())


def weasyprint_sheet(content: Content) -> bytes:
    """The sheet as a tagged PDF."""
    parts = [f"<html lang=en><title>{escape(content.title)}</title><body>", _furniture(content)]
    broken = False
    for block in content.blocks:
        if isinstance(block, PageBreak):
            broken = True
        else:
            parts.append(_block(block, content, " break" if broken else ""))
            broken = False
    written: bytes = weasyprint.HTML(string=_ruled("".join(parts))).write_pdf(
        stylesheets=[_style(content.width, content.height)], font_config=_fonts(), pdf_variant=VARIANT
    )
    return written


def _look(words: Words) -> str:
    """The class of a look; a style on each element would be read anew each time."""
    return f"w{10 * words.size:.0f}{'b' if words.strong else 'r'}{hexadecimal(words.colour)}"


def _rule(look: str) -> str:
    size, strong, colour = look[1:-7], look[-7] == "b", look[-6:]
    return f".{look}{{font-size:{int(size) / 10}pt;color:#{colour}{';font-weight:700' if strong else ''}}}"


def _ruled(html: str) -> str:
    """The document with a rule for each look in it."""
    rules = "".join(_rule(look) for look in sorted(set(LOOK.findall(html))))
    return html.replace("<body>", f"<style>{rules}</style><body>", 1)


def _block(block: Block, content: Content, opening: str) -> str:
    match block:
        case Heading():
            tag = f"h{block.level}"
            return f'<{tag} class="{_look(block.words)}{opening}">{escape(block.words.text)}</{tag}>'
        case Paragraph():
            return f"<p>{_runs(block.runs)}</p>"
        case Table():
            return _table(block)
        case Views():
            return _views(block, content)
        case PageBreak():
            return ""
        case _:
            return f"<ul>{''.join(_finding(finding) for finding in block)}</ul>"


def _runs(runs: tuple[Words, ...]) -> str:
    return " ".join(f"<span class={_look(run)}>{escape(run.text)}</span>" for run in runs)


def _finding(finding: Finding) -> str:
    lines = "".join(f"<div class={_look(run)}>{escape(run.text)}</div>" for run in finding.runs)
    return f"<li>{lines}</li>"


def _table(table: Table) -> str:
    width = sum(column.width for column in table.columns)
    columns = "".join(f'<col style="width:{column.width:.2f}pt">' for column in table.columns)
    rows = [_row(row, table, "col" if place < table.heads else "row") for place, row in enumerate(table.rows)]
    head, body = "".join(rows[: table.heads]), "".join(rows[table.heads :])
    head = f"<thead>{head}</thead>" if head else ""
    return f'<table style="width:{width:.2f}pt">{columns}{head}<tbody>{body}</tbody></table>'


def _row(row: tuple[Cell, ...], table: Table, scope: str) -> str:
    cells, place = [], 0
    for cell in row:
        tag, attributes = ("th", f" scope={scope}") if cell.heads else ("td", "")
        align = "center" if cell.span > 1 else table.columns[place].align
        attributes += f" colspan={cell.span}" if cell.span > 1 else ""
        place += cell.span
        if cell.words is None:
            cells.append(f"<{tag}{attributes}{' class=framed' if cell.framed else ''}></{tag}>")
        else:
            look = _look(cell.words)
            cells.append(f'<{tag}{attributes} class="{align} {look}">{escape(cell.words.text)}</{tag}>')
    return f"<tr>{''.join(cells)}</tr>"


def _views(block: Views, content: Content) -> str:
    """The drawings as they are shown on the screen, fitted beside each other."""
    drawn = [f"<svg{part}" for part in svg.fitting_views(content.limbs[block.side]).split("<svg")[1:]]
    sizes = [_size(view) for view in drawn]
    room = content.inner - GAP * len(drawn)
    scale = min(room / sum(width for width, _ in sizes), HIGHEST / max(height for _, height in sizes))
    figures = []
    for view, (width, height), words, caption in zip(drawn, sizes, block.alternatives, block.captions, strict=True):
        opening, inside = view.split(">", 1)
        size = f'width="{width * scale:.2f}pt" height="{height * scale:.2f}pt" alt="{escape(words)}"'
        label = f"<figcaption class={_look(caption)}>{escape(caption.text)}</figcaption>"
        figures.append(f"<figure>{opening} {size}>{DRAWN}{inside}{label}</figure>")
    return f"<div class=views>{''.join(figures)}</div>"


def _size(view: str) -> tuple[float, float]:
    _, _, width, height = view.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return float(width), float(height)


def _furniture(content: Content) -> str:
    furniture, foot = content.furniture, content.height - MARGIN - FOOT
    boxes = "".join(
        f'<i style="left:{box.x - MARGIN:.2f}pt;top:{box.y:.2f}pt;width:{box.width:.2f}pt;height:{box.height:.2f}pt'
        + (f";background:#{hexadecimal(box.fill)}" if box.fill else "")
        + (f";border:1pt solid #{hexadecimal(box.stroke)}" if box.stroke else "")
        + '"></i>'
        for box in furniture.boxes
    )
    head: list[str] = []
    low: list[str] = []
    for placed in furniture.lines:
        above = placed.y - 0.85 * placed.words.size
        place = f"left:{placed.x - MARGIN:.2f}pt;top:{above - (foot if above > foot else 0):.2f}pt"
        line = f'<span class={_look(placed.words)} style="{place}">{escape(placed.words.text)}</span>'
        (low if above > foot else head).append(line)
    page = furniture.page
    above = page.y - 0.85 * page.words.size - foot
    low.append(f'<span id=page class={_look(page.words)} style="right:0;top:{above:.2f}pt"></span>')
    code = furniture.code
    place = f"left:0;top:{code.y - foot:.2f}pt;width:{code.width}pt;height:{code.height}pt;image-rendering:pixelated"
    low.append(f'<img alt="Code of the record" src="{_picture(furniture.modules)}" style="{place}">')
    return f"<div id=head><div>{boxes}{''.join(head)}</div></div><div id=foot><div>{''.join(low)}</div></div>"


@cache
def _picture(modules: tuple[str, ...]) -> str:
    """The code as a picture of one bit a module."""
    picture = Image.new("1", (len(modules), len(modules)), 1)
    picture.putdata([dark != "1" for row in modules for dark in row])
    written = BytesIO()
    picture.save(written, "PNG")
    return f"data:image/png;base64,{b64encode(written.getvalue()).decode()}"
