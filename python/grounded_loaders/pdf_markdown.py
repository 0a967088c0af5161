# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Lines of PDF pages as Markdown: headings by size, paragraphs by distance, lists by their marks."""

import re
from collections import Counter
from statistics import median

from .document import clean, heading, line, paragraph, table
from .pdf_layout import Fragment
from .pdf_margins import running_lines, without_running

_BULLET = re.compile(r"^[•‣◦▪●○■□➢➤⁃∙·\uf0b7\uf0a7\u2023][ \t]*")
_LIST_ITEM = re.compile(r"^(?:[-–*•‣◦▪●○■□➢➤⁃∙·\uf0b7\uf0a7][ \t]|\(?\d{1,3}[.)][ \t]|\(?[a-z][.)][ \t])")
_HEADING_CHARACTERS = 160
_INDENT = 30
_WIDE_LEADING = 1.35
_SHORT = 0.75


def pages(found: list[list[Fragment]]) -> list[str]:
    """Each page's Markdown. A line that runs along the margin of most pages is kept where it stands first."""
    sizes = Counter()
    for page in found:
        for fragment in page:
            sizes[round(fragment.size * 2) / 2] += len(fragment.text)
    body = sizes.most_common(1)[0][0] if sizes else 10
    larger = sorted((size for size in sizes if size >= body * 1.13 and sizes[size] >= 3), reverse=True)
    levels = {size: min(rank, 4) for rank, size in enumerate(larger, 1)}
    running = running_lines(found)
    seen: set[tuple[str, int | None]] = set()
    return [_page(without_running(page, index, len(found), running, seen), body, levels) for index, page in enumerate(found)]


def _page(found: list[Fragment], body: float, levels: dict[float, int]) -> str:
    blocks: list[str] = []
    open_lines: list[list[Fragment]] = []
    rows = _rows(found)
    leading = _leading(rows)
    edges = _edges(rows)

    def end() -> None:
        if open_lines:
            blocks.append(_block(open_lines, body, levels))
            open_lines.clear()

    for row in rows:
        if row[0].table is not None:
            end()
            blocks.append(table([[_mended(cell) for cell in cells] for cells in row[0].table.cells]))
            continue
        if open_lines and _starts_block(open_lines[-1], row, leading, edges):
            end()
        open_lines.append(row)
    end()
    return "\n\n".join(block for block in blocks if block)


def _rows(found: list[Fragment]) -> list[list[Fragment]]:
    """Fragments that follow each other on one line, together."""
    rows: list[list[Fragment]] = []
    for fragment in found:
        last = rows[-1][-1] if rows else None
        if last and last.table is None and fragment.table is None and last.beside(fragment) and fragment.left >= last.left:
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return rows


def _leading(rows: list[list[Fragment]]) -> float:
    """The usual distance from line to line, as a share of their size; never so wide that it is one between paragraphs."""
    distances = [
        (above[0].bottom - below[0].bottom) / max(above[0].size, 1)
        for above, below in zip(rows, rows[1:])
        if above[0].table is None and below[0].table is None and abs(above[0].size - below[0].size) <= 0.1 * above[0].size
    ]
    near = [distance for distance in distances if 0.8 < distance < 2.2]
    return median(near) if near else 1.2


def _edges(rows: list[list[Fragment]]) -> dict[int, float]:
    """How far to the right the lines reach that begin at about the same place."""
    edges: dict[int, float] = {}
    for row in rows:
        place = int(row[0].left / _INDENT)
        edges[place] = max(edges.get(place, 0), row[-1].right)
    return edges


def _starts_block(last: list[Fragment], row: list[Fragment], leading: float, edges: dict[int, float]) -> bool:
    above, below = last[0], row[0]
    size = max(above.size, below.size, 1)
    distance = (above.bottom - below.bottom) / size
    if distance > leading * 1.2 + 0.05 or distance < 0 or abs(above.size - below.size) > 0.12 * size:
        return True
    reach = edges[int(above.left / _INDENT)] - above.left
    ends_early = last[-1].right - above.left < _SHORT * reach
    if ends_early and (distance > _WIDE_LEADING or 0.8 * size < below.left - above.left < 4 * size):
        # A line that ends early ends a paragraph if the next stands apart or is indented.
        return True
    if above.bold != below.bold and (len(row) == 1 or len(last) == 1):
        return True
    return bool(_LIST_ITEM.match(below.text.lstrip()))


def _block(rows: list[list[Fragment]], body: float, levels: dict[float, int]) -> str:
    first = rows[0][0]
    texts = [" ".join(fragment.text.strip(" \t") for fragment in row) for row in rows]
    text = _mended("\n".join(texts))
    size = round(first.size * 2) / 2
    if len(text) <= _HEADING_CHARACTERS and any(character.isalpha() for character in text):
        if size in levels and len(rows) <= 3:
            return heading(levels[size], text)
        is_title = len(rows) == 1 and first.bold and len(text) <= 80 and text[-1] not in ".,;:" and not _LIST_ITEM.match(text)
        if is_title and len(rows[0]) == 1:
            return heading(min(max(levels.values(), default=1) + 1, 5), text)
    widths = [row[-1].right - row[0].left for row in rows]
    is_ragged = len(rows) > 2 and sum(width < _SHORT * max(widths) for width in widths[:-1]) * 2 >= len(rows) - 1
    if is_ragged or (len(rows) > 1 and sum(len(row) > 1 for row in rows) * 2 > len(rows)):
        # Code or verse, or columns without rules: the lines mean something.
        return paragraph("\n".join(_mended(text) for text in texts))
    if mark := _BULLET.match(text):
        return f"- {paragraph(text[mark.end() :])}"
    return paragraph(text)


def _mended(text: str) -> str:
    """Lines joined; words broken at their ends too."""
    text = text.strip().replace("\x02\n", "").replace("\x02 ", "").replace("\xad\n", "").replace("\x02", "-")
    return line(clean(text).replace("\ufffe", ""))
