# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What the light converters of text markup share."""

import re
from collections.abc import Iterator

_RULE = re.compile(r"^\+(?:[-=]{2,}\+)+$")
_SIMPLE_RULE = re.compile(r"^=+(?: +=+)+ *$")


def indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def indented_block(lines: list[str], start: int, least: int) -> tuple[list[str], int]:
    """The lines from ``start`` that are blank or indented by at least ``least``, unindented, and the index after them."""
    end = start
    while end < len(lines) and (not lines[end].strip() or indentation(lines[end]) >= least):
        end += 1
    block = lines[start:end]
    while block and not block[-1].strip():
        block.pop()
    indents = [indentation(text) for text in block if text.strip()]
    margin = min(indents, default=0)
    while block and not block[0].strip():
        block = block[1:]
    return [text[margin:] for text in block], end


def is_grid_rule(text: str) -> bool:
    return bool(_RULE.match(text.strip()))


def is_simple_rule(text: str) -> bool:
    return bool(_SIMPLE_RULE.match(text.strip()))


def grid_rows(lines: list[str]) -> Iterator[list[str]]:
    """The rows of a grid table; a cell's lines are joined."""
    cells: list[str] = []
    for text in lines:
        if is_grid_rule(text):
            if cells:
                yield cells
            cells = []
        elif "|" in text:
            parts = [part.strip() for part in text.strip().strip("|").split("|")]
            cells = [" ".join(filter(None, pair)) for pair in zip(cells, parts)] if len(cells) == len(parts) else parts
    if cells:
        yield cells


def simple_rows(lines: list[str]) -> Iterator[list[str]]:
    """The rows of a simple table, whose columns its rules of ``=`` mark; a line with an empty first cell goes on with the row above."""
    starts = [match.start() for match in re.finditer(r"=+", lines[0])]
    ends = [*starts[1:], None]
    row: list[str] = []
    for text in lines[1:]:
        if is_simple_rule(text) or set(text.strip()) == {"-"} or not text.strip():
            continue
        cells = [text[start:end].strip() for start, end in zip(starts, ends)]
        if row and not cells[0]:
            row = [" ".join(filter(None, pair)) for pair in zip(row, cells)]
            continue
        if row:
            yield row
        row = cells
    if row:
        yield row
