# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Whether the ends of pages that a file names are all there are."""

from .document import PAGE

_WORDS_OF_PAGE = 1200


def paged(blocks: list[str], count: int) -> list[str]:
    """The blocks, without their page breaks where not all are known: the file says that it has more pages, or one holds too much.

    ``count`` is how many pages the file says that it has; 0 if it does not.
    """
    words, most = 0, 0
    for block in blocks:
        words = 0 if block == PAGE else words + len(block.split())
        most = max(most, words)
    if count > blocks.count(PAGE) + 1 or most > _WORDS_OF_PAGE:
        return [block for block in blocks if block != PAGE]
    return blocks
