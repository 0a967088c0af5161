# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Tables as text: CSV, TSV and their kin, whatever divides the cells."""

import csv
import io
from collections.abc import Iterator

from . import encoding
from .document import Document, Source, line

_DELIMITERS = ",;\t|"
_LOOKED_AT = 100
_LONGEST_CELL = 1 << 30


def load(source: Source, kind: str) -> Document:
    text, warning = encoding.decode(source.data)
    return Document(markdown(text), warnings=[warning] if warning else [])


def markdown(text: str) -> str:
    """The cells as one table, whose header is the first row. Rows are never all in memory."""
    csv.field_size_limit(_LONGEST_CELL)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    first = text[:6].split("\n", 1)[0].lower()
    if len(first) == 5 and first.startswith("sep="):
        delimiter, text = first[4], text[6:]
    else:
        delimiter = _delimiter(text)
    filled: set[int] = set()
    for row in _rows(text, delimiter):
        filled.update(column for column, cell in enumerate(row) if cell)
    columns = sorted(filled)
    return "\n".join(_lines(_rows(text, delimiter), columns))


def _lines(rows: Iterator[list[str]], columns: list[int]) -> Iterator[str]:
    for number, row in enumerate(rows):
        cells = (line(row[column]).replace("|", "\\|") if column < len(row) else "" for column in columns)
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield "|" + " --- |" * len(columns)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=False):
        if any(cell and not cell.isspace() for cell in row):
            yield row


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
