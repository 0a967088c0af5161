# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""PowerPoint 97 presentations: the words of each slide's outline and shapes."""

import struct
from collections.abc import Iterator

import olefile

from .document import PAGE, Document, Refusal, Source, heading, join, paragraph

_SLIDE_LIST, _SLIDE_PLACE, _SLIDE, _TEXT_HEADER, _WIDE_TEXT, _NARROW_TEXT, _MASTER_LIST = 0xFF0, 0x3F3, 0x3EE, 0xF9F, 0xFA0, 0xFA8, 1
_TITLES = (0, 6)
_DEPTH = 30


def load(source: Source, kind: str) -> Document:
    try:
        with olefile.OleFileIO(source.data) as file:
            if file.exists("EncryptedSummary"):
                raise Refusal("encrypted", "the presentation is protected by a password; save it without one")
            records = list(_records(file.openstream("PowerPoint Document").read(), 0))
    except (OSError, struct.error, IndexError, ValueError) as error:
        raise Refusal("unreadable", f"the presentation is damaged: {error}; save it as .pptx") from None
    outlines = list(_outlines(records))
    shapes = [list(_texts(inner)) for kind_of, _, inner in records if kind_of == _SLIDE and isinstance(inner, list)]
    blocks: list[str] = []
    for number in range(max(len(outlines), len(shapes))):
        if number:
            blocks.append(PAGE)
        outline = outlines[number] if number < len(outlines) else []
        seen = {text for _, text in outline}
        blocks += _written(outline)
        blocks += _written([entry for entry in (shapes[number] if number < len(shapes) else []) if entry[1] not in seen])
    return Document(join(blocks))


def _records(data: bytes, depth: int) -> Iterator[tuple[int, int, object]]:
    """Records as (type, instance, bytes or inner records)."""
    position = 0
    while position + 8 <= len(data):
        options, kind, size = struct.unpack_from("<HHI", data, position)
        body = data[position + 8 : position + 8 + size]
        position += 8 + size
        inner: object = list(_records(body, depth + 1)) if options & 0xF == 0xF and depth < _DEPTH else body
        if kind == 0x3E8 and isinstance(inner, list):
            # The document's own record: its lists of slides count like those outside.
            yield from inner
        else:
            yield kind, options >> 4, inner


def _outlines(records: list) -> Iterator[list[tuple[int, str]]]:
    """For each slide the texts that the list of slides holds."""
    for kind, instance, inner in records:
        if kind != _SLIDE_LIST or instance != 0 or not isinstance(inner, list):
            continue
        slides: list[list] = []
        for record in inner:
            if record[0] == _SLIDE_PLACE:
                slides.append([])
            elif slides:
                slides[-1].append(record)
        for slide in slides:
            yield list(_texts(slide))


def _texts(records: list) -> Iterator[tuple[int, str]]:
    """Texts with their role."""
    role = 4
    for kind, _, inner in records:
        if isinstance(inner, list):
            yield from _texts(inner)
        elif kind == _TEXT_HEADER and len(inner) >= 4:
            role = struct.unpack_from("<I", inner)[0]
        elif kind == _WIDE_TEXT:
            yield role, inner.decode("utf-16-le", "replace")
        elif kind == _NARROW_TEXT:
            yield role, inner.decode("latin-1")


def _written(texts: list[tuple[int, str]]) -> Iterator[str]:
    for role, text in texts:
        text = text.replace("\x0b", "\n").replace("\r", "\n\n")
        if role in _TITLES:
            yield heading(2, text)
        else:
            yield from (paragraph(part) for part in text.split("\n\n") if part.strip() not in ("", "*"))
