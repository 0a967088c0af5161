# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Texts that need no more than their encoding: plain text, Markdown, YAML and source code."""

import re

from . import encoding
from .document import Document, Source

_FORM_FEED = re.compile(r"[ \t]*\n?\f\n?")


def load(source: Source, kind: str) -> Document:
    text, warning = encoding.decode(source.data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    warnings = [warning] if warning else []
    if kind in ("code", "yaml"):
        return Document(text, "code", warnings=warnings)
    # A form feed in a text, as in RFCs, is where a printer begins a page.
    text = _FORM_FEED.sub("\n\f\n", text)
    return Document(text, "markdown" if kind == "markdown" else "plain", warnings=warnings)
