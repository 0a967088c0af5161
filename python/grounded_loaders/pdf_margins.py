# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Lines that run along the margins of a PDF: names of chapters, page numbers."""

import re
from collections import Counter

from .pdf_layout import Fragment

_NUMBER = re.compile(r"(?<!\w)(?<!\d[-.,:/])\d{1,6}(?!\w)(?![-.,:/]\d)")
_RUNNING_PAGES = 4
_PAGE_LETTERS = 8
_YEARS = range(1900, 2101)

#: A line's text, or that text without its page number and how far that is from the place of its page.
_Key = tuple[str, int | None]


def running_lines(found: list[list[Fragment]]) -> set[_Key]:
    """What stands at the top or bottom of at least half of many pages."""
    if len(found) < _RUNNING_PAGES:
        return set()
    seen = Counter(
        key for index, page in enumerate(found) for key in {key for f in _margins(page) for key in _keys(f, index, len(found))}
    )
    return {key for key, count in seen.items() if count * 2 >= len(found)}


def _margins(page: list[Fragment]) -> list[Fragment]:
    texts = [fragment for fragment in page if fragment.table is None]
    if not texts:
        return []
    top, bottom = max(f.top for f in texts), min(f.bottom for f in texts)
    return [f for f in texts if top - f.bottom < 2 * f.height or f.top - bottom < 2 * f.height]


def _keys(fragment: Fragment, index: int, count: int) -> set[_Key]:
    """What makes two lines the same: their words, or in short ones a number that grows by one from page to page.

    Figures look alike once their digits are ignored, so no other number is. One that would begin in our time is a year.
    """
    text = fragment.text.strip()
    keys: set[_Key] = {(text, None)} if text else set()
    if _letters(text) > _PAGE_LETTERS:
        return keys
    text = re.sub(rf"(?<![\d/])(\d+) ?/ ?{count}(?![\w/])", rf"\1 of {count}", text)
    for number in _NUMBER.finditer(text):
        if (distance := int(number[0]) - index) not in _YEARS:
            keys.add((f"{text[: number.start()]}0{text[number.end() :]}", distance))
    return keys


def _letters(text: str) -> int:
    return sum(1 for character in text if character.isalpha())


def without_running(page: list[Fragment], index: int, count: int, running: set[_Key], seen: set[_Key]) -> list[Fragment]:
    """A page without the lines that run and were seen on an earlier one; notes those it has."""
    if not running:
        return page
    here = {id(f): keys for f in _margins(page) if (keys := _keys(f, index, count) & running)}
    dropped = {place for place, keys in here.items() if keys & seen}
    kept = [f for f in page if id(f) not in dropped or _is_cell(f, here[id(f)], page, dropped)]
    seen.update(key for keys in here.values() for key in keys)
    return kept or page


def _is_cell(fragment: Fragment, keys: set[_Key], page: list[Fragment], dropped: set[int]) -> bool:
    """Whether it is a short text of a row that goes on with something new: a currency, a zero."""
    if _letters(fragment.text) > _PAGE_LETTERS or any(distance is not None for _, distance in keys):
        return False
    return any(other.table is None and id(other) not in dropped and fragment.beside(other) for other in page)
