"""Files inside a PDF: the request and the result, so that a sheet can be read back by machine."""

from collections.abc import Mapping
from io import BytesIO

import pikepdf

MARK = b"%PDF-"
LARGEST = 5_000_000


class NoAttachment(ValueError):
    """A PDF that cannot be read, or does not carry the file asked for."""


def attach(pdf: bytes, files: Mapping[str, bytes]) -> bytes:
    """The PDF with JSON files attached; equal bytes for equal input."""
    with pikepdf.open(BytesIO(pdf)) as document:
        for name, content in files.items():
            document.attachments[name] = pikepdf.AttachedFileSpec(
                document, content, filename=name, mime_type="application/json", relationship=pikepdf.Name.Data
            )
        written = BytesIO()
        document.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def attached(pdf: bytes, name: str) -> bytes:
    """The content of an attached file; raises NoAttachment."""
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            if name not in document.attachments:
                raise NoAttachment(f"the PDF carries no {name}")
            content = document.attachments[name].get_file().read_bytes()
    except pikepdf.PdfError as error:
        raise NoAttachment("the file is no readable PDF") from error
    if len(content) > LARGEST:
        raise NoAttachment(f"the attached {name} is too large")
    return content
