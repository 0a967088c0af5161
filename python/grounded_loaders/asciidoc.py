# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""AsciiDoc, read lightly."""

import re

from . import encoding
from .document import Document, Source, fence, heading, table

_HEADING = re.compile(r"^(={1,6}|#{1,6}) +(.+?)(?: +\1)?$")
_ATTRIBUTE = re.compile(r"^:!?[\w-]+!?:(?: |$)")
_STYLE = re.compile(r"^\[(?:source|,)?(?:%[\w-]+)?,? *([\w+-]*)[^\]]*\]$")
_BLOCK_STYLE = re.compile(r"^\[[^\]]*\]$")
_DELIMITER = re.compile(r"^(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|```\w*)$")
_LINK = re.compile(r"(?:link:|xref:)?((?:(?<=link:)|(?<=xref:)|https?://|mailto:)[^\s\[\]]+)\[([^\]]+)\]")
_CROSS = re.compile(r"<<[^,>]+, *([^>]+)>>")
_LONGEST_LINE = 5000
_BULLET = re.compile(r"^(\*{1,5}|\.{1,5}|-) +(.*)$")
_DIRECTIVE = re.compile(r"^(?:include|ifdef|ifndef|endif|ifeval|image|toc)::")


def load(source: Source, kind: str) -> Document:
    text, warning = encoding.decode(source.data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    written: list[str] = []
    language, index = "", 0
    while index < len(lines):
        row = lines[index].rstrip()
        index += 1
        if match := _HEADING.match(row):
            written += ["", heading(len(match[1]), _inline(match[2])), ""]
        elif row in ("|===", ",===", ":===", "!==="):
            end = _end(lines, index, row)
            written += ["", _table(lines[index:end], row[0]), ""]
            index = end + 1
        elif match := _DELIMITER.match(row):
            end = _end(lines, index, "```" if row.startswith("```") else row)
            if row[0] in "-.+`" and row != "--":
                written += ["", fence("\n".join(lines[index:end]), language or row.strip("`-.+")), ""]
                index = end + 1
            elif row[0] == "/":
                index = end + 1
        elif match := _STYLE.match(row):
            language = match[1] if "source" in row or row.startswith("[,") else ""
            continue
        elif _DIRECTIVE.match(row) or _ATTRIBUTE.match(row) or _BLOCK_STYLE.match(row) or row.startswith("//"):
            continue
        elif (match := _BULLET.match(row)) and not row.startswith("--"):
            sign = "1." if match[1][0] == "." else "-"
            written.append(f"{'   ' * (len(match[1]) - 1)}{sign} {_inline(match[2])}")
        elif re.match(r"^\.\w", row):
            # The title of the block below.
            written += ["", _inline(row[1:]), ""]
        else:
            written.append("" if row == "+" else _inline(row))
        language = ""
    return Document("\n".join(written).strip("\n") + "\n", warnings=[warning] if warning else [])


def _end(lines: list[str], start: int, mark: str) -> int:
    return next((at for at in range(start, len(lines)) if lines[at].rstrip() == mark), len(lines))


def _table(lines: list[str], mark: str) -> str:
    if mark == ",":
        from .csv_table import markdown

        return markdown("\n".join(lines))
    mark = re.escape(mark)
    split = re.compile(rf"(?:^|(?<=\s))(?:[\d.+*<>^aehlmsv]*){mark}")
    cells: list[str] = []
    width = 0
    for row in lines:
        parts = split.split(row)
        if len(parts) == 1:
            if cells and row.strip():
                cells[-1] += " " + row.strip()
            continue
        cells += [part.strip() for part in parts[1:]]
        width = width or len(parts) - 1
    width = max(width, 1)
    return table([[_inline(cell) for cell in cells[start : start + width]] for start in range(0, len(cells), width)])


def _inline(text: str) -> str:
    if len(text) > _LONGEST_LINE:
        return text
    text = _CROSS.sub(r"\1", text)
    return _LINK.sub(lambda match: f"[{match[2]}]({match[1]})", text)
