"""The structure of a tagged document: elements, marked content and the tree that a reader follows."""

from typing import Any

from reportlab.pdfbase.pdfdoc import PDFObject

CHILD_OF_NOTHING = "StructTreeRoot"
FIRST_ELEMENT = 10_000
"""Object number of the first element, far above any of the library."""


class Element:
    """One element of the structure: its kind, its children and the marked content that it holds."""

    __slots__ = ("alt", "attributes", "kids", "kind", "number", "page", "parent", "title")

    def __init__(self, kind: str, parent: "Element | None", *, alt: str = "", attributes: str = "") -> None:
        self.kind = kind
        self.parent = parent
        self.alt = alt
        self.attributes = attributes
        self.title = ""
        self.kids: list[Element | tuple[int, int]] = []
        self.page = -1
        self.number = 0
        if parent is not None:
            parent.kids.append(self)


class Raw(PDFObject):  # type: ignore[misc]
    """An object written as it is: far cheaper than a dictionary of objects for each element."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def format(self, document: Any) -> bytes:
        """The bytes of the object."""
        return self.content


class Tree:
    """The structure of one document while it grows."""

    def __init__(self) -> None:
        self.root = Element("Document", None)
        self.pages: list[list[Element]] = []

    def open_page(self) -> None:
        """Start the list of marked content of a new page."""
        self.pages.append([])

    def mark(self, element: Element) -> str:
        """The operator that opens marked content of the element on the current page."""
        page = len(self.pages) - 1
        owners = self.pages[page]
        element.kids.append((page, len(owners)))
        owners.append(element)
        return f"/{element.kind}<</MCID {len(owners) - 1}>>BDC"

    def write(self, document: Any) -> list[tuple[int, bytes]]:
        """Put the tree into the document's catalogue and give its elements by object number.

        The pages must have been added. Elements are many, so they are numbered apart from the objects
        of the library.
        """
        pages = document.Pages.pages
        page_numbers = [_number(document, page.__InternalName__) for page in pages]
        elements = self._numbered()
        root = Raw(self._root_bytes())
        document.Reference(root, CHILD_OF_NOTHING)
        root_number = _number(document, CHILD_OF_NOTHING)
        shared = _shared_attributes(document, elements)
        document.Catalog.StructTreeRoot = root
        document.Catalog.MarkInfo = Raw(b"<</Marked true>>")
        for place, page in enumerate(pages):
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents = place
            page.Tabs = Raw(b"/S")
        return [(element.number, _element_bytes(element, page_numbers, root_number, shared)) for element in elements]

    def _numbered(self) -> list[Element]:
        """Every element with its number, parents before their children."""
        elements = [self.root]
        for place, element in enumerate(elements, start=FIRST_ELEMENT):
            element.number = place
            elements.extend([kid for kid in element.kids if isinstance(kid, Element)])
        return elements

    def _root_bytes(self) -> bytes:
        numbers = "".join(
            f"{place}[{' '.join([f'{element.number} 0 R' for element in owners])}]"
            for place, owners in enumerate(self.pages)
        )
        return (
            f"<</Type/StructTreeRoot/K {self.root.number} 0 R/ParentTreeNextKey {len(self.pages)}"
            f"/ParentTree<</Nums[{numbers}]>>>>"
        ).encode()


def _number(document: Any, name: str) -> int:
    number: int = document.idToObjectNumberAndVersion[name][0]
    return number


def _shared_attributes(document: Any, elements: list[Element]) -> dict[str, str]:
    """Attributes that many cells share, written once."""
    shared: dict[str, str] = {}
    for attributes in dict.fromkeys(element.attributes for element in elements if element.attributes):
        name = f"Attributes{len(shared)}"
        document.Reference(Raw(f"<<{attributes}>>".encode()), name)
        shared[attributes] = f"/A {_number(document, name)} 0 R"
    return shared


def _element_bytes(element: Element, page_numbers: list[int], root_number: int, shared: dict[str, str]) -> bytes:
    parent = element.parent.number if element.parent is not None else root_number
    if len(element.kids) < 2 and not element.alt and not element.title:
        # A cell or a paragraph of one piece: most elements by far, so they go a shorter way.
        own = shared[element.attributes] if element.attributes else ""
        if not element.kids:
            return f"<</S/{element.kind}/P {parent} 0 R{own}>>".encode()
        (only,) = element.kids
        if isinstance(only, tuple):
            return f"<</S/{element.kind}/P {parent} 0 R/Pg {page_numbers[only[0]]} 0 R{own}/K {only[1]}>>".encode()
    content = [kid for kid in element.kids if not isinstance(kid, Element)]
    page = content[0][0] if content else -1
    kids = [_kid(kid, page, page_numbers) for kid in element.kids]
    inside = kids[0] if len(kids) == 1 else f"[{' '.join(kids)}]"
    return "".join(
        (
            f"<</S/{element.kind}/P {parent} 0 R",
            f"/Pg {page_numbers[page]} 0 R" if content else "",
            f"/Alt{text_string(element.alt)}" if element.alt else "",
            f"/T{text_string(element.title)}" if element.title else "",
            shared[element.attributes] if element.attributes else "",
            f"/K {inside}>>" if kids else ">>",
        )
    ).encode("latin-1")


def _kid(kid: "Element | tuple[int, int]", page: int, page_numbers: list[int]) -> str:
    if isinstance(kid, Element):
        return f"{kid.number} 0 R"
    if kid[0] == page:
        return str(kid[1])
    return f"<</Type/MCR/Pg {page_numbers[kid[0]]} 0 R/MCID {kid[1]}>>"


def text_string(text: str) -> str:
    """A text for a dictionary: plain where it is ASCII, else UTF-16 in hexadecimal."""
    if text.isascii() and not set(text) & set("()\\"):
        return f"({text})"
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"
