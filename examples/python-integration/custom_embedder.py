# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""An embedder of one's own, complete and without any model file: words hashed into a seeded random projection.

    PYTHONPATH=examples/python-integration EMBEDDING_BACKEND=python:custom_embedder:HashingEmbedder grounded serve

Texts that share words, beginnings of words and neighbouring words lie near each other; meaning it does not know. A real model takes the
place of ``_vector``; everything around it stays as it is here.
"""

import hashlib
import json
import re
import zlib

import numpy as np

# A token is up to 24 letters or digits, or one other character: no chunk grows beyond bounds on a text without spaces.
_TOKEN = re.compile(r"\w{1,24}|[^\w\s]")
_WORD = re.compile(r"\w{1,24}")


class HashingEmbedder:
    """The options in the setting's place are none, so every parameter has a default. Calls come from several threads at once: what
    ``__init__`` makes is only read afterwards, so no lock is needed."""

    def __init__(self, dimension: int = 256, buckets: int = 1 << 14, seed: int = 20_240):
        self._dimension = dimension
        self._buckets = buckets
        self._maximum_tokens = 256
        # Seeded, so that every process and every restart has the same vectors.
        self._projection = np.random.default_rng(seed).standard_normal((buckets, dimension), dtype=np.float32)
        parameters = {"dimension": dimension, "buckets": buckets, "seed": seed}
        self._info = {
            "model": "hashing-example",
            # Whatever changes the vectors changes the fingerprint: the server then asks for `grounded reembed` and mixes nothing.
            "fingerprint": fingerprint(__file__, parameters),
            "dimension": dimension,
            "pooling": "mean",
            "query_prefix": "",
            "passage_prefix": "",
            "precision": "fp32",
            "maximum_tokens": self._maximum_tokens,
        }

    def info(self) -> str:
        """Asked once, after the start."""
        return json.dumps(self._info)

    def embed(self, texts: list[str], role: str) -> np.ndarray:
        """One row of length 1 per text, float32 and C-contiguous. ``role`` is ``query`` or ``passage``; this model treats both alike.

        A text that is too long is an error, never cut: the server has divided documents by ``token_spans`` before. ``ValueError`` says
        that the text is at fault, so it does not count against the model.
        """
        matrix = np.empty((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            self._require_fitting(text)
            matrix[row] = self._vector(text)
        return matrix

    def token_spans(self, texts: list[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each text the first byte of each token in its UTF-8 form, and the byte after its last; nothing is cut."""
        return [_byte_spans(text) for text in texts]

    def _require_fitting(self, text: str) -> None:
        count = sum(1 for _ in _TOKEN.finditer(text))
        if count > self._maximum_tokens:
            raise ValueError(f"a text has {count} tokens; the model takes {self._maximum_tokens}")

    def _vector(self, text: str) -> np.ndarray:
        ids, weights = self._features(text)
        # Only the rows that occur are read, in one product instead of a loop.
        vector = weights @ self._projection[ids]
        return vector / max(float(np.linalg.norm(vector)), 1e-12)

    def _features(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Places of the projection and how much each counts; a text without words gets the first place."""
        words = [word.lower() for word in _WORD.findall(text)]
        counts: dict[int, float] = {}
        previous = None
        for word in words:
            # Short words are mostly "the" and "of".
            weight = 1.0 if len(word) > 3 else 0.15
            self._add(counts, word, weight)
            if len(word) > 5:
                self._add(counts, "^" + word[:5], 0.5)
            if previous:
                self._add(counts, previous + " " + word, 0.4 * weight)
            previous = word
        counts = counts or {0: 1.0}
        return np.fromiter(counts, dtype=np.int64), np.fromiter(counts.values(), dtype=np.float32)

    def _add(self, counts: dict[int, float], feature: str, weight: float) -> None:
        # Not hash(): Python's own differs from one process to the next.
        place = zlib.crc32(feature.encode()) % self._buckets
        counts[place] = counts.get(place, 0.0) + weight


def fingerprint(source: str, parameters: dict) -> str:
    """A digest of what decides the vectors: this code and its parameters. A model with weights digests the weights."""
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode())
    with open(source, "rb") as file:
        digest.update(file.read())
    return digest.hexdigest()


def _byte_spans(text: str) -> tuple[np.ndarray, np.ndarray]:
    starts, ends, position, seen = [], [], 0, 0
    for match in _TOKEN.finditer(text):
        # Positions in Python count characters, those in the server count bytes.
        position += len(text[seen : match.start()].encode())
        starts.append(position)
        position += len(match.group().encode())
        ends.append(position)
        seen = match.end()
    return np.array(starts, dtype=np.int32), np.array(ends, dtype=np.int32)


def main() -> None:
    model = HashingEmbedder()
    question, *passages = texts = [
        "How high is the lighthouse?",
        "The lighthouse on the Skerries is 31 metres high.",
        "Waste is collected on Tuesdays.",
    ]
    vectors = model.embed(texts, "query")
    print(json.dumps(json.loads(model.info()), indent=2))
    print(question)
    for passage, cosine in zip(passages, vectors[1:] @ vectors[0]):
        print(f"  {cosine:.3f}  {passage}")


if __name__ == "__main__":
    main()
