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
from .docx_text import BREAK, SKIPPED, cells, pieces, text_of
from .document import PAGE, Document, Source, heading, join, paragraph, table
from .limits import Archive
from .pages import paged
from .xml_tree import attribute, child, children_of, local, parse


def load(source: Source, kind: str) -> Document:
    archive = Archive(source)
    main = ooxml.main_part(archive, "word/document.xml")
    writer = _Writer(Styles(archive.read_if_there("word/styles.xml")), Lists(archive.read_if_there("word/numbering.xml")))
    for element in children_of(archive.read(main), "body"):
        writer.add(element)
    for part in ("word/footnotes.xml", "word/endnotes.xml"):
        if data := archive.read_if_there(part):
            writer.add_notes(parse(data))
    return Document(join(paged(writer.blocks, ooxml.page_count(archive))), title=ooxml.title(archive))


def _rows(element: Element) -> Iterator[Element]:
    """A table's rows, those in content controls too."""
    for inner in element:
        if local(inner) == "tr":
            yield inner
        elif local(inner) in ("sdt", "sdtContent", "customXml"):
            yield from _rows(inner)


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
        elif name not in SKIPPED:
            for inner in element:
                self.add(inner)

    def add_notes(self, root: Element) -> None:
        for note in root:
            if attribute(note, "type") in (None, "normal"):
                text = " ".join(text_of(note).split())
                if text:
                    self.blocks.append(paragraph(f"[{attribute(note, 'id')}] {text}"))

    def _add_paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        before = child(properties, "pageBreakBefore")
        if before is not None and attribute(before, "val") not in ("0", "false"):
            self._break()
        parts: list[str] = []
        boxes: list[Element] = []
        for piece in pieces(element, boxes):
            if piece is not BREAK:
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
        rows = [list(cells(row)) for row in _rows(element)]
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
