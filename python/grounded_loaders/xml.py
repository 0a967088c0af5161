# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""XML: records as lines of ``name: value``, running text as paragraphs."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from . import encoding
from .document import Document, Source, line
from .xml_tree import local, parse

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def load(source: Source, kind: str) -> Document:
    root = parse(_bytes(source.data))
    text = "\n\n".join(part for part in _paragraphs(root) if part.strip())
    return Document(text, "plain", title=None)


def _bytes(data: bytes) -> bytes | str:
    """What the parser takes: a wide encoding is read first, for its declaration is often that of another one."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" not in data[:64]:
        return data
    return _DECLARATION.sub("", encoding.decode(data)[0], count=1)


def _paragraphs(element: Element) -> Iterator[str]:
    """Each element whose children hold only text is a paragraph; elements around such are walked through."""
    if _has_mixed_text(element):
        yield line("".join(element.itertext()))
        return
    rows: list[str] = []
    rows += [f"{name.rsplit('}', 1)[-1]}: {line(value)}" for name, value in element.attrib.items() if line(value)]
    for inner in element:
        if len(inner) == 0 or _has_mixed_text(inner):
            rows += _leaf(inner)
        else:
            if rows:
                yield "\n".join(rows)
                rows = []
            yield from _paragraphs(inner)
    if len(element) == 0 and (text := line(element.text or "")):
        rows.append(text)
    if rows:
        yield "\n".join(rows)


def _leaf(element: Element) -> Iterator[str]:
    name = local(element)
    for key, value in element.attrib.items():
        if line(value):
            yield f"{name} {key.rsplit('}', 1)[-1]}: {line(value)}"
    if name and (text := line("".join(element.itertext()))):
        yield f"{name}: {text}" if len(text) < 200 else text


def _has_mixed_text(element: Element) -> bool:
    """Whether text stands between the children."""
    if len(element) == 0:
        return False
    return bool((element.text or "").strip()) or any((inner.tail or "").strip() for inner in element)
