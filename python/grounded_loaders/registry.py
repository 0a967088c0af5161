# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Which module loads which kind of file."""

from collections.abc import Callable
from importlib import import_module

from . import detection
from .document import Document, Refusal, Source

#: One module for each kind, imported when the first file of that kind comes.
_MODULES = {
    "pdf": "pdf",
    "docx": "docx",
    "doc": "doc",
    "pptx": "pptx",
    "sheet": "sheets",
    "odt": "opendocument",
    "odp": "opendocument",
    "rtf": "rtf",
    "epub": "epub",
    "mail": "mail",
    "msg": "msg",
    "html": "html",
    "xml": "xml",
    "csv": "csv_table",
    "json": "json_records",
    "notebook": "notebook",
    "yaml": "texts",
    "restructuredtext": "restructuredtext",
    "asciidoc": "asciidoc",
    "org": "org",
    "markdown": "texts",
    "plain": "texts",
    "code": "texts",
    "image": "image",
}


def load(source: Source) -> Document:
    """A file's text; refused with the reason if it has none or cannot be read."""
    if not source.data.strip(b" \t\r\n\0\xff\xfe\xef\xbb\xbf"):
        raise Refusal("empty", "the file is empty" if not source.data else "the file holds nothing but white space")
    kind, warning = detection.kind_of(source)
    loader: Callable[[Source, str], Document] = import_module(f".{_MODULES[kind]}", __package__).load
    document = loader(source, kind)
    if warning:
        document.warnings.insert(0, warning)
    return document
