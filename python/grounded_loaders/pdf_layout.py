# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Reading order on a PDF page.

Most files write their text in reading order, and then that order is kept: it knows more than the page shows. Where it jumps about, or
runs across columns line by line, the page is cut at its gutters instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .pdf_characters import Character
from .pdf_tables import Table

_GAP = 1.6
_LEAST_JUMPS = 3
_DEPTH = 12


@dataclass
class Fragment:
    """A piece of a line, or a whole table."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool = False
    table: Table | None = None

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 0.1)

    def beside(self, other: "Fragment") -> bool:
        """Whether both stand on the same line."""
        shared = min(self.top, other.top) - max(self.bottom, other.bottom)
        return shared > 0.6 * min(self.height, other.height)


def fragments(characters: Sequence[Character], tables: Sequence[Table]) -> list[Fragment]:
    """Characters as pieces of lines without wide gaps; each table stands where its first character was."""
    found: list[Fragment] = []
    run: list[Character] = []
    placed: set[int] = set()

    def end() -> None:
        text = "".join(character.text for character in run)
        if text.strip():
            inked = [character for character in run if not character.text.isspace() and character.right > character.left] or run
            # Medians: a superscript or another font in the line does not move it.
            edges = (min(c.left for c in inked), median(c.bottom for c in inked), max(c.right for c in inked), median(c.top for c in inked))
            size = median(c.size for c in inked)
            found.append(Fragment(text, *edges, size, sum(c.bold for c in inked) * 2 > len(inked)))
        run.clear()

    for character in characters:
        table = next((table for table in tables if table.holds(character)), None)
        if table is not None:
            end()
            if id(table) not in placed:
                placed.add(id(table))
                found.append(Fragment("", *table.box, 0, table=table))
            continue
        if character.text == "\n":
            end()
            continue
        if run and not character.text.isspace():
            last = run[-1]
            size = max(character.size, last.size, 1)
            apart = character.left - last.right > _GAP * size or character.left < last.left - 2 * size
            if apart or abs(character.bottom - last.bottom) > 1.5 * size:
                end()
        run.append(character)
    end()
    return found


def ordered(found: list[Fragment]) -> list[Fragment]:
    """Fragments in reading order."""
    return _cut(found, 0) if _is_disordered(found) else found


def _is_disordered(found: list[Fragment]) -> bool:
    if len(found) < 4:
        return False
    width = max(f.right for f in found) - min(f.left for f in found)
    jumps = across = 0
    for first, second in zip(found, found[1:]):
        if first.beside(second):
            wide = min(first.right - first.left, second.right - second.left) > 0.28 * width
            across += wide and (second.left > first.right or second.right < first.left)
        elif second.bottom > first.top and second.left < first.right:
            jumps += 1
    return across >= _LEAST_JUMPS or jumps > max(_LEAST_JUMPS, len(found) // 12)


def _cut(found: list[Fragment], depth: int) -> list[Fragment]:
    """The page cut at gutters, then at the widest gap between lines, as often as there are gutters to be found."""
    if len(found) < 4 or depth > _DEPTH:
        return _by_lines(found)
    size = median(f.size or 10 for f in found)
    for part in _split_by_gutter(found, size):
        return _cut(part[0], depth + 1) + _cut(part[1], depth + 1)
    gaps = []
    rows = sorted(found, key=lambda f: -f.top)
    lowest = rows[0].bottom
    for index, fragment in enumerate(rows[1:], 1):
        if lowest - fragment.top > 0.3 * size:
            gaps.append((lowest - fragment.top, index))
        lowest = min(lowest, fragment.bottom)
    for _, index in sorted(gaps, reverse=True)[:6]:
        above, below = rows[:index], rows[index:]
        if any(True for _ in _split_by_gutter(above, size)) or any(True for _ in _split_by_gutter(below, size)):
            return _cut(above, depth + 1) + _cut(below, depth + 1)
    return _by_lines(found)


def _split_by_gutter(found: list[Fragment], size: float):
    """Left and right of a vertical gap that has enough text on both sides to be one between columns. Yields one pair or none."""
    columns = sorted(found, key=lambda f: f.left)
    extent = max(f.right for f in found) - columns[0].left
    reach = columns[0].right
    for index, fragment in enumerate(columns[1:], 1):
        if fragment.left - reach > 0.6 * size:
            sides = columns[:index], columns[index:]
            if all(len(side) >= 2 and _width(side) > 0.2 * extent for side in sides):
                order = {id(f): position for position, f in enumerate(found)}
                yield tuple(sorted(side, key=lambda f: order[id(f)]) for side in sides)
                return
        reach = max(reach, fragment.right)


def _width(side: list[Fragment]) -> float:
    return median(f.right - f.left for f in side)


def _by_lines(found: list[Fragment]) -> list[Fragment]:
    """From the top to the bottom, and from the left to the right on each line."""
    lines: list[list[Fragment]] = []
    for fragment in sorted(found, key=lambda f: -(f.top + f.bottom)):
        if lines and fragment.table is None and lines[-1][0].table is None and lines[-1][0].beside(fragment):
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    return [fragment for row in lines for fragment in sorted(row, key=lambda f: f.left)]
