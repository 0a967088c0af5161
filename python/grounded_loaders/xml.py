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
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_.:-]+)["']""")
#: What names declare in practice: the larger set of which the named one is a part.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949"}


def load(source: Source, kind: str) -> Document:
    data, warning = _readable(source.data)
    root = parse(data)
    text = "\n\n".join(part for part in _paragraphs(root) if part.strip())
    return Document(text, "plain", title=None, warnings=[warning] if warning else [])


def _readable(data: bytes) -> tuple[bytes | str, str | None]:
    """What the parser takes, and a warning: it knows few encodings, and a wide one is often declared as another."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:64]:
        return _DECLARATION.sub("", encoding.decode(data)[0], count=1), None
    declared = _ENCODING.match(data[:1024])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name in ("utf-8", "utf8"):
        return data, None
    # A declaration that is read byte by byte is not in UTF-16, whatever it says.
    is_wide = name.startswith(("utf-16", "utf16", "utf-32", "utf32", "ucs", "iso-10646"))
    text, warning = encoding.decode(data, None if is_wide else _LARGER.get(name, name))
    return _DECLARATION.sub("", text, count=1), warning


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
