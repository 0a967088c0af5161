# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""HTML as it is in mails and books: what it says, as Markdown. Pages of the web are the server's own."""

import re

from . import encoding
from .document import Document, Source, line
from .html_writer import Converter

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_:.-]+)""", re.IGNORECASE)

_PROGRAMS = {"script", "style", "template"}


def load(source: Source, kind: str) -> Document:
    declared = _DECLARED.search(source.data[:2048])
    text, warning = encoding.decode(source.data, declared[1].decode("ascii") if declared else None)
    written, title = markdown(text)
    return Document(written, title=title, warnings=[warning] if warning else [])


def markdown(html: str) -> tuple[str, str | None]:
    """A page's text as Markdown, and its title."""
    html = _without_comments(html)
    converter = Converter()
    converter.feed(html)
    converter.close()
    if converter.is_cut:
        converter = Converter(_PROGRAMS, obeys_attribute=False)
        converter.feed(html)
        converter.close()
    return converter.result(), line(converter.title) or None


def _without_comments(html: str) -> str:
    """The parser looks for the end of each comment anew; a page of nothing but their beginnings would keep it busy for hours."""
    parts, position = [], 0
    while (start := html.find("<!--", position)) >= 0:
        parts.append(html[position:start])
        end = html.find("-->", start + 2)
        if end < 0:
            return "".join(parts)
        position = end + 3
    return "".join([*parts, html[position:]])
