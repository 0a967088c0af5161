# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What a loader returns, and how it writes Markdown."""

import re
from dataclasses import dataclass, field

#: Divides pages and slides: a form feed on a line of its own.
PAGE = "\f"

_BLOCK_MARK = re.compile(r"^([ \t]{0,3})(#{1,6}(?=[ \t]|$)|```|~~~)", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_FEED_INSIDE = re.compile(r"(?<=\S)\f(?=\S)")
_SPACES = re.compile(r"[ \t\xa0\u2000-\u200a\u202f]+")


class Refusal(Exception):  # noqa: N818  (what the uploader is told, not a fault of this program)
    """Why a document cannot be loaded, and what to do about it.

    ``code`` is ``unsupported``, ``unreadable``, ``too_large``, ``encrypted`` or ``empty``.
    """

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Document:
    """A loaded document; ``format`` is ``markdown``, ``plain`` or ``code``."""

    text: str
    format: str = "markdown"
    title: str | None = None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A file as it was uploaded, and what its loading may cost."""

    name: str
    data: bytes
    media_type: str | None = None
    memory_bytes: int = 512 << 20
    maximum_text_bytes: int = 32 << 20
    ocr: bool = False

    @property
    def extension(self) -> str:
        base = self.name.replace("\\", "/").rsplit("/", 1)[-1].lower()
        return base.rsplit(".", 1)[-1] if "." in base else ""


def clean(text: str) -> str:
    """``text`` without control characters, form feeds included, and with ``\\n`` as the only line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\x0b", " ").replace("\u2028", "\n").replace("\u2029", "\n")
    return _CONTROL.sub("", text)


def line(text: str) -> str:
    """``text`` on one line, with single spaces."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join(clean(text).split())


def paragraph(text: str) -> str:
    """A text as Markdown that reads it as a paragraph: no line of it starts a heading or a code block."""
    lines = (_SPACES.sub(" ", part).strip() for part in clean(text).split("\n"))
    return _BLOCK_MARK.sub(r"\1\\\2", "\n".join(part for part in lines if part))


def heading(level: int, text: str) -> str:
    """An ATX heading; empty if the text is."""
    text = line(text)
    return f"{'#' * min(max(level, 1), 6)} {text}" if text else ""


def fence(text: str, language: str = "") -> str:
    """A fenced code block that its content cannot end."""
    text = clean(text).strip("\n")
    if not text.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    mark = "`" * (longest + 1)
    return f"{mark}{language}\n{text}\n{mark}"


def table(rows: list[list[str]]) -> str:
    """A GitHub table whose header is the first row. Empty rows and columns are left out; one column of one row is a paragraph."""
    cells = [[line(cell).replace("|", "\\|") for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    width = max((len(row) for row in cells), default=0)
    cells = [row + [""] * (width - len(row)) for row in cells]
    used = [column for column in range(width) if any(row[column] for row in cells)]
    cells = [[row[column] for column in used] for row in cells]
    if not cells:
        return ""
    if len(cells) == 1:
        return paragraph(" | ".join(cell.replace("\\|", "|") for cell in cells[0] if cell))
    written = [f"| {' | '.join(row)} |" for row in cells]
    written.insert(1, "|" + " --- |" * len(used))
    return "\n".join(written)


def join(blocks: list[str]) -> str:
    """Blocks divided by blank lines; a ``PAGE`` among them gets a line of its own."""
    parts: list[str] = []
    for block in blocks:
        if block == PAGE:
            parts.append("\n\f\n")
        elif block.strip():
            if parts and not parts[-1].endswith("\f\n"):
                parts.append("\n\n")
            parts.append(_flush(block.replace("\f", " ").strip("\n")))
    return "".join(parts)


def _flush(block: str) -> str:
    """A block without the indentation of its first line: a list that starts deep must not read as code."""
    indent = len(block) - len(block.lstrip(" "))
    if indent == 0:
        return block
    return "\n".join(row[indent:] if row[:indent].isspace() else row.lstrip(" ") for row in block.split("\n"))


def finished(document: Document, maximum_text_bytes: int) -> Document:
    """The document as it crosses to the server; refused if it is empty or too long."""
    text = document.text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", " ")
    text = _CONTROL.sub("", text).encode("utf-8", "replace").decode()
    if document.format == "code":
        text = _FEED_INSIDE.sub(" ", text).replace("\f", "")
    if not text.strip():
        raise Refusal("empty", "the document holds no text")
    size = len(text.encode())
    if size > maximum_text_bytes:
        raise Refusal("too_large", f"its text has {size} bytes; at most {maximum_text_bytes} are taken; divide it into smaller documents")
    title = line(document.title or "")[:300]
    return Document(text, document.format, title or None, document.warnings)
