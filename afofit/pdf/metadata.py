"""What a reader and a printer are told about the document: language, title, structure, bookmarks."""

from datetime import date
from typing import Any

# Reading XML is what would be unsafe; here it is written.
from xml.sax.saxutils import escape  # nosec B406

from reportlab.pdfbase.pdfdoc import PDFString

from afofit.pdf.file import Packed
from afofit.pdf.tags import Raw, Tree, text_string

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>{created}</xmp:CreateDate><xmp:ModifyDate>{created}</xmp:ModifyDate>
<xmp:CreatorTool>afofit</xmp:CreatorTool><pdf:Producer>afofit</pdf:Producer>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def _packet(text: str) -> Packed:
    """Metadata are stored readable, so that tools find them without the rest of the file."""
    content = text.encode()
    return Packed(b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(content), content))


def write(
    document: Any,
    tree: Tree,
    outlines: list[tuple[str, int, int, float]],
    *,
    title: str,
    created: date,
    language: str = "en",
) -> list[tuple[int, bytes]]:
    """Fill the catalogue and give the structure elements by object number; every page must have been shown.

    The date is the fitting's, never the clock's.
    """
    catalogue = document.Catalog
    catalogue.Lang = PDFString(language)
    catalogue.ViewerPreferences = Raw(b"<</DisplayDocTitle true/PrintScaling/None>>")
    packet = _packet(_XMP.format(title=escape(title), language=language, created=f"{created.isoformat()}T00:00:00Z"))
    catalogue.Metadata = document.Reference(packet)
    moment = f"(D:{created:%Y%m%d}000000Z)"
    document.info = Raw(
        f"<</Title{text_string(title)}/Producer(afofit)/Creator(afofit)/CreationDate{moment}/ModDate{moment}>>".encode()
    )
    catalogue.Outlines = _bookmarks(document, outlines) if outlines else None
    return tree.write(document)


def _bookmarks(document: Any, outlines: list[tuple[str, int, int, float]]) -> Raw:
    """All headings in one level: the sheet is short."""
    pages = document.Pages.pages
    root = Raw(b"")
    document.Reference(root, "Bookmarks")
    holders = [Raw(b"") for _ in outlines]
    for place, holder in enumerate(holders):
        document.Reference(holder, f"Bookmark{place}")
    numbers = document.idToObjectNumberAndVersion
    parent = numbers["Bookmarks"][0]
    own = [numbers[f"Bookmark{place}"][0] for place in range(len(outlines))]
    for place, (text, _, page, top) in enumerate(outlines):
        target = numbers[pages[page].__InternalName__][0]
        before = f"/Prev {own[place - 1]} 0 R" if place else ""
        after = f"/Next {own[place + 1]} 0 R" if place + 1 < len(own) else ""
        words = text.encode("utf-16-be").hex().upper()
        holders[place].content = (
            f"<</Title<FEFF{words}>/Parent {parent} 0 R{before}{after}/Dest[{target} 0 R/XYZ null {top:.0f} null]>>"
        ).encode()
    root.content = f"<</Type/Outlines/First {own[0]} 0 R/Last {own[-1]} 0 R/Count {len(own)}>>".encode()
    return root
