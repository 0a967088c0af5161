# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What the styles and lists of a Word document make of a paragraph."""

import re
from collections import defaultdict
from xml.etree.ElementTree import Element

from .xml_tree import attribute, child, local, parse

_HEADING = re.compile(r"heading ?([1-9])$", re.IGNORECASE)
_DEPTH = 10


class Styles:
    """The paragraph styles."""

    def __init__(self, data: bytes | None):
        self._names: dict[str, str] = {}
        self._bases: dict[str, str] = {}
        self._properties: dict[str, Element] = {}
        for style in parse(data) if data else []:
            identifier = attribute(style, "styleId")
            if local(style) != "style" or not identifier:
                continue
            for node in style:
                if local(node) == "name":
                    self._names[identifier] = attribute(node, "val") or ""
                elif local(node) == "basedOn":
                    self._bases[identifier] = attribute(node, "val") or ""
                elif local(node) == "pPr":
                    self._properties[identifier] = node

    def heading_level(self, style: str | None, properties: Element | None) -> int:
        """1 to 6; 0 for a paragraph that is no heading."""
        for found in [properties, *(self._properties.get(name) for name in self._line(style))]:
            level = child(found, "outlineLvl")
            if level is not None and (attribute(level, "val") or "").isdigit():
                return level_of if (level_of := int(attribute(level, "val")) + 1) <= 9 else 0
        for name in self._line(style):
            title = self._names.get(name, name)
            if match := _HEADING.match(title):
                return int(match[1])
            if title.lower() == "title":
                return 1
        return 0

    def numbering(self, style: str | None, properties: Element | None) -> tuple[str | None, int]:
        """The list's number and the depth in it, from 0."""
        for found in [properties, *(self._properties.get(name) for name in self._line(style))]:
            entry = child(found, "numPr")
            if entry is not None:
                number, level = child(entry, "numId"), child(entry, "ilvl")
                depth = attribute(level, "val") if level is not None else "0"
                if number is not None:
                    return attribute(number, "val"), int(depth) if depth and depth.isdigit() else 0
        # Writers without numbering definitions still name the built-in list styles.
        for name in self._line(style):
            title = self._names.get(name, name).lower()
            if title.startswith(("list bullet", "list number")):
                return "bullet" if "bullet" in title else f"style {title}", 0
        return None, 0

    def _line(self, style: str | None) -> list[str]:
        """A style and those it is based on."""
        found: list[str] = []
        while style and style not in found and len(found) < _DEPTH:
            found.append(style)
            style = self._bases.get(style)
        return found


class Lists:
    """The numbering definitions, and how far each list has counted."""

    def __init__(self, data: bytes | None):
        self.continues = False
        self._formats: dict[str, dict[int, tuple[str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        root = parse(data) if data else None
        abstract: dict[str, dict[int, tuple[str, int]]] = {}
        for node in root if root is not None else []:
            if local(node) == "abstractNum":
                abstract[attribute(node, "abstractNumId") or ""] = dict(_level(level) for level in node if local(level) == "lvl")
            elif local(node) == "num":
                reference = child(node, "abstractNumId")
                key = attribute(reference, "val") if reference is not None else None
                self._formats[attribute(node, "numId") or ""] = abstract.get(key or "", {})

    def mark(self, number: str | None, depth: int) -> tuple[int, str] | None:
        """Indentation and mark of the next item; None outside lists."""
        if number is None or number == "0":
            return None
        counted = number.startswith("style list number")
        form, start = self._formats.get(number, {}).get(depth, ("decimal" if counted else "bullet", 1))
        if form in ("none",):
            return None
        depth = min(depth, 8)
        if form == "bullet":
            return 2 * depth, "-"
        counts = self._counts[number]
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return 3 * depth, f"{counts[depth]}."


def _level(level: Element) -> tuple[int, tuple[str, int]]:
    depth, form, start = attribute(level, "ilvl") or "0", child(level, "numFmt"), child(level, "start")
    first = attribute(start, "val") if start is not None else "1"
    value = (attribute(form, "val") or "bullet") if form is not None else "decimal"
    return int(depth) if depth.isdigit() else 0, (value, int(first) if first and first.isdigit() else 1)
