# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Tables with ruled lines on a PDF page."""

import ctypes
from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as raw

from .pdf_characters import Character

_THIN = 2.5
_NEAR = 3.0
_RULES = 4000


class Table:
    """A grid of ruled lines, and what is written in its cells."""

    def __init__(self, across: list, down: list):
        self._across, self._down = across, down
        self._ys = _distinct([rule[0] for rule in across])[::-1]
        self._xs = _distinct([rule[0] for rule in down])
        self.box = (self._xs[0], self._ys[-1], self._xs[-1], self._ys[0])
        self.cells = [[""] * (len(self._xs) - 1) for _ in self._ys[1:]]
        self._owners = [[self._owner(row, column) for column in range(len(self._xs) - 1)] for row in range(len(self._ys) - 1)]

    def holds(self, character: Character) -> bool:
        x, y = (character.left + character.right) / 2, (character.bottom + character.top) / 2
        return self.box[0] <= x <= self.box[2] and self.box[1] <= y <= self.box[3]

    def write(self, characters: Sequence[Character]) -> None:
        """Fills the cells with the characters that stand in them."""
        last = None
        for character in characters:
            if not self.holds(character):
                last = None
                continue
            if character.text.isspace():
                if last is not None:
                    self.cells[last[0]][last[1]] += " "
                continue
            row = sum(1 for y in self._ys[1:-1] if y > (character.bottom + character.top) / 2)
            column = sum(1 for x in self._xs[1:-1] if x < (character.left + character.right) / 2)
            owner = self._owners[row][column]
            if owner != last and self.cells[owner[0]][owner[1]]:
                self.cells[owner[0]][owner[1]] += " "
            self.cells[owner[0]][owner[1]] += character.text
            last = owner

    @property
    def is_worth_it(self) -> bool:
        """Whether it is more than a box around a text."""
        filled = sum(1 for row in self.cells for cell in row if cell.strip())
        return len(self.cells) >= 2 and len(self._xs) >= 3 and filled >= 3

    def _owner(self, row: int, column: int) -> tuple[int, int]:
        """The cell that a field belongs to: the left or upper one of fields that no line divides."""
        x, y = (self._xs[column] + self._xs[column + 1]) / 2, (self._ys[row] + self._ys[row + 1]) / 2
        while column > 0 and not _is_ruled(self._down, self._xs[column], y):
            column -= 1
        while row > 0 and not _is_ruled(self._across, self._ys[row], x):
            row -= 1
        return row, column


def tables(page: pypdfium2.PdfPage, characters: Sequence[Character]) -> list[Table]:
    """The ruled tables of a page that is not shown turned, filled."""
    if page.get_rotation():
        return []
    across, down = _rules(page)
    if len(across) < 3 or len(down) < 3 or len(across) + len(down) > _RULES:
        return []
    found = []
    for group_across, group_down in _groups(across, down):
        if len(_distinct([rule[0] for rule in group_across])) >= 3 and len(_distinct([rule[0] for rule in group_down])) >= 3:
            table = Table(group_across, group_down)
            if len(table.cells) * len(table.cells[0]) <= 20_000:
                table.write(characters)
                if table.is_worth_it:
                    found.append(table)
    return found


def _rules(page: pypdfium2.PdfPage) -> tuple[list, list]:
    """Horizontal and vertical lines as (place, start, end)."""
    across, down = [], []
    edges = [ctypes.c_float() for _ in range(4)]
    for count, entry in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2)):
        if count > _RULES:
            break
        if not raw.FPDFPageObj_GetBounds(entry.raw, *(ctypes.byref(edge) for edge in edges)):
            continue
        left, bottom, right, top = (edge.value for edge in edges)
        _add(across, down, left, bottom, right, top)
    return across, down


def _add(across: list, down: list, left: float, bottom: float, right: float, top: float) -> None:
    wide, high = right - left > _THIN, top - bottom > _THIN
    if wide and not high:
        across.append(((bottom + top) / 2, left, right))
    elif high and not wide:
        down.append(((left + right) / 2, bottom, top))
    elif wide and high:
        # A filled or framed field: its edges rule too.
        across += [(bottom, left, right), (top, left, right)]
        down += [(left, bottom, top), (right, bottom, top)]


def _groups(across: list, down: list) -> list[tuple[list, list]]:
    """Lines that cross or touch, together."""
    rules = [("a", rule) for rule in across] + [("d", rule) for rule in down]
    parents = list(range(len(rules)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for first, (y, left, right) in enumerate(across):
        for second, (x, bottom, top) in enumerate(down, len(across)):
            if left - _NEAR <= x <= right + _NEAR and bottom - _NEAR <= y <= top + _NEAR:
                parents[root(first)] = root(second)
    groups: dict[int, tuple[list, list]] = {}
    for index, (kind, rule) in enumerate(rules):
        groups.setdefault(root(index), ([], []))[0 if kind == "a" else 1].append(rule)
    return list(groups.values())


def _distinct(places: list[float]) -> list[float]:
    """Sorted, without those that are nearly the same."""
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > _NEAR:
            kept.append(place)
    return kept


def _is_ruled(rules: list, place: float, across: float) -> bool:
    return any(abs(rule[0] - place) <= _NEAR and rule[1] - _NEAR <= across <= rule[2] + _NEAR for rule in rules)
