# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""From a tokenizer's character offsets to byte offsets."""

from itertools import chain

import numpy as np

_WHITE_SPACE = np.array(
    [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000],
    dtype=np.uint32,
)


def byte_spans(text: str, offsets: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """First byte and byte after the last of each token in the UTF-8 form of ``text``; ``offsets`` count characters.

    Characters that the tokenizer drops (accents at a word's end, zero-width and control characters) go to the token that they
    touch, so a cut between two spans never parts an accent from its letter.
    """
    pairs = np.fromiter(chain.from_iterable(offsets), dtype=np.int32, count=2 * len(offsets))
    starts, ends = np.ascontiguousarray(pairs[0::2]), np.ascontiguousarray(pairs[1::2])
    if not len(starts):
        return starts, ends
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    starts, ends = _cover_dropped(codes, starts, ends)
    if text.isascii():
        return starts, ends
    bytes_before = np.zeros(len(codes) + 1, dtype=np.int32)
    widths = 1 + (codes >= 0x80).astype(np.int32) + (codes >= 0x800) + (codes >= 0x10000)
    np.cumsum(widths, out=bytes_before[1:])
    return bytes_before[starts], bytes_before[ends]


def _cover_dropped(codes: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    spaces = np.flatnonzero(np.isin(codes, _WHITE_SPACE)).astype(np.int32)
    # Forwards: up to the next white space or the next token, whichever is nearer.
    space_after = np.append(spaces, len(codes))[np.searchsorted(spaces, ends)]
    next_start = np.append(starts[1:], len(codes))
    ends = np.maximum(ends, np.minimum(space_after, next_start)).astype(np.int32)
    # Backwards, for what no token before it touches.
    after_space = np.insert(spaces + 1, 0, 0)[np.searchsorted(spaces, starts)]
    previous_end = np.insert(ends[:-1], 0, 0)
    starts = np.minimum(starts, np.maximum(after_space, previous_end)).astype(np.int32)
    return starts, ends
