# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Spreadsheets (XLSX, XLSB, XLS, ODS): each sheet under its name, its blocks of cells as tables."""

import datetime
import re
from io import BytesIO

import python_calamine

from .document import Document, Refusal, Source, heading, join, paragraph, table
from .limits import Archive

_BYTES_OF_CELL = 64
_HEADER_ROWS = 3
_NUMBER = re.compile(r"[-+(]?[0-9][0-9.,]*[%)]?")
_REFERENCE = re.compile(rb'<c [^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')


def load(source: Source, kind: str) -> Document:
    if source.data.startswith(b"PK"):
        # What it takes is known before the parser sees the file, which makes room for every cell between the first and the last.
        _check_extent(Archive(source), source.memory_bytes // _BYTES_OF_CELL)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(source.data))
        names = workbook.sheet_names
    except python_calamine.PasswordError:
        raise Refusal("encrypted", "the workbook is protected by a password; save it without one") from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise Refusal("encrypted", "the workbook is protected by a password; save it without one") from None
        raise Refusal("unreadable", f"the workbook is damaged: {error}; save it again in its program") from None
    blocks, warnings = [], []
    for name in names:
        try:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
        except (python_calamine.CalamineError, ValueError) as error:
            warnings.append(f"the sheet {name!r} could not be read: {error}")
            continue
        tables = [written for part in _parts(rows) if (written := _written(part))]
        if tables:
            blocks += [heading(2, name), *tables]
    if warnings and not blocks:
        raise Refusal("unreadable", warnings[0])
    return Document(join(blocks), warnings=warnings)


def _check_extent(archive: Archive, limit: int) -> None:
    for name in archive.names:
        if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
            continue
        left = top = 1 << 30
        right = bottom = 0
        for match in _REFERENCE.finditer(archive.read(name)):
            column, row = int.from_bytes(match[1], "big"), int(match[2])
            left, right, top, bottom = min(left, column), max(right, column), min(top, row), max(bottom, row)
        if right and (_place(right) - _place(left) + 1) * (bottom - top + 1) > limit:
            raise Refusal("too_large", f"a sheet spans {bottom - top + 1} rows and its cells lie far apart; at most {limit} cells are read")


def _place(letters: int) -> int:
    """The number of a column from its letters, given as the number that their bytes make: a longer name is a larger one."""
    place = 0
    for letter in letters.to_bytes((letters.bit_length() + 7) // 8, "big"):
        place = 26 * place + letter - 64
    return place


def _parts(rows: list[list]) -> list[list[list[str]]]:
    """Blocks of rows between empty rows."""
    parts: list[list[list[str]]] = [[]]
    for row in rows:
        texts = [_text(value) for value in row]
        if any(texts):
            parts[-1].append(texts)
        elif parts[-1]:
            parts.append([])
    joined: list[list[list[str]]] = []
    for part in parts:
        if joined and part and _is_header(joined[-1]) and any(_NUMBER.fullmatch(cell) for cell in part[0]):
            # An empty row between a table's header and its numbers is there for the eye.
            joined[-1] += part
        elif part:
            joined.append(part)
    return joined


def _is_header(rows: list[list[str]]) -> bool:
    cells = [cell for row in rows for cell in row if cell]
    return len(rows) <= _HEADER_ROWS and sum(1 for cell in rows[-1] if cell) > 1 and not any(_NUMBER.fullmatch(cell) for cell in cells)


def _written(rows: list[list[str]]) -> str:
    """A table under the lines above it that have only one cell: those are its title."""
    titles = []
    while len(rows) > 1 and sum(1 for cell in rows[0] if cell) == 1 and sum(1 for cell in rows[1] if cell) != 1:
        titles.append(paragraph("".join(rows.pop(0))))
    if len(rows) <= _HEADER_ROWS and all(sum(1 for cell in row if cell) == 1 for row in rows):
        return "\n\n".join([*titles, *(paragraph("".join(row)) for row in rows)])
    return "\n\n".join(part for part in [*titles, table(rows)] if part)


def _text(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Fifteen digits are what spreadsheets themselves keep.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value).strip()
