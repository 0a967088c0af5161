# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Jupyter notebooks: text cells as they are, code cells and what they printed as code."""

import json
import re

from . import encoding
from .document import Document, Refusal, Source, fence, join, line

_COLORS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_OUTPUT_CHARACTERS = 10_000


def load(source: Source, kind: str) -> Document:
    try:
        notebook = json.loads(encoding.decode(source.data)[0])
        cells = notebook.get("cells")
        if cells is None:
            cells = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
    except (ValueError, AttributeError, KeyError, TypeError):
        raise Refusal("unreadable", "the notebook is damaged: it is not JSON with cells; save it again") from None
    language = line(str(_mapping(_mapping(notebook.get("metadata")).get("kernelspec")).get("language") or "python"))
    blocks: list[str] = []
    for cell in cells if isinstance(cells, list) else []:
        if not isinstance(cell, dict):
            continue
        text = _joined(cell.get("source", cell.get("input")))
        if cell.get("cell_type") == "code":
            blocks.append(fence(text, language))
            blocks += [fence(output) for output in map(_output, cell.get("outputs") or [])]
        else:
            blocks.append(text.replace("\f", "\n"))
    return Document(join(blocks))


def _mapping(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _output(output: object) -> str:
    """What a cell printed, without pictures; a long print is cut."""
    if not isinstance(output, dict):
        return ""
    text = _joined(output.get("text"))
    data = output.get("data")
    if not text and isinstance(data, dict):
        text = _joined(data.get("text/markdown") or data.get("text/plain"))
    if output.get("output_type") in ("error", "pyerr"):
        text = f"{output.get('ename', '')}: {output.get('evalue', '')}"
    return _COLORS.sub("", text)[:_OUTPUT_CHARACTERS]


def _joined(lines: object) -> str:
    return "".join(str(part) for part in lines) if isinstance(lines, list) else str(lines or "")
