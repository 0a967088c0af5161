# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The characters of a PDF page, and where they stand."""

import ctypes
import math
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as raw

_HYPHEN = "\x02"
_BOLD = 600


class Character(NamedTuple):
    """One character in points from the page's left bottom corner as the page is shown. White space between words has no width."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool


def characters(page: pypdfium2.PdfPage) -> list[Character]:
    """In the order in which the page writes them; lines end with ``\\n``, a word broken at the end of one with U+0002."""
    text_page = page.get_textpage()
    try:
        return _read(text_page.raw, page.get_rotation(), page.get_width(), page.get_height())
    finally:
        text_page.close()


def _read(text, rotation: int, width: float, height: float) -> list[Character]:
    edges = raw.FS_RECTF()
    at_edges = ctypes.byref(edges)
    matrix = raw.FS_MATRIX()
    at_matrix = ctypes.byref(matrix)
    found: list[Character] = []
    size, bold, high = 10.0, False, 0
    for index in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        if code in (0, 0xD, 0xFFFE, 0xFFFF) or code > 0x10FFFF:
            # FFFE is how pdfium marks a hyphen at the end of a line in some versions.
            if code != 0xFFFE:
                continue
            code = 2
        character = chr(code)
        if character == "\n" or raw.FPDFText_IsGenerated(text, index) == 1:
            here = found[-1] if found else Character("", 0, 0, 0, 0, size, False)
            text_of = "\n" if character == "\n" else _HYPHEN if character == _HYPHEN else " "
            found.append(Character(text_of, here.right, here.bottom, here.right, here.top, here.size, here.bold))
            continue
        # The loose box is as high for every character of a font, so lines of a size look alike.
        if not raw.FPDFText_GetLooseCharBox(text, index, at_edges):
            continue
        if not found or found[-1].text in " \n":
            # The size and weight of a word's first character are the word's.
            bold = raw.FPDFText_GetFontWeight(text, index) >= _BOLD
            raw.FPDFText_GetMatrix(text, index, at_matrix)
            size = raw.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d) or size
        box = (edges.left, edges.bottom, edges.right, edges.top)
        if rotation:
            box = _turned(box, rotation, width, height)
        found.append(Character(character, *box, size, bold))
    return found


def _turned(box: tuple[float, float, float, float], rotation: int, width: float, height: float) -> tuple[float, float, float, float]:
    """A box on a page that is shown turned clockwise; ``width`` and ``height`` are those that are shown."""
    left, bottom, right, top = box
    if rotation == 90:
        return bottom, height - right, top, height - left
    if rotation == 180:
        return width - right, height - top, width - left, height - bottom
    return width - top, left, width - bottom, right
