# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The words of a Word document's paragraphs and cells."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from .xml_tree import attribute, child, local

SKIPPED = {"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "sectPr", "tblPr", "trPr", "tcPr"}

#: Stands for the end of a page among the pieces of a paragraph.
BREAK = object()


def pieces(element: Element, boxes: list[Element]) -> Iterator[str | object]:
    """The texts of a paragraph and its page breaks; text boxes in it are put into ``boxes``."""
    written = False
    late = False
    for node in _walk(element, boxes):
        name = local(node)
        if name == "t":
            written = written or bool(node.text and node.text.strip())
            yield node.text or ""
        elif name in ("tab", "ptab"):
            yield "\t"
        elif name in ("br", "cr"):
            if attribute(node, "type") == "page":
                yield BREAK
            else:
                yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name in ("footnoteReference", "endnoteReference") and attribute(node, "id"):
            yield f"[{attribute(node, 'id')}]"
        elif name == "lastRenderedPageBreak":
            if not written:
                yield BREAK
            late = late or written
    if late:
        # The page ended within the paragraph, which stays whole.
        yield BREAK


def _walk(element: Element, boxes: list[Element]) -> Iterator[Element]:
    for node in element:
        name = local(node)
        if name in SKIPPED:
            continue
        if name == "txbxContent":
            boxes.append(node)
            continue
        yield node
        yield from _walk(node, boxes)


def text_of(element: Element) -> str:
    """All words of paragraphs inside an element."""
    texts = []
    for node in element.iter():
        if local(node) == "p":
            boxes: list[Element] = []
            texts.append("".join(piece for piece in pieces(node, boxes) if piece is not BREAK))
    return " ".join(text for text in texts if text.strip())


def cells(row: Element) -> Iterator[str]:
    for cell in row.iter():
        if local(cell) != "tc" or not _belongs(cell, row):
            continue
        properties = child(cell, "tcPr")
        merged = child(properties, "vMerge")
        continues = merged is not None and attribute(merged, "val") in (None, "continue")
        yield "" if continues else text_of(cell)
        span = child(properties, "gridSpan")
        width = attribute(span, "val") if span is not None else None
        for _ in range(min(int(width) if width and width.isdigit() else 1, 64) - 1):
            yield ""


def _belongs(cell: Element, row: Element) -> bool:
    """Whether a cell is the row's own, not that of a table inside one of its cells."""
    if cell in list(row):
        return True
    wrapped = [inner for inner in row if local(inner) in ("sdt", "customXml")]
    return any(cell in list(content) for outer in wrapped for content in outer.iter() if local(content) in ("sdtContent", "customXml"))
