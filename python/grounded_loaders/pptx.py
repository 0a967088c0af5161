# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""PowerPoint presentations: a page for each slide, titles as headings, tables, speaker's notes."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from . import ooxml
from .document import PAGE, Document, Source, heading, join, paragraph, table
from .limits import Archive
from .xml_tree import attribute, child, local, parse

_TITLES = ("title", "ctrTitle")
_SMALL_PRINT = ("dt", "ftr", "sldNum")


def load(source: Source, kind: str) -> Document:
    archive = Archive(source)
    main = ooxml.main_part(archive, "ppt/presentation.xml")
    parts = ooxml.relationships(archive, main)
    slides = []
    for entry in parse(archive.read(main)).iter():
        if local(entry) == "sldId":
            # Both `id` and `r:id` are there; the one with a namespace refers to the part.
            reference = next((value for key, value in entry.attrib.items() if key.endswith("}id")), None)
            if reference in parts:
                slides.append(parts[reference])
    blocks: list[str] = []
    for number, part in enumerate(slides):
        if number:
            blocks.append(PAGE)
        blocks += _slide(archive, part)
    return Document(join(blocks), title=ooxml.title(archive))


def _slide(archive: Archive, part: str) -> list[str]:
    tree = child(parse(archive.read(part)), "cSld", "spTree")
    shapes = list(_shapes(tree)) if tree is not None else []
    shapes.sort(key=lambda shape: _placeholder(shape) not in _TITLES)
    blocks = [block for shape in shapes for block in _blocks(archive, part, shape)]
    notes = ooxml.relationships(archive, part, "notesSlide").get("notesSlide")
    if notes and notes in archive.names:
        body = child(parse(archive.read(notes)), "cSld", "spTree")
        texts = [_paragraphs(shape) for shape in _shapes(body) if _placeholder(shape) == "body"] if body is not None else []
        blocks += [f"Notes: {text}" for text in texts if text]
    return blocks


def _shapes(tree: Element) -> Iterator[Element]:
    """Shapes that hold text, also those in groups."""
    for node in tree:
        name = local(node)
        if name in ("grpSp", "AlternateContent", "Choice"):
            yield from _shapes(node)
        elif name in ("sp", "graphicFrame", "cxnSp"):
            yield node


def _placeholder(shape: Element) -> str | None:
    for properties in shape:
        entry = child(properties, "nvPr", "ph") if local(properties) == "nvSpPr" else None
        if entry is not None:
            return attribute(entry, "type") or "body"
    return None


def _blocks(archive: Archive, part: str, shape: Element) -> Iterator[str]:
    place = _placeholder(shape)
    if place in _SMALL_PRINT:
        return
    if local(shape) == "graphicFrame":
        yield from _graphic(archive, part, shape)
    elif place in _TITLES:
        yield heading(2, " ".join(_lines(shape)))
    elif place in ("body", "obj"):
        yield _paragraphs(shape, with_marks=True)
    else:
        yield _paragraphs(shape)


def _graphic(archive: Archive, part: str, shape: Element) -> Iterator[str]:
    for node in shape.iter():
        if local(node) == "tbl":
            rows = [row for row in node if local(row) == "tr"]
            yield table([[" ".join(_lines(cell)) for cell in row if local(cell) == "tc"] for row in rows])
        elif local(node) == "relIds":
            # A diagram: its words are in a part of their own.
            reference = attribute(node, "dm")
            data = archive.read_if_there(ooxml.relationships(archive, part).get(reference or "", ""))
            yield "\n\n".join(paragraph(text) for text in _lines(parse(data))) if data else ""


def _lines(element: Element) -> list[str]:
    """The texts of the paragraphs in an element."""
    texts = ("".join(_runs(node)).strip() for node in element.iter() if local(node) == "p")
    return [text for text in texts if text]


def _runs(node: Element) -> Iterator[str]:
    for run in node:
        if local(run) == "br":
            yield "\n"
        elif local(run) in ("r", "fld"):
            text = child(run, "t")
            yield (text.text or "") if text is not None else ""


def _paragraphs(shape: Element, with_marks: bool = False) -> str:
    found = []
    for node in shape.iter():
        if local(node) != "p":
            continue
        text = paragraph("".join(_runs(node)))
        properties = child(node, "pPr")
        level = attribute(properties, "lvl") if properties is not None else None
        if text:
            found.append((min(int(level) if level and level.isdigit() else 0, 8), text))
    if with_marks and len(found) > 1:
        return "\n".join(f"{'  ' * level}- {text.replace(chr(10), ' ')}" for level, text in found)
    return "\n\n".join(text for _, text in found)
