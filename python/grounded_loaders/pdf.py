# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""PDF: text in reading order, ruled tables, a form feed between pages."""

import pypdfium2
import pypdfium2.raw as raw

from . import pdf_characters, pdf_layout, pdf_markdown, pdf_tables
from .document import PAGE, Document, Refusal, Source, join, line, paragraph

_DPI = 200
_PAGES = 20_000
_SCANNED_SHARE = 0.6
_STAMP_CHARACTERS = 100
_UNNAMED = ("untitled", "microsoft word", "microsoft powerpoint", "powerpoint presentation", "slide 1", "(anonymous)", "document")


def load(source: Source, kind: str) -> Document:
    try:
        document = pypdfium2.PdfDocument(source.data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise Refusal("encrypted", "the PDF is protected by a password; save it without one") from None
        raise Refusal("unreadable", f"the PDF is damaged: {error}; print it into a new PDF") from None
    if count > _PAGES:
        raise Refusal("too_large", f"the PDF has {count} pages; at most {_PAGES} are read; divide it")
    pages, scanned, damaged = [], [], []
    for number in range(count):
        page = _page(document, number)
        if page is None:
            damaged.append(number + 1)
        elif _characters(page) < _STAMP_CHARACTERS and _is_picture(document, number, bool(page)):
            scanned.append(number + 1)
        pages.append(page or [])
    return _document(document, source, pages, scanned, damaged)


def _document(document: pypdfium2.PdfDocument, source: Source, pages: list, scanned: list[int], damaged: list[int]) -> Document:
    warnings = []
    recognised: dict[int, str] = {}
    if scanned and source.ocr:
        recognised = {number: _recognised(document, number - 1) for number in scanned}
        warnings.append(f"the text of {_listed(scanned)} was recognised in images")
    elif len(scanned) and not any(pages):
        raise Refusal("unreadable", "only images; turn on OCR (LOADER_OCR=true), or upload a PDF that holds text")
    elif scanned:
        only = [number for number in scanned if not pages[number - 1]]
        stamped = [number for number in scanned if pages[number - 1]]
        if only:
            warnings.append(f"{_listed(only)} {'holds' if len(only) == 1 else 'hold'} only images; their text is missing")
        if stamped:
            verb = "is an image" if len(stamped) == 1 else "are images"
            warnings.append(f"{_listed(stamped)} {verb} with a line of text; the text of the image is missing")
    if damaged:
        warnings.append(f"{_listed(damaged)} could not be read")
        if len(damaged) == len(pages):
            raise Refusal("unreadable", "no page of the PDF can be read; print it into a new PDF")
    written = pdf_markdown.pages(pages)
    blocks: list[str] = []
    for number, text in enumerate(written, 1):
        if number > 1:
            blocks.append(PAGE)
        seen = paragraph(recognised.get(number, ""))
        blocks.append(seen if len(seen) > len(text) else text)
    return Document(join(blocks), title=_title(document), warnings=warnings)


def _page(document: pypdfium2.PdfDocument, number: int) -> list | None:
    """A page's lines and tables in reading order; None if it is damaged."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return None
    try:
        characters = pdf_characters.characters(page)
        found = pdf_tables.tables(page, characters) if characters else []
        return pdf_layout.ordered(pdf_layout.fragments(characters, found))
    except pypdfium2.PdfiumError:
        return None
    finally:
        page.close()


def _characters(page: list[pdf_layout.Fragment]) -> int:
    cells = (cell for fragment in page if fragment.table is not None for row in fragment.table.cells for cell in row)
    return sum(len(fragment.text.strip()) for fragment in page) + sum(len(cell.strip()) for cell in cells)


def _is_picture(document: pypdfium2.PdfDocument, number: int, has_text: bool) -> bool:
    """Whether images hold what a page says: any on one without text, those that cover most of one with a line that was stamped on it."""
    page = document[number]
    try:
        images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        if not has_text:
            return any(True for _ in images)
        left, bottom, right, top = page.get_cropbox()
        covered = 0.0
        for image in images:
            edges = image.get_bounds()
            width = min(edges[2], right) - max(edges[0], left)
            covered += max(width, 0) * max(min(edges[3], top) - max(edges[1], bottom), 0)
        return covered >= _SCANNED_SHARE * (right - left) * (top - bottom)
    except pypdfium2.PdfiumError:
        return False
    finally:
        page.close()


def _recognised(document: pypdfium2.PdfDocument, number: int) -> str:
    from .image import recognized

    page = document[number]
    bitmap = page.render(scale=_DPI / 72, grayscale=True)
    rows = bytes(bitmap.buffer)
    if bitmap.stride != bitmap.width:
        rows = b"".join(rows[start : start + bitmap.width] for start in range(0, bitmap.stride * bitmap.height, bitmap.stride))
    picture = b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + rows
    bitmap.close()
    page.close()
    return recognized(picture)


def _title(document: pypdfium2.PdfDocument) -> str | None:
    title = line(document.get_metadata_dict(skip_empty=True).get("Title", ""))
    return None if title.lower().startswith(_UNNAMED) or len(title) < 3 else title


def _listed(numbers: list[int]) -> str:
    """``page 3`` or ``pages 3, 4, 8``; a long list is cut."""
    shown = ", ".join(str(number) for number in numbers[:20]) + (f" and {len(numbers) - 20} more" if len(numbers) > 20 else "")
    return f"page{'' if len(numbers) == 1 else 's'} {shown}"
