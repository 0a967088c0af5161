# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""OpenDocument texts and presentations."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from .document import PAGE, Document, Source, heading, join, line, paragraph, table
from .limits import Archive
from .xml_tree import attribute, child, local, parse

_SKIPPED = {
    "tracked-changes", "annotation", "annotation-end", "sequence-decls", "forms", "variable-decls", "desc", "title", "event-listeners",
}  # fmt: skip
_REPEATED = 64


def load(source: Source, kind: str) -> Document:
    archive = Archive(source)
    root = parse(archive.read("content.xml"))
    writer = _Writer(_breaking_styles(root))
    body = child(root, "body", "text" if kind == "odt" else "presentation")
    for element in body if body is not None else []:
        writer.add(element)
    return Document(join(writer.blocks), title=_title(archive))


class _Writer:
    """Writes the blocks of a body, one after the other."""

    def __init__(self, breaking: set[str]):
        self.blocks: list[str] = []
        self._breaking = breaking

    def add(self, element: Element) -> None:
        name = local(element)
        if name in _SKIPPED:
            return
        if name in ("h", "p"):
            self._add_paragraph(element)
        elif name == "list":
            self.blocks.append("\n".join(_items(element, 0)))
        elif name == "table":
            self.blocks.append(table(_rows(element)))
        elif name == "page":
            self._add_slide(element)
        elif name == "notes":
            texts = [line(_text(node)) for node in element.iter() if local(node) in ("p", "h")]
            self.blocks += [paragraph(f"Notes: {text}") for text in (" ".join(text for text in texts if text),) if text]
        else:
            for inner in element:
                self.add(inner)

    def _add_paragraph(self, element: Element) -> None:
        if attribute(element, "style-name") in self._breaking and self.blocks and self.blocks[-1] != PAGE:
            self.blocks.append(PAGE)
        text = _text(element)
        if local(element) == "h":
            level = attribute(element, "outline-level") or "1"
            self.blocks.append(heading(int(level) if level.isdigit() else 1, text))
        else:
            self.blocks.append(paragraph(text))
        for frame in element.iter():
            if local(frame) == "text-box":
                for inner in frame:
                    self.add(inner)
        notes = [node for node in element.iter() if local(node) == "note-body"]
        self.blocks += [paragraph(" ".join(_text(part) for part in note)) for note in notes]
        if any(local(node) == "soft-page-break" for node in element.iter()) and self.blocks and self.blocks[-1] != PAGE:
            self.blocks.append(PAGE)

    def _add_slide(self, element: Element) -> None:
        if self.blocks:
            self.blocks.append(PAGE)
        frames = sorted(element, key=lambda frame: attribute(frame, "class") not in ("title",))
        for frame in frames:
            if attribute(frame, "class") == "title":
                texts = [_text(node) for node in frame.iter() if local(node) in ("p", "h")]
                self.blocks.append(heading(2, " ".join(texts)))
            else:
                self.add(frame)


def _text(element: Element) -> str:
    return "".join(_parts(element)).strip()


def _parts(element: Element) -> Iterator[str]:
    """The words of a paragraph, without those of boxes and notes in it."""
    yield element.text or ""
    for node in element:
        name = local(node)
        if name == "s":
            yield " "
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name not in _SKIPPED and name not in ("frame", "note", "custom-shape"):
            yield from _parts(node)
        yield node.tail or ""


def _items(element: Element, depth: int) -> Iterator[str]:
    for item in element:
        if local(item) not in ("list-item", "list-header"):
            continue
        texts = [line(_text(node)) for node in item if local(node) in ("p", "h")]
        if text := " ".join(text for text in texts if text):
            yield f"{'  ' * min(depth, 8)}- {text}"
        for inner in item:
            if local(inner) == "list":
                yield from _items(inner, depth + 1)


def _rows(element: Element) -> list[list[str]]:
    found = []
    for row in element:
        if local(row) in ("table-header-rows", "table-rows", "table-row-group"):
            found += _rows(row)
        elif local(row) == "table-row":
            cells: list[str] = []
            for cell in row:
                if local(cell) in ("table-cell", "covered-table-cell"):
                    text = " ".join(line(_text(node)) for node in cell.iter() if local(node) in ("p", "h"))
                    times = attribute(cell, "number-columns-repeated") or "1"
                    cells += [text] * min(int(times) if times.isdigit() else 1, _REPEATED)
            found.append(cells)
    return found


def _breaking_styles(root: Element) -> set[str]:
    """Names of the styles that begin a page."""
    found = set()
    for style in root.iter():
        if local(style) == "style" and any(attribute(node, "break-before") == "page" for node in style):
            found.add(attribute(style, "name") or "")
    return found


def _title(archive: Archive) -> str | None:
    data = archive.read_if_there("meta.xml")
    meta = child(parse(data), "meta") if data else None
    return next((line(node.text or "") for node in meta if local(node) == "title"), None) if meta is not None else None
