# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Writes Markdown while HTML is read."""

import re
from html.parser import HTMLParser

from .document import fence, heading, join, line, paragraph, table

#: Elements whose text nobody reads.
HIDDEN = {"script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select", "button", "nav"}
_BLOCKS = {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "blockquote", "address", "figure", "figcaption", "center",
    "dl", "dt", "dd", "hr", "form", "fieldset", "details", "summary", "body", "html", "ul", "ol",
}  # fmt: skip
_VOID = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"}
_DEPTH = 2000


class Converter(HTMLParser):
    """Writes blocks as it reads tags; what is open is on stacks of its own."""

    def __init__(self, hidden: set[str] = HIDDEN, obeys_attribute: bool = True):
        super().__init__(convert_charrefs=True)
        self._never_shown, self._obeys_attribute = hidden, obeys_attribute
        self.title = ""
        self._blocks: list[str] = []
        self._text: list[str] = []
        self._hidden: list[str] = []
        self._in_title = False
        self._code: list[str] | None = None
        self._heading = 0
        self._lists: list[list] = []
        self._item: str | None = None
        self._tables: list[list[list[list[str]]]] = []

    def result(self) -> str:
        self._end_block()
        self._end_code()
        while self._tables:
            self._end_table()
        return join(self._blocks)

    @property
    def is_cut(self) -> bool:
        """Whether an element that is not shown was never closed, so that all behind it is missing."""
        return bool(self._hidden)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self._in_title = tag == "title"
        if self._hidden:
            if tag not in _VOID and len(self._hidden) < _DEPTH:
                self._hidden.append(tag)
        elif tag in self._never_shown or (self._obeys_attribute and tag not in _VOID and any(key == "hidden" for key, _ in attributes)):
            self._hidden.append(tag)
        elif tag == "br":
            self._text.append("\n")
        elif tag == "pre":
            self._end_block()
            self._end_code()
            self._code = []
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" and not self._tables:
            self._end_block()
            self._heading = int(tag[1])
        elif tag == "li":
            self._start_item()
        elif tag == "table":
            self._end_block()
            self._tables.append([])
        elif tag == "tr" and self._tables:
            self._end_block()
            self._tables[-1].append([])
        elif tag in ("td", "th") and self._tables:
            self._start_cell(dict(attributes))
        elif tag in _BLOCKS:
            self._end_block()
            if tag in ("ul", "ol"):
                self._lists.append([tag, 0])

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._hidden:
            if tag in self._hidden:
                while self._hidden.pop() != tag:
                    pass
        elif tag == "pre" and self._code is not None:
            self._end_code()
        elif tag == "table" and self._tables:
            self._end_table()
        elif tag in _BLOCKS or tag in ("li", "td", "th", "tr", "caption") or (len(tag) == 2 and tag[0] == "h"):
            self._end_block()
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            if tag == "li":
                self._item = None

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif self._hidden:
            return
        elif self._code is not None:
            self._code.append(data)
        else:
            self._text.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _end_code(self) -> None:
        if self._code is not None:
            code, self._code = "".join(self._code), None
            self._put(code if self._tables else fence(code))

    def _start_item(self) -> None:
        self._end_block()
        if not self._lists:
            self._lists.append(["ul", 0])
        self._lists[-1][1] += 1
        kind, count = self._lists[-1]
        self._item = "  " * min(len(self._lists) - 1, 8) + ("- " if kind == "ul" else f"{count}. ")

    def _start_cell(self, attributes: dict) -> None:
        self._end_block()
        if not self._tables[-1]:
            self._tables[-1].append([])
        self._tables[-1][-1].append([])
        span = attributes.get("colspan") or "1"
        for _ in range(min(int(span) if span.isdigit() else 1, 64) - 1):
            # The words are put into the last cell, so the empty ones stand before it.
            self._tables[-1][-1].insert(-1, [])

    def _end_table(self) -> None:
        self._end_block()
        rows = [["\n\n".join(cell) for cell in row] for row in self._tables.pop()]
        filled = [[cell for cell in row if cell.strip()] for row in rows]
        is_layout = all(len(row) <= 1 for row in filled)
        for block in ["\n\n".join(row[0] for row in filled if row)] if is_layout else [table(rows)]:
            self._put(block)

    def _end_block(self) -> None:
        text, self._text = "".join(self._text), []
        level, self._heading = self._heading, 0
        if not text.strip():
            self._heading = level if not self._blocks or self._heading else 0
            return
        if self._tables:
            self._put(paragraph(text))
        elif level:
            self._put(heading(level, text))
        elif self._item is not None:
            item, self._item = self._item + line(text), None
            if self._blocks and self._blocks[-1].lstrip().startswith(("- ", "1. ")) and self._lists[-1:] and not item.startswith("1. "):
                self._blocks[-1] += "\n" + item
            else:
                self._put(item)
        else:
            self._put(paragraph(text))

    def _put(self, block: str) -> None:
        if self._tables and self._tables[-1] and self._tables[-1][-1]:
            self._tables[-1][-1][-1].append(block)
        else:
            self._blocks.append(block)
