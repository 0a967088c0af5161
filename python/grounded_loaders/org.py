# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Org mode, read lightly."""

import re

from . import encoding
from .document import Document, Source, fence, heading, table

_HEADLINE = re.compile(r"^(\*{1,8}) +(?:(?:TODO|DONE|NEXT|WAITING) +)?(?:\[#[A-Z]\] +)?(.*?)(?:[ \t]+:[\w@#%:]+:)?[ \t]*$")
_BEGIN = re.compile(r"^[ \t]*#\+begin_(\w+)[ \t]*(\S*)", re.IGNORECASE)
_KEYWORD = re.compile(r"^[ \t]*#\+(\w+):[ \t]*(.*)$")
_LINK = re.compile(r"\[\[([^\]]+)\](?:\[([^\]]+)\])?\]")
_DRAWER = re.compile(r"^[ \t]*:(?:PROPERTIES|LOGBOOK):[ \t]*$", re.IGNORECASE)
_LONGEST_LINE = 5000
_PLANNING = re.compile(r"^[ \t]*(?:SCHEDULED|DEADLINE|CLOSED):")


def load(source: Source, kind: str) -> Document:
    text, warning = encoding.decode(source.data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    written: list[str] = []
    title, index = None, 0
    while index < len(lines):
        row = lines[index]
        index += 1
        if match := _HEADLINE.match(row):
            written += ["", heading(len(match[1]), _inline(match[2])), ""]
        elif match := _BEGIN.match(row):
            end = next((at for at in range(index, len(lines)) if lines[at].strip().lower() == f"#+end_{match[1].lower()}"), len(lines))
            body = "\n".join(lines[index:end])
            is_code = match[1].lower() in ("src", "example")
            written += ["", fence(body, match[2] if match[1].lower() == "src" else "") if is_code else _inline(body), ""]
            index = end + 1
        elif match := _KEYWORD.match(row):
            if match[1].lower() == "title":
                title = title or match[2]
                written += [heading(1, match[2]), ""]
        elif _DRAWER.match(row):
            end = next((at for at in range(index, min(index + 100, len(lines))) if lines[at].strip().lower() == ":end:"), index - 1)
            index = end + 1
        elif row.lstrip().startswith("|"):
            end = index
            while end < len(lines) and lines[end].lstrip().startswith("|"):
                end += 1
            rows = [part.strip().strip("|").split("|") for part in lines[index - 1 : end] if not part.strip().startswith("|-")]
            written += ["", table([[_inline(cell) for cell in cells] for cells in rows]), ""]
            index = end
        elif not re.match(r"^[ \t]*# ", row) and not _PLANNING.match(row):
            written.append(_inline(row))
    return Document("\n".join(written).strip("\n") + "\n", title=title, warnings=[warning] if warning else [])


def _inline(text: str) -> str:
    if len(text) > _LONGEST_LINE:
        return text
    return _LINK.sub(lambda match: f"[{match[2]}]({match[1]})" if match[2] else match[1], text)
