# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Word 97 documents: the words, paragraph by paragraph, and tables. Their headings cannot be told from other paragraphs."""

import struct

import olefile

from .document import PAGE, Document, Refusal, Source, join, line, paragraph, table
from .pages import paged

_ENCRYPTED = 0x0100
_SECOND_TABLE = 0x0200
_CELL, _FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x07", "\x13", "\x14", "\x15"


def load(source: Source, kind: str) -> Document:
    try:
        with olefile.OleFileIO(source.data) as file:
            text = _text(file)
            facts = file.get_metadata()
    except (OSError, struct.error, IndexError, ValueError) as error:
        raise Refusal("unreadable", f"the document is damaged: {error}; save it as .docx") from None
    name = facts.title.decode("cp1252", "replace") if isinstance(facts.title, bytes) else facts.title
    blocks = paged(_blocks(_without_fields(text)), facts.num_pages or 0)
    if facts.num_pages and blocks.count(PAGE) >= facts.num_pages:
        # The character that ends a page also ends a section, which may go on on the same page.
        blocks = [block for block in blocks if block != PAGE]
    return Document(join(blocks), title=line(name) if name else None)


def _text(file: olefile.OleFileIO) -> str:
    main = file.openstream("WordDocument").read()
    magic, flags = struct.unpack_from("<H", main)[0], struct.unpack_from("<H", main, 10)[0]
    if magic != 0xA5EC:
        raise Refusal("unsupported", "the document is of a Word before 97; save it as .docx")
    if flags & _ENCRYPTED:
        raise Refusal("encrypted", "the document is protected by a password; save it without one")
    length = struct.unpack_from("<i", main, 0x4C)[0]
    start, size = struct.unpack_from("<II", main, 0x1A2)
    pieces = file.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()[start : start + size]
    position = 0
    while position < len(pieces) and pieces[position] == 1:
        position += 3 + struct.unpack_from("<H", pieces, position + 1)[0]
    if position >= len(pieces) or pieces[position] != 2:
        raise Refusal("unreadable", "the document is damaged: it has no text; save it as .docx")
    size = struct.unpack_from("<I", pieces, position + 1)[0]
    position += 5
    count = (size - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces, position)
    texts = []
    for piece in range(count):
        characters = min(ends[piece + 1], length) - ends[piece]
        if characters <= 0:
            break
        place = struct.unpack_from("<I", pieces, position + 4 * (count + 1) + 8 * piece + 2)[0]
        if place & 0x40000000:
            begin = (place & 0x3FFFFFFF) // 2
            texts.append(main[begin : begin + characters].decode("cp1252", "replace"))
        else:
            texts.append(main[place : place + 2 * characters].decode("utf-16-le", "replace"))
    return "".join(texts)


def _without_fields(text: str) -> str:
    """A field's result without its instructions."""
    kept, hidden = [], []
    for character in text:
        if character == _FIELD_BEGIN:
            hidden.append(True)
        elif character == _FIELD_RESULT:
            if hidden:
                hidden[-1] = False
        elif character == _FIELD_END:
            if hidden:
                hidden.pop()
        elif not any(hidden):
            kept.append(character)
    return "".join(kept)


def _blocks(text: str) -> list[str]:
    """Paragraphs end with a carriage return, cells with a bell, rows with another bell."""
    blocks: list[str] = []
    rows: list[list[str]] = []
    row: list[str] = []
    text = text.replace("\x1e", "-").replace("\x1f", "").replace("\x0b", "\n").replace("\xa0", " ")
    for part in text.split("\r"):
        cells = part.split(_CELL)
        if len(cells) > 1:
            for cell in cells[:-1]:
                if cell or not row:
                    row.append(cell)
                elif not cell:
                    rows.append(row)
                    row = []
        rest = cells[-1]
        if row and len(cells) == 1:
            # A paragraph inside a cell that goes on.
            row.append(rest)
            continue
        if rows and (rest.strip() or len(cells) == 1):
            blocks.append(table(rows))
            rows = []
        for number, piece in enumerate(rest.split("\f")):
            if number and blocks and blocks[-1] != PAGE:
                blocks.append(PAGE)
            blocks.append(paragraph(piece))
    if row:
        rows.append(row)
    if rows:
        blocks.append(table(rows))
    return blocks
