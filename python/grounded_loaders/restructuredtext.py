# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""reStructuredText, read lightly: what is not known stays as it is written."""

import re

from . import encoding, markup
from .document import Document, Source, fence, heading, table

_ADORNMENT = re.compile(r"^([!-/:-@\[-`{-~])\1{2,}\s*$")
_DIRECTIVE = re.compile(r"^\.\. +(?:\|[^|]+\| +)?([A-Za-z][\w:.-]*)::[ ]?(.*)$")
_TARGET = re.compile(r"^\.\. +_[^:]*:|^__ ")
_ROLE = re.compile(r":[A-Za-z][\w:.+-]*:`([^`]+)`")
_LINK = re.compile(r"`([^`<]+?)\s*<([^`>]+)>`__?")
_REFERENCE = re.compile(r"`([^`]+)`__?(?!\w)")
_FOOTNOTE = re.compile(r"^\.\. +(\[(?:#|\*|#?\w[\w.:+-]*)\](?: .*)?)$")
_OPTION = re.compile(r"^:[\w-]+:(?: |$)")
_LONGEST_LINE = 5000
_CODE = {"code", "code-block", "sourcecode", "parsed-literal", "highlight", "prompt", "doctest", "ipython", "math"}
_SILENT = {"image", "toctree", "contents", "include", "raw", "index", "highlight", "currentmodule", "role", "default-role", "meta"}
_TITLED = {"note", "warning", "tip", "important", "caution", "danger", "attention", "error", "hint", "seealso", "todo", "deprecated"}


def load(source: Source, kind: str) -> Document:
    text, warning = encoding.decode(source.data)
    reader = _Reader()
    reader.read(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").expandtabs(8).split("\n"))
    return Document("\n".join(reader.written).strip("\n") + "\n", warnings=[warning] if warning else [])


class _Reader:
    """Reads lines and writes Markdown."""

    def __init__(self):
        self.written: list[str] = []
        self._levels: list[str] = []

    def read(self, lines: list[str]) -> None:
        index = 0
        while index < len(lines):
            index = self._step(lines, index)

    def _step(self, lines: list[str], index: int) -> int:
        text = lines[index]
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if _ADORNMENT.match(text) and index + 2 < len(lines) and lines[index + 2].rstrip() == text.rstrip() and following.strip():
            self._add_heading(following.strip(), text[0] * 2)
            return index + 3
        is_title = text.strip() and markup.indentation(text) == 0 and _ADORNMENT.match(following)
        if is_title and len(following.rstrip()) >= min(len(text.rstrip()), 4) and not _ADORNMENT.match(text):
            self._add_heading(text.strip(), following[0])
            return index + 2
        if markup.is_grid_rule(text) or markup.is_simple_rule(text):
            return self._add_table(lines, index)
        if match := _DIRECTIVE.match(text.lstrip()):
            return self._add_directive(match, lines, index)
        if text.lstrip().startswith(".. ") or text.strip() == "..":
            if match := _FOOTNOTE.match(text.strip()):
                body, end = markup.indented_block(lines, index + 1, markup.indentation(text) + 1)
                self._add("")
                self.read([match[1], *body])
                self._add("")
                return end
            if not _TARGET.match(text.lstrip()):
                # A comment, which readers never see.
                return markup.indented_block(lines, index + 1, markup.indentation(text) + 1)[1]
            return index + 1
        if text.rstrip().endswith("::") and not following.strip():
            return self._add_literal(lines, index)
        self._add(_inline(text))
        return index + 1

    def _add(self, text: str) -> None:
        self.written.append(text)

    def _block(self, text: str) -> None:
        if text:
            self.written += ["", text, ""]

    def _add_heading(self, text: str, mark: str) -> None:
        if mark not in self._levels:
            self._levels.append(mark)
        self._block(heading(self._levels.index(mark) + 1, _inline(text)))

    def _add_table(self, lines: list[str], index: int) -> int:
        is_grid = markup.is_grid_rule(lines[index])
        end = index + 1
        if is_grid:
            while end < len(lines) and lines[end].strip().startswith(("+", "|")):
                end += 1
            rows = list(markup.grid_rows(lines[index:end]))
        else:
            rules = 1
            while end < len(lines) and (rules < 3 if lines[end].strip() else rules < 2):
                rules += markup.is_simple_rule(lines[end])
                end += 1
                if rules == 2 and (end >= len(lines) or not lines[end].strip()):
                    break
            margin = markup.indentation(lines[index])
            rows = list(markup.simple_rows([text[margin:] for text in lines[index:end]]))
        self._block(table([[_inline(cell) for cell in row] for row in rows]))
        return end

    def _add_directive(self, match: re.Match, lines: list[str], index: int) -> int:
        name, argument = match[1].lower(), match[2].strip()
        body, end = markup.indented_block(lines, index + 1, markup.indentation(lines[index]) + 1)
        while body and _OPTION.match(body[0]):
            body = body[1:]
        if name in _CODE:
            self._block(fence("\n".join(body), argument.split()[0] if argument else ""))
        elif name in ("csv-table",):
            from .csv_table import markdown

            self._block(_inline(argument))
            self._block(markdown("\n".join(body)))
        elif name not in _SILENT:
            label = name.split(":")[-1].capitalize() + ":" if name in _TITLED else ""
            # What a part is written for is not said with it.
            said = "" if name == "only" else _inline(argument)
            self._block(" ".join(part for part in (label, said) if part))
            self.read(body)
            self._add("")
        return end

    def _add_literal(self, lines: list[str], index: int) -> int:
        text = lines[index]
        body, end = markup.indented_block(lines, index + 1, markup.indentation(text) + 1)
        if text.strip() != "::":
            self._add(_inline(text.rstrip()[:-1]))
        self._block(fence("\n".join(body)))
        return end


def _inline(text: str) -> str:
    """Roles and links as their words; literal text keeps its marks, as one backquote. Lines that nobody writes stay as they are."""
    if len(text) > _LONGEST_LINE:
        return text
    text = _ROLE.sub(lambda match: re.sub(r"\s*<[^>]*>$", "", match[1].lstrip("~!")), text)
    text = _LINK.sub(r"[\1](\2)", text)
    text = text.replace("``", "`")
    return _REFERENCE.sub(r"\1", text) if "`_" in text else text
