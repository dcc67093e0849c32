"""The structure tree of a tagged PDF, empty cells too."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject


@dataclass(slots=True)
class Node:
    """An element: its kind, its marked content as (page from 1, number), and its children."""

    kind: str
    alternative: str = ""
    span: int = 1
    marks: list[tuple[int, int]] = field(default_factory=list)
    children: "list[Node]" = field(default_factory=list)

    @property
    def page(self) -> int:
        """The page on which the element begins."""
        return self.marks[0][0] if self.marks else min(child.page for child in self.children if child.holds)

    @property
    def holds(self) -> bool:
        """Whether there is any content in the element."""
        return bool(self.marks) or any(child.holds for child in self.children)


def structure(data: bytes) -> Node:
    """The root element of a PDF. Raises ValueError where it is not tagged."""
    reader = PdfReader(BytesIO(data))
    references = [page.indirect_reference for page in reader.pages]
    pages = {reference.idnum: place for place, reference in enumerate(references, start=1) if reference is not None}
    root = reader.root_object.get("/StructTreeRoot")
    if root is None:
        raise ValueError("the document is not tagged")
    return _node(_kids(root.get_object())[0].get_object(), pages)


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    kids = kids.get_object() if hasattr(kids, "get_object") else kids
    return kids if isinstance(kids, list) else [kids]


def _node(element: Any, pages: dict[int, int]) -> Node:
    attributes = element.get("/A", DictionaryObject()).get_object()
    node = Node(element["/S"][1:], str(element.get("/Alt", "")), int(attributes.get("/ColSpan", 1)))
    page = pages[element.raw_get("/Pg").idnum] if "/Pg" in element else 0
    for kid in _kids(element):
        inner = kid.get_object()
        if isinstance(inner, int):
            node.marks.append((page, int(inner)))
        elif inner.get("/Type") == "/MCR":
            node.marks.append((pages[inner.raw_get("/Pg").idnum], int(inner["/MCID"])))
        else:
            node.children.append(_node(inner, pages))
    return node
