# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Rich text (RTF)."""

import re
import struct

from striprtf.striprtf import rtf_to_text

from .document import Document, Refusal, Source, join, paragraph, table

_TITLE = re.compile(r"\{\\title ([^{}\\]+)\}")
_FOOTNOTE = re.compile(r"\{\s*(?:\\\*\s*)?\\footnote(?![a-z])(?:\s*\\ftnalt(?![a-z]))?")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def load(source: Source, kind: str) -> Document:
    text = source.data.decode("latin-1")
    title = _TITLE.search(text)
    return Document(markdown(text), title=title[1] if title else None)


def markdown(rtf: str) -> str:
    """The words of an RTF text; rows of tables as tables."""
    try:
        text = rtf_to_text(_with_notes_last(rtf), errors="replace")
    except (ValueError, IndexError, KeyError, LookupError) as error:
        raise Refusal("unreadable", f"the RTF is damaged: {error}; save it again in its program") from None
    blocks: list[str] = []
    rows: list[list[str]] = []
    for part in text.split("\n"):
        if part.rstrip().endswith("|") and "|" in part:
            rows.append([cell.strip() for cell in part.rstrip().removesuffix("|").split("|")])
            continue
        if rows:
            blocks.append(table(rows))
            rows = []
        blocks.append(paragraph(part))
    if rows:
        blocks.append(table(rows))
    return join(blocks)


def _with_notes_last(rtf: str) -> str:
    """The text with its footnotes behind it, where they are read; their numbers stay at their places."""
    parts, notes, position = [], [], 0
    while match := _FOOTNOTE.search(rtf, position):
        depth, end = 1, len(rtf)
        for brace in _BRACE.finditer(rtf, match.end()):
            depth += {"{": 1, "}": -1}.get(brace[0], 0)
            if depth == 0:
                end = brace.start()
                break
        parts += [rtf[position : match.start()], f"[{len(notes) + 1}]"]
        notes.append("{\\par [%d] {%s}}" % (len(notes) + 1, rtf[match.end() : end]))
        position = end + 1
    if not notes:
        return rtf
    rest = rtf[position:].rstrip("\0 \r\n")
    return "".join([*parts, rest.removesuffix("}"), *notes, "}"])


def compressed_text(data: bytes) -> str:
    """The words of RTF as Outlook compresses it."""
    if len(data) < 16:
        return ""
    size, raw_size, magic, _ = struct.unpack_from("<IIII", data)
    if magic == 0x414C454D:
        return markdown(data[16 : 16 + raw_size].decode("latin-1"))
    if magic != 0x75465A4C:
        return ""
    window = bytearray(_DICTIONARY + bytes(4096 - len(_DICTIONARY)))
    place, written, position = len(_DICTIONARY), bytearray(), 16
    end = min(len(data), size + 4)
    while position < end and len(written) < raw_size:
        control = data[position]
        position += 1
        for bit in range(8):
            if position >= end:
                break
            if not control >> bit & 1:
                copied = data[position : position + 1]
                position += 1
            else:
                if position + 1 >= end:
                    break
                reference = data[position] << 8 | data[position + 1]
                position += 2
                start, length = reference >> 4, (reference & 15) + 2
                if start == place:
                    return markdown(written[:raw_size].decode("latin-1"))
                copied = None
            for offset in range(1 if copied else length):
                byte = copied[0] if copied else window[(start + offset) % 4096]
                written.append(byte)
                window[place] = byte
                place = (place + 1) % 4096
    return markdown(written[:raw_size].decode("latin-1"))
