# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Tables as text: CSV, TSV and their kin, whatever divides the cells."""

import csv
import io

from . import encoding
from .document import Document, Source, table

_DELIMITERS = ",;\t|"
_LOOKED_AT = 100
_LONGEST_CELL = 1 << 30


def load(source: Source, kind: str) -> Document:
    text, warning = encoding.decode(source.data)
    return Document(markdown(text), warnings=[warning] if warning else [])


def markdown(text: str) -> str:
    """The cells as one table, whose header is the first row."""
    csv.field_size_limit(_LONGEST_CELL)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.split("\n", 1)
    if lines[0].lower().startswith("sep=") and len(lines[0]) == 5 and len(lines) == 2:
        return table(_rows(lines[1], lines[0][4]))
    rows = _rows(text, _delimiter(text))
    return table(rows) if len(rows) > 1 else table([*rows, []])


def _rows(text: str, delimiter: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=False) if any(cell.strip() for cell in row)]


def _delimiter(text: str) -> str:
    """The delimiter that gives most rows the same number of cells, more than one; a comma if none does."""
    sample = "\n".join(text.split("\n", _LOOKED_AT)[:_LOOKED_AT])[: 1 << 20]
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _rows(sample, delimiter)]
        if not widths:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        score = (widths.count(usual) / len(widths), usual)
        if usual > 1 and score > best_score:
            best, best_score = delimiter, score
    return best
