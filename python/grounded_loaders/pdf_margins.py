# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Lines that run along the margins of a PDF: names of chapters, page numbers."""

import re
from collections import Counter

from .pdf_layout import Fragment

_DIGITS = re.compile(r"\d+")
_RUNNING_PAGES = 4
_PAGE_LETTERS = 8


def running_lines(found: list[list[Fragment]]) -> set[str]:
    """What stands at the top or bottom of at least half of many pages."""
    if len(found) < _RUNNING_PAGES:
        return set()
    seen = Counter(key for page in found for key in {_key(fragment) for fragment in _margins(page)})
    return {key for key, count in seen.items() if count * 2 >= len(found) and key}


def _margins(page: list[Fragment]) -> list[Fragment]:
    texts = [fragment for fragment in page if fragment.table is None]
    if not texts:
        return []
    top, bottom = max(f.top for f in texts), min(f.bottom for f in texts)
    return [f for f in texts if top - f.bottom < 2 * f.height or f.top - bottom < 2 * f.height]


def _key(fragment: Fragment) -> str:
    """What makes two lines the same; numbers only count where there is more to them than a page's."""
    text = fragment.text.strip()
    letters = sum(1 for character in text if character.isalpha())
    return _DIGITS.sub("0", text) if letters <= _PAGE_LETTERS else text


def without_running(page: list[Fragment], running: set[str], seen: set[str]) -> list[Fragment]:
    if not running:
        return page
    here = {id(fragment): key for fragment in _margins(page) if (key := _key(fragment)) in running}
    kept = [fragment for fragment in page if here.get(id(fragment)) not in seen]
    seen.update(here.values())
    return kept or page
