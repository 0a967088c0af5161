# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A reranker of one's own: how many of the question's words a passage holds, and how near each other they stand.

    PYTHONPATH=examples/python-integration RERANKER=python:custom_reranker:ProximityReranker RERANK=on grounded serve
"""

import json
import re

import numpy as np

from custom_embedder import fingerprint

_WORD = re.compile(r"\w+")
# The class cuts what is too long for it, at the end.
_LONGEST_PASSAGE = 2_000


class ProximityReranker:
    """Scores lie between 0 and 1; any scale would do, since the server brings the scores of one query to its own."""

    def __init__(self):
        self._info = json.dumps(
            {
                "model": "proximity-example",
                "fingerprint": fingerprint(__file__, {"longest_passage": _LONGEST_PASSAGE}),
                # The server hands over so many passages at once. Between two calls it looks at the clock: what the deadline leaves no
                # time for stays in the order that it had, and the reply says "rerank_partial".
                "batch_size": 8,
            }
        )

    def info(self) -> str:
        return self._info

    def scores(self, query: str, passages: list[str]) -> np.ndarray:
        """One float32 score per passage, higher is better."""
        wanted = {word for word in _words(query) if len(word) > 3} or set(_words(query))
        return np.array([_score(wanted, _words(passage)[:_LONGEST_PASSAGE]) for passage in passages], dtype=np.float32)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _score(wanted: set[str], words: list[str]) -> float:
    """The share of the wanted words that occurs, times 0.5 to 1 for how close together they stand."""
    found = wanted & set(words)
    if not found:
        return 0.0
    return len(found) / len(wanted) * (0.5 + 0.5 * len(found) / _shortest_window(found, words))


def _shortest_window(found: set[str], words: list[str]) -> int:
    """Length of the shortest run of ``words`` that holds all of ``found``; each of them occurs."""
    counts: dict[str, int] = {}
    best, first = len(words), 0
    for last, word in enumerate(words):
        if word not in found:
            continue
        counts[word] = counts.get(word, 0) + 1
        while len(counts) == len(found):
            best = min(best, last - first + 1)
            leaving = words[first]
            first += 1
            if leaving in counts:
                counts[leaving] -= 1
                if not counts[leaving]:
                    del counts[leaving]
    return best


def main() -> None:
    passages = [
        "The harbour master measured the old keeper's boat; it was high water, and far away the lighthouse lay in fog.",
        "The harbour lighthouse is 31 metres high.",
        "Waste is collected on Tuesdays.",
    ]
    for score, passage in zip(ProximityReranker().scores("How high is the harbour lighthouse?", passages), passages):
        print(f"{score:.3f}  {passage}")


if __name__ == "__main__":
    main()
