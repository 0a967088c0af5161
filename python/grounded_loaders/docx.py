# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Word documents: headings by style, lists, tables, footnotes. Running headers and footers are left out, as are deleted words."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from . import ooxml
from .docx_styles import Lists, Styles
from .document import PAGE, Document, Source, heading, join, paragraph, table
from .limits import Archive
from .xml_tree import attribute, child, children_of, local, parse

_SKIPPED = {"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "sectPr", "tblPr", "trPr", "tcPr"}
_BREAK = object()


def load(source: Source, kind: str) -> Document:
    archive = Archive(source)
    main = ooxml.main_part(archive, "word/document.xml")
    writer = _Writer(Styles(archive.read_if_there("word/styles.xml")), Lists(archive.read_if_there("word/numbering.xml")))
    for element in children_of(archive.read(main), "body"):
        writer.add(element)
    for part in ("word/footnotes.xml", "word/endnotes.xml"):
        if data := archive.read_if_there(part):
            writer.add_notes(parse(data))
    return Document(join(_paged(writer.blocks, ooxml.page_count(archive))), title=ooxml.title(archive))


def _paged(blocks: list[str], count: int) -> list[str]:
    """The blocks, without their page breaks where the file says that it has more pages: then where they end is not known."""
    if count > blocks.count(PAGE) + 1:
        return [block for block in blocks if block != PAGE]
    return blocks


class _Writer:
    """Writes the blocks of a body, one after the other."""

    def __init__(self, styles: Styles, lists: Lists):
        self.blocks: list[str] = []
        self._styles, self._lists = styles, lists

    def add(self, element: Element) -> None:
        name = local(element)
        if name == "p":
            self._add_paragraph(element)
        elif name == "tbl":
            self._add_table(element)
        elif name not in _SKIPPED:
            for inner in element:
                self.add(inner)

    def add_notes(self, root: Element) -> None:
        for note in root:
            if attribute(note, "type") in (None, "normal"):
                text = " ".join(_text(note).split())
                if text:
                    self.blocks.append(paragraph(f"[{attribute(note, 'id')}] {text}"))

    def _add_paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        if child(properties, "pageBreakBefore") is not None and attribute(child(properties, "pageBreakBefore"), "val") not in ("0", "false"):
            self._break()
        parts: list[str] = []
        boxes: list[Element] = []
        for piece in _pieces(element, boxes):
            if piece is not _BREAK:
                parts.append(piece)
                continue
            if "".join(parts).strip():
                self._write("".join(parts), properties)
                parts.clear()
            self._break()
        self._write("".join(parts), properties)
        for box in boxes:
            for inner in box:
                self.add(inner)

    def _write(self, text: str, properties: Element | None) -> None:
        text = paragraph(text)
        if not text:
            return
        style = attribute(entry, "val") if (entry := child(properties, "pStyle")) is not None else None
        level = self._styles.heading_level(style, properties)
        mark = self._lists.mark(*self._styles.numbering(style, properties))
        if level:
            self.blocks.append(heading(level, text))
        elif mark:
            indent, sign = mark
            item = f"{' ' * indent}{sign} {text.replace(chr(10), chr(10) + ' ' * (indent + len(sign) + 1))}"
            if self.blocks and self._lists.continues:
                self.blocks[-1] += "\n" + item
            else:
                self.blocks.append(item)
        else:
            self.blocks.append(text)
        self._lists.continues = bool(mark) and not level

    def _add_table(self, element: Element) -> None:
        self._lists.continues = False
        rows = [list(_cells(row)) for row in element if local(row) == "tr"]
        if len(rows) == 1 and len(rows[0]) == 1:
            # One cell is a frame around a text.
            for inner in element.iter():
                if local(inner) == "tc":
                    for block in inner:
                        self.add(block)
                    return
        self.blocks.append(table(rows))

    def _break(self) -> None:
        self._lists.continues = False
        # Word notes where its pages ended, also right after a break that the author made.
        if self.blocks and self.blocks[-1] != PAGE:
            self.blocks.append(PAGE)


def _pieces(element: Element, boxes: list[Element]) -> Iterator[str | object]:
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
                yield _BREAK
            else:
                yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name in ("footnoteReference", "endnoteReference") and attribute(node, "id"):
            yield f"[{attribute(node, 'id')}]"
        elif name == "lastRenderedPageBreak":
            if not written:
                yield _BREAK
            late = late or written
    if late:
        # The page ended within the paragraph, which stays whole.
        yield _BREAK


def _walk(element: Element, boxes: list[Element]) -> Iterator[Element]:
    for node in element:
        name = local(node)
        if name in _SKIPPED:
            continue
        if name == "txbxContent":
            boxes.append(node)
            continue
        yield node
        yield from _walk(node, boxes)


def _text(element: Element) -> str:
    """All words of paragraphs inside an element."""
    texts = []
    for node in element.iter():
        if local(node) == "p":
            boxes: list[Element] = []
            texts.append("".join(piece for piece in _pieces(node, boxes) if piece is not _BREAK))
    return " ".join(text for text in texts if text.strip())


def _cells(row: Element) -> Iterator[str]:
    for cell in row.iter():
        if local(cell) != "tc" or not _belongs(cell, row):
            continue
        properties = child(cell, "tcPr")
        merged = child(properties, "vMerge")
        continues = merged is not None and attribute(merged, "val") in (None, "continue")
        yield "" if continues else _text(cell)
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
