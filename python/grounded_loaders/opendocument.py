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
from .pages import paged
from .xml_tree import attribute, child, local, parse

_SKIPPED = {
    "tracked-changes", "annotation", "annotation-end", "sequence-decls", "forms", "variable-decls", "desc", "title", "event-listeners",
}  # fmt: skip
_REPEATED = 64
_BOXES = ("text-box", "custom-shape")


def load(source: Source, kind: str) -> Document:
    archive = Archive(source)
    root = parse(archive.read("content.xml"))
    writer = _Writer(_breaking_styles(root))
    body = child(root, "body", "text" if kind == "odt" else "presentation")
    for element in body if body is not None else []:
        writer.add(element)
    title, count = _facts(archive)
    return Document(join(paged(writer.blocks, count) if kind == "odt" else writer.blocks), title=title)


class _Writer:
    """Writes the blocks of a body, one after the other."""

    def __init__(self, breaking: set[str]):
        self.blocks: list[str] = []
        self._breaking = breaking
        self._list_is_open = False

    def add(self, element: Element) -> None:
        name = local(element)
        if name in _SKIPPED:
            return
        if name in ("h", "p"):
            self._add_paragraph(element)
        elif name == "list":
            self._list_is_open = False
            self._add_list(element, 0)
        elif name == "table":
            self._add_table(element)
        elif name == "page":
            self._add_slide(element)
        elif name == "notes":
            texts = [line(_text(node)) for node in element.iter() if local(node) in ("p", "h")]
            self._write(paragraph("Notes: " + text) if (text := " ".join(text for text in texts if text)) else "")
        elif name == "soft-page-break":
            self._break()
        else:
            for inner in element:
                self.add(inner)

    def _write(self, block: str) -> None:
        self.blocks.append(block)
        self._list_is_open = False

    def _break(self) -> None:
        if self.blocks and self.blocks[-1] != PAGE:
            self._write(PAGE)

    def _begin(self, element: Element, is_later: bool) -> None:
        """Ends the page before an element whose style says so, or that began on the next one."""
        if is_later or attribute(element, "style-name") in self._breaking:
            self._break()

    def _add_paragraph(self, element: Element) -> None:
        before, text, after = _divided(element)
        self._begin(element, before > 0)
        if local(element) == "h":
            level = attribute(element, "outline-level") or "1"
            self._write(heading(int(level) if level.isdigit() else 1, text))
        else:
            self._write(paragraph(text))
        self._add_inside(element)
        # The paragraph stays whole, on the page where it begins.
        self.blocks += [PAGE] * after

    def _add_inside(self, element: Element) -> None:
        """The boxes and notes of a paragraph."""
        for box in _outermost(element, _BOXES):
            for inner in box:
                self.add(inner)
        for note in _outermost(element, ("note-body",)):
            self._write(paragraph(" ".join(_text(part) for part in note)))

    def _add_list(self, element: Element, depth: int) -> None:
        for item in element:
            if local(item) == "soft-page-break":
                self._break()
            elif local(item) in ("list-item", "list-header"):
                self._add_item(item, depth)

    def _add_item(self, item: Element, depth: int) -> None:
        is_begun = False
        for inner in item:
            if local(inner) == "list":
                self._add_list(inner, depth + 1)
            elif local(inner) not in ("p", "h"):
                self.add(inner)
            else:
                before, text, after = _divided(inner)
                self._begin(inner, before > 0)
                if text := line(text):
                    self._write_item(text, depth, is_begun)
                    is_begun = True
                self._add_inside(inner)
                if after:
                    self._list_is_open = False
                    self.blocks += [PAGE] * after

    def _write_item(self, text: str, depth: int, is_begun: bool) -> None:
        """An item, or more of one that has begun; after something else it is a paragraph of its own."""
        written = f"{'  ' * min(depth, 8)}- {text}"
        if self._list_is_open:
            self.blocks[-1] += f" {text}" if is_begun else f"\n{written}"
        elif is_begun:
            self._write(paragraph(text))
        else:
            self._write(written)
            self._list_is_open = True

    def _add_table(self, element: Element) -> None:
        rows, breaks = _rows(element)
        self._begin(element, bool(breaks) and breaks[0] == 0)
        self._write(table(rows))
        self.blocks += [PAGE] * sum(1 for place in breaks if place > 0)

    def _add_slide(self, element: Element) -> None:
        if self.blocks:
            self._write(PAGE)
        frames = sorted(element, key=lambda frame: attribute(frame, "class") not in ("title",))
        for frame in frames:
            if attribute(frame, "class") == "title":
                texts = [_text(node) for node in frame.iter() if local(node) in ("p", "h")]
                self._write(heading(2, " ".join(texts)))
            else:
                self.add(frame)


def _text(element: Element) -> str:
    return _divided(element)[1]


def _divided(element: Element) -> tuple[int, str, int]:
    """A paragraph's words, and how many pages end before and after the first of them."""
    text = "".join(_parts(element))
    before = text[: len(text) - len(text.lstrip())].count(PAGE)
    return before, text.replace(PAGE, "").strip(), text.count(PAGE) - before


def _parts(element: Element) -> Iterator[str]:
    """The words of a paragraph, without those of boxes and notes in it; ``PAGE`` where one ended."""
    yield element.text or ""
    for node in element:
        name = local(node)
        if name == "s":
            yield " "
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name == "soft-page-break":
            yield PAGE
        elif name not in _SKIPPED and name not in ("frame", "note", "custom-shape"):
            yield from _parts(node)
        yield node.tail or ""


def _outermost(element: Element, names: tuple[str, ...]) -> Iterator[Element]:
    """The elements of those names inside another; what is inside a box or a note is its own."""
    for node in element:
        if local(node) in names:
            yield node
        elif local(node) not in _SKIPPED and local(node) not in (*_BOXES, "note-body"):
            yield from _outermost(node, names)


def _rows(element: Element) -> tuple[list[list[str]], list[int]]:
    """The rows of a table, and for each page that ends in it how many rows stood above."""
    found: list[list[str]] = []
    breaks: list[int] = []
    for row in element:
        name = local(row)
        if name in ("table-header-rows", "table-rows", "table-row-group"):
            rows, ends = _rows(row)
            breaks += [len(found) + end for end in ends]
            found += rows
        elif name == "soft-page-break":
            breaks.append(len(found))
        elif name == "table-row":
            cells: list[str] = []
            ends_inside = 0
            for cell in row:
                if local(cell) in ("table-cell", "covered-table-cell"):
                    text = " ".join(line(_text(node)) for node in cell.iter() if local(node) in ("p", "h"))
                    times = attribute(cell, "number-columns-repeated") or "1"
                    cells += [text] * min(int(times) if times.isdigit() else 1, _REPEATED)
                    # A page that ends in a row ends in several of its cells.
                    ends_inside = max(ends_inside, sum(local(node) == "soft-page-break" for node in cell.iter()))
            breaks += [len(found) or int(any(_divided(node)[2] for node in row.iter() if local(node) in ("p", "h")))] * ends_inside
            found.append(cells)
    return found, breaks


def _breaking_styles(root: Element) -> set[str]:
    """Names of the styles that begin a page."""
    found = set()
    for style in root.iter():
        if local(style) == "style" and any(attribute(node, "break-before") == "page" for node in style):
            found.add(attribute(style, "name") or "")
    return found


def _facts(archive: Archive) -> tuple[str | None, int]:
    """The title, and how many pages the document says that it has; 0 if it does not."""
    data = archive.read_if_there("meta.xml")
    meta = child(parse(data), "meta") if data else None
    entries = list(meta) if meta is not None else []
    title = next((line(node.text or "") for node in entries if local(node) == "title"), None)
    counts = [attribute(node, "page-count") or "" for node in entries if local(node) == "document-statistic"]
    return title, next((int(count) for count in counts if count.isdecimal()), 0)
